"""What a list of orders is filtered and sorted by: read from an address, kept in it, applied to a query."""

from dataclasses import dataclass, field
from typing import ClassVar

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.http import QueryDict

from accounts.models import User
from extranet.enums import DiagnosticKind
from extranet.enums_order import OrderOrigin, OrderState
from extranet.models import Order
from extranet.queries.contact import contact_id_of
from kernel.filters import AddressFilter, read_address, within_days
from kernel.text import search_terms

#: Who an order is assigned to, beside the code of a person.
MINE, NOBODY = "me", "none"
SORTS = {"date": "sent_at", "number": "id", "city": "city", "wanted": "wanted_by"}
DEFAULT_SORT = "-date"
#: The orders that wait for the firm, whatever they are at.
OPEN = "open"


@dataclass(frozen=True)
class OrderFilter(AddressFilter):
    """What is wanted of a list; each field is a parameter of the address, empty when it does not matter."""

    MORE: ClassVar[tuple[str, ...]] = ("assigned", "diagnostic", "origin", "urgent", "since", "until", "client")

    q: str = ""
    state: str = ""
    assigned: str = ""
    diagnostic: str = ""
    origin: str = ""
    urgent: str = ""
    since: str = ""
    until: str = ""
    client: str = ""
    sort: str = ""
    #: What was asked for and is no filter: told, never silently applied.
    wrong: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def from_query(cls, query: QueryDict) -> "OrderFilter":
        """Returns the filter that an address asks for; what is no value of a field is left out and named in `wrong`."""
        closed = {
            "state": {*OrderState.values, OPEN},
            "diagnostic": set(DiagnosticKind.values),
            "origin": set(OrderOrigin.values),
            "urgent": {"1"},
            "sort": {*SORTS, *(f"-{name}" for name in SORTS)},
        }
        asked, wrong = read_address(query, cls.names(), closed=closed, days=("since", "until"))
        return cls(**asked, wrong=wrong)


def visible_orders(user: User) -> QuerySet[Order]:
    """Returns the orders that a person may see: its own for a client, for the firm all but what others still write."""
    if user.is_firm_staff:
        return Order.objects.filter(~Q(state=OrderState.DRAFT) | Q(origin=OrderOrigin.STAFF))
    # 0: nobody's; None would find those of people without an account
    own = Order.objects.filter(contact_id=contact_id_of(user) or 0)
    # what the firm writes for a client is the client's once it is sent
    return own.exclude(state=OrderState.DRAFT, origin=OrderOrigin.STAFF)


def filtered_orders(user: User, wanted: OrderFilter) -> QuerySet[Order]:
    """Returns the orders that a person sees and that a filter lets through, in its order; drafts when asked for."""
    found = visible_orders(user)
    if wanted.state == OPEN:
        found = found.filter(state__in=[OrderState.TODO, OrderState.ONGOING])
    elif wanted.state:
        found = found.filter(state=wanted.state)
    else:
        found = found.filter(~Q(state=OrderState.DRAFT))
    for term in search_terms(wanted.q):
        found = found.filter(search__contains=term)
    if wanted.diagnostic:
        found = found.filter(diagnostics__contains=[wanted.diagnostic])
    if wanted.urgent:
        found = found.filter(urgent=True)
    found = found.filter(within_days("sent_at", since=wanted.since, until=wanted.until))
    if user.is_firm_staff:
        found = _for_staff(found, user, wanted)
    return found.order_by(*_order(wanted.sort or DEFAULT_SORT))


def _for_staff(found: QuerySet[Order], user: User, wanted: OrderFilter) -> QuerySet[Order]:
    if wanted.assigned == MINE:
        found = found.filter(assigned_to=user)
    elif wanted.assigned == NOBODY:
        found = found.filter(assigned_to__isnull=True)
    elif wanted.assigned:
        found = found.filter(assigned_to__code=wanted.assigned)
    if wanted.origin:
        found = found.filter(origin=wanted.origin)
    if wanted.client:
        found = found.filter(contact__code=wanted.client)
    return found


def _order(sort: str) -> list[OrderBy]:
    column = SORTS[sort.removeprefix("-")]
    # the day by which reports are wanted is read the soonest first, those that name none at the end either way
    last = True if column == "wanted_by" else None
    if sort.startswith("-"):
        return [F(column).desc(nulls_last=last), F("id").desc()]
    return [F(column).asc(nulls_last=last), F("id").asc()]
