"""One export in a process of its own: python -m tests.bench.excel_process product|openpyxl PATH; prints its memory."""

import itertools
import json
import re
import sys
from pathlib import Path

import django

_RESET_PEAK = "5"  # proc_pid_clear_refs(5)


def memory(field: str) -> int:
    """Returns a field of this process's /proc/self/status in bytes."""
    match = re.search(rf"^{field}:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert match is not None
    return int(match[1]) * 1024


def main() -> None:
    """Writes the workbook and prints {"idle": bytes before, "peak": bytes at most}."""
    way, path = sys.argv[1], Path(sys.argv[2])
    django.setup()
    from tests.bench.excel import plain_rows, write_plain, write_product
    from tests.bench.world import DOSSIERS

    sample = plain_rows(100)
    idle = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text(_RESET_PEAK)
    if way == "product":
        write_product(path)
    else:
        write_plain(path, itertools.islice(itertools.cycle(sample), DOSSIERS))
    sys.stdout.write(json.dumps({"idle": idle, "peak": memory("VmHWM")}))


if __name__ == "__main__":
    main()
