"""Contacts from a spreadsheet: columns matched, lines tried, imported once, and everything bad said by line."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import timezone, translation
from python_calamine import CalamineWorkbook

from accounts.models import Role, User
from extranet.actions import contact_import as actions
from extranet.actions import contact_import_line
from extranet.actions.contact_import import check_import, remove_old_imports, run_import
from extranet.enums import ContactKind, ImportState
from extranet.importers.contacts import guess_columns, letters
from extranet.importers.table import read_head
from extranet.models import ContactImport, SubAccount
from kernel.errors import DomainError
from kernel.tenancy import firm_context
from mail.models import OutgoingMail
from storage.models import StoredFile
from tests.extranet.imports import (
    HELENE,
    LUC,
    START,
    contact,
    counts,
    entry,
    figures,
    match,
    run,
    saved,
    send,
    tried,
    workbook,
)
from tests.factories.cast import PASSWORD, Cast
from tests.support import body, logged_in, run_jobs, said

pytestmark = pytest.mark.django_db


def test_a_workbook_becomes_contacts(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    before = counts()
    sent = send(bob, workbook([HELENE, LUC]))
    assert sent["Location"] == f"{START}{entry().code}/colonnes/"
    page = bob.get(sent["Location"])
    assert "D – E-mail (Helene@Etude.example, luc@petit.example)" in page.content.decode()
    assert page.context["form"].initial == {
        "kind": "0", "company": "1", "name": "2", "email": "3", "phone": "4", "street": "5", "postcode": "6",
        "city": "7", "collaborators": "8", "username": "9",
    }  # fmt: skip
    assert match(bob, sent["Location"])["Location"] == f"{START}{entry().code}/"
    assert "hx-trigger" in bob.get(f"{START}{entry().code}/").content.decode()
    run_jobs()
    found = entry()
    assert (found.state, *figures(found)) == (ImportState.CHECKED, 2, 2, 0, 0)
    assert counts()[:3] == before[:3], "a trial writes no contact"
    html = bob.get(f"{START}{found.code}/").content.decode()
    assert said("Import now") in html
    assert "hx-trigger" not in html
    done = run(bob, found)
    assert (done.state, *figures(done)) == (ImportState.DONE, 2, 2, 0, 0)
    helene, luc = contact("helene@etude.example"), contact("luc@petit.example")
    assert (helene.kind, helene.company, helene.name) == (ContactKind.NOTARY, "Étude Bœuf", "Hélène Bœuf")
    assert (helene.phone, helene.street, helene.postcode, helene.city) == (
        "02 98 00 00 00", "1 quai de l’Église", "29200", "Brest",
    )  # fmt: skip
    assert (helene.user.username, helene.user.role, helene.user.language) == ("helene", Role.CLIENT, "fr")
    assert {one.email for one in helene.collaborators.all()} == {"marie@etude.example", "luc@etude.example"}
    assert (luc.kind, luc.user.username) == (ContactKind.AGENCY, "luc@petit.example")
    assert (luc.phone, luc.postcode) == ("0298000001", "01200"), "the zeros that numbers have lost are back"
    assert "helene boeuf" in helene.search
    assert not helene.user.has_usable_password()
    assert helene.codes_sent_at is None
    assert counts()[2] == before[2], "no mail unless it is asked for"


def test_a_contact_that_is_there_is_changed_by_its_email(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    rows = [
        ["syndic", "", "Alix", "ALICE@client.example", "", "", "", "Brest", "new@client.example", ""],
        ["", "Agence Charlie", "Charlie", "charlie@client.example", "", "", "", "", "", ""],
    ]
    found = tried(bob, workbook(rows))
    assert figures(found) == (2, 0, 1, 0)
    assert figures(run(bob, found)) == (2, 0, 1, 0)
    alice = contact("alice@client.example")
    assert (alice.pk, alice.name, alice.kind, alice.city) == (cast.alice.pk, "Alix", ContactKind.MANAGER, "Brest")
    assert (alice.company, alice.user.username) == ("Agence Alice", "alice"), "what is empty changes nothing"
    assert alice.user.check_password(PASSWORD)
    assert [one.email for one in alice.collaborators.all()] == ["new@client.example"]
    again = tried(bob, workbook(rows))
    assert figures(again) == (2, 0, 0, 0), "nothing new the second time"
    assert said("Import now") not in bob.get(f"{START}{again.code}/").content.decode()


def test_errors_are_told_by_line_column_and_value(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        eve = User.objects.create_user(username="eve", email="eve@client.example", full_name="Eve", role=Role.CLIENT)
        SubAccount.objects.create(contact=cast.alice, user=eve)

    def line(**cells: Any) -> list[Any]:
        names = ["kind", "company", "name", "email", "phone", "street", "postcode", "city", "collaborators", "username"]
        return [({"name": "X"} | cells).get(name) for name in names]

    rows = [
        line(email="ok@x.example"),
        line(email="not an address"),
        line(),
        line(email="bob@alpha.example"),
        line(email="eve@client.example"),
        line(email="OK@x.example"),
        line(email="k@x.example", kind="martian"),
        line(email="u@x.example", username="alice"),
        line(email="v@x.example", username="a b"),
        line(email="w@x.example", name=None),
        line(email="c@x.example", collaborators="luc@x.example, nonsense"),
        line(email="n@x.example", name="x" * 121),
        line(email="z@x.example", name="<script>alert(1)</script>"),
    ]
    bob = logged_in("alpha", cast.bob)
    found = tried(bob, workbook(rows))
    assert figures(found) == (13, 2, 0, 11)
    told = [(error["line"], error["column"], error["value"]) for error in found.errors]
    email, name = translation.gettext("E-mail"), translation.gettext("Name")
    username, kind = translation.gettext("Identifier"), translation.gettext("Type")
    assert told == [
        (3, email, "not an address"), (4, email, ""), (5, email, "bob@alpha.example"), (6, email, "eve@client.example"),
        (7, email, "ok@x.example"), (8, kind, "martian"), (9, username, "alice"), (10, username, "a b"),
        (11, name, ""), (12, translation.gettext("Collaborators' e-mails"), "luc@x.example, nonsense"),
        (13, name, "x" * 100),
    ]  # fmt: skip
    texts = [error["text"] for error in found.errors]
    assert texts[2] == translation.gettext("This is the e-mail of a member of the firm's staff.")
    assert texts[4] == translation.gettext("It is in line %(line)s already.") % {"line": 2}
    assert all(texts)
    html = bob.get(f"{START}{found.code}/").content.decode()
    assert "<script>alert" not in html
    for text in texts:
        assert said(text) in html
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(body(bob.get(f"{START}{found.code}/erreurs.xlsx"))))
    lines = sheet.get_sheet_by_index(0).to_python()
    assert [line[:4] for line in lines[1:]] == [
        [error["line"], error["column"], error["value"], error["text"]] for error in found.errors
    ]
    done = run(bob, found)
    assert figures(done) == (13, 2, 0, 11)
    assert done.errors == found.errors
    with firm_context("firm_alpha"):
        assert User.objects.get(email="bob@alpha.example").role == Role.STAFF
        assert not User.objects.filter(email__in=["k@x.example", "u@x.example", "n@x.example"]).exists()


def test_access_codes_are_sent_to_new_contacts_when_asked_for(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    rows = [HELENE, ["", "", "Alix", "alice@client.example", "", "", "", "", "", ""]]
    found = tried(bob, workbook(rows), send_codes="on")
    with firm_context("firm_alpha"):
        assert OutgoingMail.objects.count() == 0
    assert said("Import now and send the access codes") in bob.get(f"{START}{found.code}/").content.decode()
    run(bob, found)
    with firm_context("firm_alpha"):
        assert OutgoingMail.objects.count() == 1, "the one who was there keeps its password"
    assert contact("helene@etude.example").codes_sent_at is not None
    assert contact("alice@client.example").user.check_password(PASSWORD)


def test_an_import_that_dies_goes_on_where_it_was(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "BATCH", 2)
    rows = [["", "", f"P{rank}", f"p{rank}@x.example", *[""] * 6] for rank in range(5)]
    rows += [["", "", "twice", "p0@x.example", *[""] * 6]]
    bob = logged_in("alpha", cast.bob)
    found = tried(bob, workbook(rows), send_codes="on")
    assert bob.post(f"{START}{found.code}/lancer/").status_code == 302
    real, calls = contact_import_line.Importer.do, 0

    def dying(self: Any, plan: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise RuntimeError("the worker died")
        return real(self, plan)

    arguments: dict[str, Any] = {
        "import_id": found.pk, "language": "fr", "firm_name": "X", "link": "http://x.example/",
        "contact_language": "fr",
    }  # fmt: skip
    monkeypatch.setattr(contact_import_line.Importer, "do", dying)
    with firm_context("firm_alpha"), pytest.raises(RuntimeError):
        run_import(**arguments)
    half = entry()
    assert (half.state, half.done, half.created) == (ImportState.IMPORTING, 2, 2), "whole batches"
    with firm_context("firm_alpha"):
        assert User.objects.filter(email__endswith="@x.example").count() == 2
    monkeypatch.setattr(contact_import_line.Importer, "do", real)
    with firm_context("firm_alpha"):
        run_import(**arguments)
        run_import(**arguments)
    done = entry()
    assert (done.state, *figures(done)) == (ImportState.DONE, 6, 5, 0, 1)
    assert [error["line"] for error in done.errors] == [7]
    with firm_context("firm_alpha"):
        assert User.objects.filter(email__endswith="@x.example").count() == 5
        assert OutgoingMail.objects.count() == 5, "nobody got two passwords"
    run_jobs()
    assert figures(entry()) == (6, 5, 0, 1)


def test_what_changed_since_the_trial_is_an_error_of_its_line(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    bob = logged_in("alpha", cast.bob)
    found = tried(bob, workbook([HELENE, LUC]))
    with firm_context("firm_alpha"):
        User.objects.create_user(username="helene", email="other@x.example", full_name="O", role=Role.STAFF)
    done = run(bob, found)
    assert figures(done) == (2, 1, 0, 1)
    assert [error["value"] for error in done.errors] == ["helene"]


# --- texts ------------------------------------------------------------------------------------------------------------

CSV_ROWS = ["Nom;E-mail;Ville", "Hélène Bœuf;helene@etude.example;Orléans", '"Petit; Luc";luc@petit.example;Béziers']


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_csv_is_read_whatever_program_wrote_it(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = "\r\n".join(CSV_ROWS).replace("Petit; Luc", "Petit Luc").replace(";", delimiter) + "\r\n"
    path = tmp_path / "x.csv"
    path.write_bytes(text.encode(encoding))
    head = read_head(path)
    assert head.titles == ["Nom", "E-mail", "Ville"]
    assert [line.cells for line in head.samples] == [
        ["Hélène Bœuf", "helene@etude.example", "Orléans"], ["Petit Luc", "luc@petit.example", "Béziers"],
    ]  # fmt: skip
    assert guess_columns(head) == {"name": 0, "email": 1, "city": 2}


def test_a_csv_is_imported(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    found = tried(bob, "\n".join(CSV_ROWS).encode("cp1252"), "contacts.csv")
    assert figures(run(bob, found)) == (2, 2, 0, 0)
    assert contact("luc@petit.example").name == "Petit; Luc"
    assert contact("helene@etude.example").name == "Hélène Bœuf"


def test_lines_keep_the_numbers_that_the_sheet_shows(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('Nom;E-mail\n\n"two\nlines";a@x.example\n;;\nb;b@x.example\n')
    assert [(line.number, line.cells[0]) for line in read_head(path).samples] == [(3, "two\nlines"), (5, "b")]
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["B3"], sheet["C3"] = "Nom", "Mail"
    sheet["B9"], sheet["C9"] = "a", "a@x.example"
    path.write_bytes(saved(book))
    head = read_head(path)
    assert head.titles == ["", "Nom", "Mail"]
    assert [(line.number, line.cells) for line in head.samples] == [(9, ["", "a", "a@x.example"])]


@pytest.mark.parametrize("name", ["contacts.xlsx", "contacts.csv"])
def test_without_titles_the_first_line_is_a_contact(cast: Cast, name: str) -> None:
    rows = [["Hélène", "helene@etude.example"], ["Luc", "luc@petit.example"]]
    data = workbook(rows, titles=[]) if name.endswith("xlsx") else "\n".join(";".join(row) for row in rows).encode()
    bob = logged_in("alpha", cast.bob)
    sent = send(bob, data, name)
    page = bob.get(sent["Location"])
    assert said("The first line looks like a contact, not like titles: it is imported too.") in page.content.decode()
    assert page.context["form"].initial == {"email": "1"}, "guessed by what is in it"
    found = tried(bob, data, name, name="0")
    assert figures(run(bob, found)) == (2, 2, 0, 0)


def test_columns_are_chosen_by_hand_and_checked(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    sent = send(bob, workbook([["Hélène", "helene@etude.example"]], titles=["Foo", "Bar"]))
    address, before = sent["Location"], counts()
    wrong: list[tuple[dict[str, str], str]] = [
        ({"email": ""}, "email"),
        ({"email": "1"}, "name"),
        ({"email": "1", "name": "1"}, "name"),
        ({"email": "7", "name": "0"}, "email"),
        ({"email": "-1", "name": "0"}, "email"),
        ({"email": "x\x00", "name": "0"}, "email"),
    ]
    for data, field in wrong:
        answer = bob.post(address, data)
        assert answer.status_code == 422
        assert field in answer.context["form"].errors, data
        assert entry().state == ImportState.UPLOADED
    assert counts() == before
    found = tried(bob, workbook([["Hélène", "helene@etude.example"]], titles=["Foo", "Bar"]), email="1", name="0")
    assert figures(found) == (1, 1, 0, 0)
    assert bob.get(f"{START}{found.code}/colonnes/").context["form"].initial == {"email": "1", "name": "0"}


# --- who and how long -------------------------------------------------------------------------------------------------


def test_another_firms_import_is_not_there(cast: Cast) -> None:
    found = tried(logged_in("alpha", cast.bob), workbook([HELENE]))
    dan = logged_in("beta", cast.dan)
    alice = logged_in("alpha", cast.alice)
    for client in (dan, alice):
        for path in ("", "colonnes/", "erreurs.xlsx"):
            assert client.get(f"{START}{found.code}/{path}").status_code == 404
        for path in ("colonnes/", "lancer/", "supprimer/"):
            assert client.post(f"{START}{found.code}/{path}").status_code == 404
    assert entry().state == ImportState.CHECKED
    assert run_jobs() == 0
    assert dan.get(START).status_code == 200
    assert found.stored.name not in dan.get(START).content.decode()


def test_an_import_goes_with_its_file_by_hand_or_after_a_month(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    old, recent = tried(bob, workbook([HELENE])), tried(bob, workbook([LUC]))
    with firm_context("firm_alpha"):
        month = timezone.now() - timedelta(days=actions.KEEP_DAYS, minutes=1)
        ContactImport.objects.filter(pk=old.pk).update(created_at=month)
        assert remove_old_imports() == 1
        assert list(StoredFile.objects.values_list("pk", flat=True)) == [recent.stored_id]
    assert bob.post(f"{START}{recent.code}/supprimer/")["Location"] == START
    with firm_context("firm_alpha"):
        assert not ContactImport.objects.exists()
        assert not StoredFile.objects.exists()
    assert bob.get(f"{START}{recent.code}/").status_code == 404


def test_an_import_that_has_begun_is_not_changed(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    found = tried(bob, workbook([HELENE]))
    bob.post(f"{START}{found.code}/lancer/")
    assert bob.get(f"{START}{found.code}/colonnes/").status_code == 302
    assert bob.post(f"{START}{found.code}/colonnes/", {"email": "0", "name": "1"}).status_code == 302
    assert bob.post(f"{START}{found.code}/supprimer/").status_code == 302
    assert entry().columns == found.columns
    with firm_context("firm_alpha"), pytest.raises(DomainError):
        actions.match_columns(found, {"email": 0}, send_codes=False, language="fr")
    bob.post(f"{START}{found.code}/lancer/")  # twice does not import twice
    run_jobs()
    done = entry()
    assert figures(done) == (1, 1, 0, 0)
    bob.post(f"{START}{found.code}/lancer/")
    assert run_jobs() == 0
    assert figures(entry()) == (1, 1, 0, 0)
    with firm_context("firm_alpha"):
        check_import(import_id=found.pk, language="fr")
    assert entry().state == ImportState.DONE, "a late trial changes nothing"


def test_the_exported_list_is_read_again(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    found = tried(bob, body(bob.get("/contacts/export.xlsx")))
    assert set(found.columns) >= {"email", "name", "company", "kind", "username"}
    assert figures(found) == (2, 0, 0, 0), "all known, nothing new"
    template = CalamineWorkbook.from_filelike(io.BytesIO(body(bob.get(f"{START}modele.xlsx"))))
    assert len(template.get_sheet_by_index(0).to_python()[0]) == 10


@pytest.mark.parametrize(("column", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (59, "BH"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_called_as_in_excel(column: int, name: str) -> None:
    assert letters(column) == name
