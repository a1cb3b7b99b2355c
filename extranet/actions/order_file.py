"""What is joined to an order."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from extranet.actions.order_history import write_order_event
from extranet.enums_order import OrderEventKind
from extranet.models import Order, OrderFile
from kernel.errors import DomainError
from storage.actions.files import claim, delete_stored_file
from storage.models import StoredFile

#: Of one order: whoever needs more sends a zip.
MAX_FILES = 30


@transaction.atomic
def add_order_files(order: Order, *, stored: Sequence[StoredFile], user: User | None) -> list[OrderFile]:
    """Returns what was joined to an order; raises DomainError `too_many_files`, then the caller deletes the uploads."""
    locked = Order.objects.select_for_update().get(pk=order.pk)
    if OrderFile.objects.filter(order=locked).count() + len(stored) > MAX_FILES:
        text = _("%(count)d files at most for one order: put them in a zip.")
        raise DomainError("too_many_files", text % {"count": MAX_FILES})
    added = [
        OrderFile.objects.create(
            order=locked,
            stored=claim(file),
            name=file.name,
            added_by=str(user or locked.orderer_name)[:120],
            by_staff=user is not None and user.is_firm_staff,
        )
        for file in stored
    ]
    if not locked.is_draft:
        for file in added:
            write_order_event(locked, OrderEventKind.FILE_ADDED, actor=user, subject=file.name)
    return added


@transaction.atomic
def remove_order_file(file: OrderFile, *, user: User | None) -> Order:
    """Returns the order from which an attachment was taken."""
    locked = Order.objects.select_for_update().get(pk=file.order_id)
    stored = file.stored
    file.delete()
    delete_stored_file(stored)
    if not locked.is_draft:
        write_order_event(locked, OrderEventKind.FILE_REMOVED, actor=user, subject=file.name)
    return locked


def delete_order_files(order: Order) -> None:
    """Deletes all that was joined to an order, which the caller has locked."""
    for file in OrderFile.objects.filter(order=order).select_related("stored"):
        stored = file.stored
        file.delete()
        delete_stored_file(stored)
