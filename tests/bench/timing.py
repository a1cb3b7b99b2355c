"""Taking times on a machine that does other things too."""

import statistics
import time
from collections.abc import Callable, Sequence

WARM_UP = 40


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
