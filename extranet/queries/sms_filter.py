"""What the log of text messages is narrowed by: read from an address, kept in it, applied to a query."""

import re
from dataclasses import dataclass, field
from typing import ClassVar

from django.db.models import Q, QuerySet
from django.http import QueryDict

from extranet.models import Contact
from kernel.filters import AddressFilter, StateCount, count_states, read_address, within_days
from kernel.pagination import Page, paginate
from mail.models import OutgoingSms
from mail.sms.enums import SmsKind, SmsState
from mail.sms.numbers import e164_of, shown

#: What is searched for as a number too.
_PHONE = re.compile(r"\+?[0-9][0-9 .()-]{3,30}")


@dataclass(frozen=True)
class SmsFilter(AddressFilter):
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
    def from_query(cls, query: QueryDict) -> "SmsFilter":
        """Returns the filter that an address asks for; what is no value of a field is named in `wrong`."""
        closed = {"state": SmsState.values, "kind": SmsKind.values}
        asked, wrong = read_address(query, cls.names(), closed=closed, days=("since", "until"))
        return cls(**asked, wrong=wrong)


@dataclass(frozen=True)
class SmsRow:
    """A line of the log: the message and the contact that it was for, where it is still there."""

    sms: OutgoingSms
    contact: Contact | None

    @property
    def number(self) -> str:
        """The number as people read it."""
        return shown(self.sms.to) if self.sms.to else ""


def filtered_sms(wanted: SmsFilter) -> QuerySet[OutgoingSms]:
    """Returns the messages that a filter lets through, the last first."""
    found = OutgoingSms.objects.all()
    if wanted.state:
        found = found.filter(state=wanted.state)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.q:
        is_said = Q(text__icontains=wanted.q) | Q(about__icontains=wanted.q)
        found = found.filter(is_said | Q(to__contains=_digits(wanted.q)) if _PHONE.fullmatch(wanted.q) else is_said)
    found = found.filter(within_days("created_at", since=wanted.since, until=wanted.until))
    return found.order_by("-created_at", "-id")


def _digits(text: str) -> str:
    """Returns how a number that is whole, or a part of one, stands in E.164."""
    return e164_of(text) or "".join(char for char in text if char.isdigit()).lstrip("0")


def sms_page(wanted: SmsFilter, *, page: str | None, size: int) -> Page[SmsRow]:
    """Returns a page of the log with the contacts: three queries."""
    found = paginate(filtered_sms(wanted), page=page, size=size)
    codes = {sms.contact_code for sms in found.rows if sms.contact_code}
    contacts = {contact.code: contact for contact in Contact.objects.filter(code__in=codes).defer("search", "notes")}
    return found.with_rows([SmsRow(sms, contacts.get(sms.contact_code)) for sms in found.rows])


def sms_counts() -> list[StateCount]:
    """Returns how many messages are in each state: one query."""
    return count_states(OutgoingSms.objects.all(), SmsState.choices)
