"""What was changed in the settings, and the archives of all data that a firm asked for."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.models import CodedModel, FirmModel


class SettingChange(FirmModel):
    """A field of the settings that somebody changed, as text; never changed itself."""

    at = models.DateTimeField(_("when"), auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("who"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    #: As it was then: who has left is still named.
    by_name = models.CharField(max_length=120, blank=True)
    #: The name of the page's address.
    page = models.CharField(_("page"), max_length=40)
    #: What of several things on the page: a member of the team, an account.
    subject = models.CharField(_("what"), max_length=120, blank=True)
    field = models.CharField(_("field"), max_length=200)
    old = models.TextField(_("before"), blank=True)
    new = models.TextField(_("after"), blank=True)

    class Meta:
        verbose_name = _("change of a setting")
        verbose_name_plural = _("changes of settings")
        ordering: ClassVar[list[str]] = ["-at", "-id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["-at", "-id"], name="extranet_settingchange_ix")]

    def __str__(self) -> str:
        return f"{self.page}: {self.field}"


class FirmArchive(CodedModel):
    """All of the firm's data in one zip, made by a job, kept for some days."""

    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked for by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    requested_name = models.CharField(_("asked for by"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    ready_at = models.DateTimeField(_("ready"), null=True)
    expires_at = models.DateTimeField(_("kept until"))
    #: Set before the object is written, so that no object lacks its row.
    key = models.CharField(max_length=200, editable=False)
    size = models.PositiveBigIntegerField(_("size"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    row_count = models.PositiveBigIntegerField(_("rows"), default=0)
    object_count = models.PositiveIntegerField(_("files"), default=0)

    class Meta:
        verbose_name = _("archive")
        verbose_name_plural = _("archives")
        ordering: ClassVar[list[str]] = ["-created_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_firmarchive_code_uq"),
            models.UniqueConstraint(fields=["key"], name="extranet_firmarchive_key_uq"),
        ]

    def __str__(self) -> str:
        return self.code
