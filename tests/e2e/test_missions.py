"""Mission orders in the browser: the firm sets them up and makes one, it is signed by hand and by key, and checked."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.conftest import Demo, Visitor
from tests.e2e.faults import WIDTHS, faults_at, faults_of
from tests.storage.pdf_forms import DESKTOP, form_pdf

MISSION = re.compile(r"/odm/[0-9a-z]{12}/$")


def _order_of_a_visitor(page: Page, demo: Demo, *, street: str, email: str) -> None:
    """Orders without an account, as a private owner."""

    def go_on(step: str) -> None:
        page.locator("button[name=go]").click()
        page.wait_for_url(re.compile(rf"/{step}/$"))

    page.goto(demo.url("armor", "/commander/"))
    for name, value in (("transaction", "sale"), ("property_kind", "flat")):
        page.locator(f"label:has(input[name={name}][value={value}])").click()
    for name, value in (("street", street), ("postcode", "29200"), ("city", "Brest")):
        page.fill(f"[name={name}]", value)
    go_on("description")
    go_on("diagnostics")
    page.check("[name=diagnostics][value=dpe]")
    go_on("personnes")
    for name, value in (
        ("orderer_name", "Eve Martin"),
        ("orderer_email", email),
        ("orderer_phone", "06 11 22 33 44"),
    ):
        page.fill(f"[name={name}]", value)
    go_on("visite")
    go_on("verification")
    page.locator("form.dd-order-buttons button").click()
    page.wait_for_url(re.compile(r"/envoyee/$"))


def _open_order(page: Page, demo: Demo, text: str) -> None:
    page.goto(demo.url("armor", f"/commandes/?q={text}"))
    page.locator("#results a.dd-row-link").first.click()
    page.wait_for_url(re.compile(r"/commandes/[0-9a-z]{12}/$"))


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_a_visitor_signs_by_the_link_and_the_firm_checks_the_proof(
    demo: Demo, visit: Callable[..., Visitor], width: int, height: int
) -> None:
    email, street = f"odm-{width}@else.example", f"{width} rue de la Signature"
    visitor = visit(width=width, height=height)
    page = visitor.page
    _order_of_a_visitor(page, demo, street=street, email=email)
    had = len([mail for mail in demo.box.mails() if email in str(mail["To"])])

    firm = visit(width=width, height=height)
    firm.log_in(demo.account("admin"))
    office = firm.page
    _open_order(office, demo, f"{width}+signature")
    office.get_by_role("button", name="Établir l’ordre de mission").click()
    expect(office.locator("#odm")).to_contain_text("À signer")
    faults = faults_of(office)

    mail = demo.wait_for_mail(email, after=max(had, 1))
    (link,) = set(re.findall(r"http://\S+/ordre-de-mission/\S+", mail.get_body(("plain",)).get_content()))
    faults += faults_at(page, link)
    expect(page.locator(".pdfViewer .page").first).to_be_visible()
    expect(page.locator(".textLayer").first).to_contain_text("Ordre de mission", timeout=30_000)
    page.locator("#sign form button").first.click()
    page.wait_for_url(re.compile(r"#sign$"))
    coded = demo.wait_for_mail(email, after=max(had, 1) + 1)
    (code,) = re.findall(r"\b\d{6}\b", coded.get_body(("plain",)).get_content())
    # a form that is refused comes back with what was typed and drawn
    canvas = page.locator("[data-signature] canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] / 2)
    page.mouse.down()
    for step in range(1, 12):
        page.mouse.move(box["x"] + 20 + step * 18, box["y"] + box["height"] / 2 + (10 if step % 2 else -10))
    page.mouse.up()
    page.fill("[name=name]", "Eve Martin")
    page.fill("[name=code]", "000000" if code != "000000" else "111111")
    page.check("[name=agreed]")
    page.check("[name=early_start]")
    page.get_by_role("button", name="Signer l’ordre de mission").click()
    expect(page.locator("[name=code]")).to_have_attribute("aria-invalid", "true")
    assert page.locator("[name=name]").input_value() == "Eve Martin"
    assert page.locator("[name=drawing]").input_value().startswith("data:image/png;base64,")
    faults += faults_of(page)
    page.fill("[name=code]", code)
    page.get_by_role("button", name="Signer l’ordre de mission").click()
    expect(page.get_by_text("Signé par Eve Martin")).to_be_visible()
    expect(page.locator("[name=agreed]")).to_have_count(0)
    faults += faults_of(page)

    office.reload()
    expect(office.locator("#odm")).to_contain_text("Signé par Eve Martin")
    office.get_by_role("link", name="Vérifier la preuve").click()
    office.wait_for_url(re.compile(r"/preuve/$"))
    expect(office.locator(".alert-success")).to_contain_text("Intact")
    faults += faults_of(office)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_the_firm_sets_its_mission_orders_up(
    demo: Demo, visit: Callable[..., Visitor], width: int, height: int
) -> None:
    firm = visit(width=width, height=height)
    firm.log_in(demo.account("admin"))
    page = firm.page
    faults = faults_at(page, demo.url("armor", "/reglages/odm/"))
    page.locator("[name=after]").fill("")
    page.locator("[name=after]").focus()
    page.locator('[data-tag="{{ rdv_date }}"]').click()
    assert page.locator("[name=after]").input_value() == "{{ rdv_date }}"
    first = page.locator(".dd-sections li").first
    label = first.inner_text()
    first.locator("[data-move=down]").click()
    assert page.locator(".dd-sections li").nth(1).inner_text() == label
    page.get_by_role("button", name="Enregistrer nos pages").click()
    expect(page.locator(".dd-toast, .toast").first).to_be_visible()
    assert page.locator(".dd-sections li").nth(1).inner_text() == label
    page.set_input_files("[name=file]", FilePayload(name="odm.docx", mimeType="application/zip", buffer=b"PK"))
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator("#pdf")).to_contain_text("enregistrez-le en PDF")
    faults += faults_of(page)
    form = FilePayload(name="odm.pdf", mimeType="application/pdf", buffer=form_pdf(DESKTOP))
    page.set_input_files("[name=file]", form)
    page.get_by_role("button", name="Envoyer").click()
    page.wait_for_url(re.compile(r"/champs/$"))
    faults += faults_of(page)
    expect(page.locator(".alert-warning")).to_contain_text("Texte libre")
    page.get_by_label("Texte libre").select_option("rdv_clefs")
    page.get_by_role("button", name="Enregistrer").click()
    page.wait_for_url(re.compile(r"/odm/$"))
    page.get_by_role("link", name="Aperçu avec un exemple").click()
    # filled in on the way: a busy machine takes some seconds
    expect(page.locator(".textLayer").first).to_contain_text("12 rue de Siam", timeout=30_000)
    faults += faults_of(page)
    page.goto(demo.url("armor", "/reglages/odm/"))
    page.get_by_role("button", name="Revenir à nos pages").click()
    page.wait_for_load_state()
    faults += faults_of(page)
    assert not faults, "\n".join(faults)
