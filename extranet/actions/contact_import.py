"""Importing contacts: a checked file, columns matched by a person, a trial line by line, then the import itself."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from extranet.actions.contact_import_line import Counts, Importer, Planner
from extranet.enums import ImportState
from extranet.importers.contacts import as_columns
from extranet.importers.table import Head, Line, open_table, read_head
from extranet.models import ContactImport
from kernel.errors import DomainError
from kernel.jobs import firm_job, periodic
from storage.actions.files import claim, delete_stored_file, store_upload
from storage.backends import firm_storage
from storage.models import StoredFile
from tenants.actions.daily import enqueue_daily

logger = structlog.get_logger(__name__)

#: How long an import and its file are kept.
KEEP_DAYS = 30
#: How many lines are done between two looks at the progress; those of an import stand or fall together.
BATCH = 50
#: The errors that are kept; those beyond are counted.
MAX_ERRORS = 5_000


def start_import(upload: "UploadedFile[Any]", *, user: User) -> ContactImport:
    """Returns a new import of an uploaded table that can be read.

    Call it outside a transaction, as store_upload. Raises DomainError (see importers.table and store_upload) or
    StorageUnavailable; then nothing is kept.
    """
    read_head(Path(upload.temporary_file_path()))  # type: ignore[attr-defined]
    stored = claim(store_upload(upload, user=user))
    return ContactImport.objects.create(stored=stored, created_by=user)


def head_of(entry: ContactImport) -> Head:
    """Returns the titles and first lines of an import's file; raises DomainError when they cannot be read."""
    with _local(entry) as path:
        return read_head(path)


@transaction.atomic
def match_columns(entry: ContactImport, columns: Mapping[str, int], *, send_codes: bool, language: str) -> None:
    """Takes what column fills which field, and has the lines tried; raises DomainError `import_under_way`."""
    entry = _locked(entry)
    if entry.state in {ImportState.IMPORTING, ImportState.DONE}:
        raise DomainError("import_under_way", _("This import has begun: its columns can no longer be changed."))
    entry.columns, entry.send_codes, entry.state = dict(columns), send_codes, ImportState.CHECKING
    _reset(entry)
    entry.save()
    check_import.enqueue(import_id=entry.pk, language=language, lock=f"import-{entry.pk}")


@transaction.atomic
def begin_import(entry: ContactImport, *, language: str, firm_name: str, link: str, contact_language: str) -> None:
    """Has the checked lines imported, or goes on with what stopped; raises DomainError `import_not_checked`."""
    entry = _locked(entry)
    if entry.state == ImportState.CHECKED:
        entry.state = ImportState.IMPORTING
        _reset(entry)
        entry.save()
    elif entry.state != ImportState.IMPORTING:
        raise DomainError("import_not_checked", _("This import is not ready."))
    run_import.enqueue(
        import_id=entry.pk,
        language=language,
        firm_name=firm_name,
        link=link,
        contact_language=contact_language,
        lock=f"import-{entry.pk}",
        once=f"import-{entry.pk}",
    )


@transaction.atomic
def remove_import(entry: ContactImport) -> None:
    """Removes an import and its file; the contacts that it made stay."""
    stored = entry.stored
    entry.delete()
    delete_stored_file(stored)


@firm_job()
def check_import(*, import_id: int, language: str) -> None:
    """Tries every line without writing anything, and tells what would become of it."""
    entry = ContactImport.objects.select_related("stored").filter(pk=import_id, state=ImportState.CHECKING).first()
    if entry is None:
        return
    with translation.override(language):
        _reset(entry)
        try:
            counts = _check(entry)
        except DomainError as error:
            _fail(entry, error)
        else:
            _take(entry, counts)
            entry.state = ImportState.CHECKED
            _save_progress(entry, state=True)


@firm_job()
def run_import(*, import_id: int, language: str, firm_name: str, link: str, contact_language: str) -> None:
    """Imports the lines that are not done yet; a batch and the note that it is done are written together."""
    entry = ContactImport.objects.select_related("stored").filter(pk=import_id, state=ImportState.IMPORTING).first()
    if entry is None:
        return
    with translation.override(language):
        importer = Importer(
            send_codes=entry.send_codes, firm_name=firm_name, link=link, contact_language=contact_language
        )
        try:
            entry = _import(entry, importer)
        except DomainError as error:
            _fail(entry, error)
        else:
            entry.state = ImportState.DONE
            _save_progress(entry, state=True)
            logger.info("contacts_imported", created=entry.created, updated=entry.updated, refused=entry.refused)


@periodic("23 4 * * *")
def clean_imports() -> None:
    """Has each firm's old imports removed, by one job a firm."""
    enqueue_daily(remove_old_imports)


@firm_job()
def remove_old_imports() -> int:
    """Removes the firm's imports of more than KEEP_DAYS ago with their files, and returns how many there were."""
    before = timezone.now() - timedelta(days=KEEP_DAYS)
    old = list(ContactImport.objects.select_related("stored").filter(created_at__lt=before))
    for entry in old:
        remove_import(entry)
    return len(old)


def _check(entry: ContactImport) -> Counts:
    planner, counts = Planner(), Counts()
    with _local(entry) as path, open_table(path) as table:
        columns = as_columns(entry.columns)
        for batch in _batches(table.lines):
            for plan in planner.plan(batch, columns):
                counts.add(plan.outcome, plan.errors, plan.line.number)
            if counts.lines % (4 * BATCH) == 0:
                ContactImport.objects.filter(pk=entry.pk).update(lines=counts.lines, done=counts.lines)
    return counts


def _import(entry: ContactImport, importer: Importer) -> ContactImport:
    planner = Planner()
    with _local(entry) as path, open_table(path) as table:
        columns = as_columns(entry.columns)
        position = 0
        for batch in _batches(table.lines):
            position += len(batch)
            with transaction.atomic():
                entry = _locked(entry)
                # of what was done before this job was run again, only e-mails are remembered
                done = max(0, entry.done - (position - len(batch)))
                planner.skip(batch[:done], columns)
                if done >= len(batch):
                    continue
                counts = Counts()
                for plan in planner.plan(batch[done:], columns):
                    outcome, errors = importer.do(plan)
                    counts.add(outcome, errors, plan.line.number)
                _take(entry, counts)
                _save_progress(entry)
        entry.done = entry.lines = position
    return entry


def _batches(lines: Iterator[Line]) -> Iterator[list[Line]]:
    batch: list[Line] = []
    for line in lines:
        batch.append(line)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _take(entry: ContactImport, counts: Counts) -> None:
    entry.done += counts.lines
    entry.lines = max(entry.lines, entry.done)
    entry.created += counts.created
    entry.updated += counts.updated
    entry.refused += counts.refused
    entry.errors = [*entry.errors, *counts.errors][:MAX_ERRORS]


def _reset(entry: ContactImport) -> None:
    entry.done = entry.created = entry.updated = entry.refused = 0
    entry.errors, entry.problem = [], ""
    if entry.state == ImportState.CHECKING:
        entry.lines = 0


def _save_progress(entry: ContactImport, *, state: bool = False) -> None:
    fields = ["done", "lines", "created", "updated", "refused", "errors"]
    entry.save(update_fields=[*fields, "state"] if state else fields)


def _fail(entry: ContactImport, error: DomainError) -> None:
    ContactImport.objects.filter(pk=entry.pk).update(state=ImportState.FAILED, problem=str(error)[:300])


def _locked(entry: ContactImport) -> ContactImport:
    return ContactImport.objects.select_related("stored").select_for_update(of=("self",)).get(pk=entry.pk)


@contextmanager
def _local(entry: ContactImport) -> Iterator[Path]:
    """Gives the file on this machine's disk, where it can be read in any order."""
    stored: StoredFile = entry.stored
    with tempfile.NamedTemporaryFile(suffix=".table", dir=settings.FILE_UPLOAD_TEMP_DIR) as file:
        for data in firm_storage().stream(stored.key):
            file.write(data)
        file.flush()
        yield Path(file.name)
