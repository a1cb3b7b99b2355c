"""Who gets what of an unpaid dossier: every door, reader and rule, by GET, HEAD, in parts and from a cache."""

import io
import itertools
import zipfile
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from extranet.actions.sub_account import add_sub_account
from extranet.enums import DownloadState, EventKind, FileKind, PaymentState
from extranet.models import Contact, Dossier, DossierEvent, DossierFile, PortalSettings
from kernel.tenancy import firm_context
from storage.models import StampedCopy, StoredFile
from tests.extranet.guests import come_in, make
from tests.factories.cast import PASSWORD, Cast
from tests.factories.portal import add_dossier, files_of
from tests.storage.builders import image
from tests.storage.pdf_cases import encrypted, plain, without_catalogue
from tests.support import body, logged_in, run_jobs

pytestmark = pytest.mark.django_db

MENTION = "POUR CONSULTATION UNIQUEMENT"
ORIGINAL, STAMPED, WITHHELD = "original", "stamped", "withheld"
#: Their kinds are guessed by the names: report, invoice, GENAPI, photo, other.
FILES = {
    "rapport.pdf": plain(3),
    "facture.pdf": plain(2),
    "genapi.pdf": plain(1),
    "photo.png": image(),
    "notice.txt": "à lire avant la visite du bien".encode(),
    "secret.pdf": encrypted("AES-256", user="secret"),
    "casse.pdf": without_catalogue(),
}
VISITS = [EventKind.READ, EventKind.READ_STAMPED, EventKind.DOWNLOADED]
NO_COPY = {"secret.pdf", "casse.pdf"}
RULES = {
    "none": {"stamp_unpaid": False, "block_unpaid": False},
    "stamp": {"stamp_unpaid": True, "block_unpaid": False},
    "block": {"stamp_unpaid": False, "block_unpaid": True},
    "both": {"stamp_unpaid": True, "block_unpaid": True},
}
BOUND = {"bob", "anna", "exempt", "exempt_sub"}
READERS = ["bob", "anna", "client", "sub", "exempt", "exempt_sub", "guest"]


def expected(reader: str, rules: str, state: str, name: str) -> str:
    """Returns what the issue says: staff and exempted contacts get originals, block wins, an invoice stays readable."""
    if state != PaymentState.UNPAID or reader in BOUND or rules == "none":
        return ORIGINAL
    if rules in {"block", "both"}:
        return STAMPED if name == "facture.pdf" else WITHHELD
    if name in NO_COPY:
        return WITHHELD
    return STAMPED if name.endswith(".pdf") else ORIGINAL


@dataclass
class Reader:
    """A browser and the addresses by which it reads."""

    browser: Client
    page: str
    is_guest: bool

    def path(self, file: DossierFile, door: str) -> str:
        return f"{self.page}fichiers/{file.code}/{'contenu/' if door == 'content' else ''}"


@dataclass
class World:
    """A dossier with the files of FILES that all readers may open."""

    cast: Cast
    dossier: Dossier
    files: dict[str, DossierFile]
    kept: dict[str, Reader]

    def reader(self, name: str) -> Reader:
        if name not in self.kept:
            self.kept[name] = self._new_reader(name)
        return self.kept[name]

    def _new_reader(self, name: str) -> Reader:
        if name == "guest":
            browser, address = come_in(make(self.dossier, self.cast))
            return Reader(browser, address, is_guest=True)
        people: dict[str, Any] = {
            "bob": lambda: self.cast.bob,
            "anna": lambda: self.cast.anna,
            "client": lambda: self.cast.alice,
            "exempt": lambda: self.cast.charlie,
            "sub": lambda: sub_of(self.cast.alice, "sam"),
            "exempt_sub": lambda: sub_of(self.cast.charlie, "chloe"),
        }
        password = {"anna": PASSWORD}.get(name, PASSWORD)
        browser = logged_in("alpha", people[name](), password=password)
        return Reader(browser, f"/dossiers/{self.dossier.code}/", is_guest=False)

    def set(self, *, rules: str | None = None, state: str | None = None, **more: Any) -> None:
        with firm_context("firm_alpha"):
            if rules is not None:
                PortalSettings.objects.update(**RULES[rules])
            if more:
                PortalSettings.objects.update(**more)
            if state is not None:
                Dossier.objects.filter(pk=self.dossier.pk).update(payment_state=state, amount=240)


def sub_of(contact: Contact, name: str) -> Any:
    with firm_context("firm_alpha"):
        made = add_sub_account(
            contact,
            name=name.title(),
            email=f"{name}@client.example",
            username=name,
            language="fr",
            send_codes=False,
            firm_name="Cabinet Alpha",
            link="http://alpha.localhost/",
        )
        made.user.set_password(PASSWORD)
        made.user.save()
        return made.user


@pytest.fixture
def world(cast: Cast) -> World:
    with firm_context("firm_alpha"):
        Contact.objects.filter(pk=cast.charlie.pk).update(reads_unpaid=True)
        dossier = add_dossier("Vente Lefèvre", user=cast.bob, contacts=[cast.alice, cast.charlie], files=FILES)
        files = {file.name: file for file in files_of(dossier)}
        assert (files["facture.pdf"].kind, files["genapi.pdf"].kind) == (FileKind.INVOICE, FileKind.GENAPI)
    return World(cast, dossier, files, {})


def is_stamped(data: bytes, original: bytes) -> bool:
    """Whether each page bears the mention and still its own words, and the original cannot be cut out of the bytes."""
    if original in data or original.rstrip() in data:
        return False
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]
    clean = [page.extract_text().strip() for page in PdfReader(io.BytesIO(original)).pages]
    assert len(pages) == len(clean)
    if not all(own in page for own, page in zip(clean, pages, strict=True)):
        return False
    for end in [place for place in range(len(data)) if data.startswith(b"%%EOF", place)]:
        try:
            cut = [page.extract_text() for page in PdfReader(io.BytesIO(data[: end + 5])).pages]
        except Exception:  # noqa: BLE001 - what cannot be read gives nothing away
            continue
        if not all(MENTION in page for page in cut):
            return False
    return all(MENTION in page for page in pages)


def what(data: bytes, original: bytes) -> str:
    if data == original:
        return ORIGINAL
    return STAMPED if data.startswith(b"%PDF") and is_stamped(data, original) else WITHHELD


def gives_away(data: bytes) -> list[str]:
    """Returns the files whose bytes stand somewhere in an answer."""
    return [name for name, content in FILES.items() if content in data]


CASES = [
    *itertools.product(READERS, RULES, [PaymentState.UNPAID]),
    *itertools.product(["client", "guest"], ["both", "stamp"], [PaymentState.PAID, PaymentState.NOTHING_DUE]),
]


@pytest.mark.parametrize(("who", "rules", "state"), CASES)
def test_each_door_gives_each_reader_what_the_rules_say(world: World, who: str, rules: str, state: str) -> None:
    world.set(rules=rules, state=state)
    reader = world.reader(who)
    for (name, original), door in itertools.product(FILES.items(), ["content", "download"]):
        wanted = expected(who, rules, state, name)
        path, case = reader.path(world.files[name], door), f"{who} {rules} {state} {name} {door}"
        answer = reader.browser.get(path)
        data = body(answer)
        head = reader.browser.head(path)
        part = reader.browser.get(path, headers={"range": "bytes=0-9"})
        piece = body(part)
        last = reader.browser.get(path, headers={"range": "bytes=-10"})
        end = body(last)
        cached = reader.browser.get(path, headers={"if-none-match": tag_of(world.files[name].stored)})
        kept = body(cached)
        if wanted == WITHHELD:
            assert [each.status_code for each in (answer, head, part, last, cached)] == [403] * 5, case
            assert gives_away(data) == [], case
            assert gives_away(kept) == [], case
            assert "no-store" in answer["Cache-Control"], case
            for each in (answer, head, part):
                assert not each.has_header("ETag"), case
                assert not each.has_header("Accept-Ranges"), case
                assert each["Content-Type"].startswith("text/html"), case
            assert world.files[name].label in data.decode(), "which file, and why"
            continue
        assert answer.status_code == 200, case
        assert what(data, original) == wanted, case
        assert (head.status_code, int(head["Content-Length"]), body(head)) == (200, len(data), b""), case
        assert (part.status_code, piece, last.status_code, end) == (206, data[:10], 206, data[-10:]), case
        assert part["Content-Range"] == f"bytes 0-9/{len(data)}", case
        assert answer["ETag"] == head["ETag"] == part["ETag"], case
        assert (answer["ETag"] == tag_of(world.files[name].stored)) == (wanted == ORIGINAL), case
        assert (cached.status_code == 304) == (wanted == ORIGINAL), case
        assert {"private", "no-cache"} <= set(answer["Cache-Control"].split(", ")), case


def tag_of(stored: StoredFile) -> str:
    return f'"{stored.sha256}"'


@pytest.mark.parametrize(("who", "rules"), list(itertools.product(READERS, RULES)))
def test_zips_hold_what_each_reader_may_have_and_say_what_is_missing(world: World, who: str, rules: str) -> None:
    world.set(rules=rules, state=PaymentState.UNPAID)
    reader = world.reader(who)
    for part in ("zip/", "genapi/"):
        names = ["genapi.pdf"] if part == "genapi/" else [*FILES]
        if part == "zip/" and reader.is_guest:
            names.remove("genapi.pdf")
        wanted = {name: expected(who, rules, PaymentState.UNPAID, name) for name in names}
        answer, head = reader.browser.get(reader.page + part), reader.browser.head(reader.page + part)
        data = body(answer)
        body(head)
        assert head.status_code == answer.status_code
        if set(wanted.values()) == {WITHHELD}:
            assert answer.status_code == 403
            assert gives_away(data) == []
            continue
        assert answer.status_code == 200
        if part == "genapi/":
            assert what(data, FILES["genapi.pdf"]) == wanted["genapi.pdf"]
            continue
        assert int(answer["Content-Length"]) == len(data)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert archive.testzip() is None
            found = {name: archive.read(name) for name in archive.namelist()}
        gone = [name for name, handing in wanted.items() if handing == WITHHELD]
        notes = [name for name in found if name not in FILES]
        assert set(found) - set(notes) == set(wanted) - set(gone)
        for name in set(found) - set(notes):
            assert what(found[name], FILES[name]) == wanted[name], name
        assert len(notes) == bool(gone), "one text says what is missing, and only then"
        if gone:
            text = found[notes[0]].decode()
            assert notes[0].endswith(".txt")
            assert all(name in text for name in gone)
            assert all(len(line) > len(name) + 15 for name, line in zip(gone, text.split("\r\n"), strict=False))


@pytest.mark.parametrize(("who", "rules"), list(itertools.product([*READERS[:-1]], RULES)))
def test_the_complete_dossier_is_bound_of_what_the_reader_may_have(world: World, who: str, rules: str) -> None:
    world.set(rules=rules, state=PaymentState.UNPAID)
    reader = world.reader(who)
    path = f"{reader.page}complet/"
    asked = reader.browser.post(path, headers={"hx-request": "true"})
    run_jobs()
    shown = reader.browser.get(path, headers={"hx-request": "true"}).content.decode()
    wanted = expected(who, rules, PaymentState.UNPAID, "rapport.pdf")
    answer = reader.browser.get(f"{path}pdf/")
    data = body(answer)
    if wanted == WITHHELD:
        assert asked.status_code in {403, 422}
        assert not data.startswith(b"%PDF")
        assert f'href="{path}pdf/"' not in shown
        return
    assert answer.status_code == 200
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]
    assert len(pages) == 1 + 3
    assert [MENTION in page for page in pages[1:]] == [wanted == STAMPED] * 3
    for name in NO_COPY:
        assert name in pages[0], "named among what is not in it"
        assert name in shown


def test_one_readers_complete_dossier_is_never_anothers(world: World) -> None:
    """What the firm had made, or somebody before the rules changed, is not found by a client who gets copies."""
    world.set(rules="stamp", state=PaymentState.UNPAID)
    bob, alice = world.reader("bob"), world.reader("client")
    path = f"{bob.page}complet/"
    bob.browser.post(path)
    run_jobs()
    assert body(bob.browser.get(f"{path}pdf/")).startswith(b"%PDF")
    assert alice.browser.get(f"{path}pdf/").status_code == 302
    assert alice.browser.head(f"{path}pdf/").status_code == 302
    alice.browser.post(path)
    run_jobs()

    def stamped(reader: Reader) -> list[bool]:
        pages = PdfReader(io.BytesIO(body(reader.browser.get(f"{path}pdf/")))).pages
        return [MENTION in page.extract_text() for page in pages][1:]

    assert (stamped(bob), stamped(alice)) == ([False] * 3, [True] * 3)
    world.set(state=PaymentState.PAID)
    assert stamped(alice) == [False] * 3, "the originals are there at once"
    world.set(state=PaymentState.UNPAID)
    assert stamped(alice) == [True] * 3
    world.set(rules="block")
    assert not body(alice.browser.get(f"{path}pdf/")).startswith(b"%PDF")


# --- browsers' caches -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["client", "guest"])
@pytest.mark.parametrize("door", ["content", "download"])
def test_what_a_browser_keeps_ends_with_the_payment_and_comes_back_with_none(world: World, who: str, door: str) -> None:
    reader, file = world.reader(who), world.files["rapport.pdf"]
    path, original = reader.path(file, door), FILES["rapport.pdf"]
    world.set(rules="stamp", state=PaymentState.PAID)
    first = reader.browser.get(path)
    assert body(first) == original
    tag = first["ETag"]
    assert reader.browser.get(path, headers={"if-none-match": tag}).status_code == 304

    world.set(state=PaymentState.UNPAID)
    second = reader.browser.get(path, headers={"if-none-match": tag})
    data = body(second)
    assert (second.status_code, what(data, original)) == (200, STAMPED)
    part = reader.browser.get(path, headers={"range": "bytes=0-99", "if-range": tag})
    assert (part.status_code, body(part)) == (200, data), "no part of another file is put to the one that is kept"
    assert reader.browser.get(path, headers={"if-none-match": second["ETag"]}).status_code == 304

    world.set(state=PaymentState.PAID)
    third = reader.browser.get(path, headers={"if-none-match": second["ETag"]})
    assert (third.status_code, body(third)) == (200, original)

    world.set(rules="block", state=PaymentState.UNPAID)
    for known in (tag, second["ETag"], f"{tag}, {second['ETag']}", "*"):
        answer = reader.browser.get(path, headers={"if-none-match": known})
        assert (answer.status_code, gives_away(body(answer))) == (403, [])


# --- what is written down ---------------------------------------------------------------------------------------------
def history(world: World) -> list[tuple[str, str]]:
    with firm_context("firm_alpha"):
        lines = DossierEvent.objects.filter(dossier=world.dossier, kind__in=VISITS)
        return list(lines.order_by("pk").values_list("kind", "file__name"))


def download_state(world: World) -> str:
    with firm_context("firm_alpha"):
        return Dossier.objects.get(pk=world.dossier.pk).download_state


@pytest.mark.parametrize("who", ["client", "sub", "guest"])
def test_a_copy_that_is_taken_counts_as_read_until_the_real_files_are_taken(world: World, who: str) -> None:
    world.set(rules="stamp", state=PaymentState.UNPAID)
    reader = world.reader(who)
    body(reader.browser.get(reader.path(world.files["rapport.pdf"], "download")))
    assert history(world) == [(EventKind.READ_STAMPED, "rapport.pdf")]
    body(reader.browser.get(f"{reader.page}zip/"))
    taken = [name for name in FILES if name not in NO_COPY and not (reader.is_guest and name == "genapi.pdf")]
    lines = history(world)[1:]
    assert {name for _kind, name in lines} == set(taken), "what was left out was not read"
    assert all((kind == EventKind.READ_STAMPED) == name.endswith(".pdf") for kind, name in lines)
    assert {kind for kind, _name in lines} == {EventKind.READ, EventKind.READ_STAMPED}
    assert download_state(world) == DownloadState.NONE
    for name in NO_COPY:
        reader.browser.get(reader.path(world.files[name], "download"))
    reader.browser.head(f"{reader.page}zip/")
    assert len(history(world)) == 1 + len(taken), "what is withheld, or only asked about, is not written down"

    world.set(state=PaymentState.PAID)
    body(reader.browser.get(f"{reader.page}zip/"))
    assert {kind for kind, _name in history(world)[1 + len(taken) :]} == {EventKind.DOWNLOADED}
    assert download_state(world) == DownloadState.FULL


def test_what_is_withheld_leaves_no_line_and_makes_no_copy(world: World) -> None:
    world.set(rules="block", state=PaymentState.UNPAID)
    for reader in (world.reader("client"), world.reader("guest")):
        for name, part in itertools.product(["rapport.pdf", "photo.png", "genapi.pdf"], ["content", "download"]):
            reader.browser.get(reader.path(world.files[name], part))
        reader.browser.get(f"{reader.page}genapi/")
    assert history(world) == []
    with firm_context("firm_alpha"):
        assert not StampedCopy.objects.exists()


def test_the_mention_is_that_of_the_settings_and_a_new_one_counts_at_once(world: World) -> None:
    world.set(rules="stamp", state=PaymentState.UNPAID, stamp_text="IMPAYÉ")
    reader = world.reader("client")
    path = reader.path(world.files["rapport.pdf"], "content")

    def pages() -> list[str]:
        return [page.extract_text() for page in PdfReader(io.BytesIO(body(reader.browser.get(path)))).pages]

    assert all("IMPAYÉ" in page for page in pages())
    first = reader.browser.get(path)
    body(first)
    world.set(stamp_text="Non réglé", stamp_position="top")
    assert all("Non réglé" in page and "IMPAYÉ" not in page for page in pages())
    again = reader.browser.get(path, headers={"if-none-match": first["ETag"]})
    body(again)
    assert again.status_code == 200


def test_the_readers_pages_say_why_there_is_nothing_to_read(world: World) -> None:
    """Neither the page that reads a file nor its panel fetches what is withheld."""
    world.set(rules="block", state=PaymentState.UNPAID)
    file = world.files["rapport.pdf"]
    for who in ("client", "guest"):
        reader = world.reader(who)
        for part in ["lire/"] if reader.is_guest else ["lire/", "apercu/"]:
            answer = reader.browser.get(f"{reader.page}fichiers/{file.code}/{part}")
            text = answer.content.decode()
            assert "data-pdf-viewer" not in text, f"{who} {part}"
            assert "contenu/" not in text
            assert (
                reader.browser.get(f"{reader.page}fichiers/{world.files['facture.pdf'].code}/{part}").status_code == 200
            )
