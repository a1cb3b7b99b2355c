"""Uploads that a cut line does not lose: begun, continued, put together, given up (decisions/0039).

Every request's bytes become an object of their own and only then a piece of the upload, in one short statement that
only one of two requests for the same place can win. So no process holds a lock while somebody sends, any process
may take the next piece, and what was acknowledged is in the store.
"""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import structlog
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.errors import DomainError
from kernel.jobs import firm_job
from kernel.tenancy import require_firm
from kernel.text import safe_file_name
from storage.actions.files import LocalFile, delete_object, store_path
from storage.backends import MIB, firm_storage
from storage.errors import storage_failures
from storage.keys import piece_key, pieces_prefix
from storage.models import ResumableUpload, UploadPiece, UploadState
from storage.sniffing import check_size

logger = structlog.get_logger(__name__)

#: From the last piece on.
KEEP = timedelta(hours=24)
#: Uploads of one person that are on their way at the same time.
MOST_OPEN = 200
#: A line that is cut every few bytes makes no more of them than this.
MOST_PIECES = 10_000
#: Two gigabytes are read from the store, summed, scanned and written in less, or the process is dead.
FINISHING = timedelta(minutes=15)
#: What can be summed, as the protocol writes the names.
CHECKSUMS = ("sha1", "sha256", "md5")


class Source(Protocol):
    """A request's body."""

    def read(self, size: int, /) -> bytes:
        """Returns at most so many bytes, none at the end; raises OSError when the line was cut."""


@dataclass(frozen=True)
class Checksum:
    """What a piece is to have: one of CHECKSUMS, and the digest."""

    algorithm: str
    digest: bytes


def begin_upload(*, name: str, size: int, sha256: str = "", user: AbstractBaseUser) -> ResumableUpload:
    """Returns a new upload of so many bytes, of which none has arrived.

    Raises DomainError `file_empty`, `file_too_large` or `too_many_uploads`.
    """
    name = safe_file_name(name)
    check_size(name, size, limit=settings.RESUMABLE_MAX_BYTES)
    now = timezone.now()
    if ResumableUpload.objects.filter(user_id=user.pk, state=UploadState.OPEN, expires_at__gt=now).count() >= MOST_OPEN:
        raise DomainError(
            "too_many_uploads", _("Too many files are on their way: finish some of them, or give them up.")
        )
    return ResumableUpload.objects.create(name=name, size=size, sha256=sha256, user_id=user.pk, expires_at=now + KEEP)


def receive_piece(
    upload: ResumableUpload, *, start: int, source: Source, length: int, checksum: Checksum | None = None
) -> ResumableUpload:
    """Returns the upload with what came of the `length` bytes from `start` on: all, or less if the line was cut.

    A piece with a checksum counts whole or not at all. Call it outside a transaction: it reads the line and writes to
    the store. Raises DomainError `upload_expired`, `upload_closed`, `wrong_offset`, `piece_too_long`,
    `too_many_pieces` or `piece_checksum`, or StorageUnavailable.
    """
    _check_open(upload)
    if start != upload.offset:
        raise _wrong_offset()
    if length > upload.size - start:
        raise DomainError("piece_too_long", _("This is more than the file was said to have."))
    if upload.pieces.count() >= MOST_PIECES:
        raise DomainError("too_many_pieces", _("The file came in too many pieces: begin again, with longer ones."))
    with tempfile.NamedTemporaryFile(suffix=".piece", dir=settings.FILE_UPLOAD_TEMP_DIR) as file:
        sums = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
        size = 0
        for data in _read(source, length):
            with storage_failures():
                file.write(data)
            if sums is not None:
                sums.update(data)
            size += len(data)
        with storage_failures():
            file.flush()
        if checksum and sums and sums.digest() != checksum.digest:
            raise DomainError("piece_checksum", _("The piece arrived otherwise than it was sent: send it again."))
        if size:
            _keep_piece(upload, start=start, size=size, path=Path(file.name))
    return upload


def finish_upload(upload: ResumableUpload, *, user: AbstractBaseUser) -> ResumableUpload:
    """Returns the upload with its stored, still unclaimed file; asked again, the same one.

    Call it outside a transaction: it reads all pieces from the store, has them scanned and writes the whole. Raises
    DomainError `upload_busy` while another process does so, `checksum_mismatch` or what store_path raises (then the
    upload is refused for good), or StorageUnavailable (then it may be asked again).
    """
    if upload.state == UploadState.DONE:
        return upload
    _check_open(upload)
    now = timezone.now()
    free = Q(finishing_until=None) | Q(finishing_until__lte=now)
    mine = ResumableUpload.objects.filter(free, pk=upload.pk, state=UploadState.OPEN)
    if not mine.update(finishing_until=now + FINISHING):
        upload.refresh_from_db()
        if upload.state == UploadState.OPEN:
            raise DomainError("upload_busy", _("The file is being put together: ask again in a moment."))
        return finish_upload(upload, user=user)
    try:
        with _whole(upload) as path:
            stored = store_path(path, name=upload.name, user=user, limit=settings.RESUMABLE_MAX_BYTES)
    except DomainError as error:
        _close(upload, UploadState.REFUSED, error=error.code, error_text=str(error)[:500])
        raise
    except BaseException:
        ResumableUpload.objects.filter(pk=upload.pk).update(finishing_until=None)
        raise
    upload.stored = stored
    _close(upload, UploadState.DONE, stored=stored)
    logger.info("upload_put_together", code=upload.code, size=upload.size)
    return upload


@transaction.atomic
def give_up_upload(upload: ResumableUpload) -> None:
    """Removes the upload and, once that is committed, what has arrived of it; its file, if it is whole, stays."""
    code = upload.code
    upload.delete()
    delete_pieces.enqueue(code=code)


@firm_job()
def delete_pieces(*, code: str) -> None:
    """Removes the objects of an upload that needs them no more, those of tries that lost included."""
    if not UploadPiece.objects.filter(upload__code=code).exists():
        firm_storage().delete_prefix(pieces_prefix(require_firm(), code))


def remove_expired() -> int:
    """Removes the firm's uploads that nobody went on with, and returns how many there were.

    Objects of uploads that went with their person go too.
    """
    now = timezone.now()
    expired = list(ResumableUpload.objects.filter(expires_at__lt=now).exclude(finishing_until__gt=now))
    for upload in expired:
        give_up_upload(upload)
    prefix = pieces_prefix(require_firm())
    found = {key.removeprefix(prefix).partition("/")[0] for key in firm_storage().list_keys(prefix)}
    known = set(ResumableUpload.objects.filter(code__in=found).values_list("code", flat=True))
    delete_pieces.enqueue_many([{"code": code} for code in sorted(found - known)])
    return len(expired)


def _keep_piece(upload: ResumableUpload, *, start: int, size: int, path: Path) -> None:
    key = piece_key(upload.code, start)
    try:
        with LocalFile(path, "application/octet-stream") as content:
            firm_storage().save(key, content)
        with transaction.atomic():
            expires_at = timezone.now() + KEEP
            here = ResumableUpload.objects.filter(pk=upload.pk, offset=start, state=UploadState.OPEN)
            if not here.update(offset=start + size, expires_at=expires_at):
                raise _wrong_offset()
            UploadPiece.objects.create(upload=upload, start=start, size=size, key=key)
    except BaseException:
        # of a store that answered too late there may be an object all the same; no row names it
        delete_object.enqueue(key=key)
        raise
    upload.offset, upload.expires_at = start + size, expires_at


def _close(upload: ResumableUpload, state: UploadState, **values: object) -> None:
    upload.state, upload.finishing_until = state, None
    for name, value in values.items():
        setattr(upload, name, value)
    with transaction.atomic():
        upload.save(update_fields=["state", "finishing_until", *values])
        upload.pieces.all().delete()
        delete_pieces.enqueue(code=upload.code)


def _check_open(upload: ResumableUpload) -> None:
    if upload.state == UploadState.REFUSED:
        raise DomainError(upload.error, upload.error_text)
    if upload.state == UploadState.DONE:
        raise DomainError("upload_closed", _("The file has arrived already."))
    if upload.expires_at <= timezone.now():
        raise DomainError("upload_expired", _("The upload was left for too long: begin again."))


def _read(source: Source, length: int) -> Iterator[bytes]:
    """Yields what comes of the bytes; a cut is an end."""
    left = length
    with suppress(OSError):
        while left and (data := source.read(min(left, MIB))):
            left -= len(data)
            yield data


@contextmanager
def _whole(upload: ResumableUpload) -> Iterator[Path]:
    """Gives the pieces one after the other, as a temporary file; raises DomainError `checksum_mismatch`."""
    store, sums = firm_storage(), hashlib.sha256()
    with tempfile.NamedTemporaryFile(suffix=".upload", dir=settings.FILE_UPLOAD_TEMP_DIR) as file:
        with storage_failures():
            for piece in upload.pieces.all():
                for data in store.stream(piece.key):
                    file.write(data)
                    sums.update(data)
            file.flush()
        if upload.sha256 and sums.hexdigest() != upload.sha256:
            text = _("“%(name)s” arrived otherwise than it was sent: send it again.")
            raise DomainError("checksum_mismatch", text % {"name": upload.name})
        yield Path(file.name)


def _wrong_offset() -> DomainError:
    return DomainError("wrong_offset", _("The upload goes on elsewhere: ask for its offset."))
