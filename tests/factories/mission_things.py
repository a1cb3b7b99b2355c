"""What the route matrix asks of mission orders: alpha's objects, the arguments of their addresses, what forms send."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from extranet.actions.history import Visit
from extranet.actions.mission import make_mission
from extranet.actions.mission_model import change_mission_model
from extranet.actions.mission_sign import sign_mission_on_paper
from extranet.actions.order import begin_order, send_order
from extranet.enums_mission import MissionModelKind
from extranet.enums_order import OrderOrigin
from extranet.models import MissionModel, MissionOrder, Order
from extranet.queries.mission import mission_token
from kernel.tenancy import firm_context
from storage.actions.files import claim, store_bytes
from tests.factories.cast import Cast
from tests.storage.builders import image, pdf, upload
from tests.storage.pdf_forms import DESKTOP, form_pdf


@dataclass
class MissionThings:
    """A mission order that waits for its signature, one that was signed on paper, the firm's form, an earlier model."""

    waiting: MissionOrder
    signed: MissionOrder
    model: MissionModel


def add_mission_things(order: Order, cast: Cast) -> MissionThings:
    """Returns one of each; `order` is Alice's, who has ordered another one too."""
    earlier = change_mission_model(user=cast.anna, before="Bonjour")
    waiting = make_mission(order, user=cast.bob)
    values = {"transaction": "sale", "property_kind": "flat", "street": "1 rue", "postcode": "29200", "city": "Brest"}
    other = begin_order(origin=OrderOrigin.CLIENT, user=cast.alice.user, contact=cast.alice, values=values)
    signed = make_mission(send_order(other, user=cast.alice.user), user=cast.bob)
    sign_mission_on_paper(signed, upload(image(), "scan.png"), name="Alice", user=cast.bob, visit=Visit())
    change_mission_model(
        user=cast.anna,
        kind=MissionModelKind.FORM,
        stored=claim(store_bytes(form_pdf(DESKTOP), name="form.pdf", user=cast.anna)),
        fields=[{"name": "bien_adresse", "kind": "text", "page": 1, "options": [], "value": ""}],
        assigned={"bien_adresse": ""},
    )
    return MissionThings(waiting, signed, earlier)


def mission_arguments(things: MissionThings) -> dict[str, dict[str, object]]:
    """Returns the arguments of the addresses of mission orders."""

    def of(mission: MissionOrder) -> dict[str, object]:
        return {"code": mission.order.code, "mission_code": mission.code}

    with firm_context("firm_alpha"):
        token = mission_token(things.waiting)
    names = ("content", "download", "remind", "reminders", "withdraw", "paper")
    return {
        "mission": of(things.waiting),
        "mission-make": {"code": things.waiting.order.code},
        **{f"mission-{name}": of(things.waiting) for name in names},
        "mission-proof": of(things.signed),
        **{f"mission-model-{name}": {"code": things.model.code} for name in ("preview", "restore")},
        **{f"guest-mission{name}": {"token": token} for name in ("", "-code", "-content", "-download")},
    }


def mission_data(things: MissionThings) -> dict[str, Callable[[], dict[str, Any]]]:
    """Returns what the forms of mission orders send."""
    signing = {"name": "Alice Le Goff", "agreed": "on", "sha256": things.waiting.sha256}
    return {
        "settings-mission": lambda: {"mission_trigger": "started", "mission_remind_most": "2"},
        "settings-mission-pages": lambda: {"sections": ["orderer"], "before": "Bonjour"},
        "settings-mission-upload": lambda: {"kind": "front", "file": upload(pdf(), "odm.pdf")},
        "settings-mission-fields": lambda: {"field-0": "bien_adresse"},
        "mission": lambda: signing,
        "guest-mission": lambda: signing,
        "mission-reminders": lambda: {"stop": "1"},
        "mission-withdraw": lambda: {"reason": "Erreur"},
        "mission-paper": lambda: {"name": "Alice", "file": upload(image(), "scan.png")},
    }
