"""What the route matrix asks of orders: alpha's objects, the arguments of their addresses, what forms send."""

from collections.abc import Callable
from typing import Any

from extranet.actions.order import begin_order, send_order
from extranet.actions.order_file import add_order_files
from extranet.enums_order import OrderOrigin
from extranet.models import Order, OrderFile, PortalSettings
from extranet.queries.order import order_token
from kernel.tenancy import firm_context
from storage.actions.files import store_bytes
from tests.factories.cast import Cast

#: What the form of an order's property sends.
PROPERTY = {
    "transaction": "sale",
    "property_kind": "flat",
    "street": "12 rue de Siam",
    "postcode": "29200",
    "city": "Brest",
    "floor": "3",
}


def add_order_things(cast: Cast) -> tuple[Order, Order, OrderFile]:
    """Returns what Alice has ordered, with an attachment, and a draft of hers; anybody may order from now on."""
    PortalSettings.objects.update(visitor_orders=True)
    user, values = cast.alice.user, PROPERTY | {"floor": ""}
    sent, draft = (
        begin_order(origin=OrderOrigin.CLIENT, user=user, contact=cast.alice, values=values) for _ in range(2)
    )
    (file,) = add_order_files(sent, stored=[store_bytes(b"plan", name="plan.txt")], user=user)
    return send_order(sent, user=user), draft, file


def order_arguments(order: Order, draft: Order, file: OrderFile) -> dict[str, dict[str, object]]:
    """Returns the arguments of the addresses of orders."""
    of_order: dict[str, object] = {"code": order.code}
    of_file = of_order | {"attachment_code": file.code}
    with firm_context("firm_alpha"):
        follow = order_token(order)
    names = (
        "json",
        "xml",
        "ics",
        "detail",
        "duplicate",
        "cancel",
        "move",
        "assign",
        "contact",
        "notes",
        "dossier",
        "visitor-done",
    )
    return {
        **{f"order-{name}": of_order for name in names},
        **dict.fromkeys(["order-step", "order-visitor-step"], of_order | {"step": "bien"}),
        "order-delete": {"code": draft.code},
        **{f"order-{name}": of_file for name in ("file", "file-remove", "visitor-file-remove")},
        "order-visitor-follow": {"token": follow},
    }


def order_data(cast: Cast) -> dict[str, Callable[[], dict[str, Any]]]:
    """Returns what the forms of orders send."""
    return {
        **dict.fromkeys(["order-new", "order-step", "order-visitor-new", "order-visitor-step"], lambda: PROPERTY),
        "order-cancel": lambda: {"reason": "Vendu"},
        "order-move": lambda: {"to": "ongoing"},
        "order-assign": lambda: {"person": cast.bob.code},
        "order-contact": lambda: {"contact": cast.charlie.code},
        "order-notes": lambda: {"notes": "Rappeler"},
        "order-dossier": lambda: {"title": "Appartement", "contacts": [cast.alice.code]},
    }
