"""One table of a dossier: Windows-1252 without a declaration, `LiTable_…`, `LiItem_table_…`, `LiColonne_…`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from extranet.importers.liciel.safe_xml import BrokenXml, read_leaves
from kernel.text import fold

_COLUMN = "licolonne_"
#: What stands in an empty field.
_EMPTY = frozenset({"", "#", "0", "non communique"})
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,10}));")
_BARE_AMPERSAND = re.compile(r"&(?!(?:#[0-9]+|#x[0-9a-fA-F]+|lt|gt|amp|quot|apos);)")
_DATE = re.compile(r"\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b")
_FIRST_YEAR, _LAST_YEAR = 1990, 2100


@dataclass(frozen=True)
class Table:
    """A table: its rows, each the texts by the folded names of its columns."""

    name: str
    rows: tuple[Mapping[str, str], ...] = ()

    def raw(self, column: str) -> str:
        """Returns the text of the first row as it stands; "" where there is none."""
        return self.rows[0].get(column, "") if self.rows else ""

    def text(self, column: str) -> str:
        """Returns the text of the first row on one line, "" for what the software writes into empty fields."""
        return meant(self.raw(column))

    def day(self, column: str) -> date | None:
        """Returns the day of the first row; None when it holds none that could be."""
        return read_day(self.raw(column))


def read_table(name: str, data: bytes) -> Table:
    """Returns the table in a file of this name; raises UnsafeXml or BrokenXml."""
    text = decode(data)
    try:
        leaves = read_leaves(text.encode())
    except BrokenXml:
        # the software writes “&” as it is: a second look, now that the document is known to be none as it stands
        leaves = read_leaves(_BARE_AMPERSAND.sub("&amp;", text).encode())
    rows: dict[int, dict[str, str]] = {}
    for leaf in leaves:
        column = fold(leaf.path[-1])
        if column.startswith(_COLUMN) and len(leaf.path) > 1:
            rows.setdefault(leaf.parent, {})[column.removeprefix(_COLUMN)] = leaf.text
    return Table(name, tuple(rows.values()))


def decode(data: bytes) -> str:
    """Returns the text of a table: UTF-8 where it is that, else Windows-1252, without the signs that XML forbids."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", errors="replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", errors="replace")
    return _REFERENCE.sub(_allowed, _CONTROL.sub("", text)).lstrip()


def meant(text: str) -> str:
    """Returns a field's text on one line; "" for a placeholder."""
    line = " ".join(text.split())
    return "" if fold(line) in _EMPTY else line


def paragraph(text: str) -> str:
    """Returns a field's text with its line breaks; "" for a placeholder."""
    lines = [" ".join(line.split()) for line in text.strip().splitlines()]
    return "" if fold(text) in _EMPTY else "\n".join(lines).strip()


def read_day(text: str) -> date | None:
    """Returns a day written dd/mm/yyyy, a time may follow; None for anything else."""
    found = _DATE.match(text)
    if found is None or not found[3].isascii():
        return None
    try:
        day = date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return None
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None


def _allowed(found: re.Match[str]) -> str:
    number = int(found[1], 16) if found[1] else int(found[2])
    allowed = number in {9, 10, 13} or 32 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0xFFFF < number < 0x110000
    return found[0] if allowed else ""
