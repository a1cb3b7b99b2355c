"""The databases of a run: each is made when it is first asked for, and all are gone at the end."""

import io
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from tests.bench.filling import fill
from tests.bench.firms import add_firm

DOSSIERS = 100_000
FIRMS = 1_000
#: The subdomains of the firm with all those dossiers, and of one that starts empty.
LARGE, SMALL = "large", "small"


@dataclass(frozen=True)
class Crowd:
    """A database of many firms: the subdomains of those that were added, and the seconds that each took."""

    database: str
    subdomains: list[str]
    seconds_each: float


class World:
    """A folder, and databases on the server of DATABASE_URL."""

    def __init__(self) -> None:
        self._url = os.environ["DATABASE_URL"]
        self._prefix = f"bench_{secrets.token_hex(4)}"
        self._databases: list[str] = []
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="diagdesk-bench-")))
        self._stack.callback(self._drop_databases)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @cached_property
    def migrated(self) -> str:
        """A database after its first deploy step, without firms."""
        name = self._create("migrated")
        with self.using(name):
            call_command("migrate_firms", stdout=io.StringIO())
        return name

    @cached_property
    def two_firms(self) -> str:
        """A database with two firms: LARGE has DOSSIERS, SMALL has none."""
        name = self.copy(self.migrated, "two")
        _say(f"writing {DOSSIERS:,} dossiers")
        with self.using(name):
            fill(add_firm(LARGE), DOSSIERS)
            add_firm(SMALL)
        return name

    @cached_property
    def crowd(self) -> Crowd:
        """The same two firms among FIRMS."""
        database = self.copy(self.two_firms, "crowd")
        subdomains = [f"firm-{rank}" for rank in range(FIRMS - 2)]
        _say(f"making {FIRMS:,} firms")
        started = time.perf_counter()
        with self.using(database):
            for subdomain in subdomains:
                add_firm(subdomain)
        return Crowd(database, subdomains, (time.perf_counter() - started) / len(subdomains))

    def copy(self, of: str, name: str) -> str:
        """Returns the name of a new database that holds what another one does."""
        return self._create(name, template=of)

    @contextmanager
    def using(self, database: str) -> Iterator[None]:
        """Works in a database within the block."""
        before = connection.settings_dict["NAME"]
        connection.close()
        connection.settings_dict["NAME"] = database
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before

    def environment(self, database: str) -> Mapping[str, str]:
        """Returns what a process must find in its environment to work in a database."""
        return {"DATABASE_URL": psycopg.conninfo.make_conninfo(self._url, dbname=database)}

    def _create(self, name: str, *, template: str = "template1") -> str:
        full = f"{self._prefix}_{name}"
        self._databases.append(full)
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        self._run(command.format(sql.Identifier(full), sql.Identifier(template)))
        return full

    def _drop_databases(self) -> None:
        connection.close()
        for name in self._databases:
            self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, command: sql.Composed) -> None:
        with psycopg.connect(self._url, autocommit=True) as admin:
            admin.execute(command)


def _say(text: str) -> None:
    print(f"· {text}", file=sys.stderr, flush=True)
