"""What an order costs by the list of whoever gave it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from extranet.models import BookingSettings, Order, PriceList
from extranet.pricing import Priced, PriceRequest, price
from extranet.queries.price_list import price_list_for, tariff_of
from extranet.queries.slot import booking_settings, place_of
from extranet.slots import distance_km
from extranet.tariff import cents


@dataclass(frozen=True)
class OrderPrice:
    """A price with the list that made it."""

    entry: PriceList
    priced: Priced


def order_price(
    order: Order,
    *,
    diagnostics: Sequence[str] | None = None,
    settings: BookingSettings | None = None,
) -> OrderPrice | None:
    """Returns what an order costs today, in the active language; None without a list for it. Five queries.

    `diagnostics` stand for those of the order; `settings` for a query, where the caller has them.
    """
    entry = price_list_for(order.contact, timezone.localdate())
    if entry is None:
        return None
    wanted = order.diagnostics if diagnostics is None else diagnostics
    return OrderPrice(entry, price(tariff_of(entry), _request(order, settings or booking_settings(), wanted)))


def _request(order: Order, settings: BookingSettings, diagnostics: Sequence[str]) -> PriceRequest:
    """Returns what is to be priced of an order; its outbuildings are told in words, nobody can count them."""
    return PriceRequest(
        diagnostics=diagnostics,
        transaction=order.transaction,
        property_kind=order.property_kind,
        surface=order.surface,
        rooms=order.rooms,
        postcode=order.postcode,
        distance_km=_distance(order, settings),
        urgent=order.urgent,
    )


def _distance(order: Order, settings: BookingSettings) -> Decimal | None:
    """Returns the kilometres by road from the office to the property, None when one of them is not on the map."""
    office, place = place_of(settings), place_of(order)
    if office is None or place is None:
        return None
    return cents(Decimal(distance_km(office, place)) * settings.detour_percent / 100)
