"""Who may read a dossier, and telling them."""

from urllib.parse import urljoin

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from extranet.actions.downloads import refresh_download_states
from extranet.actions.history import build_event
from extranet.actions.search import refresh_dossiers
from extranet.actions.sms import text_dossier_available
from extranet.actions.webhook_emit import dossier_data, emit
from extranet.emails import dossier_available_mail
from extranet.enums import AccessKind, EventKind, PaymentState
from extranet.models import CollaboratorEmail, Contact, Dossier, DossierAccess, SubAccount
from extranet.queries.dossier_file import files_for_clients
from extranet.queries.settings import portal_settings
from kernel.errors import DomainError
from mail.actions.outgoing import queue_mail


@transaction.atomic
def give_access(
    dossier: Dossier, *, contact: Contact, user: User | None, kind: AccessKind = AccessKind.DIRECT, origin: str = ""
) -> DossierAccess:
    """Returns the contact's right to read the dossier, made if it had none; what it downloaded before counts.

    `origin` says in words where it comes from. A right that was there stays as it is, unless it is now given directly.
    """
    access, made = DossierAccess.objects.get_or_create(
        dossier=dossier, contact=contact, defaults={"kind": kind, "origin": origin[:254]}
    )
    if made:
        refresh_download_states(dossier)
        build_event(dossier, EventKind.ACCESS_GIVEN, actor=user, contact=contact, subject=str(contact)).save()
        refresh_dossiers([dossier.pk])
        emit("access.given", [dossier], lambda each: {**dossier_data(each), "contact": contact.code})
    elif kind == AccessKind.DIRECT and access.kind != AccessKind.DIRECT:
        access.kind, access.origin = kind, ""
        access.save(update_fields=["kind", "origin"])
    return access


def give_access_by_email(dossier: Dossier, *, email: str, user: User | None) -> list[Contact]:
    """Returns the contacts who can read the dossier from now on because mail about it goes to this address.

    They are those of whom it is a collaborator's address, or the account's or a sub-account's own; whoever could read
    it already is not among them.
    """
    address = email.strip().lower()
    if not address:
        return []
    of_sub_account = SubAccount.objects.annotate(email=Lower("user__email")).filter(
        contact=OuterRef("pk"), email=address
    )
    of_collaborator = CollaboratorEmail.objects.annotate(address=Lower("email")).filter(
        contact=OuterRef("pk"), address=address
    )
    found = (
        Contact.objects.annotate(own_email=Lower("user__email"))
        .filter(Q(own_email=address) | Exists(of_collaborator) | Exists(of_sub_account))
        .exclude(Exists(DossierAccess.objects.filter(dossier=dossier, contact=OuterRef("pk"))))
        .select_related("user")
        .order_by("name", "id")
    )
    contacts: list[Contact] = list(found)
    with transaction.atomic():
        for contact in contacts:
            if contact.user.email.lower() == address:
                give_access(dossier, contact=contact, user=user)
            else:
                give_access(dossier, contact=contact, user=user, kind=AccessKind.COLLABORATOR, origin=address)
    return contacts


@transaction.atomic
def remove_access(access: DossierAccess, *, user: User) -> None:
    """Takes the contact's right to read the dossier away."""
    dossier, contact = access.dossier, access.contact
    build_event(dossier, EventKind.ACCESS_REMOVED, actor=user, contact=contact, subject=str(contact)).save()
    access.delete()
    refresh_dossiers([dossier.pk])


@transaction.atomic
def notify_clients(dossier: Dossier, *, user: User, link: str, by_sms: bool = False) -> int:
    """Returns how many contacts are told by mail that the dossier is available, by text message too where wanted.

    Raises DomainError `no_access` when nobody may read it yet, `no_file` when there is nothing to read.
    """
    file_count = files_for_clients(dossier).count()
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
    now, pay_link = timezone.now(), _pay_link(dossier, link)
    for access in accesses:
        contact = access.contact
        with contact.user.in_own_language():
            content = dossier_available_mail(dossier, contact, file_count=file_count, link=link, pay_link=pay_link)
            queue_mail(to=contact.user.email, content=content, kind="dossier_available")
            if by_sms:
                text_dossier_available(dossier, contact, link=link, user_name=str(user))
        build_event(dossier, EventKind.NOTIFIED, actor=user, contact=contact, subject=str(contact)).save()
    DossierAccess.objects.filter(pk__in=[access.pk for access in accesses]).update(notified_at=now)
    dossier.notified_at = now
    dossier.save(update_fields=["notified_at"])
    return len(accesses)


def _pay_link(dossier: Dossier, link: str) -> str:
    """Returns where a client pays an unpaid dossier, on the host of `link`; empty where that is not offered."""
    if dossier.payment_state != PaymentState.UNPAID or not dossier.amount or not portal_settings().online_payment:
        return ""
    try:
        return urljoin(link, f"{reverse('pay-choose')}?dossier={dossier.code}")
    except NoReverseMatch:
        return ""
