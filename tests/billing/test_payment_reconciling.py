"""What we know of a period against what the provider says."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.actions.reconciling import reconciliation_state, start_reconciliation
from billing.actions.settling import settle
from billing.enums import IssueKind, PaymentStatus, RefundStatus
from billing.models import Payment, ProviderAccount
from billing.providers.base import ProviderUnavailable, RefundTruth, TruthState
from extranet.enums import PaymentState
from kernel.errors import DomainError
from kernel.tenancy import firm_context, public_context
from tests.billing.scripted import ScriptedProvider, add_unpaid, begin
from tests.factories.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


def run_it(cast: Cast, jobs: Callable[[], int]) -> str:
    with public_context():
        ProcrastinateJob.objects.all().delete()
    today = timezone.localdate()
    run_id = start_reconciliation(today, today, cast.anna)
    jobs()
    return run_id


def test_reconciliation_brings_up_to_date_and_tells_what_differs(
    provider: ScriptedProvider, account: ProviderAccount, cast: Cast, jobs: Callable[[], int]
) -> None:
    same, missed, other, unread, old = (
        begin([add_unpaid(f"Maison {rank}", "10.00", user=cast.bob)], account) for rank in range(5)
    )
    for payment in (same, other, unread, old):
        provider.session_of(payment).pay()
        settle(payment.pk)
    provider.session_of(missed).pay()  # and nobody told us
    provider.session_of(other).state = TruthState.FAILED  # here it was paid
    Payment.objects.filter(pk=old.pk).update(
        created_at=timezone.now() - timedelta(days=9), paid_at=timezone.now() - timedelta(days=8)
    )
    del provider.sessions[unread.provider_ref]
    run_id = run_it(cast, jobs)
    state = reconciliation_state(run_id)
    assert state is not None
    assert state.is_over
    assert (state.total, state.read, state.by) == (4, 4, "Anna Amiante")
    assert state.changed == [missed.code]
    assert state.differing == [other.code]
    assert state.untold == [unread.code]
    missed.refresh_from_db()
    assert missed.status == PaymentStatus.SUCCEEDED
    dossier = missed.lines.get().dossier
    assert dossier is not None
    assert dossier.payment_state == PaymentState.PAID
    issue = other.issues.get()
    assert issue.kind == IssueKind.DIFFERS
    assert "failed" in issue.note
    run_it(cast, jobs)
    assert other.issues.count() == 1
    with firm_context("firm_beta"):
        assert reconciliation_state(run_id) is None


def test_refund_that_the_provider_does_not_know_differs(
    provider: ScriptedProvider, account: ProviderAccount, cast: Cast, jobs: Callable[[], int]
) -> None:
    payment = begin([add_unpaid("Maison", "10.00", user=cast.bob)], account)
    session = provider.session_of(payment)
    session.pay()
    session.refunds.append(RefundTruth("re-1", 300, RefundStatus.SUCCEEDED))
    settle(payment.pk)
    session.refunds.clear()
    state = reconciliation_state(run_it(cast, jobs))
    assert state is not None
    assert state.differing == [payment.code]


def test_provider_that_is_down_is_told_and_changes_nothing(
    provider: ScriptedProvider, account: ProviderAccount, cast: Cast, jobs: Callable[[], int]
) -> None:
    payment = begin([add_unpaid("Maison", "10.00", user=cast.bob)], account)
    provider.trouble.append(ProviderUnavailable("down"))
    state = reconciliation_state(run_it(cast, jobs))
    assert state is not None
    assert (state.untold, state.changed, state.differing) == ([payment.code], [], [])


@pytest.mark.parametrize(("since", "until"), [(0, -1), (-400, 0)])
def test_period_must_make_sense(cast: Cast, since: int, until: int) -> None:
    today = timezone.localdate()
    with pytest.raises(DomainError) as error:
        start_reconciliation(today + timedelta(days=since), today + timedelta(days=until), cast.anna)
    assert error.value.code == "period_wrong"
