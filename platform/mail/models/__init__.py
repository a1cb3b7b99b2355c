"""The queue of outgoing mail."""

from mail.models.outgoing import MailState, OutgoingMail

__all__ = ["MailState", "OutgoingMail"]
