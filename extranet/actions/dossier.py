"""Publishing and editing dossiers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from extranet.actions.diagnostic import recompute_dossier
from extranet.actions.dossier_access import give_access
from extranet.actions.dossier_file import FileInput, attach_files
from extranet.actions.history import build_event
from extranet.actions.place import request_place
from extranet.actions.search import refresh_dossiers
from extranet.actions.step import copy_steps
from extranet.actions.webhook_emit import dossier_data, emit
from extranet.enums import EventKind
from extranet.models import Contact, Dossier
from extranet.queries.home import forget_figures
from kernel.errors import DomainError

#: What a person writes about a dossier and its property; the actions take them by name.
FIELDS = (
    "reference",
    "title",
    "comments",
    "transaction",
    "visited_on",
    "property_kind",
    "street",
    "street_extra",
    "postcode",
    "city",
    "cadastre",
    "owner_name",
    "owner_email",
    "owner_phone",
    "orderer_name",
    "orderer_email",
    "occupant_name",
    "occupant_phone",
)
_PLACE = {"street", "postcode", "city"}


@dataclass(frozen=True)
class Published:
    """A new dossier; `twins` were among its files twice, byte for byte, and are kept once."""

    dossier: Dossier
    twins: list[str]


@transaction.atomic
def create_dossier(
    *,
    title: str,
    comments: str = "",
    files: Sequence[FileInput] = (),
    contacts: Sequence[Contact] = (),
    user: User,
    details: Mapping[str, Any] | None = None,
    external_id: str = "",
) -> Published:
    """Returns a new dossier with its files and the contacts who may read it; `details` holds others of FIELDS."""
    dossier = Dossier(title=title, comments=comments, created_by=user, external_id=external_id)
    for name in set(FIELDS) & set(details or {}) - {"title", "comments"}:
        setattr(dossier, name, (details or {})[name])
    dossier.save()
    build_event(dossier, EventKind.CREATED, actor=user, subject=title).save()
    twins = attach_files(dossier, files=files, user=user).twins if files else []
    for contact in contacts:
        give_access(dossier, contact=contact, user=user)
    copy_steps(dossier)
    request_place(dossier)
    refresh_dossiers([dossier.pk])
    forget_figures()
    emit("dossier.published", [dossier], dossier_data)
    return Published(dossier=dossier, twins=twins)


@transaction.atomic
def edit_dossier(dossier: Dossier, *, version: int, user: User, **values: Any) -> Dossier:
    """Returns the edited dossier, with those of FIELDS that are given.

    Raises DomainError `edited_meanwhile` when it is no longer at `version`.
    """
    locked = Dossier.objects.select_for_update().get(pk=dossier.pk)
    if locked.version != version:
        raise DomainError(
            "edited_meanwhile",
            _(
                "Somebody edited this dossier while you were typing. Your text is kept below: "
                "compare it with the present one, then save again."
            ),
        )
    changed = [name for name in FIELDS if name in values and getattr(locked, name) != values[name]]
    if not changed:
        return locked
    for name in changed:
        setattr(locked, name, values[name])
    locked.version += 1
    locked.save(update_fields=[*changed, "version", "updated_at"])
    build_event(locked, EventKind.EDITED, actor=user, subject=locked.title).save()
    if _PLACE & set(changed):
        request_place(locked)
    if "transaction" in changed:
        recompute_dossier(locked)
    refresh_dossiers([locked.pk])
    emit("dossier.updated", [locked], lambda each: {**dossier_data(each), "changed": changed})
    return locked
