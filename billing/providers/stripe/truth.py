"""What Stripe's objects say, in our words."""

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


def truth_of(session: Any, *, refunds: list[Any], disputes: list[Any]) -> Truth:
    """Returns what a Checkout Session says, its payment intent and latest charge expanded."""
    intent = session.payment_intent
    charge = intent.latest_charge if intent else None
    state = _state(session, intent)
    moving = session.status == "complete" and intent is not None
    method, instrument = _instrument(charge, waits=moving and state is TruthState.PENDING)
    took = state is TruthState.SUCCEEDED
    return Truth(
        state=state,
        amount=(intent.amount_received if intent else session.amount_total) if took else None,
        currency=str(session.currency or "").upper(),
        reference=session.client_reference_id or "",
        live=session.livemode,
        capture_ref=intent.id if moving else "",
        paid_at=datetime.fromtimestamp(charge.created, UTC) if took and charge else None,
        method=method,
        instrument=instrument if took else "",
        refunds=tuple(refund_of(refund) for refund in refunds),
        dispute=_dispute(disputes),
        error="" if took else _error(intent),
    )


def _state(session: Any, intent: Any) -> TruthState:
    """Returns the state of a session; a complete one may still wait for the bank, or have failed there."""
    if session.status == "expired":
        return TruthState.EXPIRED
    if session.status != "complete":
        return TruthState.PENDING
    if session.payment_status in {"paid", "no_payment_required"}:
        return TruthState.SUCCEEDED
    status = intent.status if intent else ""
    if status == "succeeded":
        return TruthState.SUCCEEDED
    if status in {"requires_payment_method", "canceled"}:
        return TruthState.FAILED
    return TruthState.PENDING


def _instrument(charge: Any, *, waits: bool) -> tuple[Method, str]:
    details = charge.payment_method_details if charge else None
    kind = details.type if details else ""
    if not details or not kind:
        return (Method.DIRECT_DEBIT if waits else Method.CARD), ""
    method = _METHODS.get(kind, Method.OTHER)
    told = details.get(kind) or {}
    last = told.get("last4") or ""
    name = str(told.get("brand") or "").title() if kind == "card" else kind.replace("_debit", "").upper()
    return method, f"{name} •••• {last}" if last else name


def refund_of(refund: Any) -> RefundTruth:
    """Returns a refund; its metadata carries our code when we made it."""
    return RefundTruth(
        ref=refund.id,
        amount=refund.amount,
        status=_REFUNDS.get(refund.status or "", RefundStatus.PENDING),
        reference=(refund.metadata or {}).get("refund") or "",
        error=refund.get("failure_reason") or "",
    )


def _dispute(disputes: list[Any]) -> Dispute:
    found = [_DISPUTES.get(dispute.status, Dispute.OPEN) for dispute in disputes]
    return max(found, key=_WEIGHT.index, default=Dispute.NONE)


def _error(intent: Any) -> str:
    wrong = intent.last_payment_error if intent else None
    return str(wrong.get("message") or wrong.get("code") or "")[:300] if wrong else ""
