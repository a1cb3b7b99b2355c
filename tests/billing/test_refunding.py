"""Money given back: here, at the provider, in parts, with a lost answer; and what it reopens."""

from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.actions.refunding import finish_refund, finish_refunds, left_to_refund, refund_payment
from billing.actions.settling import settle
from billing.enums import IssueKind, RefundOrigin, RefundStatus
from billing.models import Payment, PaymentLine, ProviderAccount, Refund
from billing.providers.base import ProviderRefused, ProviderUnavailable
from extranet.enums import PaymentState
from extranet.models import Dossier
from kernel.errors import DomainError
from kernel.tenancy import public_context
from tests.billing.scripted import ScriptedProvider, add_unpaid, begin
from tests.factories.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


@pytest.fixture
def flat(in_alpha: None, cast: Cast) -> Dossier:
    return add_unpaid("Appartement", "50.00", user=cast.bob)


@pytest.fixture
def paid(provider: ScriptedProvider, account: ProviderAccount, house: Dossier, flat: Dossier) -> Payment:
    """Two dossiers paid at once: 150 and 50 euros."""
    payment = begin([house, flat], account)
    provider.session_of(payment).pay()
    return settle(payment.pk)


def give_back(
    payment: Payment, cast: Cast, amount: int, *, line: PaymentLine | None = None, reopens: bool = False
) -> Refund:
    return refund_payment(payment, amount=amount, line=line, reason="Erreur", reopens=reopens, user=cast.anna)


def state_of(dossier: Dossier) -> str:
    return Dossier.objects.get(pk=dossier.pk).payment_state


def lines_of(payment: Payment) -> list[int]:
    return list(payment.lines.order_by("pk").values_list("refunded", flat=True))


def test_part_is_given_back_on_its_line_and_the_dossier_stays_paid(
    provider: ScriptedProvider, paid: Payment, flat: Dossier, cast: Cast
) -> None:
    refund = give_back(paid, cast, 2_000, line=paid.lines.get(dossier=flat))
    assert refund.status == RefundStatus.SUCCEEDED
    assert refund.provider_ref
    assert refund.settled_at
    assert refund.requested_by_name == "Anna Amiante"
    paid.refresh_from_db()
    assert paid.refunded == 2_000
    assert lines_of(paid) == [0, 2_000]
    assert state_of(flat) == PaymentState.PAID
    assert not paid.issues.exists()
    settle(paid.pk)
    assert paid.refunds.count() == 1, "the provider's word of our own refund is no other one"


def test_refund_that_reopens_makes_due_again_only_what_it_concerns(
    provider: ScriptedProvider, paid: Payment, house: Dossier, flat: Dossier, cast: Cast
) -> None:
    give_back(paid, cast, 1, line=paid.lines.get(dossier=flat), reopens=True)
    assert [state_of(house), state_of(flat)] == [PaymentState.PAID, PaymentState.UNPAID]


def test_refund_without_a_line_is_counted_on_the_lines_in_their_order(paid: Payment, cast: Cast) -> None:
    give_back(paid, cast, 16_000)
    assert lines_of(paid) == [15_000, 1_000]
    give_back(paid, cast, 4_000)
    assert lines_of(paid) == [15_000, 5_000]
    paid.refresh_from_db()
    assert paid.net == 0


@pytest.mark.parametrize(("amount", "code"), [(0, "amount_wrong"), (-5, "amount_wrong"), (20_001, "refund_too_high")])
def test_wrong_amounts_are_refused_before_the_provider_is_asked(
    provider: ScriptedProvider, paid: Payment, cast: Cast, amount: int, code: str
) -> None:
    before = list(provider.calls)
    with pytest.raises(DomainError) as error:
        give_back(paid, cast, amount)
    assert error.value.code == code
    assert provider.calls == before
    assert not Refund.objects.exists()


def test_no_more_than_a_line_nor_what_is_asked_already(
    provider: ScriptedProvider, paid: Payment, flat: Dossier, cast: Cast
) -> None:
    line = paid.lines.get(dossier=flat)
    with pytest.raises(DomainError) as error:
        give_back(paid, cast, 5_001, line=line)
    assert error.value.code == "refund_too_high"
    provider.trouble.append(ProviderUnavailable("down"))
    assert give_back(paid, cast, 5_000, line=line).status == RefundStatus.REQUESTED
    assert left_to_refund(paid, line) == 0
    assert left_to_refund(paid) == 15_000
    with pytest.raises(DomainError):
        give_back(paid, cast, 15_001)
    with pytest.raises(DomainError):
        give_back(paid, cast, 1, line=line)


def test_open_payment_cannot_be_refunded(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, cast: Cast
) -> None:
    payment = begin([house], account)
    with pytest.raises(DomainError) as error:
        give_back(payment, cast, 100)
    assert error.value.code == "not_paid"


def test_refusal_is_written_down_and_gives_the_amount_free(
    provider: ScriptedProvider, paid: Payment, cast: Cast
) -> None:
    provider.trouble.append(ProviderRefused("too old", code="charge_expired"))
    refund = give_back(paid, cast, 20_000)
    assert (refund.status, refund.error) == (RefundStatus.FAILED, "too old")
    assert left_to_refund(Payment.objects.get()) == 20_000


@pytest.mark.parametrize("names", [True, False])
def test_refund_whose_answer_was_lost_is_found_once(
    provider: ScriptedProvider, paid: Payment, cast: Cast, names: bool
) -> None:
    provider.names_refunds = names
    provider.lost.append("refund")
    refund = give_back(paid, cast, 7_000)
    assert refund.status == RefundStatus.REQUESTED
    settle(paid.pk)
    refund.refresh_from_db()
    assert refund.status == RefundStatus.SUCCEEDED
    assert refund.origin == RefundOrigin.HERE
    assert paid.refunds.count() == 1
    assert not paid.issues.exists()


def test_refund_that_never_arrived_is_asked_again_under_its_key(
    provider: ScriptedProvider, paid: Payment, cast: Cast
) -> None:
    provider.trouble.append(ProviderUnavailable("down"))
    refund = give_back(paid, cast, 7_000)
    with public_context():
        assert ProcrastinateJob.objects.filter(task_name__endswith=".finish_refund").count() == 1
    finish_refund(refund_id=refund.pk)
    refund.refresh_from_db()
    assert refund.status == RefundStatus.SUCCEEDED
    finish_refund(refund_id=refund.pk)
    assert len(provider.session_of(paid).refunds) == 1


def test_old_refund_of_which_nobody_knows_is_not_asked_again(
    provider: ScriptedProvider, paid: Payment, cast: Cast
) -> None:
    provider.trouble.append(ProviderUnavailable("down"))
    refund = give_back(paid, cast, 7_000)
    Refund.objects.update(created_at=timezone.now() - timedelta(days=2))
    finish_refunds()
    finish_refund(refund_id=refund.pk)
    refund.refresh_from_db()
    assert refund.status == RefundStatus.FAILED
    assert provider.session_of(paid).refunds == []


def test_pending_refund_counts_only_once_it_is_made_and_never_goes_back(
    provider: ScriptedProvider, paid: Payment
) -> None:
    session = provider.session_of(paid)
    told = session.refund(5_000, status=RefundStatus.PENDING)
    assert settle(paid.pk).refunded == 0
    session.refunds[:] = [type(told)(told.ref, 5_000, RefundStatus.SUCCEEDED)]
    assert settle(paid.pk).refunded == 5_000
    session.refunds[:] = [told]  # stale
    assert settle(paid.pk).refunded == 5_000
    assert list(paid.issues.values_list("kind", flat=True)) == [IssueKind.REFUNDED_ELSEWHERE]
    session.refunds[:] = [type(told)(told.ref, 5_000, RefundStatus.FAILED)]
    assert settle(paid.pk).refunded == 5_000
    assert paid.issues.filter(kind=IssueKind.DIFFERS).exists(), "a person looks at it"


def test_whole_refund_at_the_provider_reopens_a_part_does_not(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier
) -> None:
    payment = begin([house], account)
    session = provider.session_of(payment)
    session.pay()
    session.refund(1_000)
    payment = settle(payment.pk)
    assert state_of(house) == PaymentState.PAID
    session.refund(14_000)
    payment = settle(payment.pk)
    assert payment.net == 0
    assert state_of(house) == PaymentState.UNPAID
    assert payment.issues.filter(kind=IssueKind.REFUNDED_ELSEWHERE).count() == 2
    again = begin([Dossier.objects.get(pk=house.pk)], account)
    assert again.amount == 15_000
    provider.session_of(again).pay()
    assert not settle(again.pk).issues.exists()
    assert state_of(house) == PaymentState.PAID


def test_refund_of_one_of_two_payments_leaves_the_dossier_paid(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier
) -> None:
    provider.abandons = False
    first, second = begin([house], account), begin([house], account)
    for payment in (first, second):
        provider.session_of(payment).pay()
        settle(payment.pk)
    provider.session_of(first).refund(15_000)
    settle(first.pk)
    assert state_of(house) == PaymentState.PAID, "the other one covers it"
    provider.session_of(second).refund(15_000)
    settle(second.pk)
    assert state_of(house) == PaymentState.UNPAID


def test_two_equal_refunds_whose_answers_cross_are_two(provider: ScriptedProvider, paid: Payment, cast: Cast) -> None:
    provider.names_refunds = False
    provider.lost.append("refund")
    first = give_back(paid, cast, 1_000)
    # the second one's notification is faster than its answer: the first row takes what it finds
    second = give_back(paid, cast, 1_000)
    for _time in range(2):
        settle(paid.pk)
        finish_refund(refund_id=first.pk)
    assert sorted(paid.refunds.values_list("status", "origin")) == [("succeeded", "here")] * 2
    assert {first.pk, second.pk} == set(paid.refunds.values_list("pk", flat=True))
    assert Payment.objects.get().refunded == 2_000
    assert not paid.issues.exists()


def test_more_given_back_than_was_paid_is_told(provider: ScriptedProvider, paid: Payment) -> None:
    session = provider.session_of(paid)
    session.refund(15_000)
    session.refund(15_000)
    payment = settle(paid.pk)
    assert payment.refunded == payment.amount == 20_000
    assert payment.issues.filter(kind=IssueKind.DIFFERS).exists()
