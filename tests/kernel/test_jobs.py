"""Jobs: in the transaction of their cause, in the schema of their firm, tried again when that may help."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from kernel.errors import DomainError, OutsideServiceError, WrongFirm
from kernel.jobs import any_schema_job, firm_job, periodic, public_job
from kernel.tenancy import current_schema, firm_context, public_context
from tests.factories.cast import Cast
from tests.support import run_jobs

pytestmark = pytest.mark.django_db

ran: list[tuple[str, Any]] = []


@firm_job(queue="tests", attempts=3)
def note_in_firm(*, value: int) -> None:
    ran.append((current_schema(), value))


@public_job()
def note_in_public(*, value: int) -> None:
    ran.append((current_schema(), value))


@any_schema_job()
def note_anywhere(*, value: int) -> None:
    ran.append((current_schema(), value))


@public_job(attempts=1)
def try_once() -> None:
    raise AssertionError


@firm_job()
def fail(*, value: int) -> None:
    raise ValueError(value)


@periodic("0 0 1 1 *")
def note_by_the_clock() -> None:
    ran.append((current_schema(), "clock"))


@pytest.fixture(autouse=True)
def _nothing_ran() -> None:
    ran.clear()


def waiting() -> list[ProcrastinateJob]:
    return list(ProcrastinateJob.objects.filter(status="todo").order_by("id"))


def test_a_job_runs_in_the_schema_that_it_was_enqueued_in(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        note_in_firm.enqueue(value=1)
        note_anywhere.enqueue(value=2)
        note_in_public.enqueue(value=3)
    with firm_context("firm_beta"):
        note_in_firm.enqueue(value=4)
    note_anywhere.enqueue(value=5)
    assert ran == []
    assert run_jobs() == 5
    assert ran == [("firm_alpha", 1), ("firm_alpha", 2), ("public", 3), ("firm_beta", 4), ("public", 5)]


def test_a_job_called_directly_runs_here_and_now() -> None:
    with firm_context("firm_alpha"):
        note_in_firm(value=1)
    assert ran == [("firm_alpha", 1)]
    assert waiting() == []


def test_a_firms_job_is_refused_in_public() -> None:
    with pytest.raises(WrongFirm):
        note_in_firm.enqueue(value=1)
    assert waiting() == []


def test_a_job_vanishes_with_the_transaction_of_its_cause() -> None:
    with firm_context("firm_alpha"), transaction.atomic():
        note_in_firm.enqueue(value=1)
        assert len(waiting()) == 1
        transaction.set_rollback(True)
    assert waiting() == []


def test_a_job_once_waits_once_and_the_transaction_goes_on() -> None:
    with firm_context("firm_alpha"), transaction.atomic():
        assert note_in_firm.enqueue(value=1, once="x") is not None
        assert note_in_firm.enqueue(value=2, once="x") is None
        assert note_in_firm.enqueue(value=3, once="y") is not None
        with firm_context("firm_beta"):
            assert note_in_firm.enqueue(value=4, once="x") is not None
    assert [job.args["value"] for job in waiting()] == [1, 3, 4]


def test_locks_are_of_one_firm() -> None:
    for schema in ("firm_alpha", "firm_beta"):
        with firm_context(schema):
            note_in_firm.enqueue(value=1, lock="dossier-1")
    assert [job.lock for job in waiting()] == ["firm_alpha:dossier-1", "firm_beta:dossier-1"]


def test_a_job_of_a_deleted_firm_is_dropped_and_touches_nothing(cast: Cast) -> None:
    with firm_context("firm_gone"):
        note_in_firm.enqueue(value=1)
        note_anywhere.enqueue(value=2)
    assert run_jobs() == 2
    assert ran == []
    assert current_schema() == "public"


def test_a_job_that_fails_leaves_the_thread_in_public() -> None:
    with firm_context("firm_alpha"):
        fail.enqueue(value=1)
    with public_context(), pytest.raises(ValueError, match="1"):
        app.tasks[f"{__name__}.fail"].func(_schema="firm_alpha", value=1)
    assert current_schema() == "public"


def test_a_job_by_the_clock_runs_in_public() -> None:
    with firm_context("firm_alpha"):
        app.tasks[f"{__name__}.note_by_the_clock"].func(timestamp=0)
        assert current_schema() == "firm_alpha"
    assert ran == [("public", "clock")]


class _Permanent(OutsideServiceError):
    def __init__(self) -> None:
        super().__init__("refused", retry=False)


@pytest.mark.parametrize(
    ("error", "failed_before", "seconds"),
    [
        (ValueError("a fault may pass"), 0, 4),
        (ValueError("a fault may pass"), 1, 16),
        (ValueError("the third of three attempts"), 2, None),
        (OutsideServiceError("down", retry=True), 0, 4),
        (_Permanent(), 0, None),
        (DomainError("no", "a person must mend it"), 0, None),
        (WrongFirm("a programming fault"), 0, None),
    ],
)
def test_retry_decisions(error: Exception, failed_before: int, seconds: int | None) -> None:
    strategy = app.tasks[f"{__name__}.note_in_firm"].retry_strategy
    assert strategy is not None
    job: Any = SimpleNamespace(attempts=failed_before)
    decision = strategy.get_retry_decision(exception=error, job=job)
    if seconds is None:
        assert decision is None
    else:
        assert decision is not None
        assert decision.retry_at is not None
        wait = decision.retry_at - dt.datetime.now(dt.UTC)
        assert abs(wait.total_seconds() - seconds) < 2


def test_a_job_of_one_attempt_is_not_tried_again() -> None:
    assert app.tasks[f"{__name__}.try_once"].retry_strategy is None


def test_every_job_of_the_product_names_its_module() -> None:
    """A job in the queue is found again by its name after a deploy: none may be called after a closure."""
    ours = [name for name in app.tasks if not name.startswith(("builtin", "procrastinate", __name__))]
    assert "mail.actions.outgoing.send_queued_mail" in ours
    assert "accounts.actions.signup.provision_sign_up" in ours
    assert [name for name in ours if "<" in name or name.count(".") < 2] == []


def test_the_search_path_of_a_job_is_its_firms(cast: Cast) -> None:
    def path() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_schemas(false)::text")
            return str(cursor.fetchone()[0])

    with firm_context("firm_alpha"):
        assert path() == "{firm_alpha,public}"
        with firm_context("firm_beta"):
            assert path() == "{firm_beta,public}"
        assert path() == "{firm_alpha,public}"
    assert path() == "{public}"
