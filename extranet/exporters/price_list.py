"""The prices of a list as a sheet, which the import of prices reads again."""

from typing import Any

from django.utils.translation import gettext as _

from extranet.enums import DiagnosticKind, PropertyKind, Transaction
from extranet.enums_price import SizeBy
from extranet.exporters.sheet import Column, Kind, Sheet, words_of
from extranet.models import PriceList
from extranet.queries.price_list import rows_of_list


def price_sheet(entry: PriceList) -> Sheet:
    """Returns the sheet of a list's prices, without VAT."""
    rows = rows_of_list(entry).values_list(
        "diagnostic", "property_kind", "transaction", "size_from", "size_to", "price"
    )
    return Sheet(_("Prices – %(name)s") % {"name": entry.name}, price_columns(entry.size_by), list(map(_cells, rows)))


def price_columns(size_by: str) -> tuple[Column, ...]:
    """Returns the columns that the import of prices knows."""
    rooms = size_by == SizeBy.ROOMS
    return (
        Column(_("Diagnostic"), "diagnostic", width=34, words=words_of(DiagnosticKind.choices)),
        Column(_("Type of property"), "property_kind", width=22, words=words_of(PropertyKind.choices)),
        Column(_("Made for"), "transaction", width=22, words=words_of(Transaction.choices)),
        Column(_("From (rooms)") if rooms else _("From (m²)"), "size_from", Kind.DECIMAL, 14),
        Column(_("To (rooms, included)") if rooms else _("Below (m²)"), "size_to", Kind.DECIMAL, 20),
        Column(_("Price without VAT (€)"), "price", Kind.MONEY, 22),
    )


def _cells(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(cell if cell != "" else None for cell in row)
