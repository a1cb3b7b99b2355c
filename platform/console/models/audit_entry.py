"""What operators did, kept for good."""

from typing import ClassVar

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from tenants.models import Firm


class AuditAction(models.TextChoices):
    """What was done."""

    FIRM_CREATED = "firm_created", _("Firm created")
    FIRM_CHANGED = "firm_changed", _("Firm changed")
    FIRM_SUSPENDED = "firm_suspended", _("Portal suspended")
    FIRM_RESUMED = "firm_resumed", _("Portal opened again")
    DELETION_SCHEDULED = "deletion_scheduled", _("Deletion scheduled")
    DELETION_CALLED_OFF = "deletion_called_off", _("Deletion called off")
    FIRM_DELETED = "firm_deleted", _("Firm deleted")
    DOMAIN_ADDED = "domain_added", _("Domain added")
    DOMAIN_PRIMARY = "domain_primary", _("Main domain chosen")
    DOMAIN_REMOVED = "domain_removed", _("Domain removed")
    EXPORT_ASKED = "export_asked", _("Export asked for")
    EXPORT_READY = "export_ready", _("Export ready")
    EXPORT_DOWNLOADED = "export_downloaded", _("Export downloaded")
    EXPORT_REMOVED = "export_removed", _("Export removed")
    JOB_RETRIED = "job_retried", _("Job run again")
    JOB_DISCARDED = "job_discarded", _("Failed job discarded")
    SIGN_UP_RETRIED = "sign_up_retried", _("Sign-up tried again")
    OPERATOR_INVITED = "operator_invited", _("Operator invited")
    OPERATOR_CODES = "operator_codes", _("New codes sent to an operator")
    OPERATOR_CLOSED = "operator_closed", _("Operator's account closed")
    OPERATOR_OPENED = "operator_opened", _("Operator's account opened again")
    SECOND_FACTOR_RESET = "second_factor_reset", _("Operator's second factor removed")


class AuditEntry(models.Model):
    """One act; names are copied, so that it outlives whom and what it tells of. Written once, never changed."""

    at = models.DateTimeField(_("when"), auto_now_add=True)
    action = models.CharField(_("what"), max_length=24, choices=AuditAction)
    #: The operator's public code; empty when a job acted by itself. No foreign key: deleting the user of that key in a
    #: firm's schema would reach this public table.
    actor_code = models.CharField(max_length=16, blank=True)
    actor_name = models.CharField(_("who"), max_length=120, blank=True)
    firm = models.ForeignKey(
        Firm, verbose_name=_("firm"), null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    firm_name = models.CharField(_("firm"), max_length=120, blank=True)
    firm_schema = models.CharField(max_length=63, blank=True)
    #: What about it, in words: a reason, a host name, an e-mail.
    detail = models.CharField(_("detail"), max_length=400, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        ordering: ClassVar[list[str]] = ["-at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(F("at").desc(), F("id").desc(), name="console_audit_at_ix"),
            models.Index(F("firm"), F("at").desc(), name="console_audit_firm_ix"),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.firm_name}".strip()
