"""What operators do; importing this package registers its jobs."""

from console.actions import export, figures, purge, sign_ups  # noqa: F401
