"""Imports of dossiers for the route matrix and the twins: one that was read, and what an imported dossier came with."""

from collections.abc import Callable
from typing import Any

from accounts.models import User
from extranet.enums_import import DossierImportState, ImportOutcome
from extranet.models import (
    Dossier,
    DossierImport,
    DossierImportFile,
    DossierImportLine,
    ImportedDossier,
    ImportedTable,
)
from kernel.models import FirmModel
from storage.actions.files import claim, store_bytes
from tests.factories.liciel import Liciel, zipped
from tests.storage.builders import upload


def add_import_things(dossier: Dossier, user: User) -> tuple[DossierImport, DossierImport, ImportedTable]:
    """Returns an import that was read, one that made a dossier, and a table that this came with."""
    entry = DossierImport.objects.create(
        name="liciel.zip", state=DossierImportState.READ, lines=1, created=1, created_by=user
    )
    stored = claim(store_bytes(zipped(Liciel()), name="liciel.zip", user=user))
    DossierImportFile.objects.create(entry=entry, stored=stored, position=1)
    DossierImportLine.objects.create(
        entry=entry, position=1, place="liciel.zip/A", folder="A", outcome=ImportOutcome.CREATED
    )
    done = DossierImport.objects.create(
        name="done.zip", state=DossierImportState.DONE, lines=1, done=1, created=1, created_by=user
    )
    DossierImportLine.objects.create(
        entry=done, position=1, place="done.zip/A", folder="A", outcome=ImportOutcome.CREATED, dossier=dossier
    )
    imported = ImportedDossier.objects.create(dossier=dossier, folder="A", operator_name="Yann")
    return entry, done, ImportedTable.objects.create(imported=imported, name="Table_X.xml", content="<x/>")


def import_arguments(
    entry: DossierImport, done: DossierImport, table: ImportedTable, dossier: Dossier
) -> dict[str, dict[str, object]]:
    """Returns the arguments of the addresses of imports."""
    of_dossier: dict[str, object] = {"code": dossier.code}
    return {
        **{f"dossier-import-{what}": {"code": entry.code} for what in ("detail", "run", "remove")},
        "dossier-import-undo": {"code": done.code},
        "dossier-imported": of_dossier,
        "dossier-imported-table": of_dossier | {"table_code": table.code},
    }


def import_data() -> dict[str, Callable[[], dict[str, Any]]]:
    """Returns what the forms of imports send."""
    return {
        "dossier-import": lambda: {"files": upload(zipped(Liciel()), "liciel.zip")},
        "dossier-import-upload": lambda: {"file": upload(zipped(Liciel()), "liciel.zip")},
    }


def import_rows(
    made: dict[type[FirmModel], Any], word: str, staff: User, content: bytes
) -> dict[type[FirmModel], Callable[[], FirmModel]]:
    """Returns the factories of imports, with one word in their texts (twins.py)."""
    return {
        DossierImport: lambda: DossierImport.objects.create(
            name=f"{word}.zip", state=DossierImportState.DONE, problem=word, created_by=staff, lines=1, created=1
        ),
        DossierImportFile: lambda: DossierImportFile.objects.create(
            entry=made[DossierImport], stored=claim(store_bytes(content + b" import", name=f"{word}.txt", user=staff))
        ),
        DossierImportLine: lambda: DossierImportLine.objects.create(
            entry=made[DossierImport],
            position=1,
            place=word,
            folder=word,
            title=word,
            outcome=ImportOutcome.CREATED,
            warnings=[word],
            dossier=made[Dossier],
        ),
        ImportedDossier: lambda: ImportedDossier.objects.create(
            dossier=made[Dossier],
            folder=word,
            operator_name=word,
            notary_name=word,
            written={"fields": {"title": word}},
        ),
        ImportedTable: lambda: ImportedTable.objects.create(
            imported=made[ImportedDossier], name=f"{word}.xml", content=word
        ),
    }
