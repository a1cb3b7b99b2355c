"""Writing an order: begun as a draft, filled in step by step, sent, ordered again."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from extranet.actions.history import Visit
from extranet.actions.order_file import delete_order_files
from extranet.actions.order_history import order_search_text, write_order_event
from extranet.actions.order_mail import tell_order_sent
from extranet.actions.order_place import Picked, place_order
from extranet.actions.quote import follow_order_sent
from extranet.actions.webhook_emit import emit, order_data
from extranet.enums_order import OrdererRole, OrderEventKind, OrderOrigin, OrderState
from extranet.models import Contact, Order
from extranet.queries.home import forget_figures
from extranet.rules import address_on_one_line
from kernel.errors import DomainError
from kernel.text import new_code

#: What whoever orders writes; the actions take them by name.
PROPERTY_FIELDS = (
    "transaction",
    "property_kind",
    "street",
    "street_extra",
    "floor",
    "door",
    "lot",
    "postcode",
    "city",
)
BUILDING_FIELDS = (
    "furnished",
    "build_period",
    "year",
    "surface",
    "rooms",
    "outbuildings",
    "co_owned",
    "heating",
    "wood_heating",
    "pool",
    "gas",
    "electricity",
    "sewered",
    "energy_class",
    "cadastre",
)
CHOICE_FIELDS = ("diagnostics", "valid_reports", "zones")
PEOPLE_FIELDS = (
    "orderer_role",
    "orderer_name",
    "orderer_company",
    "orderer_email",
    "orderer_phone",
    "orderer_address",
    "owner_name",
    "owner_email",
    "owner_phone",
    "owner_address",
    "occupied",
    "occupant_name",
    "occupant_email",
    "occupant_phone",
    "notary_name",
    "notary_email",
    "notary_phone",
)
VISIT_FIELDS = (
    "wanted_by",
    "signing_on",
    "urgent",
    "keys",
    "access_name",
    "access_phone",
    "access_note",
    "remarks",
)
FIELDS = (*PROPERTY_FIELDS, *BUILDING_FIELDS, *CHOICE_FIELDS, *PEOPLE_FIELDS, *VISIT_FIELDS)
_PLACE = {"street", "postcode", "city"}
#: What an order that is made from another one does not take over: it belongs to that visit.
_NOT_COPIED = {"wanted_by", "signing_on", "urgent", "valid_reports"}


@transaction.atomic
def begin_order(
    *,
    origin: OrderOrigin,
    user: User | None,
    contact: Contact | None = None,
    values: Mapping[str, Any] | None = None,
    picked: Picked | None = None,
    visit: Visit | None = None,
) -> Order:
    """Returns a new draft with those of FIELDS that are given; who orders is taken from the contact."""
    order = Order(origin=origin, contact=contact, created_by=user, number=new_code())
    if contact is not None:
        _fill_orderer(order, contact, user)
    for name in FIELDS:
        if name in (values or {}):
            setattr(order, name, (values or {})[name])
    order.save()
    order.number = f"C{timezone.localdate():%y}-{order.pk:04d}"
    order.search = order_search_text(order)
    order.save(update_fields=["number", "search"])
    write_order_event(order, OrderEventKind.CREATED, actor=user, visit=visit)
    place_order(order, picked=picked)
    return order


@transaction.atomic
def save_order(order: Order, *, version: int, user: User | None, picked: Picked | None = None, **values: Any) -> Order:
    """Returns the order with those of FIELDS that are given; what changes once it is sent is written down.

    Raises DomainError `edited_meanwhile` when it is no longer at `version`, `order_closed` when nobody may write in it.
    """
    locked = lock_order(order)
    if locked.version != version:
        raise DomainError(
            "edited_meanwhile",
            _(
                "Somebody edited this order while you were typing. Your text is kept below: "
                "compare it with the order, then save again."
            ),
        )
    if not (locked.is_draft or locked.is_open):
        raise DomainError("order_closed", _("This order can no longer be edited."))
    changed = [name for name in FIELDS if name in values and getattr(locked, name) != values[name]]
    for name in changed:
        setattr(locked, name, values[name])
    if _PLACE & set(changed) or (picked is not None and not locked.insee):
        place_order(locked, picked=picked)
    if changed:
        locked.version += 1
        locked.search = order_search_text(locked)
        locked.save(update_fields=[*changed, "version", "search", "updated_at"])
        if not locked.is_draft:
            write_order_event(locked, OrderEventKind.EDITED, actor=user)
    return locked


@transaction.atomic
def send_order(order: Order, *, user: User | None, visit: Visit | None = None) -> Order:
    """Returns the order, to be handled from now on; who orders and the firm get a mail.

    Raises DomainError `already_sent` (two clicks, or two windows).
    """
    locked = lock_order(order)
    if not locked.is_draft:
        raise DomainError("already_sent", _("This order was sent already."))
    locked.state, locked.sent_at = OrderState.TODO, timezone.now()
    locked.search = order_search_text(locked)
    locked.save(update_fields=["state", "sent_at", "search", "updated_at"])
    write_order_event(locked, OrderEventKind.SENT, actor=user, visit=visit)
    tell_order_sent(locked, by=user)
    follow_order_sent(locked, user=user)
    emit("order.created", [locked], order_data)
    forget_figures()
    return locked


@transaction.atomic
def duplicate_order(order: Order, *, user: User) -> Order:
    """Returns a new draft with what an earlier order says of the property, the people and the visit, without files."""
    origin = OrderOrigin.STAFF if user.is_firm_staff else OrderOrigin.CLIENT
    values = {name: getattr(order, name) for name in FIELDS if name not in _NOT_COPIED}
    picked = None
    if order.latitude is not None and order.longitude is not None:
        picked = Picked(
            street=order.street,
            postcode=order.postcode,
            city=order.city,
            insee=order.insee,
            label=order.geo_label,
            latitude=order.latitude,
            longitude=order.longitude,
            score=order.geo_score or 0.0,
        )
    return begin_order(origin=origin, user=user, contact=order.contact, values=values, picked=picked)


@transaction.atomic
def delete_draft(order: Order) -> None:
    """Deletes a draft and what was joined to it; raises DomainError `already_sent`."""
    locked = lock_order(order)
    if not locked.is_draft:
        raise DomainError("already_sent", _("This order was sent already."))
    delete_order_files(locked)
    locked.delete()


@transaction.atomic
def link_order(order: Order, *, contact: Contact | None, user: User) -> Order:
    """Returns the order, which is that client's from now on: it sees it among its own."""
    locked = lock_order(order)
    if locked.contact_id == (contact.pk if contact else None):
        return locked
    locked.contact = contact
    if contact is not None and not locked.orderer_email:
        _fill_orderer(locked, contact, None)
        locked.search = order_search_text(locked)
    locked.save()
    locked.quotes.update(contact=contact)
    write_order_event(locked, OrderEventKind.CONTACT, actor=user, subject=str(contact or ""), for_staff=True)
    return locked


def lock_order(order: Order) -> Order:
    """Returns the order as it is now, locked."""
    return Order.objects.select_for_update(of=("self",)).select_related("contact").get(pk=order.pk)


def _fill_orderer(order: Order, contact: Contact, user: User | None) -> None:
    own = user is not None and user.is_client
    roles = {"agency": OrdererRole.AGENCY, "notary": OrdererRole.NOTARY, "owner": OrdererRole.OWNER}
    order.orderer_role = roles.get(contact.kind, "")
    order.orderer_name = str(user)[:120] if own else contact.name
    order.orderer_company = contact.company
    order.orderer_email = user.email if user is not None and own else contact.user.email
    order.orderer_phone = contact.phone
    order.orderer_address = address_on_one_line(contact.street, contact.postcode, contact.city)[:250]
    if contact.kind == "owner":
        order.owner_name, order.owner_email = order.orderer_name, order.orderer_email
        order.owner_phone, order.owner_address = order.orderer_phone, order.orderer_address
