"""Taking times on a machine that does other things too."""

import os
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

WARM_UP = 40


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and of a processor."""

    wall: float
    cpu: float


def spent(call: Callable[[], object]) -> Spent:
    """Returns what a call takes of this process, of those that it started and ended, and of its database session.

    Of a processor, that is what one core does, whatever else the machine does.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")

    def cpu() -> float:
        ticks = stat.read_text().rpartition(")")[2].split()[11:13]
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        session = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
        return time.process_time() + children.ru_utime + children.ru_stime + session

    before = cpu()
    wall = seconds(call)
    return Spent(wall, cpu() - before)


def seconds(call: Callable[[], object]) -> float:
    """Returns how long a call takes."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def interleaved(calls: Sequence[Callable[[], object]], *, rounds: int, warm_up: int = WARM_UP) -> list[float]:
    """Returns the median time of each call, in seconds.

    They take turns, so that what else the machine does falls on all of them alike.
    """
    for _ in range(warm_up):
        for call in calls:
            call()
    times = [[seconds(call) for call in calls] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*times, strict=True)]


def ms(duration: float) -> str:
    """Returns seconds as milliseconds in words."""
    return f"{duration * 1000:.2f} ms"
