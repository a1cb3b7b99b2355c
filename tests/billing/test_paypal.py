"""The client of PayPal, against its stand-in over real HTTP."""

import dataclasses
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from django.core.cache import cache
from django.db import connection

from billing.enums import Dispute, Method, RefundStatus
from billing.providers.base import (
    Access,
    Attempt,
    CredentialsRefused,
    ProviderRefused,
    ProviderUnavailable,
    TruthState,
)
from billing.providers.paypal.client import PayPalGateway
from billing.providers.paypal.transport import request_id
from billing.providers.paypal.truth import in_cents, on_wire
from kernel.secrets import Secrets
from kernel.tenancy import firm_context
from tests.billing.cards import PAYPAL_ACCESS as ACCESS
from tests.billing.cards import REFUND, REQUEST, Moved, attempt_of
from tests.gateways.paypal import CLIENT_ID, CLIENT_SECRET, PayPalStandIn
from tests.gateways.server import serving


@pytest.fixture
def gateway(paypal: PayPalStandIn) -> PayPalGateway:
    """The client."""
    return PayPalGateway(ACCESS)


def paid(paypal: PayPalStandIn, gateway: PayPalGateway) -> Attempt:
    """Returns an attempt that was paid."""
    ref = gateway.start(REQUEST).ref
    paypal.pay(ref)
    return attempt_of(ref, gateway.read(attempt_of(ref)).capture_ref)


def captures(paypal: PayPalStandIn) -> int:
    """Returns how often PayPal was asked to take money."""
    return sum(path.endswith("/capture") for _method, path in paypal.calls)


def test_start_tells_paypal_all_and_gives_the_page(paypal: PayPalStandIn, gateway: PayPalGateway) -> None:
    started = gateway.start(REQUEST)
    order = paypal.orders[started.ref]
    assert started.url == f"{paypal.url}/pay/checkoutnow?token={started.ref}"
    assert (order.amount, order.currency, order.unit["custom_id"]) == (25_050, "EUR", "pay-1")
    assert order.unit["amount"]["value"] == "250.50"
    assert [item["name"] for item in order.unit["items"]] == ["Maison Dupont — DPE", "Appartement — plomb & gaz"]
    assert (order.return_url, order.cancel_url) == (REQUEST.return_url, REQUEST.cancel_url)
    truth = gateway.read(attempt_of(started.ref))
    assert (truth.state, truth.amount, truth.capture_ref) == (TruthState.PENDING, None, "")
    assert captures(paypal) == 0


def test_start_twice_with_one_key_is_one_order(paypal: PayPalStandIn, gateway: PayPalGateway) -> None:
    assert gateway.start(REQUEST).ref == gateway.start(REQUEST).ref
    assert len(paypal.orders) == 1
    other = dataclasses.replace(REQUEST, idempotency_key="firm_beta:pay-1")
    assert gateway.start(other).ref not in {"", next(iter(paypal.orders))}
    assert len(request_id("firm_" + "x" * 60 + ":pay-1", "order")) == 38


def test_items_that_are_not_the_amount_are_left_out(paypal: PayPalStandIn, gateway: PayPalGateway) -> None:
    started = gateway.start(dataclasses.replace(REQUEST, amount=30_000, description="x" * 200))
    assert "items" not in paypal.orders[started.ref].unit
    assert paypal.orders[started.ref].amount == 30_000


def test_read_takes_the_money_of_an_approved_order_once(paypal: PayPalStandIn, gateway: PayPalGateway) -> None:
    ref = gateway.start(REQUEST).ref
    paypal.pay(ref)
    truth = gateway.read(attempt_of(ref))
    assert (truth.state, truth.amount, truth.currency) == (TruthState.SUCCEEDED, 25_050, "EUR")
    assert (truth.reference, truth.live, truth.method) == ("pay-1", False, Method.PAYPAL)
    assert truth.instrument == "acheteur@exemple.fr"
    assert truth.capture_ref == paypal.orders[ref].capture.id
    assert truth.paid_at is not None
    assert datetime.now(UTC) - truth.paid_at < timedelta(minutes=1)
    assert gateway.read(attempt_of(ref)) == truth
    assert captures(paypal) == 1


def test_a_capture_that_another_call_made_first(paypal: PayPalStandIn, gateway: PayPalGateway) -> None:
    ref = gateway.start(REQUEST).ref
    paypal.pay(ref)
    order = gateway._order(attempt_of(ref))  # approved, as this call has seen it
    paypal._capture(paypal.orders[ref])
    truth = gateway._take(attempt_of(ref), order)
    assert (truth.state, truth.amount) == (TruthState.SUCCEEDED, 25_050)
    assert len(paypal.orders[ref].captures) == 1


def test_a_capture_whose_answer_was_lost_is_read_again(paypal: PayPalStandIn, gateway: PayPalGateway) -> None:
    ref = gateway.start(REQUEST).ref
    paypal.pay(ref)
    paypal.trouble.extend(["", "cut_after"])
    with pytest.raises(ProviderUnavailable):
        gateway.read(attempt_of(ref))
    assert gateway.read(attempt_of(ref)).state is TruthState.SUCCEEDED
    assert len(paypal.orders[ref].captures) == 1


def test_a_declined_means_lets_the_payer_choose_another(paypal: PayPalStandIn, gateway: PayPalGateway) -> None:
    ref = gateway.start(REQUEST).ref
    paypal.pay(ref, "declined")
    truth = gateway.read(attempt_of(ref))
    assert (truth.state, truth.error) == (TruthState.PENDING, "INSTRUMENT_DECLINED")
    assert truth.capture_ref == ""
    paypal.pay(ref)
    assert gateway.read(attempt_of(ref)).state is TruthState.SUCCEEDED


@pytest.mark.parametrize(("succeeds", "end"), [(True, TruthState.SUCCEEDED), (False, TruthState.FAILED)])
def test_a_capture_that_waits_is_not_paid(
    paypal: PayPalStandIn, gateway: PayPalGateway, succeeds: bool, end: TruthState
) -> None:
    ref = gateway.start(REQUEST).ref
    paypal.pay(ref, "pending")
    for _time in range(2):
        truth = gateway.read(attempt_of(ref))
        assert (truth.state, truth.amount, truth.error) == (TruthState.PENDING, None, "ECHECK")
        assert truth.capture_ref == paypal.orders[ref].capture.id
    paypal.finish_pending(ref, succeeds=succeeds)
    assert gateway.read(attempt_of(ref)).state is end


def test_an_order_that_was_given_up_is_never_captured(paypal: PayPalStandIn, gateway: PayPalGateway) -> None:
    ref = gateway.start(REQUEST).ref
    gateway.abandon(attempt_of(ref))
    assert gateway.read(attempt_of(ref)).state is TruthState.CANCELLED
    paypal.pay(ref)
    assert gateway.read(attempt_of(ref)).state is TruthState.CANCELLED
    assert captures(paypal) == 0


def test_one_that_was_paid_stays_so_when_given_up(paypal: PayPalStandIn, gateway: PayPalGateway) -> None:
    attempt = paid(paypal, gateway)
    gateway.abandon(attempt)
    assert gateway.read(attempt).state is TruthState.SUCCEEDED


def test_an_order_of_another_amount_or_payment_is_not_captured(paypal: PayPalStandIn, gateway: PayPalGateway) -> None:
    ref = gateway.start(REQUEST).ref
    paypal.pay(ref)
    less = gateway.read(dataclasses.replace(attempt_of(ref), amount=25_000))
    assert (less.state, less.error) == (TruthState.FAILED, "AMOUNT_MISMATCH")
    other = gateway.read(dataclasses.replace(attempt_of(ref), reference="pay-2"))
    assert (other.state, other.reference) == (TruthState.PENDING, "pay-1")
    assert captures(paypal) == 0


def test_an_order_that_is_no_longer_shown_is_read_by_its_capture(paypal: PayPalStandIn, gateway: PayPalGateway) -> None:
    attempt = paid(paypal, gateway)
    paypal.expire(attempt.ref)
    truth = gateway.read(attempt)
    assert (truth.state, truth.amount, truth.capture_ref) == (TruthState.SUCCEEDED, 25_050, attempt.capture_ref)
    assert truth.reference == "pay-1"
    with pytest.raises(ProviderRefused) as caught:
        gateway.read(attempt_of(attempt.ref))
    assert caught.value.code == "INVALID_RESOURCE_ID"


def test_refund_once_a_key_and_never_too_much(paypal: PayPalStandIn, gateway: PayPalGateway) -> None:
    attempt = paid(paypal, gateway)
    made = gateway.refund(attempt, REFUND)
    assert (made.amount, made.status, made.reference) == (5_000, RefundStatus.SUCCEEDED, "ref-1")
    assert gateway.refund(attempt, REFUND) == made
    truth = gateway.read(attempt)
    assert (truth.state, truth.amount, truth.refunds) == (TruthState.SUCCEEDED, 25_050, (made,))
    for amount, code in [(20_051, "REFUND_AMOUNT_EXCEEDED"), (20_050, ""), (1, "CAPTURE_FULLY_REFUNDED")]:
        wanted = dataclasses.replace(REFUND, reference=f"ref-{amount}", key=f"firm_alpha:{amount}", amount=amount)
        if not code:
            gateway.refund(attempt, wanted)
            continue
        with pytest.raises(ProviderRefused) as caught:
            gateway.refund(attempt, wanted)
        assert caught.value.code == code
    assert gateway.read(attempt).state is TruthState.SUCCEEDED


def test_a_refund_whose_answer_was_lost_is_found_and_not_made_twice(
    paypal: PayPalStandIn, gateway: PayPalGateway
) -> None:
    attempt = paid(paypal, gateway)
    paypal.trouble.append("cut_after")
    with pytest.raises(ProviderUnavailable):
        gateway.refund(attempt, REFUND)
    assert [refund.reference for refund in gateway.read(attempt).refunds] == ["ref-1"]
    gateway.refund(attempt, REFUND)
    assert len(paypal.orders[attempt.ref].refunds) == 1


def test_a_refund_made_elsewhere_has_no_reference_of_ours(paypal: PayPalStandIn, gateway: PayPalGateway) -> None:
    attempt = paid(paypal, gateway)
    refund = paypal.refund_elsewhere(attempt.ref, 100)
    assert refund.custom_id == "pay-1"
    assert [(one.ref, one.reference) for one in gateway.read(attempt).refunds] == [(refund.id, "")]


def test_a_reversal_and_disputes(paypal: PayPalStandIn, gateway: PayPalGateway) -> None:
    attempt = paid(paypal, gateway)
    assert gateway.read(attempt).dispute is Dispute.NONE
    for outcome, told in [
        ("", Dispute.OPEN),
        ("RESOLVED_SELLER_FAVOUR", Dispute.WON),
        ("CANCELED_BY_BUYER", Dispute.WON),
        ("RESOLVED_BUYER_FAVOUR", Dispute.LOST),
    ]:
        paypal.dispute(attempt.ref, outcome)
        assert gateway.read(attempt).dispute is told
    paypal.reverse(attempt.ref)
    truth = gateway.read(attempt)
    assert (truth.state, truth.amount) == (TruthState.REVERSED, 25_050)


@pytest.mark.parametrize(
    ("cents", "wire"), [(1, "0.01"), (100, "1.00"), (25_050, "250.50"), (123_456_789, "1234567.89")]
)
def test_amounts_are_decimal_texts(cents: int, wire: str) -> None:
    assert on_wire(cents) == wire
    assert in_cents(wire) == cents


@pytest.mark.parametrize("wrong", ["1.005", "NaN", "Infinity", "x", ""])
def test_amounts_that_are_none(wrong: str) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        in_cents(wrong)


# --- pages ------------------------------------------------------------------------------------------------------------


def test_the_payers_pages(paypal: PayPalStandIn, gateway: PayPalGateway) -> None:
    url = gateway.start(REQUEST).url
    ref = next(iter(paypal.orders))
    page = requests.get(url, timeout=5)
    assert "aucun argent n'est débité" in page.text
    assert "Se connecter" in page.text
    requests.post(url, data={"action": "ok"}, timeout=5)  # not logged in
    assert gateway.read(attempt_of(ref)).state is TruthState.PENDING
    back = requests.post(url, data={"action": "cancel"}, timeout=5, allow_redirects=False)
    assert back.headers["Location"] == f"{REQUEST.cancel_url}&token={ref}"
    page = requests.post(url, data={"action": "login"}, timeout=5)
    assert "plomb &amp; gaz" in page.text
    done = requests.post(url, data={"action": "ok"}, timeout=5, allow_redirects=False)
    assert done.headers["Location"].startswith(f"{REQUEST.return_url}?token={ref}&PayerID=")
    assert gateway.read(attempt_of(ref)).state is TruthState.SUCCEEDED
    assert requests.get(url, timeout=5).status_code == 410


# --- keys and troubles ------------------------------------------------------------------------------------------------


def test_keys_are_checked(paypal: PayPalStandIn, gateway: PayPalGateway) -> None:
    gateway.start(REQUEST)
    gateway.check_credentials()
    assert paypal.minted == 2  # checking logs in anew, whatever is kept
    for wrong in [
        dataclasses.replace(ACCESS, secrets=Secrets()),
        dataclasses.replace(ACCESS, identifier=""),
        dataclasses.replace(ACCESS, secrets=Secrets(client_secret="E-of-another-firm")),
        dataclasses.replace(ACCESS, webhook_id=""),
        dataclasses.replace(ACCESS, webhook_id="9XX"),
    ]:
        with pytest.raises(CredentialsRefused) as caught:
            PayPalGateway(wrong).check_credentials()
        assert "E-of-another-firm" not in str(caught.value)


def test_a_token_is_kept_sealed_and_for_one_firm_and_key(paypal: PayPalStandIn, gateway: PayPalGateway) -> None:
    gateway.start(REQUEST)
    PayPalGateway(ACCESS).read(attempt_of(next(iter(paypal.orders))))
    assert paypal.minted == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM public.django_cache WHERE cache_key LIKE '%paypal-token%'")
        kept = " ".join(row[0] for row in cursor.fetchall())
    token = next(iter(paypal.merchants[CLIENT_ID].tokens))
    assert kept
    assert token not in kept
    with firm_context("firm_beta"), pytest.raises(ProviderRefused):
        PayPalGateway(ACCESS).read(attempt_of("unknown"))
    assert paypal.minted == 2
    paypal.merchants[CLIENT_ID].client_secret = "E-rolled"
    rolled = dataclasses.replace(ACCESS, secrets=Secrets(client_secret="E-rolled"))
    PayPalGateway(rolled).start(REQUEST)
    assert paypal.minted == 3


def test_a_withdrawn_token_is_replaced_once(paypal: PayPalStandIn, gateway: PayPalGateway) -> None:
    gateway.start(REQUEST)
    paypal.withdraw_tokens()
    gateway.start(REQUEST)
    assert paypal.minted == 2
    del paypal.merchants[CLIENT_ID]
    with pytest.raises(CredentialsRefused):
        gateway.read(attempt_of("x"))


def test_a_token_of_a_moment_is_not_kept(paypal: PayPalStandIn, gateway: PayPalGateway) -> None:
    paypal.token_seconds = 60
    for _time in range(2):
        gateway.start(REQUEST)
    assert paypal.minted == 2


def test_another_account_knows_nothing_of_it(paypal: PayPalStandIn, gateway: PayPalGateway) -> None:
    ref = gateway.start(REQUEST).ref
    paypal.register("A-other", "E-other", "WH-other")
    other = PayPalGateway(Access("paypal", False, "A-other", Secrets(client_secret="E-other")))
    with pytest.raises(ProviderRefused):
        other.read(attempt_of(ref))
    assert other.start(REQUEST).ref != ref


def test_redirections_are_not_followed(settings: Any, paypal: PayPalStandIn, gateway: PayPalGateway) -> None:
    ref = gateway.start(REQUEST).ref
    with serving(Moved(target=paypal.url)) as elsewhere:
        settings.PAYPAL_TEST_URL = elsewhere.url
        calls = len(paypal.calls)
        for _time in range(2):  # logging in, which is another base and so another token
            with pytest.raises(ProviderUnavailable):
                PayPalGateway(ACCESS).read(attempt_of(ref))
        assert len(paypal.calls) == calls


def test_live_keys_go_to_the_other_host(paypal: PayPalStandIn) -> None:
    calls = len(paypal.calls)
    with pytest.raises(ProviderUnavailable):
        PayPalGateway(dataclasses.replace(ACCESS, live=True)).start(REQUEST)
    assert len(paypal.calls) == calls


@pytest.mark.parametrize("trouble", ["500", "html", "slow", "cut"])
@pytest.mark.parametrize("logged_in", [True, False])
def test_troubles_are_told_apart_from_refusals_and_tried_once(
    paypal: PayPalStandIn, gateway: PayPalGateway, trouble: str, logged_in: bool
) -> None:
    ref = gateway.start(REQUEST).ref
    for call in (
        lambda: gateway.start(REQUEST),
        lambda: gateway.read(attempt_of(ref)),
        lambda: gateway.refund(attempt_of(ref, "CAP"), REFUND),
        gateway.check_credentials,
    ):
        if not logged_in:
            cache.clear()
        calls = len(paypal.calls)
        paypal.trouble.append(trouble)
        with pytest.raises(ProviderUnavailable) as caught:
            call()
        assert len(paypal.calls) == calls + 1
        assert "Maintenance" not in str(caught.value)


@pytest.mark.parametrize("odd", [{}, {"id": 1}, {"status": "COMPLETED", "purchase_units": []}, {"status": None}])
def test_answers_of_another_shape(paypal: PayPalStandIn, gateway: PayPalGateway, odd: dict[str, Any]) -> None:
    ref = gateway.start(REQUEST).ref
    paypal.orders[ref].json = lambda url: odd  # type: ignore[method-assign]
    with pytest.raises(ProviderUnavailable):
        gateway.read(attempt_of(ref))


def test_nothing_secret_is_logged(
    paypal: PayPalStandIn, gateway: PayPalGateway, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    attempt = paid(paypal, gateway)
    gateway.refund(attempt, REFUND)
    token = next(iter(paypal.merchants[CLIENT_ID].tokens))
    for secret in (CLIENT_SECRET, token):
        assert secret not in caplog.text
        assert secret not in repr(ACCESS)
