"""What a firm decides about its receipts."""

from django.db import transaction

from billing.models import BillingSettings
from extranet.models import PortalSettings


@transaction.atomic
def save_receipt_settings(settings: BillingSettings, *, legal_mentions: str) -> BillingSettings:
    """Returns the settings, saved with the legal lines that all of the firm's documents bear."""
    settings.save(update_fields=["vat_rate"])
    PortalSettings.objects.filter(pk=1).update(legal_mentions=legal_mentions)
    return settings
