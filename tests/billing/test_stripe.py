"""The client of Stripe, against its stand-in over real HTTP."""

import dataclasses
import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import stripe as sdk

from billing.enums import Dispute, Method, RefundStatus
from billing.providers.base import (
    Access,
    Attempt,
    CredentialsRefused,
    ForgedNotification,
    Incoming,
    Notice,
    ProviderRefused,
    ProviderUnavailable,
    TruthState,
)
from billing.providers.stripe.client import StripeGateway
from kernel.secrets import Secrets
from tests.billing.cards import REFUND, REQUEST, Moved, attempt_of, incoming
from tests.gateways.server import Delivery, serving
from tests.gateways.stripe import SECRET_KEY, WEBHOOK_SECRET, StripeStandIn
from tests.gateways.stripe_objects import CHALLENGED, DECLINED, POOR, SEPA_FAILS, SEPA_SUCCEEDS, signature

ACCESS = Access("stripe", False, "", Secrets(secret_key=SECRET_KEY, webhook_secret=WEBHOOK_SECRET))


@pytest.fixture
def gateway(stripe: StripeStandIn) -> StripeGateway:
    """The client."""
    return StripeGateway(ACCESS)


def paid(stripe: StripeStandIn, gateway: StripeGateway) -> Attempt:
    """Returns an attempt that was paid."""
    ref = gateway.start(REQUEST).ref
    assert stripe.pay(ref)
    return attempt_of(ref, gateway.read(attempt_of(ref)).capture_ref)


def test_start_tells_stripe_all_and_gives_the_page(stripe: StripeStandIn, gateway: StripeGateway) -> None:
    started = gateway.start(REQUEST)
    session = stripe.sessions[started.ref]
    assert started.url == session.url
    assert (session.amount, session.currency, session.locale) == (25_050, "eur", "fr")
    assert session.items == ["Maison Dupont — DPE", "Appartement — plomb & gaz"]
    assert (session.reference, session.metadata, session.intent_metadata) == (
        "pay-1",
        {"payment": "pay-1"},
        {"payment": "pay-1"},
    )
    assert session.email == "alice@example.org"
    assert (SECRET_KEY, "firm_alpha:pay-1") in stripe.answered
    assert started.expires_at is not None
    assert started.expires_at - REQUEST.created_at >= timedelta(hours=1, minutes=59)
    assert gateway.read(attempt_of(started.ref)).state is TruthState.PENDING
    assert gateway.read(attempt_of(started.ref)).capture_ref == ""


def test_start_twice_with_one_key_is_one_session(stripe: StripeStandIn, gateway: StripeGateway) -> None:
    assert gateway.start(REQUEST).ref == gateway.start(REQUEST).ref
    assert len(stripe.sessions) == 1
    with pytest.raises(ProviderRefused) as caught:
        gateway.start(dataclasses.replace(REQUEST, payer_email="bob@example.org"))
    assert caught.value.code == "idempotency_error"


def test_items_that_are_not_the_amount_become_one_line(stripe: StripeStandIn, gateway: StripeGateway) -> None:
    started = gateway.start(dataclasses.replace(REQUEST, amount=30_000))
    session = stripe.sessions[started.ref]
    assert (session.amount, session.items) == (30_000, ["2 dossiers"])


def test_read_of_a_paid_session(stripe: StripeStandIn, gateway: StripeGateway) -> None:
    ref = gateway.start(REQUEST).ref
    assert stripe.pay(ref)
    truth = gateway.read(attempt_of(ref))
    assert (truth.state, truth.amount, truth.currency) == (TruthState.SUCCEEDED, 25_050, "EUR")
    assert (truth.reference, truth.live, truth.method) == ("pay-1", False, Method.CARD)
    assert truth.instrument == "Visa •••• 4242"
    assert truth.capture_ref == stripe.sessions[ref].intent
    assert truth.paid_at is not None
    assert datetime.now(UTC) - truth.paid_at < timedelta(minutes=1)
    assert (truth.refunds, truth.dispute, truth.error) == ((), Dispute.NONE, "")


@pytest.mark.parametrize(("card", "told"), [(DECLINED, "refusée"), (POOR, "insuffisants"), ("4111", "pas valide")])
def test_a_declined_card_leaves_the_page_open(
    stripe: StripeStandIn, gateway: StripeGateway, card: str, told: str
) -> None:
    ref = gateway.start(REQUEST).ref
    assert not stripe.pay(ref, card)
    truth = gateway.read(attempt_of(ref))
    assert truth.state is TruthState.PENDING
    assert told in truth.error
    assert truth.capture_ref == ""
    assert stripe.pay(ref)
    assert gateway.read(attempt_of(ref)).state is TruthState.SUCCEEDED


def test_three_d_secure_on_the_page(stripe: StripeStandIn, gateway: StripeGateway) -> None:
    started = gateway.start(REQUEST)
    page = requests.get(started.url, timeout=5)
    assert "aucun argent n'est débité" in page.text
    assert "250,50 €" in page.text
    assert "plomb &amp; gaz" in page.text
    asked = requests.post(started.url, data={"number": CHALLENGED}, timeout=5)
    assert "Votre banque" in asked.text
    assert asked.url.endswith(f"/3ds?card={CHALLENGED}")
    refused = requests.post(f"{started.url}/3ds", data={"answer": "refuse"}, timeout=5)
    assert "authentifier votre moyen de paiement" in refused.text
    assert gateway.read(attempt_of(started.ref)).state is TruthState.PENDING
    accepted = requests.post(f"{started.url}/3ds", data={"answer": "accept"}, timeout=5, allow_redirects=False)
    assert (accepted.status_code, accepted.headers["Location"]) == (303, REQUEST.return_url)
    assert gateway.read(attempt_of(started.ref)).state is TruthState.SUCCEEDED
    assert requests.get(started.url, timeout=5).status_code == 410


@pytest.mark.parametrize(("iban", "end"), [(SEPA_SUCCEEDS, TruthState.SUCCEEDED), (SEPA_FAILS, TruthState.FAILED)])
def test_a_direct_debit_waits_for_the_bank(
    stripe: StripeStandIn, gateway: StripeGateway, iban: str, end: TruthState
) -> None:
    ref = gateway.start(REQUEST).ref
    assert stripe.pay(ref, iban)
    waits = gateway.read(attempt_of(ref))
    assert (waits.state, waits.method, waits.amount) == (TruthState.PENDING, Method.DIRECT_DEBIT, None)
    assert waits.capture_ref == stripe.sessions[ref].intent
    stripe.finish_async(ref)
    assert gateway.read(attempt_of(ref)).state is end


def test_abandon_ends_an_open_session_and_no_other(stripe: StripeStandIn, gateway: StripeGateway) -> None:
    ref = gateway.start(REQUEST).ref
    gateway.abandon(attempt_of(ref))
    assert gateway.read(attempt_of(ref)).state is TruthState.EXPIRED
    assert not stripe.pay(ref)
    gateway.abandon(attempt_of(ref))
    other = gateway.start(dataclasses.replace(REQUEST, idempotency_key="firm_alpha:pay-2")).ref
    stripe.pay(other)
    gateway.abandon(attempt_of(other))
    assert gateway.read(attempt_of(other)).state is TruthState.SUCCEEDED


def test_a_session_of_which_stripe_knows_nothing(gateway: StripeGateway) -> None:
    with pytest.raises(ProviderRefused) as caught:
        gateway.read(attempt_of("cs_test_unknown"))
    assert caught.value.code == "resource_missing"


def test_refund_once_a_key_and_never_too_much(stripe: StripeStandIn, gateway: StripeGateway) -> None:
    attempt = paid(stripe, gateway)
    made = gateway.refund(attempt, REFUND)
    assert (made.amount, made.status, made.reference) == (5_000, RefundStatus.SUCCEEDED, "ref-1")
    assert (SECRET_KEY, "firm_alpha:ref-1") in stripe.answered
    assert gateway.refund(attempt, REFUND).ref == made.ref
    truth = gateway.read(attempt)
    assert truth.state is TruthState.SUCCEEDED
    assert truth.amount == 25_050
    assert [(refund.ref, refund.amount, refund.reference) for refund in truth.refunds] == [(made.ref, 5_000, "ref-1")]
    with pytest.raises(ProviderRefused):
        gateway.refund(attempt, dataclasses.replace(REFUND, key="firm_alpha:ref-2", amount=20_051))
    gateway.refund(attempt, dataclasses.replace(REFUND, key="firm_alpha:ref-3", amount=20_050))
    with pytest.raises(ProviderRefused) as caught:
        gateway.refund(attempt, dataclasses.replace(REFUND, key="firm_alpha:ref-4", amount=1))
    assert caught.value.code == "charge_already_refunded"


def test_a_refund_whose_answer_was_lost_is_found_and_not_made_twice(
    stripe: StripeStandIn, gateway: StripeGateway
) -> None:
    attempt = paid(stripe, gateway)
    stripe.trouble.append("cut_after")
    with pytest.raises(ProviderUnavailable):
        gateway.refund(attempt, REFUND)
    assert [refund.reference for refund in gateway.read(attempt).refunds] == ["ref-1"]
    gateway.refund(attempt, REFUND)
    assert len(stripe.sessions[attempt.ref].refunds) == 1


def test_refunds_that_wait_fail_or_were_made_elsewhere(stripe: StripeStandIn, gateway: StripeGateway) -> None:
    attempt = paid(stripe, gateway)
    stripe.refunds_wait = True
    assert gateway.refund(attempt, REFUND).status is RefundStatus.PENDING
    stripe.finish_refund(attempt.ref, stripe.sessions[attempt.ref].refunds[0], succeeds=False)
    stripe.refunds_wait = False
    for _time in range(12):  # more than the ten that Stripe gives with a charge
        stripe.refund_elsewhere(attempt.ref, 100)
    refunds = gateway.read(attempt).refunds
    assert len(refunds) == 13
    assert [refund.error for refund in refunds if refund.status is RefundStatus.FAILED] == ["lost_or_stolen_card"]
    assert sum(refund.amount for refund in refunds if refund.status is RefundStatus.SUCCEEDED) == 1_200


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("needs_response", Dispute.OPEN),
        ("warning_needs_response", Dispute.OPEN),
        ("under_review", Dispute.OPEN),
        ("won", Dispute.WON),
        ("lost", Dispute.LOST),
        ("prevented", Dispute.NONE),
    ],
)
def test_disputes(stripe: StripeStandIn, gateway: StripeGateway, status: str, told: Dispute) -> None:
    attempt = paid(stripe, gateway)
    stripe.dispute(attempt.ref, status)
    assert gateway.read(attempt).dispute is told


# --- keys and troubles ------------------------------------------------------------------------------------------------


def test_keys_are_checked(stripe: StripeStandIn, gateway: StripeGateway) -> None:
    gateway.check_credentials()
    calls = len(stripe.calls)
    wrong = "sk_test_51SomeOtherKey0001"
    for secrets, live in [
        (Secrets(), False),
        (Secrets(secret_key=SECRET_KEY), False),
        (Secrets(secret_key=SECRET_KEY, webhook_secret=WEBHOOK_SECRET), True),
        (Secrets(secret_key="pk_test_51", webhook_secret=WEBHOOK_SECRET), False),
    ]:
        with pytest.raises(CredentialsRefused):
            StripeGateway(Access("stripe", live, "", secrets)).check_credentials()
    assert len(stripe.calls) == calls
    with pytest.raises(CredentialsRefused) as caught:
        StripeGateway(
            Access("stripe", False, "", Secrets(secret_key=wrong, webhook_secret=WEBHOOK_SECRET))
        ).check_credentials()
    assert wrong not in str(caught.value)
    assert "sk_test_" not in str(caught.value)


def test_another_account_knows_nothing_of_it(stripe: StripeStandIn, gateway: StripeGateway) -> None:
    ref = gateway.start(REQUEST).ref
    stripe.register("sk_test_51OtherFirm", "whsec_other0001")
    other = StripeGateway(Access("stripe", False, "", Secrets(secret_key="sk_test_51OtherFirm")))
    with pytest.raises(ProviderRefused) as caught:
        other.read(attempt_of(ref))
    assert caught.value.code == "resource_missing"
    # and the same key of idempotency is another one there
    assert other.start(REQUEST).ref != ref


def test_a_key_revoked_meanwhile(stripe: StripeStandIn, gateway: StripeGateway) -> None:
    ref = gateway.start(REQUEST).ref
    del stripe.accounts[SECRET_KEY]
    for call in (lambda: gateway.read(attempt_of(ref)), lambda: gateway.abandon(attempt_of(ref))):
        with pytest.raises(CredentialsRefused):
            call()


@pytest.mark.parametrize("trouble", ["500", "html", "slow", "cut"])
def test_troubles_are_told_apart_from_refusals_and_tried_once(
    stripe: StripeStandIn, gateway: StripeGateway, trouble: str
) -> None:
    ref = gateway.start(REQUEST).ref
    for call in (
        lambda: gateway.start(REQUEST),
        lambda: gateway.read(attempt_of(ref)),
        lambda: gateway.abandon(attempt_of(ref)),
        lambda: gateway.refund(attempt_of(ref, "pi_1"), REFUND),
    ):
        calls = len(stripe.calls)
        stripe.trouble.append(trouble)
        with pytest.raises(ProviderUnavailable) as caught:
            call()
        assert len(stripe.calls) == calls + 1
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__
        assert "Maintenance" not in str(caught.value)


def test_redirections_are_not_followed(settings: Any, stripe: StripeStandIn) -> None:
    started = StripeGateway(ACCESS).start(REQUEST)
    with serving(Moved(target=stripe.url)) as elsewhere:
        settings.STRIPE_URL = elsewhere.url
        calls = len(stripe.calls)
        with pytest.raises(ProviderUnavailable):
            StripeGateway(ACCESS).read(attempt_of(started.ref))
        assert len(stripe.calls) == calls


def test_the_sdk_keeps_quiet(
    stripe: StripeStandIn, gateway: StripeGateway, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sdk.enable_telemetry is False
    assert sdk.api_key is None
    caplog.set_level(logging.DEBUG)
    attempt = paid(stripe, gateway)
    gateway.refund(attempt, REFUND)
    text = caplog.text + "".join(capsys.readouterr())
    for secret in (SECRET_KEY, "alice@example.org", "client_reference_id"):
        assert secret not in text
    assert SECRET_KEY not in repr(ACCESS)
    assert SECRET_KEY not in repr(gateway)


# --- notifications ----------------------------------------------------------------------------------------------------


def test_each_event_of_a_payment_names_it(stripe: StripeStandIn, gateway: StripeGateway) -> None:
    stripe.notifies = "later"
    stripe.notify_to(REQUEST.notify_url)
    attempt = paid(stripe, gateway)
    stripe.refund_elsewhere(attempt.ref, 100)
    stripe.dispute(attempt.ref)
    stripe.dispute(attempt.ref, "lost")
    heard = [gateway.parse(incoming(delivery)) for delivery in stripe.held]
    kinds = [notice.kind for notice in heard if notice.matters]
    assert kinds == [
        "payment_intent.succeeded",
        "checkout.session.completed",
        "refund.created",
        "charge.refunded",
        "charge.dispute.created",
        "charge.dispute.closed",
    ]
    for notice in heard:
        assert not notice.live
        assert attempt.capture_ref in notice.refs
        assert notice.payment_code in {"pay-1", ""}
    assert len({notice.dedupe_key for notice in heard}) == len(heard)
    again: list[Notice] = []

    def hear(delivery: Delivery) -> int:
        again.append(gateway.parse(incoming(delivery)))
        return 200

    stripe.post = hear
    assert stripe.redeliver(attempt.ref, backwards=True) == [200] * len(heard)
    assert [notice.dedupe_key for notice in reversed(again)] == [notice.dedupe_key for notice in heard]


#: From the facts: a signature that Stripe's own library accepts.
VECTOR_BODY = b'{"id":"evt_test_1","object":"event","type":"checkout.session.completed"}'
VECTOR = "18ce639f994d29cc49e0caaca78bccdef3e92e3b0adcbc59249fb916e2cd628f"


def test_the_documented_signature() -> None:
    assert f"v1={VECTOR}," in signature(VECTOR_BODY, ["whsec_test"], at=1_764_000_000)


def test_forged_late_and_cut_notifications_are_refused(gateway: StripeGateway) -> None:
    now = int(datetime.now(UTC).timestamp())
    body = json.dumps({"id": "evt_1", "object": "event", "type": "x", "data": {"object": {}}}).encode()
    assert gateway.parse(Incoming(body, {"stripe-signature": signature(body, ["no", WEBHOOK_SECRET])})).matters is False
    forged = [
        (body, ""),
        (body, "t=1"),
        (body, "t=a,v1=b"),
        (body, f"t={now},v1=é"),
        (body, signature(body, ["whsec_other"])),
        (body, signature(body, [""])),
        (body, signature(body, [WEBHOOK_SECRET], at=now - 301)),
        (body[:-1], signature(body, [WEBHOOK_SECRET])),
        (body + b" ", signature(body, [WEBHOOK_SECRET])),
        (b"\xff\xfe", signature(b"\xff\xfe", [WEBHOOK_SECRET])),
        *(
            (odd, signature(odd, [WEBHOOK_SECRET]))
            for odd in (b"", b"[]", b"{}", b'"x"', b"null", b'{"id":1,"type":2}')
        ),
    ]
    for odd, header in forged:
        with pytest.raises(ForgedNotification):
            gateway.parse(Incoming(odd, {"stripe-signature": header}))
    with pytest.raises(ForgedNotification):
        StripeGateway(Access("stripe", False, "", Secrets(secret_key=SECRET_KEY))).parse(
            Incoming(body, {"stripe-signature": signature(body, [""])})
        )


def test_a_rolled_secret_is_known_for_a_while(gateway: StripeGateway) -> None:
    rolled = dataclasses.replace(ACCESS, secrets=Secrets(webhook_secret="whsec_new"), former=ACCESS.secrets)
    notice = StripeGateway(rolled).parse(
        Incoming(VECTOR_BODY, {"stripe-signature": signature(VECTOR_BODY, [WEBHOOK_SECRET])})
    )
    assert notice.dedupe_key == "evt_test_1"
    assert not notice.matters


def test_a_session_of_another_shop_of_the_firm_is_of_no_concern(gateway: StripeGateway) -> None:
    told = {"id": "cs_test_other", "object": "checkout.session", "payment_intent": "pi_other", "metadata": {}}
    event = {"id": "evt_9", "type": "checkout.session.completed", "livemode": False, "data": {"object": told}}
    body = json.dumps(event).encode()
    assert not gateway.parse(Incoming(body, {"stripe-signature": signature(body, [WEBHOOK_SECRET])})).matters
