"""The log of mails: what it is filtered by, a page of it, and what waits or fails."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from django.db.models import Count, Max, QuerySet
from django.http import QueryDict
from django.utils import timezone

from kernel.filters import AddressFilter, StateCount, count_states, read_address, within_days
from kernel.pagination import Page, paginate
from kernel.text import search_terms
from mail.kinds import mail_kinds
from mail.models import MailServer, MailState, OutgoingMail, Route, StoppedAddress
from mail.rules import FAILURES_TOLD

_STATES = (MailState.SENT, MailState.QUEUED, MailState.FAILED, MailState.BOUNCED, MailState.STOPPED)


@dataclass(frozen=True)
class MailFilter(AddressFilter):
    """What is wanted of the log; each field is a parameter of the address, empty when it does not matter."""

    MORE: ClassVar[tuple[str, ...]] = ("kind", "since", "until")

    q: str = ""
    state: str = ""
    kind: str = ""
    since: str = ""
    until: str = ""
    #: What was asked for and is no filter: told, never silently applied.
    wrong: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def from_query(cls, query: QueryDict) -> "MailFilter":
        """Returns the filter that an address asks for; what is no value of a field is left out and named in `wrong`."""
        closed = {"state": {*MailState.values}}
        asked, wrong = read_address(query, cls.names(), closed=closed, days=("since", "until"))
        return cls(**asked, wrong=wrong)


@dataclass(frozen=True)
class MailTrouble:
    """What of the firm's mails needs a person: a server that fails, mails that did not arrive of late."""

    server: MailServer | None
    failed: int

    def __bool__(self) -> bool:
        return self.server is not None or self.failed > 0


def kind_label(kind: str) -> str:
    """Returns what a kind of mail is called; one that is in no table goes by its code."""
    known = mail_kinds().get(kind)
    return str(known.label) if known is not None else kind.replace("_", " ")


def filtered_mails(wanted: MailFilter) -> QuerySet[OutgoingMail]:
    """Returns the mails that a filter lets through, the last first."""
    found = OutgoingMail.objects.all()
    if wanted.state:
        found = found.filter(state=wanted.state)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    for term in search_terms(wanted.q):
        found = found.filter(search__contains=term)
    found = found.filter(within_days("created_at", since=wanted.since, until=wanted.until))
    return found.order_by("-created_at", "-id")


def mail_page(wanted: MailFilter, *, page: str | None, size: int) -> Page[OutgoingMail]:
    """Returns a page of the log without the mails' words: two queries."""
    return paginate(filtered_mails(wanted).defer("text", "html", "search"), page=page, size=size)


def state_counts() -> list[StateCount]:
    """Returns how many mails are in each state, in the order of the states: one query."""
    return count_states(OutgoingMail.objects.all(), [(state.value, state.label) for state in _STATES])


def kinds_offered() -> list[tuple[str, str]]:
    """Returns the kinds of the last months' mails with their names, in their order: one query."""
    recent = OutgoingMail.objects.filter(created_at__gte=timezone.now() - timedelta(days=400))
    kinds: Sequence[str] = list(recent.order_by().values_list("kind", flat=True).distinct())
    return sorted(((kind, kind_label(kind)) for kind in kinds), key=lambda one: one[1].lower())


def waiting_mails() -> tuple[int, datetime | None]:
    """Returns how many mails wait for a later moment, and when the last of them will be tried: one query."""
    waiting = OutgoingMail.objects.filter(state=MailState.QUEUED, due_at__gt=timezone.now())
    counted = waiting.aggregate(count=Count("id"), last=Max("due_at"))
    return counted["count"], counted["last"]


def mail_trouble() -> MailTrouble:
    """Returns what needs a person: a server that failed several times, and what failed in the last two days."""
    server = MailServer.objects.filter(pk=1, is_active=True, failures__gte=FAILURES_TOLD).first()
    recent = timezone.now() - timedelta(days=2)
    failed = OutgoingMail.objects.filter(state=MailState.FAILED, created_at__gte=recent).order_by()[:100].count()
    return MailTrouble(server, failed)


def stopped_page(query: str, *, page: str | None, size: int) -> Page[StoppedAddress]:
    """Returns a page of the addresses that nothing is sent to, the last first."""
    found = StoppedAddress.objects.all()
    for term in search_terms(query):
        found = found.filter(address__icontains=term.strip())
    return paginate(found, page=page, size=size)


def route_label(route: str) -> str:
    """Returns by whose server, in the reader's words; empty for a mail that was never tried."""
    return str(Route(route).label) if route else ""
