"""What the stand-in of Stripe keeps: accounts, sessions, charges, refunds and disputes, and their JSON."""

import hmac
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

SUCCEEDS, DECLINED = "4242424242424242", "4000000000000002"
POOR, CHALLENGED = "4000000000009995", "4000002500003155"
#: A direct debit that the bank honours a few days later, and one that it refuses.
SEPA_SUCCEEDS, SEPA_FAILS = "FR1420041010050500013M02606", "FR8420041010050500013M02607"
CARDS = (
    ("4242 4242 4242 4242", "acceptée"),
    ("4000 0000 0000 0002", "refusée"),
    ("4000 0000 0000 9995", "refusée : provision insuffisante"),
    ("4000 0025 0000 3155", "authentification 3-D Secure"),
    (SEPA_SUCCEEDS, "prélèvement SEPA, confirmé plus tard"),
    (SEPA_FAILS, "prélèvement SEPA, rejeté plus tard"),
)
DECLINES = {
    DECLINED: ("card_declined", "generic_decline", "Votre carte a été refusée."),
    POOR: ("card_declined", "insufficient_funds", "Les fonds de votre carte sont insuffisants."),
}


def new_id(prefix: str) -> str:
    """Returns an identifier as Stripe makes them."""
    return f"{prefix}_{secrets.token_hex(12)}"


def now() -> int:
    """Returns the time as Stripe tells it, in seconds."""
    return int(time.time())


@dataclass
class Account:
    """A merchant: its key, and where its events go."""

    secret_key: str
    webhook_secret: str
    notify_url: str = ""
    #: The address after a rolled secret signs with both for a day.
    former_webhook_secret: str = ""

    @property
    def live(self) -> bool:
        """Whether its key moves money."""
        return "_live_" in self.secret_key


@dataclass
class Refund:
    """Money given back."""

    amount: int
    metadata: dict[str, str]
    status: str = "succeeded"
    id: str = field(default_factory=lambda: new_id("re"))
    created: int = field(default_factory=now)

    def json(self, session: "Session") -> dict[str, Any]:
        """Its JSON."""
        return {
            "id": self.id,
            "object": "refund",
            "amount": self.amount,
            "charge": session.charge,
            "created": self.created,
            "currency": session.currency,
            "metadata": self.metadata,
            "payment_intent": session.intent,
            "status": self.status,
            **({"failure_reason": "lost_or_stolen_card"} if self.status == "failed" else {}),
        }


@dataclass
class Session:
    """A Checkout Session with its payment intent, charge, refunds and dispute."""

    account: Account
    url: str
    amount: int
    currency: str
    items: list[str]
    reference: str
    metadata: dict[str, str]
    intent_metadata: dict[str, str]
    success_url: str
    cancel_url: str
    expires_at: int
    email: str = ""
    locale: str = "auto"
    id: str = ""
    created: int = field(default_factory=now)
    status: str = "open"
    payment_status: str = "unpaid"
    #: Made lazily: there is no payment intent before the payer tries.
    intent: str = ""
    intent_status: str = ""
    charge: str = ""
    charged_at: int = 0
    charge_status: str = ""
    instrument: str = ""
    last_error: dict[str, Any] | None = None
    refunds: list[Refund] = field(default_factory=list)
    dispute: str = ""
    dispute_id: str = ""

    @property
    def refunded(self) -> int:
        """Cents given back or about to be."""
        return sum(refund.amount for refund in self.refunds if refund.status not in {"failed", "canceled"})

    def lapse(self) -> None:
        """Ends it when its time has come."""
        if self.status == "open" and now() >= self.expires_at:
            self.status = "expired"

    def json(self, expand: str = "") -> dict[str, Any]:
        """Its JSON."""
        intent: Any = self.intent or None
        if intent and "payment_intent" in expand:
            intent = self.intent_json(expand)
        return {
            "id": self.id,
            "object": "checkout.session",
            "amount_subtotal": self.amount,
            "amount_total": self.amount,
            "cancel_url": self.cancel_url,
            "client_reference_id": self.reference or None,
            "created": self.created,
            "currency": self.currency,
            "customer_email": self.email or None,
            "expires_at": self.expires_at,
            "livemode": self.account.live,
            "locale": self.locale,
            "metadata": self.metadata,
            "mode": "payment",
            "payment_intent": intent,
            "payment_status": self.payment_status,
            "status": self.status,
            "success_url": self.success_url,
            "ui_mode": "hosted_page",
            "url": self.url if self.status == "open" else None,
        }

    def intent_json(self, expand: str = "") -> dict[str, Any]:
        """Its payment intent's JSON."""
        charge: Any = self.charge or None
        if charge and "latest_charge" in expand:
            charge = self.charge_json(expand)
        return {
            "id": self.intent,
            "object": "payment_intent",
            "amount": self.amount,
            "amount_received": self.amount if self.intent_status == "succeeded" else 0,
            "created": self.created,
            "currency": self.currency,
            "last_payment_error": self.last_error,
            "latest_charge": charge,
            "livemode": self.account.live,
            "metadata": self.intent_metadata,
            "status": self.intent_status,
        }

    def charge_json(self, expand: str = "") -> dict[str, Any]:
        """Its charge's JSON; refunds are in it when asked for, ten at most."""
        sepa = self.instrument.startswith("FR")
        last = self.instrument[-4:]
        shown = {
            "id": self.charge,
            "object": "charge",
            "amount": self.amount,
            "amount_refunded": self.refunded,
            "created": self.charged_at,
            "currency": self.currency,
            "disputed": bool(self.dispute),
            "livemode": self.account.live,
            "metadata": self.intent_metadata,
            "paid": self.charge_status == "succeeded",
            "payment_intent": self.intent,
            "payment_method_details": (
                {"type": "sepa_debit", "sepa_debit": {"last4": last, "country": "FR"}}
                if sepa
                else {"type": "card", "card": {"brand": "visa", "last4": last}}
            ),
            "refunded": self.refunded == self.amount,
            "status": self.charge_status,
        }
        if "refunds" in expand:
            newest = [refund.json(self) for refund in reversed(self.refunds)]
            shown["refunds"] = list_json(newest[:10], "refunds", more=len(newest) > 10)
        return shown

    def dispute_json(self) -> dict[str, Any]:
        """Its dispute's JSON."""
        return {
            "id": self.dispute_id,
            "object": "dispute",
            "amount": self.amount,
            "charge": self.charge,
            "currency": self.currency,
            "livemode": self.account.live,
            "metadata": {},
            "payment_intent": self.intent,
            "reason": "fraudulent",
            "status": self.dispute,
        }


def list_json(data: list[dict[str, Any]], name: str, *, more: bool = False) -> dict[str, Any]:
    """Returns a list as Stripe gives it."""
    return {"object": "list", "data": data, "has_more": more, "url": f"/v1/{name}"}


def signature(body: bytes, keys: Sequence[str], *, at: int | None = None) -> str:
    """Returns the header that signs an event: one v1 a secret, and a v0 as in test mode."""
    moment = int(time.time()) if at is None else at
    signed = b"%d.%b" % (moment, body)
    parts = [f"v1={hmac.digest(secret.encode(), signed, 'sha256').hex()}" for secret in keys]
    return ",".join([f"t={moment}", *parts, "v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39"])


def nested(form: dict[str, str], name: str) -> dict[str, str]:
    """Returns the fields of a form under a name: name[key]=value."""
    return {key[len(name) + 1 : -1]: value for key, value in form.items() if key.startswith(f"{name}[")}
