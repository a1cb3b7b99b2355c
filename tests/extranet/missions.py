"""Orders with mission orders, as the tests of them need them."""

from typing import Any

from django.urls import reverse

from extranet.actions.history import Visit
from extranet.actions.mission import make_mission
from extranet.actions.mission_sign import Signing
from extranet.actions.order import begin_order, send_order
from extranet.enums_order import OrderOrigin
from extranet.models import Contact, MissionOrder, Order, PortalSettings
from extranet.queries.mission import mission_token
from extranet.queries.mission_proof import read_stored
from kernel.tenancy import firm_context
from mail.models import OutgoingMail
from storage.models import StoredFile
from tests.factories.cast import Cast

VALUES = {
    "transaction": "sale",
    "property_kind": "flat",
    "street": "12 rue de Siam",
    "postcode": "29200",
    "city": "Brest",
    "diagnostics": ["dpe", "crep"],
    "orderer_name": "Alice Le Goff",
    "orderer_phone": "0298000000",
    "keys": "À l’agence",
}
VISIT = Visit(address="203.0.113.7", user_agent="Mozilla/5.0 (essai)")


def ordered(cast: Cast, *, contact: Contact | None = None, visitor: bool = False, **values: Any) -> Order:
    """Returns an order that was sent: Alice's, or of somebody without an account."""
    given = VALUES | values
    with firm_context("firm_alpha"):
        if visitor:
            given = {"orderer_email": "eve@else.example"} | given
            order = begin_order(origin=OrderOrigin.VISITOR, user=None, values=given)
            return send_order(order, user=None)
        who = contact or cast.alice
        order = begin_order(origin=OrderOrigin.CLIENT, user=who.user, contact=who, values=given)
        return send_order(order, user=who.user)


def mission_of(cast: Cast, *, code: bool = False, **values: Any) -> MissionOrder:
    """Returns a mission order that waits for its signature; `code`: whether by its link a code is asked for."""
    order = ordered(cast, **values)
    with firm_context("firm_alpha"):
        PortalSettings.objects.update(mission_code=code)
        return make_mission(order, user=cast.bob)


def signing(mission: MissionOrder, **changes: Any) -> Signing:
    """Returns what somebody types and ticks, by the link unless a user is given."""
    told: dict[str, Any] = {
        "name": "Alice Le Goff",
        "sha256": mission.sha256,
        "early_start": None,
        "drawing": b"",
        "visit": VISIT,
    }
    return Signing(**told | changes)


def mails(kind: str) -> list[OutgoingMail]:
    with firm_context("firm_alpha"):
        return list(OutgoingMail.objects.filter(kind=kind).order_by("id"))


def fresh(mission: MissionOrder) -> MissionOrder:
    with firm_context("firm_alpha"):
        return MissionOrder.objects.select_related("order", "stored").get(pk=mission.pk)


def bytes_of(stored: StoredFile) -> bytes:
    with firm_context("firm_alpha"):
        return read_stored(StoredFile.objects.get(pk=stored.pk))


def link(mission: MissionOrder, name: str = "guest-mission") -> str:
    with firm_context("firm_alpha"):
        return reverse(name, args=[mission_token(mission)], urlconf="config.urls_firm")


def page(mission: MissionOrder, name: str = "mission") -> str:
    return reverse(name, args=[mission.order.code, mission.code], urlconf="config.urls_firm")


def form(mission: MissionOrder, **changes: str) -> dict[str, str]:
    return {"name": "Alice Le Goff", "agreed": "on", "sha256": mission.sha256, "drawing": ""} | changes
