"""The queries that it takes to price an order of twelve diagnostics."""

from datetime import date
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from extranet.models import Contact, PriceList, PricePack, PriceRow, TravelPrice
from extranet.pricing import Priced, PriceRequest, price
from extranet.queries.price_list import price_list_for, tariff_of
from kernel.tenancy import firm_context
from tests.bench.figure import Figure
from tests.bench.firms import add_firm, admin_of, firm_at
from tests.bench.timing import interleaved, ms
from tests.bench.world import World

GOAL = 5
_HOST = "prices"
_KINDS = ["dpe", "audit", "amiante", "crep", "termites", "gaz", "elec", "erp", "ensa", "anc", "carrez", "boutin"]
_PROPERTIES = ["house", "flat", "building", "commercial"]
_STEPS = [0, 30, 60, 90, 120, 150, 200]
_ON = date(2026, 11, 28)
_CLIENTS = 50


def measure(world: World) -> Figure:
    """Returns how many queries load a client's price list of 336 prices, 5 packs and 90 postcodes, and price by it."""
    database = world.copy(world.migrated, "prices")
    with world.using(database):
        add_firm(_HOST)
        firm = firm_at(_HOST)
        user = admin_of(firm)
        with firm_context(firm.schema_name):
            contact = Contact.objects.create(user=user, name="Agence", kind="agency")
            for rank in range(_CLIENTS):
                PriceList.objects.create(name=f"Tarif {rank}", contact_kind="notary", valid_from=date(2026, 1, 1))
            _fill(PriceList.objects.create(name="Agence", contact=contact))
            with CaptureQueriesContext(connection) as captured:
                priced = _price(contact)
            queries = [query["sql"] for query in captured.captured_queries]
            count = sum(not sql.startswith("SET search_path") for sql in queries)
            (seconds,) = interleaved([lambda: _price(contact)], rounds=200)
    assert len(priced.lines) == len(_KINDS) + 2
    assert priced.is_complete
    notes = (f"{len(_KINDS)} diagnostics, {len(priced.lines)} lines, median {ms(seconds)} with the list's loading",)
    return Figure(count, GOAL, notes=notes)


def _price(contact: Contact) -> Priced:
    entry = price_list_for(contact, _ON)
    assert entry is not None
    request = PriceRequest(
        diagnostics=_KINDS, transaction="sale", property_kind="house", surface=Decimal(110), postcode="29200"
    )
    return price(tariff_of(entry), request)


def _fill(entry: PriceList) -> None:
    PriceRow.objects.bulk_create(
        PriceRow(
            price_list=entry,
            diagnostic=kind,
            property_kind=property_kind,
            size_from=start,
            size_to=end,
            price=50 + rank + start,
        )
        for rank, kind in enumerate(_KINDS)
        for property_kind in _PROPERTIES
        for start, end in zip(_STEPS, [*_STEPS[1:], None], strict=True)
    )
    PricePack.objects.bulk_create(
        PricePack(price_list=entry, name=f"Pack {least}", least=least, percent=least) for least in range(2, 7)
    )
    TravelPrice.objects.bulk_create(
        TravelPrice(price_list=entry, postcode=f"{number:02d}", amount=number) for number in range(1, 91)
    )
