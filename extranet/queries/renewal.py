"""What could be renewed: dossiers with diagnostics that expire soon or have expired."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Min, Q, QuerySet
from django.db.models.functions import Lower
from django.http import QueryDict
from django.utils import timezone

from extranet.enums import DiagnosticKind
from extranet.models import Diagnostic, Dossier, DossierAccess
from kernel.filters import AddressFilter, read_address
from kernel.pagination import Page, paginate
from kernel.text import fold, search_terms

EXPIRED = "expired"
#: Days ahead that the list looks, besides what has expired.
WINDOWS = (30, 60, 90, 180, 365)
DEFAULT_WINDOW = "90"
#: The columns that the list may be sorted by, and what of the grouped diagnostics they are.
SORTS = {"due": "due_on", "title": "dossier__title", "city": "dossier__city", "owner": "dossier__owner_name"}
MAX_CLIENTS_SHOWN = 3


@dataclass(frozen=True)
class RenewalFilter(AddressFilter):
    """What is wanted of the list; each field is a parameter of the address."""

    q: str = ""
    within: str = DEFAULT_WINDOW
    kind: str = ""
    city: str = ""
    #: "1": those in the archive too.
    archive: str = ""
    sort: str = ""

    @classmethod
    def from_query(cls, query: QueryDict) -> "RenewalFilter":
        """Returns the filter that an address asks for; what is no value of a field is left out."""
        closed = {
            "within": {EXPIRED, *(str(days) for days in WINDOWS)},
            "kind": set(DiagnosticKind.values),
            "archive": {"1"},
            "sort": {*SORTS, *(f"-{name}" for name in SORTS)},
        }
        asked, _wrong = read_address(query, cls.names(), closed=closed)
        asked["within"] = asked["within"] or DEFAULT_WINDOW
        return cls(**asked)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The filter as the hidden fields of a form."""
        return [(name, getattr(self, name)) for name in self.names() if getattr(self, name)]

    @property
    def is_narrowed(self) -> bool:
        """Whether it leaves out more than what is due later."""
        return bool(self.q or self.kind or self.city)

    @property
    def days(self) -> int | None:
        """Days ahead; None for what has expired."""
        return None if self.within == EXPIRED else int(self.within)


@dataclass(frozen=True)
class RenewalRow:
    """A dossier and those of its diagnostics that are due."""

    code: str
    title: str
    reference: str
    address: str
    owner_name: str
    owner_email: str
    owner_phone: str
    archived_at: datetime | None
    declined: bool
    due_on: date
    diagnostics: list[Diagnostic]
    clients: list[str]
    more_clients: int

    @property
    def reminded_at(self) -> datetime | None:
        """When the owner was last reminded of one of them."""
        return max((one.reminded_at for one in self.diagnostics if one.reminded_at is not None), default=None)


def due_diagnostics(wanted: RenewalFilter, *, today: date) -> QuerySet[Diagnostic]:
    """Returns the diagnostics that a filter lets through, of dossiers that are there."""
    found = _in_window(Diagnostic.objects.filter(dossier__deleted_at__isnull=True), wanted, today=today)
    if not wanted.archive:
        found = found.filter(dossier__archived_at__isnull=True)
    for term in search_terms(wanted.q):
        found = found.filter(dossier__search__contains=term)
    if town := fold(wanted.city):
        found = found.filter(dossier__search__contains=town, dossier__place__contains=f" {town}")
    return found


def _in_window(found: QuerySet[Diagnostic], wanted: RenewalFilter, *, today: date) -> QuerySet[Diagnostic]:
    """Returns those whose own day and kind are wanted."""
    if wanted.days is None:
        found = found.filter(expires_on__lt=today)
    else:
        found = found.filter(expires_on__range=(today, today + timedelta(days=wanted.days)))
    return found.filter(kind=wanted.kind) if wanted.kind else found


def renewal_page(wanted: RenewalFilter, *, page: str | None, size: int) -> Page[RenewalRow]:
    """Returns a page of the list: six queries, whatever the number of rows."""
    today = timezone.localdate()
    due = due_diagnostics(wanted, today=today)
    column = SORTS[wanted.sort.removeprefix("-") or "due"]
    # what has expired is listed backwards: the last to expire is the first to be won back
    falls = wanted.sort.startswith("-") if wanted.sort else wanted.days is None
    order = [F(name).desc() if falls else F(name).asc() for name in (column, "dossier_id")]
    grouped = (
        due.order_by()
        .values("dossier_id", *({column} - {"due_on"}))
        .annotate(due_on=Min("expires_on"))
        .order_by(*order)
        .values_list("dossier_id", "due_on")
    )
    found = paginate(grouped, page=page, size=size)
    keys = [key for key, _due in found.rows]
    dossiers = Dossier.objects.in_bulk(keys)
    diagnostics: dict[int, list[Diagnostic]] = defaultdict(list)
    for diagnostic in due.filter(dossier_id__in=keys).order_by("expires_on", "id"):
        diagnostics[diagnostic.dossier_id].append(diagnostic)
    clients: dict[int, list[str]] = defaultdict(list)
    names = DossierAccess.objects.filter(dossier_id__in=keys).order_by("id")
    for key, company, name in names.values_list("dossier_id", "contact__company", "contact__name"):
        clients[key].append(company or name)
    declined = declined_addresses(one.owner_email for one in dossiers.values())
    return found.with_rows(
        [
            _row(dossiers[key], due_on, diagnostics[key], clients[key], declined)
            for key, due_on in found.rows
            if key in dossiers
        ]
    )


def declined_addresses(addresses: Iterable[str]) -> set[str]:
    """Returns those of the addresses, in lower case, whose owner does not want to be reminded any more."""
    lower = {address.lower() for address in addresses if address}
    found = Dossier.objects.exclude(owner_declined="").annotate(address=Lower("owner_declined"))
    return set(found.filter(address__in=lower).values_list("address", flat=True))


def reminded_now(wanted: RenewalFilter, codes: list[str], *, today: date) -> QuerySet[Diagnostic]:
    """Returns the due diagnostics of the dossiers of these codes, with their dossiers."""
    due = due_diagnostics(wanted, today=today).filter(dossier__code__in=codes)
    return due.select_related("dossier").order_by("dossier_id", "expires_on", "id")


def to_remind(*, today: date, days: int) -> QuerySet[Diagnostic]:
    """Returns the diagnostics that expire within so many days and whose owner has an address and was not told yet."""
    return (
        Diagnostic.objects.filter(
            ~Q(dossier__owner_email=""),
            expires_on__range=(today, today + timedelta(days=days)),
            reminded_at__isnull=True,
            dossier__deleted_at__isnull=True,
            dossier__archived_at__isnull=True,
        )
        .select_related("dossier")
        .order_by("dossier_id", "expires_on", "id")
    )


def _row(
    dossier: Dossier, due_on: date, diagnostics: list[Diagnostic], clients: list[str], declined: set[str]
) -> RenewalRow:
    return RenewalRow(
        code=dossier.code,
        title=dossier.title,
        reference=dossier.reference,
        address=dossier.address_line,
        owner_name=dossier.owner_name,
        owner_email=dossier.owner_email,
        owner_phone=dossier.owner_phone,
        archived_at=dossier.archived_at,
        declined=dossier.owner_email.lower() in declined,
        due_on=due_on,
        diagnostics=diagnostics,
        clients=clients[:MAX_CLIENTS_SHOWN],
        more_clients=max(0, len(clients) - MAX_CLIENTS_SHOWN),
    )
