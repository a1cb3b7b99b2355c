"""Running failed jobs again, or putting them away."""

from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException

from console.actions.audit import By, record
from console.models import AuditAction
from console.queries.jobs import PROVISION, firm_of_job
from tenants.models import SignUp, SignUpState


def retry_jobs(jobs: list[ProcrastinateJob], *, by: By) -> int:
    """Makes failed jobs wait for a worker again and returns how many; others are left alone.

    So is one whose like (same queueing lock) already waits: that one does the same.
    """
    count = 0
    for job in jobs:
        try:
            with transaction.atomic():
                if not _is_failed(job):
                    continue
                if job.task_name == PROVISION:
                    # the job does nothing for a sign-up that was found failed
                    SignUp.objects.filter(pk=job.args.get("sign_up_id"), state=SignUpState.FAILED).update(
                        state=SignUpState.QUEUED
                    )
                app.job_manager.retry_job_by_id(job.pk, timezone.now())
                record(AuditAction.JOB_RETRIED, by=by, firm=firm_of_job(job), detail=f"{job.task_name} #{job.pk}")
        except ConnectorException:
            continue
        count += 1
    return count


@transaction.atomic
def discard_jobs(jobs: list[ProcrastinateJob], *, by: By) -> int:
    """Removes failed jobs that nobody needs any more and returns how many."""
    count = 0
    for job in jobs:
        if _is_failed(job):
            _delete(job.pk)
            record(AuditAction.JOB_DISCARDED, by=by, firm=firm_of_job(job), detail=f"{job.task_name} #{job.pk}")
            count += 1
    return count


def _is_failed(job: ProcrastinateJob) -> bool:
    """Returns whether the job is failed, its row locked."""
    return ProcrastinateJob.objects.select_for_update(of=("self",)).filter(pk=job.pk, status="failed").exists()


def _delete(job_id: int) -> None:
    with connection.cursor() as cursor:  # procrastinate's models are read-only
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s AND status = 'failed'", [job_id])
