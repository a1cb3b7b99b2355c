"""Quotes in the browser: the page of prices, a quote sent and accepted by the link of its mail, one refused."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Demo, Visitor
from tests.e2e.faults import WIDTHS, faults_at, faults_of

QUOTE = re.compile(r"/devis/[0-9a-z]{12}/$")


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_anybody_gets_a_price_and_begins_the_order_with_the_same_answers(
    demo: Demo, visit: Callable[..., Visitor], width: int, height: int
) -> None:
    page = visit(width=width, height=height).page
    faults = faults_at(page, demo.url("armor", "/tarif/"))
    page.locator("label:has(input[name=property_kind][value=house])").click()
    expect(page.locator("#result")).to_contain_text("Code postal")
    page.fill("[name=postcode]", "29200")
    page.select_option("[name=build_period]", "before_1949")
    page.fill("[name=surface]", "95")
    page.select_option("[name=heating]", "individual")
    expect(page.locator("#result")).to_contain_text("Total TTC")
    expect(page.locator("#result")).to_contain_text("(CREP)")
    faults += faults_of(page)
    page.get_by_role("link", name="Commander").click()
    page.wait_for_url(re.compile(r"/commander/\?"))
    assert page.locator("[name=postcode]").input_value() == "29200"
    page.fill("[name=street]", f"{width} rue de Paris")
    page.fill("[name=city]", "Brest")
    page.locator("button[name=go]").click()
    page.wait_for_url(re.compile(r"/description/$"))
    assert page.locator("[name=build_period]").input_value() == "before_1949"
    assert page.locator("[name=surface]").input_value() == "95"

    firm = visit(width=width, height=height)
    firm.log_in(demo.account("admin"))
    faults += faults_at(firm.page, demo.url("armor", "/reglages/devis/"))
    with firm.context.expect_page() as opened:
        firm.page.get_by_role("link", name="Aperçu").click()
    expect(opened.value.get_by_role("button", name="Voir le prix")).to_be_visible()
    faults += faults_of(opened.value)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_a_quote_is_made_sent_and_accepted_by_the_link_of_its_mail(
    demo: Demo, visit: Callable[..., Visitor], width: int, height: int
) -> None:
    firm = visit(width=width, height=height)
    firm.log_in(demo.account("staff"))
    office, email = firm.page, f"vera-{width}@else.example"
    faults = faults_at(office, demo.url("armor", "/devis/"))
    faults += faults_at(office, demo.url("armor", "/devis/nouveau/"))
    office.get_by_role("button", name="Continuer").click()
    office.wait_for_url(re.compile(r"/modifier/$"))
    office.fill("[name=client_name]", f"Vera {width}")
    office.fill("[name=client_email]", email)
    office.fill("[name=form-0-label]", "Diagnostic de performance énergétique")
    office.fill("[name=form-0-unit]", "cent")
    office.get_by_role("button", name="Enregistrer").click()
    assert office.locator("[name=form-0-unit]").input_value() == "cent", "what was typed is kept"
    office.fill("[name=form-0-unit]", "100")
    office.get_by_role("button", name="Ajouter une ligne").click()
    office.fill("[name=form-1-label]", "Déplacement")
    office.fill("[name=form-1-unit]", "20,50")
    office.fill("[name=discount]", "10")
    faults += faults_of(office)
    office.get_by_role("button", name="Enregistrer").click()
    office.wait_for_url(QUOTE)
    # 120.50 - 12.05, and 20 % of it
    expect(office.locator(".dd-try-gross")).to_contain_text("130,14")
    faults += faults_of(office)
    office.get_by_role("button", name="Envoyer le devis").click()
    expect(office.locator(".dd-page-subtitle")).to_contain_text("En attente de réponse")
    faults += faults_of(office)

    mail = demo.wait_for_mail(email)
    assert [part.get_content_type() for part in mail.iter_attachments()] == ["application/pdf"]
    link = re.findall(r"http://\S+/devis/lien/\S+", mail.get_body(("plain",)).get_content())[0]
    visitor = visit(width=width, height=height).page
    faults += faults_at(visitor, link)
    with visitor.expect_download() as got:
        visitor.get_by_role("link", name="Télécharger le PDF").click()
    assert got.value.path().read_bytes().startswith(b"%PDF")
    visitor.get_by_role("button", name="Accepter le devis").click()
    faults += faults_of(visitor)
    visitor.fill("[name=name]", f"Vera {width}")
    visitor.check("[name=agreed]")
    visitor.get_by_role("button", name="Accepter le devis").click()
    expect(visitor.locator("#content")).to_contain_text("Certificat d’acceptation")
    faults += faults_of(visitor)
    demo.wait_for_mail(email, after=1)
    office.reload()
    expect(office.locator("#quote-proof")).to_be_visible()
    faults += faults_of(office)
    assert not faults, "\n".join(faults)


def test_a_client_refuses_on_a_phone_and_the_firm_sees_why(demo: Demo, visit: Callable[..., Visitor]) -> None:
    client = visit(width=390, height=844)
    client.log_in(demo.account("client"))
    page = client.page
    faults = faults_at(page, demo.url("armor", "/devis/?state=issued"))
    page.locator("#results a.dd-row-link").first.click()
    page.wait_for_url(QUOTE)
    faults += faults_of(page)
    page.get_by_text("Je n’en veux pas").click()
    page.select_option("[name=reason]", "other")
    page.get_by_role("button", name="Refuser le devis").click()
    expect(page.locator("[name=text]")).to_be_visible()
    faults += faults_of(page)
    page.fill("[name=text]", "Vendu à un cousin")
    page.get_by_role("button", name="Refuser le devis").click()
    expect(page.locator(".dd-page-subtitle")).to_contain_text("Refusé")
    firm = visit()
    firm.log_in(demo.account("staff"))
    firm.page.goto(page.url)
    expect(firm.page.locator("#content")).to_contain_text("Vendu à un cousin")
    assert not faults, "\n".join(faults)
