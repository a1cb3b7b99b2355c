"""The queue of outgoing mail: a row and a job in the transaction of their cause."""

import smtplib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import MIMEPart
from email.utils import parseaddr
from itertools import batched

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers
from django.db import transaction
from django.utils import timezone, translation

from kernel.errors import OutsideServiceError
from kernel.jobs import any_schema_job
from kernel.tenancy import current_schema
from kernel.text import new_code
from mail.content import MailContent
from mail.models import MailAttachment, MailState, OutgoingMail
from mail.queries.text import texts_read_once
from mail.rendering import MailLook, mail_look, render_mail

logger = structlog.get_logger(__name__)

#: How many mails are written by one statement.
BATCH = 500


@dataclass(frozen=True)
class Post:
    """A mail to queue among many; `language`: in which its frame is written, empty for the active one."""

    to: str
    content: MailContent
    kind: str
    confidential: bool = False
    language: str = ""


def queue_mail(*, to: str, content: MailContent, kind: str, confidential: bool = False) -> OutgoingMail:
    """Returns the queued mail, rendered now in the active language; it leaves when the transaction commits."""
    with transaction.atomic():
        (outgoing,) = _queue([_rendered(Post(to, content, kind, confidential), mail_look())])
    return outgoing


@transaction.atomic
def queue_mails(posts: Iterable[Post]) -> int:
    """Returns how many mails were queued, all or none: rendered one by one as they come, written by the batch.

    Give it a generator that composes each mail when it is asked for: texts are then read once, and few are in memory.
    """
    look, count = mail_look(), 0
    with texts_read_once():
        for batch in batched(posts, BATCH, strict=False):
            count += len(_queue([_rendered(post, look) for post in batch]))
    return count


def _rendered(post: Post, look: MailLook) -> tuple[OutgoingMail, MailContent]:
    with translation.override(post.language or translation.get_language()):
        rendered = render_mail(post.content, look=look)
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or settings.BASE_DOMAIN
    outgoing = OutgoingMail(
        to=post.to,
        from_name=rendered.from_name,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        kind=post.kind,
        confidential=post.confidential,
        message_id=f"<{current_schema()}.{new_code()}@{domain}>",
    )
    return outgoing, post.content


def _queue(mails: Sequence[tuple[OutgoingMail, MailContent]]) -> list[OutgoingMail]:
    """Returns the rows, written with their attachments and their jobs; a mail's own job makes its sending resumable."""
    rows = OutgoingMail.objects.bulk_create([outgoing for outgoing, _content in mails])
    MailAttachment.objects.bulk_create(
        [
            MailAttachment(mail=outgoing, name=one.name[:120], content_type=one.content_type, data=one.data)
            for outgoing, content in mails
            for one in content.attachments
        ]
    )
    send_queued_mail.enqueue_many([{"mail_id": outgoing.pk} for outgoing in rows])
    return rows


@any_schema_job(queue="mail")
def send_queued_mail(*, mail_id: int) -> None:
    """Sends a queued mail once; a refused recipient is final, a server that fails is tried again.

    The row is locked while it is sent: a second run waits, sees it sent and does nothing.
    """
    with transaction.atomic():
        outgoing = OutgoingMail.objects.select_for_update().filter(pk=mail_id).first()
        if outgoing is None or outgoing.state != MailState.QUEUED:
            return
        try:
            _send(outgoing)
        except smtplib.SMTPRecipientsRefused as error:
            code, reason = next(iter(error.recipients.values()))
            if code < 500:
                raise OutsideServiceError(f"{code} {reason!r}", retry=True) from error
            outgoing.state = MailState.FAILED
            outgoing.error = f"{code} {reason.decode(errors='replace')}"
            logger.warning("mail_refused", mail_id=mail_id, code=code)
        else:
            outgoing.state = MailState.SENT
            outgoing.sent_at = timezone.now()
        if outgoing.confidential:
            outgoing.text = outgoing.html = ""
        outgoing.attachments.update(data=b"")
        outgoing.save()


def _part(attachment: MailAttachment) -> MIMEPart:
    part = MIMEPart()
    part["Content-Type"] = attachment.content_type
    maintype, subtype = part.get_content_maintype(), part.get_content_subtype()
    params = dict(part["Content-Type"].params)
    del part["Content-Type"]
    part.set_content(
        bytes(attachment.data),
        maintype,
        subtype,
        filename=attachment.name,
        disposition="attachment",
        cte="base64",
        params=params,
    )
    return part


def _send(outgoing: OutgoingMail) -> None:
    # not formataddr: its encoded name loses its quotes on the way, and “É <a@b.example>” becomes an address
    sender = Address(outgoing.from_name or settings.PLATFORM_NAME, addr_spec=parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
    message = EmailMultiAlternatives(
        subject=outgoing.subject,
        body=outgoing.text,
        from_email=str(sender),
        to=[outgoing.to],
        headers={"Message-ID": outgoing.message_id, "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(outgoing.html, "text/html")
    for one in outgoing.attachments.order_by("pk"):
        message.attach(_part(one))
    try:
        mailers.default.send_messages([message])
    except smtplib.SMTPRecipientsRefused:
        raise
    except (OSError, smtplib.SMTPException) as error:
        raise OutsideServiceError(f"SMTP: {error}", retry=True) from error
