"""Sign-ups whose portal could not be made."""

import structlog
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions.signup import retry_sign_up
from console.actions.audit import By, record
from console.models import AuditAction
from console.queries.jobs import PROVISION
from kernel.errors import DomainError
from kernel.jobs import periodic
from tenants.models import SignUp, SignUpState

logger = structlog.get_logger(__name__)

_FAIL = """
UPDATE tenants_signup s SET state = %s
WHERE state = %s AND NOT EXISTS (
    SELECT FROM procrastinate_jobs j
    WHERE j.task_name = %s AND j.status IN ('todo', 'doing') AND (j.args ->> 'sign_up_id')::bigint = s.id)
"""


@periodic("* * * * *")
def mark_failed_sign_ups() -> None:
    """Calls a confirmed sign-up failed when no job will make its portal any more.

    One statement: the job is enqueued with the state, and its work is committed with the next one.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FAIL, [SignUpState.FAILED, SignUpState.QUEUED, PROVISION])
        if cursor.rowcount:
            logger.error("sign_ups_failed", count=cursor.rowcount)


@transaction.atomic
def retry_failed_sign_up(sign_up: SignUp, *, by: By) -> None:
    """Has the portal of a failed sign-up made once more; raises DomainError `sign_up_not_failed`."""
    if not SignUp.objects.select_for_update().filter(pk=sign_up.pk, state=SignUpState.FAILED).exists():
        raise DomainError("sign_up_not_failed", _("This sign-up has not failed, or is being tried again already."))
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE status = 'failed' AND task_name = %s"
            " AND (args ->> 'sign_up_id')::bigint = %s",
            [PROVISION, sign_up.pk],
        )
    retry_sign_up(sign_up)
    record(AuditAction.SIGN_UP_RETRIED, by=by, detail=f"{sign_up.subdomain} · {sign_up.email}")
