"""The client of Lyra against its stand-in over real HTTP: the REST interface, and the form up to its page."""

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from billing.enums import Provider, RefundStatus
from billing.providers.base import (
    Access,
    Attempt,
    CredentialsRefused,
    ForgedNotification,
    Incoming,
    ProviderRefused,
    ProviderUnavailable,
    Started,
    TruthState,
)
from billing.providers.lyra.client import LyraGateway
from kernel.secrets import Secrets
from tests.billing.cards import REFUND, REQUEST, Moved, attempt_of, incoming
from tests.gateways.lyra import FORM_KEY, LIVE_PASSWORD, PASSWORD, SHOP_ID, LyraStandIn
from tests.gateways.lyra_objects import CHALLENGED, CHALLENGED_REFUSED, MASTERCARD, REFUSED, REJECTED
from tests.gateways.server import Delivery, serving

ACCESS = Access(Provider.PAYZEN, False, SHOP_ID, Secrets(password=PASSWORD))
FORM_ACCESS = dataclasses.replace(ACCESS, secrets=Secrets(password=PASSWORD, form_key=FORM_KEY), uses_form=True)
WHOLE = dataclasses.replace(REFUND, amount=25_050)


@pytest.fixture
def lyra(settings: Any) -> Iterator[LyraStandIn]:
    """The stand-in, whose notifications wait."""
    settings.PAYMENT_TIMEOUT = 1
    with serving(stand_in := LyraStandIn(notifies="later")):
        settings.LYRA_URL = stand_in.url
        yield stand_in


@pytest.fixture
def gateway(lyra: LyraStandIn) -> LyraGateway:
    """The client."""
    return LyraGateway(ACCESS)


def paid(lyra: LyraStandIn, gateway: LyraGateway, *, captured: bool = True) -> Attempt:
    """Returns an attempt that was paid."""
    ref = gateway.start(REQUEST).ref
    assert lyra.pay(ref)
    if captured:
        lyra.capture(ref)
    return attempt_of(ref, gateway.read(attempt_of(ref)).capture_ref)


def opened(access: Access = FORM_ACCESS) -> tuple[Started, requests.Response]:
    """Begins by the form and posts it as the payer's browser does; returns the page that it sees."""
    started = LyraGateway(access).start(REQUEST)
    return started, requests.post(started.url, data=started.fields, timeout=5)


# --- the REST interface -----------------------------------------------------------------------------------------------


def test_start_tells_lyra_all_and_each_call_makes_a_page(lyra: LyraStandIn, gateway: LyraGateway) -> None:
    started = gateway.start(REQUEST)
    order = lyra.orders[started.ref]
    assert started.url == f"{lyra.url}/pay/o/{order.id}"
    assert (order.order_id, order.amount, order.currency) == ("pay-1", 25_050, "EUR")
    assert (order.ipn_url, order.return_url, order.return_mode) == (REQUEST.notify_url, REQUEST.return_url, "GET")
    assert started.expires_at is not None
    assert abs(order.expires_at - started.expires_at) < timedelta(seconds=2)
    assert (order.email, order.label) == ("alice@example.org", "2 dossiers")
    assert started.fields == {}
    assert gateway.start(REQUEST).ref != started.ref


def test_read_before_and_after_the_payment(lyra: LyraStandIn, gateway: LyraGateway) -> None:
    ref = gateway.start(REQUEST).ref
    before = gateway.read(attempt_of(ref))
    assert (before.state, before.amount, before.capture_ref) == (TruthState.PENDING, None, "")
    assert lyra.pay(ref, MASTERCARD)
    truth = gateway.read(attempt_of(ref))
    assert (truth.state, truth.amount, truth.currency) == (TruthState.SUCCEEDED, 25_050, "EUR")
    assert (truth.reference, truth.live, truth.instrument) == ("pay-1", False, "MASTERCARD •••• 0067")
    assert truth.capture_ref == lyra.orders[ref].transactions[0].uuid
    assert truth.paid_at is not None
    assert datetime.now(UTC) - truth.paid_at < timedelta(minutes=1)
    lyra.capture(ref)
    assert gateway.read(attempt_of(ref, truth.capture_ref)).state is TruthState.SUCCEEDED


@pytest.mark.parametrize(
    ("card", "authenticates", "code"),
    [
        (REFUSED, True, "ACQ_001"),
        (CHALLENGED, False, "AUTH_149"),
        (CHALLENGED_REFUSED, True, "ACQ_001"),
        (REJECTED, True, "AUTH_151"),
        ("4111111111111111", True, "ACQ_001"),
    ],
)
def test_a_refused_card_leaves_the_page_open(
    lyra: LyraStandIn, gateway: LyraGateway, card: str, authenticates: bool, code: str
) -> None:
    ref = gateway.start(REQUEST).ref
    assert not lyra.pay(ref, card, authenticates=authenticates)
    truth = gateway.read(attempt_of(ref))
    assert (truth.state, truth.capture_ref) == (TruthState.PENDING, "")
    assert code in truth.error
    assert lyra.pay(ref)
    assert gateway.read(attempt_of(ref)).state is TruthState.SUCCEEDED
    assert not lyra.pay(ref)


def test_a_page_that_ended_after_a_refusal_has_failed(lyra: LyraStandIn, gateway: LyraGateway) -> None:
    ref = gateway.start(REQUEST).ref
    lyra.pay(ref, REFUSED)
    lyra.expire(ref)
    assert gateway.read(attempt_of(ref)).state is TruthState.FAILED
    assert not lyra.pay(ref)


def test_the_page_with_its_challenge_and_the_way_back(lyra: LyraStandIn, gateway: LyraGateway) -> None:
    started = gateway.start(REQUEST)
    page = requests.get(started.url, timeout=5)
    assert "aucun argent n'est débité" in page.text
    assert "250,50 €" in page.text
    asked = requests.post(started.url, data={"number": CHALLENGED}, timeout=5)
    assert "Votre banque" in asked.text
    assert asked.url.endswith(f"/3ds?card={CHALLENGED}")
    refused = requests.post(f"{started.url}/3ds", data={"number": CHALLENGED, "answer": "refuse"}, timeout=5)
    assert "Authentification 3-D Secure refusée" in refused.text
    given_up = requests.post(started.url, data={"action": "cancel"}, timeout=5, allow_redirects=False)
    assert given_up.headers["Location"] == REQUEST.return_url
    accepted = requests.post(
        f"{started.url}/3ds", data={"number": CHALLENGED, "answer": "accept"}, timeout=5, allow_redirects=False
    )
    back = urlsplit(accepted.headers["Location"])
    assert (accepted.status_code, f"{back.scheme}://{back.netloc}{back.path}") == (303, REQUEST.return_url)
    assert dict(parse_qsl(back.query))["kr-hash-key"] == "sha256_hmac"
    with pytest.raises(ForgedNotification):  # what the browser brings back is no notification
        gateway.parse(Incoming(back.query.encode(), {}))
    assert gateway.read(attempt_of(started.ref)).state is TruthState.SUCCEEDED
    assert requests.get(started.url, timeout=5).status_code == 410
    assert requests.get(f"{lyra.url}/pay/o/unknown", timeout=5).status_code == 404


def test_each_notification_names_its_payment_and_a_repeated_one_is_known(
    lyra: LyraStandIn, gateway: LyraGateway
) -> None:
    attempt = paid(lyra, gateway)
    lyra.refund_elsewhere(attempt.ref, 100)
    heard = [gateway.parse(incoming(delivery)) for delivery in lyra.held]
    uuid, credit = attempt.capture_ref, lyra.orders[attempt.ref].transactions[1].uuid
    assert [notice.dedupe_key for notice in heard] == [f"{uuid}:AUTHORISED", f"{uuid}:CAPTURED", f"{credit}:AUTHORISED"]
    assert {notice.payment_code for notice in heard} == {"pay-1"}
    assert not any(notice.live for notice in heard)
    again: list[str] = []

    def post(delivery: Delivery) -> int:
        again.append(gateway.parse(incoming(delivery)).dedupe_key)
        return 200

    lyra.post = post
    assert lyra.redeliver(attempt.ref, backwards=True) == [200] * 3
    assert again == [notice.dedupe_key for notice in reversed(heard)]


# --- refunds ----------------------------------------------------------------------------------------------------------


def test_refund_once_a_key_and_never_too_much(lyra: LyraStandIn, gateway: LyraGateway) -> None:
    attempt = paid(lyra, gateway)
    made = gateway.refund(attempt, REFUND)
    assert (made.amount, made.status) == (5_000, RefundStatus.SUCCEEDED)
    assert gateway.refund(attempt, REFUND).ref == made.ref
    assert lyra.orders[attempt.ref].refunded == 5_000
    other = gateway.refund(attempt, dataclasses.replace(REFUND, key="k2", known_refs=frozenset({made.ref})))
    assert other.ref != made.ref
    truth = gateway.read(attempt)
    assert truth.state is TruthState.SUCCEEDED
    assert [(refund.ref, refund.amount) for refund in truth.refunds] == [(made.ref, 5_000), (other.ref, 5_000)]
    known = frozenset({made.ref, other.ref})
    with pytest.raises(ProviderRefused) as caught:
        gateway.refund(attempt, dataclasses.replace(REFUND, key="k3", amount=15_051, known_refs=known))
    assert caught.value.code == "PSP_511"
    last = gateway.refund(attempt, dataclasses.replace(REFUND, key="k4", amount=15_050, known_refs=known))
    with pytest.raises(ProviderRefused) as caught:
        gateway.refund(attempt, dataclasses.replace(REFUND, key="k5", amount=1, known_refs=known | {last.ref}))
    assert caught.value.code == "PSP_104"


def test_a_refund_whose_answer_was_lost_is_found_and_not_made_twice(lyra: LyraStandIn, gateway: LyraGateway) -> None:
    attempt = paid(lyra, gateway)
    lyra.trouble += ["", "cut_after"]  # the order is read first
    with pytest.raises(ProviderUnavailable):
        gateway.refund(attempt, REFUND)
    assert [refund.amount for refund in gateway.read(attempt).refunds] == [5_000]
    gateway.refund(attempt, REFUND)
    assert lyra.orders[attempt.ref].refunded == 5_000


def test_before_the_capture_all_of_it_is_cancelled_and_a_part_must_wait(
    lyra: LyraStandIn, gateway: LyraGateway
) -> None:
    attempt = paid(lyra, gateway, captured=False)
    with pytest.raises(ProviderRefused) as caught:
        gateway.refund(attempt, REFUND)
    assert caught.value.code == "PSP_076"
    made = gateway.refund(attempt, WHOLE)
    assert (made.ref, made.amount, made.status) == (f"{attempt.capture_ref}:cancelled", 25_050, RefundStatus.SUCCEEDED)
    assert gateway.refund(attempt, WHOLE) == made
    truth = gateway.read(attempt)
    assert (truth.state, truth.refunds) == (TruthState.REVERSED, ())


def test_a_cancellation_whose_answer_was_lost_is_found(lyra: LyraStandIn, gateway: LyraGateway) -> None:
    attempt = paid(lyra, gateway, captured=False)
    lyra.trouble += ["", "cut_after"]
    with pytest.raises(ProviderUnavailable):
        gateway.refund(attempt, WHOLE)
    assert lyra.orders[attempt.ref].transactions[0].status == "CANCELLED"
    assert gateway.refund(attempt, WHOLE).status is RefundStatus.SUCCEEDED


def test_cancelled_in_the_back_office_before_anybody_read_it(lyra: LyraStandIn, gateway: LyraGateway) -> None:
    attempt = paid(lyra, gateway, captured=False)
    lyra.cancel_transaction(attempt.ref)
    assert gateway.read(attempt).state is TruthState.REVERSED
    assert gateway.read(attempt_of(attempt.ref)).state is TruthState.CANCELLED


def test_nothing_paid_is_nothing_to_refund(lyra: LyraStandIn, gateway: LyraGateway) -> None:
    ref = gateway.start(REQUEST).ref
    for attempt in (attempt_of(ref), attempt_of(ref, "0" * 32)):
        with pytest.raises(ProviderRefused) as caught:
            gateway.refund(attempt, REFUND)
        assert caught.value.code == "PSP_010"


# --- keys and troubles ------------------------------------------------------------------------------------------------


def test_keys_are_checked(lyra: LyraStandIn, gateway: LyraGateway) -> None:
    gateway.check_credentials()
    LyraGateway(dataclasses.replace(ACCESS, live=True, secrets=Secrets(password=LIVE_PASSWORD))).check_credentials()
    for access, code in [
        (dataclasses.replace(ACCESS, secrets=Secrets()), "no_keys"),
        (dataclasses.replace(ACCESS, identifier=""), "no_keys"),
        (dataclasses.replace(ACCESS, identifier="87654321"), "INT_905"),
        (dataclasses.replace(ACCESS, secrets=Secrets(password="testpassword_Other0001")), "INT_905"),
        (dataclasses.replace(ACCESS, live=True), "wrong_mode"),
        (dataclasses.replace(ACCESS, secrets=Secrets(password=LIVE_PASSWORD)), "wrong_mode"),
        (dataclasses.replace(FORM_ACCESS, secrets=Secrets(form_key="short")), "form_key"),
    ]:
        with pytest.raises(CredentialsRefused) as caught:
            LyraGateway(access).check_credentials()
        assert caught.value.code == code
        assert "password_" not in str(caught.value)
    LyraGateway(dataclasses.replace(FORM_ACCESS, secrets=Secrets(form_key=FORM_KEY))).check_credentials()


def test_a_key_of_the_other_mode_tells_nothing_of_an_order(lyra: LyraStandIn, gateway: LyraGateway) -> None:
    attempt = paid(lyra, gateway)
    live = LyraGateway(dataclasses.replace(ACCESS, live=True, secrets=Secrets(password=LIVE_PASSWORD)))
    assert live.read(attempt).state is TruthState.PENDING
    with pytest.raises(CredentialsRefused):
        LyraGateway(dataclasses.replace(ACCESS, live=True)).read(attempt)
    for delivery in lyra.held:
        with pytest.raises(ForgedNotification):
            live.parse(incoming(delivery))


@pytest.mark.parametrize("trouble", ["500", "html", "slow", "cut"])
def test_troubles_are_told_apart_from_refusals_and_tried_once(
    lyra: LyraStandIn, gateway: LyraGateway, trouble: str
) -> None:
    attempt = paid(lyra, gateway)
    for call in (
        gateway.check_credentials,
        lambda: gateway.start(REQUEST),
        lambda: gateway.read(attempt),
        lambda: gateway.refund(attempt, REFUND),
    ):
        calls = len(lyra.calls)
        lyra.trouble.append(trouble)
        with pytest.raises(ProviderUnavailable) as caught:
            call()
        assert len(lyra.calls) == calls + 1
        assert caught.value.__context__ is None or caught.value.__suppress_context__
        assert PASSWORD not in str(caught.value)
    assert lyra.orders[attempt.ref].refunded == 0


def test_redirections_are_not_followed(settings: Any, lyra: LyraStandIn, gateway: LyraGateway) -> None:
    attempt = paid(lyra, gateway)
    with serving(Moved(target=lyra.url)) as elsewhere:
        settings.LYRA_URL = elsewhere.url
        calls = len(lyra.calls)
        with pytest.raises(ProviderUnavailable):
            gateway.read(attempt)
        assert len(lyra.calls) == calls


# --- the form ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_form_is_accepted_paid_and_read_by_the_rest_interface(lyra: LyraStandIn) -> None:
    started, page = opened()
    assert page.status_code == 200
    assert "250,50 €" in page.text
    assert lyra.pay(started.ref)
    truth = LyraGateway(FORM_ACCESS).read(attempt_of(started.ref))
    assert (truth.state, truth.amount, truth.reference) == (TruthState.SUCCEEDED, 25_050, "pay-1")
    (delivery,) = lyra.held
    told = dict(parse_qsl(delivery.body.decode(), keep_blank_values=True))
    assert told.items() >= {name: value for name, value in started.fields.items() if name != "signature"}.items()
    assert LyraGateway(FORM_ACCESS).parse(incoming(delivery)).dedupe_key == f"{truth.capture_ref}:AUTHORISED"


@pytest.mark.django_db
def test_the_form_is_refused_once_changed_and_its_number_is_used_up(lyra: LyraStandIn) -> None:
    started = LyraGateway(FORM_ACCESS).start(REQUEST)
    cheaper = requests.post(started.url, data={**started.fields, "vads_amount": "1"}, timeout=5)
    assert "signature" in cheaper.text
    assert not lyra.orders
    seen = [requests.post(started.url, data=started.fields, timeout=5).url for _time in range(2)]
    assert seen[0] == seen[1], "loaded anew it is the same page"
    back = lyra.cancel(started.ref)
    assert back.startswith(f"{REQUEST.cancel_url}&vads_")
    assert "vads_hash" not in back
    again = requests.post(started.url, data=started.fields, timeout=5)
    assert (again.status_code, "déjà été traitée" in again.text) == (410, True)
    assert LyraGateway(FORM_ACCESS).read(attempt_of(started.ref)).state is TruthState.CANCELLED
    assert not lyra.held


@pytest.mark.django_db
def test_without_the_rest_password_the_notifications_tell_and_the_back_office_refunds(lyra: LyraStandIn) -> None:
    access = dataclasses.replace(FORM_ACCESS, secrets=Secrets(form_key=FORM_KEY))
    gateway = LyraGateway(access)
    started, _page = opened(access)
    assert lyra.pay(started.ref)
    attempt = attempt_of(started.ref)
    assert gateway.read(attempt).state is TruthState.PENDING
    lyra.refund_elsewhere(started.ref, 5_000)
    attempt = dataclasses.replace(attempt, kept=[delivery.body.decode() for delivery in lyra.held])
    truth = gateway.read(attempt)
    assert (truth.state, truth.amount) == (TruthState.SUCCEEDED, 25_050)
    assert [refund.amount for refund in truth.refunds] == [5_000]
    with pytest.raises(ProviderRefused) as caught:
        gateway.refund(attempt, REFUND)
    assert caught.value.code == "no_rest_keys"
    assert not lyra.calls
