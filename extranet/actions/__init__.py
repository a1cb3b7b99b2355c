"""What changes the portal; importing this package registers its jobs."""

from extranet.actions import search  # noqa: F401
