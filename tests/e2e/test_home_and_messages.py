"""A day's beginning, in a browser: the home page of both sides, and a conversation about a dossier."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Demo, Visitor
from tests.e2e.faults import WIDTHS, faults_at, faults_of


def _write(page: Page, subject: str, text: str) -> None:
    page.fill("[name=subject]", subject)
    page.fill("[name=body]", text)
    page.click("form:has([name=body]) button.btn-primary")


def _unread(page: Page) -> str:
    return page.locator("a.dd-tile[href^='/messages/'] .dd-tile-value").inner_text()


def test_a_client_and_the_firm_write_to_each_other_about_a_dossier(demo: Demo, visit: Callable[..., Visitor]) -> None:
    client, admin = visit(width=390, height=844), visit()
    account = demo.account("client")
    client.log_in(account)
    admin.log_in(demo.account("admin"))
    admin.page.goto(demo.url("armor", "/"))
    before = int(_unread(admin.page))

    # the client, from its dossier: the form comes when it is asked for
    page = client.page
    page.goto(demo.url("armor", "/dossiers/"))
    page.locator("a.dd-row-link").first.click()
    page.wait_for_url(re.compile(r"/dossiers/[0-9a-z]{12}/$"))
    page.wait_for_load_state("networkidle")
    title = page.locator("h1").inner_text()
    dossier = page.url.split("?")[0].split("#")[0]
    assert page.locator("[name=body]").count() == 0
    page.click("#dossier-messages a")
    expect(page.locator("[name=subject]")).to_have_value(title)
    _write(page, title, " ")
    expect(page.locator("[name=body].is-invalid")).to_be_visible(timeout=20_000)
    _write(page, "Les clés", "Elles sont à l’agence.")
    expect(page).to_have_url(f"{dossier}#messages", timeout=20_000)

    # the firm, from its home page
    page = admin.page
    page.goto(demo.url("armor", "/"))
    assert int(_unread(page)) == before + 1
    page.locator("section[aria-labelledby=home-messages] .dd-list a").first.click()
    assert "Elles sont à l’agence." in page.locator(".dd-message-body").inner_text()
    page.click("a[href$='/repondre/']")
    expect(page.locator("blockquote")).to_contain_text("Elles sont à l’agence.")
    _write(page, "Re: Les clés", "Merci, à mardi.")
    expect(page).to_have_url(demo.url("armor", "/messages/"), timeout=20_000)
    page.goto(demo.url("armor", "/"))
    assert int(_unread(page)) == before

    # the client is told and reads it
    mail = demo.wait_for_mail(account.get("email") or "@")
    assert mail is not None
    page = client.page
    page.goto(demo.url("armor", "/"))
    assert int(_unread(page)) >= 1
    page.locator("section[aria-labelledby=home-messages] .dd-list a").first.click()
    body = page.locator(".dd-message-body").inner_text()
    assert "Merci, à mardi." in body
    assert "> Elles sont à l’agence." in body

    # the firm sees that it was read, and writes to the dossier's readers of its choice
    page = admin.page
    page.goto(dossier)
    page.wait_for_load_state("networkidle")
    page.click("#dossier-messages a")
    expect(page.locator(".dd-thread .dd-state-full")).to_have_count(2)
    readers = page.locator("[name=contacts]")
    assert readers.count() >= 1
    assert all(box.is_checked() for box in readers.all())


@pytest.mark.parametrize(("width", "height"), WIDTHS)
@pytest.mark.parametrize("role", ["admin", "client"])
def test_home_and_message_pages_are_clean(
    demo: Demo, visit: Callable[..., Visitor], role: str, width: int, height: int
) -> None:
    visitor = visit(width=width, height=height)
    visitor.log_in(demo.account(role))
    page = visitor.page
    paths = ["/", "/messages/", "/messages/?q=introuvable", "/messages/?show=sent", "/messages/nouveau/"]
    faults = [fault for path in paths for fault in faults_at(page, demo.url("armor", path))]
    page.goto(demo.url("armor", "/dossiers/"))
    dossier = page.locator("a.dd-row-link").last.get_attribute("href")
    faults += faults_at(page, demo.url("armor", f"{dossier}messages/"))
    page.goto(demo.url("armor", str(dossier)))
    page.wait_for_load_state("networkidle")
    page.click("#dossier-messages a")
    page.wait_for_selector("[name=body]")
    faults += [f"{dossier} messages: {fault}" for fault in faults_of(page, "#dossier-messages")]
    assert not faults, "\n".join(faults)
