"""Making and removing a firm's row, domain and schema, all in one transaction."""

import structlog
from django.db import connection, transaction

from kernel.tenancy import public_context
from kernel.text import new_code
from tenants.actions.schema_template import TemplateMissing, copy_template, migrate_schema
from tenants.links import subdomain_host
from tenants.models import Domain, Firm

logger = structlog.get_logger(__name__)


def create_firm(*, name: str, subdomain: str, siret: str) -> Firm:
    """Returns a new firm with its domain and its empty, migrated schema.

    Everything is made in one transaction: a crash leaves nothing. Raises IntegrityError when the subdomain is taken.
    """
    with public_context(), transaction.atomic():
        firm: Firm = Firm.objects.create(name=name, siret=siret, schema_name=_free_schema_name(subdomain))
        Domain.objects.create(tenant=firm, domain=subdomain_host(subdomain), is_primary=True)
        try:
            copy_template(firm.schema_name)
        except TemplateMissing:
            logger.warning("schema_template_missing_migrating_instead", firm=firm.schema_name)
            migrate_schema(firm.schema_name)
        logger.info("firm_created", firm=firm.schema_name)
        return firm


def drop_firm(firm: Firm) -> None:
    """Removes a firm's schema and rows for good; its objects in the store are the caller's to remove."""
    with public_context(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA IF EXISTS {connection.ops.quote_name(firm.schema_name)} CASCADE")
        Firm.objects.get(pk=firm.pk).delete()
        logger.info("firm_dropped", firm=firm.schema_name)


def _free_schema_name(subdomain: str) -> str:
    name = f"firm_{subdomain.replace('-', '_')}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = %s)", [name])
        taken = bool(cursor.fetchone()[0])
    return f"{name}_{new_code()}" if taken else name
