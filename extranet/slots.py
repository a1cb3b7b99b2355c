"""When a visit fits: free slots from plain data, without a database.

All arithmetic is in whole minutes since the epoch (UTC), so that an hour that daylight saving takes or gives is no
special case: only working hours and days are read in the firm's time zone.
"""

import math
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from extranet.enums_booking import Problem

EARTH_KM = 6371.0
#: Degrees of latitude and longitude (WGS 84).
type Point = tuple[float, float]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class TravelRules:
    """How long the way is; minutes, kilometres an hour, per cent of the straight line."""

    speed_kmh: float = 45.0
    detour_percent: float = 130.0
    #: When one of the places is not known.
    unknown_minutes: int = 30
    #: On top of each way: parking, keys, writing.
    buffer_minutes: int = 10

    def minutes(self, one: Point | None, other: Point | None) -> int:
        """Returns the minutes of the way between two places, rounded up, without the buffer."""
        if one is None or other is None:
            return self.unknown_minutes
        if one == other:
            return 0
        return math.ceil(distance_km(one, other) * self.detour_percent / 100 / self.speed_kmh * 60 - 1e-9)


@dataclass(frozen=True, kw_only=True)
class SlotRules:
    """What a firm decides about all of its visits."""

    zone: ZoneInfo
    step_minutes: int = 30
    travel: TravelRules = field(default_factory=TravelRules)
    #: Days on which nobody works: public holidays.
    closed: Collection[date] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Busy:
    """A time that is taken, in UTC; `is_visit` when one travels to its place and from it."""

    start: datetime
    end: datetime
    place: Point | None = None
    is_visit: bool = True


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What is to be fitted in."""

    minutes: int
    place: Point | None = None
    postcode: str = ""
    diagnostics: Collection[str] = ()


@dataclass(frozen=True, kw_only=True)
class Worker:
    """A diagnostician: working hours by weekday, what is taken already, where the day begins, what and where."""

    key: int
    hours: Mapping[int, Sequence[tuple[time, time]]]
    busy: Sequence[Busy] = ()
    home: Point | None = None
    #: Empty: all of them.
    diagnostics: Collection[str] = frozenset()
    #: Beginnings of postcodes; empty: everywhere.
    postcodes: Sequence[str] = ()

    def may_diagnose(self, visit: Visit) -> bool:
        """Returns whether this person does all that is asked."""
        return not self.diagnostics or set(visit.diagnostics) <= set(self.diagnostics)

    def goes_to(self, visit: Visit) -> bool:
        """Returns whether the visit lies in this person's zone; one without a postcode does."""
        return not (self.postcodes and visit.postcode) or visit.postcode.startswith(tuple(self.postcodes))


@dataclass(frozen=True, order=True, slots=True)
class Slot:
    """A time that truly fits, in UTC; `travel` is the minutes of the way to it (from home for the day's first)."""

    start: datetime
    travel: int
    worker: int
    end: datetime


def distance_km(one: Point, other: Point) -> float:
    """Returns the great-circle distance of two places (haversine)."""
    lat1, lon1, lat2, lon2 = map(math.radians, (*one, *other))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def visit_minutes(
    durations: Mapping[str, tuple[int, int]],
    diagnostics: Collection[str],
    surface: Decimal | float | None,
    *,
    base: int,
    included: int,
    step: int = 5,
) -> int:
    """Returns how long a visit takes, rounded up to `step` and at least that.

    `durations` gives minutes, and more for each further 10 m² beyond `included`, by diagnostic.
    """
    tens = math.ceil(max(0.0, float(surface or 0) - included) / 10)
    rows = [durations.get(kind, (0, 0)) for kind in set(diagnostics)]
    total = base + sum(minutes + extra * tens for minutes, extra in rows)
    return max(step, math.ceil(total / step) * step)


@lru_cache(maxsize=16_384)
def instant(day: date, moment: time, zone: ZoneInfo, *, is_end: bool = False) -> datetime:
    """Returns a wall-clock time in UTC; one that daylight saving skips is the moment of the change.

    Of one that comes twice, a beginning is the first and an end the second.
    """
    wall = datetime.combine(day, moment)
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first <= second:
        return second if is_end else first
    # skipped: read with the offset from before it lies after the change, with the one from after it before the change
    early, late, before = second, first, second.astimezone(zone).utcoffset()
    while late - early > _MINUTE:
        middle = early + _MINUTE * ((late - early) // _MINUTE // 2)
        early, late = (middle, late) if middle.astimezone(zone).utcoffset() == before else (early, middle)
    return late


def free_slots(
    workers: Sequence[Worker], visit: Visit, rules: SlotRules, *, earliest: datetime, latest: datetime
) -> list[Slot]:
    """Returns all slots that begin between two instants, by time, those with the shortest way first."""
    found: list[Slot] = []
    step, length = rules.step_minutes, timedelta(minutes=visit.minutes)
    for worker in workers:
        for first, last, travel in openings(worker, visit, rules, earliest=earliest, latest=latest):
            for minute in range(-(-first // step) * step, last + 1, step):
                start = _EPOCH + timedelta(minutes=minute)
                found.append(Slot(start, travel, worker.key, start + length))
    found.sort()
    return found


def best_of_each_start(slots: Sequence[Slot]) -> list[Slot]:
    """Returns one slot for each beginning, that of whoever has the shortest way: what a client is shown."""
    best: dict[datetime, Slot] = {}
    for slot in sorted(slots):
        best.setdefault(slot.start, slot)
    return list(best.values())


def fits(worker: Worker, visit: Visit, rules: SlotRules, start: datetime) -> bool:
    """Returns whether a visit that begins then breaks none of the rules; it need not be one of the steps."""
    return start.second == start.microsecond == 0 and any(
        True for _opening in openings(worker, visit, rules, earliest=start, latest=start)
    )


def openings(
    worker: Worker, visit: Visit, rules: SlotRules, *, earliest: datetime, latest: datetime
) -> Iterator[tuple[int, int, int]]:
    """Yields the stretches in which the visit may begin: first and last minute, minutes of the way to it.

    Each time taken forbids beginnings around it: from those that would still last, or be on the way to its place, when
    it begins, to those that come before one could be there after it ends.
    """
    if visit.minutes <= 0 or not worker.may_diagnose(visit) or not worker.goes_to(visit):
        return
    ways = _Ways(rules.travel, visit.place)
    forbidden = _forbidden(worker.busy, visit, ways)
    lasts = [last for _first, last in forbidden]
    visits = sorted((_up(each.end), each.place) for each in worker.busy if each.is_visit)
    ends = [end for end, _place in visits]
    low, high = _up(earliest), _down(latest)
    for opens, closes in _windows(worker, rules, earliest, latest):
        first, last = max(opens, low), min(closes - visit.minutes, high)
        index = bisect_right(lasts, first - 1)
        while first <= last:
            until = last
            if index < len(forbidden) and forbidden[index][0] <= last:
                until = forbidden[index][0] - 1
            if first <= until:
                yield first, until, _way_to(first, opens, ends, visits, worker.home, ways)
            if until == last:
                break
            first = forbidden[index][1] + 1
            index += 1


def _forbidden(busy: Sequence[Busy], visit: Visit, ways: "_Ways") -> list[tuple[int, int]]:
    """Returns the minutes in which the visit must not begin, as stretches that do not touch, first and last."""
    merged: list[tuple[int, int]] = []
    stretches = []
    for each in busy:
        pad = ways.minutes(each.place) + ways.rules.buffer_minutes if each.is_visit else 0
        stretches.append((_down(each.start) - pad - visit.minutes + 1, _up(each.end) + pad - 1))
    for first, last in sorted(stretches):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def _way_to(
    first: int,
    opens: int,
    ends: Sequence[int],
    visits: Sequence[tuple[int, Point | None]],
    home: Point | None,
    ways: "_Ways",
) -> int:
    """Returns the minutes of the way to a visit: from the one before it in the same stretch of work, else from home."""
    index = bisect_right(ends, first) - 1
    return ways.minutes(visits[index][1] if index >= 0 and ends[index] > opens else home)


def _windows(worker: Worker, rules: SlotRules, earliest: datetime, latest: datetime) -> Iterator[tuple[int, int]]:
    """Yields the stretches of work between two instants, in minutes."""
    day, end = earliest.astimezone(rules.zone).date(), latest.astimezone(rules.zone).date()
    while day <= end:
        if day not in rules.closed:
            for opens, closes in worker.hours.get(day.weekday(), ()):
                yield _up(instant(day, opens, rules.zone)), _down(instant(day, closes, rules.zone, is_end=True))
        day += timedelta(days=1)


class _Ways:
    """The ways to one place, each computed once."""

    def __init__(self, rules: TravelRules, place: Point | None) -> None:
        self.rules, self._place = rules, place
        self._known: dict[Point | None, int] = {}

    def minutes(self, other: Point | None) -> int:
        if other not in self._known:
            self._known[other] = self.rules.minutes(other, self._place)
        return self._known[other]


def _down(moment: datetime) -> int:
    return (moment - _EPOCH) // _MINUTE


def _up(moment: datetime) -> int:
    return -((_EPOCH - moment) // _MINUTE)


def problems(worker: Worker, visit: Visit, rules: SlotRules, start: datetime) -> list[Problem]:
    """Returns what rules a visit that begins then breaks, apart from another visit at the same time."""
    found: list[Problem] = []
    begin = _up(start)
    end = begin + visit.minutes
    day = start.astimezone(rules.zone).date()
    if day in rules.closed:
        found.append(Problem.HOLIDAY)
    elif not any(opens <= begin and end <= closes for opens, closes in _windows(worker, rules, start, start)):
        found.append(Problem.OUTSIDE)
    ways = _Ways(rules.travel, visit.place)
    for each in worker.busy:
        first, last = _down(each.start), _up(each.end)
        overlaps = first < end and begin < last
        if not each.is_visit and overlaps:
            found.append(Problem.ABSENT)
        pad = ways.minutes(each.place) + rules.travel.buffer_minutes if each.is_visit else 0
        if each.is_visit and not overlaps and first - pad < end and begin < last + pad:
            found.append(Problem.TRAVEL)
    if not worker.may_diagnose(visit):
        found.append(Problem.DIAGNOSTIC)
    if not worker.goes_to(visit):
        found.append(Problem.ZONE)
    return list(dict.fromkeys(found))
