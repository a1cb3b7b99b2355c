"""The queue of outgoing mail, and firms' own texts of mails."""

from mail.models.outgoing import MailAttachment, MailState, OutgoingMail
from mail.models.text import MailText, MailTextVersion

__all__ = ["MailAttachment", "MailState", "MailText", "MailTextVersion", "OutgoingMail"]
