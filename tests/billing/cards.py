"""What the tests of the providers' clients share: one attempt, one refund, and a server that sends elsewhere."""

import dataclasses
from datetime import UTC, datetime

from billing.providers.base import Access, Attempt, Incoming, Item, PaymentRequest, RefundRequest
from kernel.secrets import Secrets
from tests.gateways.paypal import CLIENT_ID, CLIENT_SECRET, WEBHOOK_ID
from tests.gateways.server import Asked, Delivery, Said, StandIn

PAYPAL_ACCESS = Access("paypal", False, CLIENT_ID, Secrets(client_secret=CLIENT_SECRET), webhook_id=WEBHOOK_ID)
REQUEST = PaymentRequest(
    reference="pay-1",
    idempotency_key="firm_alpha:pay-1",
    amount=25_050,
    currency="EUR",
    description="2 dossiers",
    items=[Item("Maison Dupont — DPE", 15_000), Item("Appartement — plomb & gaz", 10_050)],
    payer_email="alice@example.org",
    payer_name="Alice Martin",
    language="fr",
    return_url="https://alpha.example/paiement/token:1/",
    cancel_url="https://alpha.example/paiement/token:1/?cancelled=1",
    notify_url="https://alpha.example/notifications/paiement/abc/",
    created_at=datetime.now(UTC),
)
REFUND = RefundRequest("ref-1", "firm_alpha:ref-1", 5_000, "EUR", "geste")


def attempt_of(ref: str, capture_ref: str = "") -> Attempt:
    """Returns the attempt as the payment's row would tell it."""
    return Attempt("pay-1", "firm_alpha:pay-1", ref, capture_ref, 25_050, "EUR", REQUEST.created_at)


def incoming(delivery: Delivery) -> Incoming:
    """Returns a delivery as the view hands it on."""
    return Incoming(delivery.body, {name.lower(): value for name, value in delivery.headers.items()})


@dataclasses.dataclass
class Moved(StandIn):
    """Sends everybody elsewhere."""

    target: str = ""

    def handle(self, asked: Asked) -> Said:
        """Returns a redirection that keeps the method and the body."""
        return Said(307, b"{}", "application/json", {"Location": self.target + asked.path})
