"""The files of a dossier: added, described, put in order."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from extranet.actions.downloads import refresh_download_states
from extranet.actions.history import build_event
from extranet.actions.search import refresh_dossiers
from extranet.actions.unpaid import follow_files
from extranet.actions.webhook_emit import emit, file_data
from extranet.enums import EventKind, FileKind, Visibility
from extranet.file_kinds import guess_kind
from extranet.models import Dossier, DossierEvent, DossierFile
from extranet.queries.dossier_file import files_present
from kernel.errors import DomainError
from kernel.text import safe_file_name
from storage.actions.files import claim_all, delete_stored_file
from storage.models import StoredFile


@dataclass(frozen=True)
class FileInput:
    """An uploaded file and what the firm says of it; without a kind it is guessed from the name."""

    stored: StoredFile
    name: str = ""
    title: str = ""
    comment: str = ""
    kind: str = ""
    visibility: str = Visibility.CLIENT
    #: What another program calls it within the dossier.
    external_id: str = ""


@dataclass(frozen=True)
class Attached:
    """What became of the uploads: `twins` were in the dossier already, byte for byte, and were left out."""

    files: list[DossierFile]
    twins: list[str]


@transaction.atomic
def attach_files(dossier: Dossier, *, files: Sequence[FileInput], user: User | None) -> Attached:
    """Returns the new files of a dossier; one whose bytes it already holds is left out and named.

    Without a `user` a job does it.
    """
    dossier = Dossier.objects.select_for_update().get(pk=dossier.pk)
    present = set(files_present(dossier).values_list("stored__sha256", flat=True))
    last = DossierFile.objects.filter(dossier=dossier).aggregate(last=Max("position"))["last"] or 0
    new: list[DossierFile] = []
    twins: list[str] = []
    for entry in files:
        if entry.stored.sha256 in present:
            twins.append(entry.stored.name)
            delete_stored_file(entry.stored)
            continue
        present.add(entry.stored.sha256)
        last += 1
        name = with_extension(entry.name, entry.stored.name)
        file = DossierFile(
            dossier=dossier,
            stored=entry.stored,
            external_id=entry.external_id,
            kind=entry.kind or guess_kind(name, entry.stored.content_type),
            visibility=entry.visibility,
            name=name,
            title=entry.title,
            comment=entry.comment,
            position=last,
            created_by=user,
        )
        new.append(file)
    added: list[DossierFile] = []
    if new:
        claim_all([file.stored for file in new])
        added = DossierFile.objects.bulk_create(new)
        DossierEvent.objects.bulk_create(
            [build_event(dossier, EventKind.FILE_ADDED, actor=user, file=file) for file in added]
        )
        refresh_dossiers([dossier.pk])
        refresh_download_states(dossier)
        follow_files(dossier)
        emit("file.added", added, file_data)
    return Attached(files=added, twins=twins)


@transaction.atomic
def edit_file(
    file: DossierFile,
    *,
    name: str,
    title: str,
    comment: str,
    user: User,
    kind: str = "",
    visibility: str = "",
) -> DossierFile:
    """Returns the file with its new name, title, comment and, where given, kind and visibility."""
    locked = lock_file(file)
    locked.name = with_extension(name, locked.stored.name)
    locked.title, locked.comment = title, comment
    counted = (locked.kind == FileKind.GENAPI, locked.visibility)
    handed = (locked.kind == FileKind.INVOICE, locked.visibility)
    locked.kind, locked.visibility = kind or locked.kind, visibility or locked.visibility
    locked.save(update_fields=["name", "title", "comment", "kind", "visibility"])
    build_event(locked.dossier, EventKind.EDITED, actor=user, file=locked).save()
    refresh_dossiers([locked.dossier_id])
    if counted != (locked.kind == FileKind.GENAPI, locked.visibility):
        refresh_download_states(locked.dossier)
    if handed != (locked.kind == FileKind.INVOICE, locked.visibility):
        follow_files(locked.dossier)
    return locked


@transaction.atomic
def order_files(dossier: Dossier, *, codes: Sequence[str]) -> list[DossierFile]:
    """Returns the files of a dossier in the order of the codes.

    What a colleague added meanwhile stays after them, what was taken out meanwhile is passed over. Raises DomainError
    `unknown_file` when a code is no file of the dossier or comes twice; then nothing changes.
    """
    Dossier.objects.select_for_update().get(pk=dossier.pk)
    known = {file.code: file for file in DossierFile.objects.filter(dossier=dossier).order_by("position", "pk")}
    if len(set(codes)) != len(codes) or not set(codes) <= set(known):
        raise DomainError("unknown_file", _("The order was not saved: reload the page and try again."))
    present = {code: file for code, file in known.items() if file.deleted_at is None}
    ordered = [present.pop(code) for code in codes if code in present] + list(present.values())
    changed: list[DossierFile] = []
    for position, file in enumerate(ordered, start=1):
        if file.position != position:
            file.position = position
            changed.append(file)
    DossierFile.objects.bulk_update(changed, ["position"])
    return ordered


def lock_file(file: DossierFile) -> DossierFile:
    """Returns a present file as it is now, its dossier and itself locked; raises DomainError `file_gone`."""
    Dossier.objects.select_for_update().get(pk=file.dossier_id)
    present = DossierFile.objects.select_for_update(of=("self",)).select_related("stored", "dossier")
    locked = present.filter(pk=file.pk, deleted_at__isnull=True).first()
    if locked is None:
        raise DomainError("file_gone", _("This file was removed meanwhile."))
    return locked


def unclaimed_upload(code: str, *, user: User) -> StoredFile:
    """Returns an upload of this person that nothing uses yet; raises DomainError `upload_gone`."""
    stored = StoredFile.objects.filter(code=code, claimed=False, uploaded_by=user).first()
    if stored is None:
        raise DomainError("upload_gone", _("One of the uploaded files is no longer there: add it again."))
    return stored


def with_extension(name: str, original: str) -> str:
    """Returns a safe name that ends like the original one: nobody renames a report into something else."""
    stem, dot, extension = original.rpartition(".")
    if not name.strip():
        return original
    wanted = safe_file_name(name)
    if dot and not wanted.lower().endswith(f".{extension.lower()}"):
        wanted = safe_file_name(f"{wanted}.{extension}")
    return wanted if stem or dot else original
