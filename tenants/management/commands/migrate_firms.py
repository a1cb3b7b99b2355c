"""The deploy's migrate step: shared tables, the schema template, and only those firms that need it."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from kernel.tenancy import public_context
from tenants.actions.schema_template import build_template, firm_migrations, migrate_schema
from tenants.models import Firm
from tenants.queries import firm_tables_missing, migrations_by_schema


class Command(BaseCommand):
    """Migrates everything; one firm's failure does not stop the others, and running it again goes on where it stood."""

    help = "Migrates the public schema, makes the template of new firms, migrates the firms that need it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Takes --no-template for installations without pg_dump: new firms are then migrated one by one."""
        parser.add_argument("--no-template", action="store_true", help="do not make the schema template")

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs the step; raises CommandError naming the firms that failed."""
        started = time.monotonic()
        connection.set_schema_to_public()  # type: ignore[attr-defined]
        call_command("createcachetable", verbosity=0)
        call_command("migrate_schemas", shared=True, interactive=False, verbosity=0)
        self.stdout.write("shared tables: up to date")
        if not options["no_template"]:
            template = build_template()
            self.stdout.write(f"schema template: {template.state[:12]}, {len(template.sql) // 1024} kB")
        wanted = firm_migrations()
        with public_context():
            schemas = list(Firm.objects.order_by("pk").values_list("schema_name", flat=True))
            applied = migrations_by_schema(schemas)
        behind = [schema for schema in schemas if not wanted <= applied.get(schema, set())]
        failed: list[str] = []
        migrated = 0
        for rank, schema in enumerate(behind, 1):
            try:
                migrate_schema(schema)
                migrated += 1
                self.stdout.write(f"[{rank}/{len(behind)}] {schema}: migrated")
            except Exception as error:  # the next firm must have its turn
                failed.append(schema)
                self.stderr.write(f"[{rank}/{len(behind)}] {schema}: FAILED: {error}")
        with public_context():
            for schema, tables in firm_tables_missing(schemas).items():
                # such a table would be read from public, silently
                failed += [schema] if schema not in failed else []
                self.stderr.write(f"{schema}: tables missing: {', '.join(sorted(tables))}")
        self.stdout.write(f"firms: {len(schemas)}, migrated {migrated}, in {time.monotonic() - started:.1f} s")
        if failed:
            raise CommandError(f"{len(failed)} firm(s) failed: {', '.join(failed)}")
