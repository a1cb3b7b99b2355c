"""The messages that a person sees, its own lists of them, and how many wait for it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from accounts.models import User
from extranet.enums import Direction, MessageState
from extranet.models import Contact, Dossier, DossierAccess, Message, MessageFile, MessageNotice, Order
from extranet.queries.contact import contact_id_of
from extranet.queries.dossier_filter import visible_dossiers
from extranet.queries.order_filter import visible_orders
from mail.models import OutgoingMail

#: Of a dossier's messages, how many its page shows; of a conversation, how many its page does.
MOST_OF_A_DOSSIER = 50
MOST_OF_A_CONVERSATION = 200
#: Beyond, the count in the menu says so.
MOST_COUNTED = 99


@dataclass(frozen=True)
class Bubble:
    """A message of a conversation, with what was joined to it and, for the firm, the mails that told of it."""

    message: Message
    is_received: bool
    may_cancel: bool
    files: list[MessageFile]
    mails: list[OutgoingMail] = field(default_factory=list)


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
    found = Message.objects.filter(state=MessageState.UNREAD, direction=incoming(user))
    found = found if user.is_firm_staff else found.filter(contact_id=contact_id_of(user) or 0)
    return found.order_by("-created_at", "-id")


def unread_count(user: User) -> int:
    """Returns how many messages wait to be read by a person, at most MOST_COUNTED + 1."""
    return unread_messages(user).order_by()[: MOST_COUNTED + 1].count()


def conversation_of(message: Message, user: User) -> QuerySet[Message]:
    """Returns the messages of a conversation that a person may see, in their order."""
    key = message.first_id_or_own
    found = visible_messages(user).filter(Q(pk=key) | Q(first_id=key), contact_id=message.contact_id)
    return found.order_by("created_at", "id")


def bubbles_of(message: Message, user: User) -> list[Bubble]:
    """Returns the last messages of a conversation as its page shows them: three queries, whatever there is."""
    newest = conversation_of(message, user).order_by("-created_at", "-id")[:MOST_OF_A_CONVERSATION]
    shown = sorted(newest, key=lambda one: (one.created_at, one.pk))
    keys = [one.pk for one in shown]
    files: dict[int, list[MessageFile]] = {}
    for file in MessageFile.objects.filter(message_id__in=keys).select_related("stored").order_by("id"):
        files.setdefault(file.message_id, []).append(file)
    mails: dict[int, list[OutgoingMail]] = {}
    if user.is_firm_staff:
        notices = MessageNotice.objects.filter(message_id__in=keys).select_related("mail").order_by("id")
        for notice in notices.defer("mail__text", "mail__html"):
            mails.setdefault(notice.message_id, []).append(notice.mail)
    way = incoming(user)
    return [
        Bubble(
            one,
            is_received=one.direction == way,
            may_cancel=one.sender_id == user.pk and one.state == MessageState.UNREAD,
            files=files.get(one.pk, []),
            mails=mails.get(one.pk, []),
        )
        for one in shown
    ]


def dossier_of(message: Message, user: User) -> Dossier | None:
    """Returns the dossier that a message is about, if the person may still open it."""
    return visible_dossiers(user).filter(pk=message.dossier_id).first() if message.dossier_id else None


def order_of(message: Message, user: User) -> Order | None:
    """Returns the order that a message is about, if the person may still open it."""
    return visible_orders(user).filter(pk=message.order_id).first() if message.order_id else None


def messages_about(dossier: Dossier, user: User) -> list[Message]:
    """Returns the last messages about a dossier that a person sees, the last first."""
    found = visible_messages(user).filter(dossier=dossier).select_related("contact")
    return list(found.order_by("-created_at", "-id")[:MOST_OF_A_DOSSIER])


def readers_of(dossier: Dossier) -> list[Contact]:
    """Returns the contacts to whom one can write about a dossier: those who may read it and can log in."""
    accesses = DossierAccess.objects.filter(dossier=dossier, contact__user__is_active=True)
    return [access.contact for access in accesses.select_related("contact__user").order_by("id")]


def contacts_of_kinds(kinds: Sequence[str]) -> QuerySet[Contact]:
    """Returns the contacts of some types who can log in, with their account."""
    found = Contact.objects.filter(kind__in=kinds, user__is_active=True, erased_at__isnull=True)
    return found.select_related("user").order_by("id")
