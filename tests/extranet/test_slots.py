"""The engine of slots against a slow one that tests minute by minute; daylight saving; how long a visit takes."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extranet.enums_booking import Problem
from extranet.slots import (
    Busy,
    Point,
    Slot,
    SlotRules,
    TravelRules,
    Visit,
    Worker,
    best_of_each_start,
    distance_km,
    fits,
    free_slots,
    instant,
    problems,
    visit_minutes,
)

PARIS = ZoneInfo("Europe/Paris")
BREST: Point = (48.39, -4.486)
QUIMPER: Point = (47.996, -4.096)
LANDERNEAU: Point = (48.451, -4.249)
MONDAY = date(2027, 1, 11)
DAY_HOURS = {weekday: [(time(9), time(12)), (time(14), time(18))] for weekday in range(5)}


def at(day: date, clock: str) -> datetime:
    return instant(day, time.fromisoformat(clock), PARIS)


def day_of(workers: list[Worker], visit: Visit, rules: SlotRules | None = None, day: date = MONDAY) -> list[str]:
    """Returns the slots of a day as people read them."""
    rules = rules or SlotRules(zone=PARIS)
    found = free_slots(workers, visit, rules, earliest=at(day, "00:00"), latest=at(day, "23:59"))
    return [f"{slot.start.astimezone(PARIS):%H:%M}" for slot in found]


def busy(start: str, end: str, place: Point | None = None, *, is_visit: bool = True, day: date = MONDAY) -> Busy:
    return Busy(start=at(day, start), end=at(day, end), place=place, is_visit=is_visit)


def test_a_free_day_is_offered_in_steps_within_the_stretches_of_work() -> None:
    worker = Worker(key=1, hours=DAY_HOURS)
    assert day_of([worker], Visit(minutes=120)) == ["09:00", "09:30", "10:00", "14:00", *_half_hours(14.5, 16)]
    assert day_of([worker], Visit(minutes=181)) == ["14:00", "14:30"], "not over noon"
    assert day_of([worker], Visit(minutes=241)) == []
    assert day_of([worker], Visit(minutes=60), day=MONDAY + timedelta(days=5)) == [], "a Saturday"


def _half_hours(first: float, last: float) -> list[str]:
    steps = int((last - first) * 2) + 1
    return [f"{int(first + rank / 2):02d}:{'30' if (first + rank / 2) % 1 else '00'}" for rank in range(steps)]


def test_the_way_and_the_buffer_lie_between_two_visits() -> None:
    # 49.8 km as the crow flies, 65 km of roads: 87 minutes at 45 km/h, and ten to park
    worker = Worker(key=1, hours=DAY_HOURS, busy=[busy("09:00", "10:00", QUIMPER)], home=BREST)
    travel = TravelRules().minutes(QUIMPER, BREST)
    assert 80 <= travel <= 95
    assert day_of([worker], Visit(minutes=60, place=BREST)) == _half_hours(14, 17), "not before noon: 11:37 at best"
    assert day_of([worker], Visit(minutes=60, place=QUIMPER)) == ["10:30", "11:00", *_half_hours(14, 17)]
    later = Worker(key=1, hours=DAY_HOURS, busy=[busy("11:00", "12:00", LANDERNEAU)])
    assert day_of([later], Visit(minutes=30, place=LANDERNEAU))[:4] == ["09:00", "09:30", "10:00", "14:00"]


def test_a_place_that_is_not_known_takes_the_usual_time() -> None:
    worker = Worker(key=1, hours=DAY_HOURS, busy=[busy("09:00", "10:00")])
    rules = SlotRules(zone=PARIS, travel=TravelRules(unknown_minutes=35, buffer_minutes=0))
    assert day_of([worker], Visit(minutes=60, place=BREST), rules)[:2] == ["11:00", "14:00"]
    rules = SlotRules(zone=PARIS, travel=TravelRules(unknown_minutes=30, buffer_minutes=0))
    assert day_of([worker], Visit(minutes=60), rules)[:2] == ["10:30", "11:00"]


def test_an_absence_needs_no_way() -> None:
    worker = Worker(key=1, hours=DAY_HOURS, busy=[busy("09:00", "10:00", is_visit=False)])
    assert day_of([worker], Visit(minutes=60))[0] == "10:00"


def test_zone_diagnostics_holidays_and_notice_are_kept_to() -> None:
    worker = Worker(key=1, hours=DAY_HOURS, diagnostics={"dpe", "gaz"}, postcodes=("29", "561"))
    assert day_of([worker], Visit(minutes=60, postcode="29200", diagnostics=["dpe"]))
    assert day_of([worker], Visit(minutes=60, postcode="56100"))
    assert not day_of([worker], Visit(minutes=60, postcode="56000"))
    assert not day_of([worker], Visit(minutes=60, diagnostics=["dpe", "crep"]))
    assert day_of([worker], Visit(minutes=60)), "without a postcode nobody is left out"
    assert not day_of([worker], Visit(minutes=60), SlotRules(zone=PARIS, closed={MONDAY}))
    rules = SlotRules(zone=PARIS)
    found = free_slots([worker], Visit(minutes=60), rules, earliest=at(MONDAY, "14:01"), latest=at(MONDAY, "15:00"))
    assert [slot.start for slot in found] == [at(MONDAY, "14:30"), at(MONDAY, "15:00")]
    assert not free_slots([worker], Visit(minutes=60), rules, earliest=at(MONDAY, "15:00"), latest=at(MONDAY, "14:00"))


def test_the_shortest_way_comes_first_and_is_what_a_client_sees() -> None:
    near = Worker(key=1, hours=DAY_HOURS, home=LANDERNEAU)
    far = Worker(key=2, hours=DAY_HOURS, home=QUIMPER)
    found = free_slots(
        [far, near],
        Visit(minutes=60, place=BREST),
        SlotRules(zone=PARIS),
        earliest=at(MONDAY, "00:00"),
        latest=at(MONDAY, "23:59"),
    )
    assert [slot.worker for slot in found[:2]] == [1, 2]
    best = best_of_each_start(found)
    assert {slot.worker for slot in best} == {1}
    assert len({slot.start for slot in best}) == len(best) == len(found) // 2


# --- daylight saving --------------------------------------------------------------------------------------------------

FORWARD, BACK = date(2027, 3, 28), date(2027, 10, 31)
NIGHT = {6: [(time(1), time(5))]}


def test_the_hour_that_is_skipped_is_never_offered() -> None:
    walls = day_of([Worker(key=1, hours=NIGHT)], Visit(minutes=30), day=FORWARD)
    assert walls == ["01:00", "01:30", "03:00", "03:30", "04:00", "04:30"]
    # 90 minutes from 01:30 end at 04:00 on the wall
    rules = SlotRules(zone=PARIS)
    worker = Worker(key=1, hours=NIGHT)
    found = free_slots([worker], Visit(minutes=90), rules, earliest=at(FORWARD, "01:30"), latest=at(FORWARD, "01:45"))
    assert [slot.end.astimezone(PARIS).hour for slot in found] == [4]


def test_the_hour_that_comes_twice_has_all_its_slots_once() -> None:
    rules = SlotRules(zone=PARIS)
    found = free_slots(
        [Worker(key=1, hours=NIGHT)],
        Visit(minutes=30),
        rules,
        earliest=at(BACK, "00:00"),
        latest=at(BACK, "23:00"),
    )
    assert len({slot.start for slot in found}) == len(found) == 10, "five hours of them"


@pytest.mark.parametrize("clock", ["02:00", "02:01", "02:30", "02:59", "03:00"])
def test_a_wall_clock_time_that_does_not_exist_is_the_moment_of_the_change(clock: str) -> None:
    assert at(FORWARD, clock) == datetime(2027, 3, 28, 1, tzinfo=UTC)


def test_a_working_day_is_as_long_in_winter_as_in_summer() -> None:
    worker = Worker(key=1, hours={key: [(time(9), time(12))] for key in range(7)})
    days = [date(2027, 3, 27) + timedelta(days=ahead) for ahead in range(3)]
    assert [day_of([worker], Visit(minutes=60), day=day) for day in days] == [_half_hours(9, 11)] * 3


# --- against the slow one ---------------------------------------------------------------------------------------------

_places = st.sampled_from([None, BREST, QUIMPER, LANDERNEAU, (48.4, -4.49)])
_clocks = st.integers(0, 24 * 12 - 1).map(lambda step: time(step // 12, step % 12 * 5))


@st.composite
def _stretches(draw: st.DrawFn) -> list[tuple[time, time]]:
    edges = sorted(draw(st.sets(_clocks, min_size=0, max_size=4)))
    return list(zip(edges[::2], edges[1::2], strict=False))


@st.composite
def _workers(draw: st.DrawFn, first: date) -> Worker:
    hours = {weekday: draw(_stretches()) for weekday in range(7)}
    start = instant(first, time.min, PARIS)
    taken = []
    for _ in range(draw(st.integers(0, 6))):
        begins = start + timedelta(minutes=draw(st.integers(-600, 3 * 24 * 60)))
        ends = begins + timedelta(minutes=draw(st.integers(1, 500)))
        taken.append(Busy(start=begins, end=ends, place=draw(_places), is_visit=draw(st.booleans())))
    return Worker(key=draw(st.integers(1, 3)), hours=hours, busy=taken, home=draw(_places))


def _slowly(worker: Worker, visit: Visit, rules: SlotRules, earliest: datetime, latest: datetime) -> set[datetime]:
    """Returns the beginnings that break nothing, tested one by one in the words of the rules."""
    found = set()
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    moment = earliest.replace(minute=0, second=0) - timedelta(hours=1)
    while moment <= latest:
        if earliest <= moment and _is_right(worker, visit, rules, moment):
            found.add(moment)
        moment += timedelta(minutes=rules.step_minutes)
    return found


def _is_right(worker: Worker, visit: Visit, rules: SlotRules, start: datetime) -> bool:
    end = start + timedelta(minutes=visit.minutes)
    day = start.astimezone(rules.zone).date()
    if day in rules.closed:
        return False
    works = any(
        instant(day, opens, rules.zone) <= start and end <= instant(day, closes, rules.zone, is_end=True)
        for opens, closes in worker.hours.get(day.weekday(), [])
    )
    for each in worker.busy:
        way = timedelta(0)
        if each.is_visit:
            way = timedelta(minutes=rules.travel.minutes(each.place, visit.place) + rules.travel.buffer_minutes)
        if start < each.end + way and each.start < end + way:
            return False
    return works


@given(st.data())
@settings(max_examples=150)
def test_the_engine_finds_what_the_slow_one_finds(data: st.DataObject) -> None:
    first = data.draw(st.sampled_from([FORWARD, BACK, MONDAY]))
    worker = data.draw(_workers(first))
    visit = Visit(minutes=data.draw(st.integers(5, 300)), place=data.draw(_places))
    rules = SlotRules(
        zone=PARIS,
        step_minutes=data.draw(st.sampled_from([15, 30, 60])),
        travel=TravelRules(buffer_minutes=data.draw(st.integers(0, 30))),
        closed=data.draw(st.sampled_from([frozenset(), {first}])),
    )
    earliest = instant(first, time.min, PARIS) + timedelta(minutes=data.draw(st.integers(0, 1000)))
    latest = earliest + timedelta(minutes=data.draw(st.integers(0, 2500)))
    found = free_slots([worker], visit, rules, earliest=earliest, latest=latest)
    assert {slot.start for slot in found} == _slowly(worker, visit, rules, earliest, latest)
    for slot in found:
        assert fits(worker, visit, rules, slot.start)
        local = slot.start.astimezone(PARIS)
        assert local.replace(fold=0).astimezone(UTC).astimezone(PARIS).hour == local.hour, "it is on the wall"
        assert set(problems(worker, visit, rules, slot.start)) == set()


@given(st.data())
@settings(max_examples=60)
def test_slots_that_are_taken_one_after_the_other_never_overlap(data: st.DataObject) -> None:
    """Whatever is chosen, each choice leaves no slot that would touch it or lack the way."""
    worker = Worker(key=1, hours=DAY_HOURS, home=BREST)
    rules = SlotRules(zone=PARIS)
    taken: list[Busy] = []
    for _ in range(data.draw(st.integers(1, 8))):
        visit = Visit(minutes=data.draw(st.integers(10, 200)), place=data.draw(_places))
        filled = Worker(key=1, hours=worker.hours, busy=tuple(taken), home=BREST)
        found = free_slots([filled], visit, rules, earliest=at(MONDAY, "00:00"), latest=at(MONDAY, "23:59"))
        if not found:
            break
        chosen: Slot = data.draw(st.sampled_from(found))
        for other in taken:
            way = timedelta(minutes=rules.travel.minutes(other.place, visit.place) + 10)
            assert chosen.start >= other.end + way or chosen.end + way <= other.start
        taken.append(Busy(start=chosen.start, end=chosen.end, place=visit.place))


# --- what a visit takes, what is wrong with one -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kinds", "surface", "minutes"),
    [
        ([], None, 20),
        (["dpe"], None, 65),
        (["dpe", "gaz"], Decimal(70), 85),
        (["dpe", "gaz"], Decimal("70.01"), 90),
        (["dpe", "dpe"], Decimal(95), 80),
        (["soup"], Decimal(9999), 20),
    ],
)
def test_a_visit_takes_its_diagnostics_and_its_surface(kinds: list[str], surface: Decimal | None, minutes: int) -> None:
    durations = {"dpe": (45, 5), "gaz": (20, 0)}
    assert visit_minutes(durations, kinds, surface, base=20, included=70) == minutes


@given(st.sets(st.sampled_from(["dpe", "gaz", "elec"])), st.floats(0, 2000), st.floats(0, 2000))
def test_more_surface_or_diagnostics_never_take_less(kinds: set[str], one: float, more: float) -> None:
    durations = {"dpe": (45, 5), "gaz": (20, 0), "elec": (25, 2)}
    small, large = (visit_minutes(durations, kinds, area, base=20, included=70) for area in (one, one + more))
    assert 5 <= small <= large
    assert small % 5 == 0
    assert visit_minutes(durations, kinds | {"dpe"}, one, base=20, included=70) >= small


def test_what_is_wrong_with_a_time_is_told() -> None:
    worker = Worker(
        key=1,
        hours=DAY_HOURS,
        busy=[busy("09:00", "10:00", QUIMPER), busy("16:00", "18:00", is_visit=False)],
        diagnostics={"dpe"},
        postcodes=("29",),
    )
    rules = SlotRules(zone=PARIS, closed={MONDAY + timedelta(days=1)})
    here = Visit(minutes=60, place=BREST, postcode="29200", diagnostics=["dpe"])
    assert problems(worker, here, rules, at(MONDAY, "14:00")) == []
    assert problems(worker, here, rules, at(MONDAY, "10:30")) == [Problem.TRAVEL]
    assert problems(worker, here, rules, at(MONDAY, "12:30")) == [Problem.OUTSIDE]
    assert problems(worker, here, rules, at(MONDAY, "17:00")) == [Problem.ABSENT]
    assert problems(worker, here, rules, at(MONDAY + timedelta(days=1), "14:00")) == [Problem.HOLIDAY]
    there = Visit(minutes=60, place=BREST, postcode="56000", diagnostics=["crep"])
    assert problems(worker, there, rules, at(MONDAY, "14:00")) == [Problem.DIAGNOSTIC, Problem.ZONE]


def test_distances_are_those_of_the_globe() -> None:
    assert distance_km(BREST, BREST) == 0
    assert distance_km((48.8566, 2.3522), (45.764, 4.8357)) == pytest.approx(391.5, abs=1)
    assert distance_km((0, 0), (0, 180)) == pytest.approx(20015, abs=1)
    assert TravelRules().minutes(BREST, BREST) == 0
