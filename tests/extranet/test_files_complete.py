"""The complete dossier: all reports in one PDF, made by a job, never an outdated one."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import formats, timezone, translation
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject

from extranet.actions.complete_dossier import complete_state
from extranet.enums import DownloadState, EventKind, Visibility
from extranet.models import Dossier, DossierEvent, DossierFile
from kernel.errors import DomainError
from kernel.tenancy import firm_context
from storage import pdf_binder
from storage.actions.files import store_bytes
from storage.binding import Entry, Plan, bound_pdf
from storage.models import StoredFile
from tests.factories.cast import Cast
from tests.factories.portal import add_dossier, files_of
from tests.storage.builders import pdf, upload
from tests.support import body, logged_in, run_jobs, said

pytestmark = pytest.mark.django_db
HTMX = {"hx-request": "true"}


def marked(*words: str) -> bytes:
    """Returns a PDF with a page for each word."""
    writer = PdfWriter()
    for word in words:
        page = writer.add_blank_page(595, 842)
        font = DictionaryObject(
            {
                NameObject(k): NameObject(v)
                for k, v in {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Courier"}.items()
            }
        )
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F9"): font})}
        )
        content = DecodedStreamObject()
        content.set_data(f"BT /F9 20 Tf 100 700 Td ({word}) Tj ET".encode())
        page[NameObject("/Contents")] = ArrayObject([writer._add_object(content)])
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def texts(reader: PdfReader) -> list[str]:
    return [page.extract_text() for page in reader.pages]


def asked(browser: Client, dossier: Dossier) -> PdfReader:
    """Asks for the complete dossier, waits for the job and returns the file."""
    url = f"/dossiers/{dossier.code}/complet/"
    working = browser.post(url, headers=HTMX)
    assert working.status_code == 200, working.content.decode()[:2000]
    run_jobs()
    ready = browser.get(url, headers=HTMX).content.decode()
    assert f'href="{url}pdf/"' in ready
    assert "hx-trigger" not in ready, "nothing is waited for any more"
    answer = browser.get(f"{url}pdf/")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(body(answer)))


def events(dossier: Dossier) -> list[tuple[str, str, int]]:
    with firm_context("firm_alpha"):
        lines = DossierEvent.objects.filter(dossier=dossier, kind=EventKind.DOWNLOADED).order_by("pk")
        return list(lines.values_list("actor_name", "subject", "file_version"))


def published(cast: Cast, files: dict[str, bytes], title: str = "Vente Lefèvre") -> tuple[Dossier, list[DossierFile]]:
    with firm_context("firm_alpha"):
        dossier = add_dossier(title, user=cast.bob, contacts=[cast.alice], files=files)
        return dossier, files_of(dossier)


def test_all_reports_are_in_one_file_with_contents_links_and_bookmarks(cast: Cast) -> None:
    files = {
        "DPE.pdf": marked("Un", "Deux"),
        "Amiante.pdf": marked("Trois"),
        "Facture.pdf": marked("Facture"),
        "DDT caché.pdf": marked("Secret"),
        "CREP.pdf": pdf(password="secret"),
        "Gaz.pdf": pdf()[:-200],
        "rapport.txt": b"text",
        "Carrez.pdf": marked("Retire"),
        "GENAPI.pdf": marked("Genapi"),
    }
    dossier, made = published(cast, files)
    by_name = {file.name: file for file in made}
    bob, alice = logged_in("alpha", cast.bob), logged_in("alpha", cast.alice)
    with firm_context("firm_alpha"):
        Dossier.objects.filter(pk=dossier.pk).update(
            street="3 allée des Œillets", postcode="22000", city="Saint-Brieuc", visited_on=date(2026, 8, 14)
        )
        DossierFile.objects.filter(pk=by_name["DDT caché.pdf"].pk).update(visibility=Visibility.STAFF)
        DossierFile.objects.filter(pk=by_name["DPE.pdf"].pk).update(title="Énergie — « été » à 3 €", position=9)
    bob.post(f"/dossiers/{dossier.code}/fichiers/{by_name['Carrez.pdf'].code}/retirer/")

    reader = asked(alice, dossier)
    pages = texts(reader)
    assert len(pages) == 4
    contents = pages[0]
    for shown in (
        "Cabinet Alpha",
        "Vente Lefèvre",
        "3 allée des Œillets, 22000 Saint-Brieuc",
        "14 août 2026",
        "Amiante.pdf",
        "Énergie — « été » à 3 €",
        "CREP.pdf",
        "Gaz.pdf",
        "rapport.txt",
    ):
        assert shown in contents, contents
    for hidden in ("Facture", "DDT", "Carrez", "GENAPI"):
        assert hidden not in contents
    # in the firm's order, which put the first one last
    assert [page.strip() for page in pages[1:]] == ["Trois", "Un", "Deux"]
    assert [item.title for item in reader.outline[1:]] == ["Amiante.pdf", "Énergie — « été » à 3 €"]  # type: ignore[union-attr]
    assert [reader.get_destination_page_number(item) for item in reader.outline] == [0, 1, 2]  # type: ignore[arg-type]
    links = [note.get_object() for note in reader.pages[0]["/Annots"]]  # type: ignore[attr-defined]
    assert [_target(reader, link) for link in links] == [1, 2]
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == ("Vente Lefèvre", "Cabinet Alpha")

    assert events(dossier) == [("Alice", "Amiante.pdf", 1), ("Alice", "Énergie — « été » à 3 €", 1)]
    page = alice.get(f"/dossiers/{dossier.code}/complet/").content.decode()
    assert "<html" in page
    for name in ("CREP.pdf", "Gaz.pdf", "rapport.txt"):
        assert name in page
    assert "DDT" not in page


def _target(reader: PdfReader, link: Any) -> int:
    target = link["/Dest"][0] if "/Dest" in link else link["/A"]["/D"][0]
    pages = [page.indirect_reference for page in reader.pages]
    return (
        int(target)
        if isinstance(target, int)
        else pages.index(target if hasattr(target, "idnum") else target.indirect_reference)
    )


def test_downloading_it_is_downloading_each_of_its_files(cast: Cast) -> None:
    dossier, _files = published(cast, {"DPE.pdf": marked("Un"), "Gaz.pdf": marked("Deux")})
    asked(logged_in("alpha", cast.bob), dossier)
    with firm_context("firm_alpha"):
        assert Dossier.objects.get().download_state == DownloadState.NONE
    alice = logged_in("alpha", cast.alice)
    assert alice.head(f"/dossiers/{dossier.code}/complet/pdf/").status_code == 200
    assert [line[0] for line in events(dossier)] == ["Bob Staff"] * 2, "asking for the head is no download"
    body(alice.get(f"/dossiers/{dossier.code}/complet/pdf/"))
    with firm_context("firm_alpha"):
        assert Dossier.objects.get().download_state == DownloadState.FULL


def test_it_is_made_once_for_all_and_the_result_is_nobodys_upload(cast: Cast) -> None:
    dossier, _files = published(cast, {"DPE.pdf": marked("Un")})
    asked(logged_in("alpha", cast.bob), dossier)
    alice = logged_in("alpha", cast.alice)
    again = alice.post(f"/dossiers/{dossier.code}/complet/", headers=HTMX).content.decode()
    assert f'href="/dossiers/{dossier.code}/complet/pdf/"' in again
    assert run_jobs() == 0
    with firm_context("firm_alpha"):
        result = StoredFile.objects.get(claimed=False)
        assert result.uploaded_by_id is None
        assert result.pdf_pages == 2
    for browser in (alice, logged_in("alpha", cast.bob)):
        taken = browser.post(f"/dossiers/{dossier.code}/fichiers/", {"upload": [result.code]})
        assert taken.status_code in {404, 422}


CHANGES = {
    "removed": lambda bob, url, file: bob.post(f"{url}fichiers/{file.code}/retirer/"),
    "replaced": lambda bob, url, file: bob.post(
        f"{url}fichiers/{file.code}/remplacer/", {"file": upload(marked("Neuf"), "x.pdf")}
    ),
    "hidden": lambda bob, url, file: bob.post(
        f"{url}fichiers/{file.code}/modifier/",
        {"name": "DPE.pdf", "title": "", "comment": "", "kind": "report", "visibility": "staff"},
    ),
    "titled": lambda bob, url, file: bob.post(
        f"{url}fichiers/{file.code}/modifier/",
        {"name": "DPE.pdf", "title": "Autre", "comment": "", "kind": "report", "visibility": "client"},
    ),
    "of another kind": lambda bob, url, file: bob.post(
        f"{url}fichiers/{file.code}/modifier/",
        {"name": "DPE.pdf", "title": "", "comment": "", "kind": "invoice", "visibility": "client"},
    ),
    "added": lambda bob, url, file: bob.post(f"{url}fichiers/", {"files": [upload(marked("Plus"), "ERP.pdf")]}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_an_outdated_one_is_never_served(cast: Cast, change: str) -> None:
    dossier, (first, _second) = published(cast, {"DPE.pdf": marked("Un"), "Gaz.pdf": marked("Deux")})
    bob, alice = logged_in("alpha", cast.bob), logged_in("alpha", cast.alice)
    url = f"/dossiers/{dossier.code}/"
    before = texts(asked(alice, dossier))
    count = len(events(dossier))
    assert CHANGES[change](bob, url, first).status_code == 302
    answer = alice.get(f"{url}complet/pdf/")
    assert (answer.status_code, answer["Location"]) == (302, f"{url}complet/")
    assert len(events(dossier)) == count, "nothing was downloaded"
    assert f"{url}complet/pdf/" not in alice.get(f"{url}complet/").content.decode()
    after = texts(asked(alice, dossier))
    assert after != before
    assert ("Un" in "".join(after[1:])) is (change in {"titled", "added"})
    assert "Deux" in "".join(after[1:])


def test_a_job_that_is_overtaken_makes_nothing(cast: Cast) -> None:
    dossier, (first, _second) = published(cast, {"DPE.pdf": marked("Un"), "Gaz.pdf": marked("Deux")})
    bob = logged_in("alpha", cast.bob)
    url = f"/dossiers/{dossier.code}/"
    waiting = bob.post(f"{url}complet/", headers=HTMX).content.decode()
    assert "hx-trigger" in waiting
    assert "<progress" in waiting
    bob.post(f"{url}fichiers/{first.code}/retirer/")
    run_jobs()
    with firm_context("firm_alpha"):
        assert not StoredFile.objects.filter(claimed=False).exists()
    assert bob.get(f"{url}complet/pdf/").status_code == 302


@pytest.mark.parametrize("files", [{}, {"notes.txt": b"n"}, {"Facture.pdf": pdf()}, {"DPE.pdf": pdf(password="x")}])
def test_without_a_report_that_can_go_in_it_says_so(cast: Cast, files: dict[str, bytes]) -> None:
    dossier, _files = published(cast, files)
    alice = logged_in("alpha", cast.alice)
    for headers in ({}, HTMX):
        answer = alice.post(f"/dossiers/{dossier.code}/complet/", headers=headers)
        assert answer.status_code == 422
        assert said("This dossier has no report that can go into one PDF.") in answer.content.decode()
    assert run_jobs() == 0
    assert alice.get(f"/dossiers/{dossier.code}/complet/pdf/").status_code == 302


def test_it_speaks_the_language_of_whoever_asks(cast: Cast) -> None:
    dossier, _files = published(cast, {"DPE.pdf": marked("Un")})
    alice = logged_in("alpha", cast.alice)
    french, english = (_today_in(language) for language in ("fr", "en"))
    assert french in texts(asked(alice, dossier))[0]
    alice.post("/langue/setlang/", {"language": "en"})
    contents = texts(asked(alice, dossier))[0]
    assert english in contents
    assert "Contents" in contents


def _today_in(language: str) -> str:
    with translation.override(language):
        return formats.date_format(timezone.localdate(), "DATE_FORMAT")


def test_others_get_nothing_of_it(cast: Cast) -> None:
    dossier, _files = published(cast, {"DPE.pdf": marked("Un")})
    asked(logged_in("alpha", cast.bob), dossier)
    for browser in (logged_in("alpha", cast.charlie), logged_in("beta", cast.dora), logged_in("beta", cast.dan)):
        assert browser.get(f"/dossiers/{dossier.code}/complet/").status_code == 404
        assert browser.post(f"/dossiers/{dossier.code}/complet/").status_code == 404
        assert browser.get(f"/dossiers/{dossier.code}/complet/pdf/").status_code == 404


def test_a_report_that_turns_out_unreadable_is_named_and_the_others_are_there(cast: Cast) -> None:
    """The probe at the upload saw nothing wrong; the binder cannot take it."""
    dossier, (broken, _good) = published(cast, {"DPE.pdf": pdf(password="x"), "Gaz.pdf": marked("Deux")})
    with firm_context("firm_alpha"):
        StoredFile.objects.filter(pk=broken.stored_id).update(is_encrypted=False)
    alice = logged_in("alpha", cast.alice)
    pages = texts(asked(alice, dossier))
    assert [page.strip() for page in pages[1:]] == ["Deux"]
    assert "DPE.pdf" in pages[0]
    assert [line[1] for line in events(dossier)] == ["Gaz.pdf"], "what is not in it was not downloaded"
    with firm_context("firm_alpha"):
        state = complete_state(Dossier.objects.get())
    assert [file.name for file, _reason in state.left_out] == ["DPE.pdf"]


def test_a_result_over_the_limit_is_told(cast: Cast, settings: Any) -> None:
    dossier, _files = published(cast, {"DPE.pdf": pdf(1, padding=60_000), "Gaz.pdf": pdf(2, padding=61_000)})
    settings.UPLOAD_MAX_BYTES = 1_000
    alice = logged_in("alpha", cast.alice)
    alice.post(f"/dossiers/{dossier.code}/complet/", headers=HTMX)
    run_jobs()
    html = alice.get(f"/dossiers/{dossier.code}/complet/", headers=HTMX).content.decode()
    assert 'role="alert"' in html
    assert "/complet/pdf/" not in html
    with firm_context("firm_alpha"):
        assert not StoredFile.objects.filter(claimed=False).exists()


def test_a_lost_object_leaves_the_job_to_be_tried_again(cast: Cast) -> None:
    from storage.backends import firm_storage

    dossier, (file,) = published(cast, {"DPE.pdf": marked("Un")})
    alice = logged_in("alpha", cast.alice)
    alice.post(f"/dossiers/{dossier.code}/complet/", headers=HTMX)
    with firm_context("firm_alpha"):
        firm_storage().delete(file.stored.key)
    with pytest.raises(FileNotFoundError):
        run_jobs()
    assert alice.get(f"/dossiers/{dossier.code}/complet/pdf/").status_code == 302


# --- the binder -------------------------------------------------------------------------------------------------------


def plan(entries: list[Entry], **texts: Any) -> Plan:
    values: dict[str, Any] = {
        "language": "fr",
        "firm": "Cabinet",
        "title": "Maison",
        "lines": [],
        "files": entries,
        "left_out": [],
        "text_contents": "Sommaire",
        "text_left_out": "Non repris",
        "text_password": "protégé",
        "text_damaged": "abîmé",
    }
    return Plan(**(values | texts))


def test_a_file_that_kills_the_binder_is_left_out(cast: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """A real process that dies: the binder's own program with a file that it cannot survive."""
    program = tmp_path / "binder.py"
    source = Path(pdf_binder.__file__).read_text(encoding="utf-8")
    fatal = (
        '        if b"FATAL" in Path(entry["path"]).read_bytes():\n            import os\n\n            os.abort()\n'
    )
    program.write_text(
        source.replace("        before = len(writer.pages)\n", f"{fatal}        before = len(writer.pages)\n")
    )
    monkeypatch.setattr(pdf_binder, "__file__", str(program))
    with firm_context("firm_alpha"):
        good = store_bytes(marked("Bon"), name="a.pdf")
        bad = store_bytes(marked("FATAL"), name="b.pdf")
        progress: list[int] = []
        entries = [Entry(bad.key, "mauvais"), Entry(good.key, "bon")]
        with bound_pdf(plan(entries), progress=progress.append) as bound:
            assert bound.left_out == {0}
            pages = texts(PdfReader(bound.path))
        assert pages[1].strip() == "Bon"
        assert "mauvais — abîmé" in pages[0]
        with pytest.raises(DomainError) as error, bound_pdf(plan(entries[:1]), progress=progress.append):
            pass
        assert error.value.code == "binding_failed"


def test_many_files_take_several_pages_of_contents_with_right_numbers(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        stored = [store_bytes(marked(f"N{rank}"), name="a.pdf") for rank in range(3)]
        entries = [Entry(stored[rank % 3].key, f"Rapport {rank} {'très ' * 30}") for rank in range(60)]
        with bound_pdf(plan(entries), progress=lambda _done: None) as bound:
            reader = PdfReader(bound.path)
            pages = texts(reader)
    contents = len(pages) - 60
    assert contents == 3
    written = [line for page in pages[:contents] for line in page.splitlines() if line.strip().isdigit()]
    assert [int(line) for line in written] == [contents + rank + 1 for rank in range(60)]
    links = [note.get_object() for page in reader.pages[:contents] for note in page["/Annots"]]  # type: ignore[attr-defined]
    assert [_target(reader, link) for link in links] == [contents + rank for rank in range(60)]


@pytest.mark.parametrize(
    "title",
    [
        "",
        " ",
        "x" * 5_000,
        "mot " * 900,
        "(parenthèse) \\ <a> %",
        "😀 日本語 Łódź",
        "a\x00b\nc\td",
        "œuvre’s — “x”…",
        "\u202eabc",
    ],
)
def test_titles_of_every_sort_are_drawn(cast: Cast, title: str) -> None:
    with firm_context("firm_alpha"):
        entry = Entry(store_bytes(marked("Bon"), name="a.pdf").key, title)
        with bound_pdf(plan([entry], title=title, lines=[title], left_out=[(title, "abîmé")]), progress=print) as bound:
            reader = PdfReader(bound.path, strict=True)
            assert texts(reader)[-1].strip() == "Bon"


def test_french_signs_come_out_as_they_went_in() -> None:
    text = "àâäçéèêëîïôöùûüÿœæŒÆÀÉÈÊÇÔ«»’“”–—…€°²³"
    assert pdf_binder._encoded(text).decode("cp1252") == text
    assert pdf_binder._encoded("Łódź 😀").decode("cp1252") == "?ódz ?"
    assert json.loads(json.dumps(pdf_binder._wrapped("mot " * 40, 100, size=10, bold=False, most=2)))[-1].endswith("…")
