"""What PayPal's orders, captures, refunds and disputes say, in our words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from billing.enums import Dispute, Method, RefundStatus
from billing.providers.base import RefundTruth, Truth, TruthState

_REFUNDS = {
    "PENDING": RefundStatus.PENDING,
    "COMPLETED": RefundStatus.SUCCEEDED,
    "FAILED": RefundStatus.FAILED,
    "CANCELLED": RefundStatus.FAILED,
}
_CAPTURES = {
    "COMPLETED": TruthState.SUCCEEDED,
    "PARTIALLY_REFUNDED": TruthState.SUCCEEDED,
    "REFUNDED": TruthState.SUCCEEDED,
    "REVERSED": TruthState.REVERSED,
    "PENDING": TruthState.PENDING,
    "DECLINED": TruthState.FAILED,
    "FAILED": TruthState.FAILED,
}
#: Of several captures the one that says most.
_RANK = (TruthState.FAILED, TruthState.PENDING, TruthState.REVERSED, TruthState.SUCCEEDED)
_LOST = {"RESOLVED_BUYER_FAVOUR", "ACCEPTED"}
_WEIGHT = (Dispute.NONE, Dispute.WON, Dispute.OPEN, Dispute.LOST)


def on_wire(cents: int) -> str:
    """Returns an amount as PayPal wants it: a decimal with two places, as text."""
    return f"{cents // 100}.{cents % 100:02d}"


def in_cents(value: str) -> int:
    """Returns the cents of a decimal text; raises ValueError when it is none, or has parts of a cent."""
    amount = Decimal(value) * 100
    if not amount.is_finite() or amount != int(amount):
        raise ValueError("no amount in cents")
    return int(amount)


def unit_of(order: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns the one purchase unit of an order of ours."""
    unit: Mapping[str, Any] = order["purchase_units"][0]
    return unit


def capture_of(order: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Returns the capture of an order that counts; a declined one may have others after it."""
    captures: Sequence[Mapping[str, Any]] = (unit_of(order).get("payments") or {}).get("captures") or []
    return max(captures, key=lambda capture: _RANK.index(_state_of(capture)), default=None)


def truth_of_order(order: Mapping[str, Any], *, live: bool, dispute: Dispute) -> Truth:
    """Returns what an order says."""
    unit, capture = unit_of(order), capture_of(order)
    status = order["status"]
    reference = unit.get("custom_id") or (capture or {}).get("custom_id") or ""
    waits = capture is None or (_state_of(capture) is TruthState.FAILED and status == "APPROVED")
    if capture is None or waits:
        state = TruthState.CANCELLED if status == "VOIDED" else TruthState.PENDING
        return Truth(state, reference=reference, live=live, method=Method.PAYPAL)
    refunds = (unit.get("payments") or {}).get("refunds") or []
    method, instrument = _instrument(order.get("payment_source") or {})
    return truth_of_capture(
        capture,
        reference=reference,
        live=live,
        method=method,
        instrument=instrument,
        refunds=[refund_of(refund, reference=reference) for refund in refunds],
        dispute=dispute,
    )


def truth_of_capture(
    capture: Mapping[str, Any],
    *,
    reference: str,
    live: bool,
    method: Method = Method.PAYPAL,
    instrument: str = "",
    refunds: Sequence[RefundTruth] = (),
    dispute: Dispute = Dispute.NONE,
) -> Truth:
    """Returns what a capture says; paid is only what it says is completed."""
    state = _state_of(capture)
    took = state in {TruthState.SUCCEEDED, TruthState.REVERSED}
    told = capture.get("create_time")
    return Truth(
        state,
        amount=in_cents(capture["amount"]["value"]) if took else None,
        currency=capture["amount"]["currency_code"],
        reference=capture.get("custom_id") or reference,
        live=live,
        capture_ref="" if state is TruthState.FAILED else capture["id"],
        paid_at=datetime.fromisoformat(told) if took and told else None,
        method=method,
        instrument=instrument if took else "",
        refunds=tuple(refunds),
        dispute=dispute,
        error="" if took else str((capture.get("status_details") or {}).get("reason") or ""),
    )


def _state_of(capture: Mapping[str, Any]) -> TruthState:
    """Returns the state of a capture; one that we do not know yet waits."""
    return _CAPTURES.get(capture["status"], TruthState.PENDING)


def _instrument(source: Mapping[str, Any]) -> tuple[Method, str]:
    if card := source.get("card"):
        return Method.CARD, f"{str(card.get('brand') or '').title()} •••• {card.get('last_digits') or ''}"
    return Method.PAYPAL, str((source.get("paypal") or {}).get("email_address") or "")


def refund_of(refund: Mapping[str, Any], *, reference: str) -> RefundTruth:
    """Returns a refund; one made elsewhere may carry the payment's own `reference`, which is none of a refund's."""
    ours = refund.get("custom_id") or ""
    return RefundTruth(
        ref=refund["id"],
        amount=in_cents(refund["amount"]["value"]),
        status=_REFUNDS.get(refund["status"], RefundStatus.PENDING),
        reference="" if ours == reference else ours,
        error=str((refund.get("status_details") or {}).get("reason") or ""),
    )


def dispute_of(disputes: Sequence[Mapping[str, Any]]) -> Dispute:
    """Returns what disputes with their outcomes come to."""
    return max((_one(dispute) for dispute in disputes), key=_WEIGHT.index, default=Dispute.NONE)


def _one(dispute: Mapping[str, Any]) -> Dispute:
    if dispute.get("status") != "RESOLVED":
        return Dispute.OPEN
    outcome = (dispute.get("dispute_outcome") or {}).get("outcome_code")
    return Dispute.LOST if outcome in _LOST else Dispute.WON
