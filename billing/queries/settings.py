"""What a firm decided about payments."""

from billing.models import BillingSettings


def billing_settings() -> BillingSettings:
    """Returns the firm's settings: its one row."""
    return BillingSettings.objects.get(pk=1)
