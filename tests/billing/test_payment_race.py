"""Fifty at once, with real commits: notifications, returns, jobs, two providers' attempts for one dossier."""

from collections.abc import Callable
from functools import partial
from typing import Any

from accounts.models import User
from billing.actions.receiving import drain_notifications
from billing.actions.refunding import refund_payment
from billing.actions.settling import settle
from billing.enums import IssueKind, NotificationState, PaymentStatus, RefundStatus
from billing.models import BillingSettings, Notification, Payment, ProviderAccount, Refund
from extranet.enums import EventKind, PaymentState
from extranet.models import Dossier, DossierEvent
from kernel.tenancy import firm_context
from mail.models import OutgoingMail
from tests.billing.scripted import ScriptedProvider, add_account, add_unpaid, begin, notify
from tests.support import at_host
from tests.together import at_once


def _told(account: ProviderAccount, payment: Payment, number: int) -> Callable[[], int]:
    # ten different events, each delivered several times
    told = {"id": f"evt-{number % 10}", "kind": "paid", "code": payment.code}
    return lambda: notify(at_host("alpha"), account, told)


def test_fifty_notifications_and_returns_pay_one_dossier_once(own_database: str, provider: ScriptedProvider) -> None:
    with firm_context("firm_alpha"):
        anna = User.objects.get()
        account = add_account()
        house = add_unpaid("Maison", "150.00", user=anna)
        payment = begin([house], account)
        provider.session_of(payment).pay()
    works: list[Callable[[], Any]] = [_told(account, payment, number) for number in range(25)]
    works += [partial(settle, payment.pk) for _ in range(15)]
    works += [partial(drain_notifications, account_id=account.pk) for _ in range(10)]
    results = at_once(works)
    assert [result for result in results if isinstance(result, Exception)] == []
    assert results.count(200) == 25
    with firm_context("firm_alpha"):
        drain_notifications(account_id=account.pk)
        payment.refresh_from_db()
        assert payment.status == PaymentStatus.SUCCEEDED
        assert payment.receipt_number == 1
        assert not payment.issues.exists()
        assert Dossier.objects.get().payment_state == PaymentState.PAID
        assert DossierEvent.objects.filter(kind=EventKind.PAID).count() == 1
        assert OutgoingMail.objects.filter(kind__startswith="payment").count() == 1
        assert Notification.objects.count() == 10
        assert set(Notification.objects.values_list("state", flat=True)) == {NotificationState.HANDLED}


def test_two_attempts_paid_at_the_same_instant_are_one_paid_dossier_and_one_alarm(
    own_database: str, provider: ScriptedProvider
) -> None:
    provider.abandons = False
    with firm_context("firm_alpha"):
        anna = User.objects.get()
        account = add_account()
        houses = [add_unpaid(f"Maison {rank}", "10.00", user=anna) for rank in range(2)]
        # the same two dossiers, in both orders
        payments = [begin(list(order), account) for order in (houses, houses[::-1]) * 3]
        for payment in payments:
            provider.session_of(payment).pay()
    works: list[Callable[[], Any]] = [partial(settle, payment.pk) for payment in payments * 4]
    results = at_once(works)
    assert [result for result in results if isinstance(result, Exception)] == []
    with firm_context("firm_alpha"):
        assert set(Dossier.objects.values_list("payment_state", flat=True)) == {PaymentState.PAID}
        alarmed = [payment for payment in payments if payment.issues.filter(kind=IssueKind.PAID_TWICE).count() == 2]
        assert len(alarmed) == len(payments) - 1
        assert OutgoingMail.objects.filter(kind__startswith="payment").count() == len(payments)
        numbers = sorted(payment.receipt_number or 0 for payment in Payment.objects.all())
        assert numbers == list(range(1, len(payments) + 1))
        assert BillingSettings.objects.get().next_receipt_number == len(payments) + 1


def test_refunds_asked_at_the_same_instant_never_exceed_the_payment(
    own_database: str, provider: ScriptedProvider
) -> None:
    with firm_context("firm_alpha"):
        anna = User.objects.get()
        payment = begin([add_unpaid("Maison", "100.00", user=anna)], add_account())
        provider.session_of(payment).pay()
        settle(payment.pk)
    ask = partial(refund_payment, payment, amount=3_000, line=None, reason="", reopens=False, user=anna)
    results = at_once([ask] * 8 + [partial(settle, payment.pk)] * 4)
    assert [result for result in results if isinstance(result, Exception)] == []
    assert results.count("refund_too_high") == 5
    with firm_context("firm_alpha"):
        payment.refresh_from_db()
        assert payment.refunded == 9_000
        assert list(Refund.objects.values_list("status", "origin")) == [(RefundStatus.SUCCEEDED, "here")] * 3
        assert not payment.issues.exists()
        assert len(provider.session_of(payment).refunds) == 3
