"""Text messages in the browser: written while their length is counted, tried out, their log, a contact's wishes."""

import time
from collections.abc import Callable

import pytest
import requests
from playwright.sync_api import expect

from tests.e2e.conftest import Demo, Visitor
from tests.e2e.faults import WIDTHS, faults_at, faults_of

SETTINGS = "/reglages/sms/"


def wait_for_text(demo: Demo, text: str) -> None:
    """Waits until the carriers' double has taken a message."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if text in requests.get(f"{demo.facts['texts']['url']}/", timeout=5).text:
            return
        time.sleep(0.3)
    raise AssertionError(f"no text message with {text}")


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_a_text_is_written_counted_and_tried_out(
    demo: Demo, visit: Callable[..., Visitor], width: int, height: int
) -> None:
    firm = visit(width=width, height=height)
    firm.log_in(demo.account("admin"))
    page = firm.page
    faults = faults_at(page, demo.url("armor", SETTINGS))
    faults += faults_at(page, demo.url("armor", f"{SETTINGS}fournisseur/ovh/"))
    faults += faults_at(page, demo.url("armor", f"{SETTINGS}journal/"))
    faults += faults_at(page, demo.url("armor", f"{SETTINGS}modeles/dossier/"))
    box = page.locator("[data-sms]").first
    field = box.locator("textarea")
    field.fill("a" * (160 - len("\nArmor Diagnostics")))
    expect(box.locator("[data-sms-parts]")).to_have_text("1")
    expect(box.locator("[data-sms-left]")).to_have_text("0")
    field.press("End")
    field.press_sequentially("€")
    expect(box.locator("[data-sms-parts]")).to_have_text("2")
    expect(box.locator("[data-sms-cost]")).to_contain_text("0,116")
    field.fill(f"L’hôtel {width} ")
    expect(box.locator("[data-sms-foreign-list]")).to_have_text("’ ô")
    box.locator("[data-sms-replace]").click()
    expect(field).to_have_value(f"L'hotel {width} ")
    expect(box.locator("[data-sms-foreign]")).to_be_hidden()
    box.locator("[data-tag='{dossier}']").focus()
    page.keyboard.press("Enter")
    expect(field).to_have_value(f"L'hotel {width} {{dossier}}")
    expect(box.locator("[data-sms-preview]")).to_have_text(f"L'hotel {width} Maison Le Goff\nArmor Diagnostics")
    faults += faults_of(page)
    page.fill("[name=phone]", "06 98 76 54 32")
    box.locator("button[name=language]").click()
    expect(page.locator("[data-toast=success]").last).to_be_visible()
    wait_for_text(demo, f"hotel {width} Maison Le Goff")
    box.locator("[data-sms-default]").click()
    expect(field).not_to_have_value(f"L'hotel {width} {{dossier}}")
    field.fill("{inconnu}")
    page.locator(".form-footer .btn-primary").click()
    expect(page.locator(".invalid-feedback, .dd-error, [data-form-errors]").first).to_be_visible()
    faults += faults_of(page)
    assert not faults, "\n".join(faults)


def test_a_client_is_told_by_text_and_its_page_says_what_it_wants(demo: Demo, visit: Callable[..., Visitor]) -> None:
    firm = visit()
    firm.log_in(demo.account("admin"))
    page = firm.page
    page.goto(demo.url("armor", f"{SETTINGS}journal/"))
    page.locator("#results a[href^='/contacts/']").first.click()
    page.wait_for_url("**/contacts/*/")
    expect(page.locator("#sms")).to_be_visible()
    page.locator("#sms [name=how]").fill("par téléphone")
    page.locator("#sms form.dd-sms-consent button").click()
    expect(page.locator("#sms")).to_contain_text("par téléphone")
    faults = faults_of(page)
    page.set_viewport_size({"width": 390, "height": 844})
    faults += faults_of(page)
    assert not faults, "\n".join(faults)
