"""Mails, the servers by which they leave and the addresses that they do not reach."""

from mail.models.outgoing import Bounce, MailAttachment, MailState, OutgoingMail, Route
from mail.models.server import MailServer, Security, SendingHour, Trouble
from mail.models.stopped import StoppedAddress

__all__ = [
    "Bounce",
    "MailAttachment",
    "MailServer",
    "MailState",
    "OutgoingMail",
    "Route",
    "Security",
    "SendingHour",
    "StoppedAddress",
    "Trouble",
]
