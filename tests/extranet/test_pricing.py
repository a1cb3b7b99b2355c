"""What an order costs: to the cent, the sums, what grows with what, and the reasons."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from extranet.enums_price import LineKind, SizeBy
from extranet.price_defaults import PACKS, TERMS, default_prices
from extranet.pricing import Priced, PriceRequest, price
from extranet.tariff import Pack, Price, Tariff, gaps, overlaps

D = Decimal


def one(diagnostic: str, amount: Any, start: Any = None, end: Any = None, **values: Any) -> Price:
    ends = (None if value is None else D(value) for value in (start, end))
    first, last = ends
    return Price(diagnostic=diagnostic, amount=D(amount), start=first, end=last, **values)


def seeded() -> Tariff:
    """Returns the list that a firm starts with."""
    rows = default_prices()
    prices = [
        Price(
            diagnostic=str(row["diagnostic"]),
            amount=D(str(row["price"])),
            property_kind=str(row.get("property_kind", "")),
            start=None if row.get("size_from") is None else D(str(row["size_from"])),
            end=None if row.get("size_to") is None else D(str(row["size_to"])),
        )
        for row in rows
    ]
    packs = [Pack(name=name, least=least, percent=D(percent)) for name, least, percent in PACKS]
    terms = {name.removeprefix("travel_").replace("most", "travel_most"): value for name, value in TERMS.items()}
    return Tariff(prices=prices, packs=packs, **terms)  # type: ignore[arg-type]


SEEDED = seeded()
FLAT = PriceRequest(diagnostics=["dpe", "erp"], transaction="sale", property_kind="flat", surface=D(60))


def nets(priced: Priced) -> dict[str, Decimal]:
    return {line.diagnostic or line.kind.value: line.net for line in priced.lines}


# --- by example -------------------------------------------------------------------------------------------------------


def test_a_flat_of_the_first_list() -> None:
    priced = price(SEEDED, FLAT)
    assert nets(priced) == {"dpe": D(130), "erp": D(25)}
    assert (priced.net, priced.vat, priced.gross) == (D("155.00"), D("31.00"), D("186.00"))
    assert priced.is_complete


@pytest.mark.parametrize(
    ("kind", "surface", "expected"),
    [
        ("flat", "29.99", 110),
        ("flat", "30", 130),
        ("flat", "79.99", 130),
        ("flat", "80", 150),
        ("flat", "130", 170),
        ("house", "79.99", 150),
        ("house", "80", 170),
        ("house", "150", 195),
        ("house", "9999", 195),
    ],
)
def test_a_size_costs_what_its_range_says_with_its_lower_end(kind: str, surface: str, expected: int) -> None:
    priced = price(SEEDED, replace(FLAT, property_kind=kind, surface=D(surface)))
    assert nets(priced)["dpe"] == expected


def test_rooms_are_whole_and_both_ends_belong_to_the_range() -> None:
    tariff = Tariff(size_by=SizeBy.ROOMS, prices=[one("dpe", 90, 1, 3), one("dpe", 120, 3, None)])
    by_rooms = {rooms: nets(price(tariff, replace(FLAT, rooms=rooms)))["dpe"] for rooms in (1, 2, 3, 9)}
    assert by_rooms == {1: 90, 2: 90, 3: 120, 9: 120}
    with translation.override("en"):
        (line, *_rest) = price(tariff, replace(FLAT, diagnostics=["dpe"], rooms=2)).lines
        assert line.why == "1 to 2 rooms"


def test_the_price_that_says_more_counts_the_property_before_the_occasion() -> None:
    prices = [
        one("dpe", 100),
        one("dpe", 110, transaction="sale"),
        one("dpe", 120, property_kind="house"),
        one("dpe", 130, property_kind="house", transaction="rental"),
    ]
    tariff = Tariff(prices=prices)

    def of(kind: str, transaction: str) -> Decimal:
        return nets(price(tariff, replace(FLAT, property_kind=kind, transaction=transaction)))["dpe"]

    assert [of("flat", "works"), of("flat", "sale")] == [D(100), D(110)]
    assert [of("house", "sale"), of("house", "rental")] == [D(120), D(130)]


def test_what_is_not_known_is_told_unless_it_makes_no_difference() -> None:
    priced = price(SEEDED, replace(FLAT, surface=None))
    (open_,) = priced.unpriced
    assert (open_.diagnostic, open_.missing) == ("dpe", ("surface",))
    assert nets(priced) == {"erp": D(25)}
    assert not priced.is_complete
    both = price(SEEDED, PriceRequest(diagnostics=["dpe"])).unpriced[0]
    assert both.missing == ("property_kind", "surface")
    alike = Tariff(prices=[one("dpe", 100), one("dpe", 100, property_kind="house")])
    assert nets(price(alike, PriceRequest(diagnostics=["dpe"]))) == {"dpe": D(100)}
    assert price(SEEDED, replace(FLAT, diagnostics=["dtg"])).unpriced[0].missing == (), "on request"


@pytest.mark.parametrize(("count", "percent"), [(2, 0), (3, 5), (4, 5), (5, 10), (7, 15)])
def test_the_pack_that_takes_most_off_counts_alone(count: int, percent: int) -> None:
    kinds = ["dpe", "amiante", "crep", "gaz", "elec", "termites", "carrez"][:count]
    priced = price(SEEDED, replace(FLAT, diagnostics=kinds))
    full = sum((line.net for line in priced.lines if line.kind == LineKind.DIAGNOSTIC), D(0))
    assert priced.net == full - (full * percent / 100).quantize(D("0.01"))
    assert len([line for line in priced.lines if line.kind == LineKind.DISCOUNT]) == (1 if percent else 0)


def test_a_pack_of_named_diagnostics_is_for_these_alone() -> None:
    pack = Pack(name="Gaz + élec", diagnostics=frozenset({"gaz", "elec"}), percent=D(10), transaction="rental")
    tariff = replace(SEEDED, packs=[pack])
    rental = replace(FLAT, diagnostics=["dpe", "gaz", "elec"], transaction="rental")
    assert nets(price(tariff, rental))["discount"] == D("-24.00")
    assert "discount" not in nets(price(tariff, replace(rental, transaction="sale")))
    assert "discount" not in nets(price(tariff, replace(rental, diagnostics=["dpe", "gaz"])))


def test_an_amount_off_never_takes_more_than_there_is() -> None:
    tariff = Tariff(prices=[one("erp", 25)], packs=[Pack(name="x", least=1, amount=D(40))])
    priced = price(tariff, replace(FLAT, diagnostics=["erp"]))
    assert priced.net == priced.gross == D(0)


@pytest.mark.parametrize(
    ("distance", "expected"),
    [("0", None), ("15", None), ("15.01", None), ("15.02", "0.01"), ("40", "10"), ("500", "40")],
)
def test_travel_by_distance_begins_beyond_what_is_included_and_has_a_limit(distance: str, expected: str | None) -> None:
    found = nets(price(SEEDED, replace(FLAT, distance_km=D(distance)))).get("travel")
    assert found == (None if expected is None else D(expected))


def test_the_longest_postcode_comes_before_the_distance() -> None:
    tariff = replace(SEEDED, travels=[("29", D(10)), ("292", D(20)), ("56", D(0))])
    far = replace(FLAT, distance_km=D(500))
    found = [
        nets(price(tariff, replace(far, postcode=code))).get("travel") for code in ("29200", "29000", "56000", "35000")
    ]
    assert found == [D(20), D(10), None, D(40)]
    assert price(tariff, FLAT).notes, "neither is known: told"
    assert not price(tariff, replace(FLAT, postcode="29200")).notes


def test_surcharges_come_on_top_of_what_is_left_after_the_discount() -> None:
    tariff = replace(SEEDED, urgent_percent=D(10), outbuilding_amount=D("12.50"))
    wanted = replace(FLAT, diagnostics=["dpe", "gaz", "elec"], urgent=True, weekend=True, evening=True, outbuildings=2)
    found = nets(price(tariff, wanted))
    # 370 less 5 %, plus 25 of outbuildings: 376.50
    assert found["discount"] == D("-18.50")
    assert found["outbuilding"] == D("25.00")
    assert found["urgency"] == D("57.65")
    assert [found["weekend"], found["evening"]] == [D(30), D(15)]


def test_nothing_that_has_a_price_costs_nothing_on_top_either() -> None:
    priced = price(SEEDED, replace(FLAT, diagnostics=["dtg"], urgent=True, weekend=True, distance_km=D(100)))
    assert not priced.lines
    assert priced.gross == D(0)


def test_the_franchise_has_no_vat() -> None:
    priced = price(replace(SEEDED, vat_rate=None), FLAT)
    assert [priced.vat, priced.gross] == [D(0), priced.net]
    assert priced.vat_rate is None


def test_each_line_says_why() -> None:
    with translation.override("fr"):
        priced = price(SEEDED, replace(FLAT, diagnostics=["dpe", "gaz", "elec"], distance_km=D(40), urgent=True))
    assert all(line.why for line in priced.lines)


# --- properties -------------------------------------------------------------------------------------------------------

AMOUNTS = st.decimals(0, 2000, places=2)
KINDS = ["dpe", "amiante", "crep", "gaz", "elec", "termites", "erp", "carrez"]


@st.composite
def tariffs(draw: Any, *, growing: bool = False) -> Tariff:
    """Returns a list; a growing one costs more for more m² and has no packs."""
    prices: list[Price] = []
    for kind in draw(st.sets(st.sampled_from(KINDS), min_size=1)):
        cuts = sorted(draw(st.sets(st.integers(1, 400), max_size=4)))
        amounts = draw(st.lists(AMOUNTS, min_size=len(cuts) + 1, max_size=len(cuts) + 1))
        ends = [None, *cuts, None]
        for rank, amount in enumerate(sorted(amounts) if growing else amounts):
            prices.append(one(kind, amount, ends[rank], ends[rank + 1]))
    packs = draw(
        st.lists(
            st.builds(
                Pack,
                name=st.just("pack"),
                least=st.integers(1, 8),
                percent=st.none() | st.decimals(0, 100, places=2),
                amount=st.none() | AMOUNTS,
            ),
            max_size=0 if growing else 3,
        )
    )
    return Tariff(
        prices=prices,
        packs=packs,
        vat_rate=draw(st.sampled_from([None, D("20.00"), D("10.00"), D("8.50"), D("5.50")])),
        travels=draw(st.lists(st.tuples(st.sampled_from(["29", "292", "56"]), AMOUNTS), max_size=3)),
        free_km=draw(st.integers(0, 50)),
        per_km=draw(st.decimals(0, 5, places=2)),
        travel_most=draw(st.none() | AMOUNTS),
        urgent_amount=draw(AMOUNTS),
        urgent_percent=draw(st.decimals(0, 200, places=2)),
        weekend_amount=draw(AMOUNTS),
        evening_amount=draw(AMOUNTS),
        outbuilding_amount=draw(AMOUNTS),
    )


REQUESTS = st.builds(
    PriceRequest,
    diagnostics=st.lists(st.sampled_from(KINDS), max_size=10),
    transaction=st.sampled_from(["", "sale", "rental"]),
    property_kind=st.sampled_from(["", "house", "flat"]),
    surface=st.none() | st.decimals(0, 500, places=2),
    outbuildings=st.integers(0, 5),
    postcode=st.sampled_from(["", "29200", "56000", "75011"]),
    distance_km=st.none() | st.decimals(0, 900, places=2),
    urgent=st.booleans(),
    weekend=st.booleans(),
    evening=st.booleans(),
)


@given(tariff=tariffs(), request=REQUESTS)
def test_the_lines_add_up_to_the_cent_and_nothing_is_negative(tariff: Tariff, request: PriceRequest) -> None:
    priced = price(tariff, request)
    assert sum((line.net for line in priced.lines), D(0)) == priced.net
    assert sum((line.vat for line in priced.lines), D(0)) == priced.vat
    assert sum((line.gross for line in priced.lines), D(0)) == priced.gross == priced.net + priced.vat
    assert priced.net >= 0
    assert priced.vat >= 0
    for amount in (priced.net, priced.vat, priced.gross, *(line.net for line in priced.lines)):
        assert amount == amount.quantize(D("0.01"))
    assert all(line.net >= 0 or line.kind == LineKind.DISCOUNT for line in priced.lines)
    told = {line.diagnostic for line in priced.lines if line.diagnostic} | {each.diagnostic for each in priced.unpriced}
    assert told == set(request.diagnostics), "each is priced or told, once"
    assert len(priced.unpriced) + sum(bool(line.diagnostic) for line in priced.lines) == len(told)


@given(tariff=tariffs(growing=True), request=REQUESTS, more=st.decimals(0, 300, places=2))
def test_a_larger_property_is_never_cheaper(tariff: Tariff, request: PriceRequest, more: Decimal) -> None:
    small = replace(request, surface=request.surface or D(0))
    large = replace(small, surface=(small.surface or D(0)) + more)
    assert price(tariff, small).gross <= price(tariff, large).gross


@given(tariff=tariffs(growing=True), request=REQUESTS, added=st.sampled_from(KINDS))
def test_one_more_diagnostic_is_never_cheaper_without_packs(tariff: Tariff, request: PriceRequest, added: str) -> None:
    more = replace(request, diagnostics=[*request.diagnostics, added])
    assert price(tariff, request).gross <= price(tariff, more).gross


@given(tariff=tariffs(), request=REQUESTS, more=st.decimals(0, 300, places=2))
def test_further_away_urgent_or_at_the_weekend_is_never_cheaper(
    tariff: Tariff, request: PriceRequest, more: Decimal
) -> None:
    near = replace(request, distance_km=request.distance_km or D(0), urgent=False, weekend=False, evening=False)
    least = price(tariff, near).gross
    far = replace(near, distance_km=(near.distance_km or D(0)) + more)
    for dearer in (far, replace(near, urgent=True), replace(near, weekend=True), replace(near, evening=True)):
        assert price(tariff, dearer).gross >= least


@given(tariff=tariffs(), request=REQUESTS)
def test_a_pack_never_makes_it_dearer(tariff: Tariff, request: PriceRequest) -> None:
    assert price(tariff, request).net <= price(replace(tariff, packs=[]), request).net


@given(tariff=tariffs(), request=REQUESTS)
def test_the_order_of_prices_and_diagnostics_does_not_matter(tariff: Tariff, request: PriceRequest) -> None:
    turned = replace(tariff, prices=list(reversed(tariff.prices)))
    assert price(turned, request).gross == price(tariff, request).gross
    turned_request = replace(request, diagnostics=list(reversed(request.diagnostics)))
    assert price(tariff, turned_request).net == price(tariff, request).net


# --- holes and overlaps -----------------------------------------------------------------------------------------------


def test_the_first_list_has_neither() -> None:
    assert overlaps(SEEDED.prices) == gaps(SEEDED.prices, SizeBy.SURFACE) == []


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        ([one("dpe", 1, 0, 30), one("dpe", 2, 30)], []),
        ([one("dpe", 1, 0, 30), one("dpe", 2, "29.99")], [("29.99", "30")]),
        ([one("dpe", 1), one("dpe", 2)], [("0", None)]),
        ([one("dpe", 1, 0, 100), one("dpe", 2, 20, 30)], [("20", "30")]),
        ([one("dpe", 1), one("dpe", 2, property_kind="house")], []),
        ([one("dpe", 1), one("gaz", 2)], []),
    ],
)
def test_sizes_with_two_prices_are_found(prices: list[Price], expected: list[tuple[str, str | None]]) -> None:
    found = [(fault.start, fault.end) for fault in overlaps(prices)]
    assert found == [(D(start), None if end is None else D(end)) for start, end in expected]


@pytest.mark.parametrize(
    ("prices", "size_by", "expected"),
    [
        ([one("dpe", 1, None, 30), one("dpe", 2, 31)], SizeBy.SURFACE, [("30", "31")]),
        ([one("dpe", 1, 10, 30)], SizeBy.SURFACE, [("0", "10"), ("30", None)]),
        ([one("dpe", 1, 1, 3), one("dpe", 2, 3)], SizeBy.ROOMS, []),
        ([one("dpe", 1, 2, 3), one("dpe", 2, 4)], SizeBy.ROOMS, [("1", "2"), ("3", "4")]),
        ([one("dpe", 1), one("dpe", 2, 150, property_kind="house")], SizeBy.SURFACE, []),
        ([one("dpe", 1, 0, 9, property_kind="flat"), one("dpe", 2, 9, transaction="sale")], SizeBy.SURFACE, None),
    ],
)
def test_sizes_without_a_price_are_found(
    prices: list[Price], size_by: str, expected: list[tuple[str, str | None]] | None
) -> None:
    found = [(fault.start, fault.end) for fault in gaps(prices, size_by)]
    if expected is None:
        assert found == [(D(9), None), (D(0), D(9))], "each occasion and property for itself"
    else:
        assert found == [(D(start), None if end is None else D(end)) for start, end in expected]


@given(tariff=tariffs(), surface=st.decimals(0, 500, places=2))
def test_a_list_without_faults_prices_every_size(tariff: Tariff, surface: Decimal) -> None:
    assert not overlaps(tariff.prices)
    assert not gaps(tariff.prices, SizeBy.SURFACE)
    kinds = sorted({each.diagnostic for each in tariff.prices})
    assert price(tariff, PriceRequest(diagnostics=kinds, surface=surface)).is_complete
