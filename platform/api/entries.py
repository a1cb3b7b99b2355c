"""From what was sent to what the actions take: uploads and contacts found by their names, each error at its place."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError

from accounts.models import Permission, User
from api.problems import Problem
from extranet.actions.contact import create_contact
from extranet.actions.dossier import FIELDS
from extranet.actions.dossier_put import SentDossier, SentFile
from extranet.models import Contact
from extranet.queries.external import contacts_of, own_uploads

_MONEY = ("amount", "payer", "payer_name")


def read_sent_dossier(data: Mapping[str, Any], *, user: User) -> SentDossier:
    """Returns what the actions take; a contact that is named with an unknown e-mail is made.

    Raises ValidationError at the place of an upload or contact that is not there, Problem `right_missing`.
    """
    money = {name: data[name] for name in _MONEY if name in data}
    if money and not user.may(Permission.PAYMENTS):
        raise Problem(HTTPStatus.FORBIDDEN, "right_missing", _("The person of this key may not set amounts."))
    return SentDossier(
        values={name: data[name] for name in FIELDS if name in data},
        money=money,
        files=_files(data.get("files", ()), user),
        contacts=_contacts(data.get("accesses", ()), user),
        diagnostics=data.get("diagnostics", ()),
    )


def _files(sent: Sequence[Mapping[str, Any]], user: User) -> list[SentFile]:
    uploads = own_uploads([file["upload"] for file in sent], user)
    _refuse("files", [None if file["upload"] in uploads else "upload" for file in sent], "upload_gone")
    said = ("external_id", "name", "title", "comment", "kind", "visibility")
    return [SentFile(uploads[file["upload"]], **{name: file[name] for name in said if name in file}) for file in sent]


def _contacts(sent: Sequence[Mapping[str, Any]], user: User) -> list[Contact]:
    names = ("contact", "external_id", "email")
    found = contacts_of(
        codes=[entry["contact"] for entry in sent if "contact" in entry],
        external_ids=[entry["external_id"] for entry in sent if "external_id" in entry],
        emails=[entry["email"] for entry in sent if "email" in entry],
    )
    contacts: list[Contact | None] = []
    for entry in sent:
        keys = [(name, entry[name].lower() if name == "email" else entry[name]) for name in names if name in entry]
        contact = next((found[key] for key in keys if key in found), None)
        if contact is None and "email" in entry and entry.get("name") and user.may(Permission.CONTACTS):
            contact = found[keys[-1]] = _make(entry)
        contacts.append(contact)
    wrong = [
        None if contact is not None else next(name for name in names if name in entry)
        for entry, contact in zip(sent, contacts, strict=True)
    ]
    _refuse("accesses", wrong, "contact_unknown")
    return [contact for contact in contacts if contact is not None]


def _make(entry: Mapping[str, Any]) -> Contact:
    contact = create_contact(
        name=entry["name"],
        company=entry.get("company", ""),
        phone="",
        email=entry["email"],
        username=entry["email"],
        collaborators=[],
        language="",
        send_codes=False,
        firm_name="",
        link="",
    )
    if "external_id" in entry:
        contact.external_id = entry["external_id"]
        contact.save(update_fields=["external_id"])
    return contact


def _refuse(place: str, wrong: Sequence[str | None], code: str) -> None:
    """Raises ValidationError at each place where a name is wrong."""
    if not any(wrong):
        return
    text = _("An upload of yours with this code is not there (any more).") if place == "files" else _("Nobody here.")
    raise ValidationError({place: [{name: [ErrorDetail(text, code)]} if name else {} for name in wrong]})
