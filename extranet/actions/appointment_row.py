"""One visit's row: locking it with whose time it touches, writing it with its history, saying what was refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from extranet.actions.booking_place import address_of, request_booking_place
from extranet.actions.webhook_emit import appointment_data, emit
from extranet.enums_booking import AppointmentEventKind, AppointmentState
from extranet.models import Appointment, AppointmentEvent, Diagnostician, Dossier, Order
from extranet.queries.slot import booking_settings, booking_world, visit_of, within_rules, zone_of
from extranet.slots import fits
from extranet.visit_hooks import tell_let_go
from kernel.errors import DomainError

_OVERLAP = "extranet_appointment_overlap"
LONGEST = timedelta(hours=12)
#: What other software is told of; a time that is only held is no visit yet.
_TOLD = {
    AppointmentEventKind.BOOKED: "appointment.booked",
    AppointmentEventKind.CONFIRMED: "appointment.booked",
    AppointmentEventKind.REOPENED: "appointment.booked",
    AppointmentEventKind.MOVED: "appointment.moved",
    AppointmentEventKind.CANCELLED: "appointment.cancelled",
}


@transaction.atomic
def release_expired_holds(diagnostician: Diagnostician | None = None) -> int:
    """Frees the times that were held and not paid, of all or of one diagnostician; returns how many."""
    lapsed = Appointment.objects.select_for_update(skip_locked=diagnostician is None).filter(
        state=AppointmentState.HELD, held_until__lte=timezone.now()
    )
    if diagnostician is not None:
        lapsed = lapsed.filter(diagnostician=diagnostician)
    rows = list(lapsed.order_by("pk"))
    for appointment in rows:
        appointment.state, appointment.held_until = AppointmentState.EXPIRED, None
        save_visit(appointment, AppointmentEventKind.EXPIRED, user=None)
        tell_let_go(appointment)
    return len(rows)


def lock_people(*people: Diagnostician) -> None:
    """Locks diagnosticians, in one order; what they held too long is free. Raises DomainError `inactive`."""
    found = list(Diagnostician.objects.select_for_update().filter(pk__in={each.pk for each in people}).order_by("pk"))
    if not all(each.is_active for each in found):
        raise DomainError("inactive", _("This diagnostician makes no visits any more: choose somebody else."))
    for each in found:
        release_expired_holds(each)


def lock_visit(appointment: Appointment, wanted: Diagnostician | None = None) -> Appointment:
    """Returns the visit as it is now, locked after those whose time it touches.

    Raises DomainError `inactive` when it is to go to somebody who makes no visits, `changed` when it just moved.
    """
    keys = {appointment.diagnostician_id, wanted.pk if wanted else appointment.diagnostician_id}
    people = list(Diagnostician.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    for each in people:
        if each.pk != appointment.diagnostician_id and not each.is_active:
            raise DomainError("inactive", _("This diagnostician makes no visits any more: choose somebody else."))
        release_expired_holds(each)
    rows = Appointment.objects.select_for_update(of=("self",)).select_related("diagnostician", "order", "dossier")
    locked = rows.get(pk=appointment.pk)
    if locked.diagnostician_id not in keys:
        raise changed()
    return locked


def insert(appointment: Appointment) -> None:
    """Writes a new visit; its place is that of its order or dossier at the same address, else it is looked up."""
    order, dossier = appointment.order, appointment.dossier
    source = next((each for each in (order, dossier) if each and same_address(appointment, each)), None)
    with _refused_when_taken():
        appointment.save()
    if source is not None and source.latitude is not None:
        appointment.latitude, appointment.longitude = source.latitude, source.longitude
        appointment.geo_state = source.geo_state
        appointment.save(update_fields=["latitude", "longitude", "geo_state"])
    else:
        request_booking_place(appointment)


def same_address(appointment: Appointment, other: Order | Dossier) -> bool:
    """Returns whether both are at one address."""
    return address_of(appointment) == address_of(other)


def save_visit(
    appointment: Appointment,
    kind: AppointmentEventKind,
    *,
    user: User | None,
    note: str = "",
    before: tuple[Diagnostician, datetime, datetime] | None = None,
) -> Appointment:
    """Returns the changed visit, written with its line of history; raises DomainError `taken`."""
    appointment.version += 1
    with _refused_when_taken():
        appointment.save()
    note_event(appointment, kind, user=user, note=note, before=before)
    return appointment


def note_event(
    appointment: Appointment,
    kind: AppointmentEventKind,
    *,
    user: User | None,
    note: str = "",
    before: tuple[Diagnostician, datetime, datetime] | None = None,
) -> None:
    """Writes a line of history, and tells other software of what it is told of."""
    who, starts_at, ends_at = before or (None, None, None)
    AppointmentEvent.objects.create(
        appointment=appointment,
        kind=kind,
        actor=user,
        actor_name=str(user or "")[:120],
        note=note[:300],
        version=appointment.version,
        before_who=who,
        before_starts_at=starts_at,
        before_ends_at=ends_at,
    )
    if kind in _TOLD:
        emit(_TOLD[kind], [appointment], appointment_data)


@contextmanager
def _refused_when_taken() -> Iterator[None]:
    """Says in words what the exclusion constraint refuses; the surrounding transaction goes on."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if _OVERLAP not in str(error):
            raise
        raise DomainError("taken", _("This time is already taken: choose another one.")) from error


def refuse_unless_offered(appointment: Appointment, starts_at: datetime, diagnostician: Diagnostician) -> None:
    """Raises DomainError `taken` unless a client would be offered this time with this person now."""
    settings, now = booking_settings(), timezone.now()
    day = starts_at.astimezone(zone_of(settings)).date()
    world = booking_world(day, day, only=[diagnostician.pk], online=True, without=appointment.pk, settings=settings)
    worker = world.worker(diagnostician.pk)
    earliest, latest = within_rules(settings, now, now + timedelta(days=settings.horizon_days), now=now)
    offered = worker is not None and fits(worker, visit_of(appointment), world.rules, starts_at)
    if not offered or not earliest <= starts_at <= latest:
        raise DomainError("taken", _("This time is no longer free: choose another one."))


def check_times(starts_at: datetime, ends_at: datetime) -> None:
    """Raises DomainError `times` unless the visit ends after it begins, and soon."""
    if not timedelta(0) < ends_at - starts_at <= LONGEST:
        raise DomainError("times", _("A visit ends after it begins, and within twelve hours."))


def check_version(appointment: Appointment, version: int) -> None:
    """Raises DomainError `changed` when the visit is not the one that was read."""
    if appointment.version != version:
        raise changed()


def changed() -> DomainError:
    """Returns what is said when somebody else was faster."""
    return DomainError("changed", _("Somebody changed this visit meanwhile: look at it again."))


def wrong_state() -> DomainError:
    """Returns what is said of a visit that is over or cancelled."""
    return DomainError("state", _("This visit is no longer in a state in which that can be done."))
