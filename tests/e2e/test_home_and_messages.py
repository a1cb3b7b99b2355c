"""A day's beginning, in a browser: the home page of both sides, and a conversation about a dossier."""

import re
import smtplib
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Demo, Visitor
from tests.e2e.faults import WIDTHS, faults_at, faults_of
from tests.support import text_of


def _write(page: Page, subject: str, text: str) -> None:
    page.fill("[name=subject]", subject)
    page.fill("[name=body]", text)
    page.click("form:has([name=body]) button.btn-primary")


CLIENT = "contact@agence-du-port.example"


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
    expect(page.locator(".dd-bubble .dd-message-body")).to_contain_text("Elles sont à l’agence.")
    page.fill("[name=body]", "Merci, à mardi.")
    page.locator(".dd-message-attach summary").click()
    page.set_input_files(
        ".dd-message-attach input[type=file]", {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"plan"}
    )
    expect(page.locator("[data-upload-row]")).to_be_visible(timeout=20_000)
    mailed = len([mail for mail in demo.box.mails() if CLIENT in str(mail["To"])])
    page.click("#answer button.btn-primary")
    expect(page.locator(".dd-bubble")).to_have_count(2, timeout=20_000)
    expect(page.locator(".dd-message-files")).to_contain_text("plan.txt")
    conversation = page.url
    page.goto(demo.url("armor", "/"))
    assert int(_unread(page)) == before

    # the client is told and reads it
    mail = demo.wait_for_mail(CLIENT, after=mailed)
    assert "Merci, à mardi." in text_of(mail)
    page = client.page
    page.goto(demo.url("armor", "/"))
    assert int(_unread(page)) >= 1
    page.locator("section[aria-labelledby=home-messages] .dd-list a").first.click()
    expect(page.locator(".dd-bubble .dd-message-body").nth(1)).to_have_text("Merci, à mardi.")
    expect(page.locator(".dd-bubble .dd-message-body").nth(0)).to_have_text("Elles sont à l’agence.")

    # and answers from its mail program: the menu of the firm counts it by itself
    page = admin.page
    page.goto(demo.url("armor", "/messages/?show=sent"))
    answer = EmailMessage()
    answer["From"], answer["Message-ID"] = CLIENT, "<e2e-1@client.example>"
    answer.set_content(
        f"Parfait.\n\nLe 12 mars 2026 à 10:04, Armor <{mail['Reply-To']}> a écrit :\n> Merci, à mardi.\n"
    )
    with smtplib.SMTP(demo.facts["inbound"]["host"], demo.facts["inbound"]["port"], timeout=20) as smtp:
        smtp.send_message(answer, CLIENT, [str(mail["Reply-To"])])
    page.reload()
    expect(page.locator("[data-unread] [data-count]")).to_have_text(str(before + 1), timeout=20_000)
    page.goto(conversation)
    expect(page.locator(".dd-bubble")).to_have_count(3)
    expect(page.locator(".dd-bubble .dd-message-body").nth(2)).to_contain_text("Parfait.")

    # the firm sees that it was read, and writes to the dossier's readers of its choice
    page = admin.page
    page.goto(dossier)
    page.wait_for_load_state("networkidle")
    page.click("#dossier-messages a")
    expect(page.locator(".dd-thread .dd-state-full")).to_have_count(3)
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
    paths = ["/", "/messages/", "/messages/?q=introuvable", "/messages/?show=sent&files=1", "/messages/nouveau/"]
    paths += ["/messages/modeles/", "/messages/modeles/nouveau/"] if role == "admin" else []
    faults = [fault for path in paths for fault in faults_at(page, demo.url("armor", path))]
    page.goto(demo.url("armor", "/messages/?q=cave"))
    faults += faults_at(page, demo.url("armor", str(page.locator("a.dd-row-link").first.get_attribute("href"))))
    page.goto(demo.url("armor", "/dossiers/"))
    dossier = page.locator("a.dd-row-link").last.get_attribute("href")
    faults += faults_at(page, demo.url("armor", f"{dossier}messages/"))
    page.goto(demo.url("armor", str(dossier)))
    page.wait_for_load_state("networkidle")
    page.click("#dossier-messages a")
    page.wait_for_selector("[name=body]")
    faults += [f"{dossier} messages: {fault}" for fault in faults_of(page, "#dossier-messages")]
    assert not faults, "\n".join(faults)
