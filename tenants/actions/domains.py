"""The host names of a firm."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import DomainNameValidator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError
from kernel.tenancy import public_context
from tenants.middleware import forget_hosts
from tenants.models import Domain, Firm


def add_domain(firm: Firm, *, host: str) -> Domain:
    """Returns a new host name of the firm; raises DomainError when it is malformed or taken."""
    name = host.strip().rstrip(".").lower()
    try:
        DomainNameValidator(accept_idna=False)(name)
    except ValidationError as error:
        raise DomainError("domain_malformed", _("“%(host)s” is not a host name.") % {"host": host}) from error
    if name in {settings.BASE_DOMAIN, settings.CONSOLE_DOMAIN}:
        raise DomainError("domain_ours", _("“%(host)s” is an address of the platform itself.") % {"host": name})
    try:
        with public_context(), transaction.atomic():
            domain = Domain(tenant=firm, domain=name, is_primary=False)
            domain.save()
    except IntegrityError as error:
        raise DomainError("domain_taken", _("“%(host)s” already belongs to a firm.") % {"host": name}) from error
    forget_hosts()
    return domain


def make_primary(domain: Domain) -> Domain:
    """Makes a host name the one that the firm's links use."""
    with public_context(), transaction.atomic():
        list(Domain.objects.select_for_update().filter(tenant=domain.tenant_id))
        Domain.objects.filter(tenant=domain.tenant_id, is_primary=True).update(is_primary=False)
        Domain.objects.filter(pk=domain.pk).update(is_primary=True)
    forget_hosts()
    domain.is_primary = True
    return domain


def remove_domain(domain: Domain) -> None:
    """Removes a host name; raises DomainError for the primary one, which links use."""
    with public_context(), transaction.atomic():
        present = Domain.objects.select_for_update().filter(pk=domain.pk)
        # read again: it may have become the primary one since
        if present.filter(is_primary=True).exists():
            raise DomainError("domain_primary", _("The main host name cannot be removed: choose another one first."))
        present.delete()
    forget_hosts()
