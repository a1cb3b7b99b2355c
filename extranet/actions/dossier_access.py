"""Who may read a dossier, and telling them."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from extranet.actions.downloads import refresh_download_states
from extranet.actions.history import build_event
from extranet.actions.search import refresh_dossiers
from extranet.emails import dossier_available_mail
from extranet.enums import EventKind
from extranet.models import Contact, Dossier, DossierAccess
from kernel.errors import DomainError
from mail.actions.outgoing import queue_mail


@transaction.atomic
def give_access(dossier: Dossier, *, contact: Contact, user: User) -> DossierAccess:
    """Returns the contact's right to read the dossier, made if it had none; what it downloaded before counts."""
    access, made = DossierAccess.objects.get_or_create(dossier=dossier, contact=contact)
    if made:
        refresh_download_states(dossier)
        build_event(dossier, EventKind.ACCESS_GIVEN, actor=user, contact=contact, subject=str(contact)).save()
        refresh_dossiers([dossier.pk])
    return access


@transaction.atomic
def remove_access(access: DossierAccess, *, user: User) -> None:
    """Takes the contact's right to read the dossier away."""
    dossier, contact = access.dossier, access.contact
    build_event(dossier, EventKind.ACCESS_REMOVED, actor=user, contact=contact, subject=str(contact)).save()
    access.delete()
    refresh_dossiers([dossier.pk])


@transaction.atomic
def notify_clients(dossier: Dossier, *, user: User, link: str) -> int:
    """Returns how many contacts are told by mail that the dossier is available.

    Raises DomainError `no_access` when nobody may read it yet, `no_file` when there is nothing to read.
    """
    file_count = dossier.files.count()
    if not file_count:
        raise DomainError("no_file", _("Add a file before you notify the client."))
    accesses = list(
        DossierAccess.objects.select_for_update(of=("self",))
        .filter(dossier=dossier, contact__user__is_active=True)
        .select_related("contact__user")
        .order_by("id")
    )
    if not accesses:
        raise DomainError("no_access", _("Give a contact access before you notify it."))
    now = timezone.now()
    for access in accesses:
        contact = access.contact
        with contact.user.in_own_language():
            content = dossier_available_mail(dossier, contact, file_count=file_count, link=link)
            queue_mail(to=contact.user.email, content=content, kind="dossier_available")
        build_event(dossier, EventKind.NOTIFIED, actor=user, contact=contact, subject=str(contact)).save()
    DossierAccess.objects.filter(pk__in=[access.pk for access in accesses]).update(notified_at=now)
    dossier.notified_at = now
    dossier.save(update_fields=["notified_at"])
    return len(accesses)
