"""Booking, holding, moving and cancelling visits.

Each locks the diagnostician first and the visit then, so that two who want the same time come one after the other; the
database's exclusion constraint is what no programming fault gets past.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from extranet.actions.appointment_row import (
    changed,
    check_times,
    check_version,
    insert,
    lock_people,
    lock_visit,
    note_event,
    refuse_unless_offered,
    release_expired_holds,
    same_address,
    save_visit,
    wrong_state,
)
from extranet.actions.booking_place import address_of, request_booking_place
from extranet.enums_booking import BUSY_STATES, AppointmentEventKind, AppointmentState
from extranet.models import Appointment, Contact, Diagnostician, Dossier, Order
from extranet.queries.client_booking import cancel_error, move_error, rule_gives_back
from extranet.queries.slot import booking_settings
from extranet.visit_hooks import tell_give_back, tell_let_go
from kernel.errors import DomainError
from kernel.jobs import firm_job

#: What is said of a visit besides who makes it and when.
FIELDS = (
    "diagnostics",
    "surface",
    "street",
    "street_extra",
    "postcode",
    "city",
    "person_name",
    "person_phone",
    "person_email",
    "access_note",
    "staff_note",
)
#: How long somebody of the firm may take a move back with one press.
UNDO_FOR = timedelta(minutes=30)


@transaction.atomic
def book_appointment(
    diagnostician: Diagnostician,
    *,
    starts_at: datetime,
    ends_at: datetime,
    values: Mapping[str, Any],
    order: Order | None = None,
    dossier: Dossier | None = None,
    contact: Contact | None = None,
    user: User | None = None,
) -> Appointment:
    """Returns a confirmed visit that the firm wants, whatever its rules of slots say.

    Raises DomainError `taken` when the time is not free, `inactive` or `times`.
    """
    check_times(starts_at, ends_at)
    lock_people(diagnostician)
    appointment = Appointment(
        diagnostician=diagnostician,
        starts_at=starts_at,
        ends_at=ends_at,
        order=order,
        dossier=dossier,
        contact=contact,
        created_by=user,
        **{name: values[name] for name in FIELDS if name in values},
    )
    insert(appointment)
    note_event(appointment, AppointmentEventKind.BOOKED, user=user)
    return appointment


@transaction.atomic
def hold_slot(
    diagnostician: Diagnostician,
    *,
    starts_at: datetime,
    ends_at: datetime,
    values: Mapping[str, Any],
    order: Order | None = None,
    contact: Contact | None = None,
    user: User | None = None,
    deposit: Decimal | None = None,
) -> Appointment:
    """Returns a visit whose time is kept while the client pays, for as long as the firm says.

    Raises DomainError `taken` when the time is not, or no longer, one that clients are offered.
    """
    settings = booking_settings()
    appointment = _offered(
        diagnostician, starts_at=starts_at, ends_at=ends_at, values=values, order=order, contact=contact, user=user
    )
    appointment.state = AppointmentState.HELD
    if deposit is not None:
        appointment.deposit = deposit
        appointment.refund_hours, appointment.refund_percent = settings.refund_hours, settings.refund_percent
    appointment.held_until = timezone.now() + timedelta(minutes=settings.hold_minutes)
    insert(appointment)
    note_event(appointment, AppointmentEventKind.HELD, user=user)
    release_holds.enqueue(delay=timedelta(minutes=settings.hold_minutes, seconds=5))
    return appointment


@transaction.atomic
def book_offered(
    diagnostician: Diagnostician,
    *,
    starts_at: datetime,
    ends_at: datetime,
    values: Mapping[str, Any],
    order: Order,
    contact: Contact | None = None,
    user: User | None = None,
) -> Appointment:
    """Returns a confirmed visit at a time that clients are offered; raises DomainError `taken` as hold_slot does."""
    appointment = _offered(
        diagnostician, starts_at=starts_at, ends_at=ends_at, values=values, order=order, contact=contact, user=user
    )
    insert(appointment)
    note_event(appointment, AppointmentEventKind.BOOKED, user=user)
    return appointment


def _offered(
    diagnostician: Diagnostician,
    *,
    starts_at: datetime,
    ends_at: datetime,
    values: Mapping[str, Any],
    order: Order | None,
    contact: Contact | None,
    user: User | None,
) -> Appointment:
    """Returns a visit, not written yet, at a time that is still offered; its diagnostician is locked."""
    check_times(starts_at, ends_at)
    lock_people(diagnostician)
    appointment = Appointment(
        diagnostician=diagnostician,
        starts_at=starts_at,
        ends_at=ends_at,
        order=order,
        contact=contact,
        created_by=user,
        **{name: values[name] for name in FIELDS if name in values},
    )
    if order is not None and same_address(appointment, order):
        appointment.latitude, appointment.longitude = order.latitude, order.longitude
    refuse_unless_offered(appointment, starts_at, diagnostician)
    return appointment


@transaction.atomic
def confirm_appointment(appointment: Appointment, *, user: User | None = None) -> Appointment:
    """Returns the visit confirmed: one that was held, or whose time lapsed but is still free.

    Raises DomainError `taken` when somebody else has the time by now, `state` for one that was cancelled or made.
    """
    locked = lock_visit(appointment)
    if locked.state == AppointmentState.CONFIRMED:
        return locked
    if locked.state not in {AppointmentState.HELD, AppointmentState.EXPIRED}:
        raise wrong_state()
    locked.state, locked.held_until = AppointmentState.CONFIRMED, None
    return save_visit(locked, AppointmentEventKind.CONFIRMED, user=user)


@transaction.atomic
def edit_appointment(
    appointment: Appointment,
    *,
    diagnostician: Diagnostician,
    starts_at: datetime,
    ends_at: datetime,
    values: Mapping[str, Any],
    version: int,
    user: User,
) -> Appointment:
    """Returns the visit as the firm wants it; raises DomainError `changed`, `taken`, `state`, `inactive` or `times`."""
    check_times(starts_at, ends_at)
    locked = lock_visit(appointment, diagnostician)
    check_version(locked, version)
    if locked.state not in BUSY_STATES:
        raise wrong_state()
    before = (locked.diagnostician, locked.starts_at, locked.ends_at)
    address = address_of(locked)
    for name in FIELDS:
        if name in values:
            setattr(locked, name, values[name])
    locked.diagnostician, locked.starts_at, locked.ends_at = diagnostician, starts_at, ends_at
    moved = before != (diagnostician, starts_at, ends_at)
    kind = AppointmentEventKind.MOVED if moved else AppointmentEventKind.EDITED
    saved = save_visit(locked, kind, user=user, before=before if moved else None)
    if address != address_of(locked):
        request_booking_place(saved)
    return saved


@transaction.atomic
def move_appointment(
    appointment: Appointment,
    *,
    diagnostician: Diagnostician,
    starts_at: datetime,
    ends_at: datetime | None = None,
    user: User | None = None,
    by_client: bool = False,
    version: int | None = None,
) -> Appointment:
    """Returns the visit at another time or with somebody else, as long as it was unless `ends_at` is given.

    A client keeps to the firm's rules: in time, not too often, and only to what it would be offered. Raises DomainError
    `taken`, `too_late`, `too_often`, `changed`, `state`, `inactive` or `times`.
    """
    locked = lock_visit(appointment, diagnostician)
    ends_at = ends_at or starts_at + (locked.ends_at - locked.starts_at)
    check_times(starts_at, ends_at)
    if version is not None:
        check_version(locked, version)
    if locked.state not in BUSY_STATES:
        raise wrong_state()
    before = (locked.diagnostician, locked.starts_at, locked.ends_at)
    if before == (diagnostician, starts_at, ends_at):
        return locked
    if by_client:
        if (error := move_error(locked, booking_settings())) is not None:
            raise error
        locked.client_moves += 1
    locked.diagnostician, locked.starts_at, locked.ends_at = diagnostician, starts_at, ends_at
    if by_client:
        refuse_unless_offered(locked, starts_at, diagnostician)
    return save_visit(locked, AppointmentEventKind.MOVED, user=user, before=before)


@transaction.atomic
def undo_move(appointment: Appointment, *, user: User) -> Appointment:
    """Returns the visit where it was before its last move, when nothing else happened to it since.

    Raises DomainError `changed` when something did or it is too long ago, `taken` when its former time is not free.
    """
    last = appointment.events.select_related("before_who").order_by("-at", "-id").first()
    is_move = last is not None and last.kind == AppointmentEventKind.MOVED and last.before_who is not None
    if last is None or not is_move or last.at < timezone.now() - UNDO_FOR:
        raise changed()
    assert last.before_who is not None
    assert last.before_starts_at is not None
    return move_appointment(
        appointment,
        diagnostician=last.before_who,
        starts_at=last.before_starts_at,
        ends_at=last.before_ends_at,
        user=user,
        version=last.version,
    )


@transaction.atomic
def cancel_appointment(
    appointment: Appointment,
    *,
    reason: str = "",
    user: User | None = None,
    by_client: bool = False,
    give_back: bool = True,
) -> Appointment:
    """Returns the visit cancelled, its time free; a client must be in time.

    Of a deposit that was paid, a client gets back what the rules of its booking say; the firm gives all of it back, or
    (`give_back`) nothing. Raises DomainError `too_late`, or `state` when it was cancelled or made before.
    """
    locked = lock_visit(appointment)
    if locked.state not in BUSY_STATES:
        raise wrong_state()
    if by_client and (error := cancel_error(locked, booking_settings())) is not None:
        raise error
    if locked.deposit is not None and locked.deposit_paid_at is not None:
        back = rule_gives_back(locked) if by_client else locked.deposit if give_back else Decimal(0)
        # one that was confirmed again may have given back before
        locked.deposit_back = max(back, locked.deposit_back or Decimal(0))
    locked.state, locked.held_until, locked.cancel_reason = AppointmentState.CANCELLED, None, reason[:300]
    saved = save_visit(locked, AppointmentEventKind.CANCELLED, user=user, note=reason)
    tell_let_go(saved)
    tell_give_back(saved)
    return saved


@transaction.atomic
def finish_appointment(appointment: Appointment, *, made: bool, user: User) -> Appointment:
    """Returns the visit as made, or as one where nobody was there; raises DomainError `state` or `too_early`."""
    locked = lock_visit(appointment)
    if locked.state != AppointmentState.CONFIRMED:
        raise wrong_state()
    if locked.starts_at > timezone.now():
        raise DomainError("too_early", _("This visit is still to come."))
    locked.state = AppointmentState.DONE if made else AppointmentState.MISSED
    return save_visit(locked, AppointmentEventKind.DONE if made else AppointmentEventKind.MISSED, user=user)


@transaction.atomic
def reopen_appointment(appointment: Appointment, *, user: User) -> Appointment:
    """Returns a visit that was cancelled, lapsed or finished confirmed again.

    Raises DomainError `taken` when somebody else has its time, `state` when it is confirmed.
    """
    locked = lock_visit(appointment)
    if locked.state in BUSY_STATES:
        raise wrong_state()
    locked.state, locked.cancel_reason = AppointmentState.CONFIRMED, ""
    return save_visit(locked, AppointmentEventKind.REOPENED, user=user)


@firm_job()
def release_holds() -> None:
    """Frees the times that were held and not paid; enqueued with each hold, for when it ends."""
    release_expired_holds()
