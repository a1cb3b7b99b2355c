"""WHICH FIRM: firms, their domains, sign-up and provisioning."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TenantsConfig(AppConfig):
    """Firms and domains, in the public schema."""

    name = "tenants"
    verbose_name = _("Firms")
