"""What sends mail; importing this package registers its jobs."""

from mail.actions import outgoing  # noqa: F401
