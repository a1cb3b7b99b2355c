"""Free slots over 60 days for 20 diagnosticians with 5,000 visits, against testing slot by slot with a query each."""

import random
import statistics
import time as clock
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.utils import timezone

from extranet.models import Appointment, Diagnostician, WorkingHours
from extranet.queries.slot import (
    booking_settings,
    live_appointments,
    place_of,
    public_holidays,
    slots_between,
    travel_rules,
    zone_of,
)
from extranet.slots import TravelRules, Visit, instant
from kernel.tenancy import firm_context
from tests.bench.figure import Figure
from tests.bench.firms import add_firm
from tests.bench.timing import ms
from tests.bench.world import SMALL, World

PEOPLE, VISITS, DAYS = 20, 5_000, 60
ROUNDS = 60
_CENTRE = (48.39, -4.49)
_HOURS = ((time(9), time(12, 30)), (time(13, 30), time(18)))


def measure(world: World) -> Figure:
    """Returns how many times as long the slow way takes for the very same slots."""
    database = world.copy(world.migrated, "slots")
    with world.using(database), firm_context(add_firm(SMALL)):
        people = _fill()
        first = timezone.localdate() + timedelta(days=1)
        last = first + timedelta(days=DAYS - 1)
        visit = Visit(minutes=90, place=_CENTRE, postcode="29200", diagnostics=("dpe",))
        times = []
        for _ in range(ROUNDS):
            started = clock.perf_counter()
            _world, found = slots_between(visit, first, last)
            times.append(clock.perf_counter() - started)
        started = clock.perf_counter()
        slowly, queries = _one_by_one(people, visit, first, last)
        slow = clock.perf_counter() - started
    assert {(slot.worker, slot.start) for slot in found} == slowly, "both find the same"
    times.sort()
    median, p95 = statistics.median(times), times[int(len(times) * 0.95) - 1]
    return Figure(
        slow / median,
        10,
        at_least=True,
        notes=(
            f"median {ms(median)}, p95 {ms(p95)}, database included; slot by slot {slow:.1f} s in {queries:,} queries",
            f"{PEOPLE} diagnosticians, {VISITS:,} visits, {DAYS} days: {len(found):,} slots",
        ),
    )


def _fill() -> list[Diagnostician]:
    """Returns diagnosticians whose days are filled with visits, in the past too."""
    chance = random.Random(7)
    people = [
        Diagnostician.objects.create(name=f"D{rank:02d}", latitude=_CENTRE[0], longitude=_CENTRE[1])
        for rank in range(PEOPLE)
    ]
    WorkingHours.objects.bulk_create(
        WorkingHours(diagnostician=person, weekday=weekday, starts=starts, ends=ends)
        for person in people
        for weekday in range(5)
        for starts, ends in _HOURS
    )
    rows: list[Appointment] = []
    zone, day = zone_of(booking_settings()), timezone.localdate() - timedelta(days=30)
    while len(rows) < VISITS:
        for person in people if day.weekday() < 5 else ():
            for start in (time(9), time(11), time(14), time(16)):
                if chance.random() < 0.75 and len(rows) < VISITS:
                    begins = instant(day, start, zone)
                    rows.append(_visit(person, begins, chance))
        day += timedelta(days=1)
    Appointment.objects.bulk_create(rows, batch_size=1000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE extranet_appointment")
    return people


def _visit(person: Diagnostician, begins: datetime, chance: random.Random) -> Appointment:
    latitude, longitude = (value + chance.uniform(-0.2, 0.2) for value in _CENTRE)
    return Appointment(
        diagnostician=person,
        starts_at=begins,
        ends_at=begins + timedelta(minutes=chance.choice((45, 60, 90))),
        latitude=latitude,
        longitude=longitude,
    )


def _one_by_one(
    people: list[Diagnostician], visit: Visit, first: date, last: date
) -> tuple[set[tuple[int, datetime]], int]:
    """Returns the slots as a plain program finds them, a query for the visits around each, and how many queries."""
    settings = booking_settings()
    zone, rules = zone_of(settings), travel_rules(settings)
    length, found, queries = timedelta(minutes=visit.minutes), set(), 0
    closed = public_holidays(settings.holiday_region, first, last)
    for person in people:
        day = first
        while day <= last:
            for opens, closes in _HOURS if day.weekday() < 5 and day not in closed else ():
                start, end = instant(day, opens, zone), instant(day, closes, zone)
                while start + length <= end:
                    far = timedelta(hours=6)
                    around = live_appointments().filter(
                        diagnostician=person, starts_at__lt=start + length + far, ends_at__gt=start - far
                    )
                    queries += 1
                    if all(_leaves_room(each, start, length, visit, rules) for each in around):
                        found.add((person.pk, start))
                    start += timedelta(minutes=settings.step_minutes)
            day += timedelta(days=1)
    return found, queries


def _leaves_room(each: Appointment, start: datetime, length: timedelta, visit: Visit, rules: TravelRules) -> bool:
    way = timedelta(minutes=rules.minutes(place_of(each), visit.place) + rules.buffer_minutes)
    return start >= each.ends_at + way or start + length + way <= each.starts_at
