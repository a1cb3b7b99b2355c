"""Making, keeping and removing the archive of all of a firm's data that the firm itself asks for."""

import hashlib
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from typing import IO

import structlog
from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from extranet.actions.setting_change import record_changes
from extranet.emails_archive import archive_mail
from extranet.exporters.firm_archive import Contents, write_archive
from extranet.models import FirmArchive
from kernel.errors import DomainError
from kernel.jobs import firm_job, periodic
from kernel.tenancy import require_firm
from mail.actions.outgoing import queue_mail
from storage.backends import MIB, firm_storage
from storage.errors import StorageUnavailable, storage_failures
from storage.keys import archive_key
from tenants.actions.daily import enqueue_daily
from tenants.models import Firm

logger = structlog.get_logger(__name__)

#: How long an archive can be downloaded.
KEEP = timedelta(days=7)


@dataclass(frozen=True)
class StoredArchive:
    """What was stored: its bytes, their sum, and what they hold."""

    size: int
    sha256: str
    contents: Contents


@transaction.atomic
def start_archive(*, by: User, link: str) -> FirmArchive:
    """Returns the new archive, which a job makes, and of whose end a mail with `link` tells.

    Raises DomainError `archive_under_way` while another one is being made.
    """
    # one after the other: two who ask at once would have the disk filled twice
    User.objects.select_for_update().filter(pk=by.pk).first()
    now = timezone.now()
    if FirmArchive.objects.filter(ready_at=None, created_at__gt=now - timedelta(hours=6)).exists():
        raise DomainError("archive_under_way", _("An archive is being made already."))
    archive = FirmArchive(requested_by=by, requested_name=str(by)[:120], expires_at=now + KEEP)
    archive.key = archive_key(archive.code, now.date())
    archive.save()
    record_changes({_("Export of all data"): ("", _("asked for"))}, page="settings-export", by=by)
    make_archive.enqueue(archive_id=archive.pk, link=link, lock=f"archive-{require_firm()}")
    return archive


@firm_job(queue="exports", attempts=6)
def make_archive(*, archive_id: int, link: str) -> None:
    """Makes an archive that was asked for and tells of it; run again, it begins anew or finds it done.

    Raises StorageUnavailable when the disk or the store fails.
    """
    archive = FirmArchive.objects.select_related("requested_by").filter(pk=archive_id, ready_at=None).first()
    if archive is None:
        return
    stored = store_archive(Firm.objects.get(schema_name=require_firm()), key=archive.key)
    with transaction.atomic():
        archive.size, archive.sha256, archive.ready_at = stored.size, stored.sha256, timezone.now()
        archive.row_count, archive.object_count = stored.contents.row_count, stored.contents.object_count
        archive.expires_at = archive.ready_at + KEEP
        archive.save(update_fields=["size", "sha256", "ready_at", "row_count", "object_count", "expires_at"])
        person = archive.requested_by
        if person is not None and person.is_active:
            with person.in_own_language():
                content = archive_mail(name=str(person), link=link, until=archive.expires_at)
            queue_mail(to=person.email, content=content, kind="firm_archive")
    logger.info("firm_archived", bytes=stored.size, rows=stored.contents.row_count)


def store_archive(firm: Firm, *, key: str) -> StoredArchive:
    """Returns the archive of all of a firm's data that now lies under `key`, in place of any other.

    Raises StorageUnavailable when the disk or the store fails.
    """
    # a file without a name: a worker that is killed leaves nothing on the disk
    with storage_failures(), tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as file:
        contents = write_archive(file, firm)
        size, sha256 = _measure(file)
        store = firm_storage()
        store.delete(key)
        saved = store.save(key, File(file, name=key))
    if saved != key or store.size(key) != size:
        raise StorageUnavailable(f"{key} is not what was sent")
    return StoredArchive(size, sha256, contents)


def _measure(file: IO[bytes]) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    file.flush()
    file.seek(0)
    while data := file.read(MIB):
        digest.update(data)
        size += len(data)
    file.seek(0)
    return size, digest.hexdigest()


def remove_archive(archive: FirmArchive, *, by: User | None) -> None:
    """Removes an archive and its row; a job in the middle of making it finds no row when it ends."""
    with transaction.atomic():
        if by is not None:
            record_changes({_("Export of all data"): ("", _("removed"))}, page="settings-export", by=by)
        key = archive.key
        archive.delete()
        firm_storage().delete(key)


@firm_job()
def remove_expired_archives() -> None:
    """Removes the archives whose time is over."""
    for archive in FirmArchive.objects.filter(expires_at__lte=timezone.now()):
        remove_archive(archive, by=None)


@periodic("52 3 * * *")
def remove_expired_archives_of_all() -> None:
    """Has each firm's archives of more than a week removed."""
    enqueue_daily(remove_expired_archives)
