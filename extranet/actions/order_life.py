"""The end of drafts that nobody goes on with, and of what orders say of a person who is to be forgotten."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Role
from extranet.actions.mission import forget_missions
from extranet.actions.order_file import delete_order_files
from extranet.actions.order_history import order_search_text
from extranet.enums_order import OrderEventKind, OrderOrigin, OrderState
from extranet.models import Contact, Order, OrderEvent, OrderFile
from kernel.jobs import firm_job, periodic
from tenants.actions.daily import enqueue_daily

#: After the last time somebody wrote in it; without an account only one browser can go on with it.
KEEP_DRAFT = timedelta(days=180)
KEEP_VISITOR_DRAFT = timedelta(days=14)


def erase_orders(contact: Contact, *, name: str) -> None:
    """Takes a contact's personal data out of its orders, in the caller's transaction; its drafts go altogether.

    What was asked, where and when stays, under `name`; what others are called stays too: it is theirs. Signed mission
    orders stay as they are: they prove the contract.
    """
    for order in Order.objects.select_for_update(of=("self",)).filter(contact=contact).order_by("pk"):
        if order.is_draft:
            delete_order_files(order)
            order.delete()
            continue
        forget_missions(order)
        own = {order.orderer_name, order.orderer_company, order.orderer_email} - {""}
        if own & {order.owner_name, order.owner_email}:
            order.owner_name, order.owner_email, order.owner_phone, order.owner_address = name, "", "", ""
        order.orderer_name, order.orderer_company, order.orderer_email = name, "", ""
        order.orderer_phone = order.orderer_address = order.remarks = ""
        order.search = order_search_text(order)
        order.save()
        OrderFile.objects.filter(order=order, by_staff=False).update(added_by=name)
        events = OrderEvent.objects.filter(order=order).exclude(actor__role__in=[Role.ADMIN, Role.STAFF])
        events.update(actor_name=name, address=None)
        OrderEvent.objects.filter(order=order, kind=OrderEventKind.CONTACT).update(subject=name)


@periodic("41 3 * * *")
def sweep_drafts() -> None:
    """Has each firm's forgotten drafts of orders deleted."""
    enqueue_daily(delete_forgotten_drafts)


@firm_job()
def delete_forgotten_drafts() -> int:
    """Deletes the drafts that nobody has gone on with for long, and returns how many there were."""
    now = timezone.now()
    drafts = Order.objects.filter(state=OrderState.DRAFT)
    old = drafts.filter(updated_at__lt=now - KEEP_DRAFT)
    old |= drafts.filter(origin=OrderOrigin.VISITOR, updated_at__lt=now - KEEP_VISITOR_DRAFT)
    count = 0
    for key in list(old.values_list("pk", flat=True)):
        with transaction.atomic():
            order = old.select_for_update(of=("self",), skip_locked=True).filter(pk=key).first()
            if order is not None:
                delete_order_files(order)
                order.delete()
                count += 1
    return count
