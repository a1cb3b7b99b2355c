"""What the look's scripts do, in a real Chromium under the product's own content security policy."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from tests.themes.browser_site import Site, page, serve

PAGES = 40
FORM = """{% extends "base_auth.html" %}{% load static %}{% block heading %}New dossier{% endblock %}
{% block content %}<form method="post" action="/publish">
{% include "components/upload.html" with url="/upload" max_bytes=100000 %}
<button class="btn btn-primary" id="publish">Publish</button></form>{% endblock %}
{% block scripts %}{{ block.super }}
<script type="module" src="{% static 'themes/js/upload.js' %}"></script>{% endblock %}"""
ROW = (
    '<div data-upload-row><input type="hidden" name="file-token" value="abc">'
    '<label>Nom <input name="file-name" value="NAME"></label>'
    '<button type="button" data-upload-remove>x</button></div>'
)
CONFIRM = """{% extends "base_auth.html" %}{% block heading %}Contact{% endblock %}
{% block content %}
<form method="post" action="/delete" data-confirm="Delete the contact “Agence”?" data-confirm-danger
data-confirm-button="Delete"><button class="btn" id="delete">Delete…</button></form>{% endblock %}"""
READ = """{% extends "base_viewer.html" %}{% block title %}Report{% endblock %}
{% block content %}
{% include "components/pdf_viewer.html" with src=src download_url="/download" name="Rapport.pdf" %}{% endblock %}"""


def pdf(pages: int, password: str = "") -> bytes:
    """Returns a PDF with a line of text on each page."""
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for number in range(1, pages + 1):
        sheet = writer.add_blank_page(595, 842)
        sheet[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F"): font})}
        )
        content = DecodedStreamObject()
        content.set_data(f"BT /F 24 Tf 72 700 Td (Constat numero {number}) Tj ET".encode())
        sheet[NameObject("/Contents")] = writer._add_object(content)
    if password:
        writer.encrypt(password, algorithm="AES-256")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(Site()) as served:
        yield served


@pytest.fixture(params=[1440, 390])
def tab(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A tab, at the width of a desk and of a telephone; nothing may break the policy in it."""
    context = browser.new_context(viewport={"width": request.param, "height": 844})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    assert complaints == []
    context.close()


def fits(tab: Page) -> bool:
    return bool(tab.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def violations(tab: Page) -> list[Any]:
    return [(found["id"], found["nodes"][0]["html"]) for found in Axe().run(tab).response["violations"]]


def chosen(name: str, size: int) -> Any:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": b"x" * size}


def open_form(site: Site, tab: Page) -> None:
    site.pages["/"] = page(FORM)
    site.row = page(ROW)
    tab.goto(site.address)
    tab.wait_for_load_state("networkidle")


def test_files_are_sent_one_by_one_and_each_answer_stays_on_its_own_row(site: Site, tab: Page) -> None:
    open_form(site, tab)
    tab.set_input_files(
        "input[type=file]",
        [chosen("rapport é.pdf", 1200), chosen("vide.pdf", 0), chosen("lourd.zip", 100_001), chosen("virus.exe", 9)],
    )
    expect(tab.locator("[data-upload-row]")).to_have_count(1)
    expect(tab.locator("[data-upload-row] input[name=file-name]")).to_have_value("rapport é.pdf")
    expect(tab.locator(".dd-failed")).to_have_count(3)
    said = tab.locator("[data-error]:visible").all_inner_texts()
    assert said[0] == "This file is empty."
    assert said[1].startswith("This file is too large")
    assert said[2] == "Programs are not accepted."
    assert sorted(site.received) == [("rapport é.pdf", 1200), ("virus.exe", 9)]
    assert violations(tab) == []
    assert fits(tab)


def test_the_form_waits_for_its_uploads(site: Site, tab: Page) -> None:
    open_form(site, tab)
    site.slow_seconds = 0.6
    tab.set_input_files("input[type=file]", [chosen("a.pdf", 10), chosen("b.pdf", 10), chosen("c.pdf", 10)])
    expect(tab.locator("#publish")).to_be_disabled()
    assert tab.locator(".dd-upload-item").count() == 3
    expect(tab.locator("[data-upload-row]")).to_have_count(3)
    expect(tab.locator("#publish")).to_be_enabled()
    tab.click("#publish")
    expect(tab.locator("body")).to_have_text("posted")
    assert site.posted == ["/publish"]


def test_a_failed_upload_can_be_tried_again_and_a_running_one_stopped(site: Site, tab: Page) -> None:
    open_form(site, tab)
    site.failing = True
    tab.set_input_files("input[type=file]", [chosen("a.pdf", 10)])
    expect(tab.locator("[data-retry]")).to_be_visible()
    site.failing = False
    tab.click("[data-retry]")
    expect(tab.locator("[data-upload-row]")).to_have_count(1)
    expect(tab.locator(".dd-upload-item")).to_have_count(0)
    site.slow_seconds = 1.0
    tab.set_input_files("input[type=file]", [chosen("b.pdf", 10)])
    tab.click("[data-cancel]")
    expect(tab.locator(".dd-upload-item")).to_have_count(0)
    expect(tab.locator("#publish")).to_be_enabled()
    tab.click("[data-upload-remove]")
    expect(tab.locator("[data-upload-row]")).to_have_count(0)


def test_a_lost_connection_loses_nothing_else(site: Site, tab: Page) -> None:
    open_form(site, tab)
    tab.set_input_files("input[type=file]", [chosen("a.pdf", 10)])
    expect(tab.locator("[data-upload-row]")).to_have_count(1)
    tab.context.set_offline(True)
    tab.set_input_files("input[type=file]", [chosen("b.pdf", 10)])
    expect(tab.locator("[data-error]:visible")).to_contain_text("The connection was lost")
    tab.context.set_offline(False)
    tab.click("[data-retry]:visible")
    expect(tab.locator("[data-upload-row]")).to_have_count(2)


def test_a_dropped_file_is_sent(site: Site, tab: Page) -> None:
    open_form(site, tab)
    dropped = tab.evaluate_handle(
        "() => { const d = new DataTransfer(); d.items.add(new File(['hello'], 'dépôt.txt')); return d; }"
    )
    for kind in ("dragenter", "dragover", "drop"):
        tab.dispatch_event("[data-upload-drop]", kind, {"dataTransfer": dropped})
    expect(tab.locator("[data-upload-row]")).to_have_count(1)
    assert site.received == [("dépôt.txt", 5)]


def test_a_dangerous_form_asks_first(site: Site, tab: Page) -> None:
    site.pages["/"] = page(CONFIRM)
    tab.goto(site.address)
    tab.click("#delete")
    dialog = tab.locator("#dd-confirm")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Delete the contact “Agence”?")
    assert violations(tab) == []
    tab.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert site.posted == []
    tab.click("#delete")
    tab.click("#dd-confirm-button")
    expect(tab.locator("body")).to_have_text("posted")
    assert site.posted == ["/delete"]


def test_a_long_pdf_is_read_in_the_page(site: Site, tab: Page) -> None:
    site.pages["/"] = page(READ, src="/report.pdf")
    site.files["/report.pdf"] = pdf(PAGES)
    tab.goto(site.address)
    tab.wait_for_selector("[data-ready]")
    expect(tab.locator("[data-count]")).to_have_text(f"of {PAGES}")
    expect(tab.locator(".textLayer").first).to_contain_text("Constat numero 1")
    assert tab.locator("canvas").count() < PAGES / 2, "pages far away are drawn only when they come near"
    tab.fill("[data-page]", "31")
    tab.press("[data-page]", "Enter")
    expect(tab.locator(".page[data-page-number='31'] .textLayer")).to_contain_text("Constat numero 31")
    before = tab.locator("[data-scale]").text_content()
    tab.click("[data-action=zoom-in]")
    assert tab.locator("[data-scale]").text_content() != before
    tab.click("[data-action=find]")
    tab.fill("[data-find-input]", "numero 7")
    expect(tab.locator("[data-found]")).to_have_text("1 / 1")
    expect(tab.locator("[data-page]")).to_have_value("7")
    assert violations(tab) == []
    assert fits(tab)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"%PDF-1.7 and then nothing of one", "damaged or is not a PDF"),
        (pdf(1, password="secret"), "protected by a password"),
        (None, "not available any more"),
    ],
)
def test_a_pdf_that_cannot_be_shown_says_why_and_can_be_downloaded(
    site: Site, tab: Page, content: bytes | None, message: str
) -> None:
    site.pages["/"] = page(READ, src="/report.pdf")
    if content is not None:
        site.files["/report.pdf"] = content
    tab.goto(site.address)
    expect(tab.locator("[data-error-text]")).to_contain_text(message)
    expect(tab.get_by_role("link", name="Download the file")).to_have_attribute("href", "/download")
    assert fits(tab)
