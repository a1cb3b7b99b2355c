"""PayPal's notifications: which are its own, and which payment they are about."""

import dataclasses
import json
from typing import Any

import pytest
from django.core.cache import cache

from billing.providers.base import CredentialsRefused, ForgedNotification, Incoming, Notice, ProviderUnavailable
from billing.providers.paypal.client import PayPalGateway
from tests.billing.cards import PAYPAL_ACCESS as ACCESS
from tests.billing.cards import REQUEST, attempt_of, incoming
from tests.gateways.paypal import CLIENT_ID, PayPalStandIn
from tests.gateways.server import Delivery


@pytest.fixture
def gateway(paypal: PayPalStandIn) -> PayPalGateway:
    """The client."""
    return PayPalGateway(ACCESS)


def test_each_notification_of_a_payment_names_it(paypal: PayPalStandIn, gateway: PayPalGateway) -> None:
    paypal.notifies = "later"  # they are read in this thread, where the firm is known
    paypal.notify_to(REQUEST.notify_url)
    ref = gateway.start(REQUEST).ref
    paypal.pay(ref, "pending")
    capture = gateway.read(attempt_of(ref)).capture_ref
    paypal.finish_pending(ref)
    paypal.refund_elsewhere(ref, 100)
    paypal.dispute(ref)
    paypal.dispute(ref, "RESOLVED_BUYER_FAVOUR")
    paypal.reverse(ref)
    heard = [gateway.parse(incoming(delivery)) for delivery in paypal.held]
    assert [notice.kind for notice in heard] == [
        "CHECKOUT.ORDER.APPROVED",
        "PAYMENT.CAPTURE.PENDING",
        "PAYMENT.CAPTURE.COMPLETED",
        "PAYMENT.CAPTURE.REFUNDED",
        "CUSTOMER.DISPUTE.CREATED",
        "CUSTOMER.DISPUTE.RESOLVED",
        "PAYMENT.CAPTURE.REVERSED",
    ]
    assert heard[0].refs == [ref]
    assert all(capture in notice.refs for notice in heard[1:])
    assert [notice.payment_code for notice in heard] == ["pay-1", "pay-1", "pay-1", "", "", "", ""]
    assert all(notice.matters and not notice.live for notice in heard)
    first = [notice.dedupe_key for notice in heard]
    assert len(set(first)) == len(first)
    again: list[Notice] = []

    def hear(delivery: Delivery) -> int:
        again.append(gateway.parse(incoming(delivery)))
        return 200

    paypal.post = hear
    assert paypal.redeliver(ref, backwards=True) == [200] * len(first)
    assert [notice.dedupe_key for notice in reversed(again)] == first


def deliver(paypal: PayPalStandIn, event: dict[str, Any]) -> Incoming:
    """Returns an event as PayPal would send it."""
    return incoming(paypal.deliver(event, paypal.merchants[CLIENT_ID]))


def test_forged_and_cut_notifications_are_refused(paypal: PayPalStandIn, gateway: PayPalGateway) -> None:
    good = deliver(paypal, {"id": "WH-1", "event_type": "PAYMENT.SALE.COMPLETED", "resource": {}})
    assert gateway.parse(good).matters is False
    calls = len(paypal.calls)
    unsigned = [
        *(Incoming(body, good.headers) for body in (b"", b"[]", b"{}", b"\xff", good.body[:-1], good.body + b"}")),
        Incoming(good.body, {}),
        *(Incoming(good.body, {**good.headers, name: ""}) for name in good.headers if name.startswith("paypal-")),
    ]
    for odd in unsigned:
        with pytest.raises(ForgedNotification):
            gateway.parse(odd)
    assert len(paypal.calls) == calls  # PayPal is not bothered with what cannot be its own
    changed = [
        Incoming(good.body + b" ", good.headers),
        Incoming(json.dumps(json.loads(good.body)).encode(), good.headers),
        Incoming(good.body, {**good.headers, "paypal-transmission-sig": "AAAA"}),
        Incoming(good.body, {**good.headers, "paypal-transmission-id": "other"}),
        Incoming(b'{"id": "WH-2", "event_type": "X", "webhook_event": {}}', good.headers),
    ]
    for odd in changed:
        with pytest.raises(ForgedNotification):
            gateway.parse(odd)
    for access in (dataclasses.replace(ACCESS, webhook_id="other"), dataclasses.replace(ACCESS, webhook_id="")):
        with pytest.raises(ForgedNotification):
            PayPalGateway(access).parse(good)


def test_a_notification_of_another_firms_account_is_refused(paypal: PayPalStandIn, gateway: PayPalGateway) -> None:
    other = paypal.register("A-other", "E-other", "WH-other")
    told = incoming(paypal.deliver({"id": "WH-1", "event_type": "PAYMENT.CAPTURE.COMPLETED", "resource": {}}, other))
    with pytest.raises(ForgedNotification):
        gateway.parse(told)


@pytest.mark.parametrize("trouble", ["500", "html", "slow", "cut"])
def test_while_paypal_cannot_be_asked_it_shall_send_again(
    paypal: PayPalStandIn, gateway: PayPalGateway, trouble: str
) -> None:
    good = deliver(paypal, {"id": "WH-1", "event_type": "PAYMENT.CAPTURE.COMPLETED", "resource": {}})
    paypal.trouble.append(trouble)
    with pytest.raises(ProviderUnavailable):
        gateway.parse(good)
    del paypal.merchants[CLIENT_ID]
    cache.clear()
    with pytest.raises(CredentialsRefused):
        gateway.parse(good)


@pytest.mark.parametrize("resource", [None, [], {"purchase_units": [1]}, {"links": [1]}, {"disputed_transactions": 3}])
def test_events_of_another_shape_are_of_no_concern(
    paypal: PayPalStandIn, gateway: PayPalGateway, resource: object
) -> None:
    for kind in ("CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.REFUNDED", "CUSTOMER.DISPUTE.CREATED"):
        told = deliver(paypal, {"id": "WH-1", "event_type": kind, "resource": resource})
        assert not gateway.parse(told).matters
