"""A firm: one row here, one schema of its own."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_tenants.models import TenantMixin


class FirmStatus(models.TextChoices):
    """What a firm's portal does."""

    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    DELETING = "deleting", _("To be deleted")


class Firm(TenantMixin):  # type: ignore[misc]
    """A cabinet de diagnostic and the schema that holds all that is its own."""

    # The schema comes from the template in the transaction of the row (actions.provisioning), never from save().
    auto_create_schema = False
    auto_drop_schema = False

    name = models.CharField(_("name"), max_length=120)
    siret = models.CharField("SIRET", max_length=14)
    status = models.CharField(_("status"), max_length=12, choices=FirmStatus, default=FirmStatus.ACTIVE)
    suspension_reason = models.CharField(_("reason of the suspension"), max_length=300, blank=True)
    deletion_at = models.DateTimeField(_("deletion on"), null=True, blank=True)
    export_key = models.CharField(_("export"), max_length=300, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    #: Which database holds the schema; one until there are several (decisions/0005).
    cluster = models.CharField(max_length=40, default="default", editable=False)

    # Figures for the operators, refreshed by a job: never counted while a page is made.
    user_count = models.PositiveIntegerField(_("users"), default=0, editable=False)
    dossier_count = models.PositiveIntegerField(_("dossiers"), default=0, editable=False)
    stored_bytes = models.PositiveBigIntegerField(_("stored"), default=0, editable=False)
    last_activity_at = models.DateTimeField(_("last activity"), null=True, editable=False)
    figures_at = models.DateTimeField(_("figures of"), null=True, editable=False)

    class Meta:
        verbose_name = _("firm")
        verbose_name_plural = _("firms")
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="tenants_firm_deletion_ck",
                condition=models.Q(status="deleting", deletion_at__isnull=False)
                | (~models.Q(status="deleting") & models.Q(deletion_at__isnull=True)),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether people may use the portal."""
        return self.status == FirmStatus.ACTIVE


def url_of_host(host: str, path: str = "/") -> str:
    """Returns the full address of `path` on a host of ours, with the scheme and port of this installation."""
    return f"{settings.URL_SCHEME}://{host}{settings.URL_PORT}{path}"
