"""Making, giving and removing the exports of firms."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from console.actions.audit import By, record
from console.models import AuditAction, FirmExport
from extranet.actions.firm_archive import store_archive
from kernel.jobs import periodic, public_job
from storage.backends import firm_storage
from storage.keys import export_key
from tenants.models import Firm, FirmStatus

logger = structlog.get_logger(__name__)

#: How long an export is kept; the one of a deleted firm from the day of its deletion on.
KEEP_EXPORT = timedelta(days=30)


@transaction.atomic
def start_export(firm: Firm, *, by: By | None, final: bool = False) -> FirmExport:
    """Returns the new export, which a job makes; `final` for the one without which a firm is not deleted."""
    now = timezone.now()
    export = FirmExport(
        firm=firm,
        firm_name=firm.name,
        schema_name=firm.schema_name,
        final=final,
        requested_by=str(by.user)[:120] if by else "",
        expires_at=None if final else now + KEEP_EXPORT,
    )
    export.key = export_key(firm.schema_name, export.code, now.date())
    export.save()
    record(AuditAction.EXPORT_ASKED, by=by, firm=firm)
    export_firm.enqueue(export_id=export.pk, lock=f"firm-{firm.pk}")
    return export


@public_job(queue="exports", attempts=6)
def export_firm(*, export_id: int) -> None:
    """Makes the archive of an export that was asked for; run again, it begins anew or finds it done.

    Raises StorageUnavailable when the disk or the store fails.
    """
    export = FirmExport.objects.select_related("firm").filter(pk=export_id, ready_at=None).first()
    if export is None or export.firm is None:
        return
    stored = store_archive(export.firm, key=export.key)
    with transaction.atomic():
        firm = Firm.objects.select_for_update().filter(pk=export.firm.pk).first()
        export.size, export.sha256, export.ready_at = stored.size, stored.sha256, timezone.now()
        export.row_count, export.object_count = stored.contents.row_count, stored.contents.object_count
        export.save(update_fields=["size", "sha256", "ready_at", "row_count", "object_count"])
        record(AuditAction.EXPORT_READY, by=None, firm=firm)
        if firm is not None and _is_the_last(export) and firm.status == FirmStatus.DELETING:
            firm.export_key = export.key
            firm.save(update_fields=["export_key"])
    logger.info("firm_exported", firm=export.schema_name, bytes=stored.size, rows=stored.contents.row_count)


def _is_the_last(export: FirmExport) -> bool:
    """Returns whether the deletion that now stands asked for this export, not one that was called off since."""
    final = FirmExport.objects.filter(firm=export.firm, final=True).order_by("-pk").first()
    return final is not None and final.pk == export.pk


@transaction.atomic
def remove_export(export: FirmExport, *, by: By | None) -> None:
    """Removes the archive and its row; a job in the middle of making it finds no row and stops."""
    firm_storage().delete(export.key)
    record(AuditAction.EXPORT_REMOVED, by=by, firm=export.firm, detail=export.file_name)
    export.delete()


@periodic("41 3 * * *")
def remove_expired_exports() -> None:
    """Removes the exports whose time is over, never one that a coming deletion stands on."""
    needed = Firm.objects.exclude(export_key="").values("export_key")
    expired = FirmExport.objects.select_related("firm").filter(expires_at__lte=timezone.now())
    for export in expired.exclude(Q(key__in=needed)):
        remove_export(export, by=None)
