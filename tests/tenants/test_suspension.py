"""Closing, opening and ending a firm, step by allowed step."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from kernel.errors import DomainError
from tenants.actions.suspension import DELETION_DELAY, resume_firm, schedule_deletion, suspend_firm
from tenants.models import Firm, FirmStatus
from tests.factories.cast import Cast

pytestmark = pytest.mark.django_db


def state(firm: Firm) -> tuple[str, str, bool]:
    firm.refresh_from_db()
    return firm.status, firm.suspension_reason, firm.deletion_at is not None


def test_a_firm_is_suspended_and_resumed(cast: Cast) -> None:
    assert not suspend_firm(cast.alpha, reason="Impayé").is_open
    assert state(cast.alpha) == (FirmStatus.SUSPENDED, "Impayé", False)
    assert resume_firm(cast.alpha).is_open
    assert state(cast.alpha) == (FirmStatus.ACTIVE, "", False)


def test_a_firm_to_be_deleted_is_closed_until_its_day_and_can_be_called_back(cast: Cast) -> None:
    firm = schedule_deletion(cast.alpha, reason="Départ")
    assert not firm.is_open
    assert firm.deletion_at is not None
    assert abs(firm.deletion_at - timezone.now() - DELETION_DELAY) < timedelta(minutes=1)
    resume_firm(cast.alpha)
    assert state(cast.alpha) == (FirmStatus.ACTIVE, "", False)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ([], "resume"),
        (["suspend"], "suspend"),
        (["delete"], "suspend"),
        (["delete"], "delete"),
        (["suspend", "resume"], "resume"),
    ],
)
def test_a_step_that_makes_no_sense_is_refused_and_changes_nothing(cast: Cast, first: list[str], then: str) -> None:
    steps = {
        "suspend": lambda: suspend_firm(cast.alpha, reason="a"),
        "resume": lambda: resume_firm(cast.alpha),
        "delete": lambda: schedule_deletion(cast.alpha, reason="b"),
    }
    for step in first:
        steps[step]()
    before = state(cast.alpha)
    with pytest.raises(DomainError) as refused:
        steps[then]()
    assert refused.value.code == "firm_status"
    assert state(cast.alpha) == before


def test_a_suspended_firm_may_be_deleted(cast: Cast) -> None:
    suspend_firm(cast.alpha, reason="a")
    schedule_deletion(cast.alpha, reason="b", delay=timedelta(days=1))
    assert state(cast.alpha) == (FirmStatus.DELETING, "b", True)


def test_the_database_refuses_a_deletion_without_its_day(cast: Cast) -> None:
    for values in ({"status": FirmStatus.DELETING}, {"deletion_at": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Firm.objects.filter(pk=cast.alpha.pk).update(**values)
