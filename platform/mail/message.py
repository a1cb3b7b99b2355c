"""A queued mail as the message that leaves, from whom it says it comes included."""

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import MIMEPart
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext as _

from mail.bounce_address import bounce_address
from mail.models import MailAttachment, MailServer, OutgoingMail


@dataclass(frozen=True)
class Sender:
    """As whom a mail leaves: what readers see, where answers go, and whom servers report to."""

    shown: str
    reply_to: str
    envelope: str


def platform_sender(mail: OutgoingMail, server: MailServer | None) -> Sender:
    """Returns the platform's own sender, in the name of the firm that writes."""
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    name = (server.from_name if server else "") or mail.from_name
    if name and name != settings.PLATFORM_NAME:
        name = _("%(firm)s via %(platform)s") % {"firm": name, "platform": settings.PLATFORM_NAME}
    # not formataddr: its encoded name loses its quotes on the way, and “É <a@b.example>” becomes an address
    shown = Address(name or settings.PLATFORM_NAME, addr_spec=address)
    answers = (server.reply_to or server.from_address) if server else ""
    return Sender(str(shown), answers, bounce_address(mail) or address)


def own_sender(mail: OutgoingMail, server: MailServer) -> Sender:
    """Returns the firm's own sender; its host reports to that address, for it lets no other one through."""
    shown = Address(server.from_name or mail.from_name, addr_spec=server.from_address)
    return Sender(str(shown), server.reply_to, server.from_address)


def message_of(mail: OutgoingMail, sender: Sender) -> EmailMultiAlternatives:
    """Returns the message; its `from_email` is the envelope's sender."""
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=sender.envelope,
        to=[mail.to],
        reply_to=[answers] if (answers := mail.reply_to or sender.reply_to) else None,
        headers={"From": sender.shown, "Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(mail.html, "text/html")
    for one in mail.attachments.order_by("pk") if mail.pk else ():
        message.attach(_part(one))
    return message


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
