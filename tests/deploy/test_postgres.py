"""The launcher of PostgreSQL: it starts, keeps what was committed whatever is killed, and says what is wrong."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from deploy.local.postgres import Postgres
from deploy.local.processes import LaunchError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Postgres]:
    """A fast server with its data in a new folder."""
    server = Postgres(tmp_path / "data", fast=True, database_url="")
    yield server
    server.stop()


def rows(server: Postgres, query: str, database: str = "diag") -> list[tuple[object, ...]]:
    """The answer to a query, in a connection of its own."""
    with psycopg.connect(server.url(database), autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        return cursor.fetchall() if cursor.description else []


def postmaster(server: Postgres) -> int:
    """The process id in the pid file of the server."""
    [pid_file] = server.data.glob("pg*/postmaster.pid")
    return int(pid_file.read_text().splitlines()[0])


def test_start_gives_a_private_database_with_our_settings(server: Postgres) -> None:
    server.start()
    server.create_database("diag")
    server.create_database("diag")
    rows(server, "CREATE EXTENSION pg_trgm SCHEMA public; CREATE EXTENSION unaccent SCHEMA public")
    assert rows(server, "SELECT current_setting('max_locks_per_transaction'), current_setting('listen_addresses')") == [
        ("1024", "")
    ]
    assert rows(server, "SELECT 'É' < 'a', lower('É')") == [(False, "é")]  # order of code points, whatever the machine
    assert server.socket_dir.stat().st_mode & 0o077 == 0
    dump = subprocess.run(
        [server.binaries / "pg_dump", "--schema-only", server.url("diag")], check=True, capture_output=True, text=True
    )
    assert "CREATE EXTENSION" in dump.stdout


def test_data_survive_a_stop_and_a_kill_of_the_server(server: Postgres) -> None:
    server.start()
    server.create_database("diag")
    rows(server, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    server.stop()
    assert not server.alive()
    server.start()
    os.kill(postmaster(server), signal.SIGKILL)
    assert server.process is not None
    server.process.wait(timeout=10)
    assert not server.alive()
    server.stop()
    server.start()
    assert rows(server, "SELECT count(*) FROM kept") == [(1000,)]


def test_killed_launcher_takes_the_server_with_it_and_the_next_start_recovers(server: Postgres) -> None:
    command = [sys.executable, "-m", "deploy.local.postgres", "run", "--fast", "--data", str(server.data)]
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment) as launcher:
        assert launcher.stdout is not None
        url = launcher.stdout.readline().strip().removeprefix("DATABASE_URL=")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        with pytest.raises(LaunchError, match=f"already in use by process {launcher.pid}"):
            server.start()
        launcher.kill()
    server.start()
    assert rows(server, "SELECT count(*) FROM kept", "diagdesk") == [(1000,)]


def test_pid_file_of_a_dead_server_naming_a_living_process_is_not_believed(server: Postgres) -> None:
    server.start()
    cluster = next(server.data.glob("pg*"))
    text = (cluster / "postmaster.pid").read_text()
    server.stop()
    (cluster / "postmaster.pid").write_text(text.replace(text.splitlines()[0], str(os.getpid()), 1))
    server.start()
    assert server.alive()


def test_data_of_another_version_are_refused_and_left_alone(server: Postgres) -> None:
    old = server.data / "pg14"
    old.mkdir(parents=True)
    with pytest.raises(LaunchError, match="belong to PostgreSQL 14"):
        server.start()
    assert list(server.data.glob("pg*")) == [old]


def test_database_url_names_the_server_and_starts_nothing(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "data", database_url="postgresql://me:pw@db.example.fr:5433/own?sslmode=require")
    with server:
        assert server.url() == "postgresql://me:pw@db.example.fr:5433/own?sslmode=require"
        assert server.url("other") == "postgresql://me:pw@db.example.fr:5433/other?sslmode=require"
    assert not (tmp_path / "data").exists()


def test_launcher_stops_cleanly_on_sigterm(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "deploy.local.postgres", "run", "--fast", "--data", str(tmp_path)]
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment) as launcher:
        assert launcher.stdout is not None
        url = launcher.stdout.readline().strip().removeprefix("DATABASE_URL=")
        launcher.terminate()
        assert launcher.wait(timeout=15) == 0
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    assert not list(tmp_path.glob("pg*/postmaster.pid"))
