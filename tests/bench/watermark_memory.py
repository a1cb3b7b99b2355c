"""The memory that stamping takes."""

import json
import re
import subprocess
import sys

from storage import pdf_stamper
from storage.backends import MIB
from storage.watermark import plan_of
from tests.bench.figure import Figure
from tests.bench.watermark import STAMP, check, report_of
from tests.bench.world import World

PAGES = 300
_RUN = """
import runpy, sys
import pikepdf
sys.argv = sys.argv[1:]
if sys.argv:
    runpy.run_path(sys.argv[0], run_name="__main__")
sys.stderr.write(open("/proc/self/status").read())
"""


def measure(world: World) -> Figure:
    """Returns the peak of the stamper's resident memory, Python and pikepdf included, over the size of the file."""
    source, target, plan = report_of(world, PAGES), world.folder / "stamped.pdf", world.folder / "plan.json"
    plan.write_text(json.dumps(plan_of(source, target, STAMP)))
    peak = _peak(pdf_stamper.__file__, str(plan))
    check(target, PAGES)
    idle = _peak()
    size = source.stat().st_size
    return Figure(
        peak / size,
        4,
        notes=(
            f"MiB: {peak / MIB:.0f} at most, of which Python and pikepdf {idle / MIB:.0f}; the file {size / MIB:.0f}",
            f"above Python and pikepdf {(peak - idle) / size:.2f} times the file",
        ),
    )


def _peak(*arguments: str) -> int:
    """Returns the largest resident memory, in bytes, of a Python that runs a program or, without one, loads pikepdf."""
    done = subprocess.run([sys.executable, "-I", "-c", _RUN, *arguments], capture_output=True, text=True, check=True)
    match = re.search(r"^VmHWM:\s+(\d+) kB$", done.stderr, re.MULTILINE)
    assert match is not None, done.stderr
    return int(match[1]) * 1024
