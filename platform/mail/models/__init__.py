"""The queue of outgoing mail."""

from mail.models.outgoing import MailAttachment, MailState, OutgoingMail

__all__ = ["MailAttachment", "MailState", "OutgoingMail"]
