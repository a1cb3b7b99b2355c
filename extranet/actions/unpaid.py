"""What follows when a dossier becomes unpaid or the firm's rules change: copies are made ahead, old addresses end."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from extranet.actions.contact_access import write_for_each
from extranet.enums import EventKind, PaymentState
from extranet.models import Contact, Dossier, DossierFile, PortalSettings
from extranet.queries.settings import portal_settings, stamp_of
from extranet.queries.unpaid import copies_due, copies_missing, dossiers_read_by
from kernel.jobs import firm_job
from storage.actions.files import delete_stored_file
from storage.actions.stamping import prepare_stamp, rekey_file
from storage.backends import firm_storage
from storage.models import StoredFile

logger = structlog.get_logger(__name__)

FIELDS = ("block_unpaid", "stamp_unpaid", "stamp_text", "stamp_colour", "stamp_position")
_LOOK = ("stamp_text", "stamp_colour", "stamp_position")
_BATCH = 200
#: An address is as old as its file's hand-over; the clocks of two machines may differ by this.
_CLOCKS = timedelta(seconds=30)


@transaction.atomic
def save_unpaid_rules(values: Mapping[str, Any], *, user: User) -> PortalSettings:
    """Returns the firm's new rules for unpaid dossiers (FIELDS); what follows from them does so in jobs."""
    rules = PortalSettings.objects.select_for_update().get(pk=1)
    before = {name: getattr(rules, name) for name in FIELDS}
    for name in FIELDS:
        setattr(rules, name, values[name])
    rules.save(update_fields=list(FIELDS))
    changed = [name for name in FIELDS if before[name] != values[name]]
    if changed:
        logger.info("unpaid_rules_changed", by=user.pk, fields=changed)
    is_stricter = (rules.block_unpaid and not before["block_unpaid"]) or (
        rules.stamp_unpaid and not (before["stamp_unpaid"] or before["block_unpaid"])
    )
    if is_stricter:
        _end_addresses(None)
    if changed and (rules.stamp_unpaid or rules.block_unpaid):
        prepare_copies.enqueue(once="all")
    return rules


def follow_unpaid(dossiers: Sequence[Dossier]) -> None:
    """Has all done that must follow when dossiers become unpaid: earlier addresses end, copies are made ahead.

    Call it in the transaction that makes them so. Nothing where the firm has no rule.
    """
    rules = portal_settings()
    if dossiers and (rules.stamp_unpaid or rules.block_unpaid):
        _end_addresses([dossier.pk for dossier in dossiers])
        prepare_copies.enqueue(dossier_ids=[dossier.pk for dossier in dossiers])


def follow_files(dossier: Dossier) -> None:
    """Has the copies of an unpaid dossier's files made ahead, after one came in, was replaced or is seen by others."""
    if dossier.payment_state == PaymentState.UNPAID:
        rules = portal_settings()
        if rules.stamp_unpaid or rules.block_unpaid:
            prepare_copies.enqueue(dossier_ids=[dossier.pk], once=f"dossier-{dossier.pk}")


def follow_exemption(contact: Contact, *, user: User | None) -> None:
    """Writes into the unpaid dossiers of a contact that it may read them now, or no longer; then addresses end too."""
    dossiers = list(dossiers_read_by(contact))
    kind = EventKind.EXEMPTED if contact.reads_unpaid else EventKind.EXEMPTION_ENDED
    by = user.pk if user is not None else None
    logger.info("exemption_changed", contact=contact.code, reads_unpaid=contact.reads_unpaid, by=by)
    write_for_each(dossiers, kind, contact=contact, subject=str(contact), user=user)
    if not contact.reads_unpaid:
        follow_unpaid(dossiers)


@firm_job()
def prepare_copies(*, dossier_ids: list[int] | None = None, after: int = 0) -> None:
    """Has the missing copies of some dossiers, or of all that are unpaid, made by a job each, a batch at a time."""
    missing = copies_missing(portal_settings()).filter(pk__gt=after)
    if dossier_ids is not None:
        missing = missing.filter(dossier_id__in=dossier_ids)
    keys = list(missing.values_list("pk", flat=True)[:_BATCH])
    with transaction.atomic():
        for key in keys:
            prepare_copy.enqueue(file_id=key, once=str(key))
        if len(keys) == _BATCH:
            prepare_copies.enqueue(dossier_ids=dossier_ids, after=keys[-1])


@firm_job(queue="documents")
def prepare_copy(*, file_id: int) -> None:
    """Makes the copy of a file under the present look, unless nobody would get it any more."""
    rules = portal_settings()
    file = copies_due(rules).filter(pk=file_id).first()
    if file is not None:
        stamp = stamp_of(rules)
        prepare_stamp(stored_id=file.stored_id, text=stamp.text, colour=stamp.colour, position=stamp.position)


def _end_addresses(dossier_ids: list[int] | None) -> None:
    if firm_storage().address_seconds:
        end_addresses.enqueue(dossier_ids=dossier_ids, asked_at=timezone.now().isoformat())


@firm_job()
def end_addresses(*, dossier_ids: list[int] | None, asked_at: str, after: int = 0) -> None:
    """Moves the files of some dossiers, or of all that are unpaid, by a job each, so that addresses lead nowhere.

    None is handed out any more; a job that comes when the last has ended by itself does nothing.
    """
    if not _may_live(asked_at):
        return
    dossiers = Dossier.objects.filter(payment_state=PaymentState.UNPAID, deleted_at__isnull=True, pk__gt=after)
    if dossier_ids is not None:
        dossiers = dossiers.filter(pk__in=dossier_ids)
    batch = list(dossiers.order_by("pk").values_list("pk", "code")[:_BATCH])
    keys = [pk for pk, _code in batch]
    files = DossierFile.objects.filter(dossier_id__in=keys)
    held = StoredFile.objects.filter(Q(dossier_file__in=files) | Q(file_version__file__in=files))
    with transaction.atomic():
        for stored_id in held.values_list("pk", flat=True):
            end_address.enqueue(stored_id=stored_id, asked_at=asked_at, once=str(stored_id))
        _delete_bound({code for _pk, code in batch})
        if len(batch) == _BATCH:
            end_addresses.enqueue(dossier_ids=dossier_ids, asked_at=asked_at, after=keys[-1])


@firm_job()
def end_address(*, stored_id: int, asked_at: str) -> None:
    """Moves a file, while an address that was handed out before may still open it."""
    if _may_live(asked_at):
        rekey_file(stored_id=stored_id)


def _may_live(asked_at: str) -> bool:
    age = timezone.now() - datetime.fromisoformat(asked_at)
    return age < timedelta(seconds=firm_storage().address_seconds) + _CLOCKS


def _delete_bound(codes: set[str]) -> None:
    """Deletes the complete dossiers that were made; they are made anew when somebody asks."""
    for stored in StoredFile.objects.filter(claimed=False, uploaded_by=None, name__startswith="complete-"):
        if stored.name.split("-")[1] in codes:
            delete_stored_file(stored)
