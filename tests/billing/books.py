"""Rows of payments in the current firm, as they stand after whatever happened to them."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from billing.actions.manual_account import manual_account
from billing.enums import Method, Mode, PaymentStatus, Provider
from billing.models import Payment, PaymentLine, ProviderAccount
from extranet.models import Dossier


def add_payment(
    amount: int,
    *,
    account: ProviderAccount | None = None,
    mode: Mode = Mode.LIVE,
    status: PaymentStatus = PaymentStatus.SUCCEEDED,
    paid_at: datetime | None = None,
    dossiers: list[tuple[Dossier, int]] | None = None,
    title: str = "Maison",
    **columns: Any,
) -> Payment:
    """Returns a payment of some cents; without an account it is a transfer."""
    account = account or manual_account(Method.TRANSFER)
    paid = status == PaymentStatus.SUCCEEDED
    method = columns.pop("method", Method.TRANSFER if account.provider == Provider.MANUAL else Method.CARD)
    payment = Payment.objects.create(
        account=account,
        provider=account.provider,
        mode=mode,
        status=status,
        method=method,
        amount=amount,
        paid_at=(paid_at or timezone.now()) if paid else None,
        **{"payer_name": "Paul Payeur", "vat_rate": 20} | columns,
    )
    for dossier, part in dossiers or []:
        PaymentLine.objects.create(
            payment=payment, dossier=dossier, title=dossier.title, reference=dossier.reference, amount=part
        )
    if not dossiers:
        PaymentLine.objects.create(payment=payment, title=title, amount=amount)
    return payment
