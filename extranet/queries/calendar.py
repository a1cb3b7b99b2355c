"""The firm's calendar: a day by person, a week by person and day, or one person's week, laid out in rows of minutes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date

from extranet.enums_booking import BUSY_STATES, SHOWN_STATES, AppointmentState
from extranet.models import Absence, Appointment, BookingSettings, Diagnostician
from extranet.queries.slot import (
    Hours,
    booking_settings,
    hours_of,
    live_appointments,
    place_of,
    public_holidays,
    travel_rules,
    zone_of,
)
from extranet.slots import instant
from kernel.filters import AddressFilter, read_address

#: A row of the grid.
ROW_MINUTES = 5
#: What is shown of a day at least.
FIRST_HOUR, LAST_HOUR = 8, 19
DAY, WEEK = "day", "week"
_MIDNIGHT = 24 * 60
MOST_ABSENCES = 100


@dataclass(frozen=True)
class CalendarFilter(AddressFilter):
    """What is wanted of the calendar; each field is a parameter of the address."""

    view: str = DAY
    #: ISO 8601; empty: today.
    day: str = ""
    #: A diagnostician's code; empty: all of them.
    who: str = ""

    @classmethod
    def from_query(cls, query: QueryDict) -> "CalendarFilter":
        """Returns the filter that an address asks for; what is no value of a field is left out."""
        asked, _wrong = read_address(query, cls.names(), closed={"view": {DAY, WEEK}})
        asked["view"] = asked["view"] or DAY
        return cls(**(asked | {"day": asked["day"] if _day(asked["day"]) else ""}))


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    # a calendar of the year 9999 has no next week
    return day if day and 2000 <= day.year <= 2100 else None


@dataclass(frozen=True)
class Item:
    """A visit in a column: its rows in the grid, the lane that it has of so many, whether the way to it is too long."""

    appointment: Appointment
    first: int
    last: int
    lane: int = 1
    lanes: int = 1
    is_tight: bool = False

    @property
    def classes(self) -> str:
        """Its place in the grid, as classes: the policy of the pages has no styles in the document."""
        lane = f" dd-lane-{self.lane}-{self.lanes}" if self.lanes > 1 else ""
        return f"dd-r{self.first} dd-e{self.last}{lane}"


@dataclass(frozen=True)
class Block:
    """A time without visits in a column: an absence, or outside the working hours (without one)."""

    first: int
    last: int
    absence: Absence | None = None


@dataclass(frozen=True)
class Column:
    """A person's day."""

    day: date
    who: Diagnostician
    items: list[Item]
    blocks: list[Block]
    holiday: str = ""

    @property
    def absences(self) -> list[Absence]:
        """The absences that touch the day, once each."""
        return list(dict.fromkeys(block.absence for block in self.blocks if block.absence is not None))


@dataclass(frozen=True)
class AgendaDay:
    """A day of everybody who is shown."""

    day: date
    columns: list[Column]

    @property
    def holiday(self) -> str:
        """The public holiday that it is."""
        return self.columns[0].holiday

    @property
    def absences(self) -> list[tuple[Diagnostician, Absence]]:
        """Who is absent why."""
        return [(column.who, absence) for column in self.columns for absence in column.absences]

    @property
    def items(self) -> list[tuple[Diagnostician, Item]]:
        """Whose visits there are, by time."""
        found = [(column.who, item) for column in self.columns for item in column.items]
        return sorted(found, key=lambda pair: pair[1].appointment.starts_at)


@dataclass(frozen=True)
class CalendarPage:
    """All that the page shows."""

    wanted: CalendarFilter
    day: date
    today: date
    days: list[date]
    people: list[Diagnostician]
    chosen: Diagnostician | None
    columns: list[Column]
    #: The hours of the grid, and the row at which each begins.
    hours: list[tuple[int, int]] = field(default_factory=list)

    @property
    def is_board(self) -> bool:
        """Whether it is the week of everybody, without a grid of minutes."""
        return self.wanted.view == WEEK and self.chosen is None

    @property
    def board(self) -> list[tuple[Diagnostician, list[Column]]]:
        """The columns by person."""
        rows: dict[Diagnostician, list[Column]] = defaultdict(list)
        for column in self.columns:
            rows[column.who].append(column)
        return list(rows.items())

    @property
    def agenda(self) -> list[AgendaDay]:
        """The columns by day: what a phone lists."""
        rows: dict[date, list[Column]] = defaultdict(list)
        for column in self.columns:
            rows[column.day].append(column)
        return [AgendaDay(day, columns) for day, columns in sorted(rows.items())]

    @property
    def count(self) -> int:
        """How many visits it shows."""
        return sum(len(column.items) for column in self.columns)

    @property
    def previous(self) -> date:
        """The day that the arrow back leads to."""
        return self.day - timedelta(days=7 if self.wanted.view == WEEK else 1)

    @property
    def following(self) -> date:
        """The day that the arrow forward leads to."""
        return self.day + timedelta(days=7 if self.wanted.view == WEEK else 1)

    @property
    def first_hour(self) -> int:
        """The hour at which the grid begins."""
        return self.hours[0][0] if self.hours else FIRST_HOUR


def calendar_page(wanted: CalendarFilter) -> CalendarPage:
    """Returns the calendar of a day or week in the firm's time: five queries, however many people and visits."""
    settings = booking_settings()
    zone = zone_of(settings)
    today = timezone.now().astimezone(zone).date()
    day = _day(wanted.day) or today
    first = day - timedelta(days=day.weekday()) if wanted.view == WEEK else day
    days = [first + timedelta(days=ahead) for ahead in range(7 if wanted.view == WEEK else 1)]
    begins, ends = instant(days[0], time.min, zone), instant(days[-1] + timedelta(days=1), time.min, zone)
    appointments = list(_appointments(begins, ends))
    busy = {each.diagnostician_id for each in appointments}
    everybody = [each for each in Diagnostician.objects.all() if each.is_active or each.pk in busy]
    chosen = next((each for each in everybody if each.code == wanted.who), None)
    people = [chosen] if chosen else everybody
    hours = hours_of(people)
    absences = _absences(people, begins, ends)
    shown = [each for each in appointments if chosen is None or each.diagnostician_id == chosen.pk]
    if wanted.view == WEEK:
        days = _days_shown(days, hours.values(), shown, zone)
    closed = public_holidays(settings.holiday_region, days[0], days[-1])
    start, end = _span([*hours.values()], shown, zone)
    columns = [
        _column(each, day, hours.get(each.pk, {}), shown, absences, settings, (start, end), closed.get(day, ""))
        for each in people
        for day in days
    ]
    rows = [(hour, (hour - start) * 60 // ROW_MINUTES + 1) for hour in range(start, end)]
    return CalendarPage(wanted, day, today, days, everybody, chosen, columns, rows)


def _appointments(begins: datetime, ends: datetime) -> QuerySet[Appointment]:
    lapsed = Q(state=AppointmentState.HELD, held_until__lte=timezone.now())
    rows = Appointment.objects.filter(state__in=SHOWN_STATES, starts_at__lt=ends, ends_at__gt=begins).exclude(lapsed)
    return rows.select_related("contact").order_by("starts_at", "id")


def _absences(people: Iterable[Diagnostician], begins: datetime, ends: datetime) -> list[Absence]:
    of_people = Q(diagnostician__in=[each.pk for each in people]) | Q(diagnostician__isnull=True)
    return list(Absence.objects.filter(of_people, starts_at__lt=ends, ends_at__gt=begins))


def _days_shown(
    days: Sequence[date], hours: Iterable[Hours], appointments: Sequence[Appointment], zone: ZoneInfo
) -> list[date]:
    """Returns the days without the week-end on which nobody works and nothing is planned."""
    worked = {weekday for each in hours for weekday, stretches in each.items() if stretches}
    taken = {each.starts_at.astimezone(zone).date() for each in appointments}
    return [day for day in days if day.weekday() < 5 or day.weekday() in worked or day in taken]


def _span(hours: Sequence[Hours], appointments: Sequence[Appointment], zone: ZoneInfo) -> tuple[int, int]:
    """Returns the hours between which the grid lies."""
    start, end = FIRST_HOUR, LAST_HOUR
    for each in hours:
        for stretches in each.values():
            for opens, closes in stretches:
                start, end = min(start, opens.hour), max(end, closes.hour + (closes.minute > 0))
    for appointment in appointments:
        first, last = appointment.starts_at.astimezone(zone), appointment.ends_at.astimezone(zone)
        start = min(start, first.hour)
        end = 24 if last.date() > first.date() else max(end, last.hour + (last.minute > 0))
    return start, end


def _column(
    who: Diagnostician,
    day: date,
    hours: Hours,
    appointments: Sequence[Appointment],
    absences: Sequence[Absence],
    settings: BookingSettings,
    span: tuple[int, int],
    holiday: str,
) -> Column:
    zone = zone_of(settings)
    own = [
        each
        for each in appointments
        if each.diagnostician_id == who.pk and each.starts_at.astimezone(zone).date() == day
    ]
    blocks = [
        Block(*_rows(*_minutes(each.starts_at, each.ends_at, day, zone), span), absence=each)
        for each in absences
        if each.diagnostician_id in {who.pk, None} and _touches(each, day, zone)
    ]
    blocks += [Block(*_rows(first, last, span)) for first, last in _off(hours.get(day.weekday(), []), span)]
    return Column(
        day, who, _items(own, day, settings, span), [each for each in blocks if each.last > each.first], holiday
    )


def _touches(absence: Absence, day: date, zone: ZoneInfo) -> bool:
    begins, ends = instant(day, time.min, zone), instant(day + timedelta(days=1), time.min, zone)
    return absence.starts_at < ends and absence.ends_at > begins


def _minutes(start: datetime, end: datetime, day: date, zone: ZoneInfo) -> tuple[int, int]:
    """Returns the minutes of a day between two instants, on the wall's clock."""

    def of(moment: datetime) -> int:
        local = moment.astimezone(zone)
        if local.date() != day:
            return 0 if local.date() < day else _MIDNIGHT
        return local.hour * 60 + local.minute

    first, last = of(start), of(end)
    # the hour that comes twice: it ends earlier than it begins, on the wall
    return first, last if last > first else min(_MIDNIGHT, first + int((end - start).total_seconds() // 60))


def _rows(first: int, last: int, span: tuple[int, int]) -> tuple[int, int]:
    """Returns the lines of the grid between which a stretch of minutes lies."""
    start, end = span[0] * 60, span[1] * 60
    top, bottom = min(max(first, start), end), min(max(last, start), end)
    return (top - start) // ROW_MINUTES + 1, -(-(bottom - start) // ROW_MINUTES) + 1


def _off(stretches: Sequence[tuple[time, time]], span: tuple[int, int]) -> list[tuple[int, int]]:
    """Returns the minutes in which nobody works."""
    edges = [span[0] * 60]
    for opens, closes in sorted(stretches):
        edges += [opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute]
    edges.append(span[1] * 60)
    return [(first, last) for first, last in zip(edges[::2], edges[1::2], strict=True) if last > first]


def _items(own: Sequence[Appointment], day: date, settings: BookingSettings, span: tuple[int, int]) -> list[Item]:
    """Returns the visits of a person's day, those at the same time side by side."""
    zone, travel = zone_of(settings), travel_rules(settings)
    tight: set[int] = set()
    for before, after in pairwise([each for each in own if each.state in BUSY_STATES]):
        left = (after.starts_at - before.ends_at).total_seconds() // 60
        # a place that is not known is no reason to alarm anybody
        known = place_of(before) and place_of(after)
        if known and left < travel.minutes(place_of(before), place_of(after)):
            tight.add(after.pk)
    items: list[Item] = []
    group: list[tuple[Appointment, int, int]] = []
    for each in own:
        first, last = _rows(*_minutes(each.starts_at, each.ends_at, day, zone), span)
        # too short to be read otherwise
        last = max(last, first + 15 // ROW_MINUTES)
        if group and first >= max(end for _each, _start, end in group):
            items += _lanes(group, tight)
            group = []
        group.append((each, first, last))
    return items + _lanes(group, tight)


def _lanes(group: Sequence[tuple[Appointment, int, int]], tight: set[int]) -> list[Item]:
    lanes = min(len(group), 4)
    return [
        Item(each, first, last, lane=rank % lanes + 1, lanes=lanes, is_tight=each.pk in tight)
        for rank, (each, first, last) in enumerate(group)
    ]


def feed_appointments(diagnostician: Diagnostician) -> QuerySet[Appointment]:
    """Returns what a calendar program reads: the visits from a month ago on, those that were cancelled too."""
    since = timezone.now() - timedelta(days=31)
    # one that was cancelled is told as such, or it would stay in the calendars that read it before
    rows = Appointment.objects.filter(diagnostician=diagnostician, ends_at__gt=since)
    never_booked = (AppointmentState.HELD, AppointmentState.EXPIRED)
    return rows.exclude(state__in=never_booked).select_related("contact", "diagnostician").order_by("starts_at")


def coming_absences() -> list[Absence]:
    """Returns the absences that are not over, the next ones first, and whose they are."""
    rows = Absence.objects.filter(ends_at__gt=timezone.now()).select_related("diagnostician")
    return list(rows.order_by("starts_at", "id")[:MOST_ABSENCES])


def visits_within(absence: Absence) -> QuerySet[Appointment]:
    """Returns the visits that an absence leaves nobody for."""
    rows = live_appointments().filter(starts_at__lt=absence.ends_at, ends_at__gt=absence.starts_at)
    return rows if absence.diagnostician_id is None else rows.filter(diagnostician=absence.diagnostician_id)
