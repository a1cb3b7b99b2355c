"""A firm sets up a provider in the browser: pasted keys, the check, what clients see, and the advanced mode."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.conftest import Demo, Visitor

LIST = "/reglages/paiement/"


def test_a_provider_is_set_up_checked_offered_and_deleted(demo: Demo, visit: Callable[..., Visitor]) -> None:
    keys = demo.facts["payments"]["stripe"]["keys"]
    firm = visit()
    firm.log_in(demo.account("admin"))
    page = firm.page
    page.goto(demo.url("armor", f"{LIST}ajouter/stripe/"))
    # a person's own choice, which another test may have made
    if page.locator("#dd-advanced").is_checked():
        with page.expect_response(lambda answer: "avance" in answer.url):
            page.locator("#dd-advanced").uncheck()
    page.fill("[name=label]", "Carte de fin d'année")
    page.fill("[name=test-secret_key]", "pk_test_51Publishable")
    page.click(".form-footer .btn-primary")
    expect(page.locator("#id_test-secret_key_error")).to_be_visible()
    expect(page.locator("[name=label]")).to_have_value("Carte de fin d'année")
    page.fill("[name=test-secret_key]", keys["secret_key"])
    page.click(".form-footer .btn-primary")
    expect(page.locator("#notify-address")).to_contain_text("/notifications/paiement/")
    # the keys of the mode that is chosen are shown, those of the other one in the advanced mode alone
    expect(page.locator("[name=live-secret_key]")).to_be_hidden()
    page.locator("[name=mode][value=live]").check()
    expect(page.locator("[name=live-secret_key]")).to_be_visible()
    page.locator("[name=mode][value=test]").check()
    with page.expect_response(lambda answer: "avance" in answer.url):
        page.locator("#dd-advanced").check()
    expect(page.locator("[name=live-secret_key]")).to_be_visible()
    page.fill("[name=test-webhook_secret]", keys["webhook_secret"])
    page.click(".form-footer .btn-primary")
    # the check begins by itself
    expect(page.locator(".dd-check-good")).to_be_visible()
    expect(page.locator("#dd-advanced")).to_be_checked()
    assert keys["secret_key"] not in page.content()
    page.locator("#account-check button[name=offered]").click()
    row = page.locator(".dd-payway", has_text="Carte de fin d'année")
    expect(row.locator(".bg-green-lt")).to_be_visible()
    row.locator("form[action$='/supprimer/'] button").click()
    page.click("#dd-confirm-button")
    expect(row).to_have_count(0)
