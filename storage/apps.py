"""The app that keeps each firm's bytes."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StorageConfig(AppConfig):
    """Stored files, in each firm's schema."""

    name = "storage"
    verbose_name = _("files")
