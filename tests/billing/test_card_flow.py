"""A payment from beginning to end with the clients of Stripe and PayPal, their stand-ins and the firm's own address."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts.models import User
from billing.actions.receiving import drain_notifications
from billing.actions.refunding import refund_payment
from billing.actions.settling import settle
from billing.actions.starting import start_payment
from billing.enums import Dispute, IssueKind, Mode, PaymentStatus, Provider, RefundStatus
from billing.models import Credentials, Notification, Payment, ProviderAccount
from extranet.enums import PaymentState
from extranet.models import Dossier
from kernel.secrets import seal
from tests.factories.cast import Cast
from tests.gateways import paypal, stripe
from tests.gateways.paypal import PayPalStandIn
from tests.gateways.server import serving
from tests.gateways.stripe import StripeStandIn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]

BASE_URL = "https://alpha.example"
KEYS: dict[str, dict[str, Any]] = {
    Provider.STRIPE: {"sealed": {"secret_key": stripe.SECRET_KEY, "webhook_secret": stripe.WEBHOOK_SECRET}},
    Provider.PAYPAL: {
        "identifier": paypal.CLIENT_ID,
        "webhook_id": paypal.WEBHOOK_ID,
        "sealed": {"client_secret": paypal.CLIENT_SECRET},
    },
}


@pytest.fixture(params=[Provider.STRIPE, Provider.PAYPAL])
def account(request: pytest.FixtureRequest, in_alpha: None) -> ProviderAccount:
    """Alpha's account with a provider."""
    account = ProviderAccount.objects.create(provider=request.param, mode=Mode.TEST, label="Carte", is_active=True)
    keys = dict(KEYS[request.param])
    Credentials.objects.create(account=account, mode=Mode.TEST, sealed=seal(keys.pop("sealed")), **keys)
    return account


@pytest.fixture
def stand_in(account: ProviderAccount, settings: Any) -> Iterator[StripeStandIn | PayPalStandIn]:
    """The provider, whose notifications wait until they are handed over."""
    made = StripeStandIn() if account.provider == Provider.STRIPE else PayPalStandIn()
    made.notifies = "later"
    made.notify_to(f"{BASE_URL}/notifications/paiement/{account.token}/")
    settings.PAYMENT_TIMEOUT = 5
    with serving(made):
        settings.STRIPE_URL = settings.PAYPAL_TEST_URL = made.url
        yield made


def begin(house: Dossier, account: ProviderAccount) -> Payment:
    """Begins to pay a dossier."""
    payment, started = start_payment(
        [house],
        account=account,
        contact=None,
        payer_name="Alice",
        payer_email="alice@example.org",
        base_url=BASE_URL,
        language="fr",
    )
    assert started is not None
    assert started.url.startswith("http://127.0.0.1")
    return payment


def hand_over(stand_in: StripeStandIn | PayPalStandIn, client: Client, account: ProviderAccount) -> list[int]:
    """Hands the waiting notifications to the firm's address, and has them handled; returns the answers."""
    answers = []
    waiting, stand_in.held = list(stand_in.held), []
    for delivery in waiting:
        path = urlsplit(delivery.url).path
        answer = client.post(
            path, delivery.body, content_type=delivery.headers["Content-Type"], headers=delivery.headers
        )
        answers.append(answer.status_code)
    drain_notifications(account_id=account.pk)
    return answers


def test_paid_by_notification_alone_then_refunded_and_contested(
    account: ProviderAccount,
    stand_in: StripeStandIn | PayPalStandIn,
    house: Dossier,
    host: Callable[[str], Client],
    cast: Cast,
) -> None:
    client, bob = host("alpha"), cast.bob
    assert isinstance(bob, User)
    payment = begin(house, account)
    stand_in.pay(payment.provider_ref)
    answers = hand_over(stand_in, client, account)
    assert answers
    assert set(answers) == {200}
    payment.refresh_from_db()
    house.refresh_from_db()
    assert (payment.status, payment.amount, payment.error) == (PaymentStatus.SUCCEEDED, 15_000, "")
    assert house.payment_state == PaymentState.PAID

    hand_over(stand_in, client, account)  # PayPal tells of the capture only now
    number, kept = payment.receipt_number, Notification.objects.count()
    refund = refund_payment(payment, amount=5_000, line=None, reason="geste", reopens=False, user=bob)
    assert refund.status == RefundStatus.SUCCEEDED
    assert set(hand_over(stand_in, client, account)) == {200}
    stand_in.refund_elsewhere(payment.provider_ref, 1_000)
    hand_over(stand_in, client, account)
    payment.refresh_from_db()
    assert (payment.refunded, payment.refunds.count(), payment.receipt_number) == (6_000, 2, number)
    assert Notification.objects.count() > kept

    stand_in.dispute(payment.provider_ref)
    hand_over(stand_in, client, account)
    payment.refresh_from_db()
    assert payment.dispute == Dispute.OPEN
    kinds = set(payment.issues.filter(resolved_at=None).values_list("kind", flat=True))
    assert kinds == {IssueKind.REFUNDED_ELSEWHERE, IssueKind.CHARGEBACK}


def test_repeated_and_backwards_notifications_change_nothing_more(
    account: ProviderAccount,
    stand_in: StripeStandIn | PayPalStandIn,
    house: Dossier,
    host: Callable[[str], Client],
) -> None:
    payment = begin(house, account)
    stand_in.pay(payment.provider_ref)
    assert settle(payment.pk).status == PaymentStatus.SUCCEEDED  # the return was faster
    stand_in.held = list(reversed(stand_in.held)) * 3
    assert set(hand_over(stand_in, host("alpha"), account)) == {200}
    payment.refresh_from_db()
    assert (payment.status, payment.refunded, payment.issues.count()) == (PaymentStatus.SUCCEEDED, 0, 0)
    assert Notification.objects.count() == Notification.objects.values("dedupe_key").distinct().count()


def test_two_attempts_and_the_first_cannot_be_paid_any_more(
    account: ProviderAccount, stand_in: StripeStandIn | PayPalStandIn, house: Dossier
) -> None:
    first = begin(house, account)
    second = begin(house, account)
    stand_in.pay(first.provider_ref)  # in the tab that was left open
    assert settle(first.pk).status in {PaymentStatus.EXPIRED, PaymentStatus.CANCELLED}
    stand_in.pay(second.provider_ref)
    assert settle(second.pk).status == PaymentStatus.SUCCEEDED
    assert settle(first.pk).status in {PaymentStatus.EXPIRED, PaymentStatus.CANCELLED}
    assert not second.issues.exists()


def test_a_notification_signed_with_other_keys_is_refused(
    account: ProviderAccount,
    stand_in: StripeStandIn | PayPalStandIn,
    house: Dossier,
    host: Callable[[str], Client],
) -> None:
    payment = begin(house, account)
    stand_in.pay(payment.provider_ref)
    for delivery in stand_in.held:
        delivery.headers.update({"Stripe-Signature": "t=1,v1=0", "PAYPAL-TRANSMISSION-SIG": "AAAA"})
    assert set(hand_over(stand_in, host("alpha"), account)) == {400}
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.PENDING
    assert not Notification.objects.exists()
