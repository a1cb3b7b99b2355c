"""What changes which firms there are; importing this package registers its jobs."""

from tenants.actions import signup  # noqa: F401
