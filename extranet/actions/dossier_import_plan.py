"""What an import of a folder would make: a new dossier, changes of one that is there, nothing new, or a refusal."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from extranet.actions.diagnostic import FIELDS as DIAGNOSTIC_FIELDS
from extranet.enums import DiagnosticKind, FileKind
from extranet.enums_import import ImportOutcome
from extranet.importers.liciel import DossierFolder, LicielDossier, read_dossier
from extranet.importers.liciel.conclusions import FoundDiagnostic
from extranet.importers.liciel.source import SourceFile
from extranet.models import Diagnostic, Dossier, DossierFile, ImportedDossier
from extranet.rules import address_on_one_line
from kernel.errors import DomainError

_MOST_ID = 100
_PREFIX = "liciel:"


@dataclass(frozen=True)
class DiagnosticPlan:
    """A diagnostic to be added, or the values to be changed of one that is there."""

    found: FoundDiagnostic
    diagnostic: Diagnostic | None
    values: Mapping[str, Any]


@dataclass(frozen=True)
class FilePlan:
    """A file to be added, or to become the next version of one that is there."""

    file: SourceFile
    external_id: str
    kind: str
    replaces: DossierFile | None = None


@dataclass(frozen=True)
class DossierPlan:
    """What is to be done for one folder."""

    folder: DossierFolder
    outcome: ImportOutcome
    found: LicielDossier | None = None
    external_id: str = ""
    dossier: Dossier | None = None
    record: ImportedDossier | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    diagnostics: Sequence[DiagnosticPlan] = ()
    files: Sequence[FilePlan] = ()
    changes: Sequence[str] = ()
    warnings: Sequence[str] = ()
    error: str = ""

    @property
    def written(self) -> Mapping[str, Any]:
        """What the last import wrote; empty when there was none."""
        return self.record.written if self.record is not None else {}


class Planner:
    """Plans folders in their order, each in a handful of queries; it remembers which dossiers it has met."""

    def __init__(self) -> None:
        self._met: dict[str, str] = {}

    def plan(self, folder: DossierFolder) -> DossierPlan:
        """Returns what is to be done for a folder; nothing is written."""
        try:
            found = read_dossier(folder)
            external_id = external_id_of(found)
            if external_id in self._met:
                text = _("It is in this import already, in “%(folder)s”.") % {"folder": self._met[external_id]}
                raise DomainError("twice", text)
            self._met[external_id] = folder.place
            dossier = _known_dossier(found, external_id)
        except DomainError as error:
            return DossierPlan(folder, ImportOutcome.REFUSED, error=str(error))
        return _new(folder, found, external_id) if dossier is None else _update(folder, found, external_id, dossier)


def external_id_of(found: LicielDossier) -> str:
    """Returns what the software calls a dossier: its folder, else (its archive was called anyhow) its number."""
    name = found.folder if found.is_named or not found.reference else found.reference
    return _identifier(name)


def fields_of(found: LicielDossier) -> dict[str, Any]:
    """Returns what a dossier of the software says of the portal's fields (actions.dossier.FIELDS), where it does."""
    address = address_on_one_line(found.street, found.postcode, found.city)
    values = {
        "reference": found.reference,
        "title": (address or found.owner.name or found.reference or found.folder)[:200],
        "transaction": found.transaction,
        "visited_on": found.visited_on,
        "property_kind": found.property_kind,
        "street": found.street,
        "street_extra": found.street_extra,
        "postcode": found.postcode,
        "city": found.city,
        "cadastre": found.cadastre,
        "owner_name": found.owner.name,
        "owner_email": found.owner.email,
        "owner_phone": found.owner.phone,
        "orderer_name": found.orderer.name,
        "orderer_email": found.orderer.email,
        "occupant_name": found.occupant.name,
        "occupant_phone": found.occupant.phone,
    }
    return {name: value for name, value in values.items() if value}


def diagnostic_values(found: FoundDiagnostic) -> dict[str, Any]:
    """Returns what is said of a diagnostic's fields, where anything is."""
    values = {name: getattr(found, name) for name in DIAGNOSTIC_FIELDS if name not in {"kind", "finding"}}
    return {name: value for name, value in values.items() if value not in {"", None}}


def rest_of(found: LicielDossier) -> str:
    """Returns the sum of what is kept beside the dossier: the operator, the notary and the other tables."""
    digest = hashlib.sha256(repr((asdict(found.operator), asdict(found.notary), found.reported_on)).encode())
    for table in found.raw:
        digest.update(f"\0{table.name}\0{table.content}".encode())
    return digest.hexdigest()


def plain(value: Any) -> Any:
    """Returns a value as JSON keeps it."""
    return value.isoformat() if isinstance(value, date) else value


def files_of(found: LicielDossier) -> list[FilePlan]:
    """Returns all files of a dossier, the main picture last."""
    plans = [FilePlan(one.file, _identifier(one.inside), "") for one in found.reports]
    if found.photo is not None:
        plans.append(FilePlan(found.photo.file, _identifier(found.photo.inside), FileKind.PHOTO))
    return plans


def _known_dossier(found: LicielDossier, external_id: str) -> Dossier | None:
    """Returns the dossier that this one became before, or that has its number and came from nowhere.

    Raises DomainError `in_bin` or `many_alike`.
    """
    names = [external_id, _identifier(found.folder), *([_identifier(found.reference)] if found.reference else [])]
    by_number = Q(external_id="", reference=found.reference, deleted_at__isnull=True) if found.reference else Q(pk=None)
    dossiers = list(Dossier.objects.filter(Q(external_id__in=names) | by_number).order_by("pk")[:20])
    by_name = {one.external_id: one for one in dossiers if one.external_id}
    own = next((by_name[name] for name in names if name in by_name), None)
    if own is not None:
        if own.deleted_at is not None:
            raise DomainError("in_bin", _("This dossier is in the bin: take it out first, or delete it for good."))
        return own
    if len(dossiers) > 1:
        raise DomainError(
            "many_alike",
            _("Several dossiers have the number %(number)s: it is not clear which one this is.")
            % {"number": found.reference},
        )
    return dossiers[0] if dossiers else None


def _new(folder: DossierFolder, found: LicielDossier, external_id: str) -> DossierPlan:
    files = files_of(found)
    return DossierPlan(
        folder,
        ImportOutcome.CREATED,
        found,
        external_id,
        fields=fields_of(found),
        diagnostics=[DiagnosticPlan(one, None, diagnostic_values(one)) for one in found.diagnostics],
        files=files,
        changes=_counted(len(found.diagnostics), len(files)),
        warnings=found.warnings,
    )


def _update(folder: DossierFolder, found: LicielDossier, external_id: str, dossier: Dossier) -> DossierPlan:
    record = ImportedDossier.objects.filter(dossier=dossier).first()
    written: Mapping[str, Any] = record.written if record is not None else {}
    new = fields_of(found)
    fields, kept = _merge(dossier, new, written.get("fields", {}))
    changes = [str(Dossier._meta.get_field(name).verbose_name) for name in new if name in fields]  # type: ignore[union-attr]
    names = [str(Dossier._meta.get_field(name).verbose_name) for name in kept]  # type: ignore[union-attr]
    diagnostics, kept_diagnostics = _diagnostics(dossier, found, written.get("diagnostics", {}))
    names += kept_diagnostics
    changes += [str(DiagnosticKind(plan.found.kind).label) for plan in diagnostics]
    files = _changed_files(dossier, found, written.get("files", {}))
    changes += [plan.file.name for plan in files]
    if written.get("rest") != rest_of(found):
        changes.append(_("other data of the software"))
    warnings = list(found.warnings)
    if names:
        warnings.append(
            _("Changed here and in the software, kept as it is here: %(names)s.") % {"names": ", ".join(names)}
        )
    return DossierPlan(
        folder,
        ImportOutcome.UPDATED if changes else ImportOutcome.UNCHANGED,
        found,
        external_id,
        dossier,
        record,
        fields,
        diagnostics,
        files,
        changes,
        warnings,
    )


def _merge(
    row: Dossier | Diagnostic, new: Mapping[str, Any], written: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """Returns the values to be written, and the names of those that stay because people changed them too.

    What the software says as it did last time changes nothing; what it leaves empty neither.
    """
    values: dict[str, Any] = {}
    kept: list[str] = []
    for name, value in new.items():
        present = plain(getattr(row, name))
        if plain(value) in {present, written.get(name)}:
            continue
        if present in {"", None} or (name in written and present == written[name]):
            values[name] = value
        else:
            kept.append(name)
    return values, kept


def _diagnostics(
    dossier: Dossier, found: LicielDossier, written: Mapping[str, Mapping[str, Any]]
) -> tuple[list[DiagnosticPlan], list[str]]:
    present = {one.code: one for one in Diagnostic.objects.filter(dossier=dossier)}
    free = {code: one for code, one in present.items() if code not in {each.get("code") for each in written.values()}}
    plans: list[DiagnosticPlan] = []
    kept: list[str] = []
    for one in found.diagnostics:
        values = diagnostic_values(one)
        last = written.get(one.key)
        if last is None:
            match = next((each for each in free.values() if each.kind == one.kind != DiagnosticKind.OTHER), None)
            if match is None:
                plans.append(DiagnosticPlan(one, None, values))
                continue
            del free[match.code]
            last = {}
        else:
            match = present.get(last["code"])
            if match is None:  # people took it out
                continue
        changed, stays = _merge(match, values, last)
        if changed or not last:
            plans.append(DiagnosticPlan(one, match, changed))
        if stays:
            kept.append(match.get_kind_display())
    return plans, kept


def _changed_files(dossier: Dossier, found: LicielDossier, written: Mapping[str, str]) -> list[FilePlan]:
    """Returns the files whose bytes are others than last time; what people did to the others stays."""
    present = {
        file.external_id: file
        for file in DossierFile.objects.filter(dossier=dossier, deleted_at__isnull=True).select_related("stored")
        if file.external_id
    }
    plans = []
    for plan in files_of(found):
        there = present.get(plan.external_id)
        if plan.external_id in written or there is not None:
            digest = sha256_of(plan.file)
            if digest == written.get(plan.external_id) or (there is not None and there.stored.sha256 == digest):
                continue
        plans.append(FilePlan(plan.file, plan.external_id, plan.kind, there))
    return plans


def _counted(diagnostics: int, files: int) -> list[str]:
    texts = []
    if diagnostics:
        texts.append(ngettext("%(count)s diagnostic", "%(count)s diagnostics", diagnostics) % {"count": diagnostics})
    if files:
        texts.append(ngettext("%(count)s file", "%(count)s files", files) % {"count": files})
    return texts


def sha256_of(file: SourceFile) -> str:
    """Returns the sum of a file's bytes, in hexadecimal digits."""
    digest = hashlib.sha256()
    for data in file.chunks():
        digest.update(data)
    return digest.hexdigest()


def _identifier(name: str) -> str:
    """Returns an identifier without “/”; a name that is too long ends in its sum."""
    text = _PREFIX + name.replace("/", "|")
    if len(text) <= _MOST_ID:
        return text
    return f"{text[: _MOST_ID - 17]}~{hashlib.sha256(name.encode()).hexdigest()[:16]}"
