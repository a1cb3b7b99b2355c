"""What the engine of slots reads: the firm's rules, its diagnosticians, their hours, absences and visits."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from django.db.models import FloatField, Q, QuerySet, Value
from django.utils import timezone

from extranet.enums_booking import BUSY_STATES, AppointmentState, Problem
from extranet.models import (
    Absence,
    Appointment,
    BookingSettings,
    DiagnosticDuration,
    Diagnostician,
    Order,
    WorkingHours,
)
from extranet.models.booking import Located
from extranet.slots import (
    Busy,
    Point,
    Slot,
    SlotRules,
    TravelRules,
    Visit,
    Worker,
    free_slots,
    instant,
    problems,
    visit_minutes,
)

type Hours = dict[int, list[tuple[time, time]]]


@dataclass(frozen=True)
class BookingWorld:
    """All that decides whether a visit fits, for some days."""

    settings: BookingSettings
    rules: SlotRules
    #: By their keys, as `workers`.
    people: dict[int, Diagnostician]
    workers: list[Worker]

    def worker(self, diagnostician_id: int) -> Worker | None:
        """Returns somebody's part of it; None for somebody whom it leaves out."""
        return next((worker for worker in self.workers if worker.key == diagnostician_id), None)


def booking_settings() -> BookingSettings:
    """Returns the firm's rules for its visits."""
    return BookingSettings.objects.get(pk=1)


def zone_of(settings: BookingSettings) -> ZoneInfo:
    """Returns the time zone that the firm works in."""
    return ZoneInfo(settings.time_zone)


def place_of(row: Located | Order) -> Point | None:
    """Returns where something is, None when that is not known."""
    return None if row.latitude is None or row.longitude is None else (row.latitude, row.longitude)


@lru_cache(maxsize=64)
def _holidays_of(region: str, year: int) -> dict[date, str]:
    found = holidays.country_holidays("FR", subdiv=region or None, years=[year], language="fr")
    return {day: str(name) for day, name in found.items()}


def public_holidays(region: str, first: date, last: date) -> dict[date, str]:
    """Returns the public holidays of a region of France between two days, with their French names."""
    years = range(first.year, last.year + 1)
    return {day: name for year in years for day, name in _holidays_of(region, year).items() if first <= day <= last}


def live_appointments() -> QuerySet[Appointment]:
    """Returns the visits whose time nobody else can have: those held no longer are not among them."""
    lapsed = Q(state=AppointmentState.HELD, held_until__lte=timezone.now())
    return Appointment.objects.filter(state__in=BUSY_STATES).exclude(lapsed)


def hours_of(diagnosticians: Iterable[Diagnostician]) -> dict[int, Hours]:
    """Returns the working hours of some diagnosticians by their keys and by weekday: one query."""
    found: dict[int, Hours] = defaultdict(lambda: defaultdict(list))
    rows = WorkingHours.objects.filter(diagnostician__in=[each.pk for each in diagnosticians])
    for who, weekday, starts, ends in rows.values_list("diagnostician_id", "weekday", "starts", "ends"):
        found[who][weekday].append((starts, ends))
    return found


def booking_world(
    first: date,
    last: date,
    *,
    only: Collection[int] | None = None,
    online: bool = False,
    without: int | None = None,
    settings: BookingSettings | None = None,
) -> BookingWorld:
    """Returns what decides about the days from `first` to `last`: four queries, however many people and visits.

    `only` these diagnosticians, those that clients may book (`online`), and as if the visit `without` were not there.
    """
    settings = settings or booking_settings()
    zone = zone_of(settings)
    # the way from the evening before and to the morning after counts too
    begins = instant(first - timedelta(days=1), time.min, zone)
    ends = instant(last + timedelta(days=2), time.min, zone)
    chosen = Diagnostician.objects.filter(is_active=True)
    if only is not None:
        chosen = chosen.filter(pk__in=only)
    if online:
        chosen = chosen.filter(takes_online=True)
    people = {each.pk: each for each in chosen}
    busy = _busy(people, begins, ends, without=without)
    hours = hours_of(people.values())
    office = place_of(settings)
    workers = [
        Worker(
            key=key,
            hours=hours.get(key, {}),
            busy=busy[key],
            home=place_of(person) or office,
            diagnostics=frozenset(person.diagnostics),
            postcodes=tuple(person.postcodes),
        )
        for key, person in people.items()
    ]
    closed = {} if settings.works_on_holidays else public_holidays(settings.holiday_region, first, last)
    rules = SlotRules(
        zone=zone, step_minutes=settings.step_minutes, travel=travel_rules(settings), closed=frozenset(closed)
    )
    return BookingWorld(settings=settings, rules=rules, people=people, workers=workers)


def travel_rules(settings: BookingSettings) -> TravelRules:
    """Returns how long ways are for the firm."""
    return TravelRules(
        speed_kmh=settings.speed_kmh,
        detour_percent=settings.detour_percent,
        unknown_minutes=settings.unknown_minutes,
        buffer_minutes=settings.buffer_minutes,
    )


def _busy(people: Collection[int], begins: datetime, ends: datetime, *, without: int | None) -> dict[int, list[Busy]]:
    busy: dict[int, list[Busy]] = {key: [] for key in people}
    visits = live_appointments().filter(diagnostician__in=people, starts_at__lt=ends, ends_at__gt=begins)
    if without is not None:
        visits = visits.exclude(pk=without)
    of_people = Q(diagnostician__in=people) | Q(diagnostician__isnull=True)
    absences = Absence.objects.filter(of_people, starts_at__lt=ends, ends_at__gt=begins)
    nowhere = Value(None, output_field=FloatField())
    names = ("diagnostician_id", "starts_at", "ends_at")
    # both in one query
    taken = visits.order_by().values_list(*names, "latitude", "longitude", Value(value=True))
    away = absences.order_by().values_list(*names, nowhere, nowhere, Value(value=False))
    for who, start, end, latitude, longitude, is_visit in taken.union(away, all=True).order_by():
        place = None if latitude is None or longitude is None else (latitude, longitude)
        for key in people if who is None else [who]:
            busy[key].append(Busy(start=start, end=end, place=place, is_visit=is_visit))
    return busy


def duration_of(diagnostics: Collection[str], surface: object, settings: BookingSettings) -> int:
    """Returns how many minutes a visit takes by the firm's table: one query."""
    rows = DiagnosticDuration.objects.filter(kind__in=diagnostics).values_list("kind", "minutes", "extra_minutes")
    durations = {kind: (minutes, extra) for kind, minutes, extra in rows}
    area = float(str(surface)) if surface else None
    return visit_minutes(durations, diagnostics, area, base=settings.base_minutes, included=settings.included_surface)


def slots_between(
    visit: Visit,
    first: date,
    last: date,
    *,
    online: bool = False,
    only: Collection[int] | None = None,
    without: int | None = None,
    settings: BookingSettings | None = None,
) -> tuple[BookingWorld, list[Slot]]:
    """Returns the slots of some days, with what they were found in; `online` as a client is offered them.

    The firm itself may book at once and as far ahead as it likes; a client keeps to notice and horizon.
    """
    world = booking_world(first, last, online=online, only=only, without=without, settings=settings)
    zone, now = world.rules.zone, timezone.now()
    earliest = max(now, instant(first, time.min, zone))
    latest = instant(last + timedelta(days=1), time.min, zone) - timedelta(minutes=1)
    if online:
        earliest, latest = within_rules(world.settings, earliest, latest, now=now)
    return world, free_slots(world.workers, visit, world.rules, earliest=earliest, latest=latest)


def within_rules(
    settings: BookingSettings, earliest: datetime, latest: datetime, *, now: datetime
) -> tuple[datetime, datetime]:
    """Returns two instants cut to what clients may book: after the notice, before the horizon."""
    return (
        max(earliest, now + timedelta(hours=settings.notice_hours)),
        min(latest, now + timedelta(days=settings.horizon_days)),
    )


def problems_of(appointment: Appointment) -> list[Problem]:
    """Returns what rules a visit breaks where it is: the firm is told, not kept from it."""
    settings = booking_settings()
    day = appointment.starts_at.astimezone(zone_of(settings)).date()
    who = appointment.diagnostician_id
    world = booking_world(day, day, only=[who], without=appointment.pk, settings=settings)
    worker = world.worker(who)
    return [] if worker is None else problems(worker, visit_of(appointment), world.rules, appointment.starts_at)


def visit_of(appointment: Appointment) -> Visit:
    """Returns what is to be fitted in for a visit."""
    return Visit(
        minutes=appointment.minutes,
        place=place_of(appointment),
        postcode=appointment.postcode,
        diagnostics=tuple(appointment.diagnostics),
    )
