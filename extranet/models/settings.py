"""What a firm decides about its portal."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.models import FirmModel


class PortalSettings(FirmModel):
    """A firm's rules for its dossiers: one row a firm, made when the firm is."""

    #: None: never by itself.
    archive_after_months = models.PositiveIntegerField(
        _("archive dossiers after (months)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(600)],
    )
    delete_after_months = models.PositiveIntegerField(
        _("delete archived dossiers after (months)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(600)],
    )
    remind_owners = models.BooleanField(_("remind owners before a diagnostic expires"), default=False)
    remind_days_before = models.PositiveIntegerField(
        _("days before the expiry"), default=60, validators=[MinValueValidator(1), MaxValueValidator(730)]
    )
    #: Whether clients can pay dossiers on line; the payment providers' settings keep it.
    online_payment = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("portal settings")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(id=1), name="extranet_settings_single"),
        ]

    def __str__(self) -> str:
        return "settings"
