"""The files of a dossier."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from extranet.actions.downloads import refresh_download_states
from extranet.actions.history import build_event
from extranet.actions.search import refresh_dossiers
from extranet.enums import EventKind
from extranet.models import Dossier, DossierFile
from kernel.errors import DomainError
from kernel.text import safe_file_name
from storage.actions.files import claim, delete_stored_file
from storage.models import StoredFile


@dataclass(frozen=True)
class FileInput:
    """An uploaded file and what the firm says of it."""

    stored: StoredFile
    name: str = ""
    title: str = ""
    comment: str = ""


@dataclass(frozen=True)
class Attached:
    """What became of the uploads: `twins` were in the dossier already, byte for byte, and were left out."""

    files: list[DossierFile]
    twins: list[str]


@transaction.atomic
def attach_files(dossier: Dossier, *, files: Sequence[FileInput], user: User) -> Attached:
    """Returns the new files of a dossier; one whose bytes it already holds is left out and named."""
    Dossier.objects.select_for_update().get(pk=dossier.pk)
    present = set(DossierFile.objects.filter(dossier=dossier).values_list("stored__sha256", flat=True))
    last = DossierFile.objects.filter(dossier=dossier).aggregate(last=Max("position"))["last"] or 0
    added: list[DossierFile] = []
    twins: list[str] = []
    for entry in files:
        if entry.stored.sha256 in present:
            twins.append(entry.stored.name)
            delete_stored_file(entry.stored)
            continue
        present.add(entry.stored.sha256)
        claim(entry.stored)
        last += 1
        file = DossierFile.objects.create(
            dossier=dossier,
            stored=entry.stored,
            name=_with_extension(entry.name, entry.stored.name),
            title=entry.title,
            comment=entry.comment,
            position=last,
            created_by=user,
        )
        build_event(dossier, EventKind.FILE_ADDED, actor=user, file=file).save()
        added.append(file)
    if added:
        refresh_dossiers([dossier.pk])
        refresh_download_states(dossier)
    return Attached(files=added, twins=twins)


@transaction.atomic
def edit_file(file: DossierFile, *, name: str, title: str, comment: str, user: User) -> DossierFile:
    """Returns the file with its new name, title and comment."""
    file.name = _with_extension(name, file.stored.name)
    file.title, file.comment = title, comment
    file.save(update_fields=["name", "title", "comment"])
    build_event(file.dossier, EventKind.EDITED, actor=user, file=file).save()
    refresh_dossiers([file.dossier_id])
    return file


@transaction.atomic
def remove_file(file: DossierFile, *, user: User) -> None:
    """Removes a file from its dossier, and its bytes from the store; the history keeps its name."""
    dossier, stored = file.dossier, file.stored
    build_event(dossier, EventKind.FILE_REMOVED, actor=user, subject=file.label).save()
    file.delete()
    delete_stored_file(stored)
    refresh_dossiers([dossier.pk])
    refresh_download_states(dossier)


def unclaimed_upload(code: str, *, user: User) -> StoredFile:
    """Returns an upload of this person that nothing uses yet; raises DomainError `upload_gone`."""
    stored = StoredFile.objects.filter(code=code, claimed=False, uploaded_by=user).first()
    if stored is None:
        raise DomainError("upload_gone", _("One of the uploaded files is no longer there: add it again."))
    return stored


def _with_extension(name: str, original: str) -> str:
    """Returns a safe name that ends like the original one: nobody renames a report into something else."""
    stem, dot, extension = original.rpartition(".")
    if not name.strip():
        return original
    wanted = safe_file_name(name)
    if dot and not wanted.lower().endswith(f".{extension.lower()}"):
        wanted = safe_file_name(f"{wanted}.{extension}")
    return wanted if stem or dot else original
