"""The closed lists of quotes."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class QuoteState(models.TextChoices):
    """Where a quote stands; one that is sent and past its last day is shown as expired."""

    DRAFT = "draft", pgettext_lazy("quote", "To be checked")
    ISSUED = "issued", pgettext_lazy("quote", "Awaiting an answer")
    ACCEPTED = "accepted", pgettext_lazy("quote", "Accepted")
    REFUSED = "refused", pgettext_lazy("quote", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("quote", "Withdrawn")
    REPLACED = "replaced", pgettext_lazy("quote", "Replaced")


class IssueMode(models.TextChoices):
    """What the firm does of an order that is sent."""

    OFF = "off", _("No quote by itself")
    CHECK = "check", _("A quote is prepared, you check it and send it")
    AUTO = "auto", _("The quote leaves at once, if everything has a price")


class AcceptedBy(models.TextChoices):
    """How a quote was accepted."""

    ONLINE = "online", _("Online")
    PHONE = "phone", _("By phone")
    PAPER = "paper", _("Signed on paper")
    EMAIL = "email", _("By e-mail")


class RefuseReason(models.TextChoices):
    """Why a client refuses."""

    PRICE = "price", _("Too expensive")
    DELAY = "delay", _("The visit would be too late")
    OTHER_FIRM = "other_firm", _("I have chosen another firm")
    CANCELLED = "cancelled", _("The sale or the rental is given up")
    CONTENT = "content", _("Diagnostics are missing or not needed")
    OTHER = "other", _("Another reason")


class QuoteEventKind(models.TextChoices):
    """What happens to a quote."""

    CREATED = "created", _("Prepared")
    EDITED = "edited", _("Edited")
    ISSUED = "issued", pgettext_lazy("quote", "Sent")
    ACCEPTED = "accepted", pgettext_lazy("quote", "Accepted")
    REFUSED = "refused", pgettext_lazy("quote", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("quote", "Withdrawn")
    REPLACED = "replaced", pgettext_lazy("quote", "Replaced")
    PROLONGED = "prolonged", _("Prolonged")
    REMINDED = "reminded", _("Reminder sent")
    STOPPED = "stopped", _("Reminders stopped")
    RESUMED = "resumed", _("Reminders resumed")
