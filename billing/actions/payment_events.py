"""What other software is told of a payment, in the transaction in which its money moved."""

from typing import Any

from billing.models import Payment
from extranet.actions.webhook_emit import emit
from extranet.webhook_kinds import API


def tell_succeeded(payment: Payment) -> None:
    """Tells that money came, whatever a person has to look at about it."""
    emit("payment.succeeded", [payment], _data)


def tell_refunded(payment: Payment) -> None:
    """Tells that money went back; `refunded` is all that was given back by now."""
    emit("payment.refunded", [payment], lambda each: {**_data(each), "refunded": each.refunded})


def _data(payment: Payment) -> dict[str, Any]:
    codes = payment.lines.exclude(dossier=None).order_by("pk").values_list("dossier__code", flat=True)
    return {
        "payment": payment.code,
        "amount": payment.amount,
        "currency": payment.currency,
        "mode": payment.mode,
        "dossiers": list(codes),
        "url": f"{API}/payments/{payment.code}/",
    }
