"""What the page of a contact shows, and what a merge of two would do."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Lower

from extranet.enums import EventKind, PaymentState
from extranet.models import CollaboratorEmail, Contact, DossierAccess, DossierEvent, Message, SubAccount
from kernel.pagination import Page, paginate

#: What clients do with files.
CONSULTATIONS = (EventKind.READ, EventKind.READ_STAMPED, EventKind.DOWNLOADED)
_UNPAID = Q(dossier__payment_state=PaymentState.UNPAID)


@dataclass(frozen=True)
class ContactFigures:
    """How many dossiers a contact may read (the bin apart), how many are unpaid and for how much, in euros."""

    dossier_count: int
    unpaid_count: int
    unpaid_total: Decimal


@dataclass(frozen=True)
class Collaborator:
    """A collaborator's address, whether it has an account of its own, and the other contacts that have it too."""

    email: str
    has_account: bool
    others: list[Contact]


@dataclass(frozen=True)
class MergePreview:
    """What would follow from a merge, in numbers."""

    moved: int
    common: int
    messages: int
    collaborators: int
    sub_accounts: int


def contact_figures(contact: Contact) -> ContactFigures:
    """Returns the figures of one contact: one query."""
    counted = _accesses(contact).aggregate(
        n=Count("id"), unpaid=Count("id", filter=_UNPAID), total=Sum("dossier__amount", filter=_UNPAID)
    )
    return ContactFigures(counted["n"], counted["unpaid"], counted["total"] or Decimal(0))


def contact_accesses(contact: Contact, *, page: str | None, size: int) -> Page[DossierAccess]:
    """Returns a page of the dossiers that a contact may read, the last first: two queries."""
    rows = _accesses(contact).select_related("dossier").defer("dossier__search", "dossier__comments")
    return paginate(rows.order_by("-dossier__created_at", "-dossier_id"), page=page, size=size)


def contact_messages(contact: Contact, *, most: int = 10) -> list[Message]:
    """Returns the last messages from and to a contact."""
    return list(Message.objects.filter(contact=contact).defer("body").order_by("-created_at", "-id")[:most])


def contact_consultations(contact: Contact, *, most: int = 15) -> list[DossierEvent]:
    """Returns what a contact and its sub-accounts last read or downloaded."""
    events = consultations_of(contact).select_related("dossier").defer("dossier__search", "dossier__comments")
    return list(events.order_by("-at", "-id")[:most])


def consultations_of(contact: Contact) -> QuerySet[DossierEvent]:
    """Returns the lines of history of what a contact and its sub-accounts read or downloaded."""
    return DossierEvent.objects.filter(contact=contact, by_client=True, kind__in=CONSULTATIONS)


def sub_accounts_of(contact: Contact) -> list[SubAccount]:
    """Returns the accounts under a contact, by name."""
    return list(SubAccount.objects.filter(contact=contact).select_related("user").order_by("user__full_name", "pk"))


def collaborators_of(contact: Contact, sub_accounts: list[SubAccount]) -> list[Collaborator]:
    """Returns the collaborators' addresses, each with the other contacts that have it too: one query."""
    entries = CollaboratorEmail.objects.annotate(folded=Lower("email"))
    same = entries.filter(folded__in=entries.filter(contact=contact).values("folded"))
    own: list[str] = []
    shared: dict[str, list[Contact]] = defaultdict(list)
    for entry in same.select_related("contact").order_by("id"):
        if entry.contact_id == contact.pk:
            own.append(entry.email)
        else:
            shared[entry.email.lower()].append(entry.contact)
    accounts = {entry.user.email.lower() for entry in sub_accounts}
    return [Collaborator(email, email.lower() in accounts, shared.get(email.lower(), [])) for email in own]


def merge_preview(kept: Contact, other: Contact) -> MergePreview:
    """Returns what merging `other` into `kept` would move."""
    theirs = DossierAccess.objects.filter(contact=other)
    common = theirs.filter(dossier__in=DossierAccess.objects.filter(contact=kept).values("dossier")).count()
    return MergePreview(
        moved=theirs.count() - common,
        common=common,
        messages=Message.objects.filter(contact=other).count(),
        collaborators=CollaboratorEmail.objects.filter(contact=other).count(),
        sub_accounts=SubAccount.objects.filter(contact=other).count(),
    )


def _accesses(contact: Contact) -> QuerySet[DossierAccess]:
    return DossierAccess.objects.filter(contact=contact, dossier__deleted_at__isnull=True)
