"""New bytes for a file, and the earlier ones kept."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from extranet.actions.dossier_file import lock_file, with_extension
from extranet.actions.downloads import refresh_download_states
from extranet.actions.history import Visit, build_event
from extranet.actions.search import refresh_dossiers
from extranet.actions.unpaid import follow_files
from extranet.actions.webhook_emit import emit, file_data
from extranet.enums import EventKind
from extranet.models import DossierFile, FileVersion
from extranet.queries.dossier_file import files_present
from kernel.errors import DomainError
from storage.actions.files import claim, delete_stored_file, store_bytes
from storage.backends import firm_storage
from storage.models import StoredFile


@transaction.atomic
def replace_file(file: DossierFile, *, stored: StoredFile, user: User, name: str = "") -> DossierFile:
    """Returns the file with the bytes of an upload: one version more, the former bytes kept as an earlier version.

    It keeps its name unless another is given; the extension is that of the new bytes. Whoever downloaded an earlier
    version has not downloaded this one. Raises DomainError `same_bytes`, `twin_file`, `file_gone` or `upload_gone`.
    """
    locked = lock_file(file)
    if locked.stored.sha256 == stored.sha256:
        raise DomainError("same_bytes", _("These are the same bytes as now: nothing was replaced."))
    twin = files_present(locked.dossier).filter(stored__sha256=stored.sha256).first()
    if twin is not None:
        raise DomainError("twin_file", _("“%(name)s” of this dossier is the same file.") % {"name": twin.label})
    claim(stored)
    FileVersion.objects.create(
        file=locked, stored=locked.stored, number=locked.version, name=locked.name, replaced_by=str(user)[:120]
    )
    locked.name = with_extension(name or _bare(locked.name, locked.stored.name, stored.name), stored.name)
    locked.stored = stored
    locked.version += 1
    locked.save(update_fields=["stored", "name", "version"])
    build_event(locked.dossier, EventKind.FILE_REPLACED, actor=user, file=locked).save()
    refresh_dossiers([locked.dossier_id])
    refresh_download_states(locked.dossier)
    follow_files(locked.dossier)
    emit("file.added", [locked], file_data)
    return locked


def restore_version(version: FileVersion, *, user: User) -> DossierFile:
    """Returns the file with a copy of an earlier version's bytes, as a new version; raises as replace_file does.

    Call it outside a transaction: it reads and writes the store (StorageUnavailable).
    """
    copied = store_bytes(firm_storage().stream(version.stored.key), name=version.name, user=user)
    try:
        return replace_file(version.file, stored=copied, user=user, name=version.name)
    except DomainError:
        delete_stored_file(copied)
        raise


@transaction.atomic
def record_version_download(version: FileVersion, *, user: User, visit: Visit) -> None:
    """Writes that somebody of the firm downloaded an earlier version."""
    event = build_event(version.file.dossier, EventKind.DOWNLOADED, actor=user, file=version.file, visit=visit)
    event.file_version = version.number
    event.save()


def _bare(name: str, former: str, new: str) -> str:
    """Returns a file's name without its extension when the new bytes have another."""
    extension = former.rpartition(".")[2]
    same = extension.lower() == new.rpartition(".")[2].lower()
    return name if same or "." not in former else name.removesuffix(f".{extension}")
