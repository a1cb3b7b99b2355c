"""Diagnosticians and visits of tests, in the current firm."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import User
from extranet.actions.appointment import book_appointment
from extranet.actions.diagnostician import save_diagnostician
from extranet.models import Appointment, Diagnostician
from extranet.slots import instant

PARIS = ZoneInfo("Europe/Paris")


def add_person(name: str = "Diane", **values: Any) -> Diagnostician:
    """Returns a diagnostician who works from nine to six, from Monday to Friday."""
    hours = [(weekday, time(9), time(18)) for weekday in range(5)]
    return save_diagnostician(None, values={"name": name} | values, hours=hours)


def working_day(weeks: int = 2) -> date:
    """Returns a Wednesday to come that is no public holiday of France."""
    day = timezone.localdate() + timedelta(weeks=weeks)
    day += timedelta(days=(2 - day.weekday()) % 7)
    # 14 July, 11 November, 1 January, 1 and 8 May, 25 December, 15 August, 1 November may be Wednesdays
    fixed = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
    return day + timedelta(weeks=1) if (day.month, day.day) in fixed else day


def at(clock: str, day: date | None = None) -> datetime:
    """Returns an instant of a working day."""
    return instant(day or working_day(), time.fromisoformat(clock), PARIS)


def add_visit(
    person: Diagnostician, start: str, end: str, *, day: date | None = None, user: User | None = None, **values: Any
) -> Appointment:
    """Returns a visit that the firm has booked."""
    links = {name: values.pop(name) for name in ("order", "dossier", "contact") if name in values}
    return book_appointment(person, starts_at=at(start, day), ends_at=at(end, day), values=values, user=user, **links)
