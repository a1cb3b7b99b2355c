"""Messages between the firm and its clients: writing, answering, reading, taking back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from extranet.actions.history import build_event
from extranet.actions.message_file import attach_to_messages
from extranet.actions.message_notice import tell_of_message
from extranet.actions.webhook_emit import emit, message_data
from extranet.enums import Direction, EventKind, MessageState
from extranet.message_tags import tag_values
from extranet.models import Contact, Dossier, Message, Order
from extranet.queries.contact import contact_id_of
from extranet.queries.message import conversation_of, dossier_of, incoming, order_of
from kernel.errors import DomainError
from kernel.text import search_text
from mail.tags import fill_tags
from storage.models import StoredFile
from themes.models import current_branding

#: Of a text, how many characters can be searched.
SEARCHED = 5_000


@dataclass(frozen=True)
class MailFacts:
    """What is kept of the mail that a message came by."""

    sender: str
    message_id: str
    text: str = ""
    note: str = ""


@transaction.atomic
def write_to_clients(
    contacts: Iterable[Contact],
    *,
    subject: str,
    body: str,
    user: User,
    dossier: Dossier | None = None,
    order: Order | None = None,
    files: Sequence[StoredFile] = (),
) -> list[Message]:
    """Returns one message for each contact (read with its account), its tags filled; each is told by mail.

    Raises DomainError `empty` without a subject, a text or anybody to write to, `upload_gone` when a file is no longer
    there, `too_many_files`.
    """
    firm_name = current_branding().site_name
    messages: list[Message] = []
    for contact in contacts:
        values = tag_values(contact, user=user, firm_name=firm_name, dossier=dossier, order=order)
        message = _write(
            Message(contact=contact, direction=Direction.TO_CLIENT, dossier=dossier, order=order),
            subject=fill_tags(subject, values),
            body=fill_tags(body, values),
            user=user,
        )
        messages.append(message)
    if not messages:
        raise DomainError("empty", _("Choose at least one recipient."))
    attach_to_messages(messages, files=files)
    for message in messages:
        tell_of_message(message)
    return messages


@transaction.atomic
def write_to_firm(
    *,
    subject: str,
    body: str,
    user: User,
    dossier: Dossier | None = None,
    order: Order | None = None,
    files: Sequence[StoredFile] = (),
) -> Message:
    """Returns a client's message to the firm; whom it concerns there is told by mail, the administrators if nobody.

    Raises DomainError `empty`, `upload_gone`, `too_many_files`, and `no_contact` when the account is nobody's.
    """
    contact = Contact.objects.filter(pk=contact_id_of(user) or 0).first()
    if contact is None:
        raise DomainError("no_contact", _("This account cannot write messages."))
    message = _write(
        Message(contact=contact, direction=Direction.TO_FIRM, dossier=dossier, order=order),
        subject=subject,
        body=body,
        user=user,
    )
    attach_to_messages([message], files=files)
    tell_of_message(message)
    emit("message.received", [message], message_data)
    return message


@transaction.atomic
def answer_message(
    message: Message, *, body: str, user: User, files: Sequence[StoredFile] = (), mail: MailFacts | None = None
) -> Message:
    """Returns a person's next message in a conversation, of which all that it received is then read.

    It is about what the conversation is about, as far as the person may still see that. Raises DomainError `empty`,
    `upload_gone`, `too_many_files`, `erased` when the contact's data were erased.
    """
    if message.contact.erased_at is not None:
        raise DomainError("erased", _("This contact’s personal data were erased: nobody can write to it."))
    begun = message.first or message
    read_conversation(message, user=user)
    facts = mail or MailFacts("", "")
    answer = _write(
        Message(
            contact=message.contact,
            first=begun,
            direction=Direction.TO_CLIENT if user.is_firm_staff else Direction.TO_FIRM,
            dossier=dossier_of(begun, user),
            order=order_of(begun, user),
            mail_from=facts.sender,
            mail_id=facts.message_id,
            mail_text=facts.text,
            note=facts.note,
        ),
        subject=answer_subject(begun),
        body=body,
        user=user,
    )
    attach_to_messages([answer], files=files)
    tell_of_message(answer)
    if answer.direction == Direction.TO_FIRM:
        emit("message.received", [answer], message_data)
    return answer


def read_conversation(message: Message, *, user: User) -> int:
    """Returns how many messages of a conversation the person's side has read by this."""
    unread = conversation_of(message, user).filter(state=MessageState.UNREAD, direction=incoming(user))
    return unread.update(state=MessageState.READ, read_at=timezone.now())


def mark_unread(message: Message, *, user: User) -> None:
    """Makes a message that was received wait to be read again; raises DomainError `not_received`."""
    if message.direction != incoming(user):
        raise DomainError("not_received", _("Only a message that was received can be marked as unread."))
    Message.objects.filter(pk=message.pk, state=MessageState.READ).update(state=MessageState.UNREAD, read_at=None)


def cancel_message(message: Message, *, user: User) -> None:
    """Takes back what the person wrote; raises DomainError `not_yours` or, once somebody read it, `already_read`."""
    if message.sender_id != user.pk:
        raise DomainError("not_yours", _("Only who wrote a message can cancel it."))
    unread = Message.objects.filter(pk=message.pk, state=MessageState.UNREAD)
    if not unread.update(state=MessageState.CANCELLED, cancelled_at=timezone.now()):
        raise DomainError("already_read", _("This message has been read: it can no longer be cancelled."))


def answer_subject(message: Message) -> str:
    """Returns the subject of an answer."""
    text = message.subject
    return text if text.lower().startswith("re:") else f"Re: {text}"[:200]


def _write(message: Message, *, subject: str, body: str, user: User) -> Message:
    message.subject, message.body = " ".join(subject.split())[:200], body.strip()
    if not message.subject or not message.body:
        raise DomainError("empty", _("A message needs a subject and a text."))
    message.sender, message.sender_name = user, str(user)[:120]
    message.search = search_text(message.subject, message.sender_name, message.body[:SEARCHED])
    message.save()
    if message.dossier is not None:
        event = build_event(
            message.dossier, EventKind.MESSAGE, actor=user, contact=message.contact, subject=message.subject
        )
        event.save()
    return message
