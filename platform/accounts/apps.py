"""WHO: people, their log-in, and a firm's sign-up."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Users: operators in the public schema, a firm's staff and clients in its own."""

    name = "accounts"
    verbose_name = _("Accounts")
