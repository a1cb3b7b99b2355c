"""Benchmarks: `./deploy/bench [name …]`, a line each; exit code 1 when one falls short of its goal."""

import argparse
import importlib
import os
import signal
import sys
import tempfile
import time
from types import FrameType

import django

#: Each module has measure(world), which returns a Figure. They import models: only once Django is set up.
BENCHMARKS = {
    "provisioning": "tests.bench.provisioning",
    "dossier-list": "tests.bench.dossier_list",
    "api-list": "tests.bench.api_list",
    "dossier-search": "tests.bench.dossier_search",
    "search-index": "tests.bench.search_index",
    "home": "tests.bench.home",
    "kml": "tests.bench.kml",
    "many-firms": "tests.bench.many_firms",
    "zip-memory": "tests.bench.zip_memory",
    "migrate-idle": "tests.bench.migrate_idle",
    "excel-time": "tests.bench.excel_time",
    "excel-memory": "tests.bench.excel_memory",
    "import-liciel": "tests.bench.import_liciel",
    "watermark": "tests.bench.watermark",
    "watermark-qpdf": "tests.bench.watermark_qpdf",
    "watermark-memory": "tests.bench.watermark_memory",
    "watermark-served": "tests.bench.watermark_served",
    "notifications": "tests.bench.notifications",
    "slots": "tests.bench.slots",
    "pricing": "tests.bench.pricing",
    "slot-race": "tests.bench.slot_race",
    "mails": "tests.bench.mails",
    "site-page": "tests.bench.site_page",
    "api-push": "tests.bench.api_push",
}


_STOPS = (signal.SIGTERM, signal.SIGINT)


def main() -> int:
    """Runs the named benchmarks, or all; returns the exit code."""
    parser = argparse.ArgumentParser(prog="./deploy/bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"one of {', '.join(BENCHMARKS)}; all when none")
    names = parser.parse_args().names or list(BENCHMARKS)
    if unknown := set(names) - set(BENCHMARKS):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    if "DATABASE_URL" not in os.environ:
        parser.error("DATABASE_URL is missing: ./deploy/bench starts a PostgreSQL and sets it")
    for number in _STOPS:
        signal.signal(number, _stop)
    with tempfile.TemporaryDirectory(prefix="diagdesk-bench-files-") as files:
        _set_up(files)
        return 0 if _run(names) else 1


def _stop(number: int, frame: FrameType | None) -> None:
    """Ends the run; what it made is removed first, undisturbed by a second signal."""
    for other in _STOPS:
        signal.signal(other, signal.SIG_IGN)
    sys.exit(128 + number)


def _set_up(files: str) -> None:
    """Makes this process, and the servers that it starts, a production of the product on this machine."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DIAGDESK_URL": "http://localhost",
        "DEBUG": "0",
        "SECRET_KEY": "benchmarks-only",
        "STORAGE_DIR": files,
        "LOG_LEVEL": "WARNING",
    }
    django.setup()
    del os.environ["LOG_LEVEL"]  # the servers write their logs as in production


def _run(names: list[str]) -> bool:
    """Runs benchmarks and says what they found; returns whether all goals are reached."""
    from tests.bench.world import World

    all_ok = True
    with World() as world:
        for name in names:
            started = time.monotonic()
            figure = importlib.import_module(BENCHMARKS[name]).measure(world)
            print(figure.line(name))
            for note in (*figure.notes, f"took {time.monotonic() - started:.0f} s"):
                print(f"  {note}", flush=True)
            all_ok = all_ok and figure.is_ok
    return all_ok


if __name__ == "__main__":
    sys.exit(main())
