"""Money: payment providers' accounts, payments, refunds, what the providers tell."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    """The app of a firm's payments."""

    name = "billing"
    verbose_name = _("Payments")
