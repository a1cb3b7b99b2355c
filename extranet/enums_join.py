"""The closed lists of requests for an account."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class JoinState(models.TextChoices):
    """Where a request for an account stands; the firm sees none whose e-mail was not confirmed."""

    UNCONFIRMED = "unconfirmed", _("E-mail not confirmed")
    WAITING = "waiting", pgettext_lazy("account request", "To be decided")
    ACCEPTED = "accepted", pgettext_lazy("account request", "Accepted")
    REFUSED = "refused", pgettext_lazy("account request", "Refused")
