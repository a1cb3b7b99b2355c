"""A whole dossier by one write, as other software sends it: made, or brought to what is sent, and never doubled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from extranet.actions.diagnostic import FIELDS as DIAGNOSTIC_FIELDS
from extranet.actions.diagnostic import add_known_diagnostics, edit_diagnostic
from extranet.actions.dossier import FIELDS, create_dossier, edit_dossier
from extranet.actions.dossier_access import give_access
from extranet.actions.dossier_file import FileInput, attach_files, edit_file
from extranet.actions.dossier_file_version import replace_file
from extranet.actions.payment_state import set_amount
from extranet.models import Contact, Diagnostic, Dossier, DossierFile
from kernel.errors import DomainError
from storage.actions.files import delete_stored_file
from storage.models import StoredFile


@dataclass(frozen=True)
class SentFile:
    """A file of the other software: an upload, and what is said of it; None leaves that as it is."""

    stored: StoredFile
    external_id: str = ""
    name: str | None = None
    title: str | None = None
    comment: str | None = None
    kind: str | None = None
    visibility: str | None = None

    @property
    def said(self) -> dict[str, str]:
        """What is said of the file."""
        told = {"title": self.title, "comment": self.comment, "kind": self.kind, "visibility": self.visibility}
        return {name: value for name, value in told.items() if value is not None}


@dataclass(frozen=True)
class SentDossier:
    """What is sent: `values` are of actions.dossier.FIELDS; what is not there stays as it is."""

    values: Mapping[str, Any] = field(default_factory=dict)
    #: Euros and who pays (`amount`, `payer`, `payer_name`); empty to leave them.
    money: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[SentFile] = ()
    contacts: Sequence[Contact] = ()
    #: Each with its `kind`; one diagnostic of a kind.
    diagnostics: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Put:
    """What became of it; `twins` and `removed_here` are the names of files that were left out.

    Twins are in the dossier already, byte for byte; the others somebody took out of it, and the same bytes do not
    bring them back.
    """

    dossier: Dossier
    is_new: bool
    twins: list[str]
    removed_here: list[str]


def put_dossier(sent: SentDossier, *, external_id: str, user: User) -> Put:
    """Returns the dossier that another program calls `external_id`, made or brought to what is sent.

    All of it in one transaction: nobody sees half a dossier. Two that send the same at once make one. Raises
    DomainError `in_bin` when it was deleted here, `title_missing` for a new one without a title, and what the actions
    raise.
    """
    dossier = Dossier.objects.filter(external_id=external_id).first()
    if dossier is None:
        try:
            with transaction.atomic():
                return add_dossier(sent, external_id=external_id, user=user)
        except IntegrityError as error:
            if "extranet_dossier_external_uq" not in str(error):
                raise
            dossier = Dossier.objects.get(external_id=external_id)
    return update_dossier(dossier, sent, user=user)


@transaction.atomic
def add_dossier(sent: SentDossier, *, external_id: str = "", user: User) -> Put:
    """Returns a new dossier with all that is sent; raises as put_dossier does."""
    if not sent.values.get("title"):
        raise DomainError("title_missing", _("A new dossier needs a title."))
    published = create_dossier(
        title=sent.values["title"],
        comments=sent.values.get("comments", ""),
        contacts=sent.contacts,
        user=user,
        details=sent.values,
        external_id=external_id,
    )
    return _fill(published.dossier, sent, user=user, is_new=True)


@transaction.atomic
def update_dossier(dossier: Dossier, sent: SentDossier, *, user: User) -> Put:
    """Returns the dossier, brought to what is sent; raises as put_dossier does."""
    locked = Dossier.objects.select_for_update().get(pk=dossier.pk)
    if locked.deleted_at is not None:
        raise DomainError("in_bin", _("This dossier was deleted here: take it out of the bin first."))
    values = {name: value for name, value in sent.values.items() if name in FIELDS}
    locked = edit_dossier(locked, version=locked.version, user=user, **values)
    for contact in sent.contacts:
        give_access(locked, contact=contact, user=user)
    return _fill(locked, sent, user=user, is_new=False)


def _fill(dossier: Dossier, sent: SentDossier, *, user: User, is_new: bool) -> Put:
    if sent.money:
        now = {"amount": dossier.amount, "payer": dossier.payer, "payer_name": dossier.payer_name}
        wanted = now | dict(sent.money)
        if wanted != now:
            amount: Decimal | None = wanted["amount"]
            set_amount(dossier, amount=amount, payer=wanted["payer"], payer_name=wanted["payer_name"], user=user)
    _put_diagnostics(dossier, sent.diagnostics, user=user)
    twins, removed_here = _put_files(dossier, sent.files, user=user)
    dossier.refresh_from_db()
    return Put(dossier, is_new, twins, removed_here)


def _put_diagnostics(dossier: Dossier, sent: Sequence[Mapping[str, Any]], *, user: User) -> None:
    if not sent:
        return
    present: dict[str, Diagnostic] = {}
    for diagnostic in Diagnostic.objects.filter(dossier=dossier):
        present.setdefault(diagnostic.kind, diagnostic)
    if new := [one for one in sent if one["kind"] not in present]:
        add_known_diagnostics(dossier, each=new, user=user)
    for one in sent:
        found = present.get(one["kind"])
        if found is None:
            continue
        values = {name: one[name] for name in DIAGNOSTIC_FIELDS if name in one}
        if any(getattr(found, name) != value for name, value in values.items()):
            edit_diagnostic(
                found, values=values, expiry_by_hand=found.expiry_by_hand, expires_on=found.expires_on, user=user
            )


def _put_files(dossier: Dossier, sent: Sequence[SentFile], *, user: User) -> tuple[list[str], list[str]]:
    """Returns the names of twins and of files that were taken out here."""
    rows = DossierFile.objects.filter(dossier=dossier).select_related("stored").order_by("deleted_at", "pk")
    known = {row.external_id: row for row in rows if row.external_id and row.deleted_at is None}
    taken_out = {(row.external_id, row.stored.sha256) for row in rows if row.external_id and row.deleted_at is not None}
    new: list[SentFile] = []
    twins: list[str] = []
    removed: list[str] = []
    for file in sent:
        row = known.get(file.external_id) if file.external_id else None
        if row is not None:
            twins += _put_known(row, file, user=user)
        elif (file.external_id, file.stored.sha256) in taken_out:
            removed.append(file.name or file.stored.name)
            delete_stored_file(file.stored)
        else:
            new.append(file)
    digests = {file.stored.sha256: file.external_id for file in new if file.external_id}
    attached = attach_files(dossier, files=[_input(file) for file in new], user=user)
    # a twin that had no name elsewhere gets it: sent again, it is known
    for row in rows:
        if row.deleted_at is None and not row.external_id and (name := digests.get(row.stored.sha256)):
            DossierFile.objects.filter(pk=row.pk).update(external_id=name)
    return twins + attached.twins, removed


def _put_known(row: DossierFile, file: SentFile, *, user: User) -> list[str]:
    """Brings a file that is there to what is sent; returns its name if its new bytes are those of another file."""
    if row.stored.sha256 == file.stored.sha256:
        if row.stored_id != file.stored.pk:
            delete_stored_file(file.stored)
    else:
        try:
            with transaction.atomic():
                row = replace_file(row, stored=file.stored, user=user, name=file.name or "")
        except DomainError as error:
            if error.code != "twin_file":
                raise
            delete_stored_file(file.stored)
            return [file.name or file.stored.name]
    if any(getattr(row, name) != value for name, value in file.said.items()):
        said = {"title": row.title, "comment": row.comment} | file.said
        edit_file(row, name=row.name, user=user, **said)
    return []


def _input(file: SentFile) -> FileInput:
    return FileInput(stored=file.stored, external_id=file.external_id, name=file.name or "", **file.said)
