"""The doors to one order and its attachments: what a person may not see does not exist."""

from collections.abc import Sequence

from django.http import Http404

from accounts.models import User
from extranet.enums_order import OrderOrigin, OrderState
from extranet.models import Order, OrderFile
from extranet.queries.order_filter import visible_orders


def access_order(user: User, code: str) -> Order:
    """Returns the order of this code; raises Http404 when it is not there or not for this person."""
    order = visible_orders(user).select_related("contact", "assigned_to", "dossier").filter(code=code).first()
    if order is None:
        raise Http404
    return order


def access_writable_order(user: User, code: str) -> Order:
    """Returns an order that the person may write in: its draft, or for the firm one that is still open.

    Raises Http404 otherwise.
    """
    order = access_order(user, code)
    if not (order.is_draft or (user.is_firm_staff and order.is_open)):
        raise Http404
    return order


def access_order_file(user: User, order_code: str, code: str) -> OrderFile:
    """Returns an attachment of an order that the person may see; raises Http404 otherwise."""
    files = OrderFile.objects.select_related("stored", "order")
    file = files.filter(code=code, order__code=order_code, order__in=visible_orders(user)).first()
    if file is None:
        raise Http404
    return file


def access_visitor_draft(codes: Sequence[str], code: str) -> Order:
    """Returns the draft of somebody without an account whose browser knows these codes; raises Http404 otherwise."""
    order = None
    if code in codes:
        order = Order.objects.filter(code=code, state=OrderState.DRAFT, origin=OrderOrigin.VISITOR).first()
    if order is None:
        raise Http404
    return order
