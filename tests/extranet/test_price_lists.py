"""The firm's price lists: which one applies, what is refused, what is told, and trying them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from extranet.actions.contact_erase import erase_contact
from extranet.actions.contact_merge import merge_contacts
from extranet.models import PriceList, PricePack, PriceRow, TravelPrice
from extranet.pricing import PriceRequest, price
from extranet.queries.price_list import price_list_for, tariff_of
from kernel.tenancy import firm_context
from tests.factories.cast import Cast
from tests.factories.price_things import lines
from tests.support import logged_in, said, without_set

pytestmark = pytest.mark.django_db
LISTS = "/reglages/tarifs/"
ON = date(2026, 11, 28)


@pytest.fixture
def anna(cast: Cast) -> Client:
    return logged_in("alpha", cast.anna)


@pytest.fixture
def first(cast: Cast) -> PriceList:
    """The list that a new firm has."""
    with firm_context("firm_alpha"):
        return PriceList.objects.get()


def shown(answer: Any) -> str:
    """Returns a page with plain spaces."""
    return str(answer.content.decode()).replace("\u00a0", " ")


def told(message: str) -> str:
    """Returns a message as `shown` gives it."""
    return said(message).replace("\u00a0", " ")


def at(entry: PriceList, rest: str = "") -> str:
    return f"{LISTS}{entry.code}/{rest}"


def form(**values: Any) -> dict[str, Any]:
    return {"name": "Tarif 2027", "is_active": "on", "size_by": "surface", "vat_rate": "20.00"} | values


def rows_of(entry: PriceList, diagnostic: str) -> list[tuple[str, str, str]]:
    with firm_context("firm_alpha"):
        found = PriceRow.objects.filter(price_list=entry, diagnostic=diagnostic).order_by("size_from", "id")
        return [(str(row.size_from), str(row.size_to), str(row.price)) for row in found]


# --- a new firm -------------------------------------------------------------------------------------------------------


def test_a_new_firm_can_price_at_once_and_is_told_to_check(anna: Client, first: PriceList) -> None:
    with firm_context("firm_alpha"):
        entry = price_list_for(None, ON)
        assert entry == first
        wanted = PriceRequest(diagnostics=["dpe", "gaz", "elec", "erp"], property_kind="flat", surface=Decimal(60))
        priced = price(tariff_of(first), wanted)
    assert (priced.net, priced.gross) == (Decimal("375.25"), Decimal("450.30"))
    notice = told(
        "These are usual prices of the trade, to start with: make them yours. This notice goes with your first change."
    )
    assert notice in shown(anna.get(at(first)))
    anna.post(at(first, "deplacements/"), lines({"postcode": "29", "amount": "10"}))
    assert notice not in shown(anna.get(at(first)))


# --- which list applies -----------------------------------------------------------------------------------------------


def test_the_list_of_a_client_comes_before_its_type_before_all(cast: Cast, first: PriceList) -> None:
    with firm_context("firm_alpha"):
        make = PriceList.objects.create
        kind = make(name="type", contact_kind=cast.alice.kind)
        assert price_list_for(cast.alice, ON) == kind
        own = make(name="own", contact=cast.alice)
        make(name="other's", contact=cast.charlie)
        make(name="other type", contact_kind="manager")
        assert price_list_for(cast.alice, ON) == own
        assert price_list_for(None, ON) == first
        PriceList.objects.filter(pk=own.pk).update(is_active=False)
        assert price_list_for(cast.alice, ON) == kind
        PriceList.objects.filter(pk=kind.pk).update(valid_until=date(2026, 11, 27))
        assert price_list_for(cast.alice, ON) == first


def test_of_several_the_one_that_begins_last_counts(first: PriceList) -> None:
    with firm_context("firm_alpha"):
        new = PriceList.objects.create(name="2027", valid_from=date(2027, 1, 1))
        assert price_list_for(None, date(2026, 12, 31)) == first
        assert price_list_for(None, date(2027, 1, 1)) == new
        PriceList.objects.filter(pk=first.pk).update(valid_until=date(2026, 11, 28))
        assert price_list_for(None, date(2026, 11, 28)) == first
        assert price_list_for(None, date(2026, 11, 29)) is None


def test_a_list_is_loaded_in_few_queries(cast: Cast, first: PriceList) -> None:
    with firm_context("firm_alpha"), CaptureQueriesContext(connection) as queries:
        entry = price_list_for(cast.alice, ON)
        assert entry is not None
        price(tariff_of(entry), PriceRequest(diagnostics=["dpe"]))
    assert len(without_set(queries)) == 4


# --- what a list is ---------------------------------------------------------------------------------------------------


def test_a_list_is_made_edited_copied_and_deleted(anna: Client, cast: Cast, first: PriceList) -> None:
    sent = form(contact=cast.alice.code, vat_rate="", travel_per_km="0,50", urgent_percent="12,5")
    answer = anna.post(f"{LISTS}nouveau/", sent)
    assert answer.status_code == 302
    with firm_context("firm_alpha"):
        entry = PriceList.objects.get(name="Tarif 2027")
        assert (entry.contact, entry.vat_rate, entry.travel_per_km) == (cast.alice, None, Decimal("0.50"))
        assert (entry.urgent_percent, entry.evening_amount, entry.travel_most) == (Decimal("12.50"), 0, None)
    page = anna.get(at(entry, "modifier/")).context["form"]
    assert (page["contact"].value(), page["vat_rate"].value()) == (cast.alice.code, "")
    assert anna.post(at(entry, "modifier/"), form(name="Autre", contact_kind="notary")).status_code == 302
    with firm_context("firm_alpha"):
        entry.refresh_from_db()
        assert (entry.name, entry.contact, entry.vat_rate) == ("Autre", None, Decimal(20))
    assert anna.post(at(first, "copier/"), {"name": "Plus 3", "percent": "3,5"}).status_code == 302
    with firm_context("firm_alpha"):
        copy = PriceList.objects.get(name="Plus 3")
        assert not copy.is_active
        assert (copy.rows.count(), copy.packs.count()) == (first.rows.count(), 3)
        assert copy.rows.get(diagnostic="erp").price == Decimal("25.88")
    assert anna.post(at(first, "supprimer/")).status_code == 302
    with firm_context("firm_alpha"):
        assert set(PriceList.objects.values_list("name", flat=True)) == {"Autre", "Plus 3"}
    assert told("Today no list is in force for all clients: those without a list of their own get no price.") in (
        shown(anna.get(LISTS))
    )


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"valid_from": "2027-01-02", "valid_until": "2027-01-01"}, "valid_until"),
        ({"valid_from": "31/02/2027"}, "valid_from"),
        ({"contact": "nobody"}, "contact"),
        ({"contact": "a\x00b"}, "contact"),
        ({"vat_rate": "19.6"}, "vat_rate"),
        ({"travel_per_km": "-1"}, "travel_per_km"),
        ({"travel_per_km": "1,234"}, "travel_per_km"),
        ({"urgent_percent": "201"}, "urgent_percent"),
        ({"weekend_amount": "NaN"}, "weekend_amount"),
        ({"size_by": "weight"}, "size_by"),
        # the first list is for all, without a first day
        ({}, "valid_from"),
    ],
)
def test_what_cannot_be_a_list_is_refused_and_kept_on_the_page(
    anna: Client, first: PriceList, values: dict[str, str], field: str
) -> None:
    answer = anna.post(f"{LISTS}nouveau/", form(evening_amount="17") | values)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"]["evening_amount"].value() == "17"
    with firm_context("firm_alpha"):
        assert PriceList.objects.count() == 1


def test_a_list_is_for_one_client_or_for_a_type(anna: Client, cast: Cast, first: PriceList) -> None:
    answer = anna.post(f"{LISTS}nouveau/", form(contact=cast.alice.code, contact_kind="agency"))
    assert list(answer.context["form"].errors) == ["contact_kind"]


def test_prices_by_surface_do_not_become_prices_by_rooms(anna: Client, first: PriceList) -> None:
    answer = anna.post(at(first, "modifier/"), form(size_by="rooms"))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["size_by"]
    with firm_context("firm_alpha"):
        PriceRow.objects.exclude(diagnostic="erp").delete()
    assert anna.post(at(first, "modifier/"), form(size_by="rooms")).status_code == 302


# --- prices, packs, travels -------------------------------------------------------------------------------------------


def test_the_prices_of_one_diagnostic_are_replaced_and_holes_told(anna: Client, first: PriceList) -> None:
    before = rows_of(first, "gaz")
    sent = lines(
        {"size_to": "30", "price": "95,50"},
        {"size_from": "40", "size_to": "80 m²", "price": "1 200"},
        {"price": "5", "DELETE": "on"},
        {},
    )
    answer = anna.post(at(first, "prix/?diagnostic=dpe"), sent, follow=True)
    assert rows_of(first, "dpe") == [("40.00", "80.00", "1200.00"), ("None", "30.00", "95.50")]
    assert rows_of(first, "gaz") == before
    page = shown(answer)
    assert page.count("30 à moins de 40 m²") == 2, "told at once, and on the list's page as long as it is so"
    assert "80 m² ou plus" in page


@pytest.mark.parametrize(
    ("entries", "where"),
    [
        (({"size_to": "30", "price": "1"}, {"size_from": "29,99", "price": "2"}), "overlap"),
        (({"price": "1"}, {"price": "2"}), "overlap"),
        (({"price": "-1"},), "price"),
        (({"price": "cher"},), "price"),
        (({"price": "1,005"},), "price"),
        (({"size_from": "30"},), "price"),
        (({"size_from": "30", "size_to": "30", "price": "1"},), "size_to"),
        (({"size_from": "30", "size_to": "20", "price": "1"},), "size_to"),
        (({"property_kind": "castle", "price": "1"},), "property_kind"),
    ],
)
def test_prices_that_cannot_be_are_refused_and_kept_on_the_page(
    anna: Client, first: PriceList, entries: tuple[dict[str, str], ...], where: str
) -> None:
    before = rows_of(first, "dpe")
    answer = anna.post(at(first, "prix/?diagnostic=dpe"), lines(*entries))
    assert answer.status_code == 422
    kept = answer.context["lines"]
    assert bool(kept.non_form_errors()) == (where == "overlap")
    assert where == "overlap" or where in kept.errors[0]
    assert kept.forms[0]["price"].value() == entries[0].get("price")
    assert rows_of(first, "dpe") == before


def test_rooms_go_up_to_the_last_one_with_it(anna: Client, first: PriceList) -> None:
    with firm_context("firm_alpha"):
        entry = PriceList.objects.create(name="T", size_by="rooms", contact_kind="notary")
    sent = lines({"size_from": "1", "size_to": "1", "price": "80"}, {"size_from": "2", "size_to": "3", "price": "95"})
    assert anna.post(at(entry, "prix/?diagnostic=dpe"), sent).status_code == 302
    page = shown(anna.get(at(entry)))
    assert "1 pièce" in page
    assert "2 à 3 pièces" in page
    assert "4 pièces ou plus" in page, "the hole"
    assert anna.post(at(entry, "prix/?diagnostic=dpe"), lines({"size_from": "1,5", "price": "1"})).status_code == 422
    both = lines({"size_from": "1", "size_to": "2", "price": "1"}, {"size_from": "2", "price": "1"})
    assert anna.post(at(entry, "prix/?diagnostic=dpe"), both).status_code == 422


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({"name": "Pack", "least": "3"}, "percent"),
        ({"name": "Pack", "least": "3", "percent": "5", "amount": "5"}, "percent"),
        ({"name": "Pack", "percent": "5"}, "least"),
        ({"name": "Pack", "least": "0", "percent": "5"}, "least"),
        ({"name": "Pack", "least": "3", "percent": "101"}, "percent"),
        ({"name": "", "least": "3", "percent": "5"}, "name"),
    ],
)
def test_packs_that_cannot_be_are_refused(anna: Client, first: PriceList, entry: dict[str, str], field: str) -> None:
    answer = anna.post(at(first, "forfaits/"), lines(entry))
    assert answer.status_code == 422
    assert list(answer.context["lines"].errors[0]) == [field]
    with firm_context("firm_alpha"):
        assert PricePack.objects.count() == 3


def test_packs_and_travels_are_replaced(anna: Client, first: PriceList) -> None:
    sent: dict[str, Any] = lines({"name": "Gaz + élec", "percent": "12,5"}, {})
    anna.post(at(first, "forfaits/"), sent | {"form-0-diagnostics": ["gaz", "elec"]})
    anna.post(at(first, "deplacements/"), lines({"postcode": "29", "amount": "10"}, {"postcode": "292", "amount": "0"}))
    with firm_context("firm_alpha"):
        (pack,) = PricePack.objects.all()
        assert (pack.diagnostics, pack.percent, pack.least) == (["gaz", "elec"], Decimal("12.50"), None)
        assert list(TravelPrice.objects.values_list("postcode", "amount")) == [("29", Decimal(10)), ("292", Decimal(0))]
    page = shown(anna.get(at(first)))
    assert "−12,5 %" in page
    for wrong in ({"postcode": "2", "amount": "1"}, {"postcode": "29a", "amount": "1"}, {"postcode": "29"}):
        assert anna.post(at(first, "deplacements/"), lines(wrong)).status_code == 422
    twice = lines({"postcode": "29", "amount": "1"}, {"postcode": "29", "amount": "2"})
    assert anna.post(at(first, "deplacements/"), twice).context["lines"].non_form_errors()


def test_the_pages_cost_the_same_whatever_a_list_holds(anna: Client, cast: Cast, first: PriceList) -> None:
    paths = [LISTS, at(first), at(first, "prix/"), at(first, "forfaits/"), at(first, "deplacements/"), f"{LISTS}essai/"]
    counts: list[list[int]] = []
    for more in (1, 3):
        with firm_context("firm_alpha"):
            for rank in range(more):
                PriceList.objects.create(name="x", contact=cast.alice)
                PriceRow.objects.create(price_list=first, diagnostic="dtg", property_kind="house", price=rank)
                PricePack.objects.create(price_list=first, name="x", least=2, percent=1)
            TravelPrice.objects.create(price_list=first, postcode=f"{more}9", amount=1)
        counts.append([])
        for path in paths:
            anna.get(path)
            with CaptureQueriesContext(connection) as queries:
                assert anna.get(path).status_code == 200, path
            counts[-1].append(len(without_set(queries)))
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 10


# --- trying -----------------------------------------------------------------------------------------------------------


def test_an_order_is_tried_line_by_line(anna: Client, cast: Cast, first: PriceList) -> None:
    sent = {"asked": "1", "diagnostics": ["dpe", "erp", "dtg"], "property_kind": "flat", "surface": "60,5"}
    answer = anna.get(f"{LISTS}essai/", sent | {"urgent": "on"}, headers={"HX-Request": "true"})
    priced = answer.context["priced"]
    assert (priced.net, priced.gross) == (Decimal("175.00"), Decimal("210.00"))
    page = shown(answer)
    assert "<html" not in page
    assert "Appartement · 30 à moins de 80 m²" in page
    assert told("The price list for all clients applies.") in page
    assert [one.diagnostic for one in priced.unpriced] == ["dtg"]
    whole = anna.get(f"{LISTS}essai/", sent)
    assert whole.context["form"]["surface"].value() == "60,5"
    bob = logged_in("alpha", cast.bob)
    assert bob.get(f"{LISTS}essai/", sent).status_code == 200


def test_a_client_is_tried_with_the_list_that_applies(anna: Client, cast: Cast, first: PriceList) -> None:
    with firm_context("firm_alpha"):
        own = PriceList.objects.create(name="own", contact=cast.alice, vat_rate=None)
        PriceRow.objects.create(price_list=own, diagnostic="dpe", price=99)
    sent = {"asked": "1", "diagnostics": ["dpe"], "contact": cast.alice.code}
    answer = anna.get(f"{LISTS}essai/", sent)
    assert answer.context["entry"] == own
    assert told("VAT not applicable, art. 293 B of the CGI") in shown(answer)
    chosen = anna.get(f"{LISTS}essai/", sent | {"price_list": first.code, "surface": "60", "property_kind": "flat"})
    assert chosen.context["priced"].net == 130
    with firm_context("firm_alpha"):
        PriceList.objects.update(is_active=False)
    assert anna.get(f"{LISTS}essai/", sent).context["is_without_list"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"diagnostics": []}, "diagnostics"),
        ({"diagnostics": ["soup"]}, "diagnostics"),
        ({"surface": "-5"}, "surface"),
        ({"surface": "grand"}, "surface"),
        ({"rooms": "0"}, "rooms"),
        ({"postcode": "2920"}, "postcode"),
        ({"distance_km": "99999"}, "distance_km"),
        ({"on": "2026-02-31"}, "on"),
        ({"contact": "a\x00b"}, "contact"),
    ],
)
def test_nonsense_is_told_and_kept(anna: Client, values: dict[str, Any], field: str) -> None:
    answer = anna.get(f"{LISTS}essai/", {"asked": "1", "diagnostics": ["dpe"]} | values)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


# --- a client that changes --------------------------------------------------------------------------------------------


def test_a_client_that_is_merged_or_erased_keeps_no_trace_in_lists(cast: Cast, first: PriceList) -> None:
    with firm_context("firm_alpha"):
        entry = PriceList.objects.create(name="Tarif Charlie", contact=cast.charlie)
        merge_contacts(cast.alice, other=cast.charlie, user=cast.bob)
        entry.refresh_from_db()
        assert entry.contact == cast.alice
        erase_contact(cast.alice)
        entry.refresh_from_db()
        assert "Charlie" not in entry.name
        assert not entry.is_active
