"""What is easily wrong: keys of the other mode, revoked ones, orders that are long gone, tests beside real money."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from billing.actions.receiving import drain_notifications
from billing.actions.refunding import refund_payment
from billing.actions.settling import settle
from billing.enums import Dispute, IssueKind, Method, Mode, PaymentStatus, Provider, RefundStatus
from billing.models import Credentials, Notification, Payment, ProviderAccount
from billing.providers.base import Access, ForgedNotification, Incoming
from billing.providers.lyra.client import LyraGateway
from billing.providers.lyra.signing import answer_hash, form_signature
from billing.queries.dues import dues_of
from billing.queries.paying import due_total
from extranet.actions.payment_state import set_paid
from extranet.enums import PaymentState
from extranet.models import Dossier
from kernel.secrets import Secrets, seal
from tests.billing.scripted import ScriptedProvider, add_account, add_unpaid, begin
from tests.billing.worlds import World, world_of
from tests.factories.cast import Cast
from tests.gateways.paypal import PayPalStandIn
from tests.support import at_host

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]

SHOP, TEST_KEY, TEST_PASSWORD = "12345678", "1122334455667788", "testpassword_EXAMPLE"


def state_of(dossier: Dossier) -> str:
    return Dossier.objects.get(pk=dossier.pk).payment_state


# --- the key decides of the mode --------------------------------------------------------------------------------------


def lyra_form(payment: Payment, mode: str) -> Incoming:
    """Returns a notification of the form that says paid, signed with the test key."""
    fields = {
        "vads_amount": str(payment.amount),
        "vads_ctx_mode": mode,
        "vads_currency": "978",
        "vads_hash": "x",
        "vads_operation_type": "DEBIT",
        "vads_order_id": payment.code,
        "vads_site_id": SHOP,
        "vads_trans_date": "20261124100000",
        "vads_trans_status": "CAPTURED",
        "vads_trans_uuid": "u" * 32,
    }
    return Incoming(urlencode({**fields, "signature": form_signature(fields, TEST_KEY)}).encode(), {})


def test_whoever_has_lyras_test_key_alone_pays_nothing_in_live_mode(house: Dossier) -> None:
    account = ProviderAccount.objects.create(
        provider=Provider.PAYZEN, mode=Mode.LIVE, label="Carte", is_active=True, uses_form=True
    )
    for mode, key in ((Mode.TEST, TEST_KEY), (Mode.LIVE, "8877665544332211")):
        Credentials.objects.create(account=account, mode=mode, identifier=SHOP, sealed=seal({"form_key": key}))
    payment = begin([house], account)
    path = f"/notifications/paiement/{account.token}/"
    forged = at_host("alpha").post(
        path, lyra_form(payment, "PRODUCTION").body, content_type="application/x-www-form-urlencoded"
    )
    assert forged.status_code == 400
    assert not Notification.objects.exists()
    # a real one of the test mode is genuine, and moves no live payment
    told = at_host("alpha").post(
        path, lyra_form(payment, "TEST").body, content_type="application/x-www-form-urlencoded"
    )
    assert told.status_code == 200
    drain_notifications(account_id=account.pk)
    assert state_of(house) == PaymentState.UNPAID


@pytest.mark.parametrize(("mode", "genuine"), [("TEST", True), ("PRODUCTION", False), ("", False), (None, False)])
def test_an_answer_of_the_other_mode_than_its_password_is_refused(mode: str | None, genuine: bool) -> None:
    answer = json.dumps({"shopId": SHOP, "orderStatus": "PAID", "orderDetails": {"orderId": "pay-1", "mode": mode}})
    fields = {
        "kr-hash": answer_hash(answer, TEST_PASSWORD),
        "kr-hash-algorithm": "sha256_hmac",
        "kr-hash-key": "password",
        "kr-answer-type": "V4/Payment",
        "kr-answer": answer,
    }
    gateway = LyraGateway(Access("payzen", False, SHOP, Secrets(password=TEST_PASSWORD)))
    incoming = Incoming(urlencode(fields).encode(), {})
    if genuine:
        assert not gateway.parse(incoming).live
    else:
        with pytest.raises(ForgedNotification):
            gateway.parse(incoming)


def test_revoked_keys_of_one_mode_do_not_hide_the_other(paypal: PayPalStandIn, settings: Any) -> None:
    settings.PAYPAL_LIVE_URL = paypal.url
    paypal.notifies = "later"
    merchant = paypal.register("A-test-" + "0" * 20, "E-test-" + "0" * 20, "WH-TEST", "https://alpha.example/x/")
    account = ProviderAccount.objects.create(provider=Provider.PAYPAL, mode=Mode.LIVE, label="PayPal", is_active=True)
    for mode, identifier, secret in (
        (Mode.LIVE, "A-revoked-" + "0" * 20, "E-revoked"),
        (Mode.TEST, merchant.client_id, merchant.client_secret),
    ):
        Credentials.objects.create(
            account=account,
            mode=mode,
            identifier=identifier,
            webhook_id="WH-TEST",
            sealed=seal({"client_secret": secret}),
        )
    resource = {"id": "cap-1", "custom_id": "unknown"}
    event = {"id": "WH-1", "event_type": "PAYMENT.CAPTURE.COMPLETED", "resource": resource}
    delivery = paypal.deliver(event, merchant)

    def post(client: Client) -> int:
        path = f"/notifications/paiement/{account.token}/"
        kind = delivery.headers["Content-Type"]
        return client.post(path, delivery.body, content_type=kind, headers=delivery.headers).status_code

    assert post(at_host("alpha")) == 200
    assert Notification.objects.get().mode == Mode.TEST
    Credentials.objects.filter(mode=Mode.TEST).update(sealed=seal({"client_secret": "E-revoked-too"}))
    assert post(at_host("alpha")) == 503, "it shall send again: nobody can say whether it is genuine"


# --- what comes long after --------------------------------------------------------------------------------------------


@pytest.fixture
def world(settings: Any, in_alpha: None) -> Any:
    with world_of("paypal", settings) as made:
        yield made


def test_a_refund_at_paypal_is_noted_long_after_the_order_is_gone(world: World, house: Dossier, client: Client) -> None:
    stand_in = world.stand_in
    assert isinstance(stand_in, PayPalStandIn)
    payment = world.begin(house)
    world.pay(payment.provider_ref)
    assert settle(payment.pk).status == PaymentStatus.SUCCEEDED
    world.take()
    stand_in.expire(payment.provider_ref)
    stand_in.refund_elsewhere(payment.provider_ref, 5_000)
    assert world.hand_over(at_host("alpha")) == {200}
    payment.refresh_from_db()
    assert payment.refunded == 5_000
    assert state_of(house) == PaymentState.PAID
    stand_in.refund_elsewhere(payment.provider_ref)
    for _twice in range(2):
        for delivery in world.take():
            world.post(at_host("alpha"), delivery)
            world.post(at_host("alpha"), delivery)
        drain_notifications(account_id=world.account.pk)
        settle(payment.pk)
    payment.refresh_from_db()
    assert (payment.refunded, payment.net) == (15_000, 0)
    assert state_of(house) == PaymentState.UNPAID
    assert sorted(payment.refunds.values_list("amount", "status")) == [
        (5_000, RefundStatus.SUCCEEDED),
        (10_000, RefundStatus.SUCCEEDED),
    ]


def test_a_refund_of_ours_that_waits_is_followed_when_the_order_is_gone(
    world: World, house: Dossier, cast: Cast
) -> None:
    stand_in = world.stand_in
    assert isinstance(stand_in, PayPalStandIn)
    payment = world.begin(house)
    world.pay(payment.provider_ref)
    payment = settle(payment.pk)
    refund = refund_payment(payment, amount=5_000, line=None, reason="", reopens=False, user=cast.bob)
    made = stand_in.orders[payment.provider_ref].refunds[0]
    made.status = "PENDING"
    type(refund).objects.filter(pk=refund.pk).update(status=RefundStatus.PENDING, settled_at=None)
    stand_in.expire(payment.provider_ref)
    settle(payment.pk)
    refund.refresh_from_db()
    assert refund.status == RefundStatus.PENDING
    made.status = "COMPLETED"
    settle(payment.pk)
    refund.refresh_from_db()
    assert refund.status == RefundStatus.SUCCEEDED
    assert payment.refunds.count() == 1


def test_a_dispute_that_is_lost_after_another_was_won_takes_the_money(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier
) -> None:
    payment = begin([house], account)
    session = provider.session_of(payment)
    session.pay()
    for told in (Dispute.OPEN, Dispute.WON, Dispute.OPEN, Dispute.LOST, Dispute.WON):
        session.dispute = told
        payment = settle(payment.pk)
    assert (payment.dispute, payment.net) == (Dispute.LOST, 0)
    assert state_of(house) == PaymentState.UNPAID
    assert payment.issues.filter(kind=IssueKind.CHARGEBACK, resolved_at__isnull=True).exists()


# --- tests beside money -----------------------------------------------------------------------------------------------


def test_what_was_tried_before_going_live_has_paid_nothing(provider: ScriptedProvider, cast: Cast) -> None:
    house = add_unpaid("Maison", "150.00", user=cast.bob, contacts=[cast.alice])
    tried = begin([house], add_account(mode=Mode.TEST))
    provider.session_of(tried).pay()
    settle(tried.pk)
    assert state_of(house) == PaymentState.PAID, "while one only tries, all is as it will be"
    set_paid([house], paid=False, user=cast.bob)
    live = add_account(mode=Mode.LIVE)
    house.refresh_from_db()
    assert dues_of([house])[0].left == 15_000
    assert due_total(cast.alice.user).left == 15_000
    payment = begin([house], live)
    session = provider.session_of(payment)
    session.live = True
    session.pay()
    payment = settle(payment.pk)
    assert (payment.amount, payment.status) == (15_000, PaymentStatus.SUCCEEDED)
    assert state_of(house) == PaymentState.PAID
    assert not payment.issues.exists()


def test_a_test_beside_live_means_opens_no_dossier(provider: ScriptedProvider, house: Dossier) -> None:
    add_account(mode=Mode.LIVE)
    payment = begin([house], add_account(mode=Mode.TEST))
    provider.session_of(payment).pay()
    assert settle(payment.pk).status == PaymentStatus.SUCCEEDED
    assert state_of(house) == PaymentState.UNPAID
    assert not payment.issues.exists()
    assert dues_of([Dossier.objects.get(pk=house.pk)])[0].left == 15_000
    assert payment.method == Method.CARD or not payment.method
