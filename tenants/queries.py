"""What is read over all firms at once."""

from collections.abc import Iterable

from django.apps import apps
from django.conf import settings
from django.db import connection
from psycopg import sql

_CHUNK = 500


def migrations_by_schema(schemas: list[str]) -> dict[str, set[tuple[str, str]]]:
    """Returns the applied migrations of each schema, in one query per 500 firms."""
    result: dict[str, set[tuple[str, str]]] = {}
    with connection.cursor() as cursor:
        for start in range(0, len(schemas), _CHUNK):
            parts = [
                sql.SQL("SELECT {name} AS s, array_agg(ARRAY[app, name]) FROM {table}").format(
                    name=sql.Literal(schema), table=sql.Identifier(schema, "django_migrations")
                )
                for schema in _with_table(schemas[start : start + _CHUNK], "django_migrations")
            ]
            if not parts:
                continue
            cursor.execute(sql.SQL(" UNION ALL ").join(parts))
            for schema, rows in cursor.fetchall():
                result[schema] = {(app, name) for app, name in rows or []}
    return result


def firm_tables() -> set[str]:
    """Returns the names of the tables that each firm's schema must have."""
    labels = {name.rsplit(".", 1)[-1] for name in settings.TENANT_APPS}
    models = apps.get_models(include_auto_created=True)
    return {
        model._meta.db_table
        for model in models
        if model._meta.app_label in labels and model._meta.managed and not model._meta.proxy
    }


def firm_tables_missing(schemas: Iterable[str]) -> dict[str, set[str]]:
    """Returns, for each schema that lacks some, the tables that it lacks."""
    wanted = firm_tables()
    present: dict[str, set[str]] = {schema: set() for schema in schemas}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname, array_agg(c.relname::text) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'p') AND c.relname = ANY(%s) AND n.nspname = ANY(%s) GROUP BY n.nspname",
            [list(wanted), list(present)],
        )
        for schema, tables in cursor.fetchall():
            present[schema] = set(tables)
    return {schema: wanted - tables for schema, tables in present.items() if wanted - tables}


def _with_table(schemas: list[str], table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = %s"
            " WHERE n.nspname = ANY(%s)",
            [table, schemas],
        )
        return [row[0] for row in cursor.fetchall()]
