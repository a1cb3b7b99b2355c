"""Ordering in the browser: somebody without an account on a phone, a client, the firm that makes a dossier of it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.conftest import Demo, Visitor
from tests.e2e.faults import WIDTHS, faults_at, faults_of

STEP = re.compile(r"/(?:commander|commandes)/([0-9a-z]{12})/")


def _go_on(page: Page, step: str) -> None:
    page.locator("button[name=go]").click()
    page.wait_for_url(re.compile(rf"/{step}/$"))


def _pick(page: Page, name: str, value: str) -> None:
    # the button that a thumb hits is the label around it
    page.locator(f"label:has(input[name={name}][value={value}])").click()


def _fill_property(page: Page, street: str) -> None:
    _pick(page, "transaction", "sale")
    _pick(page, "property_kind", "flat")
    page.fill("[name=street]", street)
    page.fill("[name=postcode]", "29200")
    page.fill("[name=city]", "Brest")


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_somebody_without_an_account_orders_and_the_firm_makes_a_dossier_of_it(
    demo: Demo, visit: Callable[..., Visitor], width: int, height: int
) -> None:
    visitor = visit(width=width, height=height)
    page = visitor.page
    faults = faults_at(page, demo.url("armor", "/commander/"))
    email = f"eve-{width}@else.example"
    street = f"{width} rue de Lyon"
    _fill_property(page, street)
    page.fill("[name=postcode]", "2920")
    page.locator("button[name=go]").click()
    expect(page.locator("[name=postcode]")).to_be_focused()
    faults += faults_of(page)
    assert page.locator("[name=street]").input_value() == street, "what was typed is kept"
    page.fill("[name=postcode]", "29200")
    _go_on(page, "description")
    faults += faults_of(page)
    page.select_option("[name=build_period]", "before_1949")
    page.fill("[name=surface]", "78,5 m²")
    _pick(page, "co_owned", "yes")
    _go_on(page, "diagnostics")
    faults += faults_of(page)
    mandatory = page.locator("section[aria-labelledby=needs-required] input:checked")
    kinds = [box.get_attribute("value") for box in mandatory.all()]
    assert {"crep", "amiante", "carrez"} <= set(kinds)
    page.locator("#zones > summary").click()
    page.select_option("[name=zone_noise]", "no")
    expect(page.locator("section[aria-labelledby=needs-conditional] [value=ensa]")).to_have_count(0)
    page.check("[name=diagnostics][value=dpe]")
    _go_on(page, "personnes")
    faults += faults_of(page)
    page.fill("[name=orderer_name]", "Eve Martin")
    page.fill("[name=orderer_email]", email)
    page.fill("[name=orderer_phone]", "06 11 22 33 44")
    _go_on(page, "visite")
    faults += faults_of(page)
    page.set_input_files("#id_files", FilePayload(name="plan.txt", mimeType="text/plain", buffer=b"plan"))
    _go_on(page, "verification")
    faults += faults_of(page)
    expect(page.get_by_text("plan.txt")).to_be_visible()
    page.locator("form.dd-order-buttons button").click()
    page.wait_for_url(re.compile(r"/envoyee/$"))
    faults += faults_of(page)
    link = re.findall(r"http://\S+/commander/suivi/\S+", demo.wait_for_mail(email).get_body(("plain",)).get_content())
    faults += faults_at(page, link[0])
    expect(page.get_by_text(street)).to_be_visible()

    firm = visit(width=width, height=height)
    firm.log_in(demo.account("admin"))
    office = firm.page
    faults += faults_at(office, demo.url("armor", f"/commandes/?q={width}+lyon"))
    office.locator("#results a.dd-row-link").first.click()
    office.wait_for_url(STEP)
    faults += faults_of(office)
    office.select_option("#person", index=1)
    office.get_by_role("button", name="Attribuer").click()
    expect(office.locator(".dd-history")).to_contain_text("Attribuée")
    office.get_by_role("link", name="Créer le dossier").click()
    office.wait_for_url(re.compile(r"/dossier/$"))
    faults += faults_of(office)
    office.get_by_role("button", name="Créer le dossier").click()
    office.wait_for_url(re.compile(r"/dossiers/[0-9a-z]{12}/$"))
    expect(office.locator("h1")).to_contain_text(street)
    faults += faults_at(office, demo.url("armor", "/reglages/commandes/"))
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_a_client_keeps_a_draft_goes_on_and_cancels(
    demo: Demo, visit: Callable[..., Visitor], width: int, height: int
) -> None:
    visitor = visit(width=width, height=height)
    visitor.log_in(demo.account("client"))
    page = visitor.page
    faults = faults_at(page, demo.url("armor", "/commandes/"))
    page.goto(demo.url("armor", "/commandes/nouvelle/"))
    _fill_property(page, f"{width} quai Malbert")
    page.locator("button[name=later]").click()
    page.wait_for_url(re.compile(r"/commandes/$"))
    page.get_by_role("link", name=re.compile("Continuer le brouillon")).first.click()
    page.wait_for_url(re.compile(r"/etape/bien/$"))
    assert page.locator("[name=street]").input_value() == f"{width} quai Malbert"
    _go_on(page, "description")
    _go_on(page, "diagnostics")
    page.check("[name=diagnostics][value=dpe]")
    _go_on(page, "personnes")
    page.fill("[name=orderer_phone]", "02 98 00 00 10")
    _go_on(page, "visite")
    _go_on(page, "verification")
    page.locator("form.dd-order-buttons button").click()
    page.wait_for_url(re.compile(r"/commandes/[0-9a-z]{12}/$"))
    faults += faults_of(page)
    page.locator("#cancel > summary").click()
    page.fill("[name=reason]", "Vendu autrement")
    page.get_by_role("button", name="Annuler la commande").click()
    expect(page.locator(".dd-page-subtitle")).to_contain_text("Annulée")
    expect(page.locator("#content")).to_contain_text("Vendu autrement")
    assert not faults, "\n".join(faults)
