"""The closed lists of the firm's own documents and of its people's certifications."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Holding(models.TextChoices):
    """What one of the firm's documents is made of."""

    FILE = "file", _("A file")
    LINK = "link", _("A link")
    NOTICE = "notice", _("A text")


class Audience(models.TextChoices):
    """Who sees one of the firm's documents."""

    MEMBERS = "members", _("Everyone who logs in")
    KINDS = "kinds", _("Some types of clients")
    PUBLIC = "public", _("Visitors of the web site too")
    STAFF = "staff", _("The firm only")


class CertificationDomain(models.TextChoices):
    """What a diagnostician is certified for (CCH R271-1, arrêté du 24 décembre 2021)."""

    ENERGY = "energy", _("Energy performance (DPE)")
    ENERGY_PLUS = "energy_plus", _("Energy performance with the option of all buildings")
    AUDIT = "audit", _("Regulatory energy audit")
    ASBESTOS = "asbestos", _("Asbestos")
    ASBESTOS_PLUS = "asbestos_plus", _("Asbestos with the option of all buildings")
    LEAD = "lead", pgettext_lazy("certification", "Lead")
    TERMITES = "termites", _("Termites")
    GAS = "gas", pgettext_lazy("certification", "Gas")
    ELECTRICITY = "electricity", pgettext_lazy("certification", "Electricity")
