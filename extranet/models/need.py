"""The rules of which diagnostics are due, and the zones that a firm knows."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from extranet.enums import DiagnosticKind
from extranet.enums_order import Answer, ZoneKind
from extranet.enums_price import NeedEffect
from kernel.models import CodedModel


class NeedRule(CodedModel):
    """When a diagnostic is due, or is not: the law as data, which a firm may correct."""

    kind = models.CharField(_("diagnostic"), max_length=14, choices=DiagnosticKind)
    effect = models.CharField(_("effect"), max_length=8, choices=NeedEffect, default=NeedEffect.REQUIRES)
    #: The answers that it wants, all of them, by extranet.needs.FIELDS: {"transaction": ["sale"], "zone.air": ["yes"]}.
    conditions = models.JSONField(default=dict, blank=True)
    #: Square metres: from this one on, and below that one.
    surface_from = models.DecimalField(_("from (m²)"), max_digits=8, decimal_places=2, null=True, blank=True)
    surface_below = models.DecimalField(_("below (m²)"), max_digits=8, decimal_places=2, null=True, blank=True)
    #: The first and the last day on which it counts.
    applies_from = models.DateField(_("in force from"), null=True, blank=True)
    applies_until = models.DateField(_("in force until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("rule of the diagnostics due")
        verbose_name_plural = _("rules of the diagnostics due")
        ordering: ClassVar[list[str]] = ["kind", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_need_code_uq"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.reason}"


class ZoneArea(CodedModel):
    """What a firm knows of a place's zone: a department, a postcode or a commune; the narrower place counts."""

    zone = models.CharField(_("zone"), max_length=10, choices=ZoneKind)
    #: A department (29, 2A, 974) or a postcode (29200).
    area = models.CharField(_("department or postcode"), max_length=5)
    #: Empty: all of the department or postcode.
    city = models.CharField(_("commune"), max_length=100, blank=True)
    #: The commune as it is compared (extranet.needs.bare_city).
    city_key = models.CharField(max_length=100, blank=True, editable=False)
    answer = models.CharField(_("in the zone"), max_length=3, choices=Answer, default=Answer.YES)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        ordering: ClassVar[list[str]] = ["zone", "area", "city", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_zonearea_code_uq"),
            models.UniqueConstraint(fields=["zone", "area", "city_key"], name="extranet_zonearea_place_uq"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["area", "city_key"], name="extranet_zonearea_place_ix"),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.city}".strip()
