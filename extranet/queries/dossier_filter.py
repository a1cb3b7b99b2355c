"""What a list of dossiers is filtered and sorted by: read from an address, kept in it, applied to a query."""

from dataclasses import dataclass, field
from typing import ClassVar

from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.expressions import OrderBy
from django.http import QueryDict

from accounts.models import User
from extranet.enums import DiagnosticKind, DownloadState, PaymentState
from extranet.models import Diagnostic, Dossier
from extranet.queries.contact import contact_id_of
from kernel.filters import AddressFilter, read_address, within_days
from kernel.text import fold, search_terms

#: The lists that a dossier can be in.
ACTIVE, ARCHIVE, BIN = "active", "archive", "bin"
#: What a list may be sorted by: the column, and whether its empty values come last when it falls.
SORTS = {
    "date": "created_at",
    "title": "title",
    "reference": "reference",
    "city": "city",
    "amount": "amount",
    "visit": "visited_on",
    "expiry": "expires_on",
}
_NULLABLE = {"amount", "visited_on", "expires_on"}
DEFAULT_SORT = "-date"


@dataclass(frozen=True)
class DossierFilter(AddressFilter):
    """What is wanted of a list; each field is a parameter of the address, empty when it does not matter."""

    MORE: ClassVar[tuple[str, ...]] = ("since", "until", "diagnostic", "city", "client")

    q: str = ""
    state: str = ""
    paid: str = ""
    since: str = ""
    until: str = ""
    diagnostic: str = ""
    city: str = ""
    client: str = ""
    box: str = ""
    sort: str = ""
    #: What was asked for and is no filter: told, never silently applied.
    wrong: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def from_query(cls, query: QueryDict) -> "DossierFilter":
        """Returns the filter that an address asks for; what is no value of a field is left out and named in `wrong`."""
        closed = {
            "state": set(DownloadState.values),
            "paid": set(PaymentState.values),
            "diagnostic": set(DiagnosticKind.values),
            "box": {ARCHIVE, BIN},
            "sort": {*SORTS, *(f"-{name}" for name in SORTS)},
        }
        asked, wrong = read_address(query, cls.names(), closed=closed, days=("since", "until"))
        return cls(**asked, wrong=wrong)


def visible_dossiers(user: User, *, box: str = "", state: str = "") -> QuerySet[Dossier]:
    """Returns the dossiers that a person may see: all for the firm, those it was given for a client.

    With `box`, those of one list only (a client has no bin); with `state`, only those in it: for a client it is that of
    its own access.
    """
    found = Dossier.objects.all()
    if user.is_firm_staff:
        if state:
            found = found.filter(download_state=state)
    else:
        # 0: nobody's; None would find the dossiers that nobody has access to
        # in one filter(): a second one would join the accesses again, and meet those of other clients
        own = {"accesses__contact_id": contact_id_of(user) or 0} | (
            {"accesses__download_state": state} if state else {}
        )
        found = found.filter(**own)
    if box == BIN:
        return found.filter(deleted_at__isnull=False) if user.is_firm_staff else found.none()
    found = found.filter(deleted_at__isnull=True)
    if box:
        found = found.filter(archived_at__isnull=box == ACTIVE)
    return found


def filtered_dossiers(user: User, wanted: DossierFilter) -> QuerySet[Dossier]:
    """Returns the dossiers that a person sees and that a filter lets through, in its order."""
    found = visible_dossiers(user, box=wanted.box or ACTIVE, state=wanted.state)
    for term in search_terms(wanted.q):
        found = found.filter(search__contains=term)
    if wanted.paid:
        found = found.filter(payment_state=wanted.paid)
    found = found.filter(within_days("created_at", since=wanted.since, until=wanted.until))
    if wanted.diagnostic:
        found = found.filter(Exists(Diagnostic.objects.filter(kind=wanted.diagnostic, dossier=OuterRef("pk"))))
    if town := fold(wanted.city):
        # the first by the search index, the second to be sure that it is the town that says so
        found = found.filter(search__contains=town, place__contains=f" {town}")
    if wanted.client and user.is_firm_staff:
        found = found.filter(accesses__contact__code=wanted.client)
    return found.order_by(*_order(wanted.sort or DEFAULT_SORT))


def _order(sort: str) -> list[OrderBy]:
    column = SORTS[sort.removeprefix("-")]
    nulls = column in _NULLABLE
    # the two directions of one index: what falls with the empty last rises with the empty first
    if sort.startswith("-"):
        return [F(column).desc(nulls_last=True if nulls else None), F("id").desc()]
    return [F(column).asc(nulls_first=True if nulls else None), F("id").asc()]
