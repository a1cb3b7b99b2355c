"""A dossier's history, read."""

from django.db.models import QuerySet

from extranet.enums import EventKind
from extranet.models import Dossier, DossierEvent, DossierFile


def dossier_events(dossier: Dossier) -> QuerySet[DossierEvent]:
    """Returns the history of a dossier, the last line first."""
    return DossierEvent.objects.filter(dossier=dossier).order_by("-at", "-pk")


def file_visits(file: DossierFile) -> QuerySet[DossierEvent]:
    """Returns who read and downloaded a file, the last first."""
    visits = [EventKind.READ, EventKind.READ_STAMPED, EventKind.DOWNLOADED]
    return DossierEvent.objects.filter(dossier_id=file.dossier_id, file=file, kind__in=visits).order_by("-at", "-pk")
