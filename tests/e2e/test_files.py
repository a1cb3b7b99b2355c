"""The files of a dossier in the browser: order, versions, removal and undo, preview, one PDF of all, both sides."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from config.demo.reports import report_pdf
from tests.e2e.conftest import Demo, Visitor
from tests.e2e.faults import faults_of

WIDTHS = [(1440, 900), (390, 844)]


def _report(folder: Path, name: str, pages: int) -> Path:
    path = folder / name
    path.write_bytes(report_pdf(firm="Armor", title=name, dossier="Maison", pages=pages))
    return path


def _publish(page: Page, demo: Demo, folder: Path, title: str) -> str:
    """Publishes a dossier of three files for the demo's first client and returns its address."""
    page.goto(demo.url("armor", "/dossiers/nouveau/"))
    page.fill("[name=title]", title)
    files = [_report(folder, "DPE.pdf", 2), _report(folder, "Amiante.pdf", 3), folder / "GENAPI.txt"]
    files[2].write_text("pour l'étude")
    page.set_input_files("input[type=file]", files)
    rows = page.locator("[data-upload-row]")
    expect(rows).to_have_count(3)
    chosen = [rows.nth(rank).locator("select[name^=kind-]").input_value() for rank in range(3)]
    assert sorted(chosen) == ["genapi", "report", "report"]
    page.locator("form.dd-form button.btn-primary").last.click()
    page.wait_for_url(re.compile(r"/dossiers/[0-9a-z]{12}/$"))
    return page.url


def _names(page: Page) -> list[str]:
    return [str(row.get_attribute("data-name")) for row in page.locator("#files [data-file]").all()]


def test_files_are_put_in_order_by_keyboard_and_by_drag(
    demo: Demo, visit: Callable[..., Visitor], tmp_path: Path
) -> None:
    firm = visit()
    firm.log_in(demo.account("staff"))
    page = firm.page
    address = _publish(page, demo, tmp_path, "Ordre des fichiers")
    first, second, third = _names(page)

    rows = page.locator("#files [data-file]")
    down = rows.nth(0).locator("[data-move=down]")
    down.focus()
    with page.expect_response(re.compile("/fichiers/ordre/")) as answer:
        page.keyboard.press("Enter")
    assert answer.value.status == 204
    assert _names(page) == [second, first, third]
    assert page.evaluate("() => document.activeElement.dataset.move") == "down", "the focus goes with the row"
    assert first in page.locator("[data-files-status]").inner_text()
    page.goto(address)
    assert _names(page) == [second, first, third]

    with page.expect_response(re.compile("/fichiers/ordre/")):
        rows.nth(2).locator("[data-grip]").drag_to(rows.nth(0).locator("[data-grip]"), target_position={"x": 4, "y": 2})
    page.goto(address)
    assert _names(page)[0] == third

    # what the server refuses goes back to where it was
    before = _names(page)
    page.locator("#files [data-file]").first.evaluate("row => { row.dataset.file = 'nonsense'; }")
    with page.expect_response(re.compile("/fichiers/ordre/")) as refused:
        page.locator("#files [data-file]").nth(1).locator("[data-move=up]").click()
    assert refused.value.status == 422
    expect(page.locator(".dd-toast-error")).to_be_visible()
    assert _names(page) == before


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_a_file_is_replaced_removed_put_back_and_looked_at(
    demo: Demo, visit: Callable[..., Visitor], tmp_path: Path, width: int, height: int
) -> None:
    firm = visit(width=width, height=height)
    firm.log_in(demo.account("staff"))
    page = firm.page
    address = _publish(page, demo, tmp_path, f"Versions {width}")
    assert faults_of(page) == []

    def menu(rank: int) -> None:
        page.locator("#files [data-file]").nth(rank).locator("[data-bs-toggle=dropdown]").click()

    row = _names(page).index("DPE.pdf")
    menu(row)
    assert faults_of(page) == []
    page.locator(".dropdown-menu.show a[href$='/remplacer/']").click()
    assert faults_of(page) == []
    page.set_input_files("[name=file]", _report(tmp_path, "DPE v2.pdf", 5))
    page.locator("form.dd-form button.btn-primary").click()
    page.wait_for_url(re.compile(r"/dossiers/[0-9a-z]{12}/"))
    expect(page.locator("#files [data-file]").nth(row)).to_contain_text("Version 2")

    page.locator("#files [data-file]").nth(row).locator("a.dd-mark").click()
    panel = page.locator("#files-panel")
    expect(panel).to_contain_text("Version 1")
    assert faults_of(page) == []
    with page.expect_download() as download:
        panel.locator("a[href*='/versions/'][download]").click()
    assert len(PdfReader(download.value.path()).pages) == 2
    panel.locator("[data-panel-close]").click()
    expect(panel).to_be_hidden()

    # reading in the page: the present version, then a second file in the same panel
    page.locator("#files [data-file]").nth(row).locator("[data-panel-wide]").click()
    expect(panel.locator(".pdfViewer .page").first).to_be_visible()
    expect(panel.locator("[data-count]")).to_contain_text("5")
    assert faults_of(page) == []
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(panel.locator("[data-pdf-viewer]")).to_have_count(0)
    page.locator("#files [data-file]").nth(_names(page).index("Amiante.pdf")).locator("[data-panel-wide]").click()
    expect(panel.locator("[data-count]")).to_contain_text("3")
    panel.locator("[data-panel-close]").click()

    menu(row)
    with page.expect_response(re.compile("/retirer/$")) as removed:
        page.locator(".dropdown-menu.show form[action$='/retirer/'] button").click()
    assert removed.value.status == 302
    expect(page.locator("#files [data-file]")).to_have_count(2, timeout=20_000)
    page.locator("#files details summary").click()
    expect(page.locator("#files details")).to_contain_text("DPE.pdf")
    assert faults_of(page) == []
    page.locator("#files details form button").click()
    expect(page.locator("#files [data-file]")).to_have_count(3, timeout=20_000)

    # the history of the file tells of what was just done
    page.goto(address)
    page.locator("#files [data-file]").nth(row).locator("a[data-panel][href$='/historique/']").first.click()
    expect(panel.locator("li").first).to_contain_text(re.compile(r"127\.0\.0\.1|::1"))
    assert faults_of(page) == []


def test_the_complete_dossier_and_genapi_reach_the_client(
    demo: Demo, visit: Callable[..., Visitor], tmp_path: Path
) -> None:
    client = visit(width=390, height=844)
    client.log_in(demo.account("client"))
    page = client.page
    page.goto(demo.url("armor", "/dossiers/"))
    page.locator("a.dd-row-link").first.click()
    page.wait_for_url(re.compile(r"/dossiers/[0-9a-z]{12}/"))
    assert faults_of(page) == []
    page.locator("#files [data-panel-form] button").click()
    panel = page.locator("#files-panel")
    link = panel.locator("a[href$='/complet/pdf/']")
    expect(link).to_be_visible(timeout=30_000)
    assert faults_of(page) == []
    with page.expect_download() as download:
        link.click()
    reader = PdfReader(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert len(reader.outline) >= 2
    assert "Armor Diagnostics" in reader.pages[0].extract_text()
    panel.locator("[data-panel-close]").click()
    page.locator("#files [data-panel-wide]").first.click()
    expect(panel.locator(".pdfViewer .page").first).to_be_visible()
    assert faults_of(page) == []
