"""Reading a table that somebody made, an Excel workbook or a text (CSV), line by line and without trusting it."""

import codecs
import csv
import io
import itertools
import re
import zipfile
import zlib
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from kernel.errors import DomainError

MAX_LINES = 20_000
MAX_COLUMNS = 60
#: Bytes of the file itself; a workbook of MAX_LINES contacts has about two million.
MAX_BYTES = 20 * 1024 * 1024
#: Bytes that a workbook may unfold to, by its own table of contents (zipfile reads no further than it says).
MAX_UNPACKED = 256 * 1024 * 1024
#: The same for each part that is held in memory: the shared texts, the styles.
MAX_PART = 48 * 1024 * 1024
_MAX_PARTS = 5_000
_MAX_ROW = 1_048_576
_SAMPLES = 5
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: The stream of a workbook under a password ([MS-OFFCRYPTO] § 2.3.1).
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s")
_DELIMITERS = ";,\t"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
#: What the libraries raise for files that are not what they say.
_BROKEN = (
    zipfile.BadZipFile,
    InvalidFileException,
    zlib.error,
    csv.Error,
    SyntaxError,  # of XML: both parsers' errors are of this class
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    EOFError,
    RuntimeError,
    AssertionError,
)


class NumberText(str):
    """The text of a cell that holds a number: it may have lost its leading zeros."""

    __slots__ = ()


class NoValue(str):
    """The empty text of a formula that no program has computed yet."""

    __slots__ = ()


@dataclass(frozen=True)
class Line:
    """A line: its number as the sheet shows it, from 1, and the texts of its cells."""

    number: int
    cells: list[str]

    def cell(self, column: int) -> str:
        """Returns the text in a column, from 0; "" beyond the last one."""
        return self.cells[column] if column < len(self.cells) else ""


@dataclass(frozen=True)
class Table:
    """An open table: the titles of its columns, and its lines, which can be gone through once."""

    titles: list[str]
    #: False when the first line is a person already: titles are then made up.
    has_titles: bool
    lines: Iterator[Line] = field(repr=False)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Head:
    """The beginning of a table."""

    titles: list[str]
    has_titles: bool
    samples: list[Line]
    notes: list[str]

    def samples_of(self, column: int) -> list[str]:
        """Returns the first texts of a column that are not empty."""
        return [text for line in self.samples if (text := line.cell(column))]


@contextmanager
def open_table(path: Path) -> Iterator[Table]:
    """Opens the table in a file, whatever its name.

    Raises DomainError `table_too_large`, `table_password`, `table_old_format`, `table_no_workbook`, `table_unfolds`,
    `table_unreadable`, `table_empty`; going through its lines raises `table_too_long` and `table_unreadable`.
    """
    if path.stat().st_size > MAX_BYTES:
        limit = filesizeformat(MAX_BYTES)
        raise DomainError("table_too_large", _("The file is too large: %(limit)s at most.") % {"limit": limit})
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(_OLE):
        raise _old_format(path)
    notes: list[str] = []
    rows = _workbook_rows(path, notes) if start.startswith(_ZIP) else _text_rows(path)
    with closing(_said(rows)) as lines:
        filled = (line for line in lines if line.cells)
        first = next(filled, None)
        if first is None:
            raise DomainError("table_empty", _("The file holds no line."))
        has_titles = not any("@" in text for text in first.cells)
        titles = first.cells
        rest: Iterator[Line] = filled
        if not has_titles:
            titles, rest = [""] * len(first.cells), itertools.chain([first], filled)
            notes.append(_("The first line looks like a contact, not like titles: it is imported too."))
        yield Table(titles, has_titles, _limited(rest), notes)


def read_head(path: Path) -> Head:
    """Returns the titles and first lines of a table; raises as open_table does, and when there is no line below."""
    with open_table(path) as table:
        samples = list(itertools.islice(table.lines, _SAMPLES))
        if not samples:
            raise DomainError("table_empty", _("The file holds no line below its titles."))
        width = max(len(table.titles), *(len(line.cells) for line in samples))
        titles = [*table.titles, *[""] * (width - len(table.titles))]
        return Head(titles, table.has_titles, samples, table.notes)


def _limited(lines: Iterable[Line]) -> Iterator[Line]:
    for count, line in enumerate(lines, 1):
        if count > MAX_LINES:
            raise DomainError(
                "table_too_long",
                _("The file holds more than %(most)s lines: cut it into several.")
                % {"most": number_format(MAX_LINES, force_grouping=True)},
            )
        yield line


def _said(rows: Generator[Line]) -> Generator[Line]:
    """Yields the rows; what a library says of a broken file becomes one error that people understand."""
    try:
        with closing(rows):
            yield from rows
    except _BROKEN as error:
        raise DomainError(
            "table_unreadable", _("The file is damaged or of another type than its name says: it cannot be read.")
        ) from error


def _line(number: int, cells: list[str]) -> Line:
    """Returns a line without the empty cells at its end."""
    while cells and not cells[-1] and not isinstance(cells[-1], NoValue):
        cells.pop()
    return Line(number, cells)


def _old_format(path: Path) -> DomainError:
    if _ENCRYPTED in path.read_bytes():
        return DomainError("table_password", _("The workbook is protected by a password: save it without one."))
    return DomainError(
        "table_old_format", _("This is a workbook of the old format (.xls): save it as .xlsx, or as CSV.")
    )


# --- workbooks --------------------------------------------------------------------------------------------------------


def _check_zip(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise DomainError("table_no_workbook", _("This is no Excel workbook: choose an .xlsx or a .csv file."))
    held = [part.file_size for part in parts if not part.filename.startswith(("xl/worksheets/", "xl/media/"))]
    if (
        len(parts) > _MAX_PARTS
        or sum(part.file_size for part in parts) > MAX_UNPACKED
        or max(held, default=0) > MAX_PART
    ):
        raise DomainError(
            "table_unfolds",
            _("The workbook unfolds to too much: keep the sheet with the contacts alone, without pictures or styles."),
        )


def _workbook_rows(path: Path, notes: list[str]) -> Generator[Line]:
    _check_zip(path)
    with ExitStack() as opened:
        book = _opened(opened, path, data_only=True)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
        sheet: Any = sheets[0]
        if len(sheets) > 1:
            notes.append(_("Only the first sheet is read: “%(name)s”.") % {"name": sheet.title})
        has_formulas, has_merged = _scan(path, sheet._worksheet_path)
        if has_merged:
            notes.append(_("Some cells are merged: only the first of them holds the text, the others are empty."))
        rows = _rows_of(sheet)
        if not has_formulas:
            yield from (
                _line(number, [_text(value) for value in row]) for number, row in enumerate(rows, 1) if _is_filled(row)
            )
            return
        notes.append(_("Some cells are computed: their last result is taken."))
        twins = _rows_of(_opened(opened, path, data_only=False)[sheet.title])
        for number, (row, twin) in enumerate(zip(rows, twins, strict=True), 1):
            if _is_filled(twin):
                yield _line(number, [_computed(value, as_typed) for value, as_typed in zip(row, twin, strict=True)])


def _opened(opened: ExitStack, path: Path, *, data_only: bool) -> Workbook:
    # by an open file, since the library refuses a path by its name
    file = opened.enter_context(path.open("rb"))
    book = load_workbook(file, read_only=True, data_only=data_only, keep_links=False)
    opened.callback(book.close)
    return book


def _rows_of(sheet: Any) -> Iterator[tuple[Any, ...]]:
    sheet.reset_dimensions()  # what programs write there is often wrong
    rows: Iterator[tuple[Any, ...]] = sheet.iter_rows(max_row=_MAX_ROW, max_col=MAX_COLUMNS, values_only=True)
    return rows


def _is_filled(row: tuple[Any, ...]) -> bool:
    # counted by the interpreter itself: a sheet may have a million rows that hold nothing but a colour
    return row.count(None) < len(row)


def _scan(path: Path, part: str) -> tuple[bool, bool]:
    """Returns whether a sheet holds formulas and merged cells, which the reader does not tell."""
    formula = merged = False
    with zipfile.ZipFile(path) as archive, archive.open(part) as file:
        tail = b""
        while data := file.read(1024 * 1024):
            piece = tail + data
            formula = formula or _FORMULA.search(piece) is not None
            merged = merged or _MERGED.search(piece) is not None
            tail = piece[-40:]
    return formula, merged


def _computed(value: Any, as_typed: Any) -> str:
    if value is None and as_typed is not None:
        return NoValue()
    return _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return NumberText(int(value) if value == int(value) else value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return _clean(str(value))


def _clean(text: str) -> str:
    return text.strip() if text.isprintable() else _CONTROL.sub("", text).replace("\xa0", " ").strip()


# --- texts ------------------------------------------------------------------------------------------------------------


def _text_rows(path: Path) -> Generator[Line]:
    with path.open("rb") as raw, io.TextIOWrapper(raw, encoding=_encoding(path), errors="replace", newline="") as file:
        start = file.read(64 * 1024)
        delimiter = _delimiter(start)
        file.seek(0)
        for number, row in enumerate(csv.reader(file, delimiter=delimiter), 1):
            yield _line(number, [_clean(value.removeprefix("\ufeff")) for value in row[:MAX_COLUMNS]])


def _encoding(path: Path) -> str:
    """Returns how a text is written: by its mark, else UTF-8 when all of it is, else what Excel writes on Windows."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        start = file.read(4096)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if zeros := start.count(0):
            odd = start[1::2].count(0)
            return "utf-16-le" if odd * 2 > zeros else "utf-16-be"
        file.seek(0)
        try:
            while data := file.read(1024 * 1024):
                decoder.decode(data)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _delimiter(start: str) -> str:
    """Returns what stands between cells: the sign that cuts the first line that is not empty into most."""

    def width(sign: str) -> int:
        rows = csv.reader(io.StringIO(start, newline=""), delimiter=sign)
        return next((len(row) for row in rows if any(row)), 0)

    return max(_DELIMITERS, key=width)
