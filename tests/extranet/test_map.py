"""The map, the files for Google Earth and the secret address: each person its own dossiers, as filtered."""

import io
import json
import re
import zipfile
from contextlib import closing
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from extranet.enums import DownloadState, PaymentState
from extranet.exporters.kml import NAMESPACE, stream_kml
from extranet.models import Dossier, DossierAccess, MapFeed
from extranet.queries import place as place_queries
from extranet.queries.dossier_filter import DossierFilter
from kernel.tenancy import firm_context
from tenants.actions.suspension import suspend_firm
from tests.extranet.kml_schema import parse_valid
from tests.factories.cast import Cast
from tests.factories.portal import add_dossier
from tests.support import at_host, body, logged_in, said, without_set

pytestmark = pytest.mark.django_db
KML = {"k": NAMESPACE}
JSON_PATH, MAP_PATH, KML_PATH, KMZ_PATH, FEED_PATH = (
    "/dossiers/carte/lieux.json",
    "/dossiers/carte/",
    "/dossiers/google-earth.kml",
    "/dossiers/google-earth.kmz",
    "/dossiers/google-earth/",
)


def add_place(cast: Cast, title: str, *, latitude: float | None = 48.39, **values: Any) -> Dossier:
    """Returns a dossier of the current firm, Alice's in alpha and Dora's in beta."""
    beta = connection.schema_name == "firm_beta"  # type: ignore[attr-defined]
    dossier = add_dossier(title, user=cast.dan if beta else cast.bob, contacts=[cast.dora if beta else cast.alice])
    place = {"latitude": latitude, "longitude": None if latitude is None else -4.48}
    Dossier.objects.filter(pk=dossier.pk).update(**place, **values)
    dossier.refresh_from_db()
    return dossier


@pytest.fixture
def placed(cast: Cast) -> Cast:
    """Alpha: two of Alice's on the map, one without a place, one of Charlie's; beta: one of Dora's."""
    with firm_context("firm_beta"):
        add_place(cast, "Betamark", street="9 rue Betamark")
    with firm_context("firm_alpha"):
        add_place(cast, "Maison", street="12 rue de Siam", postcode="29200", city="Brest", reference="A-1")
        add_place(cast, "Grange", payment_state=PaymentState.UNPAID, visited_on=date(2026, 3, 4))
        add_place(cast, "Cave", latitude=None)
        other = add_place(cast, "Tour", download_state=DownloadState.FULL)
        DossierAccess.objects.filter(dossier=other).update(contact=cast.charlie)
    return cast


def titles(client: Client, query: str = "") -> list[str]:
    answer = client.get(JSON_PATH + query)
    assert answer["Content-Type"] == "application/json"
    return sorted(place[1] for place in answer.json()["places"])


def names(document: bytes) -> list[str]:
    return sorted(parse_valid(document).xpath("//k:Placemark/k:name/text()", namespaces=KML))


# --- the map ---------------------------------------------------------------------------------------------------------


def test_each_person_has_its_own_dossiers_on_the_map(placed: Cast) -> None:
    assert titles(logged_in("alpha", placed.bob)) == ["Grange", "Maison", "Tour"]
    assert titles(logged_in("alpha", placed.alice)) == ["Grange", "Maison"]
    assert titles(logged_in("alpha", placed.charlie)) == ["Tour"]
    assert titles(logged_in("beta", placed.dora)) == ["Betamark"]


def test_the_filters_of_the_list_hold_on_the_map(placed: Cast) -> None:
    bob = logged_in("alpha", placed.bob)
    assert titles(bob, "?paid=unpaid") == ["Grange"]
    assert titles(bob, "?state=full") == ["Tour"]
    assert titles(bob, "?q=maison") == ["Maison"]
    assert titles(bob, "?box=archive") == []
    page = bob.get(MAP_PATH + "?paid=unpaid").content.decode()
    assert 'data-places="/dossiers/carte/lieux.json?paid=unpaid"' in page
    assert 'href="/dossiers/?paid=unpaid"' in page
    assert 'href="/dossiers/google-earth.kmz?paid=unpaid"' in page
    assert "Grange" in page
    assert "Maison" not in page


def test_a_place_is_compact_and_says_what_the_popup_needs(placed: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = Dossier.objects.get(title="Maison")
        DossierAccess.objects.filter(dossier=dossier).update(download_state=DownloadState.PARTIAL)
    expected = [dossier.code, "Maison", "A-1", "12 rue de Siam, 29200 Brest", 48.39, -4.48]
    by_title = {place[1]: place for place in logged_in("alpha", placed.bob).get(JSON_PATH).json()["places"]}
    assert by_title["Maison"] == [*expected, "none"]
    assert by_title["Grange"][6] == "unpaid"
    assert by_title["Tour"][6] == "full"
    # a client reads the state of its own access
    answer = logged_in("alpha", placed.alice).get(JSON_PATH)
    assert {place[1]: place[6] for place in answer.json()["places"]} == {"Maison": "partial", "Grange": "unpaid"}
    assert b", " not in answer.content.replace(b"Siam, 29200", b"")
    assert "no-store" in answer["Cache-Control"]


def test_the_page_has_the_same_as_a_list_and_says_what_has_no_place(placed: Cast) -> None:
    alice = logged_in("alpha", placed.alice)
    page = alice.get(MAP_PATH).content.decode()
    assert said("Dossiers on the map, as a list") in page
    assert {"Maison", "Grange"} == {title for title in ("Maison", "Grange", "Cave", "Tour") if f">{title}</a>" in page}
    assert "places=missing" in page
    page = alice.get(MAP_PATH + "?places=missing").content.decode()
    assert {"Cave"} == {title for title in ("Maison", "Grange", "Cave", "Tour") if f">{title}</a>" in page}
    for text in ("Unpaid", "Not downloaded", "Partly downloaded", "Downloaded"):
        assert said(text) in page


def test_empty_maps_say_why(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    page = bob.get(MAP_PATH).content.decode()
    assert said("No dossier yet") in page
    assert "data-map" not in page
    assert said("No dossier matches") in bob.get(MAP_PATH + "?q=introuvable").content.decode()
    with firm_context("firm_alpha"):
        add_place(cast, "Cave", latitude=None)
    page = bob.get(MAP_PATH).content.decode()
    assert said("None of these dossiers is on the map yet") in page
    assert "data-map" not in page
    assert ">Cave</a>" in bob.get(MAP_PATH + "?places=missing").content.decode()


@pytest.mark.parametrize(
    "query", ["q=%00%22'%25_" + "x" * 5000, "page=99999999", "since=nonsense&box=a&sort=b", "places=x"]
)
def test_nonsense_in_the_address_is_no_fault(placed: Cast, query: str) -> None:
    bob = logged_in("alpha", placed.bob)
    for path in (MAP_PATH, JSON_PATH, KML_PATH, KMZ_PATH, FEED_PATH):
        answer = bob.get(f"{path}?{query}")
        assert answer.status_code == 200, path
        body(answer)


def test_the_map_stops_at_its_limit_and_says_so(placed: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from extranet.views.portal import place as views

    monkeypatch.setattr(place_queries, "MAX_PLACES", 2)
    monkeypatch.setattr(views, "MAX_PLACES", 2)
    bob = logged_in("alpha", placed.bob)
    answer = bob.get(JSON_PATH).json()
    assert (len(answer["places"]), answer["more"]) == (2, True)
    assert "2 premiers" in (page := bob.get(MAP_PATH).content.decode()) or "first 2" in " ".join(page.split())


@pytest.mark.parametrize("person", ["bob", "alice"])
@pytest.mark.parametrize("path", [MAP_PATH, MAP_PATH + "?places=missing", JSON_PATH, KML_PATH, KMZ_PATH])
def test_queries_do_not_grow_with_the_dossiers(cast: Cast, person: str, path: str) -> None:
    client = logged_in("alpha", getattr(cast, person))
    counts = []
    for added in (1, 2):
        with firm_context("firm_alpha"):
            for _ in range(added):
                add_place(cast, "Maison", street="12 rue de Siam", payment_state=PaymentState.UNPAID)
                add_place(cast, "Cave", latitude=None)
        body(client.get(path))
        with CaptureQueriesContext(connection) as queries:
            body(client.get(path))
        counts.append(len(without_set(queries)))
    assert counts[0] == counts[1] <= 10, counts


# --- KML -------------------------------------------------------------------------------------------------------------

HARD = [
    "]]><script>alert(1)</script>",
    "A & B < C > D \" ' &amp; &#0; <![CDATA[x]]>",
    "tab\tline\nreturn\rnext\x85 bell\x07 escape\x1b delete\x7f",
    "non-characters \ufffe \uffff \ufdd0 \U0001fffe direction \u202e",
    "Villa 🏡 été œuvre 日本 ﬁ \U0001f469\u200d\U0001f680",
    "%s {0} {{ x }}",
]


def test_the_file_is_valid_and_holds_each_title_to_the_letter(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        for title in HARD:
            add_place(cast, title, street=title[:200], city=title[:100], reference=title[:60])
    answer = logged_in("alpha", cast.bob).get(KML_PATH)
    document = body(answer)
    assert answer["Content-Type"] == "application/vnd.google-earth.kml+xml"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer["Cache-Control"]
    lost: dict[str, str | int | None] = {"\x07": "", "\x1b": "", "\x7f": "", "\ufffe": "", "\uffff": "", "\ufdd0": ""}
    # a carriage return is a line for every reader of XML
    wanted = [title.translate(str.maketrans(lost)) for title in HARD]
    assert names(document) == sorted(wanted) or names(document) == sorted(t.replace("\r", "\n") for t in wanted)
    for description in parse_valid(document).xpath("//k:Placemark/k:description/text()", namespaces=KML):
        assert "<script>" not in description
        assert "http://alpha.localhost/dossiers/" in description


def test_a_surrogate_or_nul_that_came_in_elsewhere_is_left_out() -> None:
    from extranet.exporters.kml import clean

    assert clean("a\x00b\ud800c") == "abc"


def test_a_placemark_says_what_the_portal_does_and_no_more(placed: Cast) -> None:
    with firm_context("firm_alpha"):
        Dossier.objects.update(
            owner_name="Secretowner", owner_email="secret@owner.example", occupant_phone="0611223344"
        )
        dossier = Dossier.objects.get(title="Grange")
    document = body(logged_in("alpha", placed.alice).get(KML_PATH + "?paid=unpaid"))
    assert b"Secretowner" not in document
    assert b"secret@" not in document
    assert b"0611223344" not in document
    root = parse_valid(document)
    (mark,) = root.xpath("//k:Placemark", namespaces=KML)
    assert mark.get("id") == f"dossier-{dossier.code}"
    assert mark.findtext("k:Point/k:coordinates", namespaces=KML) == "-4.4800000,48.3900000"
    assert mark.findtext("k:TimeStamp/k:when", namespaces=KML) == "2026-03-04"
    style = mark.findtext("k:styleUrl", namespaces=KML)
    assert root.xpath(f"//k:Style[@id='{style[1:]}']", namespaces=KML)
    data = {entry.get("name"): entry.findtext("k:value", namespaces=KML) for entry in mark.iterfind(".//k:Data", KML)}
    assert data == {"visit": "04/03/2026", "state": said("Not downloaded"), "payment": said("Unpaid")}
    assert f"http://alpha.localhost/dossiers/{dossier.code}/" in mark.findtext("k:description", namespaces=KML)


def test_every_pin_of_the_map_has_its_style(placed: Cast) -> None:
    root = parse_valid(body(logged_in("alpha", placed.bob).get(KML_PATH)))
    styles = {style.get("id") for style in root.iterfind(".//k:Style", KML)}
    assert styles == {f"pin-{pin}" for pin in place_queries.Pin.values}
    assert {url.text for url in root.iterfind(".//k:styleUrl", KML)} == {"#pin-none", "#pin-unpaid", "#pin-full"}


def test_each_person_has_its_own_dossiers_in_the_file(placed: Cast) -> None:
    assert names(body(logged_in("alpha", placed.bob).get(KML_PATH))) == ["Grange", "Maison", "Tour"]
    assert names(body(logged_in("alpha", placed.charlie).get(KML_PATH))) == ["Tour"]
    assert names(body(logged_in("beta", placed.dan).get(KML_PATH))) == ["Betamark"]
    assert names(body(logged_in("alpha", placed.bob).get(KML_PATH + "?q=maison"))) == ["Maison"]


def test_the_zip_has_the_same_document_first(placed: Cast) -> None:
    bob = logged_in("alpha", placed.bob)
    answer = bob.get(KMZ_PATH)
    assert answer["Content-Type"] == "application/vnd.google-earth.kmz"
    with zipfile.ZipFile(io.BytesIO(body(answer))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["doc.kml"]
        assert archive.read("doc.kml") == body(bob.get(KML_PATH))


def test_an_empty_list_is_a_valid_document(cast: Cast) -> None:
    assert names(body(logged_in("alpha", cast.bob).get(KML_PATH))) == []


def test_a_file_is_read_on_in_its_own_firm_and_language(placed: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.utils import translation

    from extranet.exporters import kml

    monkeypatch.setattr(kml, "BATCH", 1)
    with firm_context("firm_alpha"), translation.override("fr"):
        parts = stream_kml(placed.bob, DossierFilter(), name="x", link=lambda path: f"http://alpha.localhost{path}")
        document = next(parts)
    with firm_context("firm_beta"), translation.override("en"):
        document += b"".join(parts)
        assert connection.schema_name == "firm_beta"  # type: ignore[attr-defined]
        assert translation.get_language() == "en"
    assert names(document) == ["Grange", "Maison", "Tour"]
    assert b"Open the dossier" not in document or said("Open the dossier") == "Open the dossier"


def test_a_download_that_is_broken_off_leaves_no_context_behind(placed: Cast) -> None:
    with firm_context("firm_beta"):
        with firm_context("firm_alpha"):
            parts = stream_kml(placed.bob, DossierFilter(), name="x", link=str)
        with closing(parts):  # type: ignore[type-var]
            next(parts)
            next(parts)
        assert connection.schema_name == "firm_beta"  # type: ignore[attr-defined]


def test_a_head_makes_no_document(placed: Cast) -> None:
    bob = logged_in("alpha", placed.bob)
    for path in (KML_PATH, KMZ_PATH):
        answer = bob.head(path)
        assert (answer.status_code, answer.streaming) == (200, False)


# --- the secret address ----------------------------------------------------------------------------------------------


def make_feed(client: Client, query: str = "") -> str:
    """Returns the path of the new address as the page shows it."""
    answer = client.post(FEED_PATH + query)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    page = answer.content.decode()
    address = re.search(r"<code>http://(alpha|beta)\.localhost(/google-earth/[\w-]{43}\.kml)</code>", page)
    assert address is not None, page
    return address[2]


@pytest.fixture
def stranger() -> Client:
    return at_host("alpha")


def test_google_earth_reads_the_persons_dossiers_without_a_session(placed: Cast, stranger: Client) -> None:
    path = make_feed(logged_in("alpha", placed.alice))
    answer = stranger.get(path)
    assert answer["Content-Type"] == "application/vnd.google-earth.kml+xml"
    assert {"no-store", "private"} <= {part.strip() for part in answer["Cache-Control"].split(",")}
    assert "Set-Cookie" not in answer
    assert names(body(answer)) == ["Grange", "Maison"]
    with firm_context("firm_alpha"):
        feed = MapFeed.objects.get()
        assert feed.last_used_at is not None
        assert feed.token_hash not in path
        # what is taken from the person is gone here too
        DossierAccess.objects.filter(dossier__title="Maison").delete()
    assert names(body(stranger.get(path))) == ["Grange"]


def test_the_filters_are_kept(placed: Cast, stranger: Client) -> None:
    bob = logged_in("alpha", placed.bob)
    path = make_feed(bob, "?paid=unpaid&q=gra")
    assert names(body(stranger.get(path))) == ["Grange"]
    assert "?q=gra&amp;paid=unpaid" in bob.get(FEED_PATH).content.decode()


def test_filters_that_are_too_long_make_no_address(placed: Cast) -> None:
    bob = logged_in("alpha", placed.bob)
    answer = bob.post(FEED_PATH, query_params={"q": "é" * 200})
    assert answer.status_code == 302
    with firm_context("firm_alpha"):
        assert not MapFeed.objects.exists()


def test_the_secret_is_shown_once_and_a_new_one_ends_it(placed: Cast, stranger: Client) -> None:
    alice = logged_in("alpha", placed.alice)
    first = make_feed(alice)
    assert "<code>" not in alice.get(FEED_PATH).content.decode()
    second = make_feed(alice)
    assert first != second
    assert stranger.get(first).status_code == 404
    assert names(body(stranger.get(second))) == ["Grange", "Maison"]
    with firm_context("firm_alpha"):
        assert MapFeed.objects.count() == 1


def test_a_revoked_address_is_unknown(placed: Cast, stranger: Client) -> None:
    alice = logged_in("alpha", placed.alice)
    path = make_feed(alice)
    logged_in("alpha", placed.charlie).post(FEED_PATH + "revoquer/")
    assert stranger.get(path).status_code == 200
    assert alice.post(FEED_PATH + "revoquer/").status_code == 302
    assert stranger.get(path).status_code == 404
    assert alice.post(FEED_PATH + "revoquer/").status_code == 302


def test_an_address_ends_with_its_person_its_firm_and_its_host(placed: Cast, stranger: Client) -> None:
    path = make_feed(logged_in("alpha", placed.alice))
    assert at_host("beta").get(path).status_code == 404
    assert at_host("").get(path).status_code == 404
    assert stranger.get(path.replace(".kml", "x.kml")).status_code == 404
    assert stranger.get("/google-earth/%00%F0%9F%98%80.kml").status_code == 404
    assert stranger.post(path).status_code == 405
    user = placed.alice.user
    user.is_active = False
    with firm_context("firm_alpha"):
        user.save()
    answer = stranger.get(path)
    assert answer.status_code == 404
    assert b"Maison" not in answer.content
    with firm_context("firm_alpha"):
        user.is_active = True
        user.save()
    assert stranger.get(path).status_code == 200
    suspend_firm(placed.alpha, reason="x")
    answer = at_host("alpha").get(path)
    assert answer.status_code in {404, 503}
    assert b"Maison" not in answer.content


def test_the_file_for_google_earth_names_the_address(placed: Cast) -> None:
    alice = logged_in("alpha", placed.alice)
    path = make_feed(alice)
    token = path.rpartition("/")[2].removesuffix(".kml")
    answer = alice.post(FEED_PATH + "lien.kml", {"token": token})
    assert answer["Content-Type"] == "application/vnd.google-earth.kml+xml"
    root = parse_valid(answer.content)
    assert root.findtext("k:NetworkLink/k:Link/k:href", namespaces=KML) == f"http://alpha.localhost{path}"
    assert root.findtext("k:NetworkLink/k:Link/k:refreshMode", namespaces=KML) == "onInterval"
    # nobody gets a file with a secret that is not its own
    charlie = logged_in("alpha", placed.charlie)
    for client, data in ((charlie, {"token": token}), (alice, {"token": "x"}), (alice, {})):
        refused = client.post(FEED_PATH + "lien.kml", data)
        assert refused.status_code == 422
        assert token.encode() not in refused.content


def test_strangers_see_no_map(placed: Cast, stranger: Client) -> None:
    for path in (MAP_PATH, JSON_PATH, KML_PATH, KMZ_PATH, FEED_PATH):
        answer = stranger.get(path)
        assert answer.status_code == 302
        assert "/compte/connexion/" in answer["Location"]


def test_nothing_of_another_firm_is_ever_there(placed: Cast) -> None:
    for person in (placed.bob, placed.anna, placed.alice, placed.charlie):
        client = logged_in("alpha", person)
        feed = make_feed(client)
        for path in (MAP_PATH, MAP_PATH + "?places=missing", JSON_PATH, KML_PATH, feed):
            assert b"Betamark" not in body(client.get(path)), path


def test_json_is_json_whatever_the_titles(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        for title in HARD:
            add_place(cast, title)
    answer = logged_in("alpha", cast.bob).get(JSON_PATH)
    assert sorted(place[1] for place in json.loads(answer.content)["places"]) == sorted(HARD)
    assert answer["X-Content-Type-Options"] == "nosniff"
