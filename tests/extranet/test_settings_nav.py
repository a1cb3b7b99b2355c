"""The tabs of the settings: whose they are, which one is open, how a setting is found."""

import re

import pytest

from accounts.models import Permission, User
from extranet.settings_nav import TABS
from tests.factories.cast import Cast
from tests.support import logged_in, said
from tests.test_routes import routes

pytestmark = pytest.mark.django_db
HOME = "/reglages/"


def tabs_of(page: str) -> list[str]:
    bar = page.partition('class="dd-tabs-bar"')[2].partition("</nav>")[0]
    return [label.strip() for label in re.findall(r'<a\s+class="dd-tab"[^>]*>([^<]+)</a>', bar)]


def test_the_tabs_stand_in_the_manuals_order_and_each_page_is_there_once(cast: Cast) -> None:
    known = set(routes("config.urls_firm"))
    pages = [page for tab in TABS for page in tab.pages]
    assert len({page.route for page in pages}) == len(pages)
    assert {route for page in pages for route in page.also} <= known
    page = logged_in("alpha", cast.anna).get("/reglages/validite/").content.decode()
    labels = [str(tab.label) for tab in TABS if any(page.address for page in tab.pages)]
    assert [label.replace("&#x27;", "'") for label in tabs_of(page)] == labels
    pages_line = page.partition('class="dd-tabs-pages"')[2].partition("</nav>")[0]
    assert re.search(r'href="/reglages/validite/"\s+aria-current="page"', pages_line)
    assert 'href="/reglages/dossiers/"' in pages_line


def test_a_member_sees_the_tabs_that_it_may_open_alone(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    assert 'href="/reglages/"' not in bob.get("/dossiers/").content.decode()
    assert bob.get(HOME).status_code == 404
    User.objects.filter(pk=cast.bob.pk).update(permissions=[Permission.USERS, Permission.PRICES])
    page = bob.get(HOME).content.decode()
    assert tabs_of(page) == [said("Prices"), said("Users")]
    assert "/reglages/paiement/" not in page


def test_a_setting_is_found_by_its_words(cast: Cast) -> None:
    anna = logged_in("alpha", cast.anna)
    page = anna.get(HOME, {"q": "systempay"}).content.decode()
    content = page.partition("<main")[2]
    assert re.findall(r'<a href="(/[^"]*)"', content) == ["/reglages/paiement/"]
    assert said("No setting has these words.") in anna.get(HOME, {"q": "<zzz> \x00" * 90}).content.decode()


def test_the_advanced_mode_belongs_to_the_person(cast: Cast) -> None:
    anna = logged_in("alpha", cast.anna)
    answer = anna.post("/reglages/mode-avance/", {"avance": "1", "next": "/reglages/dossiers/"})
    assert (answer.status_code, answer["Location"]) == (302, "/reglages/dossiers/")
    assert re.search(r'id="dd-advanced"[^>]*\schecked', anna.get(HOME).content.decode())
    assert anna.post("/reglages/mode-avance/", {"next": "//evil.example/"})["Location"] == HOME
    assert not User.objects.get(pk=cast.anna.pk).advanced_settings
