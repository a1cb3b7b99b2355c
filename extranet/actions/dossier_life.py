"""The end of a dossier: archive, bin, deletion for good, and the firm's rule of retention."""

from collections.abc import Callable, Iterable
from datetime import timedelta

import structlog
from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import User
from extranet.actions.history import build_event
from extranet.actions.webhook_emit import dossier_data, emit
from extranet.enums import EventKind, PaymentState
from extranet.models import (
    Dossier,
    DossierEvent,
    DossierFile,
    DossierTrace,
    FileVersion,
    PortalSettings,
    SentDocument,
)
from extranet.queries.home import forget_figures
from kernel.jobs import firm_job, periodic
from storage.actions.files import delete_stored_file
from storage.models import StoredFile
from tenants.actions.daily import enqueue_daily

logger = structlog.get_logger(__name__)

#: How long a deleted dossier waits in the bin.
BIN_DAYS = 30
_BATCH = 200


@transaction.atomic
def archive_dossiers(dossiers: Iterable[Dossier], *, user: User | None) -> list[Dossier]:
    """Returns those that were not archived yet: now out of the lists, still there for whoever may read them."""
    return _move(dossiers, "archived_at", filled=True, kind=EventKind.ARCHIVED, user=user)


@transaction.atomic
def restore_dossiers(dossiers: Iterable[Dossier], *, user: User) -> list[Dossier]:
    """Returns those that were archived: now back in the lists."""
    return _move(dossiers, "archived_at", filled=False, kind=EventKind.RESTORED, user=user)


@transaction.atomic
def delete_dossiers(dossiers: Iterable[Dossier], *, user: User | None) -> list[Dossier]:
    """Returns those that were not in the bin yet: now nobody sees them, and a job deletes them after BIN_DAYS."""
    return _move(dossiers, "deleted_at", filled=True, kind=EventKind.DELETED, user=user)


@transaction.atomic
def undelete_dossiers(dossiers: Iterable[Dossier], *, user: User) -> list[Dossier]:
    """Returns those that were in the bin: now where they were before."""
    return _move(dossiers, "deleted_at", filled=False, kind=EventKind.UNDELETED, user=user)


def _move(
    dossiers: Iterable[Dossier], column: str, *, filled: bool, kind: EventKind, user: User | None
) -> list[Dossier]:
    keys = [dossier.pk for dossier in dossiers]
    found = Dossier.objects.select_for_update().filter(pk__in=keys, **{f"{column}__isnull": filled}).order_by("pk")
    moved = list(found)
    for dossier in moved:
        setattr(dossier, column, timezone.now() if filled else None)
        changed = [column, "updated_at"]
        if column == "deleted_at":
            dossier.deleted_by = str(user or "")[:120] if filled else ""
            changed.append("deleted_by")
        dossier.save(update_fields=changed)
        build_event(dossier, kind, actor=user, subject=dossier.title).save()
    if moved:
        forget_figures()
    if kind == EventKind.DELETED:
        emit("dossier.deleted", moved, dossier_data)
    else:
        emit("dossier.updated", moved, lambda each: {**dossier_data(each), "changed": [column]})
    return moved


@transaction.atomic
def purge_dossier(dossier: Dossier) -> DossierTrace:
    """Deletes a dossier of the bin for good, its files' bytes too, and returns the trace that stays."""
    locked = Dossier.objects.select_for_update().get(pk=dossier.pk, deleted_at__isnull=False)
    stored = StoredFile.objects.filter(
        pk__in=[
            *DossierFile.objects.filter(dossier=locked).values_list("stored_id", flat=True),
            *FileVersion.objects.filter(file__dossier=locked).values_list("stored_id", flat=True),
            *SentDocument.objects.filter(request__dossier=locked).values_list("stored_id", flat=True),
        ]
    )
    objects = list(stored)
    assert locked.deleted_at is not None
    last = DossierEvent.objects.filter(dossier=locked, kind=EventKind.DELETED).order_by("-at").first()
    trace = DossierTrace.objects.create(
        dossier_code=locked.code,
        reference=locked.reference,
        title=locked.title,
        dossier_created_at=locked.created_at,
        deleted_at=locked.deleted_at,
        deleted_by=locked.deleted_by,
        by_rule=last is not None and not last.actor_name,
        file_count=len(objects),
    )
    locked.delete()
    for one in objects:
        delete_stored_file(one)
    return trace


@periodic("41 2 * * *")
def keep_retention() -> None:
    """Has each firm's bin emptied and its rule of retention kept, by one job a firm."""
    enqueue_daily(apply_retention)


@firm_job()
def apply_retention() -> None:
    """Archives and deletes what the firm's rule says, and empties its bin of what has waited BIN_DAYS."""
    now = timezone.now()
    rule = PortalSettings.objects.get(pk=1)
    here = Dossier.objects.filter(deleted_at__isnull=True)
    if rule.archive_after_months:
        old = now - relativedelta(months=rule.archive_after_months)
        # what is not paid stays in sight, and so does what a person took out of the archive
        restored = DossierEvent.objects.filter(dossier=OuterRef("pk"), kind=EventKind.RESTORED)
        done = here.filter(~Exists(restored), archived_at__isnull=True, created_at__lt=old)
        done = done.exclude(payment_state=PaymentState.UNPAID)
        _in_batches(archive_dossiers, done)
    if rule.delete_after_months:
        old = now - relativedelta(months=rule.delete_after_months)
        _in_batches(delete_dossiers, here.filter(archived_at__lt=old))
    stale = Dossier.objects.filter(deleted_at__lt=now - timedelta(days=BIN_DAYS)).order_by("pk")
    for primary_key in list(stale.values_list("pk", flat=True)):
        with transaction.atomic():
            # read again under a lock: it may have been taken out of the bin since
            dossier = stale.select_for_update(skip_locked=True).filter(pk=primary_key).first()
            if dossier is not None:
                purge_dossier(dossier)
                logger.info("dossier_purged", dossier_id=primary_key)


def _in_batches(action: Callable[..., list[Dossier]], dossiers: QuerySet[Dossier]) -> None:
    keys = list(dossiers.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), _BATCH):
        action(Dossier.objects.filter(pk__in=keys[start : start + _BATCH]), user=None)
