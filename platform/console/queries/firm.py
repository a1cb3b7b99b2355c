"""Firms, as operators see them."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import CharField, OuterRef, QuerySet, Subquery

from accounts.models import Role, User
from kernel.tenancy import firm_context
from tenants.models import Domain, Firm


@dataclass(frozen=True)
class Administrator:
    """One of a firm's administrators."""

    name: str
    email: str
    is_active: bool
    last_login: datetime | None


def with_main_domain(firms: QuerySet[Firm]) -> QuerySet[Firm]:
    """Returns the firms, each with its main host name in `main_domain`."""
    main = Domain.objects.filter(tenant=OuterRef("pk"), is_primary=True).values("domain")[:1]
    annotated: QuerySet[Firm] = firms.annotate(main_domain=Subquery(main, output_field=CharField()))
    return annotated


def administrators(firm: Firm) -> list[Administrator]:
    """Returns the firm's administrators, read in its schema."""
    with firm_context(firm.schema_name):
        return [
            Administrator(name=user.full_name, email=user.email, is_active=user.is_active, last_login=user.last_login)
            for user in User.objects.filter(role=Role.ADMIN).order_by("full_name")[:50]
        ]


def confirmation_word(firm: Firm) -> str:
    """Returns what an operator types to have the firm deleted: its subdomain, else its main host name."""
    hosts = [str(host) for host in firm.domains.order_by("-is_primary", "pk").values_list("domain", flat=True)]
    ours = f".{settings.BASE_DOMAIN}"
    for host in hosts:
        if host.endswith(ours):
            return host.removesuffix(ours)
    return hosts[0] if hosts else firm.schema_name
