"""When people may be written to: by the clock of where they live, never on Sundays and public holidays."""

import calendar
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

#: What the providers enforce in France for anything that is not asked for: Monday to Saturday, 8 to 20 o'clock.
EARLIEST, LATEST = time(8), time(20)
#: No series of holidays is longer.
_MOST_DAYS = 21


def next_allowed(now: datetime, *, zone: ZoneInfo, since: time, until: time, region: str = "") -> datetime:
    """Returns the first moment from `now` on, to the minute, at which somebody in a zone may be written to.

    `since` to `until` on working days; `region` names the public holidays (holidays' subdivision of France).
    """
    local = now.astimezone(zone)
    for ahead in range(_MOST_DAYS):
        day = local.date() + timedelta(days=ahead)
        if is_quiet(day, region=region):
            continue
        begins = datetime.combine(day, since, tzinfo=zone)
        # compared as instants: two times of one zone are compared by the clock, wrong where it is put back
        if local.timestamp() <= begins.timestamp():
            return begins
        if ahead == 0 and local.timestamp() < datetime.combine(day, until, tzinfo=zone).timestamp():
            return now
    raise AssertionError("no working day in three weeks")


def is_quiet(day: date, *, region: str = "") -> bool:
    """Whether nobody is written to on a day: a Sunday or a public holiday."""
    return day.weekday() == calendar.SUNDAY or day in _holidays(region, day.year)


@lru_cache(maxsize=64)
def _holidays(region: str, year: int) -> Collection[date]:
    known = region if region in holidays.country_holidays("FR").subdivisions else None
    return frozenset(holidays.country_holidays("FR", subdiv=known, years=[year]))
