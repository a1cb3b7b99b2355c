"""Who is told what of an order, in its own language."""

from accounts.models import User
from extranet.actions.readers import in_language_of, told_of_firm
from extranet.emails_order import (
    order_assigned_mail,
    order_cancelled_by_client_mail,
    order_received_mail,
    order_sent_mail,
    order_state_mail,
)
from extranet.models import Order
from extranet.queries.order import order_token
from extranet.queries.settings import portal_settings
from mail.actions.outgoing import queue_mail
from tenants.links import here_url
from themes.models import current_branding


def tell_order_sent(order: Order, *, by: User | None) -> None:
    """Mails who orders that its order is there, and the firm that it came; whoever of the firm sent it knows."""
    if order.orderer_email:
        with in_language_of(order.contact):
            content = order_sent_mail(order, link=client_order_url(order), firm_name=current_branding().site_name)
            queue_mail(to=order.orderer_email, content=content, kind="order_sent")
    staff_link = staff_order_url(order)
    for person in concerned(order):
        if by is None or person.pk != by.pk:
            with person.in_own_language():
                content = order_received_mail(order, name=str(person), link=staff_link)
                kind = "order_received_urgent" if order.urgent else "order_received"
                queue_mail(to=person.email, content=content, kind=kind)


def tell_order_state(order: Order) -> None:
    """Mails who orders where its order stands, if the firm wants that."""
    if order.orderer_email and portal_settings().order_mails:
        with in_language_of(order.contact):
            content = order_state_mail(order, link=client_order_url(order), firm_name=current_branding().site_name)
            queue_mail(to=order.orderer_email, content=content, kind="order_state")


def tell_order_withdrawn(order: Order) -> None:
    """Mails the firm that a client no longer wants what it ordered."""
    staff_link = staff_order_url(order)
    for person in concerned(order):
        with person.in_own_language():
            content = order_cancelled_by_client_mail(order, name=str(person), link=staff_link)
            queue_mail(to=person.email, content=content, kind="order_withdrawn")


def tell_order_assigned(order: Order, *, person: User) -> None:
    """Mails somebody of the firm that an order is its own now."""
    with person.in_own_language():
        content = order_assigned_mail(order, name=str(person), link=staff_order_url(order))
        queue_mail(to=person.email, content=content, kind="order_assigned")


def client_order_url(order: Order) -> str:
    """Returns the full address at which who orders follows it: by a signed link without an account."""
    if order.contact_id is not None:
        return staff_order_url(order)
    return here_url("order-visitor-follow", order_token(order))


def staff_order_url(order: Order) -> str:
    """Returns the full address of an order for those with an account."""
    return here_url("order-detail", order.code)


def visitor_order_url() -> str:
    """Returns the full address at which anybody may order, if the firm allows it."""
    return here_url("order-visitor-new")


def concerned(order: Order) -> list[User]:
    """Returns who of the firm is told: whom it is assigned to, else the administrators."""
    return told_of_firm(order.assigned_to_id)
