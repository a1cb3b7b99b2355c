"""The processes that look into PDFs for this one: as many as look at the same time, kept for the next file."""

import atexit
import contextlib
import json
import os
import selectors
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from storage import pdf_probe


class ProbeFailed(Exception):
    """Nothing could be learned of the file in the time there was."""


class _Prober:
    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own program, no shell
            [sys.executable, "-I", pdf_probe.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )

    def ask(self, path: Path, seconds: float) -> Any:
        """Returns what it says of the file; raises ProbeFailed, after which it is of no more use."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(str(path)).encode() + b"\n")
            found = json.loads(self._line(seconds))
        except (OSError, ValueError) as error:
            raise ProbeFailed(type(error).__name__) from error
        return found

    def end(self) -> None:
        """Ends the process at once."""
        with self._process:
            self._process.kill()

    def _line(self, seconds: float) -> bytes:
        answer = self._process.stdout
        assert answer is not None
        line, until = b"", time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(answer, selectors.EVENT_READ)
            while not line.endswith(b"\n"):
                if not selector.select(max(0.0, until - time.monotonic())):
                    raise ProbeFailed("timeout")
                data = os.read(answer.fileno(), 4096)
                if not data:
                    raise ProbeFailed("ended")
                line += data
        return line


_idle: list[_Prober] = []
_lock = threading.Lock()
#: More at once than there are processors, and a few for files that take long, would only hold memory.
_MOST = 2 + (os.cpu_count() or 1)
_turns = threading.BoundedSemaphore(_MOST)
#: Those of the process that this one was copied from: not ours to use, nor to end.
_foreign: list[_Prober] = []


def probe(path: Path, *, seconds: float) -> dict[str, Any]:
    """Returns `pages`, `encrypted` and `damaged` of a PDF; raises ProbeFailed when looking takes too much."""
    with _turns:
        with _lock:
            prober = _idle.pop() if _idle else None
        prober = prober or _Prober()
        try:
            found = prober.ask(path, seconds)
        except BaseException:
            prober.end()
            raise
        with _lock:
            _idle.append(prober)
    if found is None:
        raise ProbeFailed("limit")
    return dict(found)


@atexit.register
def _end_all() -> None:
    with _lock:
        while _idle:
            with contextlib.suppress(OSError):
                _idle.pop().end()


def _begin_anew() -> None:
    global _lock, _turns
    _lock, _turns = threading.Lock(), threading.BoundedSemaphore(_MOST)
    _foreign.extend(_idle)
    _idle.clear()


os.register_at_fork(after_in_child=_begin_anew)
