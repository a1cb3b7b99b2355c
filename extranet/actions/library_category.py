"""The categories of the firm's own documents."""

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from extranet.models import DocumentCategory
from kernel.errors import DomainError

#: Of one firm.
MOST = 30


@transaction.atomic
def add_category(*, name: str) -> DocumentCategory:
    """Returns a new category, the last one; raises DomainError `too_many`."""
    rows = list(DocumentCategory.objects.select_for_update().order_by("pk"))
    if len(rows) >= MOST:
        raise DomainError("too_many", _("A firm has at most %(most)d categories.") % {"most": MOST})
    last = DocumentCategory.objects.aggregate(last=Max("position"))["last"] or 0
    return DocumentCategory.objects.create(name=name, position=last + 1)


@transaction.atomic
def rename_category(category: DocumentCategory, *, name: str) -> DocumentCategory:
    """Returns the category under its new name."""
    category.name = name
    category.save(update_fields=["name"])
    return category


@transaction.atomic
def move_category(category: DocumentCategory, *, up: bool) -> None:
    """Moves a category one place up or down; at the edge it stays."""
    rows = sorted(
        DocumentCategory.objects.select_for_update().order_by("pk"), key=lambda each: (each.position, each.pk)
    )
    place = next((rank for rank, row in enumerate(rows) if row.pk == category.pk), None)
    if place is None:
        return
    target = place - 1 if up else place + 1
    if not 0 <= target < len(rows):
        return
    rows[place], rows[target] = rows[target], rows[place]
    for position, row in enumerate(rows, start=1):
        row.position = position
    DocumentCategory.objects.bulk_update(rows, ["position"])


@transaction.atomic
def delete_category(category: DocumentCategory) -> None:
    """Deletes a category; raises DomainError `not_empty` while a document is in it."""
    locked = DocumentCategory.objects.select_for_update().filter(pk=category.pk).first()
    if locked is None:
        return
    if locked.documents.exists():
        raise DomainError("not_empty", _("There are documents in this category: move or delete them first."))
    locked.delete()
