"""Full addresses on our hosts: the only place that knows how a firm's name becomes one."""

from django.conf import settings
from django.urls import reverse

from kernel.tenancy import current_schema
from tenants.models import Domain, Firm
from tenants.models.firm import url_of_host


def public_url(path: str = "/") -> str:
    """Returns the full address of a path on the public site."""
    return url_of_host(settings.BASE_DOMAIN, path)


def console_url(path: str = "/") -> str:
    """Returns the full address of a path on the operators' console."""
    return url_of_host(settings.CONSOLE_DOMAIN, path)


def subdomain_host(subdomain: str) -> str:
    """Returns the host name of a subdomain."""
    return f"{subdomain}.{settings.BASE_DOMAIN}"


def primary_host(firm: Firm) -> str:
    """Returns the host name that a firm's links use; raises Domain.DoesNotExist when it has none."""
    return str(Domain.objects.only("domain").get(tenant=firm, is_primary=True).domain)


def firm_url(firm: Firm, path: str = "/") -> str:
    """Returns the full address of a path on a firm's portal."""
    return url_of_host(primary_host(firm), path)


def here_url(route: str, *arguments: str) -> str:
    """Returns the full address of a route on the portal of the current firm; raises NoReverseMatch."""
    return schema_url(current_schema(), reverse(route, args=arguments, urlconf="config.urls_firm"))


def schema_url(schema: str, path: str = "/") -> str:
    """Returns the full address of a path on the portal of the firm that has this schema."""
    domain = Domain.objects.only("domain").get(tenant__schema_name=schema, is_primary=True)
    return url_of_host(str(domain.domain), path)
