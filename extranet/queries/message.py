"""The messages that a person sees, its own lists of them, and how many wait for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import CharField, Func, Q, QuerySet, Value
from django.db.models.functions import Concat, Lower

from accounts.models import User
from extranet.enums import Direction, MessageState
from extranet.models import Contact, Dossier, DossierAccess, Message
from extranet.queries.contact import contact_id_of
from extranet.queries.dossier_filter import visible_dossiers
from kernel.pagination import Page, paginate
from kernel.text import MAX_QUERY, MAX_TERMS, fold

#: The parts of the list.
RECEIVED, SENT, UNREAD = "received", "sent", "unread"
#: Of a dossier's messages, how many its page shows.
MOST_OF_A_DOSSIER = 50
_ACCENTED, _PLAIN = "àâäáãåçéèêëíìîïñóòôöõúùûüýÿ’", "aaaaaaceeeeiiiinooooouuuuyy'"


@dataclass(frozen=True)
class MessageRow:
    """A line of the list; `dossier` only when the reader may open it."""

    message: Message
    is_received: bool
    dossier: Dossier | None


def incoming(user: User) -> Direction:
    """Returns which way the messages go that a person receives."""
    return Direction.TO_FIRM if user.is_firm_staff else Direction.TO_CLIENT


def visible_messages(user: User) -> QuerySet[Message]:
    """Returns the messages that a person may see: all for the firm, its own for a client, its sub-accounts included.

    One that was cancelled before it was read is there for its sender's side alone.
    """
    found = Message.objects.exclude(state=MessageState.CANCELLED, direction=incoming(user))
    return found if user.is_firm_staff else found.filter(contact_id=contact_id_of(user) or 0)


def unread_messages(user: User) -> QuerySet[Message]:
    """Returns the messages that wait to be read by a person, the last first."""
    found = visible_messages(user).filter(state=MessageState.UNREAD, direction=incoming(user))
    return found.order_by("-created_at", "-id")


def message_page(user: User, *, query: str, part: str, page: str | None, size: int) -> Page[MessageRow]:
    """Returns a page of a person's messages, the last first: three queries, whatever the number of rows."""
    messages = unread_messages(user) if part == UNREAD else visible_messages(user)
    if part == RECEIVED:
        messages = messages.filter(direction=incoming(user))
    elif part == SENT:
        messages = messages.exclude(direction=incoming(user))
    messages = _holding(messages, query).select_related("contact").order_by("-created_at", "-id")
    found = paginate(messages, page=page, size=size)
    return found.with_rows(message_rows(user, found.rows))


def message_rows(user: User, messages: Sequence[Message]) -> list[MessageRow]:
    """Returns messages as a person lists them: one query, for the dossiers that it may open."""
    ids = {message.dossier_id for message in messages if message.dossier_id is not None}
    dossiers = visible_dossiers(user).only("code", "title").in_bulk(ids)
    way = incoming(user)
    return [
        MessageRow(message, message.direction == way, dossiers.get(message.dossier_id or 0)) for message in messages
    ]


def dossier_of(message: Message, user: User) -> Dossier | None:
    """Returns what a message is about, if the person may still open it."""
    return visible_dossiers(user).filter(pk=message.dossier_id).first() if message.dossier_id else None


def messages_about(dossier: Dossier, user: User) -> list[Message]:
    """Returns the last messages about a dossier that a person sees, the last first."""
    found = visible_messages(user).filter(dossier=dossier).select_related("contact")
    return list(found.order_by("-created_at", "-id")[:MOST_OF_A_DOSSIER])


def readers_of(dossier: Dossier) -> list[Contact]:
    """Returns the contacts to whom one can write about a dossier: those who may read it and can log in."""
    accesses = DossierAccess.objects.filter(dossier=dossier, contact__user__is_active=True)
    return [access.contact for access in accesses.select_related("contact__user").order_by("id")]


def _holding(messages: QuerySet[Message], query: str) -> QuerySet[Message]:
    """Returns those that hold every term, whatever accents and case: in the subject, the text or the contact."""
    terms = fold(query[:MAX_QUERY]).split(" ")[:MAX_TERMS]
    if not any(terms):
        return messages
    words = Concat("subject", Value(" "), "body", Value(" "), "sender_name", output_field=CharField())
    messages = messages.annotate(
        words=Func(Lower(words), Value(_ACCENTED), Value(_PLAIN), function="translate", output_field=CharField())
    )
    for term in filter(None, terms):
        messages = messages.filter(Q(words__contains=term) | Q(contact__search__contains=term))
    return messages
