"""What both stores have in common."""

from abc import abstractmethod
from collections.abc import Iterator
from datetime import datetime
from typing import NoReturn

from django.core.files.storage import Storage

from storage.keys import check_key, check_prefix

MIB = 1024 * 1024


class FirmStorage(Storage):
    """Both stores' common part: every key belongs to the current firm (WrongFirm otherwise), nothing is overwritten.

    All methods raise StorageUnavailable when the store fails and FileNotFoundError when the object is missing.
    """

    #: How long an address opens an object once it is handed out; 0 where there are none.
    address_seconds = 0

    def url(self, name: str | None) -> NoReturn:
        """Refused: files have no lasting address; storage.delivery gives each download its own."""
        raise NotImplementedError("a stored file has no address: use storage.delivery.send_file")

    @abstractmethod
    def download_url(
        self, key: str, *, name: str, content_type: str, inline: bool = False, expires: int = 60
    ) -> str | None:
        """Returns an address that gives this one object, under `name`, for `expires` seconds; None on disk."""

    def stream(self, key: str, chunk: int = MIB) -> Iterator[bytes]:
        """Yields the object's bytes, at most `chunk` at a time.

        The key is checked now, so that the iterator may be read in whatever schema.
        """
        return self._chunks(check_key(key), chunk)

    @abstractmethod
    def _chunks(self, key: str, chunk: int) -> Iterator[bytes]: ...

    @abstractmethod
    def _objects(self, prefix: str) -> Iterator[tuple[str, int]]: ...

    def list_keys(self, prefix: str) -> Iterator[str]:
        """Yields the keys under a prefix that ends in `/`; operators in the public schema may name any firm's."""
        return (key for key, _size in self._objects(check_prefix(prefix)))

    def total_bytes(self, prefix: str) -> int:
        """Returns the size of all objects under a prefix (one request per 1,000 of them on S3)."""
        return sum(size for _key, size in self._objects(check_prefix(prefix)))

    @abstractmethod
    def copy(self, old: str, new: str, *, content_type: str) -> None:
        """Makes an object of a new key out of an old one, within the store; a `new` from an earlier try stays as it is.

        Raises FileNotFoundError when there is no `old`.
        """

    @abstractmethod
    def delete_prefix(self, prefix: str) -> int:
        """Removes all objects under a prefix and returns how many; operators in public may name any firm's."""

    @abstractmethod
    def remove_leftovers(self, *, before: datetime) -> None:
        """Removes what processes that died while writing left in the current firm, or in public among exports."""

    @abstractmethod
    def prepare(self) -> list[str]:
        """Makes the store ready for use and returns what was done, in words."""


def check_mode(mode: str) -> None:
    """Raises ValueError for anything but reading bytes."""
    if mode != "rb":
        raise ValueError("objects are read as bytes, and written by save(), whole")
