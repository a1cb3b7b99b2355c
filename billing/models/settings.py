"""What a firm decides about payments, and its reminders of what is unpaid."""

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from extranet.models import Dossier
from kernel.models import FirmModel


class BillingSettings(FirmModel):
    """A firm's rules for payments: one row a firm, made when the firm is."""

    #: Percent; none: no VAT (CGI art. 293 B).
    vat_rate = models.DecimalField(
        _("VAT rate (%)"),
        max_digits=4,
        decimal_places=2,
        null=True,
        blank=True,
        default=Decimal("20.00"),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(50))],
    )
    next_receipt_number = models.PositiveIntegerField(default=1, editable=False)

    # reminders of unpaid dossiers
    remind_unpaid = models.BooleanField(_("remind clients of unpaid dossiers"), default=False)
    first_reminder_days = models.PositiveSmallIntegerField(
        _("first reminder after (days)"), default=7, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    reminder_every_days = models.PositiveSmallIntegerField(
        _("then every (days)"), default=10, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    max_reminders = models.PositiveSmallIntegerField(
        _("at most"), default=3, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    #: Empty: the text that the product comes with, in the reader's language.
    reminder_subject = models.CharField(_("subject"), max_length=150, blank=True)
    reminder_text = models.TextField(_("text"), max_length=3000, blank=True)

    class Meta:
        verbose_name = _("payment settings")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(id=1), name="billing_settings_single"),
        ]

    def __str__(self) -> str:
        return "settings"


class UnpaidReminder(FirmModel):
    """A reminder that was sent for an unpaid dossier."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="unpaid_reminders")
    #: 1 for the first one since it became unpaid.
    number = models.PositiveSmallIntegerField()
    to = models.EmailField()
    by_hand = models.BooleanField(default=False)
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.number} → {self.to}"


class ReminderStop(FirmModel):
    """A dossier of which nobody is reminded any more."""

    dossier = models.OneToOneField(Dossier, on_delete=models.CASCADE, related_name="reminder_stop")
    stopped_by = models.CharField(max_length=120, blank=True)
    stopped_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.dossier_id)
