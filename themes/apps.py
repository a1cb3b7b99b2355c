"""LOOK: a firm's branding, the pages' skeleton, the form fields, the icons, the errors."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ThemesConfig(AppConfig):
    """The look, and the branding of each firm in the public schema."""

    name = "themes"
    verbose_name = _("Branding")
