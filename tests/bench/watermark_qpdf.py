"""A mention on each page: the product's stamper against Debian's `qpdf --overlay`."""

import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.bench.figure import Figure
from tests.bench.timing import ms
from tests.bench.watermark import COUNTS, best, by_hand, check, mention_of, product, report_of
from tests.bench.world import World


def measure(world: World) -> Figure:
    """Returns the product's processor time, the start of Python apart, over all of qpdf's; the larger of two sizes.

    Infinite without qpdf.
    """
    qpdf = shutil.which("qpdf")
    if qpdf is None:
        return Figure(float("inf"), 1.2, notes=("NOT MEASURED: qpdf is not installed (apt-get install qpdf)",))
    mention, target = mention_of(world), world.folder / "stamped.pdf"
    quotients, notes = [], []
    for count in COUNTS:
        source = report_of(world, count)
        calls: list[Callable[[], object]] = [
            partial(product, source, target),
            partial(_overlay, qpdf, mention, source, target),
            partial(by_hand, "pikepdf", mention, source, target),
        ]
        for call in calls[:2]:
            call()
            check(target, count)
        ours, theirs, start = best(calls)
        quotients.append((ours - start) / theirs)
        notes.append(
            f"{count} pages: {ms(ours)} ({ms(start)} of it the start of Python) against {ms(theirs)} of processor; "
            f"with the start {ours / theirs:.2f}"
        )
    version = subprocess.run([qpdf, "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    return Figure(max(quotients), 1.2, notes=(version, *notes))


def _overlay(qpdf: str, mention: Path, source: Path, target: Path) -> None:
    subprocess.run([qpdf, source, "--overlay", mention, "--repeat=1", "--", target], check=True)
