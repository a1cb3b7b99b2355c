"""What a client may do about the visit of its order, which times it is offered, and what it pays for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from extranet.deposit import DepositRules, given_back
from extranet.enums_booking import BUSY_STATES, AppointmentState, DepositKind
from extranet.models import Appointment, BookingSettings, Diagnostician, Order
from extranet.queries.order_price import order_price
from extranet.queries.quote import agreed_total
from extranet.queries.settings import portal_settings
from extranet.queries.slot import booking_settings, duration_of, place_of, slots_between, visit_of, zone_of
from extranet.slots import Slot, Visit, best_of_each_start
from kernel.errors import DomainError
from kernel.signing import BadSignature, sign, unsign

#: How many days with free times a page shows, and how far it looks for them at once.
MOST_DAYS, LOOK_AHEAD = 6, 45
NOON = 12
_PURPOSE = "deposit"
_TOKEN_SECONDS = int(timedelta(days=400).total_seconds())
_LARGEST = Decimal(99_999)


@dataclass(frozen=True)
class OrderBooking:
    """The visits of an order and what its client may do: a word why not (`refusal`), empty where it may book."""

    order: Order
    settings: BookingSettings
    visits: Sequence[Appointment]
    refusal: str
    #: Whether the firm lets this reader book, move and cancel online at all.
    is_open: bool

    @property
    def visit(self) -> Appointment | None:
        """The one that is held or confirmed, and not over."""
        return next((each for each in self.visits if is_live(each)), None)

    @property
    def may_book(self) -> bool:
        """Whether a time can be chosen now."""
        return self.is_open and not self.refusal and self.visit is None

    @property
    def may_move(self) -> bool:
        """Whether the visit can be moved now."""
        return self.is_open and self.visit is not None and not move_refusal(self.visit, self.settings)

    @property
    def may_cancel(self) -> bool:
        """Whether the visit can be cancelled now."""
        return self.is_open and self.visit is not None and not cancel_refusal(self.visit, self.settings)

    @property
    def token(self) -> str:
        """What stands in the address where the visit's deposit is paid."""
        return deposit_token(self.visit) if self.visit is not None else ""


def is_live(appointment: Appointment) -> bool:
    """Whether a visit is held or confirmed, and to come or under way."""
    now = timezone.now()
    if appointment.state == AppointmentState.HELD:
        return appointment.held_until is not None and appointment.held_until > now
    return appointment.state == AppointmentState.CONFIRMED and appointment.ends_at > now


def visits_of_order(order: Order) -> list[Appointment]:
    """Returns the visits of an order, the last one first; of those whose hold lapsed none. One query."""
    rows = Appointment.objects.select_related("diagnostician").filter(order=order)
    return list(rows.exclude(state=AppointmentState.EXPIRED).order_by("-starts_at", "-id"))


def booking_of(order: Order, *, by_link: bool) -> OrderBooking:
    """Returns what the client of an order may do, or whoever has its link (`by_link`): three queries at most."""
    settings = booking_settings()
    is_open = settings.client_booking and (settings.visitor_booking or not by_link)
    return OrderBooking(order, settings, visits_of_order(order), _refusal(order, settings), is_open)


def _refusal(order: Order, settings: BookingSettings) -> str:
    if not order.is_open:
        return _("This order is no longer open.")
    if not order.diagnostics:
        return _("The diagnostics are not known yet: the firm will suggest a time.")
    if settings.booking_from == "agreed" and agreed_total(order) is None:
        return _("You can book the visit once the quote is accepted.")
    if settings.deposit_kind != DepositKind.NONE and not portal_settings().online_payment:
        return _("Visits cannot be booked online at the moment: please call the firm.")
    return ""


def price_of(order: Order) -> Decimal | None:
    """Returns what an order costs, VAT included: as accepted, else by the client's list when that is complete."""
    agreed = agreed_total(order)
    if agreed is not None:
        return agreed
    found = order_price(order)
    return None if found is None or found.priced.unpriced else found.priced.gross


def deposit_for(order: Order, settings: BookingSettings) -> Decimal | None:
    """Returns the deposit that the visit of an order costs, in euros; None: none is asked."""
    if settings.deposit_kind == DepositKind.NONE:
        return None
    rules = DepositRules(
        kind=settings.deposit_kind,
        amount=settings.deposit_amount,
        percent=settings.deposit_percent,
        least=settings.deposit_min,
        most=settings.deposit_max,
    )
    return rules.asked(price_of(order))


def rule_gives_back(appointment: Appointment, now: datetime | None = None) -> Decimal:
    """Returns what of its paid deposit a client gets back that cancels now, by the rules of its booking."""
    if appointment.deposit is None or appointment.deposit_paid_at is None:
        return Decimal(0)
    return given_back(
        appointment.deposit,
        starts_at=appointment.starts_at,
        now=now or timezone.now(),
        full_until_hours=appointment.refund_hours or 0,
        then_percent=100 if appointment.refund_percent is None else appointment.refund_percent,
    )


def full_refund_until(appointment: Appointment) -> datetime:
    """Returns until when a client that cancels gets its whole deposit back."""
    return appointment.starts_at - timedelta(hours=appointment.refund_hours or 0)


def move_error(appointment: Appointment, settings: BookingSettings) -> DomainError | None:
    """Returns what a client is told that moves a visit `too_late` or `too_often`; None where the rules let it."""
    if appointment.starts_at < timezone.now() + timedelta(hours=settings.move_hours):
        return DomainError("too_late", _("This visit can no longer be moved online: please call the firm."))
    if appointment.client_moves >= settings.most_moves:
        return DomainError("too_often", _("This visit was moved as often as it can be online: please call the firm."))
    return None


def cancel_error(appointment: Appointment, settings: BookingSettings) -> DomainError | None:
    """Returns what a client is told that cancels a visit `too_late`; None where the rules let it."""
    if appointment.starts_at < timezone.now() + timedelta(hours=settings.cancel_hours):
        return DomainError("too_late", _("This visit can no longer be cancelled online: please call the firm."))
    return None


def move_refusal(appointment: Appointment, settings: BookingSettings) -> str:
    """Returns why a client may not move a visit; empty where it may."""
    if (error := move_error(appointment, settings)) is not None:
        return str(error)
    return "" if appointment.state == AppointmentState.CONFIRMED else _("This visit is not confirmed yet.")


def cancel_refusal(appointment: Appointment, settings: BookingSettings) -> str:
    """Returns why a client may not cancel a visit; empty where it may."""
    if (error := cancel_error(appointment, settings)) is not None:
        return str(error)
    return "" if appointment.state in BUSY_STATES else _("This visit is over or cancelled.")


def visit_values(order: Order) -> dict[str, Any]:
    """Returns what an order says of its visit: the columns of actions.appointment.FIELDS, as far as they are known."""
    values: dict[str, Any] = {name: getattr(order, name) for name in ("diagnostics", "street", "postcode", "city")}
    values["surface"] = order.surface if order.surface is not None and order.surface <= _LARGEST else None
    extra = (order.street_extra, order.floor, order.door, order.lot)
    values["street_extra"] = ", ".join(part for part in extra if part)[:200]
    values["person_name"] = order.access_name or order.occupant_name or order.owner_name or order.orderer_name
    phones = (order.access_phone, order.occupant_phone, order.owner_phone, order.orderer_phone)
    values["person_phone"] = next(filter(None, phones), "")
    values["person_email"] = order.occupant_email or order.owner_email or order.orderer_email
    values["access_note"] = " – ".join(part for part in (order.keys, order.access_note) if part)[:300]
    return values


def wanted_visit(order: Order, settings: BookingSettings) -> Visit:
    """Returns what is to be fitted in for an order: one query."""
    return Visit(
        minutes=duration_of(order.diagnostics, order.surface, settings),
        place=place_of(order),
        postcode=order.postcode,
        diagnostics=tuple(order.diagnostics),
    )


@dataclass(frozen=True)
class Offer:
    """The next days with times, for a page; `later` begins the next page, None at the horizon's end."""

    days: Sequence[tuple[date, Sequence[Slot]]]
    later: date | None
    minutes: int


def offer_for(
    order: Order, settings: BookingSettings, *, first: date, part: str = "", moving: Appointment | None = None
) -> Offer:
    """Returns the times that truly fit, each with whoever has the shortest way: seven queries.

    From a day on; of the morning (`part` am) or afternoon (pm) alone; for one that is moved, as if it were not there.
    """
    visit = visit_of(moving) if moving is not None else wanted_visit(order, settings)
    zone = zone_of(settings)
    today = timezone.localdate(timezone=zone)
    horizon = today + timedelta(days=settings.horizon_days)
    first = max(first, today)
    last = min(first + timedelta(days=LOOK_AHEAD), horizon)
    if last < first:
        return Offer([], None, visit.minutes)
    without = moving.pk if moving is not None else None
    _world, slots = slots_between(visit, first, last, online=True, without=without, settings=settings)
    if moving is not None:
        slots = [each for each in slots if each.start != moving.starts_at]
    best = sorted(best_of_each_start(slots))
    if part in {"am", "pm"}:
        best = [each for each in best if (each.start.astimezone(zone).hour < NOON) == (part == "am")]
    days: list[tuple[date, Sequence[Slot]]] = []
    for day, of_day in groupby(best, key=lambda each: each.start.astimezone(zone).date()):
        if len(days) == MOST_DAYS:
            return Offer(days, day, visit.minutes)
        days.append((day, list(of_day)))
    return Offer(days, last + timedelta(days=1) if last < horizon else None, visit.minutes)


def candidates(
    order: Order, settings: BookingSettings, starts_at: datetime, *, moving: Appointment | None = None
) -> tuple[list[Slot], dict[int, Diagnostician]]:
    """Returns with whom a visit fits at this very time, the shortest way first, and those people by their keys."""
    visit = visit_of(moving) if moving is not None else wanted_visit(order, settings)
    day = starts_at.astimezone(zone_of(settings)).date()
    without = moving.pk if moving is not None else None
    world, slots = slots_between(visit, day, day, online=True, without=without, settings=settings)
    return [each for each in slots if each.start == starts_at], world.people


def deposit_token(appointment: Appointment) -> str:
    """Returns what stands in the address where the deposit of a visit is paid."""
    return sign(appointment.code, purpose=_PURPOSE)


def appointment_of_deposit_token(token: str) -> Appointment | None:
    """Returns the visit of such an address; None when it is forged, another firm's or too old."""
    try:
        code = unsign(token, purpose=_PURPOSE, max_age=_TOKEN_SECONDS)
    except BadSignature:
        return None
    rows = Appointment.objects.select_related("diagnostician", "order__contact__user", "contact__user")
    return rows.filter(code=code, deposit__isnull=False).first()
