"""Dossiers of the desktop software in the browser: archives sent, read, imported, and the import undone."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Demo, Visitor
from tests.e2e.faults import WIDTHS, faults_of
from tests.factories.liciel import Liciel, packed, zipped


@pytest.mark.parametrize("size", WIDTHS)
def test_archives_are_sent_read_imported_and_undone(
    demo: Demo, visit: Callable[..., Visitor], tmp_path: Path, size: tuple[int, int]
) -> None:
    firm = visit(width=size[0], height=size[1])
    firm.log_in(demo.account("admin"))
    page = firm.page
    year = f"Dossiers_{size[0]}"
    (tmp_path / "liciel.zip").write_bytes(zipped(Liciel(f"{year}-A"), Liciel(f"{year}-B", admin=None)))
    (tmp_path / "autre.zip").write_bytes(packed({"C/XML/Table_Z_Gaz_General.xml": b"<LiTable_Z_Gaz_General/>"}))

    page.goto(demo.url("armor", "/dossiers/"))
    page.locator("a[href='/dossiers/importer/']").click()
    page.set_input_files("input[type=file]", [tmp_path / "liciel.zip", tmp_path / "autre.zip"])
    expect(page.locator("[data-upload-row]")).to_have_count(2)
    assert not faults_of(page)
    page.locator("form.dd-form .form-footer button").click()

    run = page.locator("form[action$='/lancer/']")
    expect(run).to_be_visible(timeout=60_000)
    lines = page.locator("#import-state tbody tr")
    expect(lines).to_have_count(3)
    expect(page.locator(".text-danger", has_text="Table_General_Bien.xml")).to_be_visible()
    assert not faults_of(page)
    page.locator("a.dd-filter[href$='show=refused']").click()
    expect(lines).to_have_count(1)
    run.locator("button").click()

    undo = page.locator("form[action$='/annuler/']")
    expect(undo).to_be_visible(timeout=60_000)
    link = lines.filter(has_text=f"{year}-A").locator("a").first
    address = page.url
    link.click()
    page.wait_for_url(re.compile(r"/dossiers/[0-9a-z]{12}/$"))
    expect(page.locator("#files [data-file]")).to_have_count(3)
    dossier = page.url

    page.goto(address)
    undo.locator("button").click()
    page.locator("#dd-confirm-button").click()
    expect(page.locator(".dd-toast")).to_be_visible()
    expect(undo).to_have_count(0)
    page.goto(demo.url("armor", "/dossiers/"))
    expect(page.locator(f"#results a[href='{urlsplit(dossier).path}']")).to_have_count(0)
