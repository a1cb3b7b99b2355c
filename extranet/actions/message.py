"""Messages between the firm and its clients: writing, reading, taking back."""

from collections.abc import Callable, Iterable

from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from accounts.models import Role, User
from extranet.actions.history import build_event
from extranet.emails import message_mail
from extranet.enums import Direction, EventKind, MessageState
from extranet.models import Contact, Dossier, Message
from extranet.queries.contact import contact_id_of
from extranet.queries.message import incoming
from kernel.errors import DomainError
from mail.actions.outgoing import queue_mail

#: Of the original, how many characters an answer repeats.
MAX_QUOTE = 5_000
#: Returns the full address of a message's page from its code.
type LinkTo = Callable[[str], str]


@transaction.atomic
def write_to_clients(
    contacts: Iterable[Contact],
    *,
    subject: str,
    body: str,
    user: User,
    link_to: LinkTo,
    dossier: Dossier | None = None,
) -> list[Message]:
    """Returns one message for each contact (read with its account), who are told by mail that it is there.

    Raises DomainError `empty` without a subject, a text or anybody to write to.
    """
    messages: list[Message] = []
    for contact in contacts:
        message = _write(contact, Direction.TO_CLIENT, subject=subject, body=body, user=user, dossier=dossier)
        messages.append(message)
        if contact.user.is_active:
            _tell(contact.user, message, link_to=link_to)
    if not messages:
        raise DomainError("empty", _("Choose at least one recipient."))
    return messages


@transaction.atomic
def write_to_firm(
    *,
    subject: str,
    body: str,
    user: User,
    link_to: LinkTo,
    dossier: Dossier | None = None,
    answered: Message | None = None,
) -> Message:
    """Returns a client's message to the firm; whom it concerns there is told by mail, the administrators if nobody.

    Raises DomainError `empty` without a subject or a text, `no_contact` when the account is nobody's.
    """
    contact = Contact.objects.filter(pk=contact_id_of(user) or 0).first()
    if contact is None:
        raise DomainError("no_contact", _("This account cannot write messages."))
    message = _write(contact, Direction.TO_FIRM, subject=subject, body=body, user=user, dossier=dossier)
    for person in _concerned(dossier, answered):
        _tell(person, message, link_to=link_to)
    return message


def read_message(message: Message, *, user: User) -> Message:
    """Returns the message, read from now on if the person is of the side that received it."""
    if message.state == MessageState.UNREAD and message.direction == incoming(user):
        now = timezone.now()
        unread = Message.objects.filter(pk=message.pk, state=MessageState.UNREAD)
        if unread.update(state=MessageState.READ, read_at=now):
            message.state, message.read_at = MessageState.READ, now
    return message


def cancel_message(message: Message, *, user: User) -> None:
    """Takes back what the person wrote; raises DomainError `not_yours` or, once somebody read it, `already_read`."""
    if message.sender_id != user.pk:
        raise DomainError("not_yours", _("Only who wrote a message can cancel it."))
    unread = Message.objects.filter(pk=message.pk, state=MessageState.UNREAD)
    if not unread.update(state=MessageState.CANCELLED):
        raise DomainError("already_read", _("This message has been read: it can no longer be cancelled."))


def answer_subject(message: Message) -> str:
    """Returns the subject of an answer."""
    text = message.subject
    return text if text.lower().startswith("re:") else f"Re: {text}"[:200]


def quoted(message: Message) -> str:
    """Returns the original as it stands below an answer."""
    date = formats.date_format(timezone.localtime(message.created_at), "SHORT_DATETIME_FORMAT")
    head = _("On %(date)s, %(name)s wrote:") % {"date": date, "name": message.sender_name}
    body = message.body[:MAX_QUOTE] + ("…" if len(message.body) > MAX_QUOTE else "")
    return "\n".join([head, *(f"> {line}" for line in body.splitlines())])


def _write(
    contact: Contact, direction: Direction, *, subject: str, body: str, user: User, dossier: Dossier | None
) -> Message:
    subject, body = " ".join(subject.split())[:200], body.strip()
    if not subject or not body:
        raise DomainError("empty", _("A message needs a subject and a text."))
    message = Message.objects.create(
        contact=contact,
        dossier=dossier,
        direction=direction,
        subject=subject,
        body=body,
        sender=user,
        sender_name=str(user)[:120],
    )
    if dossier is not None:
        build_event(dossier, EventKind.MESSAGE, actor=user, contact=contact, subject=subject).save()
    return message


def _concerned(dossier: Dossier | None, answered: Message | None) -> list[User]:
    """Returns who of the firm is told: the author of what is answered, who published the dossier, else the admins."""
    staff = User.objects.filter(role__in=[Role.ADMIN, Role.STAFF], is_active=True)
    keys = {answered.sender_id if answered else None, dossier.created_by_id if dossier else None}
    found = list(staff.filter(pk__in=[key for key in keys if key is not None]).order_by("pk"))
    return found or list(staff.filter(role=Role.ADMIN).order_by("pk"))


def _tell(person: User, message: Message, *, link_to: LinkTo) -> None:
    with person.in_own_language():
        content = message_mail(message, name=str(person), link=link_to(message.code))
        queue_mail(to=person.email, content=content, kind="message")
