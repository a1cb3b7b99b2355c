"""The prices of a list in a table: which column is what, and whether its lines can be prices."""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from extranet.enums import DiagnosticKind, PropertyKind, Transaction
from extranet.enums_price import SizeBy
from extranet.importers.table import Line, NoValue, open_table
from extranet.models import PriceRow
from extranet.queries.price_list import price_of
from extranet.tariff import Price, overlaps
from kernel.errors import DomainError
from kernel.text import fold

#: What a column can be, and how the page calls it.
COLUMNS: Mapping[str, str | Promise] = {
    "diagnostic": gettext_lazy("Diagnostic"),
    "property_kind": gettext_lazy("Type of property"),
    "transaction": gettext_lazy("Made for"),
    "size_from": gettext_lazy("From"),
    "size_to": gettext_lazy("To"),
    "price": gettext_lazy("Price"),
}
REQUIRED = ("diagnostic", "price")
#: How else they are called, folded and without spaces or signs.
_SYNONYMS: Mapping[str, str] = {
    "diagnostic": "diagnostic diagnostics prestation mission code",
    "property_kind": "typedebien bien propertykind typeofproperty property type",
    "transaction": "transaction motif madefor usage ventelocation",
    "size_from": "de from min fromm2 dem2 depuis apartirde surfacemin frommm2 fromrooms depieces",
    "size_to": "a to max below belowm2 amoinsde jusqua surfacemax toroomsincluded",
    "price": "prix price prixht tarif tarifht montant montantht pricewithoutvat",
}
_OTHER_WORDS: Mapping[str, str] = {
    "maison": PropertyKind.HOUSE,
    "appartement": PropertyKind.FLAT,
    "immeuble": PropertyKind.BUILDING,
    "local": PropertyKind.COMMERCIAL,
    "terrain": PropertyKind.LAND,
    "location": Transaction.RENTAL,
    "vente": Transaction.SALE,
    "termite": DiagnosticKind.TERMITES,
    "plomb": DiagnosticKind.CREP,
    "electricite": DiagnosticKind.ELEC,
}
_NO_LETTER = re.compile(r"[^a-z0-9]+")
_MOST_SIZE, _MOST_PRICE = Decimal(100_000), Decimal(1_000_000)
_MOST_LINES = 5_000
_MOST_FAULTS = 100
_SHOWN = 60


@dataclass(frozen=True)
class PriceFault:
    """Why a line is refused: its number as the sheet shows it, the column, what stands there, and the reason."""

    line: int
    column: str
    value: str
    text: str


@dataclass
class PriceFile:
    """What a file holds: the rows of PriceRow by name, or what is wrong with it."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    faults: list[PriceFault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_prices(path: Path, *, size_by: str) -> PriceFile:
    """Returns the prices in a file; raises DomainError as open_table does, `price_columns` or `price_lines`."""
    result = PriceFile()
    lines: list[tuple[int, Price]] = []
    with open_table(path) as table:
        result.notes = list(table.notes)
        columns = _columns_of(table.titles)
        for count, line in enumerate(table.lines, 1):
            if count > _MOST_LINES:
                raise DomainError("price_lines", _("At most %(most)d prices.") % {"most": _MOST_LINES})
            faults: list[PriceFault] = []
            row = _row(line, columns, size_by, faults)
            result.faults += faults
            if not faults:
                result.rows.append(row)
                lines.append((line.number, price_of(PriceRow(**row), size_by=size_by)))
            if len(result.faults) >= _MOST_FAULTS:
                return result
    if not lines and not result.faults:
        raise DomainError("price_lines", _("The file holds no price."))
    _tell_overlaps(lines, size_by, result)
    return result


def _tell_overlaps(lines: list[tuple[int, Price]], size_by: str, result: PriceFile) -> None:
    groups: dict[tuple[str, str, str], list[tuple[int, Price]]] = {}
    for number, one in lines:
        groups.setdefault((one.diagnostic, one.property_kind, one.transaction), []).append((number, one))
    for group in groups.values():
        for fault in overlaps(one for _number, one in group):
            at = [
                number
                for number, one in group
                if (one.start or 0) <= (fault.start or 0) and (one.end is None or one.end > (fault.start or 0))
            ]
            text = _("Two prices for the same case (lines %(lines)s).") % {"lines": ", ".join(map(str, at))}
            result.faults.append(PriceFault(at[-1], str(COLUMNS["size_from"]), fault.words(size_by), text))


def _columns_of(titles: list[str]) -> dict[str, int]:
    known = _known_titles()
    columns: dict[str, int] = {}
    for column, title in enumerate(titles):
        name = known.get(_bare(title))
        if name and name not in columns:
            columns[name] = column
    missing = [str(COLUMNS[name]) for name in REQUIRED if name not in columns]
    if missing:
        text = _("The first line must name the columns; missing: %(columns)s. Export a list to see the titles.")
        raise DomainError("price_columns", text % {"columns": ", ".join(missing)})
    return columns


def _row(line: Line, columns: Mapping[str, int], size_by: str, faults: list[PriceFault]) -> dict[str, Any]:
    texts = {name: line.cell(columns[name]) if name in columns else "" for name in COLUMNS}
    row: dict[str, Any] = {}

    def refuse(name: str, text: str) -> None:
        faults.append(PriceFault(line.number, str(COLUMNS[name]), texts[name][:_SHOWN], text))

    for name, text in texts.items():
        if isinstance(text, NoValue):
            refuse(name, _("The cell holds a formula without a result: open the file in Excel and save it again."))
    if faults:
        return row
    for name, choices in _words().items():
        value = choices.get(_bare(texts[name]))
        if value is None:
            refuse(name, _("This is not known: use the words of an exported list."))
        elif not value and name in REQUIRED:
            refuse(name, _("This cell must be filled in."))
        row[name] = value or ""
    for name, most in (("size_from", _MOST_SIZE), ("size_to", _MOST_SIZE), ("price", _MOST_PRICE)):
        try:
            row[name] = _number(texts[name], most)
        except ValueError as error:
            refuse(name, str(error))
    if not faults and row["price"] is None:
        refuse("price", _("This cell must be filled in."))
    if not faults:
        _check_sizes(row, size_by, refuse)
    return row


def _check_sizes(row: Mapping[str, Any], size_by: str, refuse: Any) -> None:
    first, last, rooms = row["size_from"], row["size_to"], size_by == SizeBy.ROOMS
    for name in ("size_from", "size_to"):
        if rooms and row[name] is not None and row[name] != int(row[name]):
            refuse(name, _("Rooms are counted in whole numbers."))
    if last is not None and (last < (first or 0) or (last == (first or 0) and not (rooms and last))):
        refuse("size_to", _("The end of the range must be larger than its beginning."))


def _number(text: str, most: Decimal) -> Decimal | None:
    """Returns the number in a text, None when it is empty; raises ValueError with what is wrong."""
    plain = "".join(text.split()).removesuffix("€").removesuffix("m²").replace(",", ".")
    if not plain:
        return None
    try:
        value = Decimal(plain)
    except InvalidOperation:
        raise ValueError(_("This is not a number.")) from None
    if not value.is_finite() or value < 0 or value >= most:
        raise ValueError(_("This number is not possible here."))
    if value != value.quantize(Decimal("0.01")):
        raise ValueError(_("At most two decimals."))
    return value.quantize(Decimal("0.01"))


@functools.cache
def _known_titles() -> dict[str, str]:
    known = {title: name for name, titles in _SYNONYMS.items() for title in titles.split()}
    for language in ("fr", "en"):
        with translation.override(language):
            known |= {_bare(str(label)): name for name, label in COLUMNS.items()}
            first, last = ("size_from", "size_to")
            known |= {_bare(_("From (m²)")): first, _bare(_("From (rooms)")): first}
            known |= {_bare(_("Below (m²)")): last, _bare(_("To (rooms, included)")): last}
            known |= {_bare(_("Price without VAT (€)")): "price"}
    return known


@functools.cache
def _words() -> dict[str, dict[str, str]]:
    """Returns the values of the closed columns by how they are written, in French, English or by our codes."""
    found: dict[str, dict[str, str]] = {}
    for name, choices in (
        ("diagnostic", DiagnosticKind),
        ("property_kind", PropertyKind),
        ("transaction", Transaction),
    ):
        words = {"": "", **{_bare(value): value for value in choices.values}}
        words |= {_bare(word): value for word, value in _OTHER_WORDS.items() if value in choices.values}
        for language in ("fr", "en"):
            with translation.override(language):
                words |= {_bare(str(label)): value for value, label in choices.choices}
        found[name] = words
    return found


def _bare(text: str) -> str:
    return _NO_LETTER.sub("", fold(text))
