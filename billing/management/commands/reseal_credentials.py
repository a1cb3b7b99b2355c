"""Seals the payment providers' secrets of all firms with the present key: a step of replacing SECRET_KEY."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.actions.resealing import reseal_firm
from kernel.tenancy import firm_context, public_context
from tenants.models import Firm


class Command(BaseCommand):
    """Works through all firms; one that cannot be opened does not stop the others. Running it again changes nothing."""

    help = "Seals the payment providers' secrets of all firms with the present SECRET_KEY."

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs; raises CommandError naming the firms of which a secret could not be opened."""
        with public_context():
            schemas = list(Firm.objects.order_by("pk").values_list("schema_name", flat=True))
        total, failed = 0, []
        for schema in schemas:
            try:
                with firm_context(schema):
                    changed, lost = reseal_firm()
            except Exception as error:  # the next firm must have its turn
                failed.append(schema)
                self.stderr.write(f"{schema}: FAILED: {type(error).__name__}")
                continue
            total += changed
            if changed:
                self.stdout.write(f"{schema}: {changed} sealed anew")
            if lost:
                failed.append(schema)
                self.stderr.write(f"{schema}: no key opens the secrets of {', '.join(lost)}")
        self.stdout.write(f"firms: {len(schemas)}, sealed anew: {total}")
        if failed:
            raise CommandError(f"{len(failed)} firm(s) could not be opened: {', '.join(failed)}")
