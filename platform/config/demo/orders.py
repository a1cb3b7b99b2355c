"""What the demo's clients have ordered, in each state; nobody is mailed about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import User
from extranet.actions.history import Visit
from extranet.actions.mission import make_mission
from extranet.actions.mission_sign import Signing, sign_mission
from extranet.actions.order import begin_order
from extranet.actions.order_history import order_search_text, write_order_event
from extranet.actions.order_place import Picked
from extranet.enums_order import OrderEventKind, OrderOrigin, OrderState
from extranet.models import Contact, Order, PortalSettings
from mail.models import OutgoingMail


@dataclass(frozen=True)
class DemoOrder:
    """An order: whose (nobody's without an account), its state, how many days ago it was sent, what it says."""

    client: str
    state: OrderState
    days_ago: int
    place: tuple[float, float]
    values: Mapping[str, Any]
    wanted_in: int | None = None
    reason: str = ""


def _flat(street: str, postcode: str, city: str, **values: Any) -> dict[str, Any]:
    told = {"transaction": "sale", "property_kind": "flat", "street": street, "postcode": postcode, "city": city}
    return told | values


ORDERS: Mapping[str, tuple[DemoOrder, ...]] = {
    "armor": (
        DemoOrder(
            "agence-du-port",
            OrderState.TODO,
            0,
            (48.3885, -4.4880),
            _flat(
                "12 Rue de Siam",
                "29200",
                "Brest",
                floor="3",
                lot="14",
                co_owned="yes",
                build_period="before_1949",
                surface=Decimal("78.50"),
                rooms=4,
                electricity="old",
                gas="none",
                diagnostics=["dpe", "amiante", "crep", "elec", "erp", "carrez"],
                owner_name="Mme Anne Kermarrec",
                owner_phone="06 00 00 00 11",
                keys="À l’agence",
                access_name="Luc, agence du Port",
                access_phone="02 98 00 00 10",
                urgent=True,
            ),
            wanted_in=4,
        ),
        DemoOrder(
            "",
            OrderState.TODO,
            1,
            (48.4102, -4.4521),
            _flat(
                "8 Rue du Général Paulet",
                "29200",
                "Brest",
                property_kind="house",
                build_period="before_1997",
                surface=Decimal("110.00"),
                rooms=5,
                heating="individual",
                diagnostics=["dpe", "amiante", "elec", "gaz", "erp"],
                orderer_role="owner",
                orderer_name="Paul Tanguy",
                orderer_email="paul.tanguy@courriel.example",
                orderer_phone="06 00 00 00 22",
                remarks="Disponible le matin seulement.",
            ),
        ),
        DemoOrder(
            "agence-du-port",
            OrderState.ONGOING,
            6,
            (47.9960, -4.1020),
            _flat(
                "3 Quai de l’Odet",
                "29000",
                "Quimper",
                transaction="rental",
                furnished="no",
                build_period="since_1997",
                surface=Decimal("42.00"),
                rooms=2,
                diagnostics=["dpe", "erp", "boutin"],
                owner_name="SCI de l’Odet",
            ),
            wanted_in=-1,
        ),
        DemoOrder(
            "agence-du-port",
            OrderState.DONE,
            25,
            (48.3905, -4.4860),
            _flat("5 Rue Jean Jaurès", "29200", "Brest", surface=Decimal("55.00"), rooms=3, diagnostics=["dpe", "erp"]),
        ),
        DemoOrder(
            "agence-du-port",
            OrderState.CANCELLED,
            12,
            (48.4500, -4.2500),
            _flat("1 Place Saint-Houardon", "29800", "Landerneau", diagnostics=["dpe"]),
            reason="Vente reportée au printemps.",
        ),
    )
}
_LINES = {
    OrderState.TODO: (),
    OrderState.ONGOING: (OrderEventKind.STARTED,),
    OrderState.DONE: (OrderEventKind.STARTED, OrderEventKind.DONE),
    OrderState.CANCELLED: (OrderEventKind.CANCELLED,),
}


def seed_missions() -> None:
    """Makes mission orders of the orders: one that its client has signed, one that waits; nobody is mailed about it."""
    found = Order.objects.select_related("contact__user").filter(contact__isnull=False)
    ongoing = found.filter(state=OrderState.ONGOING).first()
    todo = found.filter(state=OrderState.TODO).first()
    if ongoing is not None and ongoing.contact is not None:
        mission, user = make_mission(ongoing, user=ongoing.assigned_to), ongoing.contact.user
        signing = Signing(
            name=ongoing.orderer_name,
            sha256=mission.sha256,
            early_start=None,
            drawing=b"",
            visit=Visit(address="192.0.2.10", user_agent="Mozilla/5.0"),
            user=user,
        )
        sign_mission(mission, signing)
    if todo is not None:
        make_mission(todo, user=None)
    # their jobs find nothing to send
    OutgoingMail.objects.filter(kind__startswith="mission_").delete()


def seed_orders(subdomain: str, *, staff: User, contacts: Mapping[str, Contact]) -> None:
    """Makes the orders of a demo firm, which takes those of people without an account too."""
    entries = ORDERS.get(subdomain, ())
    if entries:
        PortalSettings.objects.update(visitor_orders=True)
    for entry in reversed(entries):
        _seed(entry, staff=staff, contact=contacts.get(entry.client))


def _seed(entry: DemoOrder, *, staff: User, contact: Contact | None) -> None:
    values = dict(entry.values)
    today = timezone.localdate()
    if entry.wanted_in is not None:
        values["wanted_by"] = today + timedelta(days=entry.wanted_in)
    latitude, longitude = entry.place
    picked = Picked(
        street=values["street"],
        postcode=values["postcode"],
        city=values["city"],
        insee="",
        label=f"{values['street']} {values['postcode']} {values['city']}",
        latitude=latitude,
        longitude=longitude,
        score=0.9,
    )
    origin = OrderOrigin.CLIENT if contact else OrderOrigin.VISITOR
    user = contact.user if contact else None
    order = begin_order(origin=origin, user=user, contact=contact, values=values, picked=picked)
    sent = timezone.now() - timedelta(days=entry.days_ago)
    order.state, order.sent_at = entry.state, sent
    if entry.state in {OrderState.ONGOING, OrderState.DONE}:
        order.started_at, order.assigned_to = sent + timedelta(hours=3), staff
    if entry.state == OrderState.DONE:
        order.done_at = sent + timedelta(days=4)
    if entry.state == OrderState.CANCELLED:
        order.cancelled_at, order.cancel_reason = sent + timedelta(days=1), entry.reason
    order.search = order_search_text(order)
    order.save()
    write_order_event(order, OrderEventKind.SENT, actor=user)
    for kind in _LINES[entry.state]:
        write_order_event(order, kind, actor=staff, subject=entry.reason)
    Order.objects.filter(pk=order.pk).update(created_at=sent - timedelta(minutes=9))
    order.events.filter(kind__in=[OrderEventKind.CREATED, OrderEventKind.SENT]).update(at=sent)
