"""Five hundred folders of the desktop software imported by one worker, against their rows and bytes written plainly."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.db import connection, models, transaction
from django.utils import translation

from extranet.actions.dossier_import import begin_lines, read_lines, run_lines
from extranet.actions.dossier_import_line import Wishes
from extranet.models import (
    Diagnostic,
    Dossier,
    DossierEvent,
    DossierFile,
    DossierImport,
    DossierImportLine,
    DossierStep,
    ImportedDossier,
    ImportedTable,
)
from kernel.tenancy import firm_context
from storage.backends import firm_storage
from storage.models import StoredFile
from tests.bench.excel_process import memory
from tests.bench.figure import Figure
from tests.bench.firms import add_firm, admin_of, firm_at
from tests.bench.timing import Spent, spent
from tests.bench.world import World
from tests.factories.liciel import NUMBER, Liciel, ademe
from tests.storage.builders import pdf

DOSSIERS = 500
_WARM = 20
_HOST = "liciel"
_MIB = 1024 * 1024
_RESET_PEAK = "5"  # proc_pid_clear_refs(5)
#: By the dossier that they are of: the order in which the plain way writes them.
_TABLES: tuple[tuple[type[models.Model], str], ...] = (
    (Dossier, "id"),
    (StoredFile, "dossier_file__dossier_id"),
    (DossierFile, "dossier_id"),
    (Diagnostic, "dossier_id"),
    (DossierStep, "dossier_id"),
    (DossierEvent, "dossier_id"),
    (ImportedDossier, "dossier_id"),
    (ImportedTable, "imported__dossier_id"),
    (DossierImportLine, "dossier_id"),
)


def measure(world: World) -> Figure:
    """Returns how many dossiers a second of a processor's time are imported from a ZIP.

    Each has two PDFs, a picture, six tables and four diagnostics. The time is the worker's, its PDF probe's and its
    database session's together.
    """
    small, large = _archive(world.folder / "warm.zip", _WARM, "W"), _archive(world.folder / "all.zip", DOSSIERS, "D")
    database = world.copy(world.migrated, "liciel")
    with world.using(database):
        schema = add_firm(_HOST)
        with firm_context(schema), translation.override("fr"):
            _import(small)
            idle = memory("VmRSS")
            Path("/proc/self/clear_refs").write_text(_RESET_PEAK)
            reading, importing = _import(large)
            peak = memory("VmHWM")
            made = Dossier.objects.filter(external_id__startswith="liciel:D")
            assert made.count() == DOSSIERS
            plain = _plain([dossier.pk for dossier in made], world.folder / "plain")
            again, _nothing = _import(large, run=False)
    ratio = importing.cpu / plain.cpu
    return Figure(
        DOSSIERS / importing.cpu,
        goal=20,
        at_least=True,
        notes=(
            (
                f"{DOSSIERS} dossiers of {large.stat().st_size / _MIB:.0f} MiB imported after {importing.wall:.1f} s,"
                f" {importing.cpu:.1f} s of them a processor's"
            ),
            (
                f"the same rows and bytes written plainly, a transaction each: {DOSSIERS / plain.cpu:.0f}/s;"
                f" the import is {ratio:.1f} times that"
            ),
            f"read without writing: {DOSSIERS / reading.cpu:.0f}/s; when all are there: {DOSSIERS / again.cpu:.0f}/s",
            f"MiB at most above the {idle / _MIB:.0f} after {_WARM} dossiers: {(peak - idle) / _MIB:.1f}",
        ),
    )


def _archive(path: Path, count: int, prefix: str) -> Path:
    """Returns a ZIP of folders whose files differ in each, so that none is another's twin."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for rank in range(count):
            number = f"{rank:06d}{NUMBER[6:]}"
            reports = {"DPE.pdf": pdf(2, padding=20_000 + rank), "Facture.pdf": pdf(1, padding=5_000 + rank)}
            dossier = Liciel(bien={"Mission_Num_Dossier": f"{prefix}{rank}"}, dpe=ademe(number), reports=reports)
            for name, content in dossier.files().items():
                archive.writestr(f"Dossiers_2025/{prefix}{rank}/{name}", content)
    return path


def _import(path: Path, *, run: bool = True) -> tuple[Spent, Spent]:
    """Returns what reading an archive took, and what importing it."""
    user = admin_of(firm_at(_HOST))
    entry = DossierImport.objects.create(name=path.name, created_by=user)
    reading = spent(lambda: read_lines(entry, [(path, path.name)]))
    if not run:
        return reading, Spent(0, 0)
    begin_lines(entry, give_access=False, notify=False)
    importing = spent(lambda: run_lines(entry, [(path, path.name)], wishes=Wishes()))
    entry.refresh_from_db()
    assert not entry.refused
    return reading, importing


def _plain(keys: Iterable[int], folder: Path) -> Spent:
    """Returns what it took to write the rows and bytes of these dossiers into tables and a folder like theirs."""
    folder.mkdir()
    with connection.cursor() as cursor:
        for model, _of in _TABLES:
            cursor.execute(f"CREATE TABLE plain_{model._meta.db_table} (LIKE {model._meta.db_table} INCLUDING ALL)")
    work = []
    for key in keys:
        rows = [_inserts(model, model._default_manager.filter(**{of: key}).values_list()) for model, of in _TABLES]
        stored = StoredFile.objects.filter(dossier_file__dossier_id=key)
        work.append((rows, [(file.code, b"".join(firm_storage().stream(file.key))) for file in stored]))

    def write() -> None:
        for rows, contents in work:
            for name, content in contents:
                (folder / name).write_bytes(content)
            with transaction.atomic(), connection.cursor() as cursor:
                for statement, values in rows:
                    cursor.executemany(statement, values)

    return spent(write)


def _inserts(model: type[models.Model], rows: Iterable[tuple[Any, ...]]) -> tuple[str, list[list[Any]]]:
    """Returns the statement that writes rows of a model into the table like its own, and its values."""
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    values = [
        [field.get_db_prep_save(value, connection) for field, value in zip(fields, row, strict=True)] for row in rows
    ]
    return f"INSERT INTO plain_{model._meta.db_table} ({columns}) VALUES ({marks})", values
