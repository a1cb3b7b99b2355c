"""What a firm's mission orders are made of: each change makes a new version, what was made stays as it is."""

from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from extranet.enums_mission import MissionModelKind
from extranet.mission_fields import datum_choices, datum_of
from extranet.models import MissionModel, PortalSettings
from extranet.queries.mission import current_model
from extranet.queries.mission_proof import read_stored
from kernel.errors import DomainError
from storage.actions.files import claim, delete_stored_file, store_upload
from storage.filling import read_form

MAX_BYTES = 10_000_000
MAX_PAGES = 30
MAX_FIELDS = 500
TEXT_FIELDS = ("sections", "before", "after", "documents", "terms", "withdrawal")
FIELDS = ("kind", *TEXT_FIELDS, "stored", "fields", "assigned")
_WORD = {"docx", "doc", "odt", "rtf", "dotx", "dot"}


@transaction.atomic
def change_mission_model(*, user: User | None, **values: Any) -> MissionModel:
    """Returns the firm's model with those of FIELDS that are given, as a new version if anything changes."""
    PortalSettings.objects.select_for_update().get(pk=1)
    now = current_model()
    changed = {name: value for name, value in values.items() if getattr(now, name) != value}
    if now.is_saved and not changed:
        return now
    kept = {name: getattr(now, name) for name in FIELDS}
    MissionModel.objects.filter(is_current=True).update(is_current=False)
    last = MissionModel.objects.aggregate(last=Max("version"))["last"] or 0
    return MissionModel.objects.create(version=last + 1, created_by=user, **kept | changed)


def use_uploaded_model(upload: "UploadedFile[Any]", *, kind: MissionModelKind, user: User) -> MissionModel:
    """Returns the firm's model with its own PDF: its form is filled in, or it goes before or after our pages.

    The fields whose names say what they show are matched by themselves. Call it outside a transaction: it talks to the
    scanner and the store. Raises DomainError (`no_pdf`, `no_fields`, `too_long`, storage's) or StorageUnavailable.
    """
    _refuse_other_kinds(upload)
    stored = store_upload(upload, user=user)
    try:
        if not stored.is_pdf:
            raise _no_pdf()
        facts = read_form(read_stored(stored))
        if facts.pages > MAX_PAGES or len(facts.fields) > MAX_FIELDS:
            text = _("A model has %(pages)d pages and %(fields)d fields at most.")
            raise DomainError("too_long", text % {"pages": MAX_PAGES, "fields": MAX_FIELDS})
        if kind == MissionModelKind.FORM and not facts.fields:
            raise DomainError(
                "no_fields",
                _(
                    "This PDF has no form fields, so nothing could be filled in. Save it as a form from your software, "
                    "or choose to put it before or after our pages."
                ),
            )
        fields = [
            {
                "name": field.name,
                "kind": field.kind,
                "page": field.page,
                "options": list(field.options),
                "value": field.value,
            }
            for field in facts.fields
        ]
        matched = {field.name: datum_of(field.name) for field in facts.fields}
        with transaction.atomic():
            return change_mission_model(user=user, kind=kind, stored=claim(stored), fields=fields, assigned=matched)
    except BaseException:
        delete_stored_file(stored)
        raise


def use_own_pages(*, user: User) -> MissionModel:
    """Returns the firm's model made of our pages alone; the uploaded PDF stays among the earlier versions."""
    return change_mission_model(user=user, kind=MissionModelKind.OURS, stored=None, fields=[], assigned={})


def assign_fields(assigned: Mapping[str, str], *, user: User) -> MissionModel:
    """Returns the firm's model with what its PDF's fields show; raises DomainError `unknown_field`."""
    now = current_model()
    names, known = {field["name"] for field in now.fields}, {key for key, _label in datum_choices()} | {""}
    if not set(assigned) <= names or not set(assigned.values()) <= known:
        raise DomainError("unknown_field", _("The model was replaced meanwhile: reload the page."))
    return change_mission_model(user=user, assigned={**now.assigned, **assigned})


@transaction.atomic
def restore_mission_model(model: MissionModel, *, user: User) -> MissionModel:
    """Returns the firm's model as an earlier version was, a new version."""
    return change_mission_model(user=user, **{name: getattr(model, name) for name in FIELDS})


def _refuse_other_kinds(upload: "UploadedFile[Any]") -> None:
    extension = (upload.name or "").rpartition(".")[2].lower()
    if extension in _WORD:
        raise DomainError(
            "no_pdf",
            _(
                "Word models cannot be filled in faithfully here. Open it in the printing tool of your software (or in "
                "Word), save it as PDF, with form fields if you have them, and send that."
            ),
        )
    if (upload.size or 0) > MAX_BYTES:
        raise DomainError("file_too_large", _("A model is 10 MB at most."))


def _no_pdf() -> DomainError:
    return DomainError("no_pdf", _("This is no PDF: save your model as PDF and send that."))
