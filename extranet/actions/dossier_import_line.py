"""Carrying out what an import plans for a folder: the files first, then all of the dossier in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Permission, User
from extranet.actions.contact import create_contact, send_access_codes
from extranet.actions.diagnostic import add_known_diagnostics, edit_diagnostic
from extranet.actions.dossier import create_dossier, edit_dossier
from extranet.actions.dossier_access import give_access, give_access_by_email, notify_clients
from extranet.actions.dossier_file import FileInput, attach_files
from extranet.actions.dossier_file_version import replace_file
from extranet.actions.dossier_import_plan import (
    DossierPlan,
    FilePlan,
    diagnostic_values,
    fields_of,
    plain,
    rest_of,
    sha256_of,
)
from extranet.enums import ContactKind
from extranet.enums_import import ImportOutcome
from extranet.importers.liciel import LicielDossier
from extranet.importers.liciel.reading import Person
from extranet.models import Diagnostic, Dossier, DossierFile, ImportedDossier, ImportedTable
from kernel.errors import DomainError
from storage.actions.files import delete_stored_file, store_bytes
from storage.models import StoredFile
from tenants.links import here_url


@dataclass(frozen=True)
class Wishes:
    """What else an import does than writing dossiers: whoever ordered one may read it, and is told."""

    give_access: bool = False
    notify: bool = False
    #: For the accounts of new contacts.
    firm_name: str = ""
    login_link: str = ""
    language: str = "fr"


@dataclass
class Result:
    """What became of a plan."""

    outcome: ImportOutcome
    dossier: Dossier | None
    error: str = ""
    warnings: list[str] = field(default_factory=list)


def carry_out(plan: DossierPlan, *, user: User, wishes: Wishes, then: Callable[[Result], None]) -> Result:
    """Returns what became of a plan; the dossier is written whole or not at all, together with what `then` writes.

    Call it outside a transaction: it stores files. Raises StorageUnavailable, then nothing is kept.
    """
    result = Result(plan.outcome, plan.dossier, plan.error, list(plan.warnings))
    if plan.found is None:
        then(result)
        return result
    stored: list[tuple[FilePlan, StoredFile]] = []
    sums: dict[str, str] = dict(plan.written.get("files", {}))
    try:
        for one in plan.files:
            try:
                file = store_bytes(one.file.chunks(), name=one.file.name, user=user)
            except DomainError as error:
                # a file that may not come in is told once, until its bytes are others
                result.warnings.append(str(error))
                sums[one.external_id] = sha256_of(one.file)
            else:
                stored.append((one, file))
                sums[one.external_id] = file.sha256
        try:
            with transaction.atomic():
                _write(plan, plan.found, stored, sums, result, user=user, wishes=wishes)
                then(result)
        except DomainError as error:
            result.outcome, result.dossier, result.error = ImportOutcome.REFUSED, plan.dossier, str(error)
            _drop(stored)
            then(result)
    except BaseException:
        _drop(stored)
        raise
    return result


def _drop(stored: Sequence[tuple[FilePlan, StoredFile]]) -> None:
    """Removes the files that nothing has claimed, after their transaction was taken back."""
    codes = [file.code for _plan, file in stored]
    for file in StoredFile.objects.filter(code__in=codes, claimed=False):
        delete_stored_file(file)


def _write(
    plan: DossierPlan,
    found: LicielDossier,
    stored: Sequence[tuple[FilePlan, StoredFile]],
    sums: Mapping[str, str],
    result: Result,
    *,
    user: User,
    wishes: Wishes,
) -> None:
    if plan.dossier is None:
        published = create_dossier(
            title=plan.fields["title"],
            details=plan.fields,
            files=_inputs(stored),
            user=user,
            external_id=plan.external_id,
        )
        dossier = published.dossier
        _tell_twins(published.twins, result)
    else:
        dossier = edit_dossier(plan.dossier, version=plan.dossier.version, user=user, **plan.fields)
        _write_files(dossier, stored, result, user=user)
    if not dossier.external_id:
        dossier.external_id = plan.external_id
        dossier.save(update_fields=["external_id"])
    diagnostics = _write_diagnostics(dossier, plan, user=user)
    result.dossier = dossier
    accesses: list[str] = plan.written.get("accesses", [])
    if wishes.give_access:
        accesses = _give_accesses(dossier, found, accesses, result, user=user, wishes=wishes)
    if wishes.notify and (plan.dossier is None or stored):
        _notify(dossier, result, user=user)
    _remember(
        dossier,
        plan,
        found,
        {
            "fields": plan.written.get("fields", {}) | {name: plain(value) for name, value in fields_of(found).items()},
            "diagnostics": diagnostics,
            "files": dict(sums),
            "rest": rest_of(found),
            "accesses": accesses,
        },
    )


def _write_files(
    dossier: Dossier, stored: Sequence[tuple[FilePlan, StoredFile]], result: Result, *, user: User
) -> None:
    for one, file in stored:
        if one.replaces is not None:
            try:
                replace_file(one.replaces, stored=file, user=user)
            except DomainError as error:
                result.warnings.append(str(error))
                delete_stored_file(file)
    new = _inputs(stored)
    # one that people took out keeps its bytes for a while, not its name
    names = [entry.external_id for entry in new]
    DossierFile.objects.filter(dossier=dossier, deleted_at__isnull=False, external_id__in=names).update(external_id="")
    if new:
        _tell_twins(attach_files(dossier, files=new, user=user).twins, result)


def _inputs(stored: Sequence[tuple[FilePlan, StoredFile]]) -> list[FileInput]:
    """Returns the files that are new to their dossier."""
    return [
        FileInput(stored=file, kind=one.kind, external_id=one.external_id)
        for one, file in stored
        if one.replaces is None
    ]


def _tell_twins(names: Sequence[str], result: Result) -> None:
    for name in names:
        result.warnings.append(_("“%(name)s” was already in this dossier: kept once.") % {"name": name})


def _write_diagnostics(dossier: Dossier, plan: DossierPlan, *, user: User) -> dict[str, dict[str, Any]]:
    """Returns what is remembered of the diagnostics: the code and the values of each."""
    assert plan.found is not None
    codes: dict[str, str] = {key: last["code"] for key, last in plan.written.get("diagnostics", {}).items()}
    for one in plan.diagnostics:
        if one.diagnostic is not None:
            codes[one.found.key] = one.diagnostic.code
            if one.values:
                _edit(one.diagnostic, one.values, user=user)
    new = [one for one in plan.diagnostics if one.diagnostic is None]
    each = [{"kind": one.found.kind, **one.values} for one in new]
    added = add_known_diagnostics(dossier, each=each, user=user) if new else []
    codes |= {one.found.key: diagnostic.code for one, diagnostic in zip(new, added, strict=True)}
    values = {
        one.key: {name: plain(value) for name, value in diagnostic_values(one).items()}
        for one in plan.found.diagnostics
    }
    former: Mapping[str, Any] = plan.written.get("diagnostics", {})
    return {key: {**former.get(key, {}), **values.get(key, {}), "code": code} for key, code in codes.items()}


def _edit(diagnostic: Diagnostic, values: Mapping[str, Any], *, user: User) -> None:
    by_hand, expires_on = diagnostic.expiry_by_hand, diagnostic.expires_on
    edit_diagnostic(diagnostic, values=values, expiry_by_hand=by_hand, expires_on=expires_on, user=user)


def _give_accesses(
    dossier: Dossier, found: LicielDossier, given: Sequence[str], result: Result, *, user: User, wishes: Wishes
) -> list[str]:
    """Returns the addresses to which an import has ever given access: what people took away since then stays so."""
    addresses = dict.fromkeys([found.orderer.email, *found.recipients])
    for address in addresses:
        if not address or address in given:
            continue
        if give_access_by_email(dossier, email=address, user=user):
            continue
        is_orderer = address == found.orderer.email and Permission.CONTACTS not in user.barred
        if is_orderer and not User.objects.filter(email__iexact=address).exists():
            _give_new_contact(dossier, found.orderer, result, user=user, wishes=wishes)
    return list(dict.fromkeys([*given, *(address for address in addresses if address)]))


def _give_new_contact(dossier: Dossier, person: Person, result: Result, *, user: User, wishes: Wishes) -> None:
    try:
        with transaction.atomic():
            contact = create_contact(
                name=person.name or person.email,
                company=person.name if person.kind not in {"", ContactKind.OWNER} else "",
                phone=person.phone,
                email=person.email,
                username=person.email,
                collaborators=[],
                language=wishes.language,
                send_codes=False,
                firm_name=wishes.firm_name,
                link=wishes.login_link,
                kind=person.kind or ContactKind.OTHER,
                street=person.street,
                postcode=person.postcode,
                city=person.city,
                user=user,
            )
            if wishes.notify:
                send_access_codes(contact, firm_name=wishes.firm_name, link=wishes.login_link)
            give_access(dossier, contact=contact, user=user)
    except DomainError as error:
        result.warnings.append(f"{person.email}: {error}")


def _notify(dossier: Dossier, result: Result, *, user: User) -> None:
    try:
        notify_clients(dossier, user=user, link=here_url("dossier-detail", dossier.code))
    except DomainError as error:
        result.warnings.append(_("Nobody was notified: %(reason)s") % {"reason": error})


def _remember(dossier: Dossier, plan: DossierPlan, found: LicielDossier, written: dict[str, Any]) -> None:
    rest_changed = plan.written.get("rest") != written["rest"]
    record = plan.record or ImportedDossier(dossier=dossier)
    record.folder, record.software, record.reported_on = found.folder, found.software, found.reported_on
    operator, notary = found.operator, found.notary
    record.operator_name, record.operator_body = operator.name, operator.certified_by
    record.operator_number, record.operator_certified_on = operator.number, operator.certified_on
    record.notary_name, record.notary_email, record.notary_phone = notary.name, notary.email, notary.phone
    record.written = written
    record.save()
    if rest_changed:
        ImportedTable.objects.filter(imported=record).delete()
        by_name = {table.name: table for table in found.raw}
        ImportedTable.objects.bulk_create(
            [ImportedTable(imported=record, name=table.name, content=table.content) for table in by_name.values()]
        )
