"""Every page of the route matrix that a person gets: found by its links, each address's kind once, at three widths."""

import re
from collections import deque
from collections.abc import Callable

import pytest
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Demo, Visitor
from tests.e2e.faults import WIDTHS, faults_of
from tests.route_matrix import FIRM, PEOPLE
from tests.test_routes import parse

type Visit = Callable[..., Visitor]
#: A window of 1,440 pixels enlarged to 200 %.
ENLARGED = (720, 450)
#: Pages that have nothing of ours but a file, or a page of the library that another test opens. The reference of the
#: API is drawn by Swagger UI, which is not clean (decisions/0036): the guide and openapi.json say the same.
_NO_PAGE = re.compile(r"^(mfa_|usersessions_)|^api-docs$|-(export|zip|ics|pdf|kml|kmz|picture|sample|content)$")
_IS_PAGE = """path => fetch(path).then(answer => answer.status === 200 && !answer.redirected
    && (answer.headers.get('content-type') ?? '').startsWith('text/html'))"""
TABLE = parse(FIRM)


def wanted_routes(person: str) -> set[str]:
    """Returns the routes that answer a person's GET with a page."""
    column = PEOPLE.index(person)
    rows = TABLE.items()
    return {
        name
        for (name, method), answers in rows
        if method == "GET" and answers[column] == "200" and not _NO_PAGE.search(name)
    }


def walk(page: Page, demo: Demo, person: str) -> tuple[list[str], set[str]]:
    """Returns what is wrong with the pages that links lead to, each route once, and the routes that none led to."""
    wanted, faults = wanted_routes(person), []
    waiting: deque[str] = deque()
    for name in sorted(wanted):
        try:
            waiting.append(reverse(name, urlconf="config.urls_firm"))
        except NoReverseMatch:
            continue
    seen: set[str] = set()
    while waiting:
        path = waiting.popleft()
        try:
            name = resolve(path.partition("?")[0], urlconf="config.urls_firm").url_name or ""
        except Resolver404:
            continue
        if name in seen or name not in wanted:
            continue
        seen.add(name)
        if not page.evaluate(_IS_PAGE, path):
            continue
        page.set_viewport_size({"width": WIDTHS[0][0], "height": WIDTHS[0][1]})
        page.goto(demo.url("armor", path))
        page.wait_for_load_state("networkidle")
        if not page.locator("h1, iframe").count():  # a part of a page, for htmx
            continue
        for width, height in (*WIDTHS, ENLARGED):
            page.set_viewport_size({"width": width, "height": height})
            faults += [f"{path} at {width}: {fault}" for fault in faults_of(page)]
        if not page.title().strip():
            faults.append(f"{path}: no title")
        links = page.eval_on_selector_all("a[href^='/']", "links => links.map(link => link.getAttribute('href'))")
        waiting.extend(link for link in links if link)
    return faults, wanted - seen


@pytest.mark.parametrize(("role", "person"), [("admin", "anna"), ("client", "alice")])
def test_every_page_is_clean(demo: Demo, visit: Visit, role: str, person: str) -> None:
    visitor = visit(width=1440, height=900)
    visitor.log_in(demo.account(role))
    expect(visitor.page.locator(".dd-shell")).to_be_visible()
    faults, unseen = walk(visitor.page, demo, person)
    assert not faults, "\n".join(faults)
    assert not unseen & {"dossier-detail", "order-detail", "quote-detail", "accessibility"}, unseen


def test_the_main_job_is_done_by_keyboard_alone(demo: Demo, visit: Visit) -> None:
    visitor = visit(width=1440, height=900)
    visitor.log_in(demo.account("admin"))
    page = visitor.page
    page.goto(demo.url("armor", "/dossiers/"))
    page.keyboard.press("Tab")
    expect(page.locator(".dd-skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    # a dialog opens, keeps the focus and gives it back
    page.goto(demo.url("armor", "/contacts/"))
    button = page.locator("form[data-confirm] button").first
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog[open], .modal.show").first
    expect(dialog).to_be_visible()
    for _ in range(6):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "() => document.activeElement === document.body || "
            "Boolean(document.activeElement.closest('dialog, .modal'))"
        )
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    # the tabs of the settings, and what is wrong with a form
    page.goto(demo.url("armor", "/reglages/devis/"))
    current = page.locator(".dd-tabs-pages [aria-current=page]")
    current.focus()
    assert page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle") != "none"
    field = page.locator("[name=valid_days]")
    field.fill("0")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    expect(page.locator("[name=valid_days]")).to_have_attribute("aria-invalid", "true")


def test_nothing_moves_for_whoever_wants_no_motion(demo: Demo, visit: Visit) -> None:
    visitor = visit(width=1440, height=900)
    visitor.log_in(demo.account("admin"))
    page = visitor.page
    page.emulate_media(reduced_motion="reduce")
    page.goto(demo.url("armor", "/dossiers/"))
    moving = page.evaluate(
        "() => [...document.querySelectorAll('body *')].filter(element => {"
        " const style = getComputedStyle(element);"
        " return parseFloat(style.animationDuration) > 0.01 || parseFloat(style.transitionDuration) > 0.01;"
        "}).map(element => element.className || element.tagName).slice(0, 5)"
    )
    assert moving == []


def test_the_statement_is_in_the_foot(demo: Demo, visit: Visit) -> None:
    page = visit(width=390, height=844).page
    page.goto(demo.url("armor", "/compte/connexion/"))
    page.locator("a[href='/accessibilite/']").click()
    expect(page.locator("h1")).to_be_visible()
    assert not faults_of(page)
