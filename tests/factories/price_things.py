"""What the route matrix asks for of rules, zones and price lists."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from extranet.models import NeedRule, PriceList, PriceRow, ZoneArea
from tests.factories.cast import Cast
from tests.storage.builders import upload


@dataclass
class PriceThings:
    """A rule of what is due, a place of which the zone is known, a client's price list."""

    rule: NeedRule
    place: ZoneArea
    entry: PriceList


def add_price_things(cast: Cast) -> PriceThings:
    """Returns one of each."""
    rule = NeedRule.objects.create(kind="piscine", conditions={"pool": ["yes"]}, reason="Bassin enterré")
    place = ZoneArea.objects.create(zone="termites", area="29200")
    entry = PriceList.objects.create(name="Tarif Alice", contact=cast.alice, vat_rate=None)
    PriceRow.objects.create(price_list=entry, diagnostic="erp", price=12)
    return PriceThings(rule, place, entry)


def lines(*entries: dict[str, str]) -> dict[str, str]:
    """Returns what the form of several lines sends."""
    sent = {"form-TOTAL_FORMS": str(len(entries)), "form-INITIAL_FORMS": "0"}
    return sent | {f"form-{rank}-{name}": text for rank, entry in enumerate(entries) for name, text in entry.items()}


def price_arguments(things: PriceThings) -> dict[str, dict[str, object]]:
    """Returns the arguments of their addresses."""
    names = ("detail", "edit", "duplicate", "delete", "rows", "packs", "travels", "import", "export")
    return {
        **{f"need-rule-{name}": {"code": things.rule.code} for name in ("edit", "delete")},
        "need-rules-restore": {"kind": "erp"},
        "zone-delete": {"code": things.place.code},
        **{f"price-list-{name}": {"code": things.entry.code} for name in names},
    }


def price_data() -> dict[str, Callable[[], dict[str, Any]]]:
    """Returns what their forms send."""
    return {
        **dict.fromkeys(
            ["need-rule-add", "need-rule-edit"],
            lambda: {"kind": "piscine", "effect": "requires", "reason": "Bassin", "pool": ["yes"]},
        ),
        "zone-add": lambda: {"zone": "merule", "answer": "yes", "places": "29"},
        **dict.fromkeys(
            ["price-list-add", "price-list-edit"],
            lambda: {"name": "Nouveau", "size_by": "surface", "contact_kind": "notary", "vat_rate": "20.00"},
        ),
        "price-list-duplicate": lambda: {"name": "Copie", "percent": "3"},
        "price-list-rows": lambda: lines({"price": "90"}),
        "price-list-packs": lambda: lines({"name": "Pack", "least": "2", "percent": "5"}),
        "price-list-travels": lambda: lines({"postcode": "29", "amount": "5"}),
        "price-list-import": lambda: {"file": upload(b"Diagnostic;Prix\nDPE;90\n", "prix.csv")},
    }
