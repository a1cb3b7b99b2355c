"""The two ways to a workbook of 100,000 × 15: the product's, from its database, and openpyxl's, from plain tuples."""

import itertools
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
from django.db import connection, transaction
from django.utils import timezone, translation

from extranet.exporters.dossiers import dossier_sheet
from extranet.exporters.sheet import Sheet, rows_of, write_sheet
from extranet.queries.dossier_filter import DossierFilter
from kernel.tenancy import firm_context
from tests.bench.firms import admin_of, firm_at
from tests.bench.world import DOSSIERS, LARGE, World

#: Of the columns of the product's sheet; the clients and the diagnostics come from other tables.
COLUMNS = (
    "reference", "title", "property_kind", "street", "postcode", "city", "owner_name", "clients", "transaction",
    "visited_on", "created_at", "diagnostic_kinds", "state", "payment_state", "amount",
)  # fmt: skip
_DETAILS = (
    """
    UPDATE extranet_dossier SET
      reference = '2026-' || lpad(id::text, 7, '0'), street = (id % 180 + 1) || ' rue de l’Église',
      postcode = lpad((id % 95000)::text, 5, '0'), city = (ARRAY['Brest', 'Orléans', 'Béziers', 'Lyon'])[id % 4 + 1],
      property_kind = (ARRAY['house', 'flat', ''])[id % 3 + 1], owner_name = 'Hélène Lefèvre-Bœuf ' || id % 900,
      transaction = (ARRAY['sale', 'rental'])[id % 2 + 1], visited_on = date '2024-01-01' + (id % 700)::int,
      payment_state = (ARRAY['paid', 'unpaid', 'nothing'])[id % 3 + 1],
      amount = CASE WHEN id % 3 < 2 THEN (id % 90000) / 100.0 END
    """,
    """
    INSERT INTO extranet_diagnostic (code, dossier_id, kind, position, finding, conclusion, energy_letter,
      climate_letter, ademe_number, expiry_by_hand)
    SELECT 'd' || d.id || '-' || k.position, d.id, k.kind, k.position, 'unknown', '', '', '', '', false
    FROM extranet_dossier d, (VALUES (0, 'dpe'), (1, 'elec'), (2, 'gaz')) k (position, kind)
    WHERE k.position <= d.id % 3
    """,
    "ANALYZE",
)


def filled(world: World) -> str:
    """Returns a database whose large firm's dossiers have all that the sheet shows."""
    name = world.copy(world.two_firms, f"excel{len(world._databases)}")
    with world.using(name), firm_context(firm_at(LARGE).schema_name), connection.cursor() as cursor:
        for statement in _DETAILS:
            cursor.execute(statement)
    return name


def product_sheet(columns: Iterable[str] = COLUMNS) -> Sheet:
    """Returns the product's sheet of the large firm's dossiers for its administrator, with these of its columns."""
    sheet = dossier_sheet(admin_of(firm_at(LARGE)), DossierFilter())
    by_value = {column.value: column for column in sheet.columns}
    return replace(sheet, columns=tuple(by_value[value] for value in columns))


def write_product(path: Path, *, all_columns: bool = False) -> None:
    """Writes the workbook as a request does: the query included."""
    with firm_context(firm_at(LARGE).schema_name), translation.override("fr"):
        sheet = product_sheet()
        if all_columns:
            sheet = dossier_sheet(admin_of(firm_at(LARGE)), DossierFilter())
        assert write_sheet(path, sheet) == DOSSIERS


def write_plain(path: Path, rows: Iterable[tuple[Any, ...]]) -> None:
    """Writes tuples that are there already with openpyxl's write-only mode, without styles."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Dossiers")
    sheet.append(COLUMNS)
    for row in rows:
        sheet.append(row)
    book.save(path)


def plain_rows(count: int) -> list[tuple[Any, ...]]:
    """Returns the first rows as openpyxl takes them: words, dates, floats."""
    with (
        firm_context(firm_at(LARGE).schema_name),
        transaction.atomic(),
        closing(rows_of(product_sheet())) as rows,
    ):
        return [tuple(_plain(value) for value in row) for row in itertools.islice(rows, count)]


def _plain(value: Any) -> Any:
    if hasattr(value, "tzinfo") and value.tzinfo is not None:
        return timezone.make_naive(value)
    return float(value) if hasattr(value, "as_tuple") else value
