"""A new firm from the template text against replaying every migration."""

import statistics

from django.db import connection

from tenants.actions.provisioning import create_firm
from tenants.actions.schema_template import migrate_schema
from tests.bench.figure import Figure
from tests.bench.timing import ms, seconds
from tests.bench.world import SIRET, World

ROUNDS = 7


def measure(world: World) -> Figure:
    """Returns how many times as long the migrations of one schema take as making a whole firm: row, domain, schema."""
    made, migrated = [], []
    with world.using(world.copy(world.migrated, "provisioning")):
        for rank in range(ROUNDS):
            subdomain, schema = f"made-{rank}", f"migrated_{rank}"
            made.append(seconds(lambda: create_firm(name=subdomain, subdomain=subdomain, siret=SIRET)))  # noqa: B023
            migrated.append(seconds(lambda: migrate_schema(schema)))  # noqa: B023
        assert _shape("firm_made_0") == _shape("migrated_0")
    clone, migrations = statistics.median(made), statistics.median(migrated)
    return Figure(
        migrations / clone,
        10,
        at_least=True,
        notes=(f"a firm from the template {ms(clone)} (goal < 1 s), from the migrations {ms(migrations)}",),
    )


def _shape(schema: str) -> list[tuple[str, str, int]]:
    """Returns the tables and indexes of a schema with their numbers of columns."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relkind, c.relname, c.relnatts FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s ORDER BY 1, 2",
            [schema],
        )
        return list(cursor.fetchall())
