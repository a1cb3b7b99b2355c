"""The price that whoever orders is shown before anything is promised."""

from dataclasses import dataclass

from django.db.models import Subquery

from extranet.models import BookingSettings, Order, QuoteSettings
from extranet.needs import Need
from extranet.queries.order_need import order_needs
from extranet.queries.order_price import OrderPrice, order_price


@dataclass(frozen=True)
class Instant:
    """What is due for a property that somebody has described, and what that costs."""

    required: list[Need]
    conditional: list[Need]
    found: OrderPrice | None


def shown_price(order: Order, *, for_staff: bool) -> OrderPrice | None:
    """Returns what an order costs where the firm shows it: its people always see it. Five queries.

    Others see none by a list that nobody has checked yet: those of a new firm are guesses.
    """
    if not order.diagnostics:
        return None
    shown = Subquery(QuoteSettings.objects.values("show_prices")[:1])
    settings = BookingSettings.objects.annotate(shows_prices=shown).get(pk=1)
    if not (for_staff or settings.shows_prices):
        return None
    found = order_price(order, settings=settings)
    return None if found is None or (found.entry.is_unchecked and not for_staff) else found


def instant_price(order: Order) -> Instant:
    """Returns what is due for an order that is saved nowhere, and its price: seven queries."""
    needs = order_needs(order)
    found = order_price(order, diagnostics=needs.due) if needs.due else None
    if found is not None and found.entry.is_unchecked:
        found = None
    return Instant(needs.required, needs.conditional, found)
