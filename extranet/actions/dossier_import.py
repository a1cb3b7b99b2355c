"""Importing dossiers from the desktop software: all is read before anything is written, then each comes in whole."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from extranet.actions.dossier_import_line import Result, Wishes, carry_out
from extranet.actions.dossier_import_plan import DossierPlan, Planner
from extranet.actions.dossier_life import delete_dossiers
from extranet.enums_import import DossierImportState, ImportOutcome
from extranet.importers.liciel import DossierFolder, find_dossiers, open_sources
from extranet.models import Dossier, DossierImport, DossierImportFile, DossierImportLine
from kernel.errors import DomainError
from kernel.jobs import firm_job, periodic
from storage.actions.files import claim, delete_stored_file
from storage.backends import firm_storage
from storage.models import StoredFile
from tenants.actions.daily import enqueue_daily

logger = structlog.get_logger(__name__)

#: How long the report of an import is kept; its archives go when it is done.
KEEP_DAYS = 30
_BATCH = 50
#: Imports of a firm come one after the other: two of the same dossier would meet.
_LOCK = "dossier-import"
_MAX_ERROR = 500

#: A folder or ZIP, and what it is called.
type Source = tuple[Path, str]


@transaction.atomic
def start_dossier_import(stored: Sequence[StoredFile], *, user: User, language: str) -> DossierImport:
    """Returns a new import of uploaded archives, which a job reads; raises DomainError `no_file` or `upload_gone`."""
    if not stored:
        raise DomainError("no_file", _("Choose a file first."))
    names = ", ".join(file.name for file in stored)
    entry = DossierImport.objects.create(name=names[:300], created_by=user)
    for position, file in enumerate(stored, 1):
        DossierImportFile.objects.create(entry=entry, stored=claim(file), position=position)
    read_import.enqueue(import_id=entry.pk, language=language, lock=_LOCK)
    return entry


@transaction.atomic
def begin_dossier_import(
    entry: DossierImport,
    *,
    give_access: bool,
    notify: bool,
    language: str,
    firm_name: str,
    login_link: str,
    contact_language: str,
) -> None:
    """Has what was read imported, or goes on with what stopped; raises DomainError `import_not_ready`."""
    entry = _locked(entry)
    if entry.state == DossierImportState.READ:
        begin_lines(entry, give_access=give_access, notify=notify)
    elif entry.state != DossierImportState.RUNNING:
        raise DomainError("import_not_ready", _("This import is not ready."))
    run_import.enqueue(
        import_id=entry.pk,
        language=language,
        firm_name=firm_name,
        login_link=login_link,
        contact_language=contact_language,
        lock=_LOCK,
        once=f"dossier-import-{entry.pk}",
    )


@transaction.atomic
def remove_dossier_import(entry: DossierImport) -> None:
    """Removes an import with its report and archives; the dossiers stay. Raises DomainError `import_under_way`."""
    entry = _locked(entry)
    if entry.state == DossierImportState.RUNNING:
        raise DomainError("import_under_way", _("This import is under way."))
    _remove_archives(entry)
    entry.delete()


@transaction.atomic
def undo_dossier_import(entry: DossierImport, *, user: User) -> int:
    """Returns how many dossiers that this import made are now in the bin; those that it changed stay as they are.

    Raises DomainError `import_not_done`.
    """
    entry = _locked(entry)
    if entry.state != DossierImportState.DONE:
        raise DomainError("import_not_done", _("This import is not done."))
    made = Dossier.objects.filter(
        pk__in=entry.found.filter(outcome=ImportOutcome.CREATED, dossier__isnull=False).values("dossier")
    )
    moved = delete_dossiers(made, user=user)
    entry.undone_at = timezone.now()
    entry.save(update_fields=["undone_at"])
    return len(moved)


@firm_job()
def read_import(*, import_id: int, language: str) -> None:
    """Reads every folder without writing any dossier, and tells what would become of it."""
    entry = DossierImport.objects.filter(pk=import_id, state=DossierImportState.READING).first()
    if entry is not None:
        with translation.override(language), _archives(entry) as sources:
            read_lines(entry, sources)


@firm_job()
def run_import(*, import_id: int, language: str, firm_name: str, login_link: str, contact_language: str) -> None:
    """Imports the folders that are not done yet; a dossier and the note that it is done are written together."""
    entry = DossierImport.objects.filter(pk=import_id, state=DossierImportState.RUNNING).first()
    if entry is None:
        return
    wishes = Wishes(entry.give_access, entry.notify, firm_name, login_link, contact_language)
    with translation.override(language), _archives(entry) as sources:
        run_lines(entry, sources, wishes=wishes)
    with transaction.atomic():
        _remove_archives(entry)


@periodic("53 4 * * *")
def clean_dossier_imports() -> None:
    """Has each firm's old imports removed, by one job a firm."""
    enqueue_daily(remove_old_dossier_imports)


@firm_job()
def remove_old_dossier_imports() -> int:
    """Removes the reports of more than KEEP_DAYS ago, with archives that nobody imported; returns how many."""
    before = timezone.now() - timedelta(days=KEEP_DAYS)
    old = list(DossierImport.objects.filter(created_at__lt=before).exclude(state=DossierImportState.RUNNING))
    for entry in old:
        remove_dossier_import(entry)
    return len(old)


def read_lines(entry: DossierImport, sources: Iterable[Source]) -> DossierImport:
    """Returns the import with a line for each folder in these sources, and what would become of it."""
    entry.found.all().delete()
    planner, waiting, position = Planner(), list[DossierImportLine](), 0
    counts = dict.fromkeys(ImportOutcome, 0)
    broken: list[str] = []
    for folder in _folders(sources, broken):
        position += 1
        plan = planner.plan(folder)
        counts[plan.outcome] += 1
        waiting.append(_line(entry, position, plan))
        if len(waiting) >= _BATCH:
            DossierImportLine.objects.bulk_create(waiting)
            waiting.clear()
            DossierImport.objects.filter(pk=entry.pk).update(lines=position)
    DossierImportLine.objects.bulk_create(waiting)
    entry.lines, entry.done = position, 0
    for outcome, count in counts.items():
        setattr(entry, outcome.value, count)
    entry.state = DossierImportState.READ
    if position == len(broken):
        # no folder at all: the reason stands alone
        entry.state = DossierImportState.FAILED
        text = _("No dossier was found: a folder of one holds XML/Table_General_Bien.xml.")
        entry.problem = (broken[0] if broken else text)[:300]
    entry.save()
    return entry


def begin_lines(entry: DossierImport, *, give_access: bool, notify: bool) -> None:
    """Marks an import as begun; what the reading refused is done."""
    entry.give_access, entry.notify, entry.state = give_access, notify, DossierImportState.RUNNING
    entry.created = entry.updated = entry.unchanged = 0
    entry.refused = entry.done = entry.found.filter(outcome=ImportOutcome.REFUSED).update(is_done=True)
    entry.save()


def run_lines(entry: DossierImport, sources: Iterable[Source], *, wishes: Wishes) -> DossierImport:
    """Returns the import, done: every folder of these sources that was not done yet now is.

    Without whoever began it, it fails. Raises StorageUnavailable; what is done stays.
    """
    user = entry.created_by
    if user is None:
        _fail(entry, _("Who began this import is no longer there."))
        return entry
    waiting = {line.position: line for line in entry.found.filter(is_done=False)}
    planner = Planner()
    for position, folder in enumerate(_folders(sources, []), 1):
        line = waiting.get(position)
        if line is None:
            continue
        plan = planner.plan(folder)
        carry_out(plan, user=user, wishes=wishes, then=partial(_note, line, plan))
    entry.refresh_from_db()
    entry.state, entry.finished_at = DossierImportState.DONE, timezone.now()
    entry.save(update_fields=["state", "finished_at"])
    logger.info("dossiers_imported", created=entry.created, updated=entry.updated, refused=entry.refused)
    return entry


def _note(line: DossierImportLine, plan: DossierPlan, result: Result) -> None:
    """Writes what became of a folder, in the transaction of its dossier."""
    with transaction.atomic():
        line.outcome, line.dossier, line.is_done = result.outcome, result.dossier, True
        line.error, line.warnings, line.changes = result.error[:_MAX_ERROR], result.warnings, list(plan.changes)
        line.save()
        outcome = result.outcome.value
        counted: dict[str, Any] = {"done": F("done") + 1, outcome: F(outcome) + 1}
        DossierImport.objects.filter(pk=line.entry_id).update(**counted)


def _line(entry: DossierImport, position: int, plan: DossierPlan) -> DossierImportLine:
    found = plan.found
    return DossierImportLine(
        entry=entry,
        position=position,
        place=plan.folder.place,
        folder=plan.folder.name,
        reference=found.reference if found is not None else "",
        title=str(plan.dossier or plan.fields.get("title", ""))[:200],
        outcome=plan.outcome,
        changes=list(plan.changes),
        warnings=list(plan.warnings),
        error=plan.error[:_MAX_ERROR],
        dossier=plan.dossier,
    )


def _folders(sources: Iterable[Source], broken: list[str]) -> Iterator[DossierFolder]:
    """Yields the folders of all sources; one that cannot be read is a folder with that problem, noted in `broken`."""
    for path, name in sources:
        try:
            with open_sources(path, name=name) as source:
                yield from find_dossiers(source)
        except DomainError as error:
            broken.append(str(error))
            yield DossierFolder(name[:200], name, False, {}, str(error))


@contextmanager
def _archives(entry: DossierImport) -> Iterator[Iterator[Source]]:
    """Gives the archives one after the other on this machine's disk, where they can be read in any order."""
    with ExitStack() as stack:

        def each() -> Iterator[Source]:
            for one in entry.files.select_related("stored"):
                stack.close()  # the one before
                file = stack.enter_context(
                    tempfile.NamedTemporaryFile(suffix=".zip", dir=settings.FILE_UPLOAD_TEMP_DIR)
                )
                for data in firm_storage().stream(one.stored.key):
                    file.write(data)
                file.flush()
                yield Path(file.name), one.stored.name

        yield each()


def _remove_archives(entry: DossierImport) -> None:
    files = list(entry.files.select_related("stored"))
    entry.files.all().delete()
    for file in files:
        delete_stored_file(file.stored)


def _fail(entry: DossierImport, problem: str) -> None:
    entry.state, entry.problem = DossierImportState.FAILED, problem[:300]
    entry.save(update_fields=["state", "problem"])


def _locked(entry: DossierImport) -> DossierImport:
    return DossierImport.objects.select_for_update().get(pk=entry.pk)
