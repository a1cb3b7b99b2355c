"""Warning the firm, before and after, of the attestations and certificates that run out."""

import structlog
from django.db import transaction

from extranet.actions.readers import told_of_firm
from extranet.emails_library import deadlines_mail
from extranet.models import Certification, Company, FirmDocument
from extranet.queries.library import Deadline, deadlines
from kernel.jobs import firm_job, periodic
from mail.actions.outgoing import queue_mail
from tenants.actions.daily import enqueue_daily
from tenants.links import here_url

logger = structlog.get_logger(__name__)


@periodic("47 6 * * *")
def warn_of_deadlines() -> None:
    """Has each active firm told of its papers that run out, by one job a firm."""
    enqueue_daily(warn_of_firm_deadlines, only_active=True)


@firm_job()
def warn_of_firm_deadlines() -> int:
    """Tells the administrators in one mail each of what has come to a further step; returns of how many papers.

    Each step (60, 30 and 7 days before, and the end) is told once; a firm that was asleep is told of the last alone.
    """
    with transaction.atomic():
        # locked, so that two runs at once do not both tell
        for model in (FirmDocument, Certification, Company):
            list(model.objects.select_for_update(of=("self",)).filter(expires_on__isnull=False).order_by("pk"))
        due = [each for each in deadlines() if _is_new(each)]
        if not due:
            return 0
        for each in due:
            each.row.told = each.row.step
            each.row.save(update_fields=["told"])
        for person in told_of_firm():
            with person.in_own_language():
                names = deadlines_mail(due, name=person.get_short_name(), link=here_url("library"))
                queue_mail(to=person.email, content=names, kind="deadlines")
    logger.info("deadlines_told", count=len(due))
    return len(due)


def _is_new(deadline: Deadline) -> bool:
    step, told = deadline.row.step, deadline.row.told
    return step is not None and (told is None or step < told)
