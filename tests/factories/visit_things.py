"""What the route matrix asks of clients who book: alpha's orders and visits, their addresses, what forms send."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from billing.models import ProviderAccount
from extranet.actions.appointment import book_offered, hold_slot
from extranet.actions.order import begin_order, send_order
from extranet.enums_order import OrderOrigin
from extranet.models import Appointment, BookingSettings, Diagnostician, Order
from extranet.queries.client_booking import deposit_token, offer_for, visit_values
from extranet.queries.order import order_token
from extranet.queries.slot import booking_settings
from extranet.slots import Slot
from tests.factories.cast import Cast
from tests.factories.order_things import PROPERTY


@dataclass
class VisitThings:
    """An order of Alice's to book, one with a visit, a visit that is held; the times that can be chosen."""

    free: Order
    booked: Order
    held: Appointment
    starts: list[datetime]
    tokens: dict[str, str]


def open_booking(**values: Any) -> None:
    """Lets the clients of the current firm book, with an account and without."""
    BookingSettings.objects.update(**({"client_booking": True, "visitor_booking": True} | values))


def add_order_to_book(cast: Cast, **values: Any) -> Order:
    """Returns an order of Alice's that was sent, for a DPE."""
    user = cast.alice.user
    told = PROPERTY | {"floor": ""} | values
    order = begin_order(origin=OrderOrigin.CLIENT, user=user, contact=cast.alice, values=told)
    Order.objects.filter(pk=order.pk).update(diagnostics=["dpe"])
    return send_order(Order.objects.get(pk=order.pk), user=user)


def free_slots_of(order: Order, *, days: int = 6) -> list[Slot]:
    """Returns the times that an order's client is offered from so many days on."""
    first = timezone.localdate() + timedelta(days=days)
    return [slot for _day, slots in offer_for(order, booking_settings(), first=first).days for slot in slots]


def add_visit_things(cast: Cast) -> VisitThings:
    """Returns what clients book; they may from now on."""
    open_booking(deposit_by_hand=True)
    free, booked, paying = (add_order_to_book(cast) for _ in range(3))
    slots = free_slots_of(booked)
    people = {each.pk: each for each in Diagnostician.objects.all()}
    made = []
    acts: list[tuple[Order, Slot, Callable[..., Appointment], dict[str, Any]]] = [
        (booked, slots[0], book_offered, {}),
        (paying, slots[-1], hold_slot, {"deposit": Decimal(50)}),
    ]
    for order, slot, act, more in acts:
        told = {"starts_at": slot.start, "ends_at": slot.end, "values": visit_values(order), "contact": cast.alice}
        made.append(act(people[slot.worker], order=order, **told, **more))
    tokens = {"free": order_token(free), "booked": order_token(booked), "held": deposit_token(made[1])}
    return VisitThings(free, booked, made[1], [slot.start for slot in free_slots_of(free, days=8)], tokens)


def visit_arguments(things: VisitThings) -> dict[str, dict[str, object]]:
    """Returns the arguments of the addresses of clients who book."""
    changes = ("visit-move", "visit-cancel", "visit-ics")
    return {
        "order-visit": {"code": things.free.code},
        "order-visitor-visit": {"token": things.tokens["free"]},
        **{f"order-{name}": {"code": things.booked.code} for name in changes},
        **{f"order-visitor-{name}": {"token": things.tokens["booked"]} for name in changes},
        **{f"deposit-{name}": {"token": things.tokens["held"]} for name in ("pay", "release")},
    }


def visit_data(things: VisitThings, by_hand: ProviderAccount) -> dict[str, Callable[[], dict[str, Any]]]:
    """Returns what the forms of clients who book send."""
    start = things.starts[0].strftime("%Y-%m-%dT%H:%MZ")
    names = ("order-visit", "order-visitor-visit", "order-visit-move", "order-visitor-visit-move")
    return {
        **dict.fromkeys(names, lambda: {"start": start}),
        **dict.fromkeys(["order-visit-cancel", "order-visitor-visit-cancel"], lambda: {"reason": "Vendu"}),
        "deposit-pay": lambda: {"means": by_hand.code, "total": "5000", "attempt": "1"},
    }
