"""Taking away uploads that nothing has claimed."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from kernel.jobs import firm_job, periodic
from storage.actions.files import delete_stored_file
from storage.actions.resumable import remove_expired
from storage.backends import firm_storage
from storage.models import StoredFile
from tenants.actions.daily import enqueue_daily

logger = structlog.get_logger(__name__)

#: How long an upload waits for the form that it belongs to.
KEEP_UNCLAIMED = timedelta(hours=24)


@periodic("17 3 * * *")
def sweep_unclaimed() -> None:
    """Has each firm's stale uploads removed, by one job a firm so that no firm waits for another."""
    firm_storage().remove_leftovers(before=timezone.now() - KEEP_UNCLAIMED)
    enqueue_daily(remove_unclaimed)


@firm_job()
def remove_unclaimed() -> int:
    """Removes the firm's uploads that nothing claimed in KEEP_UNCLAIMED, and returns how many there were."""
    count = 0
    before = timezone.now() - KEEP_UNCLAIMED
    stale = StoredFile.objects.filter(claimed=False, created_at__lt=before)
    for primary_key in list(stale.values_list("pk", flat=True)):
        with transaction.atomic():
            # Read again under a lock: it may have been claimed since.
            stored = stale.select_for_update(skip_locked=True).filter(pk=primary_key).first()
            if stored is not None:
                delete_stored_file(stored)
                count += 1
    remove_expired()
    firm_storage().remove_leftovers(before=before)
    if count:
        logger.info("unclaimed_uploads_removed", count=count)
    return count
