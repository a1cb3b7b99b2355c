"""Booking in the browser: a visitor on a phone pays a deposit, the firm gives it back, a client moves its visit."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Demo, Visitor
from tests.e2e.faults import faults_of
from tests.support import links_of, text_of

PHONE = {"width": 390, "height": 844}
type Visit = Callable[..., Visitor]


def _go_on(page: Page, step: str) -> None:
    page.locator("button[name=go]").click()
    page.wait_for_url(re.compile(rf"/{step}/$"))


def _order(demo: Demo, page: Page, email: str) -> None:
    """Orders a DPE without an account, to the page that says that it is sent."""
    page.goto(demo.url("armor", "/commander/"))
    for name, value in (("transaction", "sale"), ("property_kind", "flat")):
        page.locator(f"label:has(input[name={name}][value={value}])").click()
    page.fill("[name=street]", "12 rue de Siam")
    page.fill("[name=postcode]", "29200")
    page.fill("[name=city]", "Brest")
    _go_on(page, "description")
    page.fill("[name=surface]", "62,5")
    _go_on(page, "diagnostics")
    if not page.locator("input[name=diagnostics][value=dpe]").is_checked():
        page.locator("label:has(input[name=diagnostics][value=dpe])").first.click()
    _go_on(page, "personnes")
    page.fill("[name=orderer_name]", "Eve Tréguer")
    page.fill("[name=orderer_email]", email)
    page.fill("[name=orderer_phone]", "06 00 00 00 99")
    _go_on(page, "visite")
    _go_on(page, "verification")
    page.locator("form.dd-order-buttons button").click()
    page.wait_for_url(re.compile(r"/envoyee/$"))


def test_a_visitor_on_a_phone_pays_a_deposit_and_the_firm_gives_it_back(demo: Demo, visit: Visit) -> None:
    visitor = visit(**PHONE)
    page, email = visitor.page, "eve-visite@else.example"
    _order(demo, page, email)
    page.locator("a", has_text="Réserver ma visite").click()
    page.wait_for_url(re.compile(r"/visite/$"))
    assert not faults_of(page)
    # with the keyboard alone: to the first time, three further, on
    first = page.locator(".dd-visit-radio").first
    first.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".dd-visit-radio").nth(3)).to_be_checked()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/payer/acompte/"))
    expect(page.locator("[data-countdown-left]")).to_have_text(re.compile(r"^(29|30):\d\d$"))
    assert not faults_of(page)
    # another time, by choice
    page.get_by_role("button", name="Libérer ce créneau").click()
    page.wait_for_url(re.compile(r"/visite/$"))
    page.locator(".dd-visit-time").nth(4).click()
    page.locator(".dd-visit-bar .btn-primary").click()
    page.wait_for_url(re.compile(r"/payer/acompte/"))
    page.locator("label.dd-mean", has_text="Stripe").click()
    page.click("[data-pay-button]")
    page.wait_for_url(re.compile(r"^http://127\.0\.0\.1"))
    page.click("button:not(.other)")
    expect(page.locator("#pay-state")).to_have_attribute("data-state", "paid", timeout=60_000)
    assert not faults_of(page)
    page.locator("a", has_text="Voir mon rendez-vous").click()
    expect(page.locator("#my-visit")).to_be_visible()
    with page.expect_download() as download:
        page.locator("a", has_text="Ajouter à mon agenda").click()
    assert download.value.path().read_bytes().startswith(b"BEGIN:VCALENDAR")
    mails = [demo.wait_for_mail(email, after=number) for number in range(3)]
    told = next(mail for mail in mails if "visite est confirmée" in str(mail["Subject"]))
    (attached,) = [part for part in told.walk() if part.get_content_type() == "text/calendar"]
    assert b"METHOD:PUBLISH" in attached.get_payload(decode=True)
    assert any("/suivi/" in path for path in links_of(told)), text_of(told)

    office = visit()
    office.log_in(demo.account("staff"))
    office.page.goto(demo.url("armor", "/commandes/?q=treguer"))
    office.page.locator("a[href*='/commandes/']", has_text=re.compile(r"C\d\d-")).first.click()
    office.page.locator("#order-visits").locator("xpath=../..").locator("a[href*='/agenda/visites/']").first.click()
    expect(office.page.locator("input[name=deposit][value=back]")).to_be_checked()
    assert not faults_of(office.page)
    office.page.fill("#cancel-reason", "Diagnostiqueur malade")
    office.page.locator("form[action$='/annuler/'] button").click()
    office.page.wait_for_load_state()
    gone = demo.wait_for_mail(email, after=3)
    assert "annulée" in str(gone["Subject"])
    office.page.goto(demo.url("armor", "/paiements/?q=eve-visite&mode=all"))
    expect(office.page.locator("#results")).to_contain_text("remboursé", timeout=60_000)


def test_a_client_moves_the_visit_of_an_order(demo: Demo, visit: Visit) -> None:
    client = visit(**PHONE)
    page = client.page
    client.log_in(demo.account("client"))
    page.goto(demo.url("armor", "/commandes/?state=ongoing"))
    code = re.search(r"/commandes/([0-9a-z]{12})/", page.content())
    assert code
    page.goto(demo.url("armor", f"/commandes/{code[1]}/"))
    before = page.locator(".dd-visit-when strong").inner_text()
    page.locator("a", has_text="Déplacer").click()
    page.wait_for_url(re.compile(r"/deplacer/$"))
    page.locator(".dd-visit-parts a", has_text="Après-midi").click()
    page.wait_for_url(re.compile(r"moment=apres-midi"))
    assert not faults_of(page)
    page.locator(".dd-visit-time").last.click()
    page.locator(".dd-visit-bar .btn-primary").click()
    page.wait_for_url(re.compile(rf"/commandes/{code[1]}/$"))
    after = page.locator(".dd-visit-when strong").inner_text()
    assert after != before
    page.locator("a", has_text="Annuler la visite").click()
    page.wait_for_url(re.compile(r"/annuler/$"))
    assert not faults_of(page)
    page.locator("a", has_text="La garder").click()
    expect(page.locator(".dd-visit-when strong")).to_have_text(after)
