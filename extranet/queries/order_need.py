"""Which diagnostics an order needs: the firm's rules over its answers and over what the firm knows of the place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone
from django.utils.dateparse import parse_date

from extranet.enums_order import ZoneKind
from extranet.enums_price import NeedVerdict
from extranet.models import Order
from extranet.needs import SURFACE, Answers, Need, needs
from extranet.queries.need import rules_in_force, zones_of

_ANSWERS = (
    "transaction",
    "furnished",
    "property_kind",
    "co_owned",
    "build_period",
    "gas",
    "electricity",
    "sewered",
    "heating",
    "wood_heating",
    "pool",
    "energy_class",
    "postcode",
    "surface",
    "rooms",
)
#: The answers that another step than the building's asks for.
_ELSEWHERE = {"transaction": "bien", "property_kind": "bien", "territory": "bien"}


@dataclass(frozen=True)
class OrderNeeds:
    """What is due, what depends on an answer that is missing, what is not; and what the firm knows of the zones."""

    required: list[Need] = field(default_factory=list)
    conditional: list[Need] = field(default_factory=list)
    others: list[Need] = field(default_factory=list)
    known_zones: Mapping[str, str] = field(default_factory=dict)

    @property
    def due(self) -> list[str]:
        """The diagnostics that are due."""
        return [need.diagnostic for need in self.required]


def order_needs(
    order: Order, *, zones: Mapping[str, str] | None = None, valid: Mapping[str, date] | None = None
) -> OrderNeeds:
    """Returns what an order needs as of today: two queries. `zones` and `valid` stand for those that it says itself.

    What the firm knows of a place comes before what was answered.
    """
    known = {zone: answer for zone, answer in zones_of(order.postcode, order.city).items() if answer}
    said = order.zones if zones is None else zones
    if valid is None:
        days = {kind: parse_date(day) for kind, day in order.valid_reports.items()}
        valid = {kind: day for kind, day in days.items() if day is not None}
    answers = Answers(**{name: getattr(order, name) for name in _ANSWERS}, zones={**said, **known}, valid=valid)
    today = timezone.localdate()
    found = needs(rules_in_force(today), answers, on=today)
    by_verdict = {
        verdict: [need for need in found if need.verdict == verdict]
        for verdict in (NeedVerdict.REQUIRED, NeedVerdict.CONDITIONAL, NeedVerdict.NOT_REQUIRED)
    }
    return OrderNeeds(
        required=by_verdict[NeedVerdict.REQUIRED],
        conditional=by_verdict[NeedVerdict.CONDITIONAL],
        others=by_verdict[NeedVerdict.NOT_REQUIRED],
        known_zones={zone: known[zone] for zone in ZoneKind.values if zone in known},
    )


def step_of_answer(name: str) -> str:
    """Returns the step of the wizard that asks for one of the answers; "" when it is on the page of the diagnostics."""
    if name.startswith("zone."):
        return ""
    return _ELSEWHERE.get(name, "description") if name != SURFACE else "description"
