"""Removing a firm for good, once its day has come and its export is there."""

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from console.actions.audit import record
from console.actions.export import KEEP_EXPORT
from console.models import AuditAction, FirmExport
from console.queries.jobs import has_failed_job
from kernel.errors import DomainError
from kernel.jobs import periodic, public_job
from storage.backends import firm_storage
from storage.keys import prefix_of
from tenants.actions.provisioning import drop_firm
from tenants.middleware import forget_hosts
from tenants.models import Firm, FirmStatus, SignUp

logger = structlog.get_logger(__name__)


@periodic("23 * * * *")
def purge_due_firms() -> None:
    """Starts the removal of each firm whose day has come; one whose removal failed waits for an operator."""
    due = Firm.objects.filter(status=FirmStatus.DELETING, deletion_at__lte=timezone.now()).order_by("deletion_at")
    for firm in due:
        if not firm.export_key:
            logger.warning("deletion_waits_for_export", firm=firm.schema_name)
        elif not has_failed_job("console.actions.purge.purge_firm", firm_id=firm.pk):
            purge_firm.enqueue(firm_id=firm.pk, lock=f"firm-{firm.pk}", once=str(firm.pk))


@public_job(attempts=6)
def purge_firm(*, firm_id: int) -> None:
    """Removes a firm's objects, then its schema and rows; killed anywhere, it goes on when it is run again.

    Raises DomainError `export_missing`, or StorageUnavailable; then nothing is removed.
    """
    firm = (
        Firm.objects.filter(pk=firm_id, status=FirmStatus.DELETING, deletion_at__lte=timezone.now())
        .exclude(export_key="")
        .first()
    )
    if firm is None:
        return
    _check_export(firm)
    # From here on console.actions.firm.resume_firm refuses. The row goes last: it is what a second run starts from.
    count = firm_storage().delete_prefix(prefix_of(firm.schema_name))
    with transaction.atomic():
        record(AuditAction.FIRM_DELETED, by=None, firm=firm)
        FirmExport.objects.filter(firm=firm, expires_at=None).update(expires_at=timezone.now() + KEEP_EXPORT)
        # the sign-up holds a name and an e-mail
        SignUp.objects.filter(firm=firm).delete()
        drop_firm(firm)
    forget_hosts()
    logger.info("firm_purged", firm=firm.schema_name, objects=count)


def _check_export(firm: Firm) -> None:
    export = FirmExport.objects.filter(key=firm.export_key).exclude(ready_at=None).first()
    try:
        whole = export is not None and firm_storage().size(export.key) == export.size
    except FileNotFoundError:
        whole = False
    if not whole:
        raise DomainError("export_missing", _("The export of this firm is not in the store: nothing was removed."))
