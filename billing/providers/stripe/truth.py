"""What Stripe's objects say, in our words."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from billing.enums import Dispute, Method, RefundStatus
from billing.providers.base import RefundTruth, Truth, TruthState

_METHODS = {
    "card": Method.CARD,
    "paypal": Method.PAYPAL,
    "sepa_debit": Method.DIRECT_DEBIT,
    "customer_balance": Method.TRANSFER,
}
_REFUNDS = {
    "pending": RefundStatus.PENDING,
    "requires_action": RefundStatus.PENDING,
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.FAILED,
}
#: An enquiry of the bank ("warning") takes no money, yet wants an answer all the same.
_DISPUTES = {
    "won": Dispute.WON,
    "warning_closed": Dispute.WON,
    "lost": Dispute.LOST,
    "prevented": Dispute.NONE,
}
_WEIGHT = (Dispute.NONE, Dispute.WON, Dispute.OPEN, Dispute.LOST)


type Told = Mapping[str, Any]


def truth_of(session: Told, *, refunds: Sequence[Told], disputes: Sequence[Told]) -> Truth:
    """Returns what a Checkout Session says, its payment intent and latest charge expanded."""
    intent: Told = session["payment_intent"] or {}
    charge: Told = intent.get("latest_charge") or {}
    state = _state(session, intent)
    moving = session["status"] == "complete" and bool(intent)
    method, instrument = _instrument(charge, waits=moving and state is TruthState.PENDING)
    took = state is TruthState.SUCCEEDED
    return Truth(
        state=state,
        amount=(intent["amount_received"] if intent else session["amount_total"]) if took else None,
        currency=str(session["currency"] or "").upper(),
        reference=session["client_reference_id"] or "",
        live=session["livemode"],
        capture_ref=intent["id"] if moving else "",
        paid_at=datetime.fromtimestamp(charge["created"], UTC) if took and charge else None,
        method=method,
        instrument=instrument if took else "",
        refunds=tuple(refund_of(refund) for refund in refunds),
        dispute=_dispute(disputes),
        error="" if took else _error(intent),
    )


def _state(session: Told, intent: Told) -> TruthState:
    """Returns the state of a session; a complete one may still wait for the bank, or have failed there."""
    if session["status"] == "expired":
        return TruthState.EXPIRED
    if session["status"] != "complete":
        return TruthState.PENDING
    if session["payment_status"] in {"paid", "no_payment_required"}:
        return TruthState.SUCCEEDED
    status = intent.get("status")
    if status == "succeeded":
        return TruthState.SUCCEEDED
    if status in {"requires_payment_method", "canceled"}:
        return TruthState.FAILED
    return TruthState.PENDING


def _instrument(charge: Told, *, waits: bool) -> tuple[Method, str]:
    details = charge.get("payment_method_details") or {}
    kind = str(details.get("type") or "")
    if not kind:
        return (Method.DIRECT_DEBIT if waits else Method.CARD), ""
    told = details.get(kind) or {}
    last = told.get("last4") or ""
    name = str(told.get("brand") or kind).title() if kind == "card" else kind.removesuffix("_debit").upper()
    return _METHODS.get(kind, Method.OTHER), f"{name} •••• {last}" if last else name


def refund_of(refund: Told) -> RefundTruth:
    """Returns a refund; its metadata carries our code when we made it."""
    return RefundTruth(
        ref=refund["id"],
        amount=refund["amount"],
        status=_REFUNDS.get(refund["status"] or "", RefundStatus.PENDING),
        reference=(refund.get("metadata") or {}).get("refund") or "",
        error=refund.get("failure_reason") or "",
    )


def _dispute(disputes: Sequence[Told]) -> Dispute:
    found = [_DISPUTES.get(dispute["status"], Dispute.OPEN) for dispute in disputes]
    return max(found, key=_WEIGHT.index, default=Dispute.NONE)


def _error(intent: Told) -> str:
    wrong = intent.get("last_payment_error") or {}
    return str(wrong.get("message") or wrong.get("code") or "")[:300]
