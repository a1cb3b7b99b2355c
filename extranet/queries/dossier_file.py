"""The files of a dossier that a person sees."""

from django.db.models import QuerySet

from accounts.models import User
from extranet.enums import FileKind, Visibility
from extranet.models import Dossier, DossierFile


def files_present(dossier: Dossier) -> QuerySet[DossierFile]:
    """Returns the files of a dossier that were not taken out, in their order."""
    return DossierFile.objects.filter(dossier=dossier, deleted_at__isnull=True)


def files_for_clients(dossier: Dossier) -> QuerySet[DossierFile]:
    """Returns those that clients see: with an account or by a link."""
    return files_present(dossier).filter(visibility=Visibility.CLIENT)


def files_to_download(dossier: Dossier) -> QuerySet[DossierFile]:
    """Returns those on which the download states depend: what clients see, GENAPI apart."""
    return files_for_clients(dossier).exclude(kind=FileKind.GENAPI)


def visible_files(dossier: Dossier, user: User) -> QuerySet[DossierFile]:
    """Returns the files of a dossier that a person who may see the dossier sees."""
    return files_present(dossier) if user.is_firm_staff else files_for_clients(dossier)
