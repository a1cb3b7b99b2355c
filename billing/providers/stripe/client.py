"""The client of Stripe: Checkout Sessions, with the firm's own key."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import stripe
from django.utils.translation import gettext as _
from stripe.params.checkout import SessionCreateParams, SessionCreateParamsLineItem

from billing.providers.base import (
    Access,
    Attempt,
    CredentialsRefused,
    Incoming,
    Item,
    Notice,
    PaymentRequest,
    ProviderRefused,
    ProviderUnavailable,
    RefundRequest,
    RefundTruth,
    Started,
    Truth,
)
from billing.providers.stripe import notices
from billing.providers.stripe.transport import calling
from billing.providers.stripe.truth import refund_of, truth_of

#: How long a session can be paid; Stripe takes 30 minutes to 24 hours.
LIFE = timedelta(hours=2)
#: Lines that a session takes.
MOST_ITEMS = 100
_LONGEST_NAME = 250
_LOCALES = {"fr", "en", "es", "de", "it", "nl"}


class StripeGateway:
    """Stripe, for one account and mode."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def check_credentials(self) -> None:
        """Asks for a session and a refund, which a restricted key may be too narrow for, and looks at the mode."""
        if not self._access.secrets.get("webhook_secret", "").startswith("whsec_"):
            raise CredentialsRefused(
                _("The signing secret of the webhook is missing: it begins with whsec_."), code="no_webhook_secret"
            )
        with calling(self._access) as client:
            sessions = client.v1.checkout.sessions.list({"limit": 1})
            client.v1.refunds.list({"limit": 1})
            client.v1.disputes.list({"limit": 1})
            live = [session.livemode for session in sessions.data]
        if live and live[0] != self._access.live:
            raise CredentialsRefused(_("This key is one of the other mode."), code="wrong_mode")

    def start(self, request: PaymentRequest) -> Started:
        """Begins a session; the same key with the same request gives the same one."""
        marks = {"payment": request.reference}
        locale = request.language[:2]
        params: SessionCreateParams = {
            "mode": "payment",
            "client_reference_id": request.reference,
            "metadata": marks,
            "payment_intent_data": {"metadata": marks, "description": request.description[:_LONGEST_NAME]},
            "line_items": [_line(item, request.currency) for item in _items(request)],
            "success_url": request.return_url,
            "cancel_url": request.cancel_url,
            # of the attempt, not of now: a repeated call must be the same to the letter
            "expires_at": int((request.created_at + LIFE).timestamp()),
            "locale": cast("Any", locale if locale in _LOCALES else "auto"),
            "submit_type": "pay",
        }
        if request.payer_email:
            params["customer_email"] = request.payer_email
        with calling(self._access) as client:
            session = client.v1.checkout.sessions.create(params, {"idempotency_key": request.idempotency_key})
            ref, url, live = session.id, session.url, session.livemode
            expires_at = datetime.fromtimestamp(session.expires_at, UTC)
        if live != self._access.live:
            raise CredentialsRefused(_("This key is one of the other mode."), code="wrong_mode")
        if not url:
            raise ProviderRefused(_("Stripe gave no page to pay on."), code="no_url")
        return Started(ref=ref, url=url, expires_at=expires_at)

    def read(self, attempt: Attempt) -> Truth:
        """Returns what the session, its charge, refunds and disputes say."""
        with calling(self._access) as client:
            expand = {"expand": ["payment_intent.latest_charge.refunds"]}
            session = client.v1.checkout.sessions.retrieve(attempt.ref, cast("Any", expand)).to_dict()
            intent = session["payment_intent"] or {}
            charge = intent.get("latest_charge") or {}
            refunds: list[dict[str, Any]] = []
            disputes: list[dict[str, Any]] = []
            if charge:
                refunds = _refunds(client, intent["id"], charge)
            if charge.get("disputed"):
                found = client.v1.disputes.list({"payment_intent": intent["id"], "limit": 100})
                disputes = [dispute.to_dict() for dispute in found.data]
            return truth_of(session, refunds=refunds, disputes=disputes)

    def abandon(self, attempt: Attempt) -> None:
        """Expires a session that is open; one that has ended stays as it is."""
        try:
            with calling(self._access) as client:
                client.v1.checkout.sessions.expire(attempt.ref)
        except CredentialsRefused:
            raise
        except ProviderRefused:  # it was not open; `read` tells
            return

    def refund(self, attempt: Attempt, request: RefundRequest) -> RefundTruth:
        """Gives money back from the payment intent."""
        if not attempt.capture_ref:
            raise ProviderRefused(_("No money was taken by this payment."), code="charge_missing")
        with calling(self._access) as client:
            made = client.v1.refunds.create(
                {
                    "payment_intent": attempt.capture_ref,
                    "amount": request.amount,
                    "reason": "requested_by_customer",
                    "metadata": {"refund": request.reference, "payment": attempt.reference},
                },
                {"idempotency_key": request.key},
            )
            return refund_of(made.to_dict())

    def parse(self, incoming: Incoming) -> Notice:
        """Returns what a signed event says; talks to nobody."""
        return notices.parse(self._access, incoming)


def _items(request: PaymentRequest) -> list[Item]:
    """Returns the lines of a session: ours where they are the amount, and not too many."""
    items = [item for item in request.items if item.amount > 0]
    if sum(item.amount for item in items) != request.amount or len(items) > MOST_ITEMS:
        return [Item(request.description, request.amount)]
    return items


def _line(item: Item, currency: str) -> SessionCreateParamsLineItem:
    name = item.label[:_LONGEST_NAME] or "—"
    return {
        "quantity": 1,
        "price_data": {
            "currency": currency.lower(),
            "unit_amount": item.amount,
            "product_data": {"name": name},
        },
    }


def _refunds(client: stripe.StripeClient, intent: str, charge: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns all refunds: the expanded list stops at ten, and those of one payment are few."""
    told = charge.get("refunds")
    if told and not told["has_more"]:
        return list(told["data"])
    whole = client.v1.refunds.list({"payment_intent": intent, "limit": 100})
    if whole.has_more:
        raise ProviderUnavailable(_("This payment has more refunds than can be read."))
    return [refund.to_dict() for refund in whole.data]
