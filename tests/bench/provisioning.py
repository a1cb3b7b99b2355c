"""A new firm's schema from the template text against replaying every migration."""

from functools import partial

from django.db import connection, transaction

from tenants.actions.provisioning import create_firm
from tenants.actions.schema_template import copy_template, migrate_schema
from tests.bench.figure import Figure
from tests.bench.firms import SIRET
from tests.bench.timing import ms, seconds
from tests.bench.world import World

ROUNDS = 10


def measure(world: World) -> Figure:
    """Returns how many times as long the migrations of a new schema take as its copy, the best time of each."""
    copied, migrated, created = [], [], []
    with world.using(world.copy(world.migrated, "provisioning")):
        for rank in range(ROUNDS):
            copied.append(seconds(partial(_copy, f"copied_{rank}")))
            migrated.append(seconds(partial(migrate_schema, f"migrated_{rank}")))
            created.append(seconds(partial(create_firm, name="Firm", subdomain=f"firm-{rank}", siret=SIRET)))
        assert _shape("copied_0") == _shape("migrated_0") == _shape("firm_firm_0")
    return Figure(
        min(migrated) / min(copied),
        10,
        at_least=True,
        notes=(
            f"a schema from the template {ms(min(copied))}, from the migrations {ms(min(migrated))}",
            f"a firm with its domain and schema {ms(min(created))} (goal < 1 s)",
        ),
    )


def _copy(schema: str) -> None:
    with transaction.atomic():
        copy_template(schema)


def _shape(schema: str) -> list[tuple[str, str, int]]:
    """Returns the kind, name and number of columns of all that a schema holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relkind, c.relname, c.relnatts FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s ORDER BY 1, 2",
            [schema],
        )
        return list(cursor.fetchall())
