"""What changes who may log in; importing this package registers its jobs."""

from accounts.actions import signup  # noqa: F401
