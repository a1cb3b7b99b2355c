"""The firm's own documents: added, edited, replaced by a new version, put in order, deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from extranet.actions.dossier_file import with_extension
from extranet.enums_library import Audience, Holding
from extranet.models import Diagnostician, DocumentCategory, FirmDocument, FirmDocumentVersion
from kernel.errors import DomainError
from kernel.text import search_text
from storage.actions.files import claim, delete_stored_file
from storage.models import StoredFile

#: Of one firm: they stand on one page.
MOST = 500


@dataclass(frozen=True)
class DocumentValues:
    """What the firm says of a document; `link` and `text` are what it holds when it is no file."""

    category: DocumentCategory
    title: str
    description: str = ""
    audience: str = Audience.MEMBERS
    kinds: tuple[str, ...] = ()
    expires_on: date | None = None
    diagnostician: Diagnostician | None = None
    link: str = ""
    text: str = ""


@transaction.atomic
def add_document(
    values: DocumentValues, *, holding: str, user: User | None, stored: StoredFile | None = None
) -> FirmDocument:
    """Returns a new document, the last of its category; `stored` is the upload of one that is a file.

    Raises DomainError `too_many`, `no_file` or `upload_gone`.
    """
    _lock_categories()
    if FirmDocument.objects.count() >= MOST:
        raise DomainError("too_many", _("A firm has at most %(most)d documents: delete one first.") % {"most": MOST})
    document = FirmDocument(holding=holding, created_by=user, position=_end_of(values.category))
    if holding == Holding.FILE:
        if stored is None:
            raise DomainError("no_file", _("Choose a file first."))
        document.stored, document.name = claim(stored), stored.name
    _describe(document, values)
    document.save()
    return document


@transaction.atomic
def edit_document(
    document: FirmDocument, values: DocumentValues, *, user: User, stored: StoredFile | None = None
) -> FirmDocument:
    """Returns the document as it is now said to be; with an upload it is one version more, the former file is kept.

    Another category puts it at that one's end. Raises DomainError `same_bytes`, `document_gone` or `upload_gone`.
    """
    _lock_categories()
    locked = lock_document(document)
    if stored is not None and locked.holding == Holding.FILE:
        _replace(locked, stored, user=user)
    if locked.category_id != values.category.pk:
        locked.position = _end_of(values.category)
    _describe(locked, values)
    locked.save()
    return locked


def _replace(document: FirmDocument, stored: StoredFile, *, user: User) -> None:
    former = document.stored
    assert former is not None
    if former.sha256 == stored.sha256:
        raise DomainError("same_bytes", _("These are the same bytes as now: nothing was replaced."))
    FirmDocumentVersion.objects.create(
        document=document,
        stored=former,
        number=document.version,
        name=document.name,
        expires_on=document.expires_on,
        replaced_by=str(user)[:120],
    )
    document.stored, document.name = claim(stored), with_extension(stored.name, stored.name)
    document.version += 1


@transaction.atomic
def delete_document(document: FirmDocument) -> None:
    """Deletes a document with all its versions; raises DomainError `document_gone`."""
    locked = lock_document(document)
    files = [version.stored for version in locked.versions.select_related("stored")]
    if locked.stored is not None:
        files.append(locked.stored)
    locked.delete()
    for stored in files:
        delete_stored_file(stored)


@transaction.atomic
def place_documents(category: DocumentCategory, *, codes: Sequence[str]) -> None:
    """Puts documents, also of other categories, into one in the order of the codes.

    What of the category is not named stays behind them. Raises DomainError `unknown_document` when a code is none or
    comes twice; then nothing changes.
    """
    _lock_categories()
    rows = {row.code: row for row in FirmDocument.objects.filter(code__in=codes)}
    if len(set(codes)) != len(codes) or set(codes) != set(rows):
        raise DomainError("unknown_document", _("The order was not saved: reload the page and try again."))
    others = list(FirmDocument.objects.filter(category=category).exclude(code__in=codes).order_by("position", "id"))
    changed = []
    for position, row in enumerate([*(rows[code] for code in codes), *others], start=1):
        if (row.category_id, row.position) != (category.pk, position):
            row.category, row.position = category, position
            changed.append(row)
    FirmDocument.objects.bulk_update(changed, ["category", "position"])


@transaction.atomic
def move_document(document: FirmDocument, *, up: bool) -> FirmDocument:
    """Returns the document moved by one place; beyond the edge of its category it goes into the next one."""
    categories = _lock_categories()
    locked = lock_document(document)
    codes = list(
        FirmDocument.objects.filter(category=locked.category_id)
        .order_by("position", "id")
        .values_list("code", flat=True)
    )
    place, target = codes.index(locked.code), codes.index(locked.code) + (-1 if up else 1)
    if 0 <= target < len(codes):
        codes[place], codes[target] = codes[target], codes[place]
        place_documents(locked.category, codes=codes)
        return locked
    rank = [category.pk for category in categories].index(locked.category_id) + (-1 if up else 1)
    if 0 <= rank < len(categories):
        there = FirmDocument.objects.filter(category=categories[rank]).order_by("position", "id")
        own = list(there.values_list("code", flat=True))
        place_documents(categories[rank], codes=[*own, locked.code] if up else [locked.code, *own])
    return locked


def lock_document(document: FirmDocument) -> FirmDocument:
    """Returns a document as it is now, locked; raises DomainError `document_gone`."""
    rows = FirmDocument.objects.select_for_update(of=("self",)).select_related("stored", "category")
    locked = rows.filter(pk=document.pk).first()
    if locked is None:
        raise DomainError("document_gone", _("This document was deleted meanwhile."))
    return locked


def _lock_categories() -> list[DocumentCategory]:
    """Returns the categories in their order, locked: who changes the order waits for whoever does so already."""
    rows = list(DocumentCategory.objects.select_for_update().order_by("pk"))
    return sorted(rows, key=lambda each: (each.position, each.pk))


def _end_of(category: DocumentCategory) -> int:
    last = FirmDocument.objects.filter(category=category).aggregate(last=Max("position"))["last"]
    return int(last or 0) + 1


def _describe(document: FirmDocument, values: DocumentValues) -> None:
    if document.expires_on != values.expires_on:
        document.told = None
    document.category, document.title, document.description = values.category, values.title, values.description
    document.audience, document.expires_on = values.audience, values.expires_on
    document.kinds = list(values.kinds) if values.audience == Audience.KINDS else []
    document.diagnostician = values.diagnostician
    document.link = values.link if document.holding == Holding.LINK else ""
    document.text = values.text if document.holding == Holding.NOTICE else ""
    document.search = search_text(
        document.title,
        document.description,
        document.name,
        document.link,
        document.text,
        str(values.diagnostician or ""),
    )
