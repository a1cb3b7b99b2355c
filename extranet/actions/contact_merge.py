"""Making one contact out of two."""

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.actions.closing import end_sessions
from accounts.models import User
from extranet.actions.contact import refresh_contact_search, refuse_erased
from extranet.actions.contact_access import write_for_each
from extranet.actions.downloads import refresh_download_states
from extranet.actions.search import refresh_dossiers_of_contact
from extranet.enums import AccessKind, DownloadState, EventKind
from extranet.models import (
    CollaboratorEmail,
    Contact,
    Dossier,
    DossierAccess,
    DossierEvent,
    Message,
    Order,
    SubAccount,
)
from kernel.errors import DomainError
from mail.models import OutgoingSms

#: The stronger first.
_STRENGTH = [AccessKind.DIRECT, AccessKind.COLLABORATOR, AccessKind.INHERITED, AccessKind.OCCASIONAL]
_BATCH = 500


@transaction.atomic
def merge_contacts(kept: Contact, *, other: Contact, user: User | None) -> Contact:
    """Returns `kept` with all that `other` had, whose account is deleted.

    Accesses are united, each with the stronger kind, the last notification and what either has downloaded; so are the
    history, messages, orders, collaborators and sub-accounts. What `kept` did not say of itself (company, phone,
    address) is taken from `other`, notes are put together, and the e-mail of `other` becomes a collaborator's. Raises
    DomainError `same_contact`, `gone` or `erased`.
    """
    if kept.pk == other.pk:
        raise DomainError("same_contact", _("Choose another contact: one cannot be merged with itself."))
    # in one order, so that two merges of the same pair wait for each other
    locked = {
        each.pk: each for each in Contact.objects.select_for_update().order_by("pk").filter(pk__in=(kept.pk, other.pk))
    }
    if len(locked) < 2:
        raise DomainError("gone", _("One of the contacts is no longer there."))
    kept, other = locked[kept.pk], locked[other.pk]
    refuse_erased(kept)
    refuse_erased(other)
    unsure = _merge_accesses(kept, other, user)
    DossierEvent.objects.filter(contact=other).update(contact=kept)
    Message.objects.filter(contact=other).update(contact=kept)
    Order.objects.filter(contact=other).update(contact=kept)
    other.quotes.update(contact=kept)
    SubAccount.objects.filter(contact=other).update(contact=kept)
    other.payments.update(contact=kept)
    other.price_lists.update(contact=kept)
    other.appointments.update(contact=kept)
    OutgoingSms.objects.filter(contact_code=other.code).update(contact_code=kept.code)
    other.account_requests.update(contact=kept, made_contact=False)
    _merge_collaborators(kept, other)
    Contact.objects.filter(inherited_from=other).exclude(pk=kept.pk).update(inherited_from=kept)
    _merge_facts(kept, other)
    end_sessions(other.user)
    other.user.delete()
    for dossier in Dossier.objects.filter(pk__in=unsure).order_by("pk"):
        refresh_download_states(dossier)
    refresh_contact_search(kept)
    refresh_dossiers_of_contact.enqueue(contact_id=kept.pk, once=f"contact-{kept.pk}")
    return kept


def _merge_accesses(kept: Contact, other: Contact, user: User | None) -> list[int]:
    """Moves and unites the accesses; returns the dossiers whose states only the history can tell."""
    own = {access.dossier_id: access for access in DossierAccess.objects.filter(contact=kept)}
    theirs = DossierAccess.objects.filter(contact=other)
    unsure: list[int] = []
    changed: list[DossierAccess] = []
    for access in theirs.filter(dossier_id__in=own):
        mine = own[access.dossier_id]
        if {mine.download_state, access.download_state} == {DownloadState.PARTIAL}:
            unsure.append(mine.dossier_id)
        if _unite(mine, access):
            changed.append(mine)
    DossierAccess.objects.bulk_update(changed, ["kind", "origin", "download_state", "notified_at"], batch_size=_BATCH)
    theirs.filter(dossier_id__in=own).delete()
    # kept may have downloaded these at a time when it could read them
    read_before = DossierEvent.objects.filter(contact=kept, kind=EventKind.DOWNLOADED, dossier=OuterRef("dossier"))
    unsure += theirs.filter(Exists(read_before)).values_list("dossier_id", flat=True)
    moved = list(Dossier.objects.only("pk", "code", "external_id").filter(accesses__contact=other).order_by("pk"))
    theirs.update(contact=kept)
    write_for_each(moved, EventKind.ACCESS_GIVEN, contact=kept, subject=str(kept), user=user)
    return unsure


def _unite(mine: DossierAccess, theirs: DossierAccess) -> bool:
    """Gives `mine` what is more in `theirs`; returns whether it changed."""
    before = (mine.kind, mine.origin, mine.download_state, mine.notified_at)
    if _STRENGTH.index(AccessKind(theirs.kind)) < _STRENGTH.index(AccessKind(mine.kind)):
        mine.kind, mine.origin = theirs.kind, theirs.origin
    states = [DownloadState.NONE, DownloadState.PARTIAL, DownloadState.FULL]
    mine.download_state = max(
        mine.download_state, theirs.download_state, key=lambda each: states.index(DownloadState(each))
    )
    mine.notified_at = max(filter(None, (mine.notified_at, theirs.notified_at)), default=None)
    return before != (mine.kind, mine.origin, mine.download_state, mine.notified_at)


def _merge_collaborators(kept: Contact, other: Contact) -> None:
    known = {kept.user.email.lower()}
    known.update(CollaboratorEmail.objects.filter(contact=kept).values_list(Lower("email"), flat=True))
    theirs = [other.user.email, *CollaboratorEmail.objects.filter(contact=other).values_list("email", flat=True)]
    added = {email.lower() for email in theirs} - known
    CollaboratorEmail.objects.bulk_create([CollaboratorEmail(contact=kept, email=email) for email in sorted(added)])


def _merge_facts(kept: Contact, other: Contact) -> None:
    for field in ("company", "phone"):
        setattr(kept, field, getattr(kept, field) or getattr(other, field))
    if not (kept.street or kept.postcode or kept.city):
        kept.street, kept.postcode, kept.city = other.street, other.postcode, other.city
    kept.notes = "\n\n".join(text for text in (kept.notes, other.notes) if text)
    kept.reads_unpaid = kept.reads_unpaid or other.reads_unpaid
    if kept.inherited_from_id == other.pk:
        kept.inherited_from = None
    kept.created_at = min(kept.created_at, other.created_at)
    kept.save()
