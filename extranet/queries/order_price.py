"""What an order costs by the list of whoever gave it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
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
    request: PriceRequest
    priced: Priced


def order_price(
    order: Order,
    *,
    diagnostics: Sequence[str] | None = None,
    weekend: bool = False,
    evening: bool = False,
    on: date | None = None,
    settings: BookingSettings | None = None,
) -> OrderPrice | None:
    """Returns what an order costs on a day (today), in the active language; None without a list for it. Five queries.

    `diagnostics` stand for those of the order; `settings` for a query, where the caller has them.
    """
    entry = price_list_for(order.contact, on or timezone.localdate())
    if entry is None:
        return None
    request = price_request(
        order, settings or booking_settings(), diagnostics=diagnostics, weekend=weekend, evening=evening
    )
    return OrderPrice(entry, request, price(tariff_of(entry), request))


def price_request(
    order: Order,
    settings: BookingSettings,
    *,
    diagnostics: Sequence[str] | None = None,
    weekend: bool = False,
    evening: bool = False,
) -> PriceRequest:
    """Returns what is to be priced of an order; its outbuildings are told in words, nobody can count them."""
    return PriceRequest(
        diagnostics=list(order.diagnostics) if diagnostics is None else list(diagnostics),
        transaction=order.transaction,
        property_kind=order.property_kind,
        surface=order.surface,
        rooms=order.rooms,
        postcode=order.postcode,
        distance_km=_distance(order, settings),
        urgent=order.urgent,
        weekend=weekend,
        evening=evening,
    )


def _distance(order: Order, settings: BookingSettings) -> Decimal | None:
    """Returns the kilometres by road from the office to the property, None when one of them is not on the map."""
    office = place_of(settings)
    if office is None or order.latitude is None or order.longitude is None:
        return None
    straight = distance_km(office, (order.latitude, order.longitude))
    return cents(Decimal(straight) * settings.detour_percent / 100)
