"""Who is told what of an order, in its own language."""

from django.urls import reverse
from django.utils import translation

from accounts.models import Role, User
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
from kernel.tenancy import current_schema
from mail.actions.outgoing import queue_mail
from tenants.links import schema_url
from themes.models import current_branding


def tell_order_sent(order: Order, *, by: User | None) -> None:
    """Mails who orders that its order is there, and the firm that it came; whoever of the firm sent it knows."""
    if order.orderer_email:
        with language_of_orderer(order):
            content = order_sent_mail(order, link=client_order_url(order), firm_name=current_branding().site_name)
            queue_mail(to=order.orderer_email, content=content, kind="order_sent")
    staff_link = staff_order_url(order)
    for person in concerned(order):
        if by is None or person.pk != by.pk:
            with person.in_own_language():
                content = order_received_mail(order, name=str(person), link=staff_link)
                queue_mail(to=person.email, content=content, kind="order_received")


def tell_order_state(order: Order) -> None:
    """Mails who orders where its order stands, if the firm wants that."""
    if order.orderer_email and portal_settings().order_mails:
        with language_of_orderer(order):
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
    path = reverse("order-visitor-follow", args=[order_token(order)], urlconf="config.urls_firm")
    return schema_url(current_schema(), path)


def staff_order_url(order: Order) -> str:
    """Returns the full address of an order for those with an account."""
    path = reverse("order-detail", args=[order.code], urlconf="config.urls_firm")
    return schema_url(current_schema(), path)


def visitor_order_url() -> str:
    """Returns the full address at which anybody may order, if the firm allows it."""
    return schema_url(current_schema(), reverse("order-visitor-new", urlconf="config.urls_firm"))


def concerned(order: Order) -> list[User]:
    """Returns who of the firm is told: whom it is assigned to, else the administrators."""
    staff = User.objects.filter(role__in=[Role.ADMIN, Role.STAFF], is_active=True)
    found = list(staff.filter(pk=order.assigned_to_id)) if order.assigned_to_id else []
    return found or list(staff.filter(role=Role.ADMIN).order_by("pk"))


def language_of_orderer(order: Order) -> translation.override:
    """Returns the block in which a mail to who orders is written: the client's language, else the firm's."""
    own = order.contact.user.language if order.contact is not None else ""
    return translation.override(own or current_branding().language or translation.get_language())
