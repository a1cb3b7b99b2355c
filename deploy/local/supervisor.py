"""Children that are started again whenever they end, write their own logs and never outlive their supervisor."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from io import BufferedWriter
from pathlib import Path

from deploy.local.processes import LaunchError, die_with_parent, last_lines, stop_process

STEADY_SECONDS = 20  # a child that ran so long starts again at once
LONGEST_DELAY = 30.0  # seconds
LOG_LIMIT = 10 * 1024 * 1024  # bytes; a longer log is put aside at the next start


@dataclass
class Child:
    """A program that must always run."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    log: Path
    lock_fd: int  # inherited, so that a new supervisor waits until the children of a killed one are gone
    grace: float = 5  # seconds between SIGTERM and SIGKILL
    orphan_signal: int = signal.SIGKILL  # what it gets when the supervisor is killed
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _started: float = field(default=0, init=False)
    _delay: float = field(default=0, init=False)
    _due: float = field(default=0, init=False)

    def start(self) -> None:
        """Start it; its output goes to its log."""
        with _open_log(self.log) as log:
            self.process = subprocess.Popen(
                list(self.command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=dict(self.environment),
                start_new_session=True,  # Ctrl-C is for the supervisor
                preexec_fn=die_with_parent(self.orphan_signal),  # noqa: PLW1509
                pass_fds=(self.lock_fd,),
            )
        self._started = time.monotonic()
        self._due = 0

    def alive(self) -> bool:
        """True while it runs."""
        return self.process is not None and self.process.poll() is None

    def revive(self) -> str:
        """Start it again when it has ended and its delay is over; returns a line to show when it has just ended."""
        if self.alive():
            return ""
        now = time.monotonic()
        if not self._due:
            steady = now - self._started > STEADY_SECONDS
            self._delay = 0 if steady else min(max(1.0, self._delay * 2), LONGEST_DELAY)
            self._due = now + self._delay
            code = self.process.returncode if self.process else None
            return f"{self.name} ended (code {code}), starting it again in {self._delay:.0f} s; see {self.log}"
        if now >= self._due:
            self.start()
        return ""

    def signal(self, number: int) -> None:
        """Send a signal when it runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def stop(self) -> None:
        """End it, politely at first, and whatever it has left in its session."""
        if self.process is None:
            return
        stop_process(self.process, [(signal.SIGTERM, self.grace)])
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process = None


def run_step(name: str, command: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path) -> None:
    """Run a program to its end; `LaunchError` with its last lines when it fails."""
    with _open_log(log) as file:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            cwd=folder,
            env=dict(environment),
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509
        )
    try:
        code = process.wait()
    finally:
        if process.poll() is None:
            stop_process(process, [(signal.SIGTERM, 3)])
    if code:
        raise LaunchError(f"{name} failed (code {code}). The end of {log}:\n{last_lines(log, 25)}")


def _open_log(path: Path) -> BufferedWriter:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".old.log"))
    return path.open("ab")
