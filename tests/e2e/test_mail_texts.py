"""A mail's text in the browser: tags by click, drag and key, the preview, a trial that arrives, history, default."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.e2e.conftest import Demo, Visitor
from tests.e2e.faults import WIDTHS, faults_at, faults_of
from tests.support import html_of, text_of

LIST = "/reglages/e-mails/"
ADMIN = "gwenaelle@armor-diagnostics.example"


def typed(page: Page) -> str:
    return str(page.eval_on_selector("[data-rich-source]", "it => it.value"))


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_the_pages_of_texts_are_right(demo: Demo, visit: Callable[..., Visitor], width: int, height: int) -> None:
    firm = visit(width=width, height=height)
    firm.log_in(demo.account("admin"))
    page = firm.page
    faults = faults_at(page, demo.url("armor", LIST))
    faults += faults_at(page, demo.url("armor", f"{LIST}order_sent/?langue=en"))
    expect(page.frame_locator("#mail-preview iframe").locator(".site, img")).to_be_visible()
    assert not faults


def test_a_firm_words_a_mail_tries_it_and_goes_back(demo: Demo, visit: Callable[..., Visitor]) -> None:
    firm = visit()
    firm.log_in(demo.account("admin"))
    page = firm.page
    faults = faults_at(page, demo.url("armor", f"{LIST}documents_asked/?langue=fr"))
    shown = page.frame_locator("#mail-preview iframe")
    expect(shown.locator(".site, img")).to_be_visible()

    # the text, its tags by click, keyboard and drag; the preview follows
    page.locator(".ql-editor").click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("Chère ")
    page.locator("[data-tag='{nom}']").click()
    page.keyboard.type(", voici ")
    page.locator("[data-tag]").first.focus()
    page.keyboard.press("End")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-tag='{nom}']")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert typed(page).startswith("<p>Chère {nom}, voici {cabinet}</p>")
    page.locator("[data-tag='{lien}']").drag_to(page.locator(".ql-editor p").first)
    assert "{lien}" in typed(page).split("</p>")[0]
    page.fill("[name=subject]", "Pour ")
    page.locator("[data-tag='{cabinet}']").click()
    expect(page.locator("[name=subject]")).to_have_value("Pour {cabinet}")
    expect(page.locator("[data-preview-subject]")).to_have_text("Pour Armor Diagnostics")
    expect(shown.locator("body")).to_contain_text("Chère Marie Le Goff, voici")
    page.locator("[data-width=phone]").click()
    expect(page.locator("#mail-preview iframe")).to_have_css("width", "390px")
    page.locator("#mail-preview summary").click()
    expect(page.locator("#mail-preview pre")).to_contain_text("Chère Marie Le Goff")
    faults += faults_of(page)

    # a trial, received
    before = len([mail for mail in demo.box.mails() if ADMIN in str(mail["To"])])
    page.locator("[hx-post*='/essai/']").click()
    expect(page.locator("[data-toast=success]")).to_be_visible(timeout=20_000)
    mail = demo.wait_for_mail(ADMIN, after=before)
    assert "Pour Armor Diagnostics" in mail["Subject"]
    assert "Chère Marie Le Goff" in text_of(mail)
    assert "Marie Le Goff" in html_of(mail)

    # what is wrong is told, what was typed stays
    page.fill("[name=subject]", "Pour {personne}")
    page.locator("form[data-unsaved] .btn-primary").click()
    expect(page.locator("main form[data-unsaved]")).to_contain_text("{personne} (ligne 1")
    expect(page.locator("[name=subject]")).to_have_value("Pour {personne}")
    assert "Chère {nom}" in typed(page)
    faults += faults_of(page)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    page.locator(".dd-tabs a").first.click()
    expect(page.locator("[name=subject]")).to_have_value("Pour {personne}")
    assert asked == ["beforeunload"], "what is not saved is not lost without a question"

    # saved, back to ours, and to the first version
    page.fill("[name=subject]", "Pour {cabinet}")
    page.locator("form[data-unsaved] .btn-primary").click()
    expect(page.locator("[formaction*='/texte-initial/']")).to_be_visible()
    expect(page.locator("[name=subject]")).to_have_value("Pour {cabinet}")
    page.locator("[formaction*='/texte-initial/']").click()
    page.locator("#dd-confirm-button").click()
    expect(page.locator("[formaction*='/texte-initial/']")).to_have_count(0)
    expect(page.locator("[name=subject]")).not_to_have_value("Pour {cabinet}")
    page.locator("#history summary").click()
    page.locator("#history form button").last.click()
    expect(page.locator("[name=subject]")).to_have_value("Pour {cabinet}")
    page.goto(demo.url("armor", LIST))
    expect(page.locator(".dd-mail-yours").first).to_contain_text(re.compile("Français|English"))
    assert not faults, "\n".join(faults)
