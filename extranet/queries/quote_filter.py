"""What a list of quotes is filtered and sorted by: read from an address, kept in it, applied to a query."""

from dataclasses import dataclass, field
from typing import ClassVar

from django.db.models import F, QuerySet
from django.db.models.expressions import OrderBy
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from extranet.enums_quote import QuoteState
from extranet.models import Quote
from extranet.queries.contact import contact_id_of
from kernel.filters import AddressFilter, read_address, within_days
from kernel.text import search_terms

SORTS = {"date": "created_at", "number": "number", "amount": "gross", "until": "valid_until"}
DEFAULT_SORT = "-date"
#: Sent, unanswered and past its last day: no state of its own.
EXPIRED = "expired"


@dataclass(frozen=True)
class QuoteFilter(AddressFilter):
    """What is wanted of a list; each field is a parameter of the address, empty when it does not matter."""

    MORE: ClassVar[tuple[str, ...]] = ("since", "until", "client")

    q: str = ""
    state: str = ""
    since: str = ""
    until: str = ""
    client: str = ""
    sort: str = ""
    #: What was asked for and is no filter: told, never silently applied.
    wrong: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def from_query(cls, query: QueryDict) -> "QuoteFilter":
        """Returns the filter that an address asks for; what is no value of a field is left out and named in `wrong`."""
        closed = {
            "state": {*QuoteState.values, EXPIRED},
            "sort": {*SORTS, *(f"-{name}" for name in SORTS)},
        }
        asked, wrong = read_address(query, cls.names(), closed=closed, days=("since", "until"))
        return cls(**asked, wrong=wrong)


def visible_quotes(user: User) -> QuerySet[Quote]:
    """Returns the quotes that a person may see: all for the firm, for a client its own once they are sent."""
    if user.is_firm_staff:
        return Quote.objects.all()
    # 0: nobody's; None would find those of people without an account
    return Quote.objects.filter(contact_id=contact_id_of(user) or 0).exclude(state=QuoteState.DRAFT)


def filtered_quotes(user: User, wanted: QuoteFilter) -> QuerySet[Quote]:
    """Returns the quotes that a person sees and that a filter lets through, in its order."""
    found, today = visible_quotes(user), timezone.localdate()
    if wanted.state == EXPIRED:
        found = found.filter(state=QuoteState.ISSUED, valid_until__lt=today)
    elif wanted.state == QuoteState.ISSUED:
        found = found.filter(state=QuoteState.ISSUED, valid_until__gte=today)
    elif wanted.state:
        found = found.filter(state=wanted.state)
    for term in search_terms(wanted.q):
        found = found.filter(search__contains=term)
    found = found.filter(within_days("created_at", since=wanted.since, until=wanted.until))
    if user.is_firm_staff and wanted.client:
        found = found.filter(contact__code=wanted.client)
    return found.order_by(*_order(wanted.sort or DEFAULT_SORT))


def _order(sort: str) -> list[OrderBy]:
    column = SORTS[sort.removeprefix("-")]
    # drafts have no last day: at the end either way
    last = True if column == "valid_until" else None
    if sort.startswith("-"):
        return [F(column).desc(nulls_last=last), F("id").desc()]
    return [F(column).asc(nulls_last=last), F("id").asc()]
