"""The closed lists of the portal."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DownloadState(models.TextChoices):
    """How much of a dossier has been downloaded."""

    NONE = "none", _("Not downloaded")
    PARTIAL = "partial", _("Partly downloaded")
    FULL = "full", _("Downloaded")


class EventKind(models.TextChoices):
    """What happened to a dossier."""

    CREATED = "created", _("Dossier created")
    EDITED = "edited", _("Dossier edited")
    FILE_ADDED = "file_added", _("File added")
    FILE_REMOVED = "file_removed", _("File removed")
    ACCESS_GIVEN = "access_given", _("Access given")
    ACCESS_REMOVED = "access_removed", _("Access removed")
    NOTIFIED = "notified", _("Client notified")
    READ = "read", _("Read online")
    DOWNLOADED = "downloaded", _("Downloaded")
