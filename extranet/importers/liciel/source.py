"""Where dossiers are read from: a folder on disk or a ZIP, as files by their path; what could do harm is refused."""

import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO

from django.template.defaultfilters import filesizeformat
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from kernel.errors import DomainError

#: Of one archive, and of all ZIPs in it together.
MAX_ENTRIES = 60_000
MAX_UNPACKED = 8 * 1024 * 1024 * 1024
#: One that unfolds to more than this is a bomb; text of the software's tables comes to some thirty.
MAX_RATIO = 250
#: Below that size no ratio can do harm.
_SMALL = 4 * 1024 * 1024
#: A table of contents is read at one go: some 60,000 names.
_MAX_CONTENTS = 24 * 1024 * 1024
_MAX_DEPTH = 20
_UTF8_NAME, _ENCRYPTED, _STRONG = 0x800, 0x1, 0x40
#: Letters and signs that French names are made of, beyond ASCII.
_FRENCH = frozenset("àâäáãåçéèêëîïìíôöòóõùûüúÿñœæÀÂÄÁÃÅÇÉÈÊËÎÏÌÍÔÖÒÓÕÙÛÜÚŸÑŒÆ°²³€«»’–—· ºª")
#: What zipfile and its decompressors raise for bytes that are no ZIP.
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, LookupError, RuntimeError, OSError)

type Parts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of a source: its path in it, its size, and how to open it for reading."""

    parts: Parts
    size: int
    open: Callable[[], IO[bytes]] = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.parts[-1]

    def read(self, most: int) -> bytes:
        """Returns its bytes; raises DomainError `archive_unreadable` when there are more than `most` or they break."""
        with reading(self.name), self.open() as file:
            data = file.read(most + 1)
        if len(data) > most:
            raise unreadable(self.name)
        return data

    def chunks(self, size: int = 1024 * 1024) -> Iterator[bytes]:
        """Yields its bytes, at most `size` at a time; raises DomainError `archive_unreadable` when they break."""
        with reading(self.name), self.open() as file:
            while data := file.read(size):
                yield data


@dataclass
class Budget:
    """What a source and the ZIPs in it may still hold together."""

    entries: int = MAX_ENTRIES
    size: int = MAX_UNPACKED

    def take(self, entries: int, size: int) -> None:
        """Counts some files; raises DomainError `archive_too_large`."""
        self.entries -= entries
        self.size -= size
        if self.entries < 0 or self.size < 0:
            raise DomainError(
                "archive_too_large",
                _("The archive holds too much: at most %(files)s files and %(size)s once unpacked.")
                % {"files": number_format(MAX_ENTRIES, force_grouping=True), "size": filesizeformat(MAX_UNPACKED)},
            )


@contextmanager
def open_zip(file: BinaryIO | Path, *, name: str, budget: Budget) -> Iterator[list[SourceFile]]:
    """Gives the files of a ZIP, which can be read as long as it is open.

    Raises DomainError `archive_unreadable`, `archive_password`, `archive_unsafe` (a name that leads out of the archive,
    a link, a name twice), `archive_bomb` or `archive_too_large`.
    """
    with ExitStack() as stack:
        with reading(name):
            raw = stack.enter_context(file.open("rb")) if isinstance(file, Path) else file
            archive = stack.enter_context(zipfile.ZipFile(_Bounded(raw)))
        yield _checked(archive, budget)


def folder_files(root: Path, *, budget: Budget) -> list[SourceFile]:
    """Returns the files below a folder on disk, sorted by their path; links are passed over.

    Raises DomainError `archive_too_large`.
    """
    found: list[SourceFile] = []
    for folder, names, files in root.walk(follow_symlinks=False):
        depth = len(folder.relative_to(root).parts)
        names[:] = sorted(names) if depth < _MAX_DEPTH else []
        for name in sorted(files):
            path = folder / name
            about = path.lstat()
            if stat.S_ISREG(about.st_mode):
                budget.take(1, 0)
                found.append(SourceFile(path.relative_to(root).parts, about.st_size, _opener(path)))
    return found


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Makes what a broken file raises DomainError `archive_unreadable`."""
    try:
        yield
    except BROKEN as error:
        raise unreadable(name) from error


def unreadable(name: str) -> DomainError:
    """Returns the error of a file that cannot be read."""
    return DomainError(
        "archive_unreadable", _("“%(name)s” cannot be read: it is damaged or no ZIP archive.") % {"name": name[:100]}
    )


class _Bounded:
    """A file of which no single read may be long: zipfile reads a ZIP's table of contents at one go."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(min(size, _MAX_CONTENTS + 1) if size >= 0 else _MAX_CONTENTS + 1)
        if len(data) > _MAX_CONTENTS:
            raise zipfile.BadZipFile("too long a table of contents")
        return data


def _checked(archive: zipfile.ZipFile, budget: Budget) -> list[SourceFile]:
    found: list[SourceFile] = []
    seen: set[str] = set()
    for info in archive.infolist():
        parts = _safe_parts(info)
        if info.is_dir() or not parts:
            budget.take(1, 0)
            continue
        _refuse_hostile(info, "/".join(parts))
        budget.take(1, info.file_size)
        folded = "/".join(parts).casefold()
        if folded in seen:
            raise _unsafe(_("“%(name)s” is in the archive twice."), "/".join(parts))
        seen.add(folded)
        found.append(SourceFile(parts, info.file_size, _member(archive, info)))
    return sorted(found, key=lambda file: file.parts)


def _refuse_hostile(info: zipfile.ZipInfo, name: str) -> None:
    if info.flag_bits & (_ENCRYPTED | _STRONG):
        raise DomainError(
            "archive_password", _("“%(name)s” needs a password: make an archive without one.") % {"name": name[:100]}
        )
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind and not stat.S_ISREG(kind):
        raise _unsafe(_("“%(name)s” is a link or a device: the archive is refused."), name)
    if info.file_size > _SMALL and info.file_size > MAX_RATIO * max(1, info.compress_size):
        raise DomainError(
            "archive_bomb",
            _("“%(name)s” unfolds to many times its size: the archive is refused.") % {"name": name[:100]},
        )


def _safe_parts(info: zipfile.ZipInfo) -> Parts:
    name = _decoded(info)
    path = name.replace("\\", "/")
    parts = path.split("/")
    leads_out = path.startswith("/") or ".." in parts or (len(path) > 1 and path[1] == ":")
    if leads_out or "\x00" in info.orig_filename or len(parts) > _MAX_DEPTH:
        raise _unsafe(_("“%(name)s” leads out of the archive: it is refused."), name)
    return tuple(part for part in parts if part not in {"", "."})


def _decoded(info: zipfile.ZipInfo) -> str:
    """Returns the name of an entry; one without the mark of UTF-8 is read as the code page that makes it French."""
    if info.flag_bits & _UTF8_NAME or info.filename.isascii():
        return info.filename
    raw = info.filename.encode("cp437")  # how zipfile reads all others, byte by byte
    for encoding in ("utf-8", "cp850", "cp1252"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if all(sign.isascii() or sign in _FRENCH for sign in text):
            return text
    return info.filename


def _unsafe(text: str, name: str) -> DomainError:
    return DomainError("archive_unsafe", text % {"name": name[:100].replace("\x00", "")})


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    return lambda: archive.open(info)


def _opener(path: Path) -> Callable[[], IO[bytes]]:
    return lambda: path.open("rb")
