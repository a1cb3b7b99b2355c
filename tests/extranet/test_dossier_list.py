"""The list of dossiers: who sees which, searched, filtered, paged, at a constant number of queries."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from extranet.actions.diagnostic import add_diagnostics
from extranet.actions.dossier_access import give_access
from extranet.actions.dossier_file import FileInput, attach_files
from extranet.actions.downloads import record_visit
from extranet.actions.history import Visit
from extranet.enums import DownloadState, EventKind
from extranet.models import Contact, Dossier, GuestLink, RequestedDocument, SentDocument
from kernel.tenancy import firm_context
from storage.actions.files import claim, store_bytes
from tests.factories.cast import Cast, add_contact
from tests.factories.portal import add_dossier, files_of
from tests.support import logged_in, without_set
from themes.models import Branding

pytestmark = pytest.mark.django_db


def titles(browser: Client, **query: str) -> list[str]:
    answer = browser.get("/dossiers/", query)
    assert answer.status_code == 200
    return [row.title for row in answer.context["page"].rows]


def download(dossier: Dossier, contact: Contact, rank: int | None = None) -> None:
    files = files_of(dossier)
    chosen = files if rank is None else files[rank : rank + 1]
    record_visit(dossier, files=chosen, kind=EventKind.DOWNLOADED, user=contact.user, visit=Visit())


def test_the_firm_sees_all_and_a_client_its_own_newest_first(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        add_dossier("Un", user=cast.bob, contacts=[cast.alice])
        add_dossier("Deux", user=cast.bob, contacts=[cast.charlie])
        add_dossier("Trois", user=cast.anna, contacts=[cast.alice, cast.charlie])
        add_dossier("Quatre", user=cast.anna)
    assert titles(logged_in("alpha", cast.bob)) == ["Quatre", "Trois", "Deux", "Un"]
    assert titles(logged_in("alpha", cast.alice)) == ["Trois", "Un"]
    assert titles(logged_in("alpha", cast.charlie)) == ["Trois", "Deux"]
    assert titles(logged_in("beta", cast.dan)) == []


def test_search_finds_every_term_whatever_accents_case_and_place(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        add_dossier(
            "2026-0147 — Maison Lefèvre, 12 rue des Capucins",
            user=cast.bob,
            comments="Clés à l’agence",
            files={"Amiante.txt": b"a"},
            contacts=[cast.alice],
        )
        add_dossier("2026-0148 — Appartement T3, 4 quai de la Douane", user=cast.bob, contacts=[cast.charlie])
    bob = logged_in("alpha", cast.bob)
    both = ["2026-0148 — Appartement T3, 4 quai de la Douane", "2026-0147 — Maison Lefèvre, 12 rue des Capucins"]
    table = {
        "lefevre": [1],
        "LEFÈVRE": [1],
        "capucins maison": [1],
        "efev": [1],
        "2026": [0, 1],
        "0148 quai": [0],
        "cles agence": [1],
        "l'agence": [1],
        "amiante": [1],
        "alice@client.example": [1],
        "agence alice": [1],
        "charlie": [0],
        "t3": [0],
        "12": [1],
        "26": [],  # short terms match at the start of a word
        "maison douane": [],
        "  ": [0, 1],
        "\x00": [0, 1],
        "%": [],
        "_": [],
        "\\": [],
        "'": [],
        '"': [],
        "' OR 1=1 --": [],
        "<script>alert(1)</script>": [],
        "🦄": [],
        "zzz" * 4_000: [],
        "2026 " * 2_000: [0, 1],
    }
    for query, found in table.items():
        assert titles(bob, q=query) == [both[rank] for rank in found], query[:40]
    page = bob.get("/dossiers/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page


def test_a_client_searches_its_own_only(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        add_dossier("Maison une", user=cast.bob, contacts=[cast.alice])
        add_dossier("Maison deux", user=cast.bob, contacts=[cast.charlie])
    alice = logged_in("alpha", cast.alice)
    assert titles(alice, q="maison") == ["Maison une"]
    assert titles(alice, q="deux") == []
    assert titles(alice, q="charlie") == []


@pytest.mark.parametrize(
    ("asked", "number"), [("1", 1), ("2", 2), ("3", 3), ("99999999", 3), ("0", 1), ("-1", 1), ("x", 1), ("\x00", 1)]
)
def test_pages_hold_as_many_rows_as_the_firm_wants(cast: Cast, asked: str, number: int) -> None:
    with firm_context("firm_alpha"):
        Dossier.objects.bulk_create([Dossier(title=f"D{rank:02d}", search=f" d{rank:02d}") for rank in range(25)])
    Branding.objects.filter(firm=cast.alpha).update(rows_per_page=10)
    page = logged_in("alpha", cast.bob).get("/dossiers/", {"page": asked}).context["page"]
    assert (page.number, page.count, page.num_pages) == (number, 25, 3)
    assert len(page.rows) == (5 if number == 3 else 10)


def test_a_page_has_25_rows_unless_the_firm_chose(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        Dossier.objects.bulk_create([Dossier(title=f"D{rank:02d}", search=f" d{rank:02d}") for rank in range(26)])
    page = logged_in("alpha", cast.bob).get("/dossiers/").context["page"]
    assert (len(page.rows), page.has_next) == (25, True)


def test_the_search_is_kept_from_page_to_page(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        Dossier.objects.bulk_create([Dossier(title=f"Été {rank}", search=f" ete {rank}") for rank in range(30)])
    html = logged_in("alpha", cast.bob).get("/dossiers/", {"q": "été & <b>"[:3], "page": "2"}).content.decode()
    assert "q=%C3%A9t%C3%A9" in html
    assert 'value="été"' in html


def test_a_dossiers_state_is_over_all_clients_for_the_firm_and_its_own_for_a_client(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        files = {"a.txt": b"a", "b.txt": b"b"}
        none, partial, full = (
            add_dossier(title, user=cast.bob, files=files, contacts=[cast.alice, cast.charlie])
            for title in ("Rien", "Partie", "Tout")
        )
        download(partial, cast.charlie, 0)
        download(full, cast.charlie, 0)
        download(full, cast.alice, 1)
    bob, alice, charlie = (logged_in("alpha", person) for person in (cast.bob, cast.alice, cast.charlie))

    def by_state(browser: Client) -> dict[str, list[str]]:
        return {state: titles(browser, state=state) for state in DownloadState.values}

    assert by_state(bob) == {"none": ["Rien"], "partial": ["Partie"], "full": ["Tout"]}
    assert by_state(alice) == {"none": ["Partie", "Rien"], "partial": ["Tout"], "full": []}
    assert by_state(charlie) == {"none": ["Rien"], "partial": ["Tout", "Partie"], "full": []}
    for browser in (bob, alice, charlie):
        for nonsense in ("x", "", "NONE", "\x00"):
            assert titles(browser, state=nonsense) == ["Tout", "Partie", "Rien"]
    rows = {row.title: row.state for row in alice.get("/dossiers/").context["page"].rows}
    assert rows == {"Rien": "none", "Partie": "none", "Tout": "partial"}
    with firm_context("firm_alpha"):
        download(none, cast.alice)
    assert by_state(alice)["full"] == ["Rien"]
    assert by_state(charlie)["full"] == []
    assert alice.get("/dossiers/", {"state": "full"}).context["page"].count == 1


def test_a_row_names_three_clients_and_counts_the_others(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        more = [add_contact(name, cast.alpha) for name in ("eve", "frank", "grace")]
        add_dossier("Maison", user=cast.bob, contacts=[cast.alice, cast.charlie, *more], files={"a.txt": b"a"})
    (row,) = logged_in("alpha", cast.bob).get("/dossiers/").context["page"].rows
    assert (row.clients, row.more_clients, row.file_count) == (["Agence Alice", "Agence Charlie", "Agence Eve"], 2, 1)
    (seen,) = logged_in("alpha", cast.alice).get("/dossiers/").context["page"].rows
    assert (seen.clients, seen.more_clients) == ([], 0)
    html = logged_in("alpha", cast.alice).get("/dossiers/").content.decode()
    assert "Charlie" not in html


def test_htmx_gets_the_rows_alone(cast: Cast) -> None:
    for person in (cast.bob, cast.alice):
        answer = logged_in("alpha", person).get("/dossiers/", headers={"HX-Request": "true"})
        assert "<html" not in answer.content.decode()
        assert 'id="results"' in answer.content.decode()
        assert "HX-Request" in answer["Vary"]


def queries_of(browser: Client, path: str) -> int:
    browser.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(path).status_code == 200
    return len(without_set(captured))


def complete(dossier: Dossier, cast: Cast, *, rank: int) -> None:
    """Gives the dossier one more of all that its page shows."""
    add_diagnostics(dossier, kinds=["carrez"], performed_on=date(2026, 1, rank), user=cast.bob)
    GuestLink.objects.create(
        dossier=dossier, email=f"guest{rank}@x.example", expires_at=timezone.now() + timedelta(days=3)
    )
    request = RequestedDocument.objects.create(dossier=dossier, kind="plans", position=rank)
    stored = claim(store_bytes(str(rank).encode(), name=f"{rank}.txt", user=cast.bob))
    SentDocument.objects.create(request=request, stored=stored, name=f"{rank}.txt")


def test_each_page_takes_the_same_number_of_queries_whatever_its_rows(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Un", user=cast.bob, contacts=[cast.alice], files={"a.txt": b"a"})
        complete(dossier, cast, rank=1)
    bob, alice = logged_in("alpha", cast.bob), logged_in("alpha", cast.alice)
    pages: dict[str, tuple[Callable[[], int], int]] = {
        "list of the firm": (lambda: queries_of(bob, "/dossiers/"), 6),
        "list of the firm, searched": (lambda: queries_of(bob, "/dossiers/?q=un+de&state=none"), 4),
        "list of a client": (lambda: queries_of(alice, "/dossiers/"), 6),
        "page of the firm": (lambda: queries_of(bob, f"/dossiers/{dossier.code}/"), 10),
        "page of a client": (lambda: queries_of(alice, f"/dossiers/{dossier.code}/"), 9),
        "page of a contact": (lambda: queries_of(bob, f"/contacts/{cast.alice.code}/"), 10),
        "new dossier": (lambda: queries_of(bob, "/dossiers/nouveau/"), 3),
        "team": (lambda: queries_of(logged_in("alpha", cast.anna), "/equipe/"), 3),
    }
    few = {name: count() for name, (count, _expected) in pages.items()}
    with firm_context("firm_alpha"):
        more = [add_contact(name, cast.alpha) for name in ("eve", "frank")]
        for title in ("Deux", "Trois"):
            add_dossier(title, user=cast.bob, contacts=[cast.alice, *more], files={f"{title}.txt": title.encode()})

        for contact in more:
            give_access(dossier, contact=contact, user=cast.bob)
        inputs = [FileInput(stored=store_bytes(data, name="x.txt", user=cast.bob)) for data in (b"x", b"y")]
        attach_files(dossier, files=inputs, user=cast.bob)
        for rank in (2, 3):
            complete(dossier, cast, rank=rank)
        download(dossier, cast.alice)
    many = {name: count() for name, (count, _expected) in pages.items()}
    assert many == few
    assert few == {name: expected for name, (_count, expected) in pages.items()}
    assert max(few.values()) <= 10
