"""Finding the dossiers in folders and ZIPs: by their tables, wherever these lie and however they are written."""

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from extranet.importers.liciel.source import Budget, Parts, SourceFile, folder_files, open_zip
from kernel.errors import DomainError

#: Without this table a folder is no dossier of the software.
PROPERTY = "table_general_bien"
TABLES = "xml"
_ZIP = ".zip"
_MAX_NAME, _MAX_PLACE = 200, 500


@dataclass(frozen=True)
class DossierFolder:
    """The folder of a dossier: its name, where it was found, and its files by their path in it, in lower case.

    `problem` says why it can be none.
    """

    name: str
    #: Names a folder within its import, the same when that is read again.
    place: str
    #: Whether `name` is a folder's or that of a ZIP among others, not only that of the one that was sent.
    is_named: bool
    files: Mapping[Parts, SourceFile]
    problem: str = ""


@dataclass(frozen=True)
class Source:
    """An open folder or ZIP."""

    name: str
    files: Sequence[SourceFile]
    budget: Budget


@contextmanager
def open_sources(path: Path, *, name: str = "") -> Iterator[Source]:
    """Gives what lies in a folder or a ZIP; raises DomainError (see source.open_zip)."""
    budget = Budget()
    name = name or path.name
    if path.is_dir():
        yield Source(name, folder_files(path, budget=budget), budget)
    else:
        with open_zip(path, name=name, budget=budget) as files:
            yield Source(name, files, budget)


def find_dossiers(source: Source) -> Iterator[DossierFolder]:
    """Yields the dossiers in a source, then those in the ZIPs that lie in it, one level deep.

    A ZIP in it that is unsafe or broken is a folder with a problem; only that all is too large raises, DomainError
    `archive_too_large`.
    """
    yield from _in_files(source.files, source.name, place=source.name)
    roots = _roots(source.files)
    for file in source.files:
        if file.name.lower().endswith(_ZIP) and not any(file.parts[: len(root)] == root for root in roots if root):
            yield from _in_inner_zip(file, source)


def _in_inner_zip(file: SourceFile, source: Source) -> Iterator[DossierFolder]:
    place = f"{source.name}/{'/'.join(file.parts)}"
    with ExitStack() as stack:
        try:
            # in a file: what is in it is read in any order, and twice
            copy = stack.enter_context(tempfile.TemporaryFile(suffix=_ZIP, dir=settings.FILE_UPLOAD_TEMP_DIR))
            for data in file.chunks():
                copy.write(data)
            copy.seek(0)
            files = stack.enter_context(open_zip(copy, name=file.name, budget=source.budget))
        except DomainError as error:
            if error.code == "archive_too_large":
                raise
            yield DossierFolder(_stem(file.name), place[-_MAX_PLACE:], True, {}, str(error))
            return
        yield from _in_files(files, file.name, place=place, is_named=True)


def _in_files(
    files: Sequence[SourceFile], archive: str, *, place: str, is_named: bool = False
) -> Iterator[DossierFolder]:
    roots = _roots(files)
    of_root: dict[Parts, dict[Parts, SourceFile]] = {root: {} for root in roots}
    for file in files:
        for depth in range(len(file.parts) - 1, -1, -1):
            root = file.parts[:depth]
            if root in of_root:
                inside = tuple(part.lower() for part in file.parts[depth:])
                of_root[root].setdefault(inside, file)
                break
    for root in sorted(of_root):
        name = root[-1] if root else _stem(archive)
        problem = "" if roots[root] else _("The table of the property (Table_General_Bien.xml) is missing.")
        where = "/".join((place, *root))
        yield DossierFolder(name[:_MAX_NAME], where[-_MAX_PLACE:], is_named or bool(root), of_root[root], problem)


def _roots(files: Sequence[SourceFile]) -> dict[Parts, bool]:
    """Returns the folders that hold the software's tables, and whether the table of the property is among them."""
    roots: dict[Parts, bool] = defaultdict(bool)
    for file in files:
        stem, dot, extension = file.name.lower().rpartition(".")
        if dot and extension == "xml" and stem.startswith("table_"):
            folder = file.parts[:-1]
            root = folder[:-1] if folder and folder[-1].lower() == TABLES else folder
            roots[root] |= stem == PROPERTY
    return dict(roots)


def _stem(name: str) -> str:
    return name[: -len(_ZIP)] if name.lower().endswith(_ZIP) else name
