"""Mails and a firm's own texts of them, servers, addresses that mails do not reach; text messages."""

from mail.models.outgoing import Bounce, MailAttachment, MailState, OutgoingMail, Route
from mail.models.server import MailServer, Security, SendingHour, Trouble
from mail.models.sms import OutgoingSms, SmsAccount, SmsConsent, SmsModel, SmsSettings, StoppedNumber
from mail.models.stopped import StoppedAddress
from mail.models.text import MailText, MailTextVersion

__all__ = [
    "Bounce",
    "MailAttachment",
    "MailServer",
    "MailState",
    "MailText",
    "MailTextVersion",
    "OutgoingMail",
    "OutgoingSms",
    "Route",
    "Security",
    "SendingHour",
    "SmsAccount",
    "SmsConsent",
    "SmsModel",
    "SmsSettings",
    "StoppedAddress",
    "StoppedNumber",
    "Trouble",
]
