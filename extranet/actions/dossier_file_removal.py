"""Taking a file out of its dossier, putting it back, and its end."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from extranet.actions.dossier_file import lock_file
from extranet.actions.downloads import refresh_download_states
from extranet.actions.history import build_event
from extranet.actions.search import refresh_dossiers
from extranet.actions.unpaid import follow_files
from extranet.enums import EventKind
from extranet.models import Dossier, DossierFile
from extranet.queries.dossier_file import files_present
from kernel.errors import DomainError
from kernel.jobs import firm_job, periodic
from storage.actions.files import delete_stored_file
from tenants.actions.daily import enqueue_daily

logger = structlog.get_logger(__name__)

#: How long a removed file can be put back.
REMOVED_DAYS = 30


@transaction.atomic
def remove_file(file: DossierFile, *, user: User) -> DossierFile:
    """Returns the file, taken out of its dossier: nobody sees it, and for REMOVED_DAYS it can be put back."""
    locked = lock_file(file)
    locked.deleted_at = timezone.now()
    locked.save(update_fields=["deleted_at"])
    build_event(locked.dossier, EventKind.FILE_REMOVED, actor=user, file=locked).save()
    refresh_dossiers([locked.dossier_id])
    refresh_download_states(locked.dossier)
    return locked


@transaction.atomic
def restore_file(file: DossierFile, *, user: User) -> DossierFile:
    """Returns a removed file, back in its place with its downloads.

    Raises DomainError `file_gone` when it is no longer among the removed, `twin_file` when its bytes came in again.
    """
    Dossier.objects.select_for_update().get(pk=file.dossier_id)
    removed = DossierFile.objects.select_for_update(of=("self",)).select_related("stored", "dossier")
    locked = removed.filter(pk=file.pk, deleted_at__isnull=False).first()
    if locked is None:
        raise DomainError("file_gone", _("This file is no longer among the removed ones."))
    twin = files_present(locked.dossier).filter(stored__sha256=locked.stored.sha256).first()
    if twin is not None:
        raise DomainError("twin_file", _("“%(name)s” of this dossier is the same file.") % {"name": twin.label})
    locked.deleted_at = None
    locked.save(update_fields=["deleted_at"])
    build_event(locked.dossier, EventKind.FILE_RESTORED, actor=user, file=locked).save()
    refresh_dossiers([locked.dossier_id])
    refresh_download_states(locked.dossier)
    follow_files(locked.dossier)
    return locked


@periodic("23 3 * * *")
def sweep_removed_files() -> None:
    """Has each firm's long removed files deleted, by one job a firm so that no firm waits for another."""
    enqueue_daily(delete_removed_files)


@firm_job()
def delete_removed_files() -> int:
    """Deletes the files that were removed REMOVED_DAYS ago, all their versions and bytes; returns how many."""
    count = 0
    stale = DossierFile.objects.filter(deleted_at__lt=timezone.now() - timedelta(days=REMOVED_DAYS))
    for primary_key in list(stale.values_list("pk", flat=True)):
        with transaction.atomic():
            # read again under a lock: it may have been put back since
            file = stale.select_for_update(of=("self",), skip_locked=True).filter(pk=primary_key).first()
            if file is not None:
                _delete_for_good(file)
                count += 1
    if count:
        logger.info("removed_files_deleted", count=count)
    return count


def _delete_for_good(file: DossierFile) -> None:
    stored = [file.stored, *(version.stored for version in file.versions.select_related("stored"))]
    # the rows that hold on to the bytes go first
    file.delete()
    for one in stored:
        delete_stored_file(one)
