"""A firm's prices in the browser: trying an order, changing a price, adding lines; no fault on any page."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.conftest import Demo, Visitor
from tests.e2e.faults import WIDTHS, faults_at

LISTS = "/reglages/tarifs/"


def test_an_order_is_tried_and_a_price_changed(demo: Demo, visit: Callable[..., Visitor]) -> None:
    firm = visit()
    firm.log_in(demo.account("admin", "midi"))
    page = firm.page
    page.goto(demo.url("midi", LISTS))
    page.click("main a[href$='/essai/']")
    page.select_option("[name=property_kind]", "house")
    page.fill("[name=surface]", "110")
    result = page.locator("#result")
    expect(result).to_contain_text("170,00")
    # a figure that is none is told beside what is left of the form, which keeps it
    page.fill("[name=surface]", "grande")
    expect(result.locator("[role=alert]")).to_be_visible()
    expect(page.locator("[name=surface]")).to_have_value("grande")
    page.fill("[name=surface]", "90")
    expect(result.locator("[role=alert]")).to_have_count(0)

    page.goto(demo.url("midi", LISTS))
    page.locator("a.dd-row-link", has_text="Tarif général").first.click()
    page.click("text=Termites")
    lines = page.locator("[data-lines-list] > tr")
    before = lines.count()
    page.click("[data-lines-add]")
    expect(lines).to_have_count(before + 1)
    last = lines.nth(before)
    last.locator("[name$=-property_kind]").select_option("building")
    last.locator("[name$=-price]").fill("321,5")
    page.click("main .btn-primary:has-text('Enregistrer')")
    expect(page.locator(".dd-price-grid")).to_contain_text("321,50")


def test_no_page_of_prices_and_rules_has_a_fault(demo: Demo, visit: Callable[..., Visitor]) -> None:
    found: list[str] = []
    for width, height in WIDTHS:
        firm = visit(width=width, height=height)
        firm.log_in(demo.account("admin"))
        page = firm.page
        page.goto(demo.url("armor", LISTS))
        one = str(page.locator("a.dd-row-link").first.get_attribute("href"))
        rest = ("", "modifier/", "copier/", "prix/", "forfaits/", "deplacements/", "importer/")
        paths = [LISTS, *(one + each for each in rest), f"{LISTS}nouveau/"]
        paths.append(f"{LISTS}essai/?asked=1&diagnostics=dpe&diagnostics=dtg&property_kind=flat&surface=60")
        paths += ["/reglages/diagnostics/", "/reglages/diagnostics/regles/ajouter/", "/reglages/zones/"]
        paths.append("/reglages/zones/ajouter/")
        for path in paths:
            found += faults_at(page, demo.url("armor", path))
    assert not found, "\n".join(found)
