"""The demo's price lists and zones, beside those that every firm starts with."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils import timezone

from extranet.actions.need import save_zone_areas
from extranet.actions.price_list import duplicate_price_list, save_travels
from extranet.models import Contact, PriceList

#: Zone, answer, places: made up, an example of what a firm notes from its prefect's orders.
_ZONES = (
    ("termites", "yes", ("29200 Brest", "29280 Plouzané", "29490 Guipavas")),
    ("termites", "no", ("29800 Landerneau", "29830 Ploudalmézeau")),
    ("merule", "yes", ("29",)),
    ("risks", "yes", ("29200 Brest", "29160 Crozon", "29280 Plouzané")),
    ("noise", "yes", ("29490 Guipavas",)),
)
_SOURCE = "Exemple : à remplacer par votre arrêté"
_DISCOUNT = Decimal(-8)
_RISE = Decimal(3)


def seed_prices(contacts: Mapping[str, Contact]) -> None:
    """Adds the list of the first agency, next year's for all, and some zones."""
    first = PriceList.objects.get()
    save_travels(first, [{"postcode": "292", "amount": Decimal(0)}, {"postcode": "22", "amount": Decimal("35.00")}])
    agency = next((contact for contact in contacts.values() if contact.kind == "agency"), None)
    if agency is not None:
        own = duplicate_price_list(first, name=f"Tarif {agency.company or agency.name}"[:80], percent=_DISCOUNT)
        PriceList.objects.filter(pk=own.pk).update(contact=agency, is_active=True)
    year = timezone.localdate().year + 1
    later = duplicate_price_list(first, name=f"Tarif général {year}", percent=_RISE)
    PriceList.objects.filter(pk=later.pk).update(valid_from=date(year, 1, 1), is_active=True)
    for zone, answer, places in _ZONES:
        found = [(area, city) for area, _space, city in (place.partition(" ") for place in places)]
        save_zone_areas(found, zone=zone, answer=answer, source=_SOURCE)
