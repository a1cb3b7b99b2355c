"""The databases of a run: each is made when it is first asked for, and all are gone at the end."""

import io
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from accounts.actions.signup import open_firm
from tenants.models import Firm
from tests.bench.firm import fill
from tests.bench.server import Server, serve

DOSSIERS = 100_000
SIRET = "73282932000074"
#: The firm with all those dossiers, and one that starts empty.
LARGE, SMALL = "large", "small"


def admin_of(subdomain: str) -> str:
    """Returns the identifier of a firm's administrator."""
    return f"anna@{subdomain}.example"


def add_firm(subdomain: str) -> Firm:
    """Returns a new firm of the current database, made as a sign-up makes it."""
    return open_firm(
        name=f"Cabinet {subdomain.title()}",
        subdomain=subdomain,
        siret=SIRET,
        language="fr",
        admin_name="Anna Amiante",
        admin_email=admin_of(subdomain),
        admin_password_hash=make_password(None),
    )


class World:
    """A folder, and databases on the server of DATABASE_URL."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._url = os.environ["DATABASE_URL"]
        self._prefix = f"bench_{secrets.token_hex(4)}"
        self._databases: list[str] = []

    def __enter__(self) -> Self:
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="diagdesk-bench-")))
        self._stack.callback(self._drop_databases)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    # -- databases ----------------------------------------------------------------------------------------------

    @cached_property
    def migrated(self) -> str:
        """A database after the first deploy step, without firms."""
        name = self._create("migrated")
        with self.using(name):
            call_command("migrate_firms", stdout=io.StringIO())
        return name

    @cached_property
    def two_firms(self) -> str:
        """A database with two firms: LARGE has its DOSSIERS, SMALL has none."""
        name = self.copy(self.migrated, "two")
        with self.using(name):
            large = add_firm(LARGE)
            add_firm(SMALL)
            fill(large, DOSSIERS)
        return name

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
        """Returns what a process of the product must find in its environment to work in a database."""
        return {"DATABASE_URL": psycopg.conninfo.make_conninfo(self._url, dbname=database)}

    def serve(self, database: str) -> AbstractContextManager[Server]:
        """Runs the product on a database."""
        return serve(self.folder, self.environment(database))

    def _create(self, name: str, *, template: str = "template1") -> str:
        full = f"{self._prefix}_{name}"
        self._databases.append(full)
        command = "CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY"
        self._run(sql.SQL(command).format(sql.Identifier(full), sql.Identifier(template)))
        return full

    def _drop_databases(self) -> None:
        connection.close()
        for name in self._databases:
            self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, command: sql.Composed) -> None:
        with psycopg.connect(self._url, autocommit=True) as admin:
            admin.execute(command)
