"""The mission orders of orders, and the model that they are made by."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from extranet.enums_mission import MissionState
from extranet.mission_defaults import default_model
from extranet.models import MissionModel, MissionOrder, MissionSignature, Order
from extranet.queries.order_filter import visible_orders
from kernel.signing import BadSignature, sign, unsign

_PURPOSE = "mission"
#: How long the link of a mission order works: as long as one may have to look at what one signed.
LINK_SECONDS = int(timedelta(days=730).total_seconds())
#: How many earlier models the settings show.
MOST_VERSIONS = 10


@dataclass(frozen=True)
class MissionRow:
    """A mission order on its order's page, with its signature once there is one; `token` makes its link."""

    mission: MissionOrder
    signature: MissionSignature | None
    token: str


def current_model() -> MissionModel:
    """Returns the firm's present model; unsaved, the one that a firm starts with, until it changes something."""
    found = MissionModel.objects.select_related("stored").filter(is_current=True).first()
    return found or MissionModel(version=0, **default_model())


def earlier_models() -> list[MissionModel]:
    """Returns the models before the present one, the last first."""
    found = MissionModel.objects.select_related("stored", "created_by").filter(is_current=False)
    return list(found.order_by("-version")[:MOST_VERSIONS])


def missions_of(order: Order) -> list[MissionRow]:
    """Returns the mission orders of an order, the last first: one query."""
    found = MissionOrder.objects.filter(order=order).select_related("signature", "stored").order_by("-rank")
    rows = []
    for mission in found:
        mission.order = order
        rows.append(MissionRow(mission, getattr(mission, "signature", None), mission_token(mission)))
    return rows


def mission_context(order: Order, user: User | None) -> dict[str, Any]:
    """Returns what an order's page shows of its mission orders: one query; clients see no withdrawn ones."""
    rows = [] if order.is_draft else missions_of(order)
    if user is None or not user.is_firm_staff:
        rows = [row for row in rows if row.mission.state in {MissionState.TO_SIGN, MissionState.SIGNED}]
    newest = next((row for row in rows if row.mission.state in {MissionState.TO_SIGN, MissionState.SIGNED}), None)
    return {"missions": rows, "mission_newest": newest}


def mark_missions(orders: Iterable[Order]) -> None:
    """Gives each order of a page the state of its mission order (`mission_state`): one query."""
    by_key = {order.pk: order for order in orders}
    found = MissionOrder.objects.filter(
        order_id__in=list(by_key), state__in=[MissionState.TO_SIGN, MissionState.SIGNED]
    ).order_by("rank")
    for order_id, state in found.values_list("order_id", "state"):
        by_key[order_id].mission_state = state


def visible_missions(user: User) -> QuerySet[MissionOrder]:
    """Returns the mission orders of the orders that a person may see; for a client without those taken back."""
    found = MissionOrder.objects.filter(order__in=visible_orders(user)).select_related("order__contact", "stored")
    if not user.is_firm_staff:
        found = found.filter(state__in=[MissionState.TO_SIGN, MissionState.SIGNED])
    return found


def mission_token(mission: MissionOrder) -> str:
    """Returns what stands in the address of a mission order for whoever has no account."""
    return sign(mission.code, purpose=_PURPOSE)


def mission_of_token(token: str) -> MissionOrder | None:
    """Returns the mission order of an address, in whatever state; None when it is forged or too old."""
    try:
        code = unsign(token, purpose=_PURPOSE, max_age=LINK_SECONDS)
    except BadSignature:
        return None
    return MissionOrder.objects.select_related("order__contact", "stored").filter(code=code).first()


def missions_to_remind(*, days: int, most: int) -> list[int]:
    """Returns the keys of those that wait for their signature and whose last mail left so many days ago."""
    before = timezone.now() - timedelta(days=days)
    found = MissionOrder.objects.filter(
        state=MissionState.TO_SIGN, reminders_stopped=False, reminders__lt=most, mailed_at__lte=before
    ).exclude(order__state="cancelled")
    return list(found.order_by("pk").values_list("pk", flat=True))
