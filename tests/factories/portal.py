"""Dossiers with files, made by the product's own actions in the current firm."""

from collections.abc import Mapping, Sequence

from accounts.models import User
from extranet.actions.dossier import create_dossier
from extranet.actions.dossier_file import FileInput
from extranet.models import Contact, Dossier, DossierFile
from storage.actions.files import store_bytes


def add_dossier(
    title: str,
    *,
    user: User,
    files: Mapping[str, bytes] | None = None,
    contacts: Sequence[Contact] = (),
    comments: str = "",
    details: Mapping[str, object] | None = None,
) -> Dossier:
    """Returns a dossier of the current firm, with files by their names, that the contacts may read."""
    inputs = [FileInput(stored=store_bytes(content, name=name, user=user)) for name, content in (files or {}).items()]
    return create_dossier(
        title=title, comments=comments, files=inputs, contacts=contacts, user=user, details=details
    ).dossier


def files_of(dossier: Dossier) -> list[DossierFile]:
    """Returns the files of a dossier in their order."""
    return list(DossierFile.objects.filter(dossier=dossier).select_related("stored"))
