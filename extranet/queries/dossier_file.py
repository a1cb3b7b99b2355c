"""The files of a dossier that a person sees."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

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


def with_taken(files: QuerySet[DossierFile], contact_id: int | None) -> list[tuple[DossierFile, bool]]:
    """Returns the files with their bytes' rows, each with whether this contact has downloaded its present version."""
    own = _downloads().filter(contact_id=contact_id or 0, file_version=OuterRef("version"))
    return [(file, file.is_taken) for file in files.annotate(is_taken=Exists(own)).select_related("stored")]


def file_lines(dossier: Dossier) -> list[FileLine]:
    """Returns the lines of the firm's table of files: one query, whatever their number."""
    count = _downloads().order_by().values("file").annotate(n=Count("id")).values("n")
    files = files_present(dossier).annotate(
        n=Coalesce(Subquery(count), 0),
        is_taken=Exists(_downloads().filter(by_client=True, file_version=OuterRef("version"))),
    )
    return [
        FileLine(file=file, download_count=file.n, is_taken=file.is_taken, version_count=file.version - 1)
        for file in files.select_related("stored")
    ]


def downloaded_by(dossier: Dossier, contact_id: int | None) -> set[int]:
    """Returns the keys of the files whose present version a contact has downloaded."""
    return {file.pk for file, is_taken in with_taken(files_present(dossier), contact_id) if is_taken}


def _downloads() -> QuerySet[DossierEvent]:
    return DossierEvent.objects.filter(file_id=OuterRef("pk"), kind=EventKind.DOWNLOADED)
