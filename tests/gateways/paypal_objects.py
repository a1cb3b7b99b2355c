"""What the stand-in of PayPal keeps: applications, orders, captures, refunds and disputes, and their JSON."""

import re
import secrets
import string
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

_LETTERS = string.ascii_uppercase + string.digits
_AMOUNT = re.compile(r"\d{1,9}\.\d{2}")
_CURRENCIES = {"EUR", "USD", "GBP", "CHF"}


def new_id(length: int = 17) -> str:
    """Returns an identifier as PayPal makes them."""
    return "".join(secrets.choice(_LETTERS) for _letter in range(length))


def moment() -> str:
    """Returns the time as PayPal writes it."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class Wrong(Exception):
    """An error that the interface answers."""

    def __init__(self, status: int, name: str, issue: str = "", description: str = "") -> None:
        super().__init__(issue or name)
        details = [{"issue": issue, "description": description or issue}] if issue else []
        self.status = status
        self.told = {"name": name, "message": description or name, "details": details, "debug_id": new_id(13).lower()}


def unprocessable(issue: str, description: str = "") -> Wrong:
    """Returns the error of a request that is well formed and cannot be done."""
    return Wrong(422, "UNPROCESSABLE_ENTITY", issue, description)


def cents_of(amount: dict[str, Any]) -> int:
    """Returns the cents of an amount; raises what PayPal answers to a wrong one."""
    value = amount.get("value")
    if not isinstance(value, str) or not _AMOUNT.fullmatch(value):
        raise unprocessable("DECIMAL_PRECISION", "If the currency supports decimals, only two decimal places.")
    if amount.get("currency_code") not in _CURRENCIES:
        raise unprocessable("INVALID_CURRENCY_CODE")
    cents = int(value.replace(".", ""))
    if not cents:
        raise unprocessable("CANNOT_BE_ZERO_OR_NEGATIVE")
    return cents


def amount_json(cents: int, currency: str) -> dict[str, str]:
    """Returns an amount as PayPal writes it."""
    return {"currency_code": currency, "value": f"{cents // 100}.{cents % 100:02d}"}


@dataclass
class Merchant:
    """An application: its keys, its webhook, and its tokens."""

    client_id: str
    client_secret: str
    webhook_id: str
    notify_url: str = ""
    tokens: set[str] = field(default_factory=set)


@dataclass
class Capture:
    """Money taken, or about to be."""

    amount: int
    currency: str
    custom_id: str
    status: str = "COMPLETED"
    id: str = field(default_factory=new_id)
    create_time: str = field(default_factory=moment)

    def json(self, url: str, order: str) -> dict[str, Any]:
        """Its JSON."""
        return {
            "id": self.id,
            "status": self.status,
            **({"status_details": {"reason": "ECHECK"}} if self.status == "PENDING" else {}),
            "amount": amount_json(self.amount, self.currency),
            "custom_id": self.custom_id,
            "final_capture": True,
            "create_time": self.create_time,
            "update_time": self.create_time,
            "supplementary_data": {"related_ids": {"order_id": order}},
            "links": [{"href": f"{url}/v2/payments/captures/{self.id}", "rel": "self", "method": "GET"}],
        }


@dataclass
class Refund:
    """Money given back."""

    amount: int
    currency: str
    capture: str
    custom_id: str = ""
    status: str = "COMPLETED"
    id: str = field(default_factory=new_id)

    def json(self, url: str) -> dict[str, Any]:
        """Its JSON."""
        return {
            "id": self.id,
            "status": self.status,
            "amount": amount_json(self.amount, self.currency),
            **({"custom_id": self.custom_id} if self.custom_id else {}),
            "links": [
                {"href": f"{url}/v2/payments/refunds/{self.id}", "rel": "self", "method": "GET"},
                {"href": f"{url}/v2/payments/captures/{self.capture}", "rel": "up", "method": "GET"},
            ],
        }


@dataclass
class Order:
    """An order with its captures, refunds and dispute."""

    merchant: Merchant
    unit: dict[str, Any]
    amount: int
    currency: str
    return_url: str
    cancel_url: str
    id: str = field(default_factory=new_id)
    status: str = "PAYER_ACTION_REQUIRED"
    update_time: str = field(default_factory=moment)
    #: What the payer chose: "ok", "declined" or "pending".
    instrument: str = "ok"
    logged_in: bool = False
    #: Its GET answers no longer.
    forgotten: bool = False
    captures: list[Capture] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    dispute_id: str = ""
    #: Empty while the dispute is open.
    outcome: str = ""

    @property
    def capture(self) -> Capture:
        """The capture that took the money."""
        return self.captures[-1]

    @property
    def left(self) -> int:
        """Cents that can still be given back."""
        return self.amount - sum(refund.amount for refund in self.refunds if refund.status in {"COMPLETED", "PENDING"})

    def json(self, url: str) -> dict[str, Any]:
        """Its JSON."""
        payments: dict[str, Any] = {}
        if self.captures:
            payments["captures"] = [capture.json(url, self.id) for capture in self.captures]
        if self.refunds:
            payments["refunds"] = [refund.json(url) for refund in self.refunds]
        links = [{"href": f"{url}/v2/checkout/orders/{self.id}", "rel": "self", "method": "GET"}]
        if self.status in {"CREATED", "PAYER_ACTION_REQUIRED"}:
            links.append({"href": f"{url}/pay/checkoutnow?token={self.id}", "rel": "payer-action", "method": "GET"})
        payer = {"email_address": "acheteur@exemple.fr", "account_id": "QYR5Z8XDVJNXQ"} if self.captures else {}
        return {
            "id": self.id,
            "status": self.status,
            "intent": "CAPTURE",
            "payment_source": {"paypal": payer},
            "purchase_units": [{**self.unit, **({"payments": payments} if payments else {})}],
            "create_time": self.update_time,
            "update_time": self.update_time,
            "links": links,
        }

    def dispute_json(self) -> dict[str, Any]:
        """Its dispute's JSON."""
        return {
            "dispute_id": self.dispute_id,
            "disputed_transactions": [{"seller_transaction_id": self.capture.id}],
            "reason": "UNAUTHORISED",
            "status": "RESOLVED" if self.outcome else "WAITING_FOR_SELLER_RESPONSE",
            "dispute_amount": amount_json(self.amount, self.currency),
            **({"dispute_outcome": {"outcome_code": self.outcome}} if self.outcome else {}),
        }
