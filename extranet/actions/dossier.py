"""Publishing and editing dossiers."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from extranet.actions.dossier_access import give_access
from extranet.actions.dossier_file import FileInput, attach_files
from extranet.actions.history import build_event
from extranet.actions.search import refresh_dossiers
from extranet.enums import EventKind
from extranet.models import Contact, Dossier
from kernel.errors import DomainError


@dataclass(frozen=True)
class Published:
    """A new dossier; `twins` were among its files twice, byte for byte, and are kept once."""

    dossier: Dossier
    twins: list[str]


@transaction.atomic
def create_dossier(
    *, title: str, comments: str, files: Sequence[FileInput], contacts: Sequence[Contact], user: User
) -> Published:
    """Returns a new dossier with its files and the contacts who may read it."""
    dossier = Dossier.objects.create(title=title, comments=comments, created_by=user)
    build_event(dossier, EventKind.CREATED, actor=user, subject=title).save()
    attached = attach_files(dossier, files=files, user=user)
    for contact in contacts:
        give_access(dossier, contact=contact, user=user)
    refresh_dossiers([dossier.pk])
    return Published(dossier=dossier, twins=attached.twins)


@transaction.atomic
def edit_dossier(dossier: Dossier, *, title: str, comments: str, version: int, user: User) -> Dossier:
    """Returns the edited dossier; raises DomainError `edited_meanwhile` when it is no longer at `version`."""
    locked = Dossier.objects.select_for_update().get(pk=dossier.pk)
    if locked.version != version:
        raise DomainError(
            "edited_meanwhile",
            _(
                "Somebody edited this dossier while you were typing. Your text is kept below: "
                "compare it with the present one, then save again."
            ),
        )
    if (locked.title, locked.comments) == (title, comments):
        return locked
    locked.title, locked.comments = title, comments
    locked.version += 1
    locked.save(update_fields=["title", "comments", "version", "updated_at"])
    build_event(locked, EventKind.EDITED, actor=user, subject=title).save()
    refresh_dossiers([locked.pk])
    return locked
