"""Stripe's notifications: whether they are genuine, and which payment they are about."""

import json
from typing import Any

import stripe

from billing.providers.base import Access, ForgedNotification, Incoming, Notice

#: Those that may change what we know of a payment; the firm's webhook is set to send these.
EVENTS = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "charge.refunded",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
)
#: Seconds that a signature is good for.
TOLERANCE = 300


def parse(access: Access, incoming: Incoming) -> Notice:
    """Returns what a signed notification says; raises ForgedNotification."""
    _verify(access, incoming)
    try:
        event = json.loads(incoming.body)
        key, kind, live = event["id"], event["type"], event.get("livemode", access.live)
        told = (event.get("data") or {}).get("object") or {}
        code, refs = _about(told)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ForgedNotification("no event of Stripe") from None
    if not isinstance(key, str) or not isinstance(kind, str):
        raise ForgedNotification("no event of Stripe")
    return Notice(
        dedupe_key=key,
        kind=kind,
        live=bool(live),
        payment_code=code,
        refs=refs,
        matters=kind in EVENTS and bool(code or refs),
    )


def _verify(access: Access, incoming: Incoming) -> None:
    header = incoming.headers.get("stripe-signature", "")
    for secrets in (access.secrets, access.former):
        secret = secrets.get("webhook_secret", "")
        if not secret:
            continue
        try:
            stripe.WebhookSignature.verify_header(incoming.body, header, secret, TOLERANCE)
        except (stripe.SignatureVerificationError, ValueError, TypeError):
            continue  # TypeError: a signature that is not ASCII; ValueError: a body that is not UTF-8
        return
    raise ForgedNotification("the signature does not fit")


def _about(told: dict[str, Any]) -> tuple[str, list[str]]:
    """Returns our payment's code and Stripe's references in an event's object."""
    metadata = told.get("metadata") or {}
    code = metadata.get("payment") or ""
    kind = told.get("object")
    if kind == "checkout.session":
        code = code or told.get("client_reference_id") or ""
        # an account sells other things too: a session without our marks is none of ours
        return str(code), _texts(told.get("id"), told.get("payment_intent")) if code else []
    if kind == "payment_intent":
        return str(code), _texts(told.get("id"))
    return str(code), _texts(told.get("payment_intent"))


def _texts(*refs: object) -> list[str]:
    return [ref for ref in refs if isinstance(ref, str) and ref]
