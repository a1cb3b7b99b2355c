"""Prices to a workbook and back, and files that cannot be prices."""

import io
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from openpyxl import Workbook, load_workbook

from extranet.models import PriceList, PriceRow
from kernel.tenancy import firm_context
from tests.extranet.test_price_lists import shown
from tests.factories.cast import Cast
from tests.storage.builders import upload
from tests.support import body, logged_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(cast: Cast) -> Client:
    return logged_in("alpha", cast.anna)


@pytest.fixture
def first(cast: Cast) -> PriceList:
    with firm_context("firm_alpha"):
        return PriceList.objects.get()


def stored(entry: PriceList) -> set[tuple[Any, ...]]:
    with firm_context("firm_alpha"):
        rows = PriceRow.objects.filter(price_list=entry)
        return set(rows.values_list("diagnostic", "property_kind", "transaction", "size_from", "size_to", "price"))


def send(client: Client, entry: PriceList, data: bytes, name: str = "prix.csv") -> Any:
    return client.post(f"/reglages/tarifs/{entry.code}/importer/", {"file": upload(data, name)})


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_was_exported_comes_back_as_it_was(anna: Client, first: PriceList, language: str) -> None:
    anna.cookies["django_language"] = language
    before = stored(first)
    data = body(anna.get(f"/reglages/tarifs/{first.code}/export.xlsx"))
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    assert sheet.max_row == 1 + len(before)
    with firm_context("firm_alpha"):
        PriceRow.objects.filter(diagnostic="dpe").delete()
        PriceRow.objects.update(price=1)
    assert send(anna, first, data, "prix.xlsx").status_code == 302
    assert stored(first) == before


def test_a_workbook_that_somebody_typed_is_read(anna: Client, first: PriceList) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Prestation", "Bien", "Motif", "De", "À", "Prix HT"],
        ["DPE", "Maison", "vente", None, 100, 150.5],
        ["Électricité", "", "Location", 30, "79,5 m²", "1 120,00 €"],
        ["termites", None, None, None, None, 99],
    ):
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    answer = send(anna, first, file.getvalue(), "prix.xlsx")
    assert answer.status_code == 302
    assert stored(first) == {
        ("dpe", "house", "sale", None, Decimal(100), Decimal("150.50")),
        ("elec", "", "rental", Decimal(30), Decimal("79.50"), Decimal("1120.00")),
        ("termites", "", "", None, None, Decimal(99)),
    }
    assert "Maison · Vente · 100 m² ou plus" in shown(anna.get(answer.headers["Location"]))


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("Diagnostic;Prix\nDPE;90\nSoupe;12\n", 3, "Soupe"),
        ("Diagnostic;Prix\nDPE;cher\n", 2, "cher"),
        ("Diagnostic;Prix\nDPE;-5\n", 2, "-5"),
        ("Diagnostic;Prix\nDPE;1,005\n", 2, "1,005"),
        ("Diagnostic;Prix\nDPE;Infinity\n", 2, "Infinity"),
        ("Diagnostic;Prix\nDPE;\n", 2, "Prix"),
        ("Diagnostic;Prix\n;90\n", 2, "Diagnostic"),
        ("Diagnostic;De;À;Prix\nDPE;50;30;90\n", 2, "30"),
        ("Diagnostic;De;À;Prix\nDPE;0;30;90\nDPE;20;;95\n", 3, "20"),
        ("Diagnostic;Prix\nDPE;90\nDPE;95\n", 3, "2, 3"),
        ("Diagnostic;Bien;Prix\nDPE;château;90\n", 2, "château"),
    ],
)
def test_a_fault_is_told_with_its_line_and_nothing_changes(
    anna: Client, first: PriceList, text: str, line: int, words: str
) -> None:
    before = stored(first)
    answer = send(anna, first, text.encode())
    assert answer.status_code == 422
    assert [fault.line for fault in answer.context["faults"]] == [line]
    assert words in shown(answer)
    assert stored(first) == before


@pytest.mark.parametrize(
    "data",
    [b"", b"Diagnostic;Prix\n", b"Nom;Ville\nA;B\n", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old"],
)
def test_a_file_that_holds_no_prices_is_refused_in_words(anna: Client, first: PriceList, data: bytes) -> None:
    before = stored(first)
    answer = send(anna, first, data, "prix.xlsx")
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]
    assert stored(first) == before


def test_no_file_is_told(anna: Client, first: PriceList) -> None:
    answer = anna.post(f"/reglages/tarifs/{first.code}/importer/", {})
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]


def test_rooms_are_exported_and_read_as_people_count_them(anna: Client, cast: Cast) -> None:
    with firm_context("firm_alpha"):
        entry = PriceList.objects.create(name="Pièces", size_by="rooms", contact_kind="notary")
        PriceRow.objects.create(price_list=entry, diagnostic="dpe", size_from=1, size_to=2, price=90)
        PriceRow.objects.create(price_list=entry, diagnostic="dpe", size_from=3, price=120)
    before = stored(entry)
    data = body(anna.get(f"/reglages/tarifs/{entry.code}/export.xlsx"))
    assert send(anna, entry, data, "prix.xlsx").status_code == 302
    assert stored(entry) == before
    assert send(anna, entry, b"Diagnostic;De;A;Prix\nDPE;1;1,5;90\n").status_code == 422
