"""Many files as one zip that is made while it is sent: nothing on the disk, a mebibyte in memory."""

from collections.abc import Iterable, Iterator, Mapping

from zipstream import ZIP_STORED, ZipStream

from kernel.tenancy import firm_context, require_firm
from kernel.text import safe_file_name
from storage.backends import firm_storage
from storage.keys import check_key
from storage.models import StoredFile

#: File systems take 255 bytes a name; some programs add " (1)" when they unpack.
_MAX_NAME_BYTES = 230


class ZipDownload:
    """A zip on its way: yields its bytes, once; `size` says how many there will be."""

    def __init__(self, archive: ZipStream) -> None:
        self.size = len(archive)
        self._chunks: Iterator[bytes] = archive.finalize()

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks

    def close(self) -> None:
        """Ends it early and lets go of the object that is being read."""
        self._chunks.close()  # type: ignore[attr-defined]


def stream_zip(files: Iterable[tuple[StoredFile, str]], *, texts: Mapping[str, str] | None = None) -> ZipDownload:
    """Returns a zip of the files under the given paths (`/` makes folders), made safe and unique, and of `texts`.

    All that depends on the firm is settled now; the bytes may be read in whatever schema. They raise
    StorageUnavailable or FileNotFoundError when an object cannot be read, which cuts the download.
    """
    schema = require_firm()
    archive = ZipStream(compress_type=ZIP_STORED, sized=True)
    names = _Names()
    for stored, path in files:
        key = check_key(stored.key)
        archive.add(_Object(schema, key), names.unique(_safe_path(path)), size=stored.size)
    for name, text in (texts or {}).items():
        archive.add(text.encode(), names.unique(_safe_path(name)))
    return ZipDownload(archive)


def safe_paths(paths: Iterable[str]) -> list[str]:
    """Returns the paths under which stream_zip puts files that are named so, in their order."""
    names = _Names()
    return [names.unique(_safe_path(path)) for path in paths]


class _Object:
    """An object that is opened when its turn in the zip comes."""

    def __init__(self, schema: str, key: str) -> None:
        self._schema, self._key = schema, key

    def __iter__(self) -> Iterator[bytes]:
        # Left before the first chunk: a context held across a yield would be the consumer's context too.
        with firm_context(self._schema):
            return firm_storage().stream(self._key)


def _safe_path(path: str) -> str:
    parts = [part for part in path.replace("\\", "/").split("/") if part.strip(" .")]
    return "/".join(_short(safe_file_name(part)) for part in parts) or safe_file_name("")


def _short(name: str) -> str:
    """Returns the name cut to _MAX_NAME_BYTES of UTF-8, its extension kept."""
    if len(name.encode()) <= _MAX_NAME_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10:
        stem, dot, extension = name, "", ""
    room = _MAX_NAME_BYTES - len(f"{dot}{extension}".encode())
    return f"{stem.encode()[:room].decode(errors='ignore').rstrip(' .')}{dot}{extension}"


class _Names:
    """The names of a zip, each given once; some file systems take A and a for the same."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._folders: dict[str, str] = {}

    def unique(self, path: str) -> str:
        """Returns the path, numbered where it is taken; folders of one name are one folder."""
        *folders, name = path.split("/")
        where = ""
        for folder in folders:
            wanted = f"{where}{folder}"
            if wanted.casefold() not in self._folders:
                self._folders[wanted.casefold()] = self._free(where, folder, "")
            where = f"{self._folders[wanted.casefold()]}/"
        stem, dot, extension = name.rpartition(".")
        return self._free(where, stem, f".{extension}") if dot and stem else self._free(where, name, "")

    def _free(self, where: str, stem: str, extension: str) -> str:
        wanted, number = f"{where}{stem}{extension}", 1
        while wanted.casefold() in self._taken:
            number += 1
            wanted = f"{where}{stem} ({number}){extension}"
        self._taken.add(wanted.casefold())
        return wanted
