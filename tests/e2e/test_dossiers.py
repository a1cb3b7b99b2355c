"""The list of dossiers and one dossier in the browser, as the firm and as its client."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from python_calamine import CalamineWorkbook

from tests.e2e.conftest import Demo, Visitor

WIDTHS = [(1440, 900), (390, 844)]


def _search(page: Page, text: str) -> None:
    """Types into the live search and waits for its answer in the address."""
    page.fill("[data-search]", text)
    page.wait_for_url(re.compile(rf"[?&]q={text}\b"))


def _exported(page: Page) -> list[str]:
    """Returns the second and later lines of the Excel export, each as one text."""
    with page.expect_download() as download:
        page.click("a[data-follows-list][download]")
    rows = CalamineWorkbook.from_path(str(download.value.path())).get_sheet_by_index(0).to_python()
    return [" ".join(str(cell) for cell in row) for row in rows[1:]]


def _titles(page: Page) -> list[str]:
    return page.locator("#results a.dd-row-link").all_inner_texts()


def _chosen(page: Page) -> Locator:
    return page.locator("[data-bulk-row]:checked")


def _new(page: Page, demo: Demo, title: str) -> str:
    """Publishes a dossier without file or client and returns its address."""
    page.goto(demo.url("armor", "/dossiers/nouveau/"))
    page.fill("[name=title]", title)
    page.locator("form.dd-form button.btn-primary").last.click()
    page.wait_for_url(re.compile(r"/dossiers/[0-9a-z]{12}/$"))
    return page.url


@pytest.mark.parametrize("role", ["staff", "client"])
@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_search_sort_map_and_export_follow_each_other(
    demo: Demo, visit: Callable[..., Visitor], width: int, height: int, role: str
) -> None:
    visitor = visit(width=width, height=height)
    visitor.log_in(demo.account(role))
    page = visitor.page
    page.goto(demo.url("armor", "/dossiers/"))
    everything = _titles(page)
    word = re.findall(r"[A-Za-z]{4,}", everything[0])[0]
    _search(page, word)
    expect(page.locator("#results a.dd-row-link").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    found = _titles(page)
    assert 0 < len(found) <= len(everything)
    expect(page.locator("a[href*='/dossiers/carte/'][data-follows-list]")).to_have_attribute(
        "href", re.compile(rf"q={word}")
    )
    lines = _exported(page)
    assert all(any(title in line for line in lines) for title in found)

    # a state of the bar keeps the live search
    expect(page.locator("a.dd-filter[href*='state=none']")).to_have_attribute("href", re.compile(rf"q={word}"))
    if width > 1000:
        page.click("#results th a[href*='sort=title']")
        page.wait_for_url(re.compile("sort=title"))
        assert f"q={word}" in page.url
        expect(page.locator("#results th[aria-sort=ascending]")).to_have_count(1)
        _search(page, word[:-1])
        assert "sort=title" in page.url, "the order outlives a search"


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_the_client_has_nothing_of_the_firms(
    demo: Demo, visit: Callable[..., Visitor], width: int, height: int
) -> None:
    client = visit(width=width, height=height)
    client.log_in(demo.account("client"))
    page = client.page
    page.goto(demo.url("armor", "/dossiers/"))
    assert _titles(page)
    for selector in ("[data-bulk-row]", "[data-bulk-bar]", "[href='/dossiers/nouveau/']", "#f-client"):
        expect(page.locator(selector)).to_have_count(0)
    expect(page.locator("form[action$='/avertir/']")).to_have_count(0)
    expect(page.locator("#results .dd-num", has_text="€").first).to_be_visible()
    page.goto(demo.url("armor", "/dossiers/?box=archive"))
    expect(page.locator("h1")).to_be_visible()


def test_lines_are_chosen_by_mouse_and_by_keys(demo: Demo, visit: Callable[..., Visitor]) -> None:
    firm = visit()
    firm.log_in(demo.account("staff"))
    page = firm.page
    page.goto(demo.url("armor", "/dossiers/"))
    boxes, bar = page.locator("[data-bulk-row]"), page.locator("[data-bulk-bar]")
    expect(bar).to_be_hidden()
    boxes.nth(0).click()
    boxes.nth(2).click(modifiers=["Shift"])
    expect(_chosen(page)).to_have_count(3)
    expect(bar).to_be_visible()
    expect(page.locator("[data-bulk-count]")).to_contain_text("3")
    page.click("[data-bulk-all]")
    page.click("[data-bulk-all]")
    expect(_chosen(page)).to_have_count(0)
    expect(bar).to_be_hidden()
    page.locator("h1").click()
    for key in "jjkx":
        page.keyboard.press(key)
    expect(_chosen(page)).to_have_count(1)
    expect(boxes.nth(0)).to_be_checked()


def test_paid_archived_deleted_and_taken_back(demo: Demo, visit: Callable[..., Visitor]) -> None:
    firm = visit()
    firm.log_in(demo.account("staff"))
    page = firm.page
    address = _new(page, demo, "Ventoline unique")
    row = page.locator("#results [data-bulk-row]")
    listed = demo.url("armor", "/dossiers/?q=ventoline")

    # the amount, with a comma
    page.goto(f"{address}montant/")
    page.fill("[name=amount]", "1 234,50")
    page.click("form.dd-form .btn-primary")
    page.wait_for_url(re.compile(re.escape(address)))
    expect(page.locator(".dd-amount")).to_have_text(re.compile(r"1\s234,50\s€"))

    # the details stay hidden
    page.click("[data-details]")
    expect(page.locator("#dossier-details")).to_be_hidden()
    page.goto(address)
    expect(page.locator("#dossier-details")).to_be_hidden()
    page.click("[data-details]")
    expect(page.locator("#dossier-details")).to_be_visible()

    def act(selector: str) -> None:
        row.check()
        page.click(f"[data-bulk-bar] {selector}")

    page.goto(listed)
    paid = page.locator("#results .dd-num .dd-state-full")
    expect(paid).to_have_count(0)
    act("[formaction$='/payer/']")
    expect(paid).to_have_count(1)
    assert page.url == listed
    page.click(".dd-toast-undo button")
    expect(paid).to_have_count(0)
    act("[formaction$='/archiver/']")
    expect(row).to_have_count(0)
    page.goto(f"{listed}&box=archive")
    act("[formaction$='/archiver/']")
    expect(row).to_have_count(0)
    page.goto(listed)
    act("[formaction$='/supprimer/']")
    expect(page.locator("main form")).to_contain_text("Ventoline unique")
    page.wait_for_load_state()
    page.click(".form-footer .btn-danger")
    page.click("#dd-confirm-button")
    page.wait_for_url(re.compile(r"/dossiers/$"))
    page.goto(listed)
    expect(row).to_have_count(0)
    page.goto(f"{listed}&box=bin")
    act("[formaction$='/remettre/']")
    expect(row).to_have_count(0)
    page.goto(listed)
    expect(row).to_have_count(1)


def test_notify_from_the_list_stays_on_the_list(demo: Demo, visit: Callable[..., Visitor]) -> None:
    firm = visit()
    firm.log_in(demo.account("staff"))
    page = firm.page
    listed = demo.url("armor", "/dossiers/?sort=title")
    page.goto(listed)
    page.locator("#results form[action$='/avertir/'] button").first.click()
    page.click("#dd-confirm-button")
    expect(page.locator(".dd-toast-success")).to_be_visible()
    assert page.url == listed
