"""How the pages of orders are read."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from accounts.models import Role, User
from extranet.enums import DiagnosticKind
from extranet.enums_order import OrderState
from extranet.models import Order, OrderEvent, OrderFile
from extranet.queries.contact import contact_id_of
from extranet.queries.order_filter import OrderFilter, filtered_orders, visible_orders
from kernel.filters import StateCount, count_states
from kernel.pagination import Page, paginate
from kernel.signing import BadSignature, sign, unsign

_PURPOSE = "order"
#: How long whoever has no account can follow an order by the link of its mail.
FOLLOW_SECONDS = int(timedelta(days=730).total_seconds())
#: How many drafts the page of orders offers to go on with.
MOST_DRAFTS = 5
_LABELS = {str(value): label for value, label in DiagnosticKind.choices}


def order_page(user: User, *, wanted: OrderFilter, page: str | None, size: int) -> Page[Order]:
    """Returns a page of the list, with who handles each and for whom: two queries."""
    found = filtered_orders(user, wanted).select_related("assigned_to", "contact")
    return paginate(found.defer("search", "staff_notes", "remarks"), page=page, size=size)


def state_counts(user: User) -> list[StateCount]:
    """Returns how many orders the person sees in each state, drafts too, in their order: one query."""
    return count_states(visible_orders(user), OrderState.choices)


def drafts_of(user: User) -> list[Order]:
    """Returns the last drafts that a person may go on with."""
    drafts = visible_orders(user).filter(state=OrderState.DRAFT)
    if user.is_firm_staff:
        drafts = drafts.filter(created_by=user)
    return list(drafts.order_by("-updated_at", "-id")[:MOST_DRAFTS])


def files_of(order: Order) -> list[OrderFile]:
    """Returns what was joined to an order."""
    return list(OrderFile.objects.filter(order=order).select_related("stored").order_by("id"))


def events_of(order: Order, *, for_staff: bool) -> list[OrderEvent]:
    """Returns the history of an order, the last first; what only the firm reads is left out for others."""
    found = OrderEvent.objects.filter(order=order)
    if not for_staff:
        found = found.filter(for_staff=False)
    return list(found.order_by("-at", "-id"))


def diagnostic_labels(kinds: Sequence[str]) -> list[str]:
    """Returns the names of diagnostics, in the order of their list."""
    chosen = set(kinds)
    return [str(label) for value, label in _LABELS.items() if value in chosen]


def firm_people() -> list[User]:
    """Returns whom an order can be assigned to."""
    return list(User.objects.filter(role__in=[Role.ADMIN, Role.STAFF], is_active=True).order_by("full_name", "pk"))


def is_own_order(user: User, order: Order) -> bool:
    """Whether an order is that of the client who looks at it."""
    return order.contact_id is not None and order.contact_id == contact_id_of(user)


def is_late(order: Order) -> bool:
    """Whether the day by which the reports are wanted is past and nothing was handed over."""
    return order.is_open and order.wanted_by is not None and order.wanted_by < timezone.localdate()


def order_token(order: Order) -> str:
    """Returns what stands in the address by which whoever has no account follows an order."""
    return sign(order.code, purpose=_PURPOSE)


def order_of_token(token: str) -> Order | None:
    """Returns the order of such an address; None when it is forged or too old, and for a draft."""
    try:
        code = unsign(token, purpose=_PURPOSE, max_age=FOLLOW_SECONDS)
    except BadSignature:
        return None
    return Order.objects.filter(code=code).exclude(state=OrderState.DRAFT).first()
