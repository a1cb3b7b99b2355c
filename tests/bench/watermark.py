"""A mention on each page: the product's stamper against pypdf's `merge_page`, page by page."""

import hashlib
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from pypdf import PdfReader

from storage.watermark import Stamp, stamp_file
from tests.bench.figure import Figure
from tests.bench.timing import ms
from tests.bench.world import World
from tests.storage.pdf_cases import pictures

STAMP = Stamp("POUR CONSULTATION UNIQUEMENT", "#c0392b", "diagonal")
#: Pages of a report, and of all reports of a large building.
COUNTS = (60, 300)
ROUNDS = 5


def report_of(world: World, count: int) -> Path:
    """Returns the path of a report of so many pages, each with text, a table's lines and a photo."""
    path = world.folder / f"report-{count}.pdf"
    if not path.exists():
        path.write_bytes(pictures(count))
    return path


def mention_of(world: World) -> Path:
    """Returns the path of a PDF of one page that bears the mention alone, what others lay over each page."""
    path = world.folder / "mention.pdf"
    if not path.exists():
        from fpdf import FPDF

        sheet = FPDF(format="A4")
        sheet.add_page()
        sheet.set_font("helvetica", "B", 34)
        sheet.set_text_color(0xC0, 0x39, 0x2B)
        with sheet.local_context(fill_opacity=0.35), sheet.rotation(54.7, 105, 148):
            sheet.text(10, 148, STAMP.text)
        path.write_bytes(bytes(sheet.output()))
    return path


def product(source: Path, target: Path) -> None:
    """Stamps a file as the product does, in a process of its own."""
    stamp_file(source, target, STAMP)


def by_hand(way: str, mention: Path, source: Path, target: Path) -> None:
    """Stamps a file as tutorials do, in a process of its own too."""
    subprocess.run([sys.executable, "-m", "tests.bench.watermark_process", way, mention, source, target], check=True)


def cpu_seconds(call: Callable[[], object]) -> float:
    """Returns the processor time that a call's child processes took."""
    started = _children()
    call()
    return _children() - started


def _children() -> float:
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def best(calls: list[Callable[[], object]], rounds: int = ROUNDS) -> list[float]:
    """Returns the least processor time of each call, in seconds; they take turns."""
    times = [[cpu_seconds(call) for call in calls] for _ in range(rounds)]
    return [min(column) for column in zip(*times, strict=True)]


def check(target: Path, count: int) -> None:
    """Raises AssertionError unless the first, a middle and the last page bear the mention."""
    pages = PdfReader(target).pages
    assert len(pages) == count
    for rank in (0, count // 2, count - 1):
        assert STAMP.text in pages[rank].extract_text(), (target, rank)


def measure(world: World) -> Figure:
    """Returns how many times as long page by page takes, the start of the processes apart; the less of two sizes."""
    mention, target = mention_of(world), world.folder / "stamped.pdf"
    quotients, notes = [], []
    for count in COUNTS:
        source = report_of(world, count)
        digest = hashlib.sha256(source.read_bytes()).digest()
        calls: list[Callable[[], object]] = [
            partial(product, source, target),
            *(partial(by_hand, way, mention, source, target) for way in ("merge_page", "pikepdf", "pypdf")),
        ]
        for call in calls[:2]:
            call()
            check(target, count)
        size = target.stat().st_size
        started = time.perf_counter()
        calls[0]()
        wall = time.perf_counter() - started
        ours, theirs, start, their_start = best(calls)
        assert hashlib.sha256(source.read_bytes()).digest() == digest
        quotients.append((theirs - their_start) / (ours - start))
        notes.append(
            f"{count} pages, {source.stat().st_size / 1e6:.1f} MB: {ms(ours)} of processor against {ms(theirs)}; "
            f"{ms(start)} and {ms(their_start)} start Python and the library and are not counted, with them "
            f"{theirs / ours:.2f}; "
            f"{ms(wall)} in all"
        )
        notes.append(f"the page-by-page file has {size / 1e6:.1f} MB, ours {_size(calls[0], target) / 1e6:.1f} MB")
    return Figure(min(quotients), 2, at_least=True, notes=tuple(notes))


def _size(call: Callable[[], object], target: Path) -> int:
    call()
    return target.stat().st_size
