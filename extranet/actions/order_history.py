"""Writing an order's history and the text that it is found by."""

from accounts.models import User
from extranet.actions.history import Visit
from extranet.enums_order import OrderEventKind
from extranet.models import Order, OrderEvent
from extranet.queries.order import diagnostic_labels
from kernel.text import search_text


def write_order_event(
    order: Order,
    kind: OrderEventKind,
    *,
    actor: User | None,
    subject: str = "",
    for_staff: bool = False,
    visit: Visit | None = None,
) -> OrderEvent:
    """Returns a new line of an order's history; without an account its author is who orders."""
    return OrderEvent.objects.create(
        order=order,
        kind=kind,
        actor=actor,
        actor_name=str(actor or order.orderer_name or order.orderer_email)[:120],
        subject=subject[:500],
        for_staff=for_staff,
        address=visit.address if visit else None,
    )


def order_search_text(order: Order) -> str:
    """Returns what an order is found by."""
    return search_text(
        order.number,
        order.street,
        order.street_extra,
        order.postcode,
        order.city,
        order.cadastre,
        order.lot,
        order.orderer_name,
        order.orderer_company,
        order.orderer_email,
        order.orderer_phone,
        order.owner_name,
        order.owner_email,
        order.occupant_name,
        order.notary_name,
        " ".join(diagnostic_labels(order.diagnostics)),
    )
