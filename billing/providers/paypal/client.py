"""The client of PayPal: Orders v2, with the firm's own application."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from django.core.cache import cache
from django.utils.translation import gettext as _

from billing.enums import Dispute, Method
from billing.providers.base import (
    Access,
    Attempt,
    CredentialsRefused,
    Incoming,
    Notice,
    PaymentRequest,
    ProviderRefused,
    ProviderUnavailable,
    RefundRequest,
    RefundTruth,
    Started,
    Truth,
    TruthState,
)
from billing.providers.paypal import notices
from billing.providers.paypal.transport import Line, request_id
from billing.providers.paypal.truth import (
    capture_of,
    dispute_of,
    in_cents,
    on_wire,
    refund_of,
    truth_of_capture,
    truth_of_order,
    unit_of,
)

#: An order that nobody approves ends by itself after about that.
LIFE = timedelta(hours=3)
_LONGEST_TEXT = 127
_LOCALES = {"fr": "fr-FR", "en": "en-GB", "es": "es-ES", "de": "de-DE", "it": "it-IT", "nl": "nl-NL"}
#: The payer chooses another means, on the same page.
_TRY_AGAIN = {"INSTRUMENT_DECLINED", "PAYER_ACTION_REQUIRED", "ORDER_NOT_APPROVED"}
#: How long an order that was given up is remembered, in seconds: longer than it can be approved.
_GIVEN_UP_SECONDS = 48 * 3600
_MOST_DISPUTES = 5


class PayPalGateway:
    """PayPal, for one account and mode."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._line = Line(access)

    def check_credentials(self) -> None:
        """Logs in anew, and asks for the webhook."""
        self._line.token(fresh=True)
        if not self._access.webhook_id:
            raise CredentialsRefused(_("The webhook ID is missing."), code="no_webhook_id")
        try:
            self._line.get(f"/v1/notifications/webhooks/{quote(self._access.webhook_id, safe='')}")
        except CredentialsRefused:
            raise
        except ProviderRefused as error:
            raise CredentialsRefused(_("PayPal does not know this webhook ID."), code=error.code) from None

    def start(self, request: PaymentRequest) -> Started:
        """Makes an order and gives its page; the same key gives the same one."""
        body = {
            "intent": "CAPTURE",
            "purchase_units": [_unit(request)],
            "payment_source": {
                "paypal": {
                    "experience_context": {
                        "return_url": request.return_url,
                        "cancel_url": request.cancel_url,
                        "locale": _LOCALES.get(request.language[:2], "fr-FR"),
                        "user_action": "PAY_NOW",
                        "shipping_preference": "NO_SHIPPING",
                    }
                }
            },
        }
        with _protocol():
            order = self._line.post("/v2/checkout/orders", body, key=request_id(request.idempotency_key, "order"))
            links = {link["rel"]: link["href"] for link in order["links"]}
            url = links.get("payer-action") or links["approve"]
            return Started(ref=order["id"], url=url, expires_at=request.created_at + LIFE)

    def read(self, attempt: Attempt) -> Truth:
        """Returns what the order says, after its money was taken where the payer has approved it.

        An order that PayPal no longer shows is read by its capture, and the refunds that we were told of one by one.
        """
        with _protocol():
            try:
                order = self._order(attempt)
            except CredentialsRefused:
                raise
            except ProviderRefused:
                if not attempt.capture_ref:
                    raise
                return self._old(attempt)
            if order["status"] == "APPROVED":
                return self._take(attempt, order)
            if capture_of(order) is None and cache.get(_given_up(attempt.ref)):
                return self._unpaid(attempt, TruthState.CANCELLED)
            return self._truth(order)

    def _order(self, attempt: Attempt) -> dict[str, Any]:
        return self._line.get(f"/v2/checkout/orders/{quote(attempt.ref, safe='')}")

    def _old(self, attempt: Attempt) -> Truth:
        """Returns what a capture says, and those of its refunds whose references are known."""
        capture = self._line.get(f"/v2/payments/captures/{quote(attempt.capture_ref, safe='')}")
        refunds = []
        for ref in attempt.refund_refs:
            try:
                told = self._line.get(f"/v2/payments/refunds/{quote(ref, safe='')}")
            except CredentialsRefused:
                raise
            except ProviderRefused:  # the reference of something else: of a cancellation, of a refund that never was
                continue
            refunds.append(refund_of(told, reference=attempt.reference))
        dispute = self._dispute(attempt.capture_ref)
        return truth_of_capture(capture, reference="", live=self._access.live, refunds=refunds, dispute=dispute)

    def _truth(self, order: Mapping[str, Any]) -> Truth:
        capture = capture_of(order)
        dispute = self._dispute(capture["id"]) if capture is not None else Dispute.NONE
        return truth_of_order(order, live=self._access.live, dispute=dispute)

    def _take(self, attempt: Attempt, order: Mapping[str, Any]) -> Truth:
        """Takes the money of an approved order, unless it is not what was asked or was given up meanwhile."""
        unit = unit_of(order)
        if unit.get("custom_id") != attempt.reference:
            return truth_of_order(order, live=self._access.live, dispute=Dispute.NONE)
        amount = unit["amount"]
        if (in_cents(amount["value"]), amount["currency_code"]) != (attempt.amount, attempt.currency):
            return self._unpaid(attempt, TruthState.FAILED, "AMOUNT_MISMATCH")
        if cache.get(_given_up(attempt.ref)):
            return self._unpaid(attempt, TruthState.CANCELLED)
        # a new approval, after a declined means, is a new call; an order is only ever captured once
        key = request_id(attempt.idempotency_key, "capture", str(order.get("update_time") or ""))
        try:
            taken = self._line.post(f"/v2/checkout/orders/{quote(attempt.ref, safe='')}/capture", {}, key=key)
        except CredentialsRefused:
            raise
        except ProviderRefused as error:
            if error.code == "ORDER_ALREADY_CAPTURED":
                return self._truth(self._order(attempt))
            if error.code in _TRY_AGAIN:
                return self._unpaid(attempt, TruthState.PENDING, error.code)
            raise
        if capture_of(taken) is None:  # it was done, and told in short
            taken = self._order(attempt)
        return truth_of_order(taken, live=self._access.live, dispute=Dispute.NONE)

    def _unpaid(self, attempt: Attempt, state: TruthState, error: str = "") -> Truth:
        return Truth(state, reference=attempt.reference, live=self._access.live, method=Method.PAYPAL, error=error)

    def _dispute(self, capture: str) -> Dispute:
        """Returns whether a capture is contested; nothing where the application may not look at disputes."""
        try:
            found = self._line.get("/v1/customer/disputes", disputed_transaction_id=capture).get("items") or []
            told = [
                self._line.get(f"/v1/customer/disputes/{quote(one['dispute_id'], safe='')}")
                if one.get("status") == "RESOLVED"
                else one
                for one in found[:_MOST_DISPUTES]
            ]
        except ProviderRefused:
            return Dispute.NONE
        return dispute_of(told)

    def abandon(self, attempt: Attempt) -> None:
        """Has an order that is still unpaid never be captured: PayPal knows no way to take one back."""
        cache.set(_given_up(attempt.ref), True, timeout=_GIVEN_UP_SECONDS)

    def refund(self, attempt: Attempt, request: RefundRequest) -> RefundTruth:
        """Gives money back from the capture."""
        if not attempt.capture_ref:
            raise ProviderRefused(_("No money was taken by this payment."), code="CAPTURE_NOT_FOUND")
        body = {
            "amount": {"currency_code": request.currency, "value": on_wire(request.amount)},
            "custom_id": request.reference,
        }
        with _protocol():
            path = f"/v2/payments/captures/{quote(attempt.capture_ref, safe='')}/refund"
            made = self._line.post(path, body, key=request_id(request.key, "refund"))
            told = {"amount": body["amount"], **made}
            return refund_of(told, reference=attempt.reference)

    def parse(self, incoming: Incoming) -> Notice:
        """Returns what a notification says; PayPal is asked whether it is its own."""
        return notices.parse(self._access, self._line, incoming)


@contextmanager
def _protocol() -> Iterator[None]:
    """Turns an answer of another shape into ProviderUnavailable."""
    try:
        yield
    except (KeyError, IndexError, TypeError, AttributeError, ValueError, ArithmeticError):
        raise ProviderUnavailable(_("PayPal gave an answer that cannot be understood.")) from None


def _given_up(ref: str) -> str:
    return f"paypal-given-up:{ref}"


def _unit(request: PaymentRequest) -> dict[str, Any]:
    """Returns what is paid; the lines are told where they are the amount."""
    amount: dict[str, Any] = {"currency_code": request.currency, "value": on_wire(request.amount)}
    unit: dict[str, Any] = {
        "reference_id": request.reference,
        "custom_id": request.reference,
        "invoice_id": request.reference,
        "description": request.description[:_LONGEST_TEXT],
        "amount": amount,
    }
    items = [item for item in request.items if item.amount > 0]
    if sum(item.amount for item in items) == request.amount:
        amount["breakdown"] = {"item_total": {"currency_code": request.currency, "value": on_wire(request.amount)}}
        unit["items"] = [
            {
                "name": item.label[:_LONGEST_TEXT] or "—",
                "quantity": "1",
                "unit_amount": {"currency_code": request.currency, "value": on_wire(item.amount)},
            }
            for item in items
        ]
    return unit
