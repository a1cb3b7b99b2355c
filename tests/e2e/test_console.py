"""An operator suspends and resumes a firm, with a second factor."""

import time
from collections.abc import Callable

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect

from tests.e2e.conftest import Demo, Visitor


def _totp(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def test_operator_suspends_and_resumes_a_firm(demo: Demo, visit: Callable[..., Visitor]) -> None:
    operator = visit()
    account = demo.account("operator")
    operator.log_in(account)
    page = operator.page
    page.fill("[name=code]", _totp(account["totp_secret"]))
    page.click("form button[type=submit] >> nth=0")
    page.wait_for_load_state()
    page.goto(demo.url("console", "/tenants/firm/?q=midi"))
    page.click("a:has-text('Expertises du Midi') >> nth=0")
    firm_url = page.url
    page.click("a[href*='suspend']")
    page.fill("[name=reason]", "Facture impayée")
    page.click("form button[type=submit] >> visible=true")
    page.wait_for_load_state()

    client = visit()
    answer = client.page.goto(demo.url("midi", "/dossiers/"))
    assert answer is not None
    assert answer.status == 503
    expect(client.page.locator("h1")).to_be_visible()

    page.goto(firm_url)
    page.locator("form[action*='resume'] button, button[formaction*='resume'], a[href*='resume']").first.click()
    page.wait_for_load_state()
    deadline = time.monotonic() + 5
    status = 503
    while status != 200 and time.monotonic() < deadline:
        answer = client.page.goto(demo.url("midi", "/compte/connexion/"))
        assert answer is not None
        status = answer.status
    assert status == 200
