"""Under which means of payment a cheque, a transfer or cash is recorded."""

from django.db import transaction
from django.utils import timezone

from billing.enums import Method, Mode, Provider
from billing.models import BillingSettings, ProviderAccount


@transaction.atomic
def manual_account(method: str) -> ProviderAccount:
    """Returns the firm's manual means of payment for a method: the one offered to clients, else one of its own.

    A firm that offers none still gets cheques: they are recorded under one that is not among its means of payment.
    """
    BillingSettings.objects.select_for_update().get(pk=1)  # two who record at once must not make two
    found = ProviderAccount.objects.filter(provider=Provider.MANUAL, manual_method=method)
    known = found.order_by("-is_active", "deleted_at", "id").filter(deleted_at__isnull=True).first() or found.first()
    return known or ProviderAccount.objects.create(
        provider=Provider.MANUAL,
        mode=Mode.LIVE,
        label=str(Method(method).label)[:80],
        manual_method=method,
        deleted_at=timezone.now(),
    )
