"""The maps in a real Chromium: pins, clusters, a pin that is dragged, tiles that cannot be had."""

import base64
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from extranet.enums import GeoState, PaymentState
from extranet.models import Contact, Dossier
from kernel.tenancy import firm_context
from tests.conftest import CHROMIUM_OPTIONS
from tests.factories.cast import PASSWORD, Cast, add_cast
from tests.factories.portal import add_dossier

#: A grey pixel, which Chromium stretches to a tile.
TILE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGOoBwAAgQCAAdmqJgAAAABJRU5ErkJggg==")
TILES = re.compile(r"^https://data\.geopf\.fr/wmts\?")


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


def _application(environ: dict[str, Any], start_response: Any) -> Any:
    answer = StaticFilesHandler(get_wsgi_application())(environ, start_response)
    try:
        yield from answer
    finally:
        answer.close()
        connections.close_all()


@dataclass
class Tab:
    """A page of alpha's portal; `tiles` says whether the background can be had, `asked` which tiles were."""

    page: Page
    port: int
    tiles: bool = True
    asked: list[str] = field(default_factory=list)
    referrers: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"http://alpha.localhost:{self.port}{path}"

    def log_in(self, name: str) -> None:
        self.page.goto(self.url("/"))
        self.page.fill("[name=login]", name)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("form button[type=submit]")
        self.page.wait_for_load_state()

    def answer_tile(self, route: Route) -> None:
        self.asked.append(route.request.url)
        self.referrers.add(route.request.headers.get("referer", ""))
        if self.tiles:
            route.fulfill(body=TILE, content_type="image/png")
        else:
            route.abort()


@dataclass
class Site:
    cast: Cast
    dossiers: dict[str, Dossier]
    open_tab: Callable[..., Tab]


def add_dossiers(cast: Cast) -> dict[str, Dossier]:
    """Returns Alice's dossiers: five in one street, one far away and unpaid, one not found; and one of Charlie's."""
    found = {}
    with firm_context("firm_alpha"):
        for rank in range(5):
            title = f"Appartement {rank}"
            dossier = add_dossier(title, user=cast.bob, contacts=[cast.alice])
            place = {"latitude": 48.39 + rank / 1_000, "longitude": -4.486, "geo_state": GeoState.FOUND}
            Dossier.objects.filter(pk=dossier.pk).update(street=f"{rank} rue de Siam", city="Brest", **place)
            found[title] = dossier
        others: list[tuple[str, Contact, dict[str, object]]] = [
            ('<b>Villa</b> & "Cie"', cast.alice, {"latitude": 43.3, "longitude": 5.37, "geo_state": GeoState.UNSURE}),
            ("Introuvable", cast.alice, {"geo_state": GeoState.NOT_FOUND}),
            ("Charlie", cast.charlie, {"latitude": 50.6, "longitude": 3.06, "geo_state": GeoState.FOUND}),
        ]
        for title, contact, spot in others:
            dossier = add_dossier(title, user=cast.bob, contacts=[contact])
            paid = {"payment_state": PaymentState.UNPAID, "reference": "V-1"}
            Dossier.objects.filter(pk=dossier.pk).update(street="1 quai du Port", city="Marseille", **spot, **paid)
            found[title] = dossier
    return found


@pytest.fixture
def site(own_database: str, browser_path: str) -> Iterator[Site]:
    """Alpha's portal behind a server, and tabs; the browser starts after the last query of this thread."""
    cast = add_cast()
    dossiers = add_dossiers(cast)
    server = make_server("127.0.0.1", 0, _application, server_class=_Server, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    connections.close_all()
    tabs: list[Tab] = []
    with sync_playwright() as playwright:
        browser: Browser = playwright.chromium.launch(executable_path=browser_path, args=CHROMIUM_OPTIONS)

        def open_tab(name: str, *, width: int = 1440, tiles: bool = True) -> Tab:
            page = browser.new_context(viewport={"width": width, "height": 900}, locale="fr-FR").new_page()
            tab = Tab(page, server.server_port, tiles)
            page.route(TILES, tab.answer_tile)
            page.on("pageerror", lambda error: tab.complaints.append(str(error)))
            page.on(
                "console",
                lambda said: tab.complaints.append(said.text) if "Content Security Policy" in said.text else None,
            )
            tab.log_in(name)
            tabs.append(tab)
            return tab

        yield Site(cast, dossiers, open_tab)
        browser.close()
    server.shutdown()
    server.server_close()
    thread.join()
    assert [complaint for tab in tabs for complaint in tab.complaints] == []


@pytest.fixture
def browser_path() -> str:
    import os
    import shutil

    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "no Chromium: install it, or name it in CHROMIUM"
    return path


def violations(page: Page) -> list[Any]:
    return [(found["id"], found["nodes"][0]["html"]) for found in Axe().run(page).response["violations"]]


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("width", [1440, 390])
def test_pins_gather_and_lead_to_the_dossier(site: Site, width: int) -> None:
    tab = site.open_tab("alice", width=width)
    page = tab.page
    page.goto(tab.url("/dossiers/carte/"))
    expect(page.locator(".dd-cluster")).to_have_count(1)
    expect(page.locator(".dd-cluster")).to_contain_text("5")
    expect(page.locator(".dd-map .dd-pin")).to_have_count(1)
    expect(page.locator(".dd-map .dd-pin-unpaid")).to_have_count(1)
    expect(page.locator("[data-map-loading]")).to_be_hidden()
    expect(page.locator("[data-map-notice]")).to_be_hidden()
    assert tab.asked
    # the tiles' server learns the portal's host at most
    assert tab.referrers <= {"", tab.url("/")}
    expect(page.get_by_text("Charlie")).to_have_count(0)
    assert violations(page) == []
    assert fits(page)
    # the pin is reached and opened by keyboard, and its title is a text
    page.locator(".dd-pin-box").focus()
    page.keyboard.press("Enter")
    popup = page.locator(".dd-popup")
    expect(popup.locator("strong")).to_have_text('<b>Villa</b> & "Cie"')
    expect(popup).to_contain_text("1 quai du Port, Marseille")
    expect(popup).to_contain_text("V-1")
    page.wait_for_timeout(400)
    assert violations(page) == []
    popup.locator("a").click()
    page.wait_for_url(re.compile(rf"/dossiers/{site.dossiers['<b>Villa</b> & "Cie"'].code}/"))


def test_a_cluster_opens_and_the_list_is_another_way(site: Site) -> None:
    tab = site.open_tab("bob")
    page = tab.page
    page.goto(tab.url("/dossiers/carte/"))
    expect(page.locator(".dd-cluster")).to_have_count(1)
    for _step in range(6):
        if page.locator(".dd-cluster").count():
            page.locator(".dd-cluster").first.click()
            page.wait_for_timeout(700)
    expect(page.locator(".dd-map .dd-pin-none")).to_have_count(5)
    assert fits(page)
    page.get_by_role("link", name=re.compile("Appartement 3")).first.click()
    page.wait_for_url(re.compile(rf"/dossiers/{site.dossiers['Appartement 3'].code}/"))


def test_without_tiles_a_notice_says_so_and_the_pins_are_there(site: Site) -> None:
    tab = site.open_tab("alice", tiles=False)
    page = tab.page
    page.goto(tab.url("/dossiers/carte/"))
    expect(page.locator("[data-map-notice]")).to_be_visible()
    expect(page.locator(".dd-map .dd-pin")).to_have_count(1)
    assert violations(page) == []
    page.locator(".dd-pin-box").click()
    expect(page.locator(".dd-popup")).to_be_visible()


def test_places_that_cannot_be_loaded_are_told(site: Site) -> None:
    tab = site.open_tab("alice")
    page = tab.page
    page.route("**/lieux.json*", lambda route: route.fulfill(status=500, body="boom"))
    page.goto(tab.url("/dossiers/carte/"))
    expect(page.locator("[data-map-failure]")).to_be_visible()
    expect(page.locator("[data-map-loading]")).to_be_hidden()


@pytest.mark.parametrize("width", [1440, 390])
def test_a_dragged_pin_is_saved(site: Site, width: int) -> None:
    tab = site.open_tab("bob", width=width)
    page = tab.page
    dossier = site.dossiers['<b>Villa</b> & "Cie"']
    page.goto(tab.url(f"/dossiers/{dossier.code}/lieu/"))
    pin = page.locator(".dd-pin-place")
    expect(pin).to_be_visible()
    assert violations(page) == []
    assert fits(page)
    page.locator("[data-place-map]").scroll_into_view_if_needed()
    box = pin.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y - 20, steps=5)
    page.mouse.up()
    expect(page.locator("#id_latitude")).not_to_have_value("43.300000")
    latitude, longitude = (page.input_value(f"#id_{name}") for name in ("latitude", "longitude"))
    assert 43.3 < float(latitude) < 43.31
    assert 5.37 < float(longitude) < 5.38
    page.click("[data-place-save]")
    page.wait_for_url(re.compile(r"#lieu$"))
    expect(page.locator("#id_latitude")).to_have_value(latitude)
    expect(page.locator("#id_longitude")).to_have_value(longitude)


def test_a_pin_is_placed_by_keyboard_and_by_a_click(site: Site) -> None:
    tab = site.open_tab("bob", tiles=False)
    page = tab.page
    page.goto(tab.url(f"/dossiers/{site.dossiers['Introuvable'].code}/lieu/"))
    expect(page.locator("[data-map-notice]")).to_be_visible()
    expect(page.locator(".dd-pin-place")).to_have_count(0)
    page.locator("[data-place-map]").click(position={"x": 100, "y": 100})
    expect(page.locator(".dd-pin-place")).to_be_visible()
    assert page.input_value("#id_latitude")
    page.fill("#id_latitude", "48,85")
    page.fill("#id_longitude", "2.35")
    page.locator("#id_longitude").press("Enter")
    page.wait_for_url(re.compile(r"#lieu$"))
    expect(page.locator("#id_latitude")).to_have_value("48.850000")


def test_the_secret_address_is_made_and_revoked(site: Site) -> None:
    tab = site.open_tab("alice", width=390)
    page = tab.page
    page.goto(tab.url("/dossiers/google-earth/"))
    assert violations(page) == []
    page.get_by_role("button", name=re.compile("adresse|address")).click()
    expect(page.locator(".dd-feed-address code")).to_contain_text("/google-earth/")
    assert violations(page) == []
    assert fits(page)
    with page.expect_download() as download:
        page.locator("form[action$='lien.kml'] button").click()
    assert download.value.suggested_filename.endswith(".kml")
    page.locator("form[action*='revoquer'] button").click()
    page.locator("#dd-confirm-button").click()
    expect(page.locator("form[action*='revoquer']")).to_have_count(0)
