"""Publishing, editing and sharing dossiers."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import gettext

from extranet.enums import EventKind
from extranet.models import Dossier, DossierAccess, DossierEvent
from extranet.queries.dossier_file import files_present
from kernel.tenancy import firm_context
from mail.models import OutgoingMail
from storage.backends import firm_storage
from storage.models import StoredFile
from tests.factories.cast import Cast
from tests.factories.portal import add_dossier, files_of
from tests.storage.builders import pdf, upload
from tests.support import Box, body, html_of, logged_in, run_jobs, said, text_of
from themes.models import Branding

pytestmark = pytest.mark.django_db
NEW = "/dossiers/nouveau/"


def sent(browser: Client, name: str, data: bytes) -> str:
    """Sends one file as the page does and returns its code."""
    answer = browser.post("/fichiers/televerser/", {"file": upload(data, name)})
    assert answer.status_code == 201, answer.content
    with firm_context("firm_alpha"):
        return str(StoredFile.objects.latest("pk").code)


def only_dossier() -> Dossier:
    with firm_context("firm_alpha"):
        return Dossier.objects.get()


def statuses(browser: Client, paths: list[str]) -> set[int]:
    answers = [browser.get(path) for path in paths]
    for answer in answers:
        body(answer)
    return {answer.status_code for answer in answers}


def kinds(dossier: Dossier) -> list[tuple[str, str, str]]:
    with firm_context("firm_alpha"):
        return list(
            DossierEvent.objects.filter(dossier=dossier).order_by("pk").values_list("kind", "actor_name", "subject")
        )


def test_a_dossier_is_published_with_uploads_named_titled_and_commented(cast: Cast, mailbox: Box) -> None:
    bob = logged_in("alpha", cast.bob)
    first, second = sent(bob, "scan001.pdf", pdf()), sent(bob, "notes.txt", b"notes")
    answer = bob.post(
        NEW,
        {
            "title": "Maison Lefèvre",
            "comments": "Clés à l'agence.\nVisite lundi.",
            "upload": [first, second],
            f"name-{first}": "DPE",
            f"title-{first}": "Diagnostic de performance",
            f"comment-{first}": "Classe D",
            "contacts": [cast.alice.code],
            "notify": "1",
        },
    )
    dossier = only_dossier()
    assert (answer.status_code, answer["Location"]) == (302, f"/dossiers/{dossier.code}/")
    with firm_context("firm_alpha"):
        one, two = files_of(dossier)
        assert (one.name, one.title, one.comment) == ("DPE.pdf", "Diagnostic de performance", "Classe D")
        assert (two.name, two.title, two.comment) == ("notes.txt", "", "")
        assert one.stored.claimed
        assert two.stored.claimed
    assert kinds(dossier) == [
        (EventKind.CREATED, "Bob Staff", "Maison Lefèvre"),
        (EventKind.FILE_ADDED, "Bob Staff", "Diagnostic de performance"),
        (EventKind.FILE_ADDED, "Bob Staff", "notes.txt"),
        (EventKind.ACCESS_GIVEN, "Bob Staff", "Agence Alice (Alice)"),
        (EventKind.NOTIFIED, "Bob Staff", "Agence Alice (Alice)"),
    ]
    page = bob.get(answer["Location"]).content.decode()
    for shown in ("Maison Lefèvre", "Diagnostic de performance", "DPE.pdf", "Classe D", "Visite lundi.", "Alice"):
        assert shown in page
    alice = logged_in("alpha", cast.alice).get(answer["Location"]).content.decode()
    assert "Diagnostic de performance" in alice
    assert "Charlie" not in alice
    run_jobs()
    assert [str(mail["To"]) for mail in mailbox.mails()] == ["alice@client.example"]


def test_plain_files_of_the_form_are_taken_too(cast: Cast) -> None:
    """A browser without scripts sends the files with the form."""
    bob = logged_in("alpha", cast.bob)
    files = [upload(b"one", "a.txt"), upload(b"two", "b.txt")]
    assert bob.post(NEW, {"title": "Maison", "comments": "", "files": files}).status_code == 302
    with firm_context("firm_alpha"):
        assert [file.name for file in files_of(only_dossier())] == ["a.txt", "b.txt"]


def test_plain_files_are_kept_when_the_form_is_shown_again(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    answer = bob.post(NEW, {"title": "", "comments": "typed", "files": [upload(b"one", "a.txt")]})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert said("This field is required.") in html
    assert "typed" in html
    with firm_context("firm_alpha"):
        stored = StoredFile.objects.get()
    assert f'value="{stored.code}"' in html
    assert bob.post(NEW, {"title": "Maison", "comments": "", "upload": [stored.code]}).status_code == 302
    with firm_context("firm_alpha"):
        assert [file.name for file in files_of(only_dossier())] == ["a.txt"]


def test_one_refused_plain_file_loses_neither_the_others_nor_what_was_typed(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    files = [
        upload(b"one", "a.txt"),
        upload(b"MZ\x90\x00\x03" + b"\x00" * 60, "rapport.pdf"),
        upload(b"three", "c.txt"),
    ]
    answer = bob.post(NEW, {"title": "Maison", "comments": "typed", "files": files})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "rapport.pdf" in html
    assert 'value="Maison"' in html
    with firm_context("firm_alpha"):
        assert not Dossier.objects.exists()
        kept = list(StoredFile.objects.order_by("pk").values_list("code", "name"))
    assert [name for _code, name in kept] == ["a.txt", "c.txt"]
    for code, _name in kept:
        assert f'value="{code}"' in html


def test_what_was_typed_for_uploads_and_contacts_chosen_is_kept(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    code = sent(bob, "a.txt", b"a")
    data = {
        "title": "x" * 201,
        "comments": "typed",
        "upload": [code],
        f"name-{code}": "Nom",
        f"title-{code}": "Titre",
        f"comment-{code}": "Mot",
        "contacts": [cast.charlie.code],
    }
    answer = bob.post(NEW, data)
    assert answer.status_code == 422
    html = answer.content.decode()
    for kept in ("Nom", "Titre", "Mot"):
        assert f'value="{kept}"' in html
    assert re.search(rf'value="{cast.charlie.code}"\s+selected', html)


@pytest.mark.parametrize(
    "data",
    [
        {"title": ""},
        {"title": "   "},
        {"title": "x" * 201},
        {"title": "a\x00"},
        {"title": "a", "comments": "x" * 10_001},
        {"title": "a", "upload": ["nonsense"]},
        {"title": "a", "upload": ["x" * 5_000]},
    ],
)
def test_a_wrong_dossier_is_refused_and_nothing_is_made(cast: Cast, data: dict[str, Any]) -> None:
    answer = logged_in("alpha", cast.bob).post(
        NEW, {"comments": "", "contacts": [cast.alice.code], "notify": "1"} | data
    )
    assert answer.status_code == 422
    with firm_context("firm_alpha"):
        assert not Dossier.objects.exists()
        assert not DossierEvent.objects.exists()
        assert not OutgoingMail.objects.exists()


def test_an_upload_is_claimed_by_its_uploader_only_and_once(cast: Cast) -> None:
    bob, anna = logged_in("alpha", cast.bob), logged_in("alpha", cast.anna)
    code = sent(bob, "a.txt", b"a")
    refused = anna.post(NEW, {"title": "Anna's", "comments": "", "upload": [code]})
    assert refused.status_code == 422
    assert said("One of the uploaded files is no longer there: add it again.") in refused.content.decode()
    assert bob.post(NEW, {"title": "Bob's", "comments": "", "upload": [code]}).status_code == 302
    again = bob.post(NEW, {"title": "Again", "comments": "", "upload": [code]})
    assert again.status_code == 422
    assert only_dossier().title == "Bob's"


def test_an_upload_named_twice_is_one_file(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    code = sent(bob, "a.txt", b"a")
    assert bob.post(NEW, {"title": "Maison", "comments": "", "upload": [code, code]}).status_code == 302
    with firm_context("firm_alpha"):
        assert len(files_of(only_dossier())) == 1


@pytest.mark.parametrize("place", ["new", "add"])
def test_the_same_file_twice_is_kept_once_with_a_warning(cast: Cast, place: str) -> None:
    bob = logged_in("alpha", cast.bob)
    twins = [upload(b"same bytes", "a.txt"), upload(b"same bytes", "b.txt"), upload(b"others", "c.txt")]
    if place == "new":
        answer = bob.post(NEW, {"title": "Maison", "comments": "", "files": twins})
    else:
        with firm_context("firm_alpha"):
            dossier = add_dossier("Maison", user=cast.bob, files={"a.txt": b"same bytes"})
        answer = bob.post(f"/dossiers/{dossier.code}/fichiers/", {"files": twins[1:]})
    assert answer.status_code == 302
    page = bob.get(answer["Location"]).content.decode()
    assert said("“%(name)s” was already in this dossier: kept once.", name="b.txt") in page
    with firm_context("firm_alpha"):
        assert [file.name for file in files_of(only_dossier())] == ["a.txt", "c.txt"]
        assert StoredFile.objects.count() == 2


def test_adding_nothing_says_so(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob)
    answer = logged_in("alpha", cast.bob).post(f"/dossiers/{dossier.code}/fichiers/", {})
    assert answer.status_code == 422
    assert said("Choose a file first.") in answer.content.decode()


def test_an_edit_is_saved_with_its_line_of_history(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob)
    bob = logged_in("alpha", cast.bob)
    url = f"/dossiers/{dossier.code}/modifier/"
    assert 'name="version" value="1"' in bob.get(url).content.decode()
    assert bob.post(url, {"title": "Grange", "comments": "à Brest", "version": "1"}).status_code == 302
    assert [row.title for row in bob.get("/dossiers/", {"q": "grange brest"}).context["page"].rows] == ["Grange"]
    assert only_dossier().version == 2
    assert bob.post(url, {"title": "Grange", "comments": "à Brest", "version": "2"}).status_code == 302
    assert only_dossier().version == 2, "nothing changed, nothing is written"
    assert [kind for kind, _actor, _subject in kinds(dossier)] == [EventKind.CREATED, EventKind.EDITED]


def test_two_who_edit_at_once_lose_nothing(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, comments="avant")
    bob, anna = logged_in("alpha", cast.bob), logged_in("alpha", cast.anna)
    url = f"/dossiers/{dossier.code}/modifier/"
    assert bob.post(url, {"title": "Maison de Bob", "comments": "texte de Bob", "version": "1"}).status_code == 302
    conflict = anna.post(url, {"title": "Maison d'Anna", "comments": "texte d'Anna", "version": "1"})
    assert conflict.status_code == 409
    html = conflict.content.decode()
    for shown in ("Maison de Bob", "texte de Bob", "Maison d&#x27;Anna", "texte d&#x27;Anna"):
        assert shown in html
    assert 'name="version" value="2"' in html
    assert only_dossier().title == "Maison de Bob"
    assert anna.post(url, {"title": "Maison d'Anna", "comments": "", "version": "2"}).status_code == 302
    assert only_dossier().title == "Maison d'Anna"


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999", "0"])
def test_a_nonsense_version_overwrites_nothing(cast: Cast, version: str) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob)
    data = {"title": "Grange", "comments": "", "version": version}
    answer = logged_in("alpha", cast.bob).post(f"/dossiers/{dossier.code}/modifier/", data)
    assert answer.status_code in {409, 422}
    assert only_dossier().title == "Maison"


def test_access_is_given_seen_and_taken_away_at_once(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, files={"a.txt": b"a"})
        (file,) = files_of(dossier)
    bob, alice = logged_in("alpha", cast.bob), logged_in("alpha", cast.alice)
    url = f"/dossiers/{dossier.code}/"
    paths = [url, f"{url}zip/", f"{url}fichiers/{file.code}/", f"{url}fichiers/{file.code}/lire/"]
    assert statuses(alice, paths) == {404}
    for _ in range(2):
        assert bob.post(f"{url}acces/", {"contact": cast.alice.code}).status_code == 302
    with firm_context("firm_alpha"):
        assert DossierAccess.objects.count() == 1
    assert statuses(alice, paths) == {200}
    assert "Maison" in alice.get("/dossiers/").content.decode()
    assert bob.post(f"{url}acces/{cast.alice.code}/retirer/").status_code == 302
    assert statuses(alice, paths) == {404}
    assert "Maison" not in alice.get("/dossiers/").content.decode()
    assert bob.post(f"{url}acces/{cast.alice.code}/retirer/").status_code == 404
    lines = [(kind, subject) for kind, _actor, subject in kinds(dossier) if kind.startswith("access")]
    assert lines == [
        (EventKind.ACCESS_GIVEN, "Agence Alice (Alice)"),
        (EventKind.ACCESS_REMOVED, "Agence Alice (Alice)"),
    ]


@pytest.mark.parametrize("code", ["", "nonsense", "\x00"])
def test_access_for_nobody_is_told(cast: Cast, code: str) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob)
    bob = logged_in("alpha", cast.bob)
    answer = bob.post(f"/dossiers/{dossier.code}/acces/", {"contact": code})
    assert answer.status_code == 422
    messages = {"": "Choose a contact.", "nonsense": "This contact no longer exists."}
    message = messages.get(code, "Null characters are not allowed.")
    assert said(message) in answer.content.decode()
    with firm_context("firm_alpha"):
        assert not DossierAccess.objects.exists()


def test_each_client_is_notified_in_its_language_with_a_link_to_the_dossier(cast: Cast, mailbox: Box) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier(
            "Maison", user=cast.bob, contacts=[cast.alice, cast.charlie], files={"a.txt": b"a", "b.txt": b"b"}
        )
        cast.charlie.user.language = "en"
        cast.charlie.user.save()
        Branding.objects.filter(firm=cast.alpha).update(site_name="Armor")
    bob = logged_in("alpha", cast.bob)
    bob.post("/langue/setlang/", {"language": "en"})
    assert bob.post(f"/dossiers/{dossier.code}/avertir/").status_code == 302
    assert "2 contacts were notified by e-mail." in bob.get(f"/dossiers/{dossier.code}/").content.decode()
    run_jobs()
    assert sorted(str(mail["To"]) for mail in mailbox.mails()) == ["alice@client.example", "charlie@client.example"]
    french, english = mailbox.last("alice@client.example"), mailbox.last("charlie@client.example")
    assert english["Subject"] == "Your dossier is available: Maison"
    assert "It holds 2 files." in text_of(english)
    in_french = gettext("Your dossier is available: %(title)s") % {"title": "Maison"}
    assert french["Subject"] == " ".join(in_french.split())
    assert french["Subject"] != english["Subject"], "this test needs the compiled catalogue"
    assert 'lang="fr"' in html_of(french)
    for mail in (french, english):
        assert f"http://alpha.localhost/dossiers/{dossier.code}/" in text_of(mail)
        assert mail["From"].addresses[0].display_name == "Armor via Diagdesk"
    with firm_context("firm_alpha"):
        assert set(DossierAccess.objects.values_list("notified_at", flat=True)) != {None}
        assert Dossier.objects.get().notified_at is not None
        assert DossierEvent.objects.filter(kind=EventKind.NOTIFIED).count() == 2


@pytest.mark.parametrize(
    ("files", "readers", "message"),
    [
        ({}, True, "Add a file before you notify the client."),
        ({"a.txt": b"a"}, False, "Give a contact access before you notify it."),
    ],
)
def test_nobody_is_notified_of_nothing(cast: Cast, files: dict[str, bytes], readers: bool, message: str) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, files=files, contacts=[cast.alice] if readers else [])
    bob = logged_in("alpha", cast.bob)
    bob.post(f"/dossiers/{dossier.code}/avertir/")
    assert said(message) in bob.get(f"/dossiers/{dossier.code}/").content.decode()
    with firm_context("firm_alpha"):
        assert not OutgoingMail.objects.exists()
        assert only_dossier().notified_at is None


def test_a_closed_account_is_not_notified(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, files={"a.txt": b"a"}, contacts=[cast.alice, cast.charlie])
        cast.alice.user.is_active = False
        cast.alice.user.save()
    logged_in("alpha", cast.bob).post(f"/dossiers/{dossier.code}/avertir/")
    with firm_context("firm_alpha"):
        assert list(OutgoingMail.objects.values_list("to", flat=True)) == ["charlie@client.example"]


def test_a_title_cannot_bring_markup_nor_a_header(cast: Cast, mailbox: Box) -> None:
    title = "<script>alert(1)</script>\nBcc: thief@example.com"
    with firm_context("firm_alpha"):
        dossier = add_dossier(title, user=cast.bob, files={"a.txt": b"a"}, contacts=[cast.alice])
    bob, alice = logged_in("alpha", cast.bob), logged_in("alpha", cast.alice)
    for client in (bob, alice):
        for path in ("/dossiers/", f"/dossiers/{dossier.code}/"):
            assert "<script>alert" not in client.get(path).content.decode()
    bob.post(f"/dossiers/{dossier.code}/avertir/")
    run_jobs()
    (mail,) = mailbox.mails()
    assert mail["Bcc"] is None
    assert "<script>" not in html_of(mail)


def test_a_files_name_title_and_comment_are_edited(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, files={"scan.pdf": pdf()}, contacts=[cast.alice])
        (file,) = files_of(dossier)
    bob = logged_in("alpha", cast.bob)
    url = f"/dossiers/{dossier.code}/fichiers/{file.code}/"
    assert (
        bob.post(
            f"{url}modifier/",
            {
                "name": "DPE/2026.exe",
                "title": "Énergie",
                "comment": "Classe D",
                "kind": "certificate",
                "visibility": "client",
            },
        ).status_code
        == 302
    )
    with firm_context("firm_alpha"):
        (edited,) = files_of(dossier)
        assert (edited.name, edited.title, edited.comment) == ("2026.exe.pdf", "Énergie", "Classe D")
        assert (edited.kind, edited.visibility) == ("certificate", "client")
    assert [row.title for row in bob.get("/dossiers/", {"q": "energie"}).context["page"].rows] == ["Maison"]
    refused = bob.post(f"{url}modifier/", {"name": "", "title": "x" * 201, "comment": "kept"})
    assert refused.status_code == 422
    assert 'value="kept"' in refused.content.decode()


def test_a_removed_file_is_out_of_sight_and_its_name_stays_in_the_history(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, files={"a.txt": b"a", "b.txt": b"b"}, contacts=[cast.alice])
        first, _second = files_of(dossier)
        key = first.stored.key
    bob = logged_in("alpha", cast.bob)
    url = f"/dossiers/{dossier.code}/fichiers/{first.code}/"
    assert bob.post(f"{url}retirer/").status_code == 302
    run_jobs()
    with firm_context("firm_alpha"):
        assert [file.name for file in files_present(dossier)] == ["b.txt"]
        assert firm_storage().exists(key), "it can be put back"
    for person in (cast.alice, cast.bob):
        browser = logged_in("alpha", person)
        for part in ("", "lire/", "apercu/", "contenu/"):
            assert browser.get(f"{url}{part}").status_code == 404
    assert (EventKind.FILE_REMOVED, "Bob Staff", "a.txt") in kinds(dossier)
    assert bob.post(f"{url}retirer/").status_code == 404
    assert bob.get("/dossiers/", {"q": "a.txt"}).context["page"].rows == []
