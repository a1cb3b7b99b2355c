"""Paying in a browser through the double of each provider: success, 3-D Secure refused, given up, never come back."""

import re
from collections.abc import Callable
from decimal import Decimal
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Demo, Visitor
from tests.e2e.faults import faults_of
from tests.support import links_of, text_of

_NUMBERS = count(1)
#: What the radio card of each means says, its width of the window, and a card that the bank refuses after its check.
STRIPE, PAYPAL, PAYZEN, SYSTEMPAY = "Stripe", "PayPal", "PayZen", "Systempay"
PROVIDERS = [(STRIPE, 1440), (PAYPAL, 390), (PAYZEN, 390), (SYSTEMPAY, 1440)]
REFUSED_AFTER_CHECK = {
    STRIPE: "4000 0025 0000 3155",
    PAYZEN: "4970 1100 0000 0039",
    SYSTEMPAY: "4970 1100 0000 0039",
}
_POST = """async ([url, data]) => {
  const body = new FormData();
  for (const [name, value] of Object.entries(data)) body.append(name, value);
  return (await fetch(url, { method: "POST", body })).url;
}"""

#: Sends the provider's form and does not follow where it leads.
_PAY_WITHOUT_RETURN = """async () => {
  const form = document.querySelector("form");
  const body = new URLSearchParams(new FormData(form));
  const button = form.querySelector("button[name]:not(.other)");
  if (button) body.append(button.name, button.value);
  await fetch(form.getAttribute("action"), { method: "POST", body, redirect: "manual" });
}"""

type Visit = Callable[..., Visitor]


def _post(page: Page, path: str, data: dict[str, str]) -> str:
    """Sends a form of the firm's as its page would; returns where it led."""
    page.goto(path)
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    url: str = page.evaluate(_POST, [path, {"csrfmiddlewaretoken": token, **data}])
    return url


@pytest.fixture
def firm(demo: Demo, visit: Visit) -> Visitor:
    visitor = visit()
    visitor.log_in(demo.account("staff"))
    return visitor


@pytest.fixture
def due(demo: Demo, firm: Visitor) -> str:
    """The address of a new dossier of the demo's first client, for which 1 234,50 euros are due."""
    page = firm.page
    page.goto(demo.url("armor", "/contacts/?q=port"))
    contact = re.search(r"/contacts/(\w{12})/", page.content())
    assert contact
    title = f"Paiement {next(_NUMBERS)}"
    address = _post(page, demo.url("armor", "/dossiers/nouveau/"), {"title": title, "contacts": contact[1]})
    assert re.search(r"/dossiers/\w{12}/", address)
    _post(page, f"{address}montant/", {"amount": "1234,50", "payer": "", "payer_name": ""})
    return address


def _to_pay(demo: Demo, visitor: Visitor, due: str) -> Page:
    """Goes from the dossier's page to that of the means of payment, for this dossier alone."""
    page = visitor.page
    visitor.log_in(demo.account("client"))
    page.goto(due)
    expect(page.locator(".dd-offer")).to_contain_text("1 234,50 €")
    page.locator(".dd-offer a.btn-primary").click()
    page.wait_for_url(re.compile(r"/payer/"))
    if page.locator("form[data-choose]").count():
        expect(page.locator("[name=code]:checked")).to_have_count(1)
        page.click("[data-pay-chosen]")
    expect(page.locator("[data-pay-label]")).to_have_text("Payer 1 234,50 €")
    return page


def _choose(page: Page, means: str) -> None:
    """Chooses a means and goes on to the provider's page."""
    page.locator("label.dd-mean", has_text=means).click()
    page.click("[data-pay-button]")
    page.wait_for_url(re.compile(r"^http://127\.0\.0\.1"))
    expect(page.locator(".amount")).to_contain_text("234,50 €")


def _pay(page: Page, means: str) -> None:
    """Pays on the provider's page."""
    if means == PAYPAL:
        page.click("button[value=login]")
        page.click("button[value=ok]")
    else:
        page.click("button:not(.other)")


def _state(page: Page, state: str) -> None:
    expect(page.locator("#pay-state")).to_have_attribute("data-state", state, timeout=30_000)


def _cancel(page: Page) -> None:
    page.locator("a.other, button.other[value=cancel]").first.click()


@pytest.mark.parametrize(("means", "width"), PROVIDERS)
def test_client_pays_and_has_the_receipt_by_page_and_mail(
    demo: Demo, visit: Visit, firm: Visitor, due: str, means: str, width: int
) -> None:
    mailed = len([mail for mail in demo.box.mails() if "contact@agence-du-port.example" in str(mail["To"])])
    page = _to_pay(demo, visit(width=width, height=844), due)
    assert faults_of(page) == []
    _choose(page, means)
    _pay(page, means)
    _state(page, "paid")
    assert faults_of(page) == []
    with page.expect_download() as receipt:
        page.locator("#pay-state a[download]").click()
    assert receipt.value.suggested_filename.endswith(".pdf")
    page.locator(".dd-outcome-places a").click()
    expect(page.locator(".dd-state-full", has_text="Payé").first).to_be_visible()
    expect(page.locator(".dd-offer")).to_have_count(0)
    mail = demo.wait_for_mail("contact@agence-du-port.example", after=mailed)
    assert "234,50" in str(mail["Subject"])
    assert any("/payer/recu/" in link for link in links_of(mail)), text_of(mail)
    firm.page.goto(due)
    expect(firm.page.locator("section[aria-labelledby=paiement]").first).to_contain_text("payé")


@pytest.mark.parametrize(("means", "width"), PROVIDERS)
def test_refusal_is_told_and_the_next_try_pays(demo: Demo, visit: Visit, due: str, means: str, width: int) -> None:
    page = _to_pay(demo, visit(width=width, height=844), due)
    _choose(page, means)
    if means == PAYPAL:
        page.click("button[value=login]")
        page.click("button[value=declined]")
    else:
        page.fill("#number", REFUSED_AFTER_CHECK[means])
        page.click("button:not(.other)")
        page.click(f"button[value={'refuse' if means == STRIPE else 'accept'}]")
    if page.url.startswith("http://127.0.0.1"):  # there one could try again at once
        expect(page.locator(".error")).to_be_visible()
        _cancel(page)
    page.wait_for_url(re.compile(r"/payer/suivi/"))
    expect(page.locator("#pay-state")).to_have_attribute("data-state", re.compile("refused|given_up"))
    expect(page.locator("#pay-state")).to_contain_text("Rien n’a été débité")
    assert faults_of(page) == []
    page.locator("#pay-state a.btn-primary").click()
    _choose(page, means)
    _pay(page, means)
    _state(page, "paid")


@pytest.mark.parametrize(("means", "width"), PROVIDERS)
def test_giving_up_takes_nothing_and_going_back_leads_to_the_means(
    demo: Demo, visit: Visit, due: str, means: str, width: int
) -> None:
    page = _to_pay(demo, visit(width=width, height=844), due)
    chosen = page.url
    _choose(page, means)
    page.go_back()
    expect(page).to_have_url(chosen)
    expect(page.locator("main")).to_contain_text("Un paiement a été commencé")
    _choose(page, means)
    _cancel(page)
    page.wait_for_url(re.compile(r"/payer/suivi/"))
    # PayZen and Systempay send whoever gives up back as they send whoever has paid
    _state(page, "given_up" if means in {STRIPE, PAYPAL} else "confirming")
    expect(page.locator("#pay-state a[href^='/payer/']")).to_have_count(1)
    page.goto(due)
    expect(page.locator(".dd-offer")).to_contain_text("1 234,50 €")


@pytest.mark.parametrize(("means", "width"), PROVIDERS)
def test_browser_that_is_closed_before_the_return_has_paid_all_the_same(
    demo: Demo, visit: Visit, firm: Visitor, due: str, means: str, width: int
) -> None:
    page = _to_pay(demo, visit(width=width, height=844), due)
    _choose(page, means)
    if means == PAYPAL:
        page.click("button[value=login]")
        page.wait_for_selector("button[value=ok]")
    page.evaluate(_PAY_WITHOUT_RETURN)
    page.close()
    for _time in range(60):
        firm.page.goto(due)
        if "Dossier payé" in firm.page.locator("main").inner_text():
            break
        firm.page.wait_for_timeout(500)
    expect(firm.page.locator("main")).to_contain_text("Dossier payé")


def test_two_tabs_pay_one_dossier_once(demo: Demo, visit: Visit, due: str) -> None:
    visitor = visit()
    first = _to_pay(demo, visitor, due)
    second = visitor.context.new_page()
    second.goto(first.url)
    _choose(first, STRIPE)
    _choose(second, STRIPE)
    first.reload()
    expect(first.locator(".error")).to_be_visible()  # the first one's page has ended
    _pay(second, STRIPE)
    _state(second, "paid")
    third = visitor.context.new_page()
    third.goto(due)
    expect(third.locator(".dd-offer")).to_have_count(0)


def test_transfer_is_announced_and_its_figures_are_copied(demo: Demo, visit: Visit, due: str) -> None:
    visitor = visit(width=390, height=844)
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = _to_pay(demo, visitor, due)
    page.locator("label.dd-mean", has_text="Virement").click()
    expect(page.locator("[data-pay-label]")).to_have_text("Annoncer mon paiement de 1 234,50 €")
    page.click("[data-pay-button]")
    _state(page, "announced")
    assert faults_of(page) == []
    copied = []
    for button in page.locator(".dd-to-copy [data-copy]").all():
        button.click()
        copied.append(page.evaluate("navigator.clipboard.readText()"))
    assert copied[0] == "1234,50"
    assert re.fullmatch(r"\w{12}", copied[1])
    assert copied[2].startswith("FR76")
    page.goto(due)
    expect(page.locator(".dd-offer")).to_contain_text("annoncé")


def test_stranger_with_the_link_says_who_it_is_and_pays(demo: Demo, visit: Visit, due: str) -> None:
    page = _to_pay(demo, visit(), due)
    stranger = visit(width=390, height=844).page
    stranger.goto(page.url)
    assert faults_of(stranger) == []
    assert "contact@agence-du-port.example" not in stranger.content()
    _choose(stranger, PAYZEN)
    _pay(stranger, PAYZEN)
    _state(stranger, "paid")
    expect(stranger.locator(".dd-outcome-places")).to_have_count(0)


def test_choosing_several_shows_their_sum(demo: Demo, visit: Visit, due: str) -> None:
    visitor = visit()
    visitor.log_in(demo.account("client"))
    page = visitor.page
    page.goto(demo.url("armor", "/payer/"))
    expect(page.locator("[data-pay-chosen]")).to_be_disabled()
    assert faults_of(page) == []
    boxes = page.locator("[data-cents]").all()
    assert len(boxes) >= 2
    for box in boxes[:2]:
        box.check()
    cents = sum(int(box.get_attribute("data-cents") or "0") for box in boxes[:2])
    shown = re.sub(r"[^0-9,]", "", page.locator("[data-running]").inner_text())
    assert Decimal(shown.replace(",", ".")) == Decimal(cents) / 100
    page.click("[data-pay-chosen]")
    expect(page.locator(".dd-bill-line")).to_have_count(2)


def test_payment_form_of_lyra_is_posted_to_the_provider(demo: Demo, visit: Visit, due: str) -> None:
    """The one case in which a form of ours leads elsewhere: the browser's policy must let it, redirects included."""
    admin = visit()
    admin.log_in(demo.account("admin"))
    for uses_form in (True, False):
        admin.page.goto(demo.url("armor", "/reglages/paiement/"))
        row = admin.page.locator("li", has_text=SYSTEMPAY).last
        row.locator("a[href*='/reglages/paiement/']").first.click()
        admin.page.locator("#dd-advanced").check()
        admin.page.locator("[name=uses_form]").set_checked(uses_form)
        admin.page.locator("form.dd-form .btn-primary").first.click()
        admin.page.wait_for_load_state()
        if uses_form:
            page = _to_pay(demo, visit(width=390, height=844), due)
            _choose(page, SYSTEMPAY)
            assert "/pay/" in page.url or "vads" in page.url
            _pay(page, SYSTEMPAY)
            _state(page, "paid")
