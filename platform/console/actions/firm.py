"""What operators do to a firm: open, change, close, call back, give host names."""

from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions.codes import issue_codes
from accounts.actions.signup import open_firm
from accounts.models import Role, User
from console.actions.audit import By, record
from console.actions.export import KEEP_EXPORT, start_export
from console.actions.figures import count_firms
from console.models import AuditAction, FirmExport
from kernel.errors import DomainError
from kernel.tenancy import firm_context
from tenants.actions import domains, suspension
from tenants.actions.signup import subdomain_is_free
from tenants.links import firm_url
from tenants.middleware import forget_hosts
from tenants.models import Domain, Firm, FirmStatus


def create_firm(
    *, name: str, subdomain: str, siret: str, admin_name: str, admin_email: str, language: str, by: By
) -> Firm:
    """Returns a new firm, whose administrator gets its access codes by mail; raises DomainError `subdomain_taken`."""
    taken = DomainError("subdomain_taken", _("This subdomain is already taken."))
    if not subdomain_is_free(subdomain):
        raise taken
    try:
        with transaction.atomic():
            firm = open_firm(
                name=name,
                subdomain=subdomain,
                siret=siret,
                language=language,
                admin_name=admin_name,
                admin_email=admin_email,
                admin_password_hash=make_password(None),
            )
            link = firm_url(firm, reverse("account_login", urlconf="config.urls_firm"))
            with firm_context(firm.schema_name):
                issue_codes(User.objects.get(role=Role.ADMIN), firm_name=firm.name, link=link)
            record(AuditAction.FIRM_CREATED, by=by, firm=firm, detail=f"{subdomain} · {admin_email}")
            count_firms([firm.schema_name])
    except IntegrityError as error:  # somebody took the subdomain meanwhile
        raise taken from error
    return firm


@transaction.atomic
def change_firm(firm: Firm, *, name: str, siret: str, by: By) -> Firm:
    """Returns the firm under its new name and number."""
    locked: Firm = Firm.objects.select_for_update().get(pk=firm.pk)
    detail = f"{locked.name} · {locked.siret} → {name} · {siret}"
    locked.name, locked.siret = name, siret
    locked.save(update_fields=["name", "siret"])
    record(AuditAction.FIRM_CHANGED, by=by, firm=locked, detail=detail)
    forget_hosts()
    return locked


@transaction.atomic
def suspend_firm(firm: Firm, *, reason: str, by: By) -> Firm:
    """Closes the portal; raises DomainError when it is not open."""
    closed = suspension.suspend_firm(firm, reason=reason)
    record(AuditAction.FIRM_SUSPENDED, by=by, firm=closed, detail=reason)
    return closed


@transaction.atomic
def resume_firm(firm: Firm, *, by: By) -> Firm:
    """Opens the portal again, the deletion called off.

    Raises DomainError when the portal is open, or `deletion_begun` once the data may be gone.
    """
    locked = Firm.objects.select_for_update().get(pk=firm.pk)
    was_deleting = locked.status == FirmStatus.DELETING
    if deletion_is_due(locked):
        raise DomainError("deletion_begun", _("The day of the deletion has come: this firm can no longer be kept."))
    opened = suspension.resume_firm(locked)
    if was_deleting:
        Firm.objects.filter(pk=firm.pk).update(export_key="")
        opened.export_key = ""
        FirmExport.objects.filter(firm=firm, expires_at=None).update(
            expires_at=timezone.now() + KEEP_EXPORT, final=False
        )
    action = AuditAction.DELETION_CALLED_OFF if was_deleting else AuditAction.FIRM_RESUMED
    record(action, by=by, firm=opened)
    return opened


def deletion_is_due(firm: Firm) -> bool:
    """Returns whether the job that removes the firm may have begun: its day has come and its export is there."""
    return (
        firm.status == FirmStatus.DELETING
        and firm.deletion_at is not None
        and firm.deletion_at <= timezone.now()
        and bool(firm.export_key)
    )


@transaction.atomic
def schedule_deletion(firm: Firm, *, reason: str, by: By, delay: timedelta = suspension.DELETION_DELAY) -> Firm:
    """Closes the portal, sets the deletion's day and has an export made first; raises DomainError if already set."""
    closed = suspension.schedule_deletion(firm, reason=reason, delay=delay)
    # an older export may lack what came after it
    Firm.objects.filter(pk=firm.pk).update(export_key="")
    closed.export_key = ""
    record(AuditAction.DELETION_SCHEDULED, by=by, firm=closed, detail=f"{closed.deletion_at:%Y-%m-%d} · {reason}")
    start_export(closed, by=by, final=True)
    return closed


@transaction.atomic
def add_domain(firm: Firm, *, host: str, by: By) -> Domain:
    """Returns a new host name of the firm; raises DomainError when it is malformed or taken."""
    domain = domains.add_domain(firm, host=host)
    record(AuditAction.DOMAIN_ADDED, by=by, firm=firm, detail=str(domain.domain))
    return domain


@transaction.atomic
def make_primary(domain: Domain, *, by: By) -> Domain:
    """Returns the host name, now the one that links use."""
    domains.make_primary(domain)
    record(AuditAction.DOMAIN_PRIMARY, by=by, firm=domain.tenant, detail=str(domain.domain))
    return domain


@transaction.atomic
def remove_domain(domain: Domain, *, by: By) -> None:
    """Removes a host name; raises DomainError for the one that links use."""
    firm, host = domain.tenant, str(domain.domain)
    domains.remove_domain(domain)
    record(AuditAction.DOMAIN_REMOVED, by=by, firm=firm, detail=host)
