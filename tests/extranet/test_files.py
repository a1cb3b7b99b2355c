"""Files: sent, read, downloaded, zipped, and every download on record."""

import io
import json
import random
import re
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from extranet.enums import DownloadState, EventKind
from extranet.models import Dossier, DossierAccess, DossierEvent
from kernel.tenancy import firm_context
from storage.backends import firm_storage
from storage.models import StoredFile
from tests.factories.cast import Cast
from tests.factories.portal import add_dossier, files_of
from tests.storage.builders import image, pdf, upload
from tests.support import body, logged_in, said

pytestmark = pytest.mark.django_db
SEND = "/fichiers/televerser/"
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 56


def send(browser: Client, data: bytes, name: str) -> Any:
    return browser.post(SEND, {"file": upload(data, name)})


def history(dossier: Dossier, *kinds: EventKind) -> list[tuple[str, str, str, str | None]]:
    """Returns (kind, who, what, address) of a dossier's lines, oldest first."""
    with firm_context("firm_alpha"):
        lines = DossierEvent.objects.filter(dossier=dossier, kind__in=kinds or EventKind.values).order_by("pk")
        return list(lines.values_list("kind", "actor_name", "subject", "address"))


def states(dossier: Dossier) -> dict[str, str]:
    with firm_context("firm_alpha"):
        accesses = DossierAccess.objects.filter(dossier=dossier)
        result = dict(accesses.values_list("contact__name", "download_state"))
        return {"all": Dossier.objects.get(pk=dossier.pk).download_state, **result}


# --- sending ----------------------------------------------------------------------------------------------------------


def test_a_sent_file_waits_with_its_fields(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    answer = send(bob, pdf(3), "DPE été.pdf")
    assert answer.status_code == 201
    with firm_context("firm_alpha"):
        stored = StoredFile.objects.get()
    assert (stored.name, stored.pdf_pages, stored.claimed, stored.uploaded_by_id) == (
        "DPE été.pdf",
        3,
        False,
        cast.bob.pk,
    )
    html = answer.content.decode()
    for field in (f'name="upload" value="{stored.code}"', f'name="name-{stored.code}"', f'name="title-{stored.code}"'):
        assert field in html
    assert "<html" not in html


@pytest.mark.parametrize(
    ("data", "name", "status", "code"),
    [
        (b"", "vide.pdf", 422, "file_empty"),
        (PROGRAM, "rapport.pdf", 422, "file_dangerous"),
        (PROGRAM, "setup.exe", 422, "file_dangerous"),
        (b"<html><script>alert(1)</script>", "page.pdf", 422, "file_dangerous"),
        (pdf(), "rapport.jpg", 422, "file_type_mismatch"),
        (pdf(), "rapport.pdf.exe", 422, "file_type_mismatch"),
        (b"\x01\x02\x03\x04" * 100, "x.bin", 422, "file_type_refused"),
    ],
)
def test_a_refused_file_is_told_and_nothing_is_kept(cast: Cast, data: bytes, name: str, status: int, code: str) -> None:
    answer = send(logged_in("alpha", cast.bob), data, name)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/json")
    told = json.loads(answer.content)
    assert told["code"] == code
    assert name in told["error"]
    with firm_context("firm_alpha"):
        assert not StoredFile.objects.exists()


def test_a_file_over_the_limit_is_refused_by_its_announced_length(cast: Cast, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1_000_000
    answer = send(logged_in("alpha", cast.bob), b"x" * 2_200_000, "grand.txt")
    assert answer.status_code == 413
    assert json.loads(answer.content)["code"] == "file_too_large"
    with firm_context("firm_alpha"):
        assert not StoredFile.objects.exists()


def test_a_file_a_little_over_the_limit_is_refused_while_it_comes(cast: Cast, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1_000_000
    bob = logged_in("alpha", cast.bob)
    assert send(bob, b"x" * 1_000_001, "grand.txt").status_code == 413
    assert send(bob, b"x" * 1_000_000, "juste.txt").status_code == 201


def test_a_form_with_a_file_over_the_limit_is_shown_again_with_what_was_typed(cast: Cast, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1_000_000
    data = {"title": "Maison", "comments": "typed", "files": [upload(b"x" * 2_200_000, "grand.txt")]}
    answer = logged_in("alpha", cast.bob).post("/dossiers/nouveau/", data)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert 'value="Maison"' in html
    assert "typed" in html
    assert answer.context["form"].non_field_errors()
    with firm_context("firm_alpha"):
        assert not Dossier.objects.exists()


def test_nothing_sent_is_told(cast: Cast) -> None:
    answer = logged_in("alpha", cast.bob).post(SEND, {})
    assert answer.status_code == 400
    assert said("No file arrived. Try again.") in json.loads(answer.content)["error"]


def test_a_store_that_is_down_is_told_and_may_be_tried_again(cast: Cast, settings: Any, tmp_path: Any) -> None:
    bob = logged_in("alpha", cast.bob)
    blocked = tmp_path / "store"
    blocked.write_bytes(b"a file where the folder should be")
    former = settings.STORAGES
    settings.STORAGES = former | {
        "default": {"BACKEND": "storage.backends.DiskFirmStorage", "OPTIONS": {"location": str(blocked)}}
    }
    answer = send(bob, b"text", "a.txt")
    assert answer.status_code == 503
    assert json.loads(answer.content)["code"] == "storage_unavailable"
    form = bob.post("/dossiers/nouveau/", {"title": "Maison", "comments": "", "files": [upload(b"text", "a.txt")]})
    assert form.status_code == 422
    assert 'value="Maison"' in form.content.decode()
    with firm_context("firm_alpha"):
        assert not StoredFile.objects.exists()
    settings.STORAGES = former
    assert send(bob, b"text", "a.txt").status_code == 201


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (pdf(password="secret"), "This PDF needs a password: without it the client cannot read it."),
        (pdf()[:-200], "This PDF seems to be damaged: some programs may not open it."),
    ],
    ids=["encrypted", "broken"],
)
def test_a_pdf_that_the_client_may_not_read_is_taken_and_told_to_the_firm(
    cast: Cast, data: bytes, message: str
) -> None:
    bob = logged_in("alpha", cast.bob)
    answer = send(bob, data, "rapport.pdf")
    assert answer.status_code == 201
    assert said(message) in answer.content.decode()
    with firm_context("firm_alpha"):
        code = StoredFile.objects.get().code
    form = {"title": "Maison", "comments": "", "upload": [code], "contacts": [cast.alice.code]}
    place = bob.post("/dossiers/nouveau/", form)["Location"]
    assert said(message) in bob.get(place).content.decode()
    assert said(message) not in logged_in("alpha", cast.alice).get(place).content.decode()


NAMES = {
    "../../etc/passwd.txt": "passwd.txt",
    "rapport 😀 été.txt": "rapport 😀 été.txt",
    "a\nb\r\nc.txt": "a b c.txt",
    "x" * 300 + ".txt": "x" * 146 + ".txt",
    "C:\\Dossiers\\a.txt": "a.txt",
    'a"b.txt': "a b.txt",
    "a;b%20c.txt": "a;b%20c.txt",
    ".txt": "txt.txt",
    "CON.txt": "_CON.txt",
}


@pytest.mark.parametrize(("given", "kept"), NAMES.items())
def test_a_name_whatever_it_is_comes_out_safe(cast: Cast, given: str, kept: str) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice], files={given: b"text"})
        (file,) = files_of(dossier)
    assert file.name == kept
    alice = logged_in("alpha", cast.alice)
    answer = alice.get(f"/dossiers/{dossier.code}/fichiers/{file.code}/")
    header = answer["Content-Disposition"]
    assert header.startswith("attachment; filename")
    assert "\n" not in header
    assert body(answer) == b"text"
    archive = zipfile.ZipFile(io.BytesIO(body(alice.get(f"/dossiers/{dossier.code}/zip/"))))
    (name,) = archive.namelist()
    assert "/" not in name
    assert ".." not in name.split(".")[0]


# --- reading and downloading ------------------------------------------------------------------------------------------


def test_a_file_is_downloaded_byte_for_byte_under_its_name(cast: Cast) -> None:
    content = pdf(2, padding=200_000)
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice], files={"DPE été.pdf": content})
        (file,) = files_of(dossier)
    url = f"/dossiers/{dossier.code}/fichiers/{file.code}/"
    for person in (cast.alice, cast.bob):
        answer = logged_in("alpha", person).get(url)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Length"] == str(len(content))
        assert answer["Content-Disposition"] == "attachment; filename*=utf-8''DPE%20%C3%A9t%C3%A9.pdf"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "private, no-cache"
        assert body(answer) == content


def test_a_pdf_and_a_picture_are_read_in_the_page(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier(
            "Maison", user=cast.bob, contacts=[cast.alice], files={"a.pdf": pdf(), "b.png": image(), "c.txt": b"c"}
        )
        report, picture, text = files_of(dossier)
    alice = logged_in("alpha", cast.alice)
    url = f"/dossiers/{dossier.code}/fichiers/"
    page = alice.get(f"{url}{report.code}/lire/").content.decode()
    assert f"{url}{report.code}/contenu/" in page
    shown = alice.get(f"{url}{report.code}/contenu/")
    assert shown["Content-Disposition"].startswith("inline")
    assert body(shown).startswith(b"%PDF")
    assert f'<img src="{url}{picture.code}/contenu/"' in alice.get(f"{url}{picture.code}/lire/").content.decode()
    assert "/lire/" not in alice.get(f"/dossiers/{dossier.code}/").content.decode().split(text.code)[1][:400]


def test_a_zip_holds_every_file_byte_for_byte(cast: Cast) -> None:
    contents = {"a.txt": b"a" * 100_000, "é.txt": random.Random(1).randbytes(0) + b"e", "r.pdf": pdf(2)}
    with firm_context("firm_alpha"):
        dossier = add_dossier("Vente 12/14 rue Été", user=cast.bob, contacts=[cast.alice], files=contents)
    answer = logged_in("alpha", cast.alice).get(f"/dossiers/{dossier.code}/zip/")
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''Vente%2012-14%20rue%20%C3%89t%C3%A9.zip"
    data = body(answer)
    assert answer["Content-Length"] == str(len(data))
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    assert {name: archive.read(name) for name in archive.namelist()} == contents


def test_two_files_of_one_name_are_both_in_the_zip(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, files={"a.txt": b"1", "dir/a.txt": b"2", "A.TXT": b"3"})
    data = body(logged_in("alpha", cast.bob).get(f"/dossiers/{dossier.code}/zip/"))
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert sorted(archive.read(name) for name in archive.namelist()) == [b"1", b"2", b"3"]
    assert len({name.lower() for name in archive.namelist()}) == 3


def test_the_zip_of_an_empty_dossier_leads_back(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob)
    answer = logged_in("alpha", cast.bob).get(f"/dossiers/{dossier.code}/zip/")
    assert answer["Location"] == f"/dossiers/{dossier.code}/"


def test_a_client_of_another_dossier_gets_nothing(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice], files={"a.txt": b"a"})
        other = add_dossier("Grange", user=cast.bob, contacts=[cast.charlie], files={"b.txt": b"b"})
        (file,), (foreign,) = files_of(dossier), files_of(other)
    charlie = logged_in("alpha", cast.charlie)
    for code, file_code in ((dossier.code, file.code), (other.code, file.code), (dossier.code, foreign.code)):
        for part in ("", "lire/", "contenu/"):
            assert charlie.get(f"/dossiers/{code}/fichiers/{file_code}/{part}").status_code == 404
    assert charlie.get(f"/dossiers/{dossier.code}/zip/").status_code == 404
    assert history(dossier, EventKind.READ, EventKind.DOWNLOADED) == []
    assert states(dossier)["all"] == DownloadState.NONE


def test_a_lost_object_is_no_success(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice], files={"a.txt": b"a"})
        (file,) = files_of(dossier)
        firm_storage().delete(file.stored.key)
    alice = logged_in("alpha", cast.alice)
    alice.raise_request_exception = False
    assert alice.get(f"/dossiers/{dossier.code}/fichiers/{file.code}/").status_code >= 500
    assert history(dossier, EventKind.DOWNLOADED) == [], "what nobody got was not downloaded"


# --- the record -------------------------------------------------------------------------------------------------------


def test_each_download_is_on_record_with_who_when_where_and_what(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier(
            "Maison", user=cast.bob, contacts=[cast.alice, cast.charlie], files={"a.txt": b"a", "b.txt": b"b"}
        )
        first, _second = files_of(dossier)
    url = f"/dossiers/{dossier.code}/"
    alice = logged_in("alpha", cast.alice)
    alice.defaults["REMOTE_ADDR"] = "192.0.2.10"
    assert states(dossier) == {"all": "none", "Alice": "none", "Charlie": "none"}

    body(alice.get(f"{url}fichiers/{first.code}/contenu/"))
    assert history(dossier, EventKind.READ) == [("read", "Alice", "a.txt", "192.0.2.10")]
    assert states(dossier)["all"] == "none", "reading online is not downloading"

    body(alice.get(f"{url}fichiers/{first.code}/"))
    assert history(dossier, EventKind.DOWNLOADED) == [("downloaded", "Alice", "a.txt", "192.0.2.10")]
    assert states(dossier) == {"all": "partial", "Alice": "partial", "Charlie": "none"}

    charlie = logged_in("alpha", cast.charlie)
    body(charlie.get(f"{url}zip/"))
    assert states(dossier) == {"all": "full", "Alice": "partial", "Charlie": "full"}
    assert [line[1:3] for line in history(dossier, EventKind.DOWNLOADED)] == [
        ("Alice", "a.txt"),
        ("Charlie", "a.txt"),
        ("Charlie", "b.txt"),
    ]

    page = logged_in("alpha", cast.bob).get(f"{url}historique/").content.decode()
    assert "192.0.2.10" in page
    for name in ("Alice", "Charlie"):
        assert name in page
    assert "192.0.2.10" not in alice.get(url).content.decode(), "a client sees no history"


def test_the_firms_own_downloads_do_not_count_for_the_client(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice], files={"a.txt": b"a"})
        (file,) = files_of(dossier)
    bob = logged_in("alpha", cast.bob)
    body(bob.get(f"/dossiers/{dossier.code}/fichiers/{file.code}/"))
    body(bob.get(f"/dossiers/{dossier.code}/zip/"))
    assert states(dossier) == {"all": "none", "Alice": "none"}
    assert [line[1] for line in history(dossier, EventKind.DOWNLOADED)] == ["Bob Staff", "Bob Staff"]


def test_asking_for_the_head_is_no_download(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice], files={"a.txt": b"a"})
        (file,) = files_of(dossier)
    alice = logged_in("alpha", cast.alice)
    for path in ("", "zip/", f"fichiers/{file.code}/", f"fichiers/{file.code}/contenu/"):
        assert alice.head(f"/dossiers/{dossier.code}/{path}").status_code == 200
    assert history(dossier, EventKind.READ, EventKind.DOWNLOADED) == []
    assert states(dossier)["all"] == "none"


def test_the_states_follow_the_files_that_are_there(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice], files={"a.txt": b"a"})
        (file,) = files_of(dossier)
    url = f"/dossiers/{dossier.code}/"
    bob, alice = logged_in("alpha", cast.bob), logged_in("alpha", cast.alice)
    body(alice.get(f"{url}fichiers/{file.code}/"))
    assert states(dossier) == {"all": "full", "Alice": "full"}
    bob.post(f"{url}fichiers/", {"files": [upload(b"new", "b.txt")]})
    assert states(dossier) == {"all": "partial", "Alice": "partial"}
    with firm_context("firm_alpha"):
        added = files_of(dossier)[1]
    bob.post(f"{url}fichiers/{added.code}/retirer/")
    assert states(dossier) == {"all": "full", "Alice": "full"}
    bob.post(f"{url}fichiers/{file.code}/retirer/")
    assert states(dossier) == {"all": "none", "Alice": "none"}


def test_access_given_again_finds_its_downloads_again(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice], files={"a.txt": b"a"})
    url = f"/dossiers/{dossier.code}/"
    bob, alice = logged_in("alpha", cast.bob), logged_in("alpha", cast.alice)
    body(alice.get(f"{url}zip/"))
    bob.post(f"{url}acces/{cast.alice.code}/retirer/")
    bob.post(f"{url}acces/", {"contact": cast.alice.code})
    assert states(dossier) == {"all": "full", "Alice": "full"}
    assert alice.get("/dossiers/").context["page"].rows[0].state == "full"


def test_a_long_user_agent_is_cut(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice], files={"a.txt": b"a"})
    alice = logged_in("alpha", cast.alice)
    body(alice.get(f"/dossiers/{dossier.code}/zip/", headers={"user-agent": "x" * 5_000 + "\x00"}))
    with firm_context("firm_alpha"):
        assert DossierEvent.objects.get(kind=EventKind.DOWNLOADED).user_agent == "x" * 200


def test_the_history_is_shown_by_hundreds(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob)
        DossierEvent.objects.bulk_create(
            [DossierEvent(dossier=dossier, kind=EventKind.EDITED, subject=f"line-{rank:03}.") for rank in range(250)]
        )
    url = f"/dossiers/{dossier.code}/historique/"
    bob = logged_in("alpha", cast.bob)
    shown: list[str] = []
    for skipped, count, more in ((0, 100, True), (100, 100, True), (200, 50, False)):
        page = bob.get(url, {"depuis": skipped} if skipped else {}, headers={"hx-request": "true"}).content.decode()
        assert "<html" not in page
        found = re.findall(r"line-\d{3}\.", page)
        assert len(found) == count
        assert (f"depuis={skipped + 100}" in page) is more
        shown += found
    assert shown == [f"line-{rank:03}." for rank in reversed(range(250))]
    for nonsense in ("x", "-1", "9" * 30, "\x00", "²"):
        assert "line-249." in bob.get(url, {"depuis": nonsense}).content.decode()
    assert logged_in("alpha", cast.alice).get(url).status_code == 404


def test_every_kind_of_event_has_its_words_and_its_drawing(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob)
        DossierEvent.objects.bulk_create([DossierEvent(dossier=dossier, kind=kind) for kind in EventKind])
    page = logged_in("alpha", cast.bob).get(f"/dossiers/{dossier.code}/historique/", headers={"hx-request": "true"})
    html = page.content.decode()
    for kind in EventKind:
        assert escape(str(kind.label)) in html
    assert html.count("<svg") == len(EventKind) + 1, "the line of its creation is the other one"


def test_a_nul_in_the_code_of_an_upload_is_an_upload_that_is_not_there(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob)
    answer = logged_in("alpha", cast.bob).post(f"/dossiers/{dossier.code}/fichiers/", {"upload": ["\x00"]})
    assert answer.status_code == 422
