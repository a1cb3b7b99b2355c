"""What Lyra's transactions say, of the REST interface and of the form's notifications alike."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from billing.enums import Method, RefundStatus
from billing.providers.base import Attempt, RefundTruth, Truth, TruthState

SUCCESS = {"AUTHORISED", "CAPTURED", "ACCEPTED", "PARTIALLY_AUTHORISED"}
CANCELLED = {"ABANDONED", "NOT_CREATED", "CANCELLED"}
FAILED = {"REFUSED", "CAPTURE_FAILED", "EXPIRED"}
#: What takes the money away again after a success.
UNDONE = {"CANCELLED", "CAPTURE_FAILED"}
_CURRENCIES = {"978": "EUR"}


@dataclass(frozen=True)
class Transaction:
    """One transaction of an order; `status` is the detailed one."""

    uuid: str
    status: str
    amount: int
    currency: str
    credit: bool = False
    paid_at: datetime | None = None
    method: Method = Method.CARD
    instrument: str = ""
    error: str = ""
    #: Whether it is known to have succeeded before.
    had_succeeded: bool = False

    @property
    def rank(self) -> int:
        """How late a state is in the life of a transaction: notifications come in any order."""
        if self.status in UNDONE:
            return 4
        if self.status in SUCCESS:
            return 2 if self.status == "AUTHORISED" else 3
        return 1 if self.status in CANCELLED | FAILED else 0

    @property
    def state(self) -> TruthState:
        """What it says of the attempt; an unknown status waits."""
        if self.status in SUCCESS:
            return TruthState.SUCCEEDED
        if self.status in UNDONE and self.had_succeeded:
            return TruthState.REVERSED
        if self.status in CANCELLED:
            return TruthState.CANCELLED
        if self.status == "EXPIRED":
            return TruthState.EXPIRED
        return TruthState.FAILED if self.status in FAILED else TruthState.PENDING

    def refund(self) -> RefundTruth:
        """Returns a credit as the refund that it is."""
        status = RefundStatus.PENDING
        if self.status in SUCCESS:
            status = RefundStatus.SUCCEEDED
        elif self.status in CANCELLED | FAILED:
            status = RefundStatus.FAILED
        error = (self.error or self.status) if status == RefundStatus.FAILED else ""
        return RefundTruth(self.uuid, self.amount, status, error=error)


def of_rest(told: Mapping[str, Any]) -> Transaction | None:
    """Returns a transaction of the REST interface; None for the verification of a card."""
    operation = told.get("operationType") or "DEBIT"
    if operation not in {"DEBIT", "CREDIT"}:
        return None
    details = told.get("transactionDetails") or {}
    card = details.get("cardDetails") or {}
    created = told.get("creationDate")
    return Transaction(
        uuid=str(told["uuid"]),
        status=str(told["detailedStatus"]),
        amount=int(told["amount"]),
        currency=str(told["currency"]),
        credit=operation == "CREDIT",
        paid_at=_moment(datetime.fromisoformat(created)) if created else None,
        method=Method.DIRECT_DEBIT if told.get("paymentMethodType") == "SDD" else Method.CARD,
        instrument=masked(str(card.get("effectiveBrand") or ""), str(card.get("pan") or "")),
        error=" ".join(str(told[name]) for name in ("errorCode", "errorMessage") if told.get(name)),
    )


def of_form(fields: Mapping[str, str]) -> Transaction | None:
    """Returns the transaction that a notification of the form tells; None where it tells none."""
    uuid, operation = fields.get("vads_trans_uuid", ""), fields.get("vads_operation_type") or "DEBIT"
    if not uuid or operation not in {"DEBIT", "CREDIT"}:
        return None
    date = fields.get("vads_presentation_date") or fields.get("vads_trans_date") or ""
    currency = fields.get("vads_currency", "")
    result = fields.get("vads_result", "")
    brand = fields.get("vads_card_brand", "")
    return Transaction(
        uuid=uuid,
        status=fields.get("vads_trans_status", ""),
        amount=int(fields["vads_amount"]),
        currency=_CURRENCIES.get(currency, currency),
        credit=operation == "CREDIT",
        paid_at=datetime.strptime(date, "%Y%m%d%H%M%S").replace(tzinfo=UTC) if date else None,
        method=Method.DIRECT_DEBIT if brand == "SDD" else Method.CARD,
        instrument=masked(brand, fields.get("vads_card_number", "")),
        error=f"vads_result {result}" if result not in {"", "00"} else "",
    )


def masked(brand: str, number: str) -> str:
    """Returns "VISA •••• 0055"; the last digits alone, however much was told."""
    digits = number[-4:] if number[-4:].isdigit() else ""
    return f"{brand} •••• {digits}".strip() if digits else brand


def _moment(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def latest(told: Iterable[Transaction]) -> list[Transaction]:
    """Returns each transaction once, in its latest state, and whether it had succeeded before."""
    found: dict[str, Transaction] = {}
    for one in told:
        before = found.get(one.uuid)
        had = one.status in SUCCESS or (before is not None and before.had_succeeded)
        last = one if before is None or one.rank >= before.rank else before
        found[one.uuid] = replace(last, had_succeeded=had)
    return list(found.values())


def truth_of(
    transactions: Sequence[Transaction], attempt: Attempt, *, live: bool | None, reference: str, is_open: bool = False
) -> Truth:
    """Returns what the transactions of an order say together.

    `is_open`: after a refusal the payer may still try again on the same page.
    """
    refunds = tuple(one.refund() for one in transactions if one.credit)
    debits = [
        replace(one, had_succeeded=True) if one.uuid == attempt.capture_ref and attempt.capture_ref else one
        for one in transactions
        if not one.credit
    ]
    for state in (TruthState.SUCCEEDED, TruthState.REVERSED, TruthState.PENDING):
        those = [one for one in debits if one.state is state]
        if not those:
            continue
        took = state is not TruthState.PENDING
        first = next((one for one in those if one.uuid == attempt.capture_ref), those[0])
        return Truth(
            state,
            amount=sum(one.amount for one in those) if took else None,
            currency=first.currency if took else "",
            reference=reference,
            live=live,
            # a reference before the money is there would say that it is on its way
            capture_ref=first.uuid if took else "",
            paid_at=first.paid_at if took else None,
            method=first.method,
            instrument=first.instrument if took else "",
            refunds=refunds,
        )
    if not debits:
        return Truth(TruthState.PENDING, reference=reference, live=live, refunds=refunds)
    last = max(debits, key=lambda one: one.paid_at or datetime.min.replace(tzinfo=UTC))
    state = TruthState.PENDING if is_open else last.state
    return Truth(state, reference=reference, live=live, error=last.error or last.status, refunds=refunds)
