"""What a list is filtered and sorted by, as the parameters of its address."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import ClassVar
from urllib.parse import urlencode

from django.db.models import Count, Model, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.functional import Promise

_LONGEST = 200
#: Beyond, a day in some zone is no moment that a database takes.
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(2999, 12, 31)


@dataclass(frozen=True)
class AddressFilter:
    """The base of a list's filter: each text field is a parameter of the address, empty when it does not matter."""

    #: The fields that stand behind the button of the other filters.
    MORE: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Returns the parameters; what was wrong with them (`wrong`) is none."""
        return tuple(entry.name for entry in fields(cls) if entry.name != "wrong")

    @property
    def is_narrowed(self) -> bool:
        """Whether it leaves anything out of the list."""
        return any(getattr(self, name) for name in self.names() if name != "sort")

    @property
    def more_count(self) -> int:
        """How many of the filters behind the button are set."""
        return sum(bool(getattr(self, name)) for name in self.MORE)

    @property
    def querystring(self) -> str:
        """The filter as the parameters of an address, without those that do not matter."""
        return urlencode({name: getattr(self, name) for name in self.names() if getattr(self, name)})


@dataclass(frozen=True)
class StateCount:
    """How many rows of a list are in a state."""

    state: str
    label: str
    count: int


def count_states[M: Model](found: QuerySet[M], choices: Iterable[tuple[str, str | Promise]]) -> list[StateCount]:
    """Returns how many rows are in each state (`state`), in the order of the choices: one query."""
    counted = dict(found.order_by().values_list("state").annotate(n=Count("pk")))
    return [StateCount(str(value), str(label), counted.get(value, 0)) for value, label in choices]


def read_address(
    query: QueryDict, names: Collection[str], *, closed: Mapping[str, Collection[str]], days: Collection[str] = ()
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Returns the values of an address's parameters, and the names of those that are no value of theirs.

    `closed`: what a parameter may be; `days`: those that are a day. What is wrong is left empty.
    """
    asked = {name: query.get(name, "").replace("\x00", "").strip()[:_LONGEST] for name in names}
    wrong = [name for name, allowed in closed.items() if asked[name] and asked[name] not in allowed]
    wrong += [name for name in days if asked[name] and day_of(asked[name]) is None]
    return asked | dict.fromkeys(wrong, ""), tuple(wrong)


def within_days(field: str, *, since: str, until: str) -> Q:
    """Returns the condition that a moment lies within two days of an address, both included, in the active time zone.

    What names no day sets no bound. It compares moments, which an index serves.
    """
    first, last = day_of(since), day_of(until)
    found = Q(**{f"{field}__gte": start_of(first)}) if first is not None else Q()
    return found & Q(**{f"{field}__lt": start_of(last + timedelta(days=1))}) if last is not None else found


def start_of(day: date) -> datetime:
    """Returns the moment at which a day begins in the active time zone."""
    return timezone.make_aware(datetime.combine(day, time()))


def day_of(text: str) -> date | None:
    """Returns the day that a text says (ISO 8601), None where it says none between 1970 and 2999."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day is not None and _FIRST_DAY <= day <= _LAST_DAY else None
