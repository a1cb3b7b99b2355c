"""The figures of firms that operators read, counted by a job and kept on the firm's row."""

from itertools import batched

import structlog
from django.db import ProgrammingError, connection
from psycopg import sql

from kernel.jobs import periodic, public_job
from kernel.tenancy import public_context
from tenants.models import Firm

logger = structlog.get_logger(__name__)

#: Firms a statement: half a millisecond each; a firm that fails takes its chunk with it.
_CHUNK = 25
_TABLES = ["accounts_user", "extranet_dossier", "extranet_dossierevent", "storage_storedfile"]

#: The newest event is found by its key: `at` alone has no index.
_FIRM = """
SELECT {name} AS schema_name,
       (SELECT count(*) FROM {users} WHERE is_active) AS user_count,
       (SELECT count(*) FROM {dossiers}) AS dossier_count,
       (SELECT coalesce(sum(size), 0)::bigint FROM {files}) AS stored_bytes,
       GREATEST((SELECT max(last_login) FROM {users}),
                (SELECT at FROM {events} ORDER BY id DESC LIMIT 1)) AS last_activity_at
"""
_UPDATE = """
UPDATE tenants_firm f
SET user_count = s.user_count, dossier_count = s.dossier_count, stored_bytes = s.stored_bytes,
    last_activity_at = s.last_activity_at, figures_at = now()
FROM ({firms}) s
WHERE f.schema_name = s.schema_name
"""


@periodic("*/5 * * * *")
def refresh_figures() -> None:
    """Counts all firms."""
    count_firms(list(Firm.objects.order_by("pk").values_list("schema_name", flat=True)))
    if not connection.in_atomic_block:
        # PostgreSQL keeps what a session learnt of every table, for its life: 150 MB after 1,000 firms
        connection.close()


@public_job(attempts=1)
def refresh_figures_now() -> None:
    """Counts all firms, because an operator asked."""
    refresh_figures()


def count_firms(schemas: list[str]) -> int:
    """Writes the figures of these firms, one statement a chunk, and returns how many were written."""
    written = 0
    with public_context(), connection.cursor() as cursor:
        for chunk in batched(_whole(schemas), _CHUNK, strict=False):
            firms = sql.SQL(" UNION ALL ").join(map(_select, chunk))
            try:
                cursor.execute(sql.SQL(_UPDATE).format(firms=firms))
            except ProgrammingError as error:  # a firm was removed this instant; the next run counts the others
                logger.warning("figures_skipped", firms=len(chunk), error=str(error).splitlines()[0])
                continue
            written += cursor.rowcount
    return written


def _whole(schemas: list[str]) -> list[str]:
    """Returns those schemas that have all tables: a missing one would be read from public."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid"
            " WHERE n.nspname = ANY(%s) AND c.relname = ANY(%s) AND c.relkind = 'r'"
            " GROUP BY n.nspname HAVING count(*) = %s",
            [schemas, _TABLES, len(_TABLES)],
        )
        return [row[0] for row in cursor.fetchall()]


def _select(schema: str) -> sql.Composed:
    users, dossiers, events, files = (sql.Identifier(schema, table) for table in _TABLES)
    return sql.SQL(_FIRM).format(name=sql.Literal(schema), users=users, dossiers=dossiers, events=events, files=files)
