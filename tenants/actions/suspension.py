"""Closing and opening a firm's portal, and setting its end."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError
from kernel.tenancy import public_context
from tenants.middleware import forget_hosts
from tenants.models import Firm, FirmStatus

logger = structlog.get_logger(__name__)

#: How long a firm can still be called back after its deletion was asked for.
DELETION_DELAY = timedelta(days=30)


def suspend_firm(firm: Firm, *, reason: str) -> Firm:
    """Closes a firm's portal; its data stay. Raises DomainError when it is not active."""
    return _move(firm, {FirmStatus.ACTIVE}, FirmStatus.SUSPENDED, reason=reason)


def resume_firm(firm: Firm) -> Firm:
    """Opens a suspended firm's portal, or calls back one that was to be deleted. Raises DomainError otherwise."""
    return _move(firm, {FirmStatus.SUSPENDED, FirmStatus.DELETING}, FirmStatus.ACTIVE)


def schedule_deletion(firm: Firm, *, reason: str, delay: timedelta = DELETION_DELAY) -> Firm:
    """Closes a firm's portal and sets the day after which a job removes it. Raises DomainError when already set."""
    return _move(firm, {FirmStatus.ACTIVE, FirmStatus.SUSPENDED}, FirmStatus.DELETING, reason=reason, delay=delay)


def _move(
    firm: Firm, allowed: set[FirmStatus], target: FirmStatus, *, reason: str = "", delay: timedelta | None = None
) -> Firm:
    with public_context(), transaction.atomic():
        locked: Firm = Firm.objects.select_for_update().get(pk=firm.pk)
        if locked.status not in allowed:
            raise DomainError(
                "firm_status",
                _("This firm is “%(status)s”: this cannot be done now.") % {"status": locked.get_status_display()},
            )
        locked.status = target
        locked.suspension_reason = reason
        locked.deletion_at = timezone.now() + delay if delay is not None else None
        locked.save(update_fields=["status", "suspension_reason", "deletion_at"])
    forget_hosts()
    logger.info("firm_status_changed", firm=locked.schema_name, status=target.value)
    return locked
