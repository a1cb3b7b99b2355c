"""What a list of messages is filtered by: read from an address, kept in it, applied to a query."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from accounts.models import User
from extranet.enums import MessageState
from extranet.models import Contact, Dossier, Message, MessageFile, MessageNotice, Order
from extranet.queries.dossier_filter import visible_dossiers
from extranet.queries.message import incoming, visible_messages
from extranet.queries.order_filter import visible_orders
from kernel.filters import AddressFilter, read_address, within_days
from kernel.pagination import Page, paginate
from kernel.text import search_terms
from mail.models import MailState

#: The parts of the list.
RECEIVED, SENT, UNREAD = "received", "sent", "unread"
#: Of the contacts that hold a term, how many are looked up.
_MOST_CONTACTS = 500
#: The states of a mail that did not arrive.
NOT_DELIVERED = tuple(state for state in MailState.values if state not in {MailState.QUEUED, MailState.SENT})


@dataclass(frozen=True)
class MessageFilter(AddressFilter):
    """What is wanted of a list; each field is a parameter of the address, empty when it does not matter."""

    MORE: ClassVar[tuple[str, ...]] = ("state", "since", "until", "client", "dossier", "order", "files")

    q: str = ""
    show: str = ""
    state: str = ""
    since: str = ""
    until: str = ""
    client: str = ""
    dossier: str = ""
    order: str = ""
    files: str = ""
    #: What was asked for and is no filter: told, never silently applied.
    wrong: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def from_query(cls, query: QueryDict) -> "MessageFilter":
        """Returns the filter that an address asks for; what is no value of a field is left out and named in `wrong`."""
        closed = {"show": {RECEIVED, SENT, UNREAD}, "state": set(MessageState.values), "files": {"1"}}
        asked, wrong = read_address(query, cls.names(), closed=closed, days=("since", "until"))
        return cls(**asked, wrong=wrong)


@dataclass(frozen=True)
class MessageRow:
    """A line of the list; `dossier` and `order` only when the reader may open them."""

    message: Message
    is_received: bool
    dossier: Dossier | None
    order: Order | None
    has_files: bool
    is_undelivered: bool


def filtered_messages(user: User, wanted: MessageFilter) -> QuerySet[Message]:
    """Returns the messages that a person sees and that a filter lets through, the last first."""
    found, way = visible_messages(user), incoming(user)
    if wanted.show == UNREAD:
        found = found.filter(state=MessageState.UNREAD, direction=way)
    elif wanted.show == RECEIVED:
        found = found.filter(direction=way)
    elif wanted.show == SENT:
        found = found.exclude(direction=way)
    if wanted.state:
        found = found.filter(state=wanted.state)
    found = found.filter(within_days("created_at", since=wanted.since, until=wanted.until))
    if user.is_firm_staff and wanted.client:
        found = found.filter(contact__code=wanted.client)
    if wanted.dossier:
        found = found.filter(dossier__in=visible_dossiers(user).filter(code=wanted.dossier))
    if wanted.order:
        found = found.filter(order__in=visible_orders(user).filter(code=wanted.order))
    if wanted.files:
        found = found.filter(Exists(MessageFile.objects.filter(message=OuterRef("pk"))))
    return _holding(found, wanted.q, user).order_by("-created_at", "-id")


def message_page(user: User, *, wanted: MessageFilter, page: str | None, size: int) -> Page[MessageRow]:
    """Returns a page of a person's messages: six queries at most, whatever the number of rows."""
    messages = filtered_messages(user, wanted).select_related("contact").defer("search", "mail_text")
    found = paginate(messages, page=page, size=size)
    return found.with_rows(message_rows(user, found.rows))


def message_rows(user: User, messages: Sequence[Message]) -> list[MessageRow]:
    """Returns messages as a person lists them, with what lies in other tables."""
    keys = [message.pk for message in messages]
    dossiers = visible_dossiers(user).only("code", "title").in_bulk(_keys(messages, "dossier_id"))
    orders = visible_orders(user).only("code", "number").in_bulk(_keys(messages, "order_id"))
    with_files = set(MessageFile.objects.filter(message_id__in=keys).values_list("message_id", flat=True))
    lost: set[int] = set()
    if user.is_firm_staff:
        failed = MessageNotice.objects.filter(message_id__in=keys, mail__state__in=NOT_DELIVERED)
        lost = set(failed.values_list("message_id", flat=True))
    way = incoming(user)
    return [
        MessageRow(
            message,
            is_received=message.direction == way,
            dossier=dossiers.get(message.dossier_id or 0),
            order=orders.get(message.order_id or 0),
            has_files=message.pk in with_files,
            is_undelivered=message.pk in lost and message.direction != way,
        )
        for message in messages
    ]


def _keys(messages: Sequence[Message], name: str) -> set[int]:
    # 0: nobody's; so that a page asks as often whatever stands on it
    return {getattr(message, name) for message in messages} - {None} or {0}


def _holding(messages: QuerySet[Message], query: str, user: User) -> QuerySet[Message]:
    """Returns those that hold every term, whatever accents and case: in the message, or for the firm in its contact."""
    for term in search_terms(query):
        held = Q(search__contains=term)
        if user.is_firm_staff:
            # keys, not a subquery: an index serves either side of the OR
            contacts = Contact.objects.filter(search__contains=term).order_by("id").values_list("pk", flat=True)
            held |= Q(contact_id__in=list(contacts[:_MOST_CONTACTS]))
        messages = messages.filter(held)
    return messages
