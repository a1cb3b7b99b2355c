"""How far it is: a bar on a terminal, plain lines elsewhere."""

import shutil
import sys
import threading
import time
from typing import TextIO

from .words import say

_BAR = 24
_EVERY = 0.1  # seconds between two drawings


class Progress:
    """Counts bytes; `say` writes a line beside the bar."""

    def __init__(self, out: TextIO | None = None, *, is_quiet: bool = False) -> None:
        self._out = out or sys.stderr
        self._is_live = self._out.isatty() and not is_quiet
        self._is_quiet = is_quiet
        self._total = self._done = 0
        self._started = self._drawn = time.monotonic()
        self._at_start = 0
        self._lock = threading.Lock()

    def expect(self, size: int) -> None:
        """Adds bytes to what is to be sent."""
        if self._done >= self._total:
            self._started, self._at_start = time.monotonic(), self._done
        self._total += size

    def add(self, size: int) -> None:
        """Counts bytes that left; a negative number takes back what did not arrive."""
        with self._lock:
            self._done += size
            now = time.monotonic()
            if self._is_live and now - self._drawn >= _EVERY:
                self._drawn = now
                self._draw(now)

    def say(self, text: str) -> None:
        """Writes a line."""
        if self._is_quiet:
            return
        self.clear()
        self._out.write(f"{text}\n")
        self._out.flush()

    def clear(self) -> None:
        """Takes the bar away."""
        if self._is_live:
            self._out.write("\r\x1b[K")
            self._out.flush()

    def _draw(self, now: float) -> None:
        share = min(self._done / self._total, 1.0) if self._total else 1.0
        speed = (self._done - self._at_start) / max(now - self._started, 0.001)
        left = max(self._total - self._done, 0) / speed if speed > 0 else 0.0
        bar = "█" * round(share * _BAR)
        text = say(
            "progress",
            bar=f"{bar:░<{_BAR}}",
            percent=f"{share * 100:.0f}",
            done=size_text(self._done),
            total=size_text(self._total),
            speed=size_text(int(speed)),
            left=f"{int(left // 60)}:{int(left % 60):02d}",
        )
        self._out.write(f"\r\x1b[K{text[: shutil.get_terminal_size().columns - 1]}")
        self._out.flush()


def size_text(size: int) -> str:
    """Returns a number of bytes as people read it."""
    value, units = float(size), say("units").split()
    while value >= 1000 and len(units) > 1:
        value /= 1000
        units.pop(0)
    return (
        f"{value:.0f} {units[0]}" if value >= 100 or units[0] == say("units").split()[0] else f"{value:.1f} {units[0]}"
    )
