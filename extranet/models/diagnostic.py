"""The diagnostics of a dossier, and the rules of how long each is valid."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from extranet.enums import DiagnosticKind, EnergyLetter, Finding, Transaction
from extranet.models.dossier import Dossier
from kernel.models import CodedModel


class Diagnostic(CodedModel):
    """One diagnostic made for a dossier: what it concludes and until when it can be used."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="diagnostics", db_index=False)
    kind = models.CharField(_("diagnostic"), max_length=14, choices=DiagnosticKind)
    performed_on = models.DateField(_("made on"), null=True, blank=True)
    finding = models.CharField(_("finding"), max_length=8, choices=Finding, default=Finding.UNKNOWN)
    conclusion = models.TextField(_("conclusion"), blank=True)
    #: Classes and figures of the energy label; kWh/m²/year and kg CO2/m²/year.
    energy_letter = models.CharField(_("energy class"), max_length=1, choices=EnergyLetter, blank=True)
    energy_value = models.PositiveIntegerField(_("consumption"), null=True, blank=True)
    climate_letter = models.CharField(_("climate class"), max_length=1, choices=EnergyLetter, blank=True)
    climate_value = models.PositiveIntegerField(_("emissions"), null=True, blank=True)
    ademe_number = models.CharField(_("ADEME number"), max_length=20, blank=True)
    #: The last day on which it can be used; none when it does not expire or nothing is known.
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    #: Whether a person set that day; the rules leave it alone then.
    expiry_by_hand = models.BooleanField(default=False)
    reminded_at = models.DateTimeField(_("owner reminded"), null=True, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("diagnostic")
        verbose_name_plural = _("diagnostics")
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_diagnostic_code_uq"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["dossier", "position", "id"], name="extranet_diag_dossier_ix"),
            models.Index(fields=["kind", "dossier"], name="extranet_diag_kind_ix"),
            models.Index(
                fields=["expires_on", "dossier"],
                name="extranet_diag_expires_ix",
                condition=models.Q(expires_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class ValidityRule(CodedModel):
    """How long a diagnostic can be used: the law as data, which a firm may correct; the latest that applies counts."""

    kind = models.CharField(_("diagnostic"), max_length=14, choices=DiagnosticKind)
    #: Empty: whatever it is made for.
    transaction = models.CharField(_("made for"), max_length=8, choices=Transaction, blank=True)
    #: Empty: whatever was found.
    finding = models.CharField(_("finding"), max_length=8, choices=Finding, blank=True)
    #: None: without limit.
    months = models.PositiveIntegerField(_("months"), null=True, blank=True)
    #: For diagnostics made from this day on.
    applies_from = models.DateField(_("made from"), null=True, blank=True)
    #: A day after which the diagnostics of this rule are no longer valid, whatever their age.
    ends_on = models.DateField(_("no longer valid after"), null=True, blank=True)
    #: For diagnostics made before this day.
    applies_before = models.DateField(_("made before"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("rule of validity")
        verbose_name_plural = _("rules of validity")
        ordering: ClassVar[list[str]] = ["kind", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_rule_code_uq"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.months}"
