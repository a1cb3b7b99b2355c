"""The firm's site as visitors see it: its pages, what search engines get, its form, its cost."""

import json
import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from extranet.actions.contact_erase import erase_contact
from extranet.actions.site import publish_site, start_site, withdraw_site
from extranet.actions.site_contact import KEEP, remove_old_site_contacts
from extranet.actions.site_image import add_site_image
from extranet.enums_site import SiteTheme
from extranet.models import PortalSettings, PriceList, Site, SiteContact
from extranet.site_addresses import reserved_slugs
from extranet.site_document import add_page, new_block, new_page, read, set_values
from extranet.site_structured import opening_hours
from extranet.views.site.page import SEND_LIMIT, forget_pages
from kernel.tenancy import firm_context
from tests.extranet.quotes import checked_prices
from tests.factories.cast import Cast
from tests.factories.site_things import add_site, every_block, photo, visitor_data
from tests.support import Box, at_host, logged_in, run_jobs, said, text_of, without_set

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> None:
    forget_pages()
    cache.clear()


@pytest.fixture
def site(cast: Cast) -> Site:
    with firm_context("firm_alpha"):
        PortalSettings.objects.update(visitor_orders=True, legal_mentions="SIREN 732 829 320")
        return add_site(cast.anna)


def shown(path: str, client: Client | None = None, status: int = 200) -> str:
    answer = (client or at_host("alpha")).get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return str(answer.content.decode())


def test_without_a_published_site_all_is_as_before(cast: Cast) -> None:
    anybody = at_host("alpha")
    assert anybody.get("/").headers["Location"].startswith("/compte/connexion/")
    for path in ("/site/", "/contact/", "/sitemap.xml", "/robots.txt", "/site/message/"):
        assert anybody.get(path).status_code == 404, path
    with firm_context("firm_alpha"):
        start_site(every_block(), user=cast.anna)
    assert anybody.get("/").status_code == 302, "a draft is not shown"


def test_visitors_get_the_site_members_their_home(site: Site, cast: Cast) -> None:
    assert "Vos diagnostics immobiliers à Brest" in shown("/")
    assert 'data-theme="shore"' in shown("/contact/")
    members = logged_in("alpha", cast.alice)
    assert "Vos diagnostics immobiliers" not in shown("/", members)
    assert "Vos diagnostics immobiliers" in shown("/site/", members)
    assert at_host("beta").get("/").status_code == 302, "another firm has none"
    with firm_context("firm_alpha"):
        withdraw_site(user=cast.anna)
    assert at_host("alpha").get("/").status_code == 302


@pytest.mark.parametrize("theme", SiteTheme.values)
def test_every_block_is_drawn_in_every_theme_for_visitors_and_for_its_editor(cast: Cast, theme: str) -> None:
    with firm_context("firm_alpha"):
        PortalSettings.objects.update(visitor_orders=True)
        site = add_site(cast.anna, every_block(theme))
    page = shown("/tout/")
    document = read(site.published)
    for block in document.pages[-1].blocks:
        assert str(block.values["heading"]) in page, block.kind
    assert f'data-theme="{theme}"' in page
    assert "data-block" not in page
    frame = logged_in("alpha", cast.anna).get(f"/site-internet/apercu/{document.pages[-1].code}/")
    assert frame.content.decode().count("data-block=") == len(document.pages[-1].blocks)
    assert "frame-ancestors 'self'" in frame.headers["Content-Security-Policy"]


def test_a_page_costs_one_query_and_none_of_its_bytes_twice(site: Site) -> None:
    anybody = at_host("alpha")
    first = anybody.get("/tout/")
    for path in ("/", "/tout/"):
        shown(path)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = at_host("alpha").get(path)
        assert len(without_set(queries)) == 1, without_set(queries)
        assert not answer.cookies
    with CaptureQueriesContext(connection) as queries:
        again = anybody.get("/tout/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert len(without_set(queries)) == 1
    assert first.headers["Cache-Control"] == "no-cache"


def test_what_is_published_is_seen_at_once_and_only_then(site: Site, cast: Cast) -> None:
    assert "Un autre titre" not in shown("/tout/")
    with firm_context("firm_alpha"):
        document = read(site.draft)
        block = document.pages[-1].blocks[0]
        changed = set_values(document, block_code=block.code, values=block.values | {"heading": "Un autre titre"})
        start_site(changed, user=cast.anna)
        assert "Un autre titre" not in shown("/tout/")
        publish_site(user=cast.anna)
    assert "Un autre titre" in shown("/tout/")


def test_search_engines_are_told_titles_pages_hours_and_questions(site: Site, cast: Cast) -> None:
    home = shown("/")
    assert home.count("<h1") == 1
    assert '<link rel="canonical" href="http://alpha.localhost' in home
    assert '<meta property="og:title" content="Diagnostic immobilier à Brest – Cabinet Alpha">' in home
    firm, questions = (
        json.loads(text) for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', home)
    )
    assert (firm["@type"], firm["address"]["addressLocality"]) == ("ProfessionalService", "Brest")
    assert firm["openingHoursSpecification"][1] == {
        "@type": "OpeningHoursSpecification",
        "dayOfWeek": "Monday",
        "opens": "14:00",
        "closes": "18:00",
    }
    assert questions["@type"] == "FAQPage"
    assert questions["mainEntity"]
    sitemap = shown("/sitemap.xml")
    assert sitemap.count("<loc>") == 5
    assert "/nos-diagnostics/</loc>" in sitemap
    assert "/sitemap.xml\n" in shown("/robots.txt")
    assert opening_hours(["", "09:00-12:30"] + [""] * 5)[0]["dayOfWeek"] == "Tuesday"
    missing = shown("/nulle-part/", status=404)
    assert said("Page not found") in missing
    assert "noindex" in missing


def test_texts_of_the_firm_run_nothing(cast: Cast) -> None:
    hostile = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    blocks = [
        new_block("faq", {"heading": hostile, "entries": [{"question": hostile, "answer": hostile}]}),
        new_block("text", {"body": f"<p onclick=x>Bon</p><a href='javascript:x'>lien</a><style>p</style>{hostile}"}),
    ]
    with firm_context("firm_alpha"):
        page = new_page("Page", slug="page", blocks=blocks, description=hostile[:100])
        add_site(cast.anna, add_page(every_block(), page))
    html = shown("/page/")
    assert "<script>alert" not in html
    assert "onerror=alert(2)>" not in html.replace("&gt;", "")
    assert "javascript:" not in html
    assert "<p>Bon</p>" in html


def test_prices_and_legal_details_are_those_of_the_portal(site: Site, cast: Cast) -> None:
    assert "SIREN 732 829 320" in shown("/mentions-legales/")
    assert said("There is no checked price list for everybody: visitors see no prices here.") not in shown("/tout/")
    with firm_context("firm_alpha"):
        checked_prices()
        PriceList.objects.update(vat_rate=20)
    forget_pages()
    assert re.search(r"<td>\s*(à partir de|from) \d", shown("/tout/"))


def test_pictures_come_in_the_right_sizes(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        image = add_site_image(photo(1200, 900), alt="Le cabinet", user=cast.anna)
        document = every_block()
        hero = document.pages[-1].blocks[0]
        changed = set_values(document, block_code=hero.code, values=hero.values | {"picture": image.code})
        add_site(cast.anna, changed)
    html = shown("/tout/")
    assert image.widths == [480, 960, 1200]
    assert f"{image.code}-960.avif 960w" in html
    assert 'width="1200" height="900" alt="Le cabinet"' in html
    for ending, start in (("jpg", b"\xff\xd8"), ("webp", b"RIFF"), ("avif", b"\x00\x00\x00")):
        with CaptureQueriesContext(connection) as queries:
            answer = at_host("alpha").get(f"/site/images/{image.code}-480.{ending}")
        assert answer.content.startswith(start)
        assert without_set(queries) == []
        assert "immutable" in answer.headers["Cache-Control"]
    for path in (f"{image.code}-1.jpg", f"{image.code}-480.png", "..%2f..%2fx-480.jpg", "0" * 12 + "-480.jpg"):
        assert at_host("alpha").get(f"/site/images/{path}").status_code == 404
    assert at_host("beta").get(f"/site/images/{image.code}-480.jpg").status_code == 404


def test_what_a_visitor_writes_reaches_the_firm_once(site: Site, cast: Cast, mailbox: Box) -> None:
    anybody = at_host("alpha")
    answer = anybody.post("/site/message/", visitor_data(text="Bonjour\nhttp://example.com"))
    assert answer.headers["Location"] == "/site/message/"
    assert said("Thank you, your message is sent") in shown("/site/message/")
    assert not answer.cookies
    run_jobs()
    mail = text_of(mailbox.last(cast.anna.email))
    assert "vera@example.net" in mail
    with firm_context("firm_alpha"):
        contact = SiteContact.objects.get()
        assert (contact.name, contact.page) == ("Vera", "Contact – Cabinet Alpha")
    office = logged_in("alpha", cast.anna)
    assert "Bonjour" in shown("/site-internet/messages/", office)
    office.post(f"/site-internet/messages/{contact.code}/", {"do": "done"})
    with firm_context("firm_alpha"):
        assert SiteContact.objects.get().handled_by == cast.anna.full_name


def test_bad_messages_are_refused(site: Site, cast: Cast) -> None:
    anybody = at_host("alpha")
    wrong = anybody.post("/site/message/", visitor_data(email="personne"))
    assert wrong.status_code == 422
    assert "Bonjour" in wrong.content.decode(), "what was written is still there"
    assert anybody.post("/site/message/", visitor_data(website="http://spam.example")).status_code == 302
    elsewhere = anybody.post("/site/message/", visitor_data(), headers={"Origin": "https://evil.example"})
    assert elsewhere.status_code == 404
    assert anybody.post("/site/message/", visitor_data(page="")).status_code == 404, "no form stands there"
    with firm_context("firm_alpha"):
        assert not SiteContact.objects.exists()
    codes = [anybody.post("/site/message/", visitor_data()).status_code for _ in range(SEND_LIMIT + 1)]
    assert codes == [302] * SEND_LIMIT + [429]


def test_messages_of_visitors_go_after_a_year_and_with_their_writer(site: Site, cast: Cast) -> None:
    with firm_context("firm_alpha"):
        for email in (cast.alice.user.email.upper(), "old@example.net", "new@example.net"):
            SiteContact.objects.create(name="V", email=email, text="Bonjour")
        old = SiteContact.objects.get(email="old@example.net")
        SiteContact.objects.filter(pk=old.pk).update(at=old.at - KEEP)
        assert remove_old_site_contacts() == 1
        erase_contact(cast.alice)
        assert [one.email for one in SiteContact.objects.all()] == ["new@example.net"]


def test_no_page_can_hide_an_address_of_the_portal() -> None:
    reserved = reserved_slugs()
    assert {"compte", "devis", "commandes", "dossiers", "site", "tarif", "payer", "reglages", "static"} <= reserved
    assert {"contact", "mentions-legales", "nos-diagnostics"}.isdisjoint(reserved)
