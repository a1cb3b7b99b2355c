"""Where an ordered property is: as picked from the address service's answers, or looked up by a job."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from extranet.actions.place import place_values
from extranet.enums import GeoState
from extranet.geocoding import SURE_SCORE, TOWN, Suggestion, suggest_addresses
from extranet.models import Order
from kernel.errors import OutsideServiceError
from kernel.jobs import firm_job
from kernel.signing import BadSignature, sign, unsign
from kernel.text import fold

logger = structlog.get_logger(__name__)

_PURPOSE = "picked-address"
#: How long a page with a picked address may stay open.
_PICKED_SECONDS = int(timedelta(days=2).total_seconds())


@dataclass(frozen=True)
class Picked:
    """An address as the service knows it, with its place in degrees (WGS 84)."""

    street: str
    postcode: str
    city: str
    insee: str
    label: str
    latitude: float
    longitude: float
    score: float

    @classmethod
    def from_suggestion(cls, found: Suggestion) -> "Picked":
        """Returns what an order keeps of one of the service's answers."""
        place = found.place
        return cls(
            street=found.street[:200],
            postcode=found.postcode[:10],
            city=found.city[:100],
            insee=found.insee[:5],
            label=place.label,
            latitude=place.latitude,
            longitude=place.longitude,
            score=place.score,
        )

    def says(self, values: Mapping[str, Any]) -> bool:
        """Whether it is still the address that was typed."""
        return all(
            fold(getattr(self, name)) == fold(str(values.get(name, ""))) for name in ("street", "postcode", "city")
        )


def sign_picked(picked: Picked) -> str:
    """Returns an address as a form carries it."""
    return sign(asdict(picked), purpose=_PURPOSE)


def read_picked(text: str) -> Picked | None:
    """Returns the address that a form carried; None when it is forged or old."""
    try:
        return Picked(**unsign(text, purpose=_PURPOSE, max_age=_PICKED_SECONDS)) if text else None
    except (BadSignature, TypeError):
        return None


def known_address(street: str, postcode: str, city: str) -> Picked | None:
    """Returns the address as the service knows it where it is sure of it; None too when it does not answer."""
    try:
        found = suggest_addresses(f"{street} {postcode} {city}", most=1, is_whole=True)
    except OutsideServiceError:
        return None
    sure = [one for one in found if one.place.score >= SURE_SCORE and one.place.kind != TOWN]
    return Picked.from_suggestion(sure[0]) if sure else None


def place_order(order: Order, *, picked: Picked | None) -> Order:
    """Returns the order at the place that was picked, else one whose address a job will look up."""
    values: dict[str, Any] = {"latitude": None, "longitude": None, "geo_score": None, "geo_label": "", "insee": ""}
    values |= {"geo_state": GeoState.NONE, "geo_at": timezone.now()}
    if picked is not None:
        values |= {
            "latitude": picked.latitude,
            "longitude": picked.longitude,
            "geo_score": picked.score,
            "geo_label": picked.label[:250],
            "insee": picked.insee,
            "geo_state": GeoState.FOUND,
        }
    elif order.address_line.strip():
        values["geo_state"] = GeoState.WAITING
    for name, value in values.items():
        setattr(order, name, value)
    Order.objects.filter(pk=order.pk).update(**values)
    if order.geo_state == GeoState.WAITING:
        geocode_order.enqueue(order_id=order.pk, lock="geocoding", once=f"order-{order.pk}")
    return order


@firm_job(queue="geocoding")
def geocode_order(*, order_id: int) -> None:
    """Looks up the address of an order that waits for it; it fails softly, never the job."""
    order = Order.objects.filter(pk=order_id, geo_state=GeoState.WAITING).first()
    if order is None:
        return
    try:
        found = suggest_addresses(order.address_line, most=1, is_whole=True)
    except OutsideServiceError as error:
        logger.warning("order_not_looked_up", order=order.code, reason=str(error))
        values: dict[str, Any] = {"geo_state": GeoState.FAILED}
    else:
        best = found[0] if found else None
        values = place_values(best.place if best else None, street=order.street)
        values["insee"] = best.insee[:5] if best else ""
    with transaction.atomic():
        # the address may have been changed meanwhile
        same = {name: getattr(order, name) for name in ("street", "postcode", "city", "geo_state")}
        Order.objects.filter(pk=order.pk, **same).update(**values, geo_at=timezone.now())
