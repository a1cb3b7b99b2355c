"""Sign-ups whose portal could not be made."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.actions.signup import confirm_sign_up
from console.actions.audit import By
from console.actions.sign_ups import mark_failed_sign_ups, retry_failed_sign_up
from kernel.errors import DomainError
from tenants.models import Domain, Firm, SignUp, SignUpState
from tests.console.support import fail
from tests.factories.cast import Cast


@pytest.fixture
def queued(cast: Cast) -> SignUp:
    """A confirmed sign-up whose job waits."""
    sign_up = SignUp.objects.create(
        firm_name="Neuf Diagnostics",
        subdomain="neuf",
        siret="73282932000074",
        admin_name="Nina",
        email="nina@neuf.example",
        password="!",
        terms_accepted_at=timezone.now(),
    )
    return confirm_sign_up(sign_up.code)


@pytest.fixture
def failed(queued: SignUp) -> SignUp:
    """A sign-up whose job failed for good."""
    fail(ProcrastinateJob.objects.get().pk)
    mark_failed_sign_ups()
    queued.refresh_from_db()
    assert queued.state == SignUpState.FAILED
    return queued


@pytest.mark.parametrize("status", ["todo", "doing"])
def test_sign_up_whose_job_is_to_come_has_not_failed(queued: SignUp, status: str) -> None:
    ProcrastinateJob.objects.all().update(status=status)
    mark_failed_sign_ups()
    queued.refresh_from_db()
    assert queued.state == SignUpState.QUEUED


def test_other_states_are_left_alone(queued: SignUp) -> None:
    ProcrastinateJob.objects.all().update(status="failed")
    for state in (SignUpState.UNCONFIRMED, SignUpState.READY):
        SignUp.objects.update(state=state)
        mark_failed_sign_ups()
        queued.refresh_from_db()
        assert queued.state == state


def test_failed_sign_up_is_tried_again(console: Client, failed: SignUp, jobs: Callable[[], int]) -> None:
    assert console.get("/").context["dashboard"].failed_sign_ups == 1
    path = f"/tenants/signup/{failed.pk}/retry/"
    assert path in console.get("/tenants/signup/?state__exact=failed").content.decode()
    assert console.post(path).status_code == 302
    # the failed job goes with it: the next look must not call the sign-up failed again
    assert ProcrastinateJob.objects.filter(status="failed").count() == 0
    mark_failed_sign_ups()
    assert jobs() == 1
    failed.refresh_from_db()
    assert failed.state == SignUpState.READY
    assert Firm.objects.filter(domains__domain="neuf.localhost").exists()


def test_several_are_tried_again(console: Client, failed: SignUp, jobs: Callable[[], int]) -> None:
    console.post("/tenants/signup/", {"action": "retry", "_selected_action": [str(failed.pk)], "index": "0"})
    assert jobs() == 1


def test_sign_up_is_not_tried_twice(failed: SignUp, by: By) -> None:
    retry_failed_sign_up(failed, by=by)
    with pytest.raises(DomainError) as caught:
        retry_failed_sign_up(failed, by=by)
    assert caught.value.code == "sign_up_not_failed"
    assert ProcrastinateJob.objects.count() == 1


def test_the_whole_way_with_a_real_cause(queued: SignUp, cast: Cast, by: By, jobs: Callable[[], int]) -> None:
    from django.db import IntegrityError, transaction

    from accounts.actions.signup import provision_sign_up

    taken = Domain.objects.create(tenant=cast.alpha, domain="neuf.localhost", is_primary=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        provision_sign_up(sign_up_id=queued.pk)
    fail(ProcrastinateJob.objects.get().pk)
    mark_failed_sign_ups()
    taken.delete()
    retry_failed_sign_up(queued, by=by)
    jobs()
    queued.refresh_from_db()
    assert queued.state == SignUpState.READY
