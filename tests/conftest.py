"""The test run's database (a real PostgreSQL), its two firms, its cast, and a real SMTP server."""

import io
import ipaddress
import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import Client
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, sync_playwright
from psycopg import sql
from xdist.scheduler import LoadFileScheduling

from deploy.local.mailbox import Mailbox
from deploy.local.postgres import Postgres
from deploy.local.processes import LaunchError
from tests.factories.cast import Cast, add_cast, open_firms
from tests.support import Box, at_host, run_jobs

_SERVER = "DATABASE_URL_OF_TESTS"
#: How many runs may go on at the same time in one checkout.
_PARALLEL_RUNS = 8
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

_postgres: Postgres | None = None


class _OneDemo(LoadFileScheduling):  # type: ignore[misc]
    """Keeps a file's tests in one process, and all browser tests in one, that there is one demo."""

    def _split_scope(self, nodeid: str) -> str:
        return "tests/e2e" if nodeid.startswith("tests/e2e/") else str(super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _OneDemo:
    """Returns how the tests are spread (the mark `xdist_group` does nothing under pytest 9.2 and xdist 3.8)."""
    return _OneDemo(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the browser tests first: they take longest."""
    items.sort(key=lambda item: "e2e" not in item.path.parts)


def pytest_configure(config: pytest.Config) -> None:
    """Starts the run's own PostgreSQL unless the environment names one; the workers of xdist share it."""
    global _postgres  # noqa: PLW0603
    sys.addaudithook(_refuse_the_network)
    # the same examples in each run, and no clock: a run fails for what was changed, not for a busy machine
    hypothesis_settings.register_profile("suite", deadline=None, derandomize=True)
    hypothesis_settings.load_profile("suite")
    if hasattr(config, "workerinput") or os.environ.get(_SERVER) or config.option.collectonly:
        return
    _postgres = _start_postgres(Path(config.rootpath) / ".data")
    os.environ[_SERVER] = os.environ["DATABASE_URL"] = _postgres.url("postgres")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stops it."""
    if _postgres is not None:
        _postgres.stop()
        os.environ.pop(_SERVER, None)


def _start_postgres(folder: Path) -> Postgres:
    for rank in range(1, _PARALLEL_RUNS + 1):
        server = Postgres(folder / ("test-postgres" if rank == 1 else f"test-postgres-{rank}"), fast=True)
        try:
            server.start()
        except LaunchError as error:
            if "already in use" not in str(error) or rank == _PARALLEL_RUNS:
                raise pytest.UsageError(str(error)) from error
        else:
            _remove_leftovers(server)
            return server
    raise AssertionError


def _remove_leftovers(server: Postgres) -> None:
    """Drops what a killed run left in a server that is ours alone."""
    if server.external:
        return
    with psycopg.connect(server.url("postgres"), autocommit=True) as admin:
        for (name,) in admin.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'").fetchall():
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _refuse_the_network(event: str, arguments: tuple[Any, ...]) -> None:
    """Closes the network beyond this machine for the whole run: whatever a test talks to, it has started."""
    if event != "socket.connect":
        return
    sock, address = arguments
    if sock.family not in {socket.AF_INET, socket.AF_INET6} or address[0] == "localhost":
        return
    if not ipaddress.ip_address(address[0]).is_loopback:
        raise PermissionError(f"a test tried to reach {address[0]}")


@pytest.fixture(scope="session")
def database_name(testrun_uid: str, worker_id: str) -> str:
    """The name of this worker's database: no other run has it, should they share a server."""
    return f"test_{testrun_uid[:12]}_{worker_id}"


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any, database_name: str) -> Iterator[None]:
    """Makes the database by the product's own deploy step, then the firms alpha and beta with their people."""
    from django.db import connections

    from config import env

    with _database(database_name), django_db_blocker.unblock():
        connections.settings["default"].update({**env.database(_SERVER, ""), "NAME": database_name})
        call_command("migrate_firms", stdout=io.StringIO())
        open_firms()
        connections.close_all()
        yield
        connections.close_all()
    shutil.rmtree(django_settings.STORAGE_DIR, ignore_errors=True)


@contextmanager
def _database(name: str, *, template: str = "template1") -> Iterator[None]:
    """Makes a database on the run's server, a copy of another, and removes it at the end."""
    quoted = sql.Identifier(name)
    with psycopg.connect(os.environ[_SERVER], autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(quoted, sql.Identifier(template)))
    try:
        yield
    finally:
        with psycopg.connect(os.environ[_SERVER], autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(quoted))


@pytest.fixture
def own_database(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_blocker: Any,
    database_name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """A copy of the run's database for one test that commits, with threads or processes; gives its address.

    A tenth of a second; nothing is rolled back and nothing need be: it is dropped.
    """
    from django.db import connection, connections

    assert request.node.get_closest_marker("django_db") is None, "one or the other"
    name = f"{database_name}_own"
    connections.close_all()
    with _database(name, template=database_name), django_db_blocker.unblock():
        # the threads' connections are made from the settings, this thread has one already
        for target in (connections.settings["default"], connection.settings_dict):
            monkeypatch.setitem(target, "NAME", name)
        url = psycopg.conninfo.make_conninfo(os.environ[_SERVER], dbname=name)
        monkeypatch.setenv("DATABASE_URL", url)
        monkeypatch.setenv("STORAGE_DIR_OF_TESTS", str(django_settings.STORAGE_DIR))
        yield url
        connections.close_all()


@pytest.fixture(autouse=True)
def _french() -> Iterator[None]:
    """Every test starts in French and in the public schema, with nothing remembered of hosts."""
    from django.core.cache import caches
    from django.db import connection

    from tenants.middleware import forget_hosts

    forget_hosts()
    caches["default"] = caches.create_connection("default")
    with translation.override("fr"):
        yield
    forget_hosts()
    connection.set_schema_to_public()  # type: ignore[attr-defined]


@pytest.fixture
def cast(db: None) -> Cast:
    """The people of the two firms and the operator."""
    return add_cast()


@pytest.fixture
def host() -> Callable[[str], Client]:
    """Returns a new browser on a host: host("alpha"), host("console"), host("")."""
    return at_host


@pytest.fixture
def jobs(db: None) -> Callable[[], int]:
    """Runs the jobs that wait, in the test's own transaction; returns how many ran."""
    return run_jobs


@pytest.fixture
def mailbox(tmp_path: Path, settings: Any) -> Iterator[Box]:
    """A real SMTP server that the product sends to, and the folder of what it got."""
    with Mailbox(tmp_path / "mail") as server:
        settings.MAILERS = {
            "default": {
                "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
                "OPTIONS": {"host": "127.0.0.1", "port": server.smtp_port, "timeout": 5},
            }
        }
        yield Box(server.folder)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or the one that CHROMIUM names.

    For one module: while Playwright runs, Django refuses the database in its thread, so such a module has no test
    that queries.
    """
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "no Chromium: install it, or name it in CHROMIUM"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        yield chromium
        chromium.close()
