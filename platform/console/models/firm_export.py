"""All of a firm's data in one file."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.text import new_code
from tenants.models import Firm


class FirmExport(models.Model):
    """An archive of a firm's rows and objects, made by a job; outlives the firm until it expires."""

    code = models.CharField(max_length=16, default=new_code, editable=False)
    firm = models.ForeignKey(Firm, verbose_name=_("firm"), null=True, on_delete=models.SET_NULL, related_name="exports")
    firm_name = models.CharField(_("firm"), max_length=120)
    schema_name = models.CharField(max_length=63)
    #: Set before the object is written, so that a second run overwrites and no object lacks its row.
    key = models.CharField(max_length=200, editable=False)
    #: Made after the portal closed for deletion: the firm is removed only once such a one is ready.
    final = models.BooleanField(_("before deletion"), default=False)
    #: Empty when nobody in person asked.
    requested_by = models.CharField(_("asked for by"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    ready_at = models.DateTimeField(_("ready"), null=True)
    size = models.PositiveBigIntegerField(_("size"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    row_count = models.PositiveBigIntegerField(_("rows"), default=0)
    object_count = models.PositiveIntegerField(_("files"), default=0)
    #: None while the deletion that it was made for is to come.
    expires_at = models.DateTimeField(_("kept until"), null=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering: ClassVar[list[str]] = ["-created_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="console_export_code_uq"),
            models.UniqueConstraint(fields=["key"], name="console_export_key_uq"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_ready(self) -> bool:
        """Whether the archive can be downloaded."""
        return self.ready_at is not None

    @property
    def file_name(self) -> str:
        """The name under which the archive is downloaded."""
        return f"{self.firm_name} {self.created_at:%Y-%m-%d}.zip"
