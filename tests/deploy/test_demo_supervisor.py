"""The supervisor of the demo: it revives its children, ends them all, and refuses folders and ports of others."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local.demo import LOCK, MARKER, Demo, describe
from deploy.local.processes import FileLock, LaunchError, free_port, process_exists
from deploy.local.supervisor import Child, run_step

ROOT = Path(__file__).parents[2]


def wait_for(condition: Callable[[], object], seconds: float = 10) -> None:
    """Return as soon as the condition holds; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


@pytest.fixture
def lock(tmp_path: Path) -> FileLock:
    """A lock that children inherit."""
    lock = FileLock(tmp_path / "lock", "The test")
    lock.acquire()
    return lock


def child(tmp_path: Path, lock: FileLock, code: str) -> Child:
    """A child that runs Python code."""
    return Child("child", [sys.executable, "-c", code], os.environ, tmp_path, tmp_path / "child.log", lock.fd, grace=2)


def test_child_that_ends_with_code_0_is_started_again_after_its_delay(tmp_path: Path, lock: FileLock) -> None:
    restless = child(tmp_path, lock, "print('once', flush=True)")
    restless.start()
    said: list[str] = []

    def said_twice() -> bool:
        said.extend(line for line in [restless.revive()] if line)
        return len(said) == 2

    wait_for(said_twice)
    assert "child ended (code 0), starting it again in 1 s" in said[0]
    assert "child ended (code 0), starting it again in 2 s" in said[1]
    assert restless.log.read_text().count("once") == 2
    restless.stop()
    lock.release()


def test_stop_ends_a_child_that_ignores_sigterm_and_its_own_children(tmp_path: Path, lock: FileLock) -> None:
    stubborn = child(
        tmp_path,
        lock,
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid, flush=True)\n"
        "time.sleep(60)",
    )
    stubborn.start()
    wait_for(lambda: stubborn.log.exists() and stubborn.log.read_text().strip())
    grandchild = int(stubborn.log.read_text())
    stubborn.stop()
    wait_for(lambda: not process_exists(grandchild) or _is_zombie(grandchild))
    lock.release()


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_failed_step_shows_the_end_of_its_log(tmp_path: Path) -> None:
    with pytest.raises(LaunchError, match=r"(?s)setting up failed \(code 3\).*the reason"):
        run_step(
            "setting up",
            [sys.executable, "-c", "print('the reason'); raise SystemExit(3)"],
            os.environ,
            tmp_path,
            tmp_path / "step.log",
        )


def test_folder_of_somebody_else_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"x")
    for reset in (False, True):
        with pytest.raises(LaunchError, match="was not made by the demo"):
            Demo(tmp_path, free_port(), 1, with_s3=False).open_folder(reset=reset)
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]


def test_reset_empties_our_folder_only_without_another_demo_in_it(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    first = Demo(data, free_port(), 1, with_s3=False)
    first.open_folder(reset=False)
    (data / "files" / "alpha").mkdir(parents=True)
    command = (
        "from pathlib import Path; from deploy.local.demo import Demo; import sys\n"
        "Demo(Path(sys.argv[1]), 18199, 1, with_s3=False).open_folder(reset=True)"
    )
    other = subprocess.run(
        [sys.executable, "-c", command, str(data)], check=False, capture_output=True, text=True, cwd=ROOT
    )
    assert f"already in use by process {os.getpid()}" in other.stderr
    assert (data / "files" / "alpha").is_dir()
    first.stop()
    again = Demo(data, free_port(), 1, with_s3=False)
    again.open_folder(reset=True)
    again.stop()
    assert sorted(path.name for path in data.iterdir()) == sorted([MARKER, LOCK])


def test_taken_port_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LaunchError, match=f"Port {port} is taken"):
            Demo(tmp_path / "demo", port, 1, with_s3=False).start()


def test_last_line_names_addresses_and_accounts(tmp_path: Path) -> None:
    facts = {
        "hosts": {"public": "localhost:8000", "console": "console.localhost:8000", "firms": ["alpha.localhost:8000"]},
        "accounts": [
            {
                "role": "admin",
                "host": "alpha.localhost:8000",
                "login": "bob",
                "password": "s3cret",
                "totp_secret": "ABC",
            }
        ],
        "mailbox": {"folder": "/x/mails", "url": "http://localhost:8025/"},
    }
    lines = describe(facts, 8000, tmp_path).splitlines()
    assert [line for line in lines if line.startswith("ready: ")] == lines[-1:]
    assert lines[-1].startswith(
        "ready: http://localhost:8000 http://console.localhost:8000 http://alpha.localhost:8000"
    )
    assert "bob / s3cret" in lines[-1]
