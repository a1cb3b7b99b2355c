"""What the page that plans a visit reads: what it is planned for, and the times that fit."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from extranet.enums_booking import AppointmentState
from extranet.enums_order import OrderState
from extranet.models import Appointment, Diagnostician, Dossier, Order
from extranet.queries.dossier_filter import visible_dossiers
from extranet.queries.order_filter import visible_orders
from extranet.queries.slot import slots_between
from extranet.slots import Point, Slot, Visit

#: How far ahead times are looked for at once, how many days and how many times a day are shown.
DAYS_AHEAD, MOST_DAYS, MOST_A_DAY = 21, 6, 4


@dataclass(frozen=True)
class Suggestion:
    """A time that fits, and with whom."""

    slot: Slot
    who: Diagnostician


def visible_appointments(user: User) -> QuerySet[Appointment]:
    """Returns the visits that a person may see: all for the firm, for a client those to come of its own orders."""
    if user.is_firm_staff:
        return Appointment.objects.all()
    now = timezone.now()
    live = Q(state=AppointmentState.CONFIRMED, ends_at__gt=now) | Q(state=AppointmentState.HELD, held_until__gt=now)
    sent = visible_orders(user).exclude(state=OrderState.DRAFT)
    return Appointment.objects.filter(live, order__in=sent)


def order_or_dossier(user: User, order_code: str, dossier_code: str) -> tuple[Order | None, Dossier | None]:
    """Returns what a visit is planned for, with the order's own dossier; raises Http404 for what is not there."""
    order = dossier = None
    if order_code:
        order = Order.objects.select_related("contact", "dossier").filter(code=order_code.replace("\x00", "")).first()
        if order is None:
            raise Http404
        dossier = order.dossier
    elif dossier_code:
        dossier = visible_dossiers(user).filter(code=dossier_code.replace("\x00", "")).first()
        if dossier is None:
            raise Http404
    return order, dossier


def dossier_values(dossier: Dossier) -> dict[str, Any]:
    """Returns what a dossier says of its visit: the columns of actions.appointment.FIELDS, as far as they are known."""
    values: dict[str, Any] = {name: getattr(dossier, name) for name in ("street", "street_extra", "postcode", "city")}
    return values | {
        "diagnostics": list(dossier.diagnostics.values_list("kind", flat=True)),
        "person_name": dossier.occupant_name or dossier.owner_name,
        "person_phone": dossier.occupant_phone or dossier.owner_phone,
        "person_email": dossier.owner_email,
    }


def known_place(address: tuple[str, ...], *rows: Order | Dossier | Appointment | None) -> Point | None:
    """Returns the place of what is at this very address: street, postcode, town."""
    for row in rows:
        if row is None or row.latitude is None or row.longitude is None:
            continue
        if address == (row.street, row.postcode, row.city):
            return row.latitude, row.longitude
    return None


def suggestions(
    visit: Visit, first: date, *, who: Diagnostician | None, without: Appointment | None
) -> list[tuple[date, list[Suggestion]]]:
    """Returns the next days on which a visit fits, each with its times that cost the shortest way, in their order."""
    last = first + timedelta(days=DAYS_AHEAD - 1)
    only = [who.pk] if who else None
    world, slots = slots_between(visit, first, last, only=only, without=without.pk if without else None)
    zone = world.rules.zone
    found: list[tuple[date, list[Suggestion]]] = []
    for day, of_day in groupby(slots, key=lambda slot: slot.start.astimezone(zone).date()):
        best = sorted(of_day, key=lambda slot: (slot.travel, slot.start))[:MOST_A_DAY]
        found.append((day, [Suggestion(slot, world.people[slot.worker]) for slot in sorted(best)]))
        if len(found) == MOST_DAYS:
            break
    return found
