"""The closed lists of what a property needs and of what it costs."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class NeedVerdict(models.TextChoices):
    """Whether a diagnostic is due."""

    REQUIRED = "required", _("Mandatory")
    CONDITIONAL = "conditional", _("To be confirmed")
    NOT_REQUIRED = "not_required", _("Not required")


class NeedEffect(models.TextChoices):
    """What a rule does where its conditions are met; an exemption wins over all that requires."""

    REQUIRES = "requires", _("Makes the diagnostic mandatory")
    EXEMPTS = "exempts", _("Exempts from the diagnostic")


class Territory(models.TextChoices):
    """Where the dates of the energy audit differ."""

    MAINLAND = "mainland", _("Mainland France and Corsica")
    OVERSEAS = "overseas", _("Overseas departments")


class SizeBy(models.TextChoices):
    """What the prices of a list go by."""

    SURFACE = "surface", _("Surface (m²)")
    ROOMS = "rooms", _("Number of rooms")


class VatRate(models.TextChoices):
    """The rates of VAT in France; the franchise is CGI art. 293 B, the others art. 278, 278-0 bis, 279 and 296."""

    STANDARD = "20.00", "20 %"
    INTERMEDIATE = "10.00", "10 %"
    OVERSEAS = "8.50", _("8.5 % (Guadeloupe, Martinique, Réunion)")
    REDUCED = "5.50", _("5.5 %")
    NONE = "", _("No VAT: franchise, art. 293 B of the CGI")


class LineKind(models.TextChoices):
    """What a line of a price is for."""

    DIAGNOSTIC = "diagnostic", _("Diagnostic")
    OUTBUILDING = "outbuilding", _("Outbuildings")
    DISCOUNT = "discount", _("Discount")
    TRAVEL = "travel", _("Travel")
    URGENCY = "urgency", _("Urgency")
    WEEKEND = "weekend", _("Week-end")
    EVENING = "evening", _("Evening")
