"""What the console's tests share."""

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob


def code_of(secret: str) -> str:
    """Returns what the authenticator app shows now."""
    code: str = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    return code


def fail(job_id: int | None) -> ProcrastinateJob:
    """Returns the job, failed for good, as a worker leaves it after its last attempt."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', attempts = 7 WHERE id = %s", [job_id])
        cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'failed', false)", [job_id])
    job: ProcrastinateJob = ProcrastinateJob.objects.get(pk=job_id)
    assert job.status == "failed"
    return job


def status_of(job_id: int) -> str:
    """Returns a job's status now."""
    return str(ProcrastinateJob.objects.values_list("status", flat=True).get(pk=job_id))
