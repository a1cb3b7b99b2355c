"""The time of an export of 100,000 dossiers against openpyxl's write-only mode."""

from functools import partial

from tests.bench.excel import COLUMNS, filled, plain_rows, write_plain, write_product
from tests.bench.figure import Figure
from tests.bench.timing import interleaved, seconds
from tests.bench.world import DOSSIERS, World

ROUNDS = 3


def measure(world: World) -> Figure:
    """Returns the median time of the product's workbook, from the database, over that of openpyxl's, from tuples."""
    path = world.folder / "sheet.xlsx"
    with world.using(filled(world)):
        rows = plain_rows(DOSSIERS)
        assert len(rows) == DOSSIERS
        assert len(rows[0]) == len(COLUMNS) == 15
        calls = [partial(write_product, path), partial(write_plain, path, rows)]
        of_product, of_plain = interleaved(calls, rounds=ROUNDS, warm_up=0)
        whole = min(seconds(partial(write_product, path, all_columns=True)) for _ in range(2))
    return Figure(
        of_product / of_plain,
        0.5,
        notes=(
            f"{of_product:.1f} s from the database, {of_plain:.1f} s from tuples in memory",
            f"{DOSSIERS:,} × {len(COLUMNS)}; the product's own sheet, of 23 columns, in {whole:.1f} s",
        ),
    )
