"""What a provider says of a payment, and what becomes of the dossiers: each case of the business."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.actions.settling import given_up_at, merge, next_wait, recheck_payment, settle, watch_open_payments
from billing.enums import Dispute, IssueKind, Method, Mode, PaymentStatus, RefundOrigin
from billing.models import BillingSettings, Payment, ProviderAccount
from billing.providers.base import ProviderUnavailable, Truth, TruthState
from billing.queries.dues import dues_of
from extranet.actions.dossier_life import delete_dossiers
from extranet.actions.payment_state import set_amount, set_paid
from extranet.enums import EventKind, PaymentState
from extranet.models import Dossier, DossierEvent
from kernel.tenancy import public_context
from mail.models import OutgoingMail
from tests.billing.scripted import KEY, ScriptedProvider, add_unpaid, begin
from tests.factories.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


def state_of(dossier: Dossier) -> str:
    return Dossier.objects.get(pk=dossier.pk).payment_state


def kinds(payment: Payment) -> list[str]:
    return sorted(payment.issues.filter(resolved_at=None).values_list("kind", flat=True))


def pay(provider: ScriptedProvider, payment: Payment, amount: int | None = None) -> Payment:
    provider.session_of(payment).pay(amount)
    return settle(payment.pk)


def jobs_of(name: str) -> list[ProcrastinateJob]:
    with public_context():
        return list(ProcrastinateJob.objects.filter(task_name__endswith=f".{name}", status="todo").order_by("id"))


def test_paid_payment_marks_its_dossier_numbers_a_receipt_and_sends_one_mail(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier
) -> None:
    payment = begin([house], account)
    assert payment.status == PaymentStatus.PENDING
    assert payment.amount == 15_000
    assert settle(payment.pk).status == PaymentStatus.PENDING
    assert state_of(house) == PaymentState.UNPAID

    payment = pay(provider, payment)
    assert payment.status == PaymentStatus.SUCCEEDED
    assert (payment.method, payment.instrument) == (Method.CARD, "Visa •••• 4242")
    assert payment.receipt_number == 1
    assert payment.capture_ref
    assert payment.paid_at
    house.refresh_from_db()
    assert house.payment_state == PaymentState.PAID
    assert house.payment_changed_by == f"Stripe {payment.code}"
    event = DossierEvent.objects.get(dossier=house, kind=EventKind.PAID)
    assert event.actor is None
    assert event.actor_name == f"Stripe {payment.code}"
    mail = OutgoingMail.objects.get(kind__startswith="payment")
    assert mail.to == "payer@client.example"
    assert "http" in mail.text
    assert kinds(payment) == []

    settle(payment.pk)
    merge(payment.pk, provider.session_of(payment).truth())
    assert OutgoingMail.objects.filter(kind__startswith="payment").count() == 1
    assert BillingSettings.objects.get().next_receipt_number == 2
    assert DossierEvent.objects.filter(kind=EventKind.PAID).count() == 1


def test_several_dossiers_are_paid_at_once(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, cast: Cast
) -> None:
    flat = add_unpaid("Appartement", "99.90", user=cast.bob)
    payment = begin([flat, house], account)
    assert payment.amount == 24_990
    pay(provider, payment)
    assert [state_of(each) for each in (house, flat)] == [PaymentState.PAID] * 2


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (TruthState.FAILED, PaymentStatus.FAILED),
        (TruthState.CANCELLED, PaymentStatus.CANCELLED),
        (TruthState.EXPIRED, PaymentStatus.EXPIRED),
    ],
)
def test_ended_attempt_pays_nothing_and_a_late_success_still_pays(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, state: TruthState, status: PaymentStatus
) -> None:
    payment = begin([house], account)
    provider.session_of(payment).state = state
    assert settle(payment.pk).status == status
    assert state_of(house) == PaymentState.UNPAID
    assert not OutgoingMail.objects.filter(kind__startswith="payment").exists()
    # a stale truth opens nothing again
    assert merge(payment.pk, Truth(TruthState.PENDING)).status == status

    payment = pay(provider, payment)
    assert payment.status == PaymentStatus.SUCCEEDED
    assert state_of(house) == PaymentState.PAID
    assert kinds(payment) == [IssueKind.LATE]
    # and an older one takes nothing back
    assert merge(payment.pk, Truth(state)).status == PaymentStatus.SUCCEEDED
    assert state_of(house) == PaymentState.PAID


def _other_amount(truth: Truth) -> Truth:
    return dataclasses.replace(truth, amount=1_500)


def _other_currency(truth: Truth) -> Truth:
    return dataclasses.replace(truth, currency="usd")


def _other_mode(truth: Truth) -> Truth:
    return dataclasses.replace(truth, live=not truth.live)


@pytest.mark.parametrize("wrong", [_other_amount, _other_currency, _other_mode])
def test_money_that_is_not_as_asked_marks_nothing_and_is_told(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, wrong: Callable[[Truth], Truth]
) -> None:
    payment = begin([house], account)
    session = provider.session_of(payment)
    session.pay()
    truth = wrong(session.truth())
    payment = merge(payment.pk, truth)
    assert payment.status == PaymentStatus.SUCCEEDED
    assert (payment.amount, payment.currency) == (truth.amount, truth.currency.upper())
    assert kinds(payment) == [IssueKind.WRONG_AMOUNT]
    assert state_of(house) == PaymentState.UNPAID
    assert not OutgoingMail.objects.filter(kind__startswith="payment").exists()
    (due,) = dues_of([Dossier.objects.get(pk=house.pk)])
    assert due.left == 15_000, "the firm decides, the dossier is still due"
    merge(payment.pk, truth)
    assert payment.issues.count() == 1


def test_foreign_reference_moves_nothing(provider: ScriptedProvider, account: ProviderAccount, house: Dossier) -> None:
    payment = begin([house], account)
    session = provider.session_of(payment)
    session.pay()
    session.reference = "somebody-else"
    payment = settle(payment.pk)
    assert payment.status == PaymentStatus.PENDING
    assert kinds(payment) == [IssueKind.DIFFERS]
    assert state_of(house) == PaymentState.UNPAID


@pytest.mark.parametrize("amount", [0, -15_000])
def test_success_without_money_is_none(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, amount: int
) -> None:
    payment = pay(provider, begin([house], account), amount)
    assert payment.status == PaymentStatus.PENDING
    assert kinds(payment) == [IssueKind.DIFFERS]
    assert state_of(house) == PaymentState.UNPAID


def test_second_payment_of_a_paid_dossier_is_told(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier
) -> None:
    provider.abandons = False
    first, second = begin([house], account), begin([house], account)
    assert first.pk != second.pk
    assert kinds(pay(provider, first)) == []
    second = pay(provider, second)
    assert kinds(second) == [IssueKind.PAID_TWICE]
    assert "Maison" in second.issues.get().note
    assert second.status == PaymentStatus.SUCCEEDED
    assert OutgoingMail.objects.filter(kind__startswith="payment").count() == 2, "each payer is told once"


def test_dossier_that_was_paid_by_hand_meanwhile_is_paid_twice(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, cast: Cast
) -> None:
    payment = begin([house], account)
    set_paid([house], paid=True, user=cast.bob)
    assert kinds(pay(provider, payment)) == [IssueKind.PAID_TWICE]
    # the provider gives it back: what the person said stays
    provider.session_of(payment).refund(15_000)
    settle(payment.pk)
    assert state_of(house) == PaymentState.PAID


@pytest.mark.parametrize(
    ("now", "state", "words"),
    [("100.00", PaymentState.PAID, "50,00"), ("180.50", PaymentState.UNPAID, "30,50"), (None, PaymentState.PAID, "")],
)
def test_amount_that_changed_meanwhile_is_told_with_its_figures(
    provider: ScriptedProvider,
    account: ProviderAccount,
    house: Dossier,
    cast: Cast,
    now: str | None,
    state: PaymentState,
    words: str,
) -> None:
    payment = begin([house], account)
    set_amount(house, amount=Decimal(now) if now else None, payer="", payer_name="", user=cast.bob)
    payment = pay(provider, payment)
    assert kinds(payment) == [IssueKind.AMOUNT_CHANGED]
    assert words in payment.issues.get().note
    assert state_of(house) == state
    if state == PaymentState.UNPAID:
        rest = begin([Dossier.objects.get(pk=house.pk)], account)
        assert rest.amount == 3_050
        assert kinds(pay(provider, rest)) == []
        assert state_of(house) == PaymentState.PAID


def test_dossier_that_is_no_longer_there_is_told(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, cast: Cast
) -> None:
    gone = add_unpaid("Disparue", "20.00", user=cast.bob)
    payment = begin([house, gone], account)
    Dossier.objects.filter(pk=gone.pk).delete()
    delete_dossiers([house], user=cast.bob)
    payment = pay(provider, payment)
    assert kinds(payment) == [IssueKind.DOSSIER_GONE] * 2
    assert "Disparue" in " ".join(payment.issues.values_list("note", flat=True))
    assert state_of(house) == PaymentState.PAID, "should it come back, it is paid"


def test_reversal_takes_all_back_and_reopens(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier
) -> None:
    payment = pay(provider, begin([house], account))
    stale = provider.session_of(payment).truth()
    provider.session_of(payment).state = TruthState.REVERSED
    payment = settle(payment.pk)
    assert payment.refunded == 15_000
    assert payment.refunds.get().origin == RefundOrigin.REVERSAL
    assert kinds(payment) == [IssueKind.REVERSED]
    assert state_of(house) == PaymentState.UNPAID
    # a truth that was read before comes late
    payment = merge(payment.pk, stale)
    settle(payment.pk)
    assert payment.net == 0
    assert payment.refunds.count() == 1
    assert state_of(house) == PaymentState.UNPAID


def test_payment_that_is_first_heard_of_as_reversed_confirms_nothing(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier
) -> None:
    payment = begin([house], account)
    session = provider.session_of(payment)
    session.pay()
    stale = session.truth()
    session.state = TruthState.REVERSED
    payment = settle(payment.pk)
    assert payment.net == 0
    assert payment.receipt_number is None
    merge(payment.pk, stale)
    assert state_of(house) == PaymentState.UNPAID
    assert not OutgoingMail.objects.filter(kind__startswith="payment").exists()


def test_dispute_is_told_then_settles_itself_when_won(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier
) -> None:
    payment = pay(provider, begin([house], account))
    session = provider.session_of(payment)
    session.dispute = Dispute.OPEN
    payment = settle(payment.pk)
    assert kinds(payment) == [IssueKind.CHARGEBACK]
    assert state_of(house) == PaymentState.PAID
    session.dispute = Dispute.WON
    payment = settle(payment.pk)
    assert kinds(payment) == []
    assert payment.issues.get().resolved_by == "Stripe"
    session.dispute = Dispute.OPEN  # stale
    assert settle(payment.pk).dispute == Dispute.WON
    assert state_of(house) == PaymentState.PAID


def test_lost_dispute_takes_what_is_left_and_reopens(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier
) -> None:
    payment = pay(provider, begin([house], account))
    session = provider.session_of(payment)
    session.refund(5_000)
    session.dispute = Dispute.LOST
    for _time in range(2):
        payment = settle(payment.pk)
    assert sorted(payment.refunds.values_list("origin", "amount")) == [("chargeback", 10_000), ("provider", 5_000)]
    assert payment.net == 0
    assert state_of(house) == PaymentState.UNPAID
    assert kinds(payment) == [IssueKind.CHARGEBACK, IssueKind.REFUNDED_ELSEWHERE]


def test_unavailable_provider_leaves_all_as_it_was_and_is_asked_again(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier
) -> None:
    payment = begin([house], account)
    provider.trouble.append(ProviderUnavailable("503"))
    with pytest.raises(ProviderUnavailable):
        settle(payment.pk)
    payment.refresh_from_db()
    assert payment.checks == 1
    assert payment.checked_at
    assert payment.status == PaymentStatus.PENDING
    assert pay(provider, payment).status == PaymentStatus.SUCCEEDED


def test_revoked_keys_keep_the_payment_open_and_say_so_until_they_are_mended(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier
) -> None:
    payment = begin([house], account)
    Payment.objects.update(expires_at=timezone.now() - timedelta(days=1))
    provider.session_of(payment).pay()
    provider.keys = {"another"}
    payment = settle(payment.pk)
    assert payment.is_open
    assert "revoked" in payment.error
    assert KEY not in payment.error
    provider.keys = set()
    assert settle(payment.pk).status == PaymentStatus.SUCCEEDED


def test_attempt_that_the_provider_does_not_know_expires_only_at_its_end(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier
) -> None:
    payment = begin([house], account)
    provider.sessions.clear()
    assert settle(payment.pk).status == PaymentStatus.PENDING
    Payment.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert settle(payment.pk).status == PaymentStatus.EXPIRED


def test_attempt_whose_beginning_was_lost_expires_by_itself(account: ProviderAccount, house: Dossier) -> None:
    payment = Payment.objects.create(account=account, provider=account.provider, mode=Mode.TEST, amount=100)
    assert settle(payment.pk).status == PaymentStatus.CREATED
    Payment.objects.update(created_at=timezone.now() - timedelta(hours=2))
    assert settle(payment.pk).status == PaymentStatus.EXPIRED


@pytest.mark.parametrize(
    ("age", "wait"),
    [
        (timedelta(0), timedelta(minutes=1)),
        (timedelta(minutes=1), timedelta(minutes=2)),
        (timedelta(minutes=3), timedelta(minutes=5)),
        (timedelta(minutes=8), timedelta(minutes=15)),
        (timedelta(minutes=23), timedelta(hours=1)),
        (timedelta(days=3), timedelta(hours=1)),
        (timedelta(days=4), timedelta(days=1)),
    ],
)
def test_looks_become_rarer(age: timedelta, wait: timedelta) -> None:
    assert next_wait(age) == wait


def test_chain_of_looks_goes_on_until_the_payment_ends(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier
) -> None:
    payment = begin([house], account)
    (first,) = jobs_of("recheck_payment")
    assert first.scheduled_at is not None
    assert timedelta(seconds=50) < first.scheduled_at - timezone.now() <= timedelta(seconds=60)
    _run(first)
    (second,) = jobs_of("recheck_payment")
    assert second.pk != first.pk
    provider.trouble.append(ProviderUnavailable("down"))
    _run(second)
    (third,) = jobs_of("recheck_payment")
    provider.session_of(payment).pay()
    _run(third)
    assert jobs_of("recheck_payment") == []
    assert state_of(house) == PaymentState.PAID


def _run(job: ProcrastinateJob) -> None:
    with public_context():
        ProcrastinateJob.objects.filter(pk=job.pk).update(status="doing")
    arguments: dict[str, Any] = {name: value for name, value in job.args.items() if name != "_schema"}
    recheck_payment(**arguments)


def test_chain_gives_up_three_days_after_the_end_and_later_for_direct_debits(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier
) -> None:
    payment = begin([house], account)
    assert payment.expires_at
    assert given_up_at(payment) == payment.expires_at + timedelta(days=3)
    Payment.objects.update(expires_at=timezone.now() - timedelta(days=4), created_at=timezone.now() - timedelta(days=5))
    provider.session_of(payment).method = Method.DIRECT_DEBIT
    recheck_payment(payment_id=payment.pk)
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.PENDING, "a debit takes its time"
    Payment.objects.update(created_at=timezone.now() - timedelta(days=31))
    recheck_payment(payment_id=payment.pk)
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.EXPIRED
    assert payment.error


def test_night_finds_open_payments_that_nobody_looks_at(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier
) -> None:
    payment = begin([house], account)
    with public_context():
        ProcrastinateJob.objects.all().delete()
    watch_open_payments()
    assert len(jobs_of("recheck_payment")) == 1, "never looked at"
    with public_context():
        ProcrastinateJob.objects.all().delete()
    settle(payment.pk)
    watch_open_payments()
    assert jobs_of("recheck_payment") == [], "looked at just now"
