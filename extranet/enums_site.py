"""The words of the firm's web site."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SiteTheme(models.TextChoices):
    """How a site looks: its type, its shapes, its rhythm; the colours are the firm's."""

    SHORE = "shore", pgettext_lazy("theme", "Shore – light and airy, large rounded shapes")
    STUDIO = "studio", pgettext_lazy("theme", "Studio – strong headings, dark bands, straight edges")
    CHAMBERS = "chambers", pgettext_lazy("theme", "Chambers – serif headings, fine lines, quiet")


class BlockKind(models.TextChoices):
    """What a page of a site is made of."""

    HERO = "hero", pgettext_lazy("block", "Opening")
    TEXT = "text", pgettext_lazy("block", "Text and picture")
    SERVICES = "services", pgettext_lazy("block", "Services")
    PRICES = "prices", pgettext_lazy("block", "Prices")
    ZONE = "zone", pgettext_lazy("block", "Area served")
    CERTIFICATIONS = "certs", pgettext_lazy("block", "Certifications")
    TEAM = "team", pgettext_lazy("block", "Team")
    FAQ = "faq", pgettext_lazy("block", "Questions and answers")
    HOURS = "hours", pgettext_lazy("block", "Opening hours")
    CONTACT = "contact", pgettext_lazy("block", "Contact form")
    QUOTE = "quote", pgettext_lazy("block", "Button to a quote")
    WORDS = "words", pgettext_lazy("block", "What clients say")
    LEGAL = "legal", pgettext_lazy("block", "Legal notice")
    COOKIES = "cookies", pgettext_lazy("block", "Cookies")


class Background(models.TextChoices):
    """What a block stands on."""

    PLAIN = "plain", pgettext_lazy("background", "Plain")
    TINT = "tint", pgettext_lazy("background", "Tinted")
    DARK = "dark", pgettext_lazy("background", "The firm's colour")


class PriceSource(models.TextChoices):
    """Where the prices of a block come from."""

    TARIFF = "tariff", _("From the price list: the lowest price of each diagnostic, kept up to date")
    TYPED = "typed", _("Written below")


class SiteChange(models.TextChoices):
    """What was done to the draft."""

    STARTED = "started", pgettext_lazy("site", "Site begun")
    WORDS = "words", pgettext_lazy("site", "Block changed")
    ADDED = "added", pgettext_lazy("site", "Block added")
    MOVED = "moved", pgettext_lazy("site", "Blocks in another order")
    COPIED = "copied", pgettext_lazy("site", "Block duplicated")
    REMOVED = "removed", pgettext_lazy("site", "Block deleted")
    PAGES = "pages", pgettext_lazy("site", "Pages changed")
    SETTINGS = "settings", pgettext_lazy("site", "Look and details changed")
    DISCARD = "discard", pgettext_lazy("site", "Changes discarded")
