"""Money: payment providers' accounts, payments, refunds, what the providers tell."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    """The app of a firm's payments."""

    name = "billing"
    verbose_name = _("Payments")

    def ready(self) -> None:
        """Has the portal tell of visits that money hangs on."""
        from extranet.visit_hooks import HOOKS

        actions = "billing.actions.deposit"
        HOOKS.let_go, HOOKS.give_back = f"{actions}.end_attempts_of", f"{actions}.give_back_of"
        HOOKS.adopt = f"{actions}.adopt_deposits"
