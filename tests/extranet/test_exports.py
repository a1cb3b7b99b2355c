"""Excel exports: read again by two other libraries and compared with the rows cell by cell."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from python_calamine import CalamineWorkbook

from accounts.models import Role, User
from extranet.actions.downloads import record_visit
from extranet.actions.history import Visit
from extranet.actions.search import refresh_dossiers
from extranet.enums import DiagnosticKind, EventKind, Payer, PaymentState, PropertyKind, Transaction
from extranet.exporters import sheet as sheets
from extranet.exporters.sheet import Column, Kind, Sheet, clean, sheet_name, write_sheet
from extranet.models import (
    CollaboratorEmail,
    Contact,
    Diagnostic,
    Dossier,
    DossierAccess,
    DossierEvent,
    GuestLink,
    SubAccount,
)
from kernel.errors import DomainError
from kernel.tenancy import firm_context
from tests.factories.cast import PASSWORD, Cast, add_contact
from tests.factories.portal import add_dossier, files_of
from tests.support import body, logged_in, said, without_set

pytestmark = pytest.mark.django_db
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x.example")', "https://x.example/")


def cells(data: bytes) -> list[list[Any]]:
    """Returns the sheet as python-calamine reads it."""
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def export(client: Client, path: str, **query: str) -> list[dict[str, Any]]:
    """Returns the rows of an exported sheet by their titles."""
    answer = client.get(path, query)
    assert answer.status_code == 200, answer
    titles, *rows = cells(body(answer))
    return [dict(zip(titles, row, strict=True)) for row in rows if any(value != "" for value in row)]


def full_dossier(cast: Cast) -> Dossier:
    dossier = add_dossier("=cmd|' /C calc'!A0", user=cast.bob, contacts=[cast.alice, cast.charlie])
    Dossier.objects.filter(pk=dossier.pk).update(
        reference="+33 2026-001",
        property_kind=PropertyKind.FLAT,
        street="12 rue de l’Église",
        street_extra="Bât. B\nlot 4",
        postcode="01200",
        city="Valserhône",
        owner_name="Hélène Bœuf",
        owner_email="helene@owner.example",
        orderer_name="@Agence",
        transaction=Transaction.RENTAL,
        visited_on=date(2026, 3, 1),
        amount=Decimal("1234.50"),
        payment_state=PaymentState.UNPAID,
        payer=Payer.NOTARY,
        payer_name="Me Petit",
        expires_on=date(2036, 3, 1),
        created_at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC),
    )
    for position, kind in enumerate([DiagnosticKind.GAZ, DiagnosticKind.DPE]):
        Diagnostic.objects.create(dossier=dossier, kind=kind, position=position)
    refresh_dossiers([dossier.pk])
    dossier.refresh_from_db()
    return dossier


def test_the_firm_gets_every_column_typed(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = full_dossier(cast)
    (row,) = export(logged_in("alpha", cast.bob), "/dossiers/export.xlsx")
    expected = {
        "Dossier number": "+33 2026-001",
        "Title": "=cmd|' /C calc'!A0",
        "Property": str(PropertyKind.FLAT.label),
        "Address": "12 rue de l’Église",
        "Building, floor, lot": "Bât. B\nlot 4",
        "Postcode": "01200",
        "Town": "Valserhône",
        "Owner": "Hélène Bœuf",
        "Owner's e-mail": "helene@owner.example",
        "Orderer": "@Agence",
        "Clients": "Agence Alice; Agence Charlie",
        "Made for": str(Transaction.RENTAL.label),
        "Visit": date(2026, 3, 1),
        "Published": datetime(2026, 7, 2, 0, 30),
        "Diagnostics": f"{DiagnosticKind.GAZ.label}, {DiagnosticKind.DPE.label}",
        "State": "",
        "Payment": str(PaymentState.UNPAID.label),
        "Amount": 1234.5,
        "Who pays": str(Payer.NOTARY.label),
        "Name of who pays": "Me Petit",
        "Client notified": "",
        "Expires": date(2036, 3, 1),
        "Archived": "",
    }
    expected["State"] = str(dossier.get_download_state_display())
    assert row == {translated(title): value for title, value in expected.items()}


def translated(message: str) -> str:
    return translation.gettext(message)


def test_a_client_gets_its_own_dossiers_without_the_firms_columns(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = full_dossier(cast)
        add_dossier("Grange", user=cast.bob, contacts=[cast.charlie])
        DossierAccess.objects.filter(dossier=dossier, contact=cast.alice).update(download_state="full")
    (row,) = export(logged_in("alpha", cast.alice), "/dossiers/export.xlsx")
    assert row[translated("Title")] == "=cmd|' /C calc'!A0"
    assert row[translated("State")] == translated("Downloaded"), "its own state, not that of all clients"
    internal = {"Clients", "Who pays", "Name of who pays", "Client notified", "Owner's e-mail"}
    assert not {translated(title) for title in internal} & set(row)
    assert "Charlie" not in str(row)
    assert "Me Petit" not in str(row)


def test_a_sub_account_gets_what_its_contact_gets(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        add_dossier("Maison", user=cast.bob, contacts=[cast.alice])
        add_dossier("Grange", user=cast.bob, contacts=[cast.charlie])
        eve = add_sub_account(cast.alice)
    rows = export(logged_in("alpha", eve), "/dossiers/export.xlsx")
    assert [row[translated("Title")] for row in rows] == ["Maison"]


def add_sub_account(contact: Contact) -> User:
    eve = User.objects.create_user(
        username="eve", email="eve@client.example", full_name="Eve Sub", role=Role.CLIENT, password=PASSWORD
    )
    SubAccount.objects.create(contact=contact, user=eve)
    return eve


def test_the_list_is_exported_as_it_is_filtered_and_sorted(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        for title, paid in (("Maison A", "unpaid"), ("Maison B", "paid"), ("Maison C", "unpaid"), ("Grange", "unpaid")):
            dossier = add_dossier(title, user=cast.bob)
            Dossier.objects.filter(pk=dossier.pk).update(payment_state=paid)
        archived = add_dossier("Maison Z", user=cast.bob)
        Dossier.objects.filter(pk=archived.pk).update(archived_at=timezone.now(), payment_state="unpaid")
    bob = logged_in("alpha", cast.bob)

    def titles(**query: str) -> list[str]:
        return [row[translated("Title")] for row in export(bob, "/dossiers/export.xlsx", **query)]

    assert titles(q="maison", paid="unpaid", sort="-title") == ["Maison C", "Maison A"]
    assert titles(q="maison", paid="unpaid", sort="title") == ["Maison A", "Maison C"]
    assert titles(box="archive") == ["Maison Z"]
    assert titles(q="nonsense ' % _ \x00", sort="nothing") == []
    assert len(titles(paid="rubbish", page="99999999")) == 4


def test_the_other_firm_is_never_in_it(cast: Cast) -> None:
    with firm_context("firm_beta"):
        add_dossier("Secret", user=cast.dan, contacts=[cast.dora])
    bob = logged_in("alpha", cast.bob)
    for path in ("/dossiers/export.xlsx", "/contacts/export.xlsx", "/contacts/consultations.xlsx"):
        assert "Secret" not in str(export(bob, path))
        assert "Dora" not in str(export(bob, path))
    assert bob.get(f"/contacts/{cast.dora.code}/consultations.xlsx").status_code == 404
    alice = logged_in("alpha", cast.alice)
    for path in ("/contacts/export.xlsx", "/contacts/consultations.xlsx"):
        assert alice.get(path).status_code == 404
    assert alice.get(f"/contacts/{cast.alice.code}/consultations.xlsx").status_code == 404


def test_nothing_that_a_person_typed_becomes_a_formula_or_a_link(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        for formula in FORMULAS:
            add_dossier("x", user=cast.bob)
            Dossier.objects.filter(title="x").update(title=formula, reference=formula, city=formula, owner_name=formula)
    data = body(logged_in("alpha", cast.bob).get("/dossiers/export.xlsx"))
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    types = {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert "f" not in types
    assert not any(cell.hyperlink for row in sheet.iter_rows() for cell in row)
    titles = [row[1] for row in cells(data)[1:]]
    # a lone return is a line's end to XML 1.0 (§ 2.11)
    assert {str(title).replace("\r", "\n") for title in titles} == {text.replace("\r", "\n") for text in FORMULAS}


def test_the_sheet_is_laid_out(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        full_dossier(cast)
    bob = logged_in("alpha", cast.bob)
    answer = bob.get("/dossiers/export.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(body(answer)))
    sheet = book.worksheets[0]
    assert (sheet.title, sheet.freeze_panes, sheet.auto_filter.ref) == ("Dossiers", "A2", "A1:W2")
    assert all(cell.font.b and cell.fill.fgColor.rgb == "FFE6ECF2" for cell in sheet[1])
    formats = {str(title.value): cell.number_format for title, cell in zip(sheet[1], sheet[2], strict=True)}
    assert formats[translated("Visit")] == "dd/mm/yyyy"
    assert formats[translated("Published")] == "dd/mm/yyyy hh:mm"
    assert formats[translated("Amount")] == '#,##0.00\\ "€"'
    assert 40 < sheet.column_dimensions["B"].width < 41
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Type"] == sheets.CONTENT_TYPE
    assert "attachment" in answer["Content-Disposition"]
    assert str(timezone.localdate().year) in answer["Content-Disposition"]


def test_it_is_in_the_readers_language(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        full_dossier(cast)
    bob = logged_in("alpha", cast.bob)
    bob.post("/langue/setlang/", {"language": "en"})
    data = body(bob.get("/dossiers/export.xlsx"))
    titles, row = cells(data)
    assert titles[:4] == ["Dossier number", "Title", "Property", "Address"]
    assert row[2] == "Flat"
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    formats = {str(title.value): cell.number_format for title, cell in zip(sheet[1], sheet[2], strict=True)}
    assert (formats["Visit"], formats["Amount"]) == ("d mmm yyyy", '"€"#,##0.00')


def test_head_makes_no_sheet(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    body(bob.get("/dossiers/export.xlsx"))
    with CaptureQueriesContext(connection) as captured:
        answer = bob.head("/dossiers/export.xlsx")
    assert answer.status_code == 200
    assert answer["Content-Type"] == sheets.CONTENT_TYPE
    assert not any("extranet_dossier" in sql for sql in without_set(captured))


def test_temporary_files_are_gone(cast: Cast, tmp_path: Path, settings: Any) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    answer = logged_in("alpha", cast.bob).get("/contacts/export.xlsx")
    assert len(list(tmp_path.iterdir())) == 1
    body(answer)
    assert list(tmp_path.iterdir()) == []


def test_a_sheet_that_is_too_long_is_said_and_leaves_nothing(
    cast: Cast, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    monkeypatch.setattr(sheets, "MAX_ROWS", 1)
    bob = logged_in("alpha", cast.bob)
    answer = bob.get("/contacts/export.xlsx")
    assert (answer.status_code, answer["Location"]) == (302, "/contacts/")
    assert said("An Excel sheet holds %(most)s lines at most: narrow the list first.", most="1") in (
        bob.get("/contacts/").content.decode()
    )
    assert list(tmp_path.iterdir()) == []


def test_contacts_come_with_their_accounts(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        Contact.objects.filter(pk=cast.alice.pk).update(
            kind="notary", street="=1+1", postcode="01000", city="Bourg", reads_unpaid=True
        )
        for email in ("marie@port.example", "luc@port.example"):
            CollaboratorEmail.objects.create(contact=cast.alice, email=email)
        add_sub_account(cast.alice)
        for amount, paid in (("100.10", "unpaid"), ("50", "unpaid"), ("7", "paid")):
            dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice])
            Dossier.objects.filter(pk=dossier.pk).update(amount=amount, payment_state=paid)
    bob = logged_in("alpha", cast.bob)
    alice, charlie = export(bob, "/contacts/export.xlsx")
    seen = {
        "Type": translated("Notary"),
        "Company": "Agence Alice",
        "Name": "Alice",
        "E-mail": "alice@client.example",
        "Address": "=1+1",
        "Postcode": "01000",
        "Town": "Bourg",
        "Collaborators' e-mails": "luc@port.example, marie@port.example",
        "Sub-accounts": "eve@client.example",
        "Identifier": "alice",
        "Dossiers": 3,
        "Unpaid": 150.1,
        "May read unpaid dossiers": translated("yes"),
    }
    assert {title: alice[translated(title)] for title in seen} == seen
    assert charlie[translated("May read unpaid dossiers")] == translated("no")
    assert charlie[translated("Dossiers")] == ""
    assert [row[translated("Name")] for row in export(bob, "/contacts/export.xlsx", q="charlie")] == ["Charlie"]


def test_consultations_tell_who_when_what_and_from_where(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice, cast.charlie], files={"a.txt": b"a"})
        (file,) = files_of(dossier)
        eve = add_sub_account(cast.alice)
        guest = GuestLink.objects.create(
            dossier=dossier, email="me@notary.example", name="Me Petit", expires_at=timezone.now()
        )
        visit = Visit(address="192.0.2.7", user_agent="Firefox")
        record_visit(dossier, files=[file], kind=EventKind.READ, user=cast.alice.user, visit=visit)
        record_visit(dossier, files=[file], kind=EventKind.DOWNLOADED, user=eve, visit=visit)
        record_visit(dossier, files=[file], kind=EventKind.DOWNLOADED, user=cast.charlie.user, visit=visit)
        record_visit(dossier, files=[file], kind=EventKind.DOWNLOADED, user=None, guest=guest, visit=visit)
        record_visit(dossier, files=[file], kind=EventKind.DOWNLOADED, user=cast.bob, visit=visit)
    bob = logged_in("alpha", cast.bob)
    sub, main = export(bob, f"/contacts/{cast.alice.code}/consultations.xlsx")
    when = translated("When")
    assert isinstance(main.pop(when), datetime)
    assert {title: main[translated(title)] for title in ("Action", "Dossier", "File", "Version", "By", "From")} == {
        "Action": translated("Read online"),
        "Dossier": "Maison",
        "File": "a.txt",
        "Version": 1,
        "By": "Alice",
        "From": "192.0.2.7",
    }
    assert main[translated("Account")] == translated("main account")
    assert (sub[translated("By")], sub[translated("Account")]) == ("Eve Sub", translated("sub-account"))
    everybody = export(bob, "/contacts/consultations.xlsx")
    assert [row[translated("By")] for row in everybody] == ["Me Petit", "Charlie", "Eve Sub", "Alice"], "no staff"
    assert everybody[0][translated("E-mail of the occasional access")] == "me@notary.example"
    with firm_context("firm_alpha"):
        DossierEvent.objects.filter(actor=eve).update(at=datetime(2025, 1, 5, tzinfo=UTC))
    old = export(bob, "/contacts/consultations.xlsx", until="2025-01-31")
    assert [row[translated("By")] for row in old] == ["Eve Sub"]
    assert len(export(bob, "/contacts/consultations.xlsx", since="2025-02-30", until="x")) == 4


@pytest.mark.parametrize("path", ["/dossiers/export.xlsx", "/contacts/export.xlsx", "/contacts/consultations.xlsx"])
def test_rows_cost_no_query_of_their_own(cast: Cast, path: str) -> None:
    def add(names: list[str]) -> None:
        with firm_context("firm_alpha"):
            for name in names:
                contact = add_contact(name, cast.alpha)
                dossier = add_dossier("Maison", user=cast.bob, contacts=[contact], files={"a.txt": b"a"})
                Diagnostic.objects.create(dossier=dossier, kind=DiagnosticKind.DPE)
                record_visit(
                    dossier, files=files_of(dossier), kind=EventKind.DOWNLOADED, user=contact.user, visit=Visit()
                )

    bob = logged_in("alpha", cast.bob)

    def queries() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as captured:
            found = len(export(bob, path))
        return found, len(without_set(captured))

    add(["eve"])
    queries()
    rows, few = queries()
    add(["frank", "grace"])
    assert queries() == (rows + 2, few)


# --- the writer -------------------------------------------------------------------------------------------------------


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., list[list[Any]]]:
    def write(columns: list[Column], rows: list[tuple[Any, ...]], title: str = "Essai") -> list[list[Any]]:
        path = tmp_path / "sheet.xlsx"
        assert write_sheet(path, Sheet(title, tuple(columns), rows)) == len(rows)
        return cells(path.read_bytes())

    return write


def test_every_kind_of_cell_comes_back(written: Callable[..., list[list[Any]]]) -> None:
    columns = [Column(kind.value, kind.value, kind) for kind in Kind]
    at = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
    rows = [
        (None,) * 7,
        ("a", date(2026, 2, 28), at, Decimal("0.10"), 7, Decimal("12.345"), True),
        (
            "b",
            date(1850, 2, 28),
            datetime(1899, 12, 31, 23, tzinfo=UTC),
            Decimal("-99999999.99"),
            0,
            Decimal(30),
            False,
        ),
    ]
    titles, empty, first, second = written(columns, rows)
    assert titles == [kind.value for kind in Kind]
    assert empty == [""] * 7
    assert first == ["a", date(2026, 2, 28), datetime(2026, 1, 1, 13, 0), 0.1, 7, 12.345, translated("yes")]
    assert second[1] == "1850-02-28", "before Excel's calendar: in words"
    assert second[3:] == [-99999999.99, 0, 30, translated("no")]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00b\x01\x08\x0b\x1fc", "abc"),
        ("line\nbreak\ttab", "line\nbreak\ttab"),
        ("_x0041_ stays", "_x0041_ stays"),
        ("é œ € 🦄 مرحبا", "é œ € 🦄 مرحبا"),
        ("<b>&amp;\"'", "<b>&amp;\"'"),
        ("\ufffe\uffff\ud800x", "x"),
        (" edges ", " edges "),
        ("x" * 40_000, "x" * 32_767),
        ("🦄" * 20_000, "🦄" * 16_383),
        ("", ""),
    ],
)
def test_text_survives_but_for_what_no_cell_holds(
    written: Callable[..., list[list[Any]]], text: str, kept: str
) -> None:
    assert written([Column("t", "t"), Column("n", "n", Kind.NUMBER)], [(text, 1)])[1] == [kept, 1]
    assert clean(text) == kept


@pytest.mark.parametrize("first", [None, 1, Decimal("1.5")])
def test_a_first_row_does_not_decide_for_the_others(written: Callable[..., list[list[Any]]], first: Any) -> None:
    columns = [Column("m", "m", Kind.MONEY), Column("t", "t")]
    rows = [(first, None), (Decimal("12.34"), "a"), (None, "=b"), (5, None), (Decimal(7), "c")]
    assert [row[0] for row in written(columns, rows)[2:]] == [12.34, "", 5, 7]


def test_no_rows_leave_the_titles(written: Callable[..., list[list[Any]]]) -> None:
    assert written([Column("a", "a"), Column("b", "b", Kind.DATE)], [])[0] == ["a", "b"]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Dossiers", "Dossiers"),
        ("a[b]:c*d?e/f\\g", "a b c d e f g"),
        ("'quoted'", "quoted"),
        ("x" * 40, "x" * 31),
        ("🦄" * 40, "🦄" * 15),
        ("", "Diagdesk"),
        ("'' ?", "Diagdesk"),
    ],
)
def test_the_name_of_a_sheet_is_one_that_excel_takes(
    written: Callable[..., list[list[Any]]], tmp_path: Path, title: str, name: str
) -> None:
    assert sheet_name(title) == name
    written([Column("a", "a")], [(title,)], title)
    assert openpyxl.load_workbook(tmp_path / "sheet.xlsx").sheetnames == [name]


def test_too_many_rows_are_refused(written: Callable[..., list[list[Any]]], monkeypatch: pytest.MonkeyPatch) -> None:
    assert sheets.MAX_ROWS == 2**20 - 1
    monkeypatch.setattr(sheets, "MAX_ROWS", 3)
    written([Column("a", "a")], [("x",)] * 3)
    with pytest.raises(DomainError) as error:
        written([Column("a", "a")], [("x",)] * 4)
    assert error.value.code == "sheet_too_long"
