"""The queue of outgoing mail and of text messages."""

from mail.models.outgoing import MailAttachment, MailState, OutgoingMail
from mail.models.sms import OutgoingSms, SmsAccount, SmsConsent, SmsModel, SmsSettings, StoppedNumber

__all__ = [
    "MailAttachment",
    "MailState",
    "OutgoingMail",
    "OutgoingSms",
    "SmsAccount",
    "SmsConsent",
    "SmsModel",
    "SmsSettings",
    "StoppedNumber",
]
