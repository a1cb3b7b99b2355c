"""The files of a dossier that a person sees."""

from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from accounts.models import User
from extranet.enums import EventKind, FileKind, Visibility
from extranet.models import Dossier, DossierEvent, DossierFile


@dataclass(frozen=True)
class FileLine:
    """A file on the firm's page of a dossier; `is_taken` says whether a client has downloaded its present version."""

    file: DossierFile
    download_count: int
    is_taken: bool = False
    version_count: int = 0


def files_present(dossier: Dossier) -> QuerySet[DossierFile]:
    """Returns the files of a dossier that were not taken out, in their order."""
    return DossierFile.objects.filter(dossier=dossier, deleted_at__isnull=True)


def files_removed(dossier: Dossier) -> QuerySet[DossierFile]:
    """Returns the files that were taken out and can be put back, the last first."""
    return DossierFile.objects.filter(dossier=dossier, deleted_at__isnull=False).order_by("-deleted_at", "-pk")


def files_for_clients(dossier: Dossier) -> QuerySet[DossierFile]:
    """Returns those that clients see: with an account or by a link."""
    return files_present(dossier).filter(visibility=Visibility.CLIENT)


def files_to_download(dossier: Dossier) -> QuerySet[DossierFile]:
    """Returns those on which the download states depend: what clients see, GENAPI apart."""
    return files_for_clients(dossier).exclude(kind=FileKind.GENAPI)


def files_to_bind(dossier: Dossier) -> QuerySet[DossierFile]:
    """Returns the reports that clients see, with their bytes' rows: what the complete dossier is made of."""
    return files_for_clients(dossier).filter(kind=FileKind.REPORT).select_related("stored")


def visible_files(dossier: Dossier, user: User) -> QuerySet[DossierFile]:
    """Returns the files of a dossier that a person who may see the dossier sees."""
    return files_present(dossier) if user.is_firm_staff else files_for_clients(dossier)


def file_lines(dossier: Dossier) -> list[FileLine]:
    """Returns the lines of the firm's table of files: two queries, whatever their number."""
    files = list(files_present(dossier).select_related("stored"))
    clients = Q(by_client=True, file_version=F("file__version"))
    counted = {
        row["file_id"]: row
        for row in DossierEvent.objects.filter(dossier=dossier, kind=EventKind.DOWNLOADED, file__isnull=False)
        .order_by()
        .values("file_id")
        .annotate(n=Count("id"), taken=Count("id", filter=clients))
    }
    return [
        FileLine(
            file=file,
            download_count=counted[file.pk]["n"] if file.pk in counted else 0,
            is_taken=file.pk in counted and counted[file.pk]["taken"] > 0,
            version_count=file.version - 1,
        )
        for file in files
    ]


def downloaded_by(dossier: Dossier, contact_id: int | None) -> set[int]:
    """Returns the keys of the files whose present version a contact has downloaded."""
    if contact_id is None:
        return set()
    own = DossierEvent.objects.filter(
        dossier=dossier, kind=EventKind.DOWNLOADED, contact_id=contact_id, file_version=F("file__version")
    )
    return {key for key in own.order_by().values_list("file_id", flat=True).distinct() if key is not None}
