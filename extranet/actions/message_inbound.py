"""Answers that come back by mail (decisions/0028)."""

from datetime import timedelta

import structlog
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from extranet.actions.message import MailFacts, answer_message
from extranet.actions.message_file import MAX_BYTES, MAX_FILES
from extranet.message_address import ReplyAddress, read_reply_address
from extranet.models import CollaboratorEmail, Contact, Message
from extranet.queries.message import conversation_of
from kernel.errors import DomainError
from kernel.tenancy import firm_context, public_context
from mail.actions.bounces import take_report
from mail.bounce_address import read_bounce_address
from mail.inbound import InboundFile, InboundMail, read_mail
from storage.actions.files import delete_stored_file, store_bytes
from storage.models import StoredFile
from tenants.models import Firm

logger = structlog.get_logger(__name__)

#: By mail, one person in one conversation: more in an hour is a loop.
MOST_AN_HOUR = 30
OK = "250 2.0.0 Taken"
UNKNOWN = "550 5.1.1 There is no such address here"
NOT_YOURS = "550 5.7.1 Answer from the address that the message was sent to, or on the portal"
EMPTY = "550 5.6.0 The mail says nothing that could be kept"
UNREADABLE = "550 5.6.0 The mail cannot be read"
CLOSED = "450 4.2.1 This portal is closed for now: try again later"
TOO_MANY = "450 4.7.1 Too many answers in an hour: try again later"


class MessageDesk:
    """Where mails to us end: an answer becomes a message or is refused at once, a report is noted."""

    def accepts(self, address: str) -> str:
        """Returns whether we made this address and its conversation and person are still there."""
        if read_bounce_address(address) is not None:
            return OK
        named = read_reply_address(address)
        schema = _schema_of(named) if named else ""
        if named is None or not schema:
            return UNKNOWN if schema is not None else CLOSED
        with firm_context(schema):
            return OK if _find(named) else UNKNOWN

    def take(self, address: str, raw: bytes) -> str:
        """Returns what became of a mail; a mail that a program sent is dropped, the same mail is taken once."""
        if read_bounce_address(address) is not None:
            take_report(raw, recipient=address)
            return OK
        named = read_reply_address(address)
        schema = _schema_of(named) if named else ""
        if named is None or not schema:
            return UNKNOWN if schema is not None else CLOSED
        try:
            mail = read_mail(raw)
        except DomainError:
            return UNREADABLE
        with firm_context(schema):
            found = _find(named)
            return take_answer(*found, mail=mail) if found else UNKNOWN


def take_answer(message: Message, user: User, *, mail: InboundMail) -> str:
    """Returns, as a line of SMTP, what became of a person's mail in a conversation (its first message).

    Call it outside a transaction: attachments are scanned and stored. What of them is refused is named in the message.
    """
    if mail.is_automatic or mail.is_report:
        logger.info("inbound_mail_ignored", message=message.code, report=mail.is_report)
        return OK
    if mail.sender not in addresses_of(user):
        logger.info("inbound_mail_of_a_stranger", message=message.code)
        return NOT_YOURS
    known = Message.objects.filter(first=message)
    if known.filter(mail_id=mail.message_id).exists():
        return OK
    lately = timezone.now() - timedelta(hours=1)
    if known.filter(sender=user, created_at__gte=lately).exclude(mail_id="").count() >= MOST_AN_HOUR:
        return TOO_MANY
    with user.in_own_language():
        stored, refused = _store_files(mail.files, user)
        body = mail.reply or (_("(attachments only)") if stored or refused else "")
        facts = MailFacts(
            sender=mail.sender[:254],
            message_id=mail.message_id,
            text=mail.text if mail.text != mail.reply else "",
            note="\n".join(refused),
        )
        try:
            with transaction.atomic():
                answer_message(message, body=body, user=user, files=stored, mail=facts)
        except IntegrityError:
            # the same mail, at the same time
            _drop(stored)
        except DomainError as error:
            _drop(stored)
            return EMPTY if error.code == "empty" else UNKNOWN
    return OK


def addresses_of(user: User) -> set[str]:
    """Returns the addresses, in small letters, from which a person may answer: a contact's collaborators' too."""
    found = {user.email.lower()}
    contact = Contact.objects.filter(user=user).first() if user.is_client else None
    if contact is not None:
        emails = CollaboratorEmail.objects.filter(contact=contact)
        found.update(emails.values_list(Lower("email"), flat=True))
    return found


def _schema_of(named: ReplyAddress | None) -> str | None:
    """Returns the schema of an address's firm, "" when there is none, None while its portal is closed."""
    if named is None:
        return ""
    with public_context():
        firm = Firm.objects.only("schema_name", "status").filter(pk=named.firm_id).first()
    if firm is None:
        return ""
    return str(firm.schema_name) if firm.is_open else None


def _find(named: ReplyAddress) -> tuple[Message, User] | None:
    """Returns the conversation and the person that an address of the current firm names, if both may still write."""
    if not named.is_genuine():
        return None
    message = Message.objects.select_related("contact__user").filter(code=named.code).first()
    user = User.objects.filter(pk=named.user_id, is_active=True).first()
    if message is None or user is None or message.contact.erased_at is not None:
        return None
    return (message, user) if conversation_of(message, user).exists() else None


def _store_files(files: list[InboundFile], user: User) -> tuple[list[StoredFile], list[str]]:
    """Returns what of a mail's attachments was stored, and why the others were not."""
    stored: list[StoredFile] = []
    refused: list[str] = []
    room = MAX_BYTES
    for file in files:
        if not file.data:
            continue
        if len(stored) >= MAX_FILES or len(file.data) > room:
            refused.append(_("“%(name)s” was left out: there were too many attachments.") % {"name": file.name})
            continue
        try:
            kept = store_bytes(file.data, name=file.name, user=user)
        except DomainError as error:
            refused.append(str(error))
        else:
            stored.append(kept)
            room -= kept.size
    return stored, refused


def _drop(stored: list[StoredFile]) -> None:
    for file in stored:
        delete_stored_file(file)
