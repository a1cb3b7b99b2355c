"""Contacts in the browser: a selection by keyboard, sub-accounts by the client, a merge, an erasure, both sides."""

import re
import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Demo, Visitor
from tests.e2e.faults import WIDTHS, faults_at
from tests.support import text_of


def _create(page: Page, demo: Demo, name: str, *, inherit: str = "") -> str:
    """Makes a client without sending its codes and returns the address of its page."""
    page.goto(demo.url("armor", "/contacts/nouveau/"))
    page.fill("[name=name]", name)
    page.fill("[name=email]", f"{name.lower()}@else.example")
    page.uncheck("[name=send_codes]")
    if inherit:
        page.click(".ts-control")
        page.fill(".ts-control input", inherit)
        page.locator(".ts-dropdown .option", has_text=inherit).first.click()
    page.click("form.dd-form .btn-primary")
    page.wait_for_url(re.compile(r"/contacts/[0-9a-z]{12}/$"))
    return page.url


def _name(stem: str) -> str:
    return f"{stem}{secrets.token_hex(3)}"


def test_codes_are_sent_to_a_selection_by_keyboard(demo: Demo, visit: Callable[..., Visitor]) -> None:
    firm = visit()
    firm.log_in(demo.account("staff"))
    page = firm.page
    stem = _name("Clavier")
    first, second = f"{stem}a", f"{stem}b"
    _create(page, demo, first)
    _create(page, demo, second)
    page.goto(demo.url("armor", f"/contacts/?q={stem}"))
    rows = page.locator("[data-bulk-row]")
    expect(rows).to_have_count(2)
    expect(page.locator("[data-bulk-bar]")).to_be_hidden()
    for number in range(2):
        rows.nth(number).focus()
        page.keyboard.press("Space")
    expect(page.locator("[data-bulk-bar]")).to_be_visible()
    page.locator("[data-bulk-bar] button").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/contacts/selection/codes/"))
    expect(page.locator("main")).to_contain_text(first)
    expect(page.locator("main")).to_contain_text(second)
    page.locator("button[name=confirmed]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/contacts/$"))
    for name in (first, second):
        assert name.lower() in text_of(demo.wait_for_mail(f"{name.lower()}@else.example"))


def test_an_heir_a_merge_and_an_erasure(demo: Demo, visit: Callable[..., Visitor]) -> None:
    firm = visit()
    firm.log_in(demo.account("staff"))
    page = firm.page
    client = demo.account("client")["login"]
    page.goto(demo.url("armor", f"/contacts/?q={client}"))
    source = page.locator("a.dd-row-link").first.inner_text()
    heir, other = _name("Heritier"), _name("Autre")
    heir_page = _create(page, demo, heir, inherit=source)
    expect(page.locator("#contact-dossiers .dd-access-inherited").first).to_be_visible()
    other_page = _create(page, demo, other)
    expect(page.locator("#contact-dossiers")).not_to_contain_text("Maison")

    page.goto(f"{other_page}fusionner/")
    page.click(".ts-control")
    page.fill(".ts-control input", heir)
    page.locator(".ts-dropdown .option", has_text=heir).first.click()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".ts-dropdown")).to_be_hidden()
    page.click("form.dd-form .btn-primary")
    expect(page.locator("main")).to_contain_text(f"{heir.lower()}@else.example")
    page.click(".form-footer .btn-danger")
    page.click("#dd-confirm-button")
    page.wait_for_url(other_page)
    expect(page.locator("#contact-dossiers .dd-access-inherited").first).to_be_visible()
    expect(page.locator("main")).to_contain_text(f"{heir.lower()}@else.example")
    answer = page.goto(heir_page)
    assert answer is not None
    assert answer.status == 404

    page.goto(f"{other_page}effacer/")
    page.check("[name=sure]")
    page.click(".form-footer .btn-danger")
    page.click("#dd-confirm-button")
    page.wait_for_url(other_page)
    expect(page.locator("h1")).not_to_contain_text(other)
    expect(page.locator("main")).not_to_contain_text("else.example")


def test_a_client_gives_a_collaborator_an_account(demo: Demo, visit: Callable[..., Visitor]) -> None:
    client = visit()
    client.log_in(demo.account("client"))
    name = _name("Sam")
    client.page.goto(demo.url("armor", "/collaborateurs/nouveau/"))
    client.page.fill("[name=name]", name)
    client.page.fill("[name=email]", f"{name.lower()}@else.example")
    client.page.click("form.dd-form .btn-primary")
    client.page.wait_for_url(re.compile("/collaborateurs/$"))
    text = text_of(demo.wait_for_mail(f"{name.lower()}@else.example"))
    found = re.search(r"\b[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}\b", text)
    assert found

    sam = visit()
    account = {"host": f"armor.localhost:{demo.port}", "login": f"{name.lower()}@else.example", "password": found[0]}
    sam.log_in(account)
    sam.page.fill("[name=oldpassword]", found[0])
    sam.page.fill("[name=password1]", "Brume-et-granit-1")
    sam.page.fill("[name=password2]", "Brume-et-granit-1")
    sam.page.press("[name=password2]", "Enter")
    sam.page.wait_for_url(re.compile(r"localhost:\d+/(dossiers/)?$"))
    sam.page.goto(demo.url("armor", "/dossiers/"))
    client.page.goto(demo.url("armor", "/dossiers/"))
    titles = [page.locator("a.dd-row-link").all_inner_texts() for page in (sam.page, client.page)]
    assert titles[0] == titles[1] != []

    client.page.goto(demo.url("armor", "/collaborateurs/"))
    row = client.page.locator("tr", has_text=name)
    row.locator(".btn-ghost-danger").click()
    client.page.click("#dd-confirm-button")
    expect(client.page.locator("tr", has_text=name)).to_have_count(0)
    sam.page.goto(demo.url("armor", "/dossiers/"))
    assert "/compte/connexion/" in sam.page.url


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_the_pages_are_clean(demo: Demo, visit: Callable[..., Visitor], width: int, height: int) -> None:
    firm = visit(width=width, height=height)
    firm.log_in(demo.account("staff"))
    page = firm.page
    page.goto(demo.url("armor", "/contacts/?sort=-company&kind=agency"))
    first = str(page.locator("a.dd-row-link").first.get_attribute("href"))
    page.goto(demo.url("armor", f"{first}fusionner/"))
    other = str(page.locator("#other option").nth(1).get_attribute("value"))
    paths = ["/contacts/?sort=-company&kind=agency", first, f"{first}modifier/", f"{first}fusionner/"]
    paths += [f"{first}fusionner/?other={other}", f"{first}effacer/", f"{first}sous-comptes/"]
    faults = [fault for path in paths for fault in faults_at(page, demo.url("armor", path))]
    client = visit(width=width, height=height)
    client.log_in(demo.account("client"))
    for path in ("/collaborateurs/", "/collaborateurs/nouveau/"):
        faults += faults_at(client.page, demo.url("armor", path))
    assert faults == []
