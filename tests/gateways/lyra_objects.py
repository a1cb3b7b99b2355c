"""What the stand-in of Lyra keeps: shops, orders and transactions, and how both of its interfaces tell of them."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

ACCEPTED, REFUSED = "4970100000000055", "4970100000000113"
MASTERCARD = "5970100300000067"
CHALLENGED, CHALLENGED_REFUSED, REJECTED = "4970110000001003", "4970110000000039", "4970110000000401"
#: Of the older list: accepted with 3-D Secure, without and with a challenge.
OLD_ACCEPTED, OLD_CHALLENGED = "4970100000000000", "4970100000000009"
CARDS = (
    ("4970 1000 0000 0055", "acceptée"),
    ("5970 1003 0000 0067", "acceptée (Mastercard)"),
    ("4970 1000 0000 0113", "refusée"),
    ("4970 1100 0000 1003", "acceptée après authentification 3-D Secure"),
    ("4970 1100 0000 0039", "refusée après authentification 3-D Secure"),
    ("4970 1100 0000 0401", "authentification 3-D Secure rejetée"),
)
KNOWN = {ACCEPTED, REFUSED, MASTERCARD, CHALLENGED, CHALLENGED_REFUSED, REJECTED, OLD_ACCEPTED, OLD_CHALLENGED}
CHALLENGES = {CHALLENGED, CHALLENGED_REFUSED, OLD_CHALLENGED}
#: Those that still can be cancelled, and those that brought money or will.
UNCAPTURED = {"AUTHORISED", "AUTHORISED_TO_VALIDATE", "WAITING_AUTHORISATION", "WAITING_AUTHORISATION_TO_VALIDATE"}
PAID = {"AUTHORISED", "CAPTURED", "ACCEPTED"}
_RESULTS = {"REFUSED": "05", "ABANDONED": "17"}


class Wrong(Exception):
    """An error that the REST interface answers, with HTTP 200 all the same."""

    def __init__(self, code: str, message: str, *, detail: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.detail = code, message, detail


def now() -> datetime:
    """Returns the time in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass
class Shop:
    """A shop in one mode: its REST keys and the key of its form."""

    shop_id: str
    password: str
    hmac_key: str
    form_key: str
    live: bool = False

    @property
    def mode(self) -> str:
        """Its mode in the protocol's word."""
        return "PRODUCTION" if self.live else "TEST"


@dataclass
class Transaction:
    """A debit or a credit; `status` is the detailed one."""

    amount: int
    currency: str
    status: str
    card: str
    operation: str = "DEBIT"
    parent: str = ""
    error: tuple[str, str, str] | None = None
    uuid: str = field(default_factory=lambda: secrets.token_hex(16))
    created: datetime = field(default_factory=now)

    @property
    def brand(self) -> str:
        """The card's brand."""
        return "MASTERCARD" if self.card.startswith("5") else "VISA"

    @property
    def masked(self) -> str:
        """The card's number as it is told."""
        return f"{self.card[:6]}XXXXXX{self.card[-4:]}" if len(self.card) >= 12 else ""

    def json(self, shop: Shop) -> dict[str, Any]:
        """Its JSON in the REST interface."""
        running = self.status in UNCAPTURED - PAID
        code, message, detail = self.error or (None, None, None)
        return {
            "shopId": shop.shop_id,
            "uuid": self.uuid,
            "amount": self.amount,
            "currency": self.currency,
            "paymentMethodType": "CARD",
            "status": "RUNNING" if running else "PAID" if self.status in PAID else "UNPAID",
            "detailedStatus": self.status,
            "operationType": self.operation,
            "creationDate": self.created.isoformat(),
            "errorCode": code,
            "errorMessage": message,
            "detailedErrorCode": detail,
            "detailedErrorMessage": None,
            "metadata": None,
            "transactionDetails": {
                "liabilityShift": "YES" if self.card in CHALLENGES else "NO",
                "effectiveAmount": self.amount,
                "creationContext": "REFUND" if self.operation == "CREDIT" else "CHARGE",
                "parentTransactionUuid": self.parent or None,
                "sequenceNumber": 1,
                "cardDetails": {
                    "effectiveBrand": self.brand,
                    "pan": self.masked,
                    "expiryMonth": 12,
                    "expiryYear": 2034,
                },
            },
            "_type": "V4/PaymentTransaction",
        }


@dataclass
class Order:
    """What somebody is asked to pay: by a payment order of the REST interface, or (`fields`) by the form."""

    shop: Shop
    order_id: str
    amount: int
    currency: str
    ipn_url: str
    return_url: str
    cancel_url: str
    return_mode: str
    expires_at: datetime
    label: str = ""
    email: str = ""
    #: As the browser posted them.
    fields: dict[str, str] = field(default_factory=dict)
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    created: datetime = field(default_factory=now)
    ended: bool = False
    transactions: list[Transaction] = field(default_factory=list)

    @property
    def ref(self) -> str:
        """What its merchant knows it by: the payment order's id, or the day and the number of the form."""
        if not self.fields:
            return self.id
        return f"{self.fields['vads_trans_date'][:8]}-{self.fields['vads_trans_id']}"

    @property
    def is_open(self) -> bool:
        """Whether it can be paid."""
        return not self.ended and now() < self.expires_at

    @property
    def paid(self) -> Transaction | None:
        """The debit that brought the money."""
        return next((one for one in self.transactions if one.operation == "DEBIT" and one.status in PAID), None)

    @property
    def refunded(self) -> int:
        """Cents given back."""
        return sum(one.amount for one in self.transactions if one.operation == "CREDIT" and one.status in PAID)

    def order_json(self) -> dict[str, Any]:
        """Its JSON as the answer of the creation of a payment order."""
        return {
            "paymentOrderId": self.id,
            "paymentOrderStatus": "RUNNING",
            "amount": self.amount,
            "currency": self.currency,
            "orderId": self.order_id,
            "creationDate": self.created.isoformat(),
            "expirationDate": self.expires_at.isoformat(),
            "channelDetails": {"channelType": "URL"},
            "_type": "V4/PaymentOrder",
        }

    def payment_json(self, transactions: Sequence[Transaction]) -> dict[str, Any]:
        """Its JSON with some of its transactions, as notifications and Order/Get tell it."""
        waits = any(one.status in UNCAPTURED - PAID for one in self.transactions)
        return {
            "shopId": self.shop.shop_id,
            "orderCycle": "OPEN" if self.is_open else "CLOSED",
            "orderStatus": "PAID" if self.paid else "RUNNING" if waits else "UNPAID",
            "serverDate": now().isoformat(),
            "orderDetails": {
                "orderId": self.order_id,
                "orderTotalAmount": self.amount,
                "orderEffectiveAmount": self.amount,
                "orderCurrency": self.currency,
                "mode": self.shop.mode,
                "metadata": None,
            },
            "customer": {"email": self.email or None, "billingDetails": {"language": "FR"}},
            "transactions": [one.json(self.shop) for one in transactions],
            "_type": "V4/Payment",
        }

    def vads_fields(self, one: Transaction, source: str) -> dict[str, str]:
        """Returns the form's fields with what became of a transaction; `source` is what caused the notification."""
        stamp = now().strftime("%Y%m%d%H%M%S")
        own = {name: value for name, value in self.fields.items() if name.startswith("vads_")}
        return {
            **own,
            "vads_amount": str(one.amount),
            "vads_effective_amount": str(one.amount),
            "vads_auth_mode": "FULL",
            "vads_auth_result": "00" if one.status in PAID else "05",
            "vads_auth_number": "3fe042" if one.status in PAID else "",
            "vads_card_brand": one.brand,
            "vads_card_number": one.masked,
            "vads_operation_type": one.operation,
            "vads_presentation_date": stamp,
            "vads_result": _RESULTS.get(one.status, "00"),
            "vads_threeds_status": "Y" if one.card in CHALLENGES else "",
            "vads_trans_status": one.status,
            "vads_trans_uuid": one.uuid,
            "vads_url_check_src": source,
            "vads_warranty_result": "YES",
        }


def expiry_of(text: str) -> datetime:
    """Returns the end of a payment order; raises what Lyra answers to a wrong one."""
    if not text:
        return now() + timedelta(days=90)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not now() < moment <= now() + timedelta(days=90):
        raise Wrong("INT_902", "Invalid expirationDate")
    return moment


def envelope(shop: Shop | None, service: str, answer: dict[str, Any], *, error: bool = False) -> bytes:
    """Returns an answer of the REST interface."""
    told = {
        "webService": service,
        "version": "V4",
        "applicationVersion": "6.18.0",
        "status": "ERROR" if error else "SUCCESS",
        "answer": answer,
        "ticket": secrets.token_hex(16) if error else None,
        "serverDate": now().isoformat(),
        "applicationProvider": "STANDIN",
        "metadata": None,
        "mode": shop.mode if shop else None,
        "serverUrl": None,
        "_type": "V4/WebService/Response",
    }
    return json.dumps(told).encode()


def error_json(wrong: Wrong, shop: Shop | None) -> dict[str, Any]:
    """Returns the answer of an error."""
    return {
        "errorCode": wrong.code,
        "errorMessage": wrong.message,
        "detailedErrorCode": wrong.detail or None,
        "detailedErrorMessage": None,
        "ticket": "null",
        "shopId": shop.shop_id if shop else None,
        "_type": "V4/WebService/WebServiceError",
    }
