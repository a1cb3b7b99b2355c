"""Who is to be reminded of what is unpaid, and when."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Case, Count, Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest

from billing.enums import OPEN_STATUSES, Method, Mode, PaymentStatus, Provider
from billing.models import BillingSettings, Payment, ReminderStop, UnpaidReminder
from billing.queries.dues import Due, dues_of
from billing.rules import next_sending_day
from extranet.enums import AccessKind, ContactKind, Payer, PaymentState
from extranet.models import Contact, Dossier, DossierAccess
from kernel.filters import start_of
from kernel.text import fold

#: A person who reminds somebody twice within this time does so once.
AGAIN_AFTER = timedelta(hours=12)
#: How many dossiers around one are looked at for what else its mail could ask for.
MOST_NEAR = 50
#: Which contacts may be meant by who pays.
_KINDS = {
    Payer.OWNER: {ContactKind.OWNER},
    Payer.AGENCY: {ContactKind.AGENCY, ContactKind.MANAGER},
    Payer.NOTARY: {ContactKind.NOTARY},
    Payer.OTHER: {ContactKind.MANAGER, ContactKind.OTHER},
}
_MONEY_ON_ITS_WAY = Q(method=Method.DIRECT_DEBIT) | ~Q(capture_ref="")


@dataclass(frozen=True)
class Addressee:
    """Whoever is asked to pay; `contact` where it is one of the firm's that may read the dossier."""

    email: str
    name: str
    contact: Contact | None = None

    @property
    def key(self) -> str:
        """What makes two of them the same."""
        return self.email.lower()

    @property
    def language(self) -> str:
        """The language that it chose; empty: the firm's."""
        return self.contact.user.language if self.contact is not None else ""


@dataclass(frozen=True)
class Candidate:
    """An unpaid dossier, whoever is to pay it, and what stands against a reminder."""

    dossier: Dossier
    due: Due
    addressee: Addressee | None
    #: Which reminder the next one is, since it became unpaid.
    number: int
    told_at: datetime | None
    is_stopped: bool
    is_confirming: bool

    def obstacle(self, *, now: datetime) -> str:
        """Returns why nobody is reminded of it by hand now: nothing, stopped, confirming, nobody, just_told; or ""."""
        if self.due.left <= 0:
            return "nothing"
        if self.is_stopped:
            return "stopped"
        if self.is_confirming:
            return "confirming"
        if self.addressee is None:
            return "nobody"
        if self.told_at is not None and self.told_at > now - AGAIN_AFTER:
            return "just_told"
        return ""


@dataclass(frozen=True)
class Group:
    """What one addressee is asked for at once."""

    addressee: Addressee
    candidates: list[Candidate]

    @property
    def total(self) -> int:
        """Cents."""
        return sum(candidate.due.left for candidate in self.candidates)

    @property
    def contact(self) -> Contact | None:
        """The contact that it is for all of the dossiers."""
        of_all = {candidate.addressee.contact for candidate in self.candidates if candidate.addressee is not None}
        return of_all.pop() if len(of_all) == 1 else None


@dataclass(frozen=True)
class Plan:
    """What the clock would send on a day; `total` in cents, `nobody` are the dossiers that nobody can be asked for."""

    day: date
    groups: list[Group]
    nobody: int

    @property
    def dossier_count(self) -> int:
        """How many dossiers are reminded of."""
        return sum(len(group.candidates) for group in self.groups)

    @property
    def total(self) -> int:
        """Cents."""
        return sum(group.total for group in self.groups)


def unpaid_dossiers() -> QuerySet[Dossier]:
    """Returns the unpaid dossiers that are not in the bin, with their reminders since they became unpaid.

    `unpaid_since`: when it was published or last became unpaid; `told` and `told_at`: how many reminders left since
    then, and the last one; `is_stopped`; `is_confirming`: money is on its way, a test's apart.
    """
    since = Greatest("created_at", Coalesce("payment_changed_at", "created_at"))
    told = (
        UnpaidReminder.objects.filter(dossier=OuterRef("pk"), sent_at__gte=OuterRef("unpaid_since"))
        .order_by()
        .values("dossier")
    )
    count = told.annotate(n=Count("pk")).values("n")
    return Dossier.objects.filter(payment_state=PaymentState.UNPAID, deleted_at__isnull=True, amount__gt=0).annotate(
        unpaid_since=since,
        told=Coalesce(Subquery(count, output_field=IntegerField()), 0),
        told_at=Subquery(told.annotate(last=Max("sent_at")).values("last")),
        is_stopped=Exists(ReminderStop.objects.filter(dossier=OuterRef("pk"))),
        is_confirming=Exists(_open_payments().filter(_MONEY_ON_ITS_WAY, mode=Mode.LIVE).exclude(**_BY_HAND)),
    )


def due_dossiers(settings: BillingSettings, *, today: date) -> QuerySet[Dossier]:
    """Returns those of the unpaid dossiers of which the clock reminds on a day, by the firm's schedule.

    Days are counted by the calendar here: what became unpaid on the 31st at 23:50 has waited a day on the 1st.
    Archived dossiers are left alone, so is whatever a payment was begun for since yesterday or, for a transfer or
    cheque, announced within the first period.
    """
    first, every = settings.first_reminder_days, settings.reminder_every_days
    begun = _open_payments().filter(mode=Mode.LIVE, created_at__gte=start_of(today - timedelta(days=1)))
    announced = _open_payments().filter(**_BY_HAND, created_at__gte=start_of(today - timedelta(days=first - 1)))
    return (
        unpaid_dossiers()
        .filter(
            Q(told_at__isnull=True) | Q(told_at__lt=start_of(today - timedelta(days=every - 1))),
            Q(unpaid_since__lt=start_of(today - timedelta(days=first - 1))),
            Q(told__lt=settings.max_reminders, is_stopped=False, is_confirming=False),
            ~Exists(begun.exclude(**_BY_HAND)),
            ~Exists(announced),
            archived_at__isnull=True,
        )
        .order_by("pk")
    )


_BY_HAND = {"provider": Provider.MANUAL}


def _open_payments() -> QuerySet[Payment]:
    return Payment.objects.filter(lines__dossier=OuterRef("pk"), status__in=OPEN_STATUSES).exclude(
        # a start that the provider never answered: nobody can have paid it
        ~Q(**_BY_HAND),
        status=PaymentStatus.CREATED,
        provider_ref="",
    )


def candidates_of(dossiers: QuerySet[Dossier]) -> list[Candidate]:
    """Returns what a query of `unpaid_dossiers` holds, with what is due and who is to pay: three queries."""
    found = list(dossiers)
    dues = {due.dossier.pk: due for due in dues_of(found)} if found else {}
    readers = _readers(dossier.pk for dossier in found) if found else {}
    return [
        Candidate(
            dossier=dossier,
            due=dues[dossier.pk],
            addressee=addressee_of(dossier, readers.get(dossier.pk, [])),
            number=dossier.told + 1,  # type: ignore[attr-defined]
            told_at=dossier.told_at,  # type: ignore[attr-defined]
            is_stopped=dossier.is_stopped,  # type: ignore[attr-defined]
            is_confirming=dossier.is_confirming,  # type: ignore[attr-defined]
        )
        for dossier in found
    ]


def groups_of(candidates: Iterable[Candidate]) -> list[Group]:
    """Returns the candidates that somebody can be asked for, by whom, in their order."""
    found: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        if candidate.addressee is not None:
            found.setdefault(candidate.addressee.key, []).append(candidate)
    return [Group(addressee, of_one) for of_one in found.values() if (addressee := of_one[0].addressee) is not None]


def plan_of(settings: BillingSettings, *, today: date) -> Plan:
    """Returns what the clock would send on the next day on which it sends, were nothing paid meanwhile."""
    day = next_sending_day(today + timedelta(days=1))
    owed = [candidate for candidate in candidates_of(due_dossiers(settings, today=day)) if candidate.due.left > 0]
    return Plan(day, groups_of(owed), sum(candidate.addressee is None for candidate in owed))


def candidate_and_others(dossier: Dossier, *, now: datetime) -> tuple[Candidate | None, list[Candidate]]:
    """Returns a dossier's candidate, and the other dossiers that can be reminded of in the same mail, oldest first.

    None for a dossier that is not unpaid; three queries.
    """
    readers = DossierAccess.objects.filter(dossier=dossier).values("contact_id")
    near = Q(pk=dossier.pk) | Q(pk__in=DossierAccess.objects.filter(contact__in=readers).values("dossier_id"))
    for email in {dossier.owner_email, dossier.orderer_email} - {""}:
        near |= Q(owner_email__iexact=email) | Q(orderer_email__iexact=email)
    itself_first = Case(When(pk=dossier.pk, then=Value(0)), default=Value(1))
    found = candidates_of(
        unpaid_dossiers().filter(near).order_by(itself_first, F("unpaid_since").asc(), "pk")[:MOST_NEAR]
    )
    if not found or found[0].dossier.pk != dossier.pk:
        return None, []
    candidate, *others = found
    if candidate.addressee is None:
        return candidate, []
    key = candidate.addressee.key
    return candidate, [
        other for other in others if not other.obstacle(now=now) and other.addressee and other.addressee.key == key
    ]


# --- who is to pay ----------------------------------------------------------------------------------------------------


def _readers(dossier_ids: Iterable[int]) -> dict[int, list[DossierAccess]]:
    """Returns the accesses of contacts by dossier, those given directly first, without contacts that were erased."""
    found: dict[int, list[DossierAccess]] = defaultdict(list)
    rows = (
        DossierAccess.objects.filter(dossier_id__in=list(dossier_ids), contact__erased_at__isnull=True)
        .select_related("contact__user")
        .order_by("id")
    )
    for access in rows:
        found[access.dossier_id].append(access)
    for accesses in found.values():
        accesses.sort(key=lambda access: access.kind != AccessKind.DIRECT)
    return found


def addressee_of(dossier: Dossier, readers: Sequence[DossierAccess]) -> Addressee | None:
    """Returns who is asked to pay a dossier, of itself and those who may read it; None when nobody fits.

    1. A contact, the owner or the orderer whose name is that of who pays.
    2. “Who pays” is the owner: the owner's e-mail address, else the contact of that type.
    3. It is the agency, the notary or somebody else: the contact of that type (a property manager counts as an
       agency, or as somebody else), the first one who was given access where there are several and no name says which.
    4. It is not stated: the orderer's e-mail address, else the contact who was first given access.

    Never somebody of another type: a debt is nobody else's business.
    """
    contacts = [access.contact for access in readers]
    found = _named(dossier, contacts)
    if found is None and dossier.payer == Payer.OWNER:
        found = _at(dossier.owner_email, dossier.owner_name, contacts)
    if found is None and dossier.payer in _KINDS:
        fitting = [contact for contact in contacts if contact.kind in _KINDS[Payer(dossier.payer)]]
        if len(fitting) == 1 or not dossier.payer_name.strip():
            found = _first(fitting)
    if found is None and not dossier.payer and not dossier.payer_name.strip():
        found = _at(dossier.orderer_email, dossier.orderer_name, contacts) or _first(contacts)
    return found


def _named(dossier: Dossier, contacts: Sequence[Contact]) -> Addressee | None:
    name = fold(dossier.payer_name)
    if not name:
        return None
    same = [contact for contact in contacts if name in {fold(contact.name), fold(contact.company)}]
    if same:
        return _first(same)
    for email, person in (
        (dossier.owner_email, dossier.owner_name),
        (dossier.orderer_email, dossier.orderer_name),
    ):
        if fold(person) == name:
            return _at(email, person, contacts)
    return None


def _first(contacts: Sequence[Contact]) -> Addressee | None:
    usable = [contact for contact in contacts if _is_address(contact.user.email)]
    if not usable:
        return None
    contact = usable[0]
    return Addressee(contact.user.email, contact.company or contact.name, contact)


def _at(email: str, name: str, contacts: Sequence[Contact]) -> Addressee | None:
    """Returns whoever has this address, as a contact where it is one's that may read the dossier."""
    email = email.strip()
    if not _is_address(email):
        return None
    own = next((contact for contact in contacts if contact.user.email.lower() == email.lower()), None)
    return _first([own]) if own is not None else Addressee(email, name)


def _is_address(email: str) -> bool:
    try:
        validate_email(email)
    except ValidationError:
        return False
    return True
