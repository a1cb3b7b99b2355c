"""What every launcher of this folder needs: children that never outlive their parent, locks and free ports."""

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1


class LaunchError(Exception):
    """Something could not be started; the message says what and what to do about it."""


def die_with_parent(signal_number: int) -> Callable[[], None]:
    """A `preexec_fn` after which the kernel sends `signal_number` to the child when its parent dies, even by SIGKILL.

    Linux only; elsewhere it does nothing.
    """
    if not sys.platform.startswith("linux"):
        return lambda: None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def arrange() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
        if os.getppid() != parent:  # it died between fork and prctl
            os.kill(os.getpid(), signal_number)

    return arrange


def stop_process(process: subprocess.Popen[bytes], signals: Sequence[tuple[int, float]]) -> int:
    """Send each (signal, seconds to wait) in turn until the process is gone, SIGKILL last; returns its exit code."""
    for number, seconds in signals:
        if process.poll() is not None:
            break
        process.send_signal(number)
        try:
            return process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            continue
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    return process.wait()


def process_exists(pid: int) -> bool:
    """True when a process with that id runs, whoever owns it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class FileLock:
    """An exclusive lock on a file, held until closed by this process and by every child that inherited `fd`."""

    def __init__(self, path: Path, what: str) -> None:
        self.path = path
        self.what = what
        self.fd = -1

    def acquire(self, wait_seconds: float = 15) -> None:
        """Take the lock, waiting for the children of a killed owner to go; `LaunchError` when its owner is alive."""
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + wait_seconds
        while True:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                owner = os.pread(fd, 20, 0).strip().decode(errors="replace")
                alive = owner.isdigit() and int(owner) != os.getpid() and process_exists(int(owner))
                if alive or time.monotonic() > deadline:
                    os.close(fd)
                    raise LaunchError(f"{self.what} is already in use by process {owner or '?'}.") from None
                time.sleep(0.05)
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        self.fd = fd

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """True when a server could listen there now (ports of a server that has just stopped count as free)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(preferred: int = 0, host: str = "127.0.0.1") -> int:
    """`preferred` when it is free, else one that the kernel chooses."""
    if preferred and port_is_free(preferred, host):
        return preferred
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
    return port


def last_lines(path: Path, count: int = 15) -> str:
    """The end of a log file, or an empty string when there is none."""
    try:
        with path.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - 16_384))
            lines = file.read().decode(errors="replace").splitlines()
    except FileNotFoundError:
        return ""
    return "\n".join(lines[-count:])
