"""What every firm has done once a day, by a job of its own so that no firm waits for another."""

from kernel.jobs import Job
from kernel.tenancy import firm_context
from tenants.models import Firm, FirmStatus


def enqueue_daily(job: Job, *, only_active: bool = False) -> None:
    """Enqueues a firm's job in each firm that is not being deleted, or only in those that are active."""
    firms = Firm.objects.exclude(status=FirmStatus.DELETING)
    if only_active:
        firms = firms.filter(status=FirmStatus.ACTIVE)
    for schema in list(firms.order_by("pk").values_list("schema_name", flat=True)):
        with firm_context(schema):
            job.enqueue(once="daily")
