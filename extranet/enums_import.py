"""The closed lists of imports of dossiers."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DossierImportState(models.TextChoices):
    """Where an import of dossiers stands."""

    READING = "reading", _("Being read")
    READ = "read", _("Ready to import")
    RUNNING = "running", _("Being imported")
    DONE = "done", _("Imported")
    FAILED = "failed", _("Not possible")


class ImportOutcome(models.TextChoices):
    """What an import makes, or has made, of one dossier."""

    CREATED = "created", _("New")
    UPDATED = "updated", _("Changed")
    UNCHANGED = "unchanged", _("Nothing new")
    REFUSED = "refused", _("Refused")
