"""A dossier as a zip that other software, or nobody but a person, can read again without us.

`manifest.json` is of the format `diagdesk-dossier`, version 1: what a dossier says, its people, diagnostics, accesses,
steps, documents asked and history; `files` names each file of the zip by its path, size and SHA-256 sum. Texts that say
nothing are empty, what is not known is null; days and moments are ISO 8601, amounts are euros with VAT.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from extranet.models import (
    Diagnostic,
    Dossier,
    DossierAccess,
    DossierFile,
    DossierStep,
    FileVersion,
    GuestLink,
    RequestedDocument,
    SentDocument,
)
from extranet.queries.dossier_file import files_present
from extranet.queries.history import dossier_events
from storage.archive import safe_paths
from storage.models import StoredFile
from tenants.links import here_url
from themes.models import current_branding

FORMAT, VERSION = "diagdesk-dossier", 1
MANIFEST = "manifest.json"
_PROPERTY = ("property_kind", "street", "street_extra", "postcode", "city", "cadastre", "latitude", "longitude")
_DIAGNOSTIC = (
    "kind",
    "performed_on",
    "finding",
    "conclusion",
    "energy_letter",
    "energy_value",
    "climate_letter",
    "climate_value",
    "ademe_number",
    "expires_on",
)


@dataclass(frozen=True)
class DossierExport:
    """The files of the zip under their paths, and the text of its manifest."""

    files: list[tuple[StoredFile, str]]
    manifest: str


@dataclass(frozen=True)
class _Part:
    """A file of the zip and what is said of it."""

    stored: StoredFile
    folder: str
    name: str
    facts: dict[str, Any]


def export_dossier(dossier: Dossier) -> DossierExport:
    """Returns a dossier with its files, former versions and what clients sent: a query for each kind of thing."""
    parts = [*_files(dossier), *_sent(dossier)]
    paths = safe_paths(f"{part.folder}/{part.name}" for part in parts)
    document = {
        "format": FORMAT,
        "version": VERSION,
        "firm": current_branding().site_name,
        "dossier": _heading(dossier),
        "property": {name: _plain(getattr(dossier, name)) for name in _PROPERTY},
        "people": _people(dossier),
        "payment": {
            "amount": _plain(dossier.amount),
            "state": dossier.payment_state,
            "payer": dossier.payer,
            "payer_name": dossier.payer_name,
            "changed_at": _plain(dossier.payment_changed_at),
        },
        "diagnostics": _rows(Diagnostic.objects.filter(dossier=dossier), _DIAGNOSTIC),
        "accesses": _accesses(dossier),
        "occasional_accesses": _rows(
            GuestLink.objects.filter(dossier=dossier).order_by("id"),
            ("email", "name", "created_at", "expires_at", "revoked_at", "last_used_at", "uses"),
        ),
        "steps": _rows(DossierStep.objects.filter(dossier=dossier), ("name", "visibility", "done_at", "done_by")),
        "requests": _rows(
            RequestedDocument.objects.filter(dossier=dossier),
            ("code", "kind", "label", "note", "due_on", "state", "reason", "answered_at"),
        ),
        "history": _rows(
            list(dossier_events(dossier))[::-1],
            ("at", "kind", "actor_name", "subject", "by_client", "address", "user_agent"),
        ),
        "files": [
            {
                "path": path,
                "size": part.stored.size,
                "sha256": part.stored.sha256,
                "content_type": part.stored.content_type,
                **part.facts,
            }
            for part, path in zip(parts, paths, strict=True)
        ],
    }
    return DossierExport(
        files=[(part.stored, path) for part, path in zip(parts, paths, strict=True)],
        manifest=json.dumps(document, ensure_ascii=False, indent=1),
    )


def _heading(dossier: Dossier) -> dict[str, Any]:
    names = ("code", "external_id", "reference", "title", "comments", "transaction", "visited_on", "expires_on")
    moments = ("created_at", "updated_at", "notified_at", "archived_at", "deleted_at")
    found = {name: _plain(getattr(dossier, name)) for name in (*names, *moments)}
    return found | {"address": here_url("dossier-detail", dossier.code)}


def _people(dossier: Dossier) -> dict[str, dict[str, str]]:
    names = {"owner": ("name", "email", "phone"), "orderer": ("name", "email"), "occupant": ("name", "phone")}
    return {who: {name: getattr(dossier, f"{who}_{name}") for name in of} for who, of in names.items()}


def _accesses(dossier: Dossier) -> list[dict[str, Any]]:
    rows = DossierAccess.objects.filter(dossier=dossier).select_related("contact__user").order_by("id")
    return [
        {
            "contact": access.contact.code,
            "external_id": access.contact.external_id,
            "name": access.contact.name,
            "company": access.contact.company,
            "email": access.contact.user.email,
            "kind": access.kind,
            "download_state": access.download_state,
            "notified_at": _plain(access.notified_at),
            "created_at": _plain(access.created_at),
        }
        for access in rows
    ]


def _files(dossier: Dossier) -> Iterable[_Part]:
    present = list(files_present(dossier).select_related("stored"))
    for file in present:
        yield _Part(file.stored, "files", file.name, _facts(file) | {"version": file.version, "is_current": True})
    versions = (
        FileVersion.objects.filter(file__in=present).select_related("stored", "file").order_by("file_id", "number")
    )
    for former in versions:
        facts = {"version": former.number, "is_current": False, "replaced_at": _plain(former.replaced_at)}
        yield _Part(former.stored, f"versions/{former.number}", former.name, _facts(former.file) | facts)


def _facts(file: DossierFile) -> dict[str, Any]:
    names = ("code", "external_id", "kind", "visibility", "title", "comment", "created_at")
    return {"of": "dossier"} | {name: _plain(getattr(file, name)) for name in names}


def _sent(dossier: Dossier) -> Iterable[_Part]:
    rows = SentDocument.objects.filter(request__dossier=dossier).select_related("stored", "request").order_by("id")
    for sent in rows:
        facts = {"of": "request", "code": sent.code, "request": sent.request.code}
        told = {"sent_by": sent.sent_by, "created_at": _plain(sent.sent_at)}
        yield _Part(sent.stored, "documents", sent.name, facts | told)


def _rows(rows: Iterable[Any], names: Iterable[str]) -> list[dict[str, Any]]:
    wanted = tuple(names)
    return [{name: _plain(getattr(row, name)) for name in wanted} for row in rows]


def _plain(value: Any) -> Any:
    """Returns a value as JSON has it; amounts stay exact as texts."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float) else str(value)
