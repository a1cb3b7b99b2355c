"""PayPal's notifications: PayPal itself says whether it sent them; we say which payment they are about."""

import json
from collections.abc import Mapping
from typing import Any

from billing.providers.base import (
    Access,
    CredentialsRefused,
    ForgedNotification,
    Incoming,
    Notice,
    ProviderRefused,
)
from billing.providers.paypal.transport import Line

#: Those that may change what we know of a payment; the firm's webhook is set to send these.
EVENTS = (
    "CHECKOUT.ORDER.APPROVED",
    "CHECKOUT.ORDER.COMPLETED",
    "CHECKOUT.PAYMENT-APPROVAL.REVERSED",
    "PAYMENT.CAPTURE.COMPLETED",
    "PAYMENT.CAPTURE.PENDING",
    "PAYMENT.CAPTURE.DENIED",
    "PAYMENT.CAPTURE.DECLINED",
    "PAYMENT.CAPTURE.REFUNDED",
    "PAYMENT.CAPTURE.REVERSED",
    "PAYMENT.REFUND.PENDING",
    "PAYMENT.REFUND.FAILED",
    "CUSTOMER.DISPUTE.CREATED",
    "CUSTOMER.DISPUTE.UPDATED",
    "CUSTOMER.DISPUTE.RESOLVED",
)
_HEADERS = ("auth_algo", "cert_url", "transmission_id", "transmission_sig", "transmission_time")


def parse(access: Access, line: Line, incoming: Incoming) -> Notice:
    """Returns what a notification says that PayPal says is its own.

    Raises ForgedNotification; ProviderUnavailable while PayPal cannot be asked, for it sends again for three days;
    CredentialsRefused where it does not know these keys, so that others are tried.
    """
    try:
        event = json.loads(incoming.body)
    except ValueError:
        raise ForgedNotification("no JSON") from None
    if not isinstance(event, dict) or not isinstance(event.get("id"), str):
        raise ForgedNotification("no event of PayPal")
    _verify(access, line, incoming)
    kind = str(event.get("event_type") or "")
    resource = event.get("resource")
    code, refs = _about(kind, resource if isinstance(resource, dict) else {})
    return Notice(
        dedupe_key=event["id"],
        kind=kind,
        live=access.live,
        payment_code=code,
        refs=refs,
        matters=kind in EVENTS and bool(code or refs),
    )


def _verify(access: Access, line: Line, incoming: Incoming) -> None:
    """Has PayPal check the signature, over the very bytes that came: written anew they would not fit it."""
    told = {name: incoming.headers.get(f"paypal-{name.replace('_', '-')}", "") for name in _HEADERS}
    if not all(told.values()) or not access.webhook_id or not line.has_keys:
        raise ForgedNotification("not signed, or no webhook ID to check it with")
    head = json.dumps({**told, "webhook_id": access.webhook_id})
    body = head[:-1].encode() + b', "webhook_event": ' + incoming.body + b"}"
    try:
        answer = line.post("/v1/notifications/verify-webhook-signature", body)
    except CredentialsRefused:
        raise
    except ProviderRefused as error:
        raise ForgedNotification(f"PayPal does not check it: {error.code}") from None
    if answer.get("verification_status") != "SUCCESS":
        raise ForgedNotification("PayPal did not sign it")


def _about(kind: str, resource: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Returns our payment's code and PayPal's references in an event's resource."""
    if kind.startswith("CUSTOMER.DISPUTE."):
        found = resource.get("disputed_transactions")
        disputed = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
        return "", _texts(*(one.get("seller_transaction_id") for one in disputed))
    if kind.startswith("CHECKOUT."):
        units = resource.get("purchase_units")
        unit = units[0] if isinstance(units, list) and units and isinstance(units[0], dict) else {}
        return _text(unit.get("custom_id")), _texts(resource.get("id"), resource.get("order_id"))
    refs = _texts(resource.get("id"), _order_of(resource), _capture_of(resource))
    # of a refund and of a reversal, the resource is the refund: its own reference is none of a payment's
    of_payment = kind.startswith("PAYMENT.CAPTURE.") and not kind.endswith((".REFUNDED", ".REVERSED"))
    return (_text(resource.get("custom_id")) if of_payment else ""), refs


def _order_of(resource: Mapping[str, Any]) -> object:
    data = resource.get("supplementary_data")
    related = data.get("related_ids") if isinstance(data, dict) else None
    return related.get("order_id") if isinstance(related, dict) else None


def _capture_of(resource: Mapping[str, Any]) -> str:
    """Returns the capture that a refund belongs to: the last part of its link "up"."""
    links = resource.get("links")
    for link in links if isinstance(links, list) else []:
        if isinstance(link, dict) and link.get("rel") == "up":
            return str(link.get("href") or "").rstrip("/").rpartition("/")[2]
    return ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(*values: object) -> list[str]:
    return [value for value in values if isinstance(value, str) and value]
