"""Making, giving and removing the exports of firms."""

import hashlib
import tempfile
from datetime import timedelta
from typing import IO

import structlog
from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from console.actions.audit import By, record
from console.models import AuditAction, FirmExport
from extranet.exporters.firm_archive import write_archive
from kernel.jobs import periodic, public_job
from storage.backends import MIB, firm_storage
from storage.errors import StorageUnavailable, storage_failures
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
    # a file without a name: a worker that is killed leaves nothing on the disk
    with storage_failures(), tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as file:
        contents = write_archive(file, export.firm)
        size, sha256 = _measure(file)
        store = firm_storage()
        store.delete(export.key)
        saved = store.save(export.key, File(file, name=export.key))
    if saved != export.key or store.size(export.key) != size:
        raise StorageUnavailable(f"{export.key} is not what was sent")
    with transaction.atomic():
        firm = Firm.objects.select_for_update().filter(pk=export.firm.pk).first()
        export.size, export.sha256, export.ready_at = size, sha256, timezone.now()
        export.row_count, export.object_count = contents.row_count, contents.object_count
        export.save(update_fields=["size", "sha256", "ready_at", "row_count", "object_count"])
        record(AuditAction.EXPORT_READY, by=None, firm=firm)
        if firm is not None and _is_the_last(export) and firm.status == FirmStatus.DELETING:
            firm.export_key = export.key
            firm.save(update_fields=["export_key"])
    logger.info("firm_exported", firm=export.schema_name, bytes=size, rows=contents.row_count)


def _is_the_last(export: FirmExport) -> bool:
    """Returns whether the deletion that now stands asked for this export, not one that was called off since."""
    final = FirmExport.objects.filter(firm=export.firm, final=True).order_by("-pk").first()
    return final is not None and final.pk == export.pk


def _measure(file: IO[bytes]) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    file.flush()
    file.seek(0)
    while data := file.read(MIB):
        digest.update(data)
        size += len(data)
    file.seek(0)
    return size, digest.hexdigest()


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
