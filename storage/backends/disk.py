"""Files in a folder."""

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

from kernel.tenancy import in_public, require_firm
from storage.backends.base import FirmStorage, check_mode
from storage.errors import storage_failures
from storage.keys import check_key

#: Where a file that must be copied waits until it is whole; no key may name it.
_PARTS = ".parts"


class DiskFirmStorage(FirmStorage, FileSystemStorage):
    """Files under STORAGE_DIR."""

    def path(self, name: str) -> str:
        """Returns where the object of a key is; every method comes through here."""
        return super().path(check_key(name))

    def _open(self, name: str, mode: str = "rb") -> "File[Any]":
        check_mode(mode)
        with storage_failures():
            return File(Path(self.path(name)).open(mode))

    def _save(self, name: str, content: "File[Any]") -> str:
        target = Path(self.path(name))
        with storage_failures():
            target.parent.mkdir(parents=True, exist_ok=True)
            # Under its name only when whole, and never over another: a link fails when the name is taken.
            if not _link_upload(content, target):
                parts = Path(self.location, *name.split("/")[:2], _PARTS)
                parts.mkdir(exist_ok=True)
                part = parts / secrets.token_hex(16)
                try:
                    with part.open("xb") as file:
                        for data in content.chunks():
                            file.write(data)
                        file.flush()
                        _finish(file.fileno())
                    os.link(part, target)
                finally:
                    part.unlink(missing_ok=True)
            _sync_folder(target.parent)
        return name

    def delete(self, name: str) -> None:
        """Removes an object; one that is gone already is no error."""
        with storage_failures():
            super().delete(name)

    def exists(self, name: str) -> bool:
        """Returns whether there is an object of that key."""
        with storage_failures():
            return super().exists(name)

    def size(self, name: str) -> int:
        """Returns the object's size in bytes."""
        with storage_failures():
            return super().size(name)

    def download_url(
        self, key: str, *, name: str, content_type: str, inline: bool = False, expires: int = 60
    ) -> str | None:
        """Returns None: a disk has no addresses."""
        check_key(key)
        return None

    def copy(self, old: str, new: str, *, content_type: str) -> None:
        """Gives the file a second name, which costs no copying."""
        target = Path(self.path(new))
        with storage_failures():
            target.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):
                os.link(self.path(old), target)
            _sync_folder(target.parent)

    def _chunks(self, key: str, chunk: int) -> Iterator[bytes]:
        with storage_failures(), Path(super().path(key)).open("rb") as file:
            while data := file.read(chunk):
                yield data

    def _objects(self, prefix: str) -> Iterator[tuple[str, int]]:
        root = Path(self.location)
        with storage_failures():
            for folder, folders, names in os.walk(root / prefix):
                folders[:] = [name for name in folders if name != _PARTS]
                for name in names:
                    file = Path(folder, name)
                    yield file.relative_to(root).as_posix(), file.stat().st_size

    def delete_prefix(self, prefix: str) -> int:
        """Removes all objects under a prefix and returns how many; operators in public may name any firm's."""
        count = sum(1 for _key in self.list_keys(prefix))
        with storage_failures():
            if (folder := Path(self.location, prefix)).exists():
                shutil.rmtree(folder)
        return count

    def remove_leftovers(self, *, before: datetime) -> None:
        """Removes what processes that died while writing left in the current firm, or in public among exports."""
        owner = "exports/*" if in_public() else f"firms/{require_firm()}"
        with storage_failures():
            for part in Path(self.location).glob(f"{owner}/{_PARTS}/*"):
                if part.stat().st_mtime < before.timestamp():
                    part.unlink(missing_ok=True)

    def prepare(self) -> list[str]:
        """Makes the folder."""
        with storage_failures():
            Path(self.location).mkdir(parents=True, exist_ok=True)
        return [f"{self.location}: ready"]


def _link_upload(content: "File[Any]", target: Path) -> bool:
    """Gives a temporary file its place; False when it has no path or lies on another file system.

    An upload of any size then costs no copying, and its temporary name may go as ever.
    """
    path = getattr(content, "temporary_file_path", None)
    if path is None:
        return False
    with Path(path()).open("rb+") as file:
        _finish(file.fileno())
    try:
        os.link(path(), target)
    except FileExistsError:
        raise
    except OSError:
        return False
    return True


def _finish(fd: int) -> None:
    if settings.FILE_UPLOAD_PERMISSIONS is not None:
        os.fchmod(fd, settings.FILE_UPLOAD_PERMISSIONS)
    os.fsync(fd)


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
