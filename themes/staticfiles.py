"""How static files are found and stored: a short list of vendor files, names that carry a hash, compressed copies."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import utils
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from themes.vendor import BY_NAME, static_files


class _ListedFiles(FileSystemStorage):
    """A read-only storage whose names stand in a table instead of in one folder."""

    prefix = None

    def __init__(self, files: dict[str, Path]) -> None:
        super().__init__(location=None)
        self.files = files

    def path(self, name: str) -> str:
        """Returns the file behind a listed name; KeyError for any other."""
        return str(self.files[name])

    def _open(self, name: str, mode: str = "rb") -> "File[Any]":
        return File(self.files[name].open(mode))


class VendorFinder(BaseFinder):
    """Finds the files that themes.vendor lists, and nothing else of npm's folder."""

    def __init__(self, app_names: Iterable[str] | None = None, *args: Any, **kwargs: Any) -> None:
        self.files = static_files()
        self.storage = _ListedFiles(self.files)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Returns an error for the files that npm has not installed."""
        missing = [name for name, path in self.files.items() if not path.is_file()]
        if not missing:
            return []
        return [
            Error(
                f"Front-end files are missing: {', '.join(missing)}",
                hint="Run `npm ci --omit=optional --ignore-scripts` in themes/.",
                id="themes.E001",
            )
        ]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Returns the file that has this name below STATIC_URL, or an empty list."""
        found = self.files.get(path)
        if found is None or not found.is_file():
            return []
        return [str(found)] if find_all else str(found)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[tuple[str, Storage]]:
        """Yields each listed name with the storage that opens it."""
        for name in self.files:
            if not utils.matches_patterns(name, list(ignore_patterns or [])):
                yield name, self.storage


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed names and compressed copies; references to source maps, which are not served, are left alone."""

    patterns = tuple(
        (
            extension,
            tuple(rule for rule in rules if "sourceMappingURL" not in (rule if isinstance(rule, str) else rule[0])),
        )
        for extension, rules in CompressedManifestStaticFilesStorage.patterns
    )

    def compress_files(self, paths: Iterable[str]) -> Any:
        """Compresses what is served and not yet compressed: hashed names, and the files asked for by their own."""
        hashed = set(self.hashed_files.values())
        wanted = [
            name
            for name in paths
            if (not self._is_compressed(name) if name.startswith(BY_NAME) else not self.exists(f"{name}.gz"))
            and (name in hashed) != name.startswith(BY_NAME)
        ]
        return super().compress_files(wanted)

    def _is_compressed(self, name: str) -> bool:
        copy = f"{name}.gz"
        return bool(self.exists(copy) and self.get_modified_time(copy) >= self.get_modified_time(name))
