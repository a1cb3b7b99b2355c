"""Failed jobs: seen, run again, discarded."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from console.actions.audit import By
from console.actions.figures import refresh_figures_now
from console.actions.jobs import discard_jobs, retry_jobs
from console.models import AuditAction, AuditEntry
from console.queries.jobs import PROVISION, masked_arguments
from kernel.tenancy import firm_context
from mail.actions.outgoing import send_queued_mail
from tenants.models import Firm, SignUp, SignUpState
from tests.console.support import fail, status_of
from tests.factories.cast import Cast

LIST = "/procrastinate/procrastinatejob/"


@pytest.fixture
def failed(cast: Cast) -> ProcrastinateJob:
    """A job of alpha that failed for good."""
    with firm_context("firm_alpha"):
        return fail(send_queued_mail.enqueue(mail_id=4711))


def _shown(client: Client, query: str = "") -> set[int]:
    return {job.pk for job in client.get(LIST + query).context["cl"].result_list}


def test_list_shows_failed_jobs_first_and_others_when_asked(console: Client, failed: ProcrastinateJob) -> None:
    waiting = refresh_figures_now.enqueue()
    with firm_context("firm_beta"):
        other = fail(send_queued_mail.enqueue(mail_id=1))
    assert _shown(console) == {failed.pk, other.pk}
    assert _shown(console, "?status=todo") == {waiting}
    assert {failed.pk, other.pk, waiting} <= _shown(console, "?status=all")
    assert _shown(console, "?status=all&firm=firm_alpha") == {failed.pk}
    assert _shown(console, f"?status=all&task={PROVISION}") == set()
    assert _shown(console, "?task=mail.actions.outgoing.send_queued_mail") == {failed.pk, other.pk}
    assert _shown(console, "?q=outgoing") == {failed.pk, other.pk}


def test_number_of_failed_jobs_is_on_the_dashboard(console: Client, failed: ProcrastinateJob) -> None:
    assert console.get("/").context["dashboard"].failed_jobs == 1
    assert 'href="/procrastinate/procrastinatejob/"' in console.get("/").content.decode()


def test_page_shows_what_happened_and_for_whom(console: Client, failed: ProcrastinateJob, cast: Cast) -> None:
    page = console.get(f"{LIST}{failed.pk}/change/").content.decode()
    assert "4711" in page
    assert f"/tenants/firm/{cast.alpha.pk}/change/" in page
    assert len(console.get(f"{LIST}{failed.pk}/change/").context["events"]) >= 2
    assert console.get(f"{LIST}999999/change/").status_code == 404
    assert console.get(f"{LIST}x/change/").status_code == 404


def test_secrets_in_arguments_are_masked() -> None:
    job = ProcrastinateJob(
        args={
            "_schema": "firm_alpha",
            "mail_id": 3,
            "password": "hunter2",
            "options": {"api_key": "hunter2", "size": 4, "parts": [{"token": "hunter2"}]},
            "Signature": "hunter2",
            "text": "x" * 5_000,
        }
    )
    shown = dict(masked_arguments(job))
    assert "hunter2" not in str(shown)
    assert shown["mail_id"] == "3"
    assert "size=4" in shown["options"]
    assert "_schema" not in shown
    assert len(shown["text"]) < 2_100


def test_job_runs_again(console: Client, failed: ProcrastinateJob, jobs: Callable[[], int]) -> None:
    path = f"{LIST}{failed.pk}/retry/"
    assert console.get(path).status_code == 200
    assert status_of(failed.pk) == "failed"
    assert console.post(path).status_code == 302
    assert status_of(failed.pk) == "todo"
    assert jobs() == 1
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.firm_name) == (AuditAction.JOB_RETRIED, "Cabinet Alpha")


def test_several_jobs_run_again(console: Client, failed: ProcrastinateJob) -> None:
    other = fail(refresh_figures_now.enqueue())
    console.post(LIST, {"action": "retry", "_selected_action": [str(failed.pk), str(other.pk)], "index": "0"})
    assert (status_of(failed.pk), status_of(other.pk)) == ("todo", "todo")


def test_job_that_did_not_fail_is_left_alone(by: By) -> None:
    job_id = refresh_figures_now.enqueue()
    job = ProcrastinateJob.objects.get(pk=job_id)
    assert retry_jobs([job], by=by) == 0
    assert discard_jobs([job], by=by) == 0
    assert ProcrastinateJob.objects.get(pk=job_id).attempts == 0
    assert not AuditEntry.objects.exists()


def test_job_whose_like_waits_is_left_alone(by: By, failed: ProcrastinateJob) -> None:
    first = fail(refresh_figures_now.enqueue(once="now"))
    assert refresh_figures_now.enqueue(once="now") is not None
    assert retry_jobs([first, failed], by=by) == 1
    assert (status_of(first.pk), status_of(failed.pk)) == ("failed", "todo")


def test_job_is_discarded(console: Client, failed: ProcrastinateJob) -> None:
    other = fail(refresh_figures_now.enqueue())
    assert console.post(f"{LIST}{failed.pk}/discard/").status_code == 302
    assert not ProcrastinateJob.objects.filter(pk=failed.pk).exists()
    console.post(LIST, {"action": "discard", "_selected_action": [str(other.pk)], "index": "0"})
    assert not ProcrastinateJob.objects.filter(pk=other.pk).exists()
    assert AuditEntry.objects.filter(action=AuditAction.JOB_DISCARDED).count() == 2


def test_provisioning_job_that_runs_again_finds_its_sign_up(by: By, jobs: Callable[[], int]) -> None:
    sign_up = SignUp.objects.create(
        firm_name="Neuf",
        subdomain="neuf",
        siret="73282932000074",
        admin_name="N",
        email="n@neuf.example",
        password="!",
        terms_accepted_at=timezone.now(),
        state=SignUpState.FAILED,
    )
    job = fail(int(app.tasks[PROVISION].configure().defer(_schema="public", sign_up_id=sign_up.pk)))
    assert retry_jobs([job], by=by) == 1
    assert jobs() == 1
    sign_up.refresh_from_db()
    assert sign_up.state == SignUpState.READY
    assert Firm.objects.filter(domains__domain="neuf.localhost").exists()


def test_jobs_are_never_changed_by_the_admins_own_forms(console: Client, failed: ProcrastinateJob) -> None:
    assert console.post(f"{LIST}{failed.pk}/change/", {"status": "todo"}).status_code == 200
    assert console.get(f"{LIST}add/").status_code == 403
    console.post(LIST, {"action": "delete_selected", "_selected_action": [str(failed.pk)], "post": "yes"})
    assert status_of(failed.pk) == "failed"
