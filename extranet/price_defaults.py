"""The price list that a firm starts with: usual prices of the trade (facts of the field, 2.4), to be made its own.

Without VAT. By size: a base times what the trade multiplies it by, rounded to five euros.
"""

from decimal import ROUND_HALF_UP, Decimal

NAME = "Tarif général"
BASES = {
    "dpe": 130,
    "amiante": 110,
    "dapp": 110,
    "crep": 130,
    "termites": 110,
    "gaz": 120,
    "elec": 120,
    "carrez": 90,
    "boutin": 90,
}
#: Property, from and to (m²), what the base is multiplied by.
SIZES = (
    ("flat", None, 30, "0.85"),
    ("flat", 30, 80, "1"),
    ("flat", 80, 130, "1.15"),
    ("flat", 130, None, "1.3"),
    ("house", None, 80, "1.15"),
    ("house", 80, 150, "1.3"),
    ("house", 150, None, "1.5"),
)
#: Whatever the property.
FLAT_PRICES = {"erp": 25}
#: Name, from how many diagnostics, percent.
PACKS = (
    ("Pack 3 diagnostics", 3, 5),
    ("Pack 5 diagnostics", 5, 10),
    ("Pack 7 diagnostics", 7, 15),
)
TERMS = {
    "travel_free_km": 15,
    "travel_per_km": Decimal("0.40"),
    "travel_most": Decimal("40.00"),
    "urgent_amount": Decimal("20.00"),
    "weekend_amount": Decimal("30.00"),
    "evening_amount": Decimal("15.00"),
}
_STEP = 5


def default_prices() -> list[dict[str, object]]:
    """Returns the rows of extranet.models.PriceRow."""
    rows: list[dict[str, object]] = []
    for diagnostic, base in BASES.items():
        for property_kind, start, end, factor in SIZES:
            steps = (base * Decimal(factor) / _STEP).quantize(Decimal(1), rounding=ROUND_HALF_UP)
            rows.append(
                {
                    "diagnostic": diagnostic,
                    "property_kind": property_kind,
                    "size_from": start,
                    "size_to": end,
                    "price": steps * _STEP,
                }
            )
    rows += [{"diagnostic": kind, "price": Decimal(amount)} for kind, amount in FLAT_PRICES.items()]
    return rows
