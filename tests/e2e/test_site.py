"""The firm's web site in the browser: as visitors see it, edited in place, published, written to."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Demo, Visitor
from tests.e2e.faults import WIDTHS, faults_at, faults_of

PAGES = ("/", "/nos-diagnostics/", "/contact/", "/mentions-legales/", "/nulle-part-ici/", "/site/message/")
OFFICE = ("/site-internet/", "/site-internet/nouveau/", "/site-internet/images/", "/site-internet/messages/")


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_visitors_pages_and_the_offices_are_clean(
    demo: Demo, visit: Callable[..., Visitor], width: int, height: int
) -> None:
    visitor = visit(width=width, height=height)
    page = visitor.page
    faults = [fault for firm in ("armor", "midi") for path in PAGES for fault in faults_at(page, demo.url(firm, path))]
    page.goto(demo.url("armor"))
    assert visitor.context.cookies() == [], "visitors get no cookie"
    page.locator(".site-questions summary").first.click()
    expect(page.locator(".site-questions details[open] .site-prose")).to_be_visible()
    faults += faults_of(page)

    office = visit(width=width, height=height)
    office.log_in(demo.account("admin", "midi"))
    faults += [fault for path in OFFICE for fault in faults_at(office.page, demo.url("midi", path))]
    assert not faults, "\n".join(faults)


def test_a_visitor_writes_and_the_firm_reads_it(demo: Demo, visit: Callable[..., Visitor]) -> None:
    page = visit(width=390, height=844).page
    page.goto(demo.url("midi", "/contact/"))
    page.fill("[name=name]", "Vera Visiteuse")
    page.fill("[name=email]", "vera@else.example")
    page.fill("[name=text]", "Bonjour, un DPE à Blagnac ?")
    page.locator(".site-form button").click()
    page.wait_for_url(re.compile("/site/message/"))
    office = visit()
    office.log_in(demo.account("admin", "midi"))
    office.page.goto(demo.url("midi", "/site-internet/messages/"))
    letter = office.page.locator("article", has_text="Vera Visiteuse")
    letter.locator("button[value=done]").click()
    expect(office.page.locator("article", has_text="Vera Visiteuse").locator("button[value=again]")).to_be_visible()


def editor(visit: Callable[..., Visitor], demo: Demo) -> Page:
    office = visit()
    office.log_in(demo.account("admin", "midi"))
    office.page.goto(demo.url("midi", "/site-internet/"))
    return office.page


def test_a_block_is_changed_in_place_undone_and_published(demo: Demo, visit: Callable[..., Visitor]) -> None:
    page = editor(visit, demo)
    frame = page.frame_locator(".site-frame iframe")
    before = frame.locator("h1").inner_text()
    frame.locator("h1").click()
    page.fill("#site-panel [name=heading]", "Un titre tout neuf")
    expect(frame.locator("h1")).to_have_text("Un titre tout neuf")
    page.locator("#site-bar button[value=undo]").click()
    expect(frame.locator("h1")).to_have_text(before)
    page.locator("#site-bar button[value=redo]").click()
    expect(frame.locator("h1")).to_have_text("Un titre tout neuf")
    visitor = visit().page
    visitor.goto(demo.url("midi"))
    expect(visitor.locator("h1")).to_have_text(before)
    page.locator("#site-bar button[value=publish]").click()
    page.wait_for_load_state()
    visitor.reload()
    expect(visitor.locator("h1")).to_have_text("Un titre tout neuf")


def test_a_block_is_added_moved_and_deleted_in_the_page(demo: Demo, visit: Callable[..., Visitor]) -> None:
    page = editor(visit, demo)
    frame = page.frame_locator(".site-frame iframe")
    count = frame.locator("[data-block]").count()
    frame.locator("[data-add]").nth(1).click()
    page.locator("#site-panel button[value=text]").click()
    expect(frame.locator("[data-block]")).to_have_count(count + 1)
    added = frame.locator("[data-block]").nth(1)
    expect(added).to_have_class(re.compile("site-text"))
    added.hover()
    added.locator("[data-do=down]").click()
    expect(frame.locator("[data-block]").nth(2)).to_have_class(re.compile("site-text"))
    page.locator(".site-side-tabs button").first.click()
    rows = page.locator("[data-rows] li")
    expect(rows).to_have_count(count + 1)
    rows.nth(2).locator("button[value=remove]").click()
    expect(frame.locator("[data-block]")).to_have_count(count)
    page.locator("[data-width=phone]").click()
    expect(page.locator(".site-frame.is-phone")).to_be_visible()
    page.locator("#site-bar button[value=undo]").click()
    expect(frame.locator("[data-block]")).to_have_count(count + 1)
    page.locator("#site-bar button[value=discard]").click()
    expect(frame.locator("[data-block]")).to_have_count(count)
    expect(page.locator("#site-bar button[value=publish]")).to_have_count(0)
