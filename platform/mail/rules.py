"""Pure rules of sending: when it is tried again, whose mail waits for nothing, when an address is given up."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from mail.models import Bounce

#: Without these nobody gets in or is warned: no limit holds them up, and the platform's server stands in.
ESSENTIAL = frozenset(
    {
        "access_codes",
        "guest_code",
        "mail_server_failing",
        "mission_code",
        "password_reset",
        "security_notice",
        "sign_up",
    }
)
GIVE_UP_AFTER = timedelta(hours=72)
#: The waits after the first tries; from then on the last one.
_WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 240)]
#: The firm's server rests after a failure, longer each time.
_PAUSES = [timedelta(seconds=seconds) for seconds in (30, 60, 300, 900, 1800)]
#: From so many failures in a row on the firm is told.
FAILURES_TOLD = 3
#: So many soft bounces within so many days stop an address.
SOFT_BOUNCES, SOFT_DAYS = 5, 30
_HOUR, _DAY_HOURS = timedelta(hours=1), 24

#: Enhanced status codes (RFC 3463) that say that an address leads nowhere.
_HARD = {(5, 1, 1), (5, 1, 2), (5, 1, 3), (5, 1, 6), (5, 1, 10), (5, 2, 1), (5, 4, 4)}
_UNKNOWN = re.compile(
    r"(no such|unknown|invalid|non-?existent|inexistante?|inconnue?) (\w+ )?(user|recipient|mailbox|address|account|"
    r"utilisateur|adresse)|(user|recipient|mailbox|address|account|adresse|utilisateur)( \S+)? (is )?(unknown|"
    r"not found|does ?n[o']t exist|unavailable|disabled|inconnue?|inexistante?)|"
    r"user unknown|does not exist|n'existe pas",
    re.IGNORECASE,
)
_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")


def is_essential(kind: str) -> bool:
    """Returns whether a mail of this kind must arrive whatever the firm's server does."""
    return kind in ESSENTIAL


def wait_after(attempts: int) -> timedelta:
    """Returns how long a mail waits after so many tries (from 1)."""
    return _WAITS[min(attempts, len(_WAITS)) - 1]


def pause_after(failures: int) -> timedelta:
    """Returns how long a server is left alone after so many failures in a row (from 1)."""
    return _PAUSES[min(failures, len(_PAUSES)) - 1]


def enhanced_code(text: str) -> tuple[int, int, int] | None:
    """Returns the first enhanced status code of a server's answer (RFC 3463), None where it has none."""
    found = _ENHANCED.search(text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def bounce_of(code: tuple[int, int, int] | None, text: str, *, smtp_code: int = 0) -> Bounce:
    """Returns how a failed delivery counts: by its enhanced code, else by what the server said.

    An SMTP answer without an enhanced code is hard only with 550, 551 or 553 and words about the address: relays say
    550 to much that is not the reader's fault.
    """
    if code is not None:
        if code in _HARD:
            return Bounce.HARD
        if code[1] == 7:
            return Bounce.POLICY
        if code[:2] == (5, 1) and code[2] == 0 and _UNKNOWN.search(text):
            return Bounce.HARD
        return Bounce.SOFT
    if smtp_code in {0, 550, 551, 553} and _UNKNOWN.search(text):
        return Bounce.HARD
    return Bounce.POLICY if smtp_code in {550, 551, 553, 554} else Bounce.SOFT


@dataclass(frozen=True)
class Limits:
    """How many mails may leave by a route; None: as many as come."""

    hour: int | None = None
    day: int | None = None

    @property
    def any(self) -> bool:
        """Whether there is one."""
        return self.hour is not None or self.day is not None


def first_free_hour(taken: Mapping[datetime, int], limits: Limits, *, now: datetime) -> datetime:
    """Returns the first hour from now on that has a place left; `taken` are the places by their hour's first moment.

    A day is any 24 hours in a row: those that end after the hour in question count, too.
    """
    hour = now.replace(minute=0, second=0, microsecond=0)
    while not _has_place(hour, taken, limits):
        hour += _HOUR
    return hour


def _has_place(hour: datetime, taken: Mapping[datetime, int], limits: Limits) -> bool:
    if limits.hour is not None and taken.get(hour, 0) >= limits.hour:
        return False
    if limits.day is None:
        return True
    around = [taken.get(hour + _HOUR * step, 0) for step in range(1 - _DAY_HOURS, _DAY_HOURS)]
    return all(sum(around[first : first + _DAY_HOURS]) < limits.day for first in range(_DAY_HOURS))
