"""Clients who book, move and cancel the visit of their order by themselves.

Locks in this order: the order, the diagnosticians by their keys, the visit; a payment that confirms a visit holds its
own row before (decisions/0024).
"""

import enum
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from extranet.actions.appointment import (
    book_offered,
    cancel_appointment,
    hold_slot,
    move_appointment,
)
from extranet.actions.appointment_mail import tell_visit
from extranet.actions.appointment_row import lock_visit, save_visit, wrong_state
from extranet.actions.order import lock_order
from extranet.emails_visit import VisitNews
from extranet.enums_booking import AppointmentEventKind, AppointmentState
from extranet.models import Appointment, BookingSettings, Order
from extranet.queries.client_booking import (
    booking_of,
    candidates,
    deposit_for,
    is_live,
    visit_values,
    visits_of_order,
)
from extranet.visit_hooks import tell_let_go
from kernel.errors import DomainError


class DepositOutcome(enum.Enum):
    """What a deposit that has come did to its visit."""

    #: The visit is confirmed.
    CONFIRMED = "confirmed"
    #: It was paid before.
    TWICE = "twice"
    #: Its time is somebody else's by now, past or cancelled.
    GONE = "gone"


def taken() -> DomainError:
    """Returns what is said of a time that somebody else was faster to take."""
    return DomainError("taken", _("This time has just been taken: choose another one."))


@transaction.atomic
def book_for_client(order: Order, *, starts_at: datetime, user: User | None) -> Appointment:
    """Returns the visit of an order at a time that was offered: confirmed, or held while its deposit is paid.

    One that the order has already is returned as it is. Raises DomainError `off` when the client may not book, and
    `taken`.
    """
    locked = lock_order(order)
    booking = booking_of(locked, by_link=user is None)
    if booking.visit is not None:
        return booking.visit
    if not booking.may_book:
        raise DomainError("off", booking.refusal or _("Visits cannot be booked online."))
    made = _first_free(locked, booking.settings, starts_at, user)
    if made.state == AppointmentState.CONFIRMED:
        tell_visit(made, VisitNews.BOOKED, by=user)
    return made


def _first_free(order: Order, settings: BookingSettings, starts_at: datetime, user: User | None) -> Appointment:
    slots, people = candidates(order, settings, starts_at)
    deposit = deposit_for(order, settings)
    values = visit_values(order)
    for slot in slots:
        told: dict[str, Any] = {
            "starts_at": slot.start,
            "ends_at": slot.end,
            "values": values,
            "order": order,
            "contact": order.contact,
            "user": user,
        }
        try:
            # its own savepoint: the locks of somebody who is not free go with it
            if deposit is None:
                return book_offered(people[slot.worker], **told)
            return hold_slot(people[slot.worker], deposit=deposit, **told)
        except DomainError as error:
            if error.code not in {"taken", "inactive"}:
                raise
    raise taken()


@transaction.atomic
def move_for_client(appointment: Appointment, *, starts_at: datetime, user: User | None) -> Appointment:
    """Returns the visit of a client at another time that was offered, with whoever is free then.

    Raises DomainError `off`, `taken`, `too_late`, `too_often` or `state`.
    """
    order, appointment = _locked(appointment)
    booking = booking_of(order, by_link=user is None)
    if not booking.is_open:
        raise DomainError("off", _("Visits cannot be booked online."))
    if appointment.starts_at == starts_at:  # the same form once more
        return appointment
    if appointment.state != AppointmentState.CONFIRMED:
        raise wrong_state()
    slots, people = candidates(order, booking.settings, starts_at, moving=appointment)
    # whoever it is planned with stays if that fits
    slots.sort(key=lambda slot: (slot.worker != appointment.diagnostician_id, slot.travel))
    for slot in slots:
        try:
            moved = move_appointment(
                appointment,
                diagnostician=people[slot.worker],
                starts_at=slot.start,
                user=user,
                by_client=True,
                version=appointment.version,
            )
        except DomainError as error:
            if error.code not in {"taken", "inactive"}:
                raise
        else:
            tell_visit(moved, VisitNews.MOVED, by=user, before=appointment)
            return moved
    raise taken()


@transaction.atomic
def cancel_for_client(appointment: Appointment, *, reason: str, user: User | None) -> Appointment:
    """Returns the visit cancelled by its client; what its booking's rules say of the deposit is given back.

    Raises DomainError `off`, `too_late` or `state`; one that is cancelled already stays so.
    """
    order, appointment = _locked(appointment)
    booking = booking_of(order, by_link=user is None)
    if not booking.is_open:
        raise DomainError("off", _("Visits cannot be booked online."))
    if appointment.state == AppointmentState.CANCELLED:
        return appointment
    cancelled = cancel_appointment(appointment, reason=reason, user=user, by_client=True)
    tell_visit(cancelled, VisitNews.CANCELLED, by=user)
    return cancelled


@transaction.atomic
def release_hold(appointment: Appointment, *, user: User | None = None) -> Appointment:
    """Returns the visit whose time was held, given back before it was paid; another state stays as it is."""
    locked = lock_visit(appointment)
    if locked.state != AppointmentState.HELD:
        return locked
    locked.state, locked.held_until = AppointmentState.EXPIRED, None
    saved = save_visit(locked, AppointmentEventKind.RELEASED, user=user)
    tell_let_go(saved)
    return saved


@transaction.atomic
def take_deposit(appointment: Appointment, *, paid_at: datetime) -> DepositOutcome:
    """Returns what a deposit that has come does: it confirms the visit, also one that lapsed, if its time is free."""
    locked = lock_visit(appointment)
    if locked.deposit_paid_at is not None:
        return DepositOutcome.TWICE
    waits = locked.state in {AppointmentState.HELD, AppointmentState.EXPIRED}
    if locked.state == AppointmentState.CANCELLED or (waits and locked.starts_at <= timezone.now()):
        return DepositOutcome.GONE
    if locked.state == AppointmentState.EXPIRED and _has_another(locked):
        return DepositOutcome.GONE
    locked.deposit_paid_at = paid_at
    if not waits:
        save_visit(locked, AppointmentEventKind.PAID, user=None)
        return DepositOutcome.CONFIRMED
    locked.state, locked.held_until = AppointmentState.CONFIRMED, None
    try:
        saved = save_visit(locked, AppointmentEventKind.CONFIRMED, user=None)
    except DomainError as error:
        if error.code != "taken":
            raise
        return DepositOutcome.GONE
    tell_visit(saved, VisitNews.BOOKED, by=None)
    return DepositOutcome.CONFIRMED


@transaction.atomic
def confirm_announced(appointment: Appointment) -> Appointment:
    """Returns a held visit confirmed because its deposit was announced, for firms that accept that.

    Raises DomainError `state` or `taken`.
    """
    locked = lock_visit(appointment)
    if locked.state == AppointmentState.CONFIRMED:
        return locked
    if locked.state != AppointmentState.HELD:
        raise wrong_state()
    locked.state, locked.held_until = AppointmentState.CONFIRMED, None
    saved = save_visit(locked, AppointmentEventKind.CONFIRMED, user=None)
    tell_visit(saved, VisitNews.BOOKED, by=None)
    return saved


def _has_another(appointment: Appointment) -> bool:
    """Whether the client has chosen another time meanwhile."""
    if appointment.order is None:
        return False
    return any(is_live(each) for each in visits_of_order(appointment.order) if each.pk != appointment.pk)


def _locked(appointment: Appointment) -> tuple[Order, Appointment]:
    """Returns a visit's order, locked, and the visit as it is now: a client's clicks come one after the other."""
    if appointment.order is None:
        raise wrong_state()
    order = lock_order(appointment.order)
    return order, Appointment.objects.select_related("diagnostician", "order", "contact").get(pk=appointment.pk)
