"""The operators' console: firms, their domains and figures, failed jobs."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsoleConfig(AppConfig):
    """The tenant administration console, in the public schema; its pages are registered on console.site.site."""

    name = "console"
    verbose_name = _("Console")
