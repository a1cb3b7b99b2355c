"""What sends mail and text messages; importing this package registers its jobs."""

from mail.actions import outgoing, sms, sms_news  # noqa: F401
