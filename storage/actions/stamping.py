"""Copies of PDFs with a mention on each page, and new keys for objects whose addresses must die."""

import tempfile
from datetime import timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError
from kernel.jobs import firm_job, periodic
from storage.actions.files import delete_object, delete_stored_file, store_made
from storage.backends import firm_storage
from storage.errors import storage_failures
from storage.keys import other_file_key
from storage.models import StampedCopy, StampState, StoredFile
from storage.watermark import Stamp, StampFailed, stamp_file
from tenants.actions.daily import enqueue_daily

logger = structlog.get_logger(__name__)

#: What took too long may have met a busy machine: it is tried again, but not by each download.
RETRY_AFTER = timedelta(hours=1)
#: Whoever is reading a copy of the former look can end.
KEEP_REPLACED = timedelta(hours=1)
#: After this an object that no row got is removed; long before, its mover is done or dead.
_MOVE_ENDS = timedelta(hours=1)
_REASONS = {
    "password": _("“%(name)s” needs a password to open: it can be given only once the dossier is paid."),
    "damaged": _("“%(name)s” is damaged and cannot bear the mention: it can be given only once the dossier is paid."),
    "too_long": _("“%(name)s” is too complex to bear the mention: it can be given only once the dossier is paid."),
}


def stamped_copy(stored: StoredFile, stamp: Stamp) -> StoredFile:
    """Returns the stamped copy of a PDF, which is made now when there is none.

    Call it outside a transaction: making one takes seconds and talks to the store. Two that make the same copy at the
    same time end with one.

    Raises DomainError `stamp_failed` (the file is then to be withheld), StorageUnavailable (nothing is noted: it may
    succeed later), FileNotFoundError when the original's object is missing.
    """
    if not stored.is_pdf:
        raise ValueError(f"{stored.code} is no PDF")
    known = StampedCopy.objects.select_related("copy").filter(original=stored, style=stamp.style).first()
    if known is not None and known.copy is not None:
        return known.copy
    if known is not None and not (known.error == "too_long" and known.made_at < timezone.now() - RETRY_AFTER):
        raise stamp_failed(stored, known.error)
    with tempfile.TemporaryDirectory(prefix="stamping-", dir=settings.FILE_UPLOAD_TEMP_DIR) as name:
        source, target = Path(name, "source.pdf"), Path(name, "stamped.pdf")
        _fetch(stored, source)
        try:
            pages = stamp_file(source, target, stamp)
        except StampFailed as failure:
            _note_failure(stored, stamp, failure.reason)
            raise stamp_failed(stored, failure.reason) from failure
        made = store_made(target, of=stored, pages=pages)
    return _keep(stored, stamp, made)


def stamp_failed(stored: StoredFile, reason: str) -> DomainError:
    """Returns the error that says why there is no stamped copy."""
    return DomainError("stamp_failed", _REASONS.get(reason, _REASONS["damaged"]) % {"name": stored.name})


@firm_job()
def prepare_stamp(*, stored_id: int, text: str, colour: str, position: str) -> None:
    """Makes a stamped copy before somebody asks for it; what cannot be stamped is noted."""
    stored = StoredFile.objects.filter(pk=stored_id).first()
    if stored is None or not stored.is_pdf:
        return
    stamp = Stamp(text, colour, position)
    try:
        copy = stamped_copy(stored, stamp)
    except DomainError as error:
        logger.warning("stamp_not_prepared", code=stored.code, error=error.code)
        return
    # a look that came back is the newest one again
    StampedCopy.objects.filter(copy=copy).update(made_at=timezone.now())


def delete_stamped_copies(stored: StoredFile) -> None:
    """Removes what was made of a file, the notes of failures too: it is made anew when needed."""
    with transaction.atomic():
        StoredFile.objects.select_for_update(of=("self",)).filter(pk=stored.pk).first()
        _delete(list(StampedCopy.objects.select_related("copy").filter(original=stored)))


@periodic("27 3 * * *")
def sweep_replaced_stamps() -> None:
    """Has each firm's stamped copies of a former look removed."""
    enqueue_daily(remove_replaced_stamps)


@firm_job()
def remove_replaced_stamps() -> int:
    """Removes the copies of which there is a newer one of another look, and returns how many there were."""
    newer = StampedCopy.objects.filter(
        original=OuterRef("original"), made_at__gt=OuterRef("made_at"), made_at__lt=timezone.now() - KEEP_REPLACED
    )
    replaced = StampedCopy.objects.filter(Exists(newer))
    count = 0
    for primary_key in list(replaced.values_list("pk", flat=True)):
        with transaction.atomic():
            row = (
                replaced.select_for_update(of=("self",), skip_locked=True).select_related("copy").filter(pk=primary_key)
            )
            count += _delete(list(row))
    if count:
        logger.info("replaced_stamps_removed", count=count)
    return count


def rekey(stored: StoredFile) -> StoredFile:
    """Gives the object a new key, so that addresses handed out before lead nowhere; returns the file.

    Call it outside a transaction. Killed anywhere it leaves the file as it was or moved, and jobs that remove what is
    left over; run twice it moves the object twice.

    Raises StorageUnavailable or FileNotFoundError; then the file is as it was.
    """
    old, new = stored.key, other_file_key(stored.code, timezone.localdate())
    # Before there is anything to remove: no row names the new key yet, so the job takes away what a death leaves.
    delete_object.enqueue(key=new, delay=_MOVE_ENDS)
    firm_storage().copy(old, new, content_type=stored.content_type)
    with transaction.atomic():
        now = StoredFile.objects.select_for_update(of=("self",)).filter(pk=stored.pk).first()
        if now is not None and now.key == old:
            StoredFile.objects.filter(pk=stored.pk).update(key=new)
            delete_object.enqueue(key=old)
            stored.key = new
        elif now is not None:  # another has moved it meanwhile
            stored.key = now.key
    return stored


@firm_job()
def rekey_file(*, stored_id: int) -> None:
    """Gives a file's object a new key; a file that is gone is no error."""
    stored = StoredFile.objects.filter(pk=stored_id).first()
    if stored is not None:
        rekey(stored)


def _fetch(stored: StoredFile, target: Path) -> None:
    """Writes the file's bytes to the disk; raises StorageUnavailable or FileNotFoundError."""
    try:
        _write(stored.key, target)
    except FileNotFoundError:
        # it may have got another key since its row was read
        now = StoredFile.objects.filter(pk=stored.pk).exclude(key=stored.key).first()
        if now is None:
            raise
        stored.key = now.key
        _write(stored.key, target)


def _write(key: str, target: Path) -> None:
    with storage_failures(), target.open("wb") as file:
        for chunk in firm_storage().stream(key):
            file.write(chunk)


def _keep(stored: StoredFile, stamp: Stamp, made: StoredFile) -> StoredFile:
    """Returns the copy that stays: the one just made, or another's that was there first."""
    with transaction.atomic():
        if StoredFile.objects.select_for_update(of=("self",)).filter(pk=stored.pk).exists():
            row = StampedCopy.objects.select_for_update(of=("self",)).filter(original=stored, style=stamp.style).first()
            if row is None or row.copy_id is None:
                StoredFile.objects.filter(pk=made.pk).update(claimed=True)
                made.claimed = True
                values = {"copy": made, "state": StampState.DONE, "error": "", "made_at": timezone.now()}
                StampedCopy.objects.update_or_create(original=stored, style=stamp.style, defaults=values)
                return made
            delete_stored_file(made)
            return StoredFile.objects.get(pk=row.copy_id)
        delete_stored_file(made)
    raise FileNotFoundError(f"{stored.code} was deleted while its copy was made")


def _note_failure(stored: StoredFile, stamp: Stamp, reason: str) -> None:
    with transaction.atomic():
        if StoredFile.objects.select_for_update(of=("self",)).filter(pk=stored.pk).exists():
            row, _new = StampedCopy.objects.get_or_create(
                original=stored, style=stamp.style, defaults={"state": StampState.FAILED, "error": reason}
            )
            if row.copy_id is None:  # another may have succeeded meanwhile
                StampedCopy.objects.filter(pk=row.pk).update(error=reason, made_at=timezone.now())


def _delete(rows: list[StampedCopy]) -> int:
    for row in rows:
        copy = row.copy
        row.delete()
        if copy is not None:
            delete_stored_file(copy)
    return len(rows)
