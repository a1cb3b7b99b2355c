"""Excel workbooks of one sheet: columns that say what they hold, rows that stream from the database."""

import re
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from itertools import batched
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rustpy_xlsxwriter import Format, write_worksheet

from kernel.errors import DomainError

#: What one sheet can hold (ECMA-376 leaves it to Excel: "Excel specifications and limits"), without its header.
MAX_ROWS = 1_048_576 - 1
MAX_CELL = 32_767
MAX_SHEET_NAME = 31
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: How many rows are fetched at once.
CHUNK = 2_000
#: Excel's calendar begins there.
_FIRST_YEAR = 1900
#: What XML 1.0 cannot hold, and the two signs that are no characters.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]+")


class Kind(Enum):
    """What a column holds."""

    TEXT = "text"
    DATE = "date"
    MOMENT = "moment"
    MONEY = "money"
    NUMBER = "number"
    #: With as many decimals as there are.
    DECIMAL = "decimal"
    FLAG = "flag"


@dataclass(frozen=True)
class Column:
    """A column: its title, what it holds, its width in characters, and the value of the query that fills it.

    `words` turns a value into what is read; it is called once for each different value.
    """

    title: str | Promise
    value: str
    kind: Kind = Kind.TEXT
    width: float = 16
    words: Callable[[Any], str] | None = None


type Lookup = Callable[[Sequence[int]], Mapping[int, Any]]


@dataclass(frozen=True)
class Sheet:
    """A sheet and where its rows come from: a query, or tuples in the order of the columns.

    `lookups` are for what lies in other tables: by the value of a column, what finds it for many primary keys at once.
    """

    title: str
    columns: tuple[Column, ...]
    rows: QuerySet[Any] | Iterable[tuple[Any, ...]] = field(repr=False)
    lookups: Mapping[str, Lookup] = field(default_factory=dict, repr=False)

    @property
    def file_name(self) -> str:
        """The name of its file, with today's date as the reader writes it."""
        return f"{self.title} – {date_format(timezone.localdate(), 'DATE_FORMAT')}.xlsx"


def words_of(choices: Iterable[tuple[str, str | Promise]]) -> Callable[[Any], str]:
    """Returns what turns a value of a closed list into its label in the reader's language."""
    labels = {value: str(label) for value, label in choices}
    return lambda value: labels.get(value, str(value))


def list_words_of(choices: Iterable[tuple[str, str | Promise]]) -> Callable[[Any], str]:
    """Returns what turns values joined by commas into their labels."""
    one = words_of(choices)
    return lambda values: ", ".join(one(value) for value in values.split(",")) if values else ""


def write_sheet(path: Path, sheet: Sheet) -> int:
    """Writes the workbook in the active language and returns how many rows it has; memory does not grow with them.

    A text is always a text, never a formula or a link. Raises DomainError `sheet_too_long` over MAX_ROWS.
    """
    formats = _FORMATS.get((get_language() or "fr")[:2], _FORMATS["fr"])
    counted = _Counted()
    # within a transaction the cursor lets rows come as they are found; outside, the server keeps them all first
    with transaction.atomic(), closing(_records(sheet, counted)) as records:
        write_worksheet(
            records,
            path,
            sheet_name=sheet_name(sheet.title),
            freeze_row=1,
            column_widths=[column.width for column in sheet.columns],
            column_formats=[_format(formats.get(column.kind)) for column in sheet.columns],
            header_format=Format().set_bold().set_background_color("#E6ECF2").set_border_bottom("thin"),
            autofilter=True,
            page_setup={"landscape": True, "paper_size": 9, "repeat_rows": 0, "fit_to_pages": (1, 0)},
        )
    return counted.rows


def sheet_name(title: str) -> str:
    """Returns `title` fit for the name of a sheet: at most 31 long, without the signs that Excel forbids there."""
    # counted in UTF-16, as Excel does
    name = _NOT_IN_SHEET_NAMES.sub(" ", clean(title)).strip(" '")
    while len(name.encode("utf-16-le")) > 2 * MAX_SHEET_NAME:
        name = name[:-1]
    return name.strip(" '") or "Diagdesk"


def clean(text: str) -> str:
    """Returns `text` without what no cell can hold, cut at 32,767 characters (of UTF-16, as Excel counts)."""
    if not text.isprintable():
        text = _CONTROL.sub("", text)
    if len(text) > MAX_CELL // 2 and len(text.encode("utf-16-le")) > 2 * MAX_CELL:
        text = text.encode("utf-16-le")[: 2 * MAX_CELL].decode("utf-16-le", errors="ignore")
    return text


class _Counted:
    rows = 0


_FORMATS: Mapping[str, Mapping[Kind, str]] = {
    "fr": {
        Kind.DATE: "dd/mm/yyyy",
        Kind.MOMENT: "dd/mm/yyyy hh:mm",
        Kind.MONEY: '#,##0.00\\ "€"',
        Kind.NUMBER: "0",
    },
    "en": {
        Kind.DATE: "d mmm yyyy",
        Kind.MOMENT: "d mmm yyyy hh:mm",
        Kind.MONEY: '"€"#,##0.00',
        Kind.NUMBER: "0",
    },
    "es": {
        Kind.DATE: "dd/mm/yyyy",
        Kind.MOMENT: "dd/mm/yyyy hh:mm",
        Kind.MONEY: '#,##0.00\\ "€"',
        Kind.NUMBER: "0",
    },
    "de": {
        Kind.DATE: "dd.mm.yyyy",
        Kind.MOMENT: "dd.mm.yyyy hh:mm",
        Kind.MONEY: '#,##0.00\\ "€"',
        Kind.NUMBER: "0",
    },
    "it": {
        Kind.DATE: "dd/mm/yyyy",
        Kind.MOMENT: "dd/mm/yyyy hh:mm",
        Kind.MONEY: '#,##0.00\\ "€"',
        Kind.NUMBER: "0",
    },
    "nl": {
        Kind.DATE: "d-m-yyyy",
        Kind.MOMENT: "d-m-yyyy hh:mm",
        Kind.MONEY: '"€"\\ #,##0.00',
        Kind.NUMBER: "0",
    },
}


def _format(code: str | None) -> Format:
    return Format().set_num_format(code) if code else Format()


def _records(sheet: Sheet, counted: _Counted) -> Generator[dict[str, Any]]:
    titles = [str(column.title) for column in sheet.columns]
    assert len(set(titles)) == len(titles), titles
    cells = [_cell(column) for column in sheet.columns]
    with closing(rows_of(sheet)) as rows:
        for count, row in enumerate(rows, 1):
            if count > MAX_ROWS:
                raise _too_long()
            counted.rows = count
            yield {
                title: None if value is None else cell(value)
                for title, cell, value in zip(titles, cells, row, strict=True)
            }
    if not counted.rows:
        # the titles come with the first row: an empty sheet has one without anything in it
        yield dict.fromkeys(titles)


def rows_of(sheet: Sheet) -> Generator[tuple[Any, ...]]:
    """Yields the values of the rows, in the order of the columns; a transaction lets them come as they are found."""
    if not isinstance(sheet.rows, QuerySet):
        yield from sheet.rows
        return
    wanted = [column.value for column in sheet.columns]
    direct = [value for value in wanted if value not in sheet.lookups]
    elsewhere = [value for value in wanted if value in sheet.lookups]
    places = {value: place for place, value in enumerate(["pk", *direct, *elsewhere])}
    in_order = itemgetter(*(places[value] for value in wanted))
    found: Any = sheet.rows.values_list("pk", *direct).iterator(chunk_size=CHUNK)
    with closing(found):
        for chunk in batched(found, CHUNK, strict=False):
            keys = [row[0] for row in chunk]
            looked_up = [sheet.lookups[value](keys) for value in elsewhere]
            for row in chunk:
                yield in_order((*row, *(values.get(row[0]) for values in looked_up)))


def _too_long() -> DomainError:
    return DomainError(
        "sheet_too_long",
        _("An Excel sheet holds %(most)s lines at most: narrow the list first.")
        % {"most": number_format(MAX_ROWS, force_grouping=True)},
    )


def _cell(column: Column) -> Callable[[Any], Any]:
    """Returns what turns a value that is not None into what the writer takes."""
    if column.words is not None:
        return _remembered(column.words)
    if column.kind is Kind.FLAG:
        return {True: _("yes"), False: _("no")}.__getitem__
    if column.kind is Kind.MOMENT:
        zone = timezone.get_current_timezone()

        def local(value: datetime) -> Any:
            at = value.astimezone(zone).replace(tzinfo=None)
            return at if at.year >= _FIRST_YEAR else at.isoformat(" ")

        return local
    if column.kind is Kind.DATE:
        return lambda value: value if value.year >= _FIRST_YEAR else _iso(value)
    if column.kind is Kind.TEXT:
        return lambda value: clean(str(value))
    return lambda value: value


def _iso(value: date) -> str:
    return value.isoformat()


def _remembered(words: Callable[[Any], str]) -> Callable[[Any], str]:
    known: dict[Any, str] = {}

    def look_up(value: Any) -> str:
        text = known.get(value)
        if text is None:
            text = known[value] = clean(words(value))
        return text

    return look_up
