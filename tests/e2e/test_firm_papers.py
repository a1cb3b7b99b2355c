"""The firm's documents, company and account requests in the browser: pages at two widths, a drag, a request decided."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Demo, Visitor
from tests.e2e.faults import WIDTHS, faults_at, faults_of

PAGES = (
    "/documents/",
    "/documents/nouveau/",
    "/reglages/societe/",
    "/reglages/societe/certifications/ajouter/",
    "/reglages/connexion/",
    "/demandes-de-compte/?state=all",
)


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_the_pages_of_the_firms_papers_are_right(
    demo: Demo, visit: Callable[..., Visitor], width: int, height: int
) -> None:
    office, client, anybody = (visit(width=width, height=height) for _ in range(3))
    office.log_in(demo.account("admin"))
    client.log_in(demo.account("client"))
    faults = [fault for path in PAGES for fault in faults_at(office.page, demo.url("armor", path))]
    faults += faults_at(client.page, demo.url("armor", "/documents/"))
    client.page.get_by_role("link", name=re.compile("Lire et garder")).click()
    expect(client.page.locator("#files-panel-body .dd-library-text")).to_be_visible()
    faults += faults_of(client.page, "#files-panel")
    faults += faults_at(anybody.page, demo.url("armor", "/demande-de-compte/"))
    assert not faults, "\n".join(faults)


def test_documents_are_dragged_moved_by_keyboard_and_read_in_the_page(
    demo: Demo, visit: Callable[..., Visitor]
) -> None:
    firm = visit(height=1400)
    firm.log_in(demo.account("admin"))
    page = firm.page
    page.goto(demo.url("armor", "/documents/"))
    page.wait_for_load_state("networkidle")
    lists = page.locator("[data-library-rows]")

    def titles(rank: int) -> list[str]:
        return lists.nth(rank).locator(".dd-list-main > .fw-medium").all_inner_texts()

    before, there = titles(0), titles(1)
    with page.expect_response(re.compile("/documents/ordre/")) as saved:
        lists.nth(0).locator("[data-grip]").first.drag_to(lists.nth(1).locator("[data-document]").first)
    assert saved.value.status == 204
    page.reload()
    assert titles(0) == before[1:]
    assert sorted(titles(1)) == sorted([*there, before[0]])
    while titles(0) == before[1:]:
        row = lists.nth(1).locator("[data-document]", has_text=before[0])
        row.locator("button[name=up][value='1']").press("Enter")
        page.wait_for_load_state()
    assert titles(0) == [*before[1:], before[0]]
    page.locator("a[data-panel]").first.click()
    expect(page.locator("#files-panel .pdfViewer .page").first).to_be_visible()
    page.keyboard.press("Escape")

    page.goto(demo.url("armor", "/reglages/societe/"))
    for name in ("siret", "siren", "vat_number"):
        page.fill(f"[name={name}]", "")
    page.fill("[name=siret]", "732 829 320 00074")
    assert page.locator("[name=siren]").input_value() == "732829320"
    page.locator("[data-vat-use]").click()
    assert page.locator("[name=vat_number]").input_value() == "FR44732829320"


def test_an_account_is_asked_for_confirmed_and_accepted(demo: Demo, visit: Callable[..., Visitor]) -> None:
    anybody, firm = visit().page, visit()
    anybody.goto(demo.url("armor", "/compte/connexion/"))
    anybody.locator("a[href='/demande-de-compte/']").click()
    anybody.fill("[name=name]", "Soizic Morvan")
    anybody.fill("[name=email]", "soizic@else.example")
    anybody.locator("form.dd-form button[type=submit]").click()
    anybody.wait_for_url(re.compile(r"/envoyee/$"))
    mail = demo.wait_for_mail("soizic@else.example")
    (link,) = re.findall(r"https?://\S+/confirmer/\S+", mail.get_body(("plain",)).get_content())
    anybody.goto(link)
    anybody.locator("main form button.btn-primary").click()
    anybody.wait_for_load_state()
    firm.log_in(demo.account("staff"))
    firm.page.locator(".dd-nav a[href='/demandes-de-compte/']").click()
    firm.page.get_by_role("link", name="Soizic Morvan").click()
    firm.page.locator("form[action$='/accepter/'] button").click()
    firm.page.wait_for_url(re.compile(r"/demandes-de-compte/$"))
    assert "soizic" in str(demo.wait_for_mail("soizic@else.example", after=1)["To"])
