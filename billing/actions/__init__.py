"""What changes payments; importing this package registers its jobs."""

from billing.actions import receiving, reconciling, refunding, reminding, settling

__all__ = ["receiving", "reconciling", "refunding", "reminding", "settling"]
