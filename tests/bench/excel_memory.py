"""The memory of an export of 100,000 dossiers against openpyxl's write-only mode, each in a process of its own."""

import json
import os
import subprocess
import sys

from tests.bench.excel import filled
from tests.bench.figure import Figure
from tests.bench.world import World

_MIB = 1024 * 1024


def measure(world: World) -> Figure:
    """Returns the peak of resident memory of the product's process over that of openpyxl's.

    Both processes have the same things loaded, the product and openpyxl; the notes tell what each takes above that.
    """
    environment = {**os.environ, **world.environment(filled(world))}
    sizes = {}
    for way in ("product", "openpyxl"):
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.excel_process", way, str(world.folder / "sheet.xlsx")],
            env=environment,
            stdout=subprocess.PIPE,
            check=True,
        )
        sizes[way] = json.loads(done.stdout)
    product, plain = sizes["product"], sizes["openpyxl"]
    above = [(one["peak"] - one["idle"]) / _MIB for one in (product, plain)]
    return Figure(
        product["peak"] / plain["peak"],
        1.2,
        notes=(
            f"MiB at most: {product['peak'] / _MIB:.0f} against {plain['peak'] / _MIB:.0f}",
            f"MiB above idle: {above[0]:.1f} against {above[1]:.1f}",
        ),
    )
