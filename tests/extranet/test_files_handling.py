"""Files replaced, removed, put back, put in order, shown to whom they are meant for."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from extranet.actions.dossier_file import order_files
from extranet.actions.dossier_file_removal import delete_removed_files, sweep_removed_files
from extranet.enums import EventKind, FileKind, Visibility
from extranet.models import Dossier, DossierAccess, DossierEvent, DossierFile, FileVersion
from extranet.queries.dossier_file import files_present
from kernel.errors import DomainError
from kernel.tenancy import firm_context, public_context
from storage.backends import firm_storage
from storage.models import StoredFile
from tests.factories.cast import Cast
from tests.factories.portal import add_dossier, files_of
from tests.storage.builders import image, pdf, upload
from tests.support import body, logged_in, run_jobs, said, without_set

pytestmark = pytest.mark.django_db
HTMX = {"hx-request": "true"}


def names(dossier: Dossier) -> list[str]:
    with firm_context("firm_alpha"):
        return [file.name for file in files_present(dossier)]


def states(dossier: Dossier) -> tuple[str, str]:
    """Returns (the dossier's state, Alice's)."""
    with firm_context("firm_alpha"):
        alice = DossierAccess.objects.get(dossier=dossier, contact__name="Alice")
        return Dossier.objects.get(pk=dossier.pk).download_state, alice.download_state


def events(dossier: Dossier, *kinds: EventKind) -> list[tuple[str, str, int]]:
    with firm_context("firm_alpha"):
        lines = DossierEvent.objects.filter(dossier=dossier, kind__in=kinds).order_by("pk")
        return list(lines.values_list("kind", "subject", "file_version"))


def published(cast: Cast, files: dict[str, bytes]) -> tuple[Dossier, list[DossierFile], str]:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice], files=files)
        return dossier, files_of(dossier), f"/dossiers/{dossier.code}/fichiers/"


# --- kind and visibility ----------------------------------------------------------------------------------------------


def test_the_row_of_an_upload_offers_the_guessed_kind_and_both_visibilities(cast: Cast) -> None:
    html = logged_in("alpha", cast.bob).post("/fichiers/televerser/", {"file": upload(pdf(), "Facture 12.pdf")})
    page = html.content.decode()
    with firm_context("firm_alpha"):
        code = StoredFile.objects.get().code
    for name in (f'name="kind-{code}"', f'name="visibility-{code}"'):
        assert name in page
    chosen = [part.split('"')[0] for part in page.split('value="')[1:] if "selected" in part.split(">")[0]]
    assert chosen == ["invoice", "client"]


def test_the_chosen_kind_and_visibility_are_kept_even_when_the_form_comes_back(cast: Cast) -> None:
    dossier, _files, url = published(cast, {})
    bob = logged_in("alpha", cast.bob)
    bob.post("/fichiers/televerser/", {"file": upload(pdf(), "DPE.pdf")})
    with firm_context("firm_alpha"):
        code = StoredFile.objects.get().code
    chosen = {"upload": [code], f"kind-{code}": "other", f"visibility-{code}": "staff"}
    again = bob.post(url, chosen | {"files": [upload(b"", "vide.txt")]})
    assert again.status_code == 422
    (row,) = again.context["uploads"]
    assert (row.chosen_kind, row.visibility) == ("other", "staff")
    assert bob.post(url, chosen).status_code == 302
    with firm_context("firm_alpha"):
        (file,) = files_of(dossier)
    assert (file.kind, file.visibility) == (FileKind.OTHER, Visibility.STAFF)


@pytest.mark.parametrize("field", ["kind", "visibility"])
def test_a_kind_that_there_is_not_is_refused(cast: Cast, field: str) -> None:
    dossier, _files, url = published(cast, {})
    bob = logged_in("alpha", cast.bob)
    bob.post("/fichiers/televerser/", {"file": upload(pdf(), "DPE.pdf")})
    with firm_context("firm_alpha"):
        code = StoredFile.objects.get().code
    answer = bob.post(url, {"upload": [code], f"{field}-{code}": "nonsense"})
    assert answer.status_code == 422
    assert said("Choose the kind of each file, and who sees it, from the lists.") in answer.content.decode()
    assert names(dossier) == []


def test_an_edit_changes_kind_and_visibility_and_the_states_follow(cast: Cast) -> None:
    dossier, (first, second), url = published(cast, {"a.txt": b"a", "b.txt": b"b"})
    bob, alice = logged_in("alpha", cast.bob), logged_in("alpha", cast.alice)
    body(alice.get(f"{url}{first.code}/"))
    assert states(dossier) == ("partial", "partial")
    values = {"name": "b.txt", "title": "", "comment": "", "kind": "other", "visibility": "staff"}
    assert bob.post(f"{url}{second.code}/modifier/", values).status_code == 302
    assert states(dossier) == ("full", "full"), "what the client does not see, it need not download"
    assert bob.post(f"{url}{second.code}/modifier/", values | {"visibility": "client"}).status_code == 302
    assert states(dossier) == ("partial", "partial")
    assert bob.post(f"{url}{second.code}/modifier/", values | {"kind": "genapi", "visibility": "client"})
    assert states(dossier) == ("full", "full"), "GENAPI is not counted"
    refused = bob.post(f"{url}{second.code}/modifier/", values | {"kind": "x", "visibility": "y", "title": "kept"})
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"kind", "visibility"}
    assert 'value="kept"' in refused.content.decode()


def test_a_file_for_the_staff_only_is_nowhere_for_the_client(cast: Cast) -> None:
    secret = b"betweenus " * 30
    dossier, (shown, hidden), url = published(cast, {"DPE.pdf": pdf(), "secret.txt": secret})
    with firm_context("firm_alpha"):
        DossierFile.objects.filter(pk=hidden.pk).update(visibility=Visibility.STAFF)
    alice, bob = logged_in("alpha", cast.alice), logged_in("alpha", cast.bob)
    for part in ("", "lire/", "apercu/", "contenu/", "historique/", "versions/", "modifier/"):
        assert alice.get(f"{url}{hidden.code}/{part}").status_code == 404, part
    for page in (f"/dossiers/{dossier.code}/", f"{url}liste/", "/dossiers/", f"/dossiers/{dossier.code}/complet/"):
        html = alice.get(page).content.decode()
        assert "secret" not in html, page
        assert hidden.code not in html, page
    assert alice.get("/dossiers/").context["page"].rows[0].file_count == 1
    assert bob.get("/dossiers/").context["page"].rows[0].file_count == 2
    archive = zipfile.ZipFile(io.BytesIO(body(alice.get(f"/dossiers/{dossier.code}/zip/"))))
    assert archive.namelist() == ["DPE.pdf"]
    assert states(dossier) == ("full", "full")
    assert body(bob.get(f"{url}{hidden.code}/")) == secret
    assert "secret.txt" in bob.get(f"{url}liste/").content.decode()
    assert shown.code in alice.get(f"{url}liste/").content.decode()


def test_genapi_is_one_button_that_is_recorded_and_not_counted(cast: Cast) -> None:
    dossier, (genapi, report), url = published(cast, {"GENAPI.txt": b"for the notary", "notes.txt": b"n"})
    with firm_context("firm_alpha"):
        assert genapi.kind == FileKind.GENAPI
    alice = logged_in("alpha", cast.alice)
    html = alice.get(f"{url}liste/").content.decode()
    address = f"/dossiers/{dossier.code}/genapi/"
    assert html.count(address) == 1
    assert genapi.code not in html, "it is a button, not a row"
    assert report.code in html
    assert body(alice.get(address)) == b"for the notary"
    assert events(dossier, EventKind.DOWNLOADED) == [("downloaded", "GENAPI.txt", 1)]
    assert states(dossier) == ("none", "none")
    body(alice.get(f"{url}{report.code}/"))
    assert states(dossier) == ("full", "full")
    archive = zipfile.ZipFile(io.BytesIO(body(alice.get(f"/dossiers/{dossier.code}/zip/"))))
    assert set(archive.namelist()) == {"GENAPI.txt", "notes.txt"}
    assert genapi.code in logged_in("alpha", cast.bob).get(f"{url}liste/").content.decode()


def test_several_genapi_files_are_still_one_button(cast: Cast) -> None:
    dossier, (first, _second), url = published(cast, {"GENAPI 1.txt": b"1", "GENAPI 2.txt": b"2"})
    alice = logged_in("alpha", cast.alice)
    address = f"/dossiers/{dossier.code}/genapi/"
    assert alice.get(f"{url}liste/").content.decode().count(address) == 1
    archive = zipfile.ZipFile(io.BytesIO(body(alice.get(address))))
    assert sorted(archive.read(name) for name in archive.namelist()) == [b"1", b"2"]
    with firm_context("firm_alpha"):
        DossierFile.objects.update(visibility=Visibility.STAFF)
    assert alice.get(address).status_code == 404
    assert first.code not in alice.get(f"{url}liste/").content.decode()


# --- versions ---------------------------------------------------------------------------------------------------------


def test_a_replaced_file_keeps_its_former_bytes_and_has_to_be_downloaded_anew(cast: Cast) -> None:
    dossier, (file,), url = published(cast, {"DPE.pdf": pdf(1)})
    bob, alice = logged_in("alpha", cast.bob), logged_in("alpha", cast.alice)
    former = body(alice.get(f"{url}{file.code}/"))
    assert states(dossier) == ("full", "full")
    new = pdf(2)
    answer = bob.post(f"{url}{file.code}/remplacer/", {"file": upload(new, "autre nom.pdf")})
    assert (answer.status_code, answer["Location"]) == (302, f"/dossiers/{dossier.code}/#files-title")
    assert states(dossier) == ("none", "none"), "the download of the former version does not count any more"
    with firm_context("firm_alpha"):
        (now,) = files_of(dossier)
        assert (now.version, now.name, now.code, now.stored.pdf_pages) == (2, "DPE.pdf", file.code, 2)
        version = FileVersion.objects.get()
        assert (version.number, version.name, version.replaced_by) == (1, "DPE.pdf", "Bob Staff")
    assert events(dossier, EventKind.FILE_REPLACED) == [("file_replaced", "DPE.pdf", 2)]
    assert body(alice.get(f"{url}{file.code}/")) == new
    assert states(dossier) == ("full", "full")
    assert [line[2] for line in events(dossier, EventKind.DOWNLOADED)] == [1, 2]

    panel = bob.get(f"{url}{file.code}/versions/", headers=HTMX).content.decode()
    assert "<html" not in panel
    old = f"{url}{file.code}/versions/{version.code}/"
    assert old in panel
    assert body(bob.get(old)) == former
    assert events(dossier, EventKind.DOWNLOADED)[-1][2] == 1
    for path in (f"{url}{file.code}/versions/", old):
        assert alice.get(path).status_code == 404
    assert alice.post(f"{old}retablir/").status_code == 404
    assert names(dossier) == ["DPE.pdf"]
    with firm_context("firm_alpha"):
        assert DossierFile.objects.get().version == 2


def test_a_new_version_of_another_type_gets_its_extension(cast: Cast) -> None:
    dossier, (file,), url = published(cast, {"plan.png": image()})
    bob = logged_in("alpha", cast.bob)
    bob.post(f"{url}{file.code}/remplacer/", {"file": upload(image("JPEG"), "x.jpg")})
    assert names(dossier) == ["plan.jpg"]
    assert [row.title for row in bob.get("/dossiers/", {"q": "plan.jpg"}).context["page"].rows] == ["Maison"]


def test_an_earlier_version_comes_back_as_a_new_one(cast: Cast) -> None:
    dossier, (file,), url = published(cast, {"a.txt": b"one"})
    bob, alice = logged_in("alpha", cast.bob), logged_in("alpha", cast.alice)
    bob.post(f"{url}{file.code}/remplacer/", {"file": upload(b"two", "b.txt")})
    body(alice.get(f"{url}{file.code}/"))
    with firm_context("firm_alpha"):
        version = FileVersion.objects.get(number=1)
    assert bob.post(f"{url}{file.code}/versions/{version.code}/retablir/").status_code == 302
    assert body(bob.get(f"{url}{file.code}/")) == b"one"
    assert states(dossier) == ("none", "none")
    with firm_context("firm_alpha"):
        assert DossierFile.objects.get().version == 3
        kept = {one.number: one.stored.sha256 for one in FileVersion.objects.select_related("stored")}
        assert set(kept) == {1, 2}
        # every use has an object of its own
        assert StoredFile.objects.filter(claimed=True).count() == 3
    again = bob.post(f"{url}{file.code}/versions/{version.code}/retablir/", follow=True)
    assert said("These are the same bytes as now: nothing was replaced.") in again.content.decode()
    with firm_context("firm_alpha"):
        assert DossierFile.objects.get().version == 3
        assert StoredFile.objects.count() == 3, "the copy that was not needed is gone"


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (None, "Choose a file first."),
        ((b"same", "a.txt"), "These are the same bytes as now: nothing was replaced."),
        ((b"other", "c.txt"), "“%(name)s” of this dossier is the same file."),
    ],
)
def test_a_replacement_that_is_refused_changes_nothing(
    cast: Cast, sent: tuple[bytes, str] | None, message: str
) -> None:
    dossier, (file, _other), url = published(cast, {"a.txt": b"same", "b.txt": b"other"})
    bob = logged_in("alpha", cast.bob)
    data = {"file": upload(*sent)} if sent else {}
    answer = bob.post(f"{url}{file.code}/remplacer/", data)
    assert answer.status_code == 422
    assert said(message, name="b.txt") in answer.content.decode()
    with firm_context("firm_alpha"):
        assert not FileVersion.objects.exists()
        assert {one.version for one in files_of(dossier)} == {1}
        assert StoredFile.objects.count() == 2
    assert events(dossier, EventKind.FILE_REPLACED) == []


def test_a_version_of_another_file_is_not_found_by_its_code(cast: Cast) -> None:
    _dossier, (first, second), url = published(cast, {"a.txt": b"a", "b.txt": b"b"})
    bob = logged_in("alpha", cast.bob)
    bob.post(f"{url}{first.code}/remplacer/", {"file": upload(b"a2", "a.txt")})
    with firm_context("firm_alpha"):
        version = FileVersion.objects.get()
    assert bob.get(f"{url}{second.code}/versions/{version.code}/").status_code == 404
    assert bob.post(f"{url}{second.code}/versions/{version.code}/retablir/").status_code == 404


# --- removing and putting back ----------------------------------------------------------------------------------------


def test_a_removed_file_is_put_back_by_the_toasts_undo(cast: Cast) -> None:
    dossier, (first, second), url = published(cast, {"a.txt": b"a", "b.txt": b"b"})
    bob, alice = logged_in("alpha", cast.bob), logged_in("alpha", cast.alice)
    body(alice.get(f"{url}{first.code}/"))
    answer = bob.post(f"{url}{second.code}/retirer/")
    (toast,) = get_messages(answer.wsgi_request)
    tag = str(toast.extra_tags)
    assert tag == f"undo:{url}{second.code}/remettre/"
    assert names(dossier) == ["a.txt"]
    assert states(dossier) == ("full", "full")
    removed = bob.get(f"{url}retires/", headers=HTMX).content.decode()
    assert "b.txt" in removed
    assert "a.txt" not in removed
    undo = tag.removeprefix("undo:")
    assert alice.post(undo).status_code == 404
    assert bob.post(undo).status_code == 302
    assert names(dossier) == ["a.txt", "b.txt"]
    assert states(dossier) == ("partial", "partial")
    assert bob.post(undo).status_code == 404, "there is nothing to take back any more"
    assert events(dossier, EventKind.FILE_REMOVED, EventKind.FILE_RESTORED) == [
        ("file_removed", "b.txt", 1),
        ("file_restored", "b.txt", 1),
    ]
    assert "b.txt" not in bob.get(f"{url}retires/", headers=HTMX).content.decode()


def test_the_bytes_of_a_removed_file_may_come_in_again_but_not_be_there_twice(cast: Cast) -> None:
    dossier, (file,), url = published(cast, {"a.txt": b"same"})
    bob = logged_in("alpha", cast.bob)
    bob.post(f"{url}{file.code}/retirer/")
    assert bob.post(url, {"files": [upload(b"same", "again.txt")]}).status_code == 302
    assert names(dossier) == ["again.txt"]
    answer = bob.post(f"{url}{file.code}/remettre/", follow=True)
    assert said("“%(name)s” of this dossier is the same file.", name="again.txt") in answer.content.decode()
    assert names(dossier) == ["again.txt"]


def test_files_removed_long_ago_are_deleted_with_all_their_versions_and_bytes(cast: Cast) -> None:
    dossier, (old, recent, _kept), url = published(cast, {"a.txt": b"a", "b.txt": b"b", "c.txt": b"c"})
    bob, alice = logged_in("alpha", cast.bob), logged_in("alpha", cast.alice)
    bob.post(f"{url}{old.code}/remplacer/", {"file": upload(b"a2", "a.txt")})
    body(alice.get(f"{url}{old.code}/"))
    for file in (old, recent):
        bob.post(f"{url}{file.code}/retirer/")
    with firm_context("firm_alpha"):
        DossierFile.objects.filter(pk=old.pk).update(deleted_at=timezone.now() - timedelta(days=31))
        DossierFile.objects.filter(pk=recent.pk).update(deleted_at=timezone.now() - timedelta(days=29))
        keys = set(StoredFile.objects.values_list("key", flat=True))
    with public_context():
        sweep_removed_files()
    run_jobs()
    with firm_context("firm_alpha"):
        assert [file.name for file in files_of(dossier)] == ["b.txt", "c.txt"]
        assert not FileVersion.objects.exists()
        left = set(StoredFile.objects.values_list("key", flat=True))
        assert len(keys - left) == 2
        assert {key for key in keys if firm_storage().exists(key)} == left
        assert delete_removed_files() == 0, "a second run finds nothing"
    assert ("downloaded", "a.txt", 2) in events(dossier, EventKind.DOWNLOADED), "the history outlives it"
    assert bob.post(f"{url}{old.code}/remettre/").status_code == 404
    assert bob.post(f"{url}{recent.code}/remettre/").status_code == 302


# --- order ------------------------------------------------------------------------------------------------------------


def codes_of(files: list[DossierFile]) -> list[str]:
    return [file.code for file in files]


def test_the_order_of_the_codes_is_saved_and_everybody_sees_it(cast: Cast) -> None:
    dossier, files, url = published(cast, {"a.txt": b"a", "b.txt": b"b", "c.txt": b"c"})
    a, b, c = codes_of(files)
    bob = logged_in("alpha", cast.bob)
    answer = bob.post(f"{url}ordre/", {"code": [c, a, b]}, headers={"x-requested-with": "XMLHttpRequest"})
    assert answer.status_code == 204
    assert names(dossier) == ["c.txt", "a.txt", "b.txt"]
    html = logged_in("alpha", cast.alice).get(f"{url}liste/").content.decode()
    assert html.index("c.txt") < html.index("a.txt") < html.index("b.txt")
    moved = bob.post(f"{url}ordre/", {"code": [c, a, b], "move": f"up:{b}"})
    assert moved.status_code == 302
    assert names(dossier) == ["c.txt", "b.txt", "a.txt"]
    shown = bob.post(f"{url}ordre/", {"code": [c, b, a], "move": f"down:{c}"}, headers=HTMX).content.decode()
    assert shown.index("b.txt") < shown.index("c.txt") < shown.index("a.txt")
    for nonsense in ("up:x", f"sideways:{a}", f"up:{b}", "", "\x00"):
        assert bob.post(f"{url}ordre/", {"code": [b, c, a], "move": nonsense}).status_code == 302
        assert names(dossier) == ["b.txt", "c.txt", "a.txt"]


def test_codes_that_are_not_the_dossiers_are_refused_and_nothing_moves(cast: Cast) -> None:
    dossier, files, url = published(cast, {"a.txt": b"a", "b.txt": b"b"})
    _other, foreign, _url = published(cast, {"x.txt": b"x"})
    a, b = codes_of(files)
    bob = logged_in("alpha", cast.bob)
    for wrong in ([b, a, "nonsense"], [b, a, foreign[0].code], [b, a, b], [b, ""], ["\x00"]):
        answer = bob.post(f"{url}ordre/", {"code": wrong}, headers={"x-requested-with": "XMLHttpRequest"})
        assert answer.status_code == 422
        assert answer.json()["code"] == "unknown_file"
        assert names(dossier) == ["a.txt", "b.txt"]
    assert logged_in("alpha", cast.alice).post(f"{url}ordre/", {"code": [b, a]}).status_code == 404
    assert names(dossier) == ["a.txt", "b.txt"]


def test_an_order_passes_over_what_was_removed_and_keeps_what_was_added_meanwhile(cast: Cast) -> None:
    dossier, files, url = published(cast, {"a.txt": b"a", "b.txt": b"b", "c.txt": b"c"})
    a, b, c = codes_of(files)
    bob = logged_in("alpha", cast.bob)
    bob.post(url, {"files": [upload(b"new", "new.txt")]})
    bob.post(f"{url}{b}/retirer/")
    with firm_context("firm_alpha"):
        ordered = order_files(dossier, codes=[c, b, a])
        assert [file.name for file in ordered] == ["c.txt", "a.txt", "new.txt"]
        with pytest.raises(DomainError):
            order_files(dossier, codes=[c, c])
    assert names(dossier) == ["c.txt", "a.txt", "new.txt"]


# --- what is shown ----------------------------------------------------------------------------------------------------


def test_each_file_says_how_often_and_whether_a_client_has_its_present_version(cast: Cast) -> None:
    dossier, (first, second), url = published(cast, {"a.txt": b"a", "b.txt": b"b"})
    bob, alice = logged_in("alpha", cast.bob), logged_in("alpha", cast.alice)
    body(alice.get(f"{url}{first.code}/", headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"}))
    body(bob.get(f"{url}{first.code}/"))
    body(bob.get(f"{url}{second.code}/"))

    def lines() -> list[tuple[int, bool, int]]:
        found: Any = bob.get(f"{url}liste/").context["lines"]
        return [(line.download_count, line.is_taken, line.version_count) for line in found]

    assert lines() == [(2, True, 0), (1, False, 0)]
    bob.post(f"{url}{first.code}/remplacer/", {"file": upload(b"a2", "a.txt")})
    assert lines() == [(2, False, 1), (1, False, 0)]

    panel = bob.get(f"{url}{first.code}/historique/", headers=HTMX).content.decode()
    assert "<html" not in panel
    for shown in ("Alice", "Bob Staff", "127.0.0.1", "Firefox · Windows", said("Version %(number)s", number=1)):
        assert shown in panel
    whole = bob.get(f"{url}{first.code}/historique/").content.decode()
    assert "<html" in whole
    assert "Alice" in whole
    assert said("Nobody has read or downloaded this file yet.") in _history_of_nobody(bob, cast)
    assert states(dossier) == ("none", "none")


def _history_of_nobody(bob: Client, cast: Cast) -> str:
    _dossier, (file,), url = published(cast, {"z.txt": b"z"})
    return bob.get(f"{url}{file.code}/historique/", headers=HTMX).content.decode()


def test_the_preview_is_a_fragment_for_the_panel(cast: Cast) -> None:
    _dossier, (report, picture, text), url = published(cast, {"a.pdf": pdf(), "b.png": image(), "c.txt": b"c"})
    for person in (cast.alice, cast.bob):
        browser = logged_in("alpha", person)
        shown = browser.get(f"{url}{report.code}/apercu/", headers=HTMX).content.decode()
        assert "<html" not in shown
        assert f'data-src="{url}{report.code}/contenu/"' in shown
        assert (
            f'<img src="{url}{picture.code}/contenu/"' in browser.get(f"{url}{picture.code}/apercu/").content.decode()
        )
        section = browser.get(f"{url}liste/").content.decode()
        assert f'data-panel="{url}{report.code}/apercu/"' in section
        assert f"{url}{text.code}/apercu/" not in section, "a text is downloaded"


@pytest.mark.parametrize("person", ["bob", "alice"])
def test_the_files_cost_the_same_queries_for_one_and_for_three(cast: Cast, person: str) -> None:
    counts: list[int] = []
    browser = logged_in("alpha", getattr(cast, person))
    for number in (1, 3):
        _dossier, files, url = published(cast, {f"{rank}.txt": f"{number}{rank}".encode() for rank in range(number)})
        bob = logged_in("alpha", cast.bob)
        for file in files:
            bob.post(f"{url}{file.code}/remplacer/", {"file": upload(f"new{file.pk}".encode(), "a.txt")})
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(f"{url}liste/").status_code == 200
        counts.append(len(without_set(queries)))
        if person == "bob":
            for path in (f"{url}{files[0].code}/versions/", f"/dossiers/{_dossier.code}/historique/"):
                assert browser.get(path, headers=HTMX).status_code == 200
    assert counts[0] == counts[1]
