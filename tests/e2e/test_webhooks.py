"""Webhooks in the browser: set up, tried out, told of a dossier by the worker, a failure sent anew."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Demo, Visitor
from tests.e2e.faults import WIDTHS, faults_at, faults_of
from tests.extranet.receivers import Receiver, receiver

ALL = "/reglages/webhooks/"


def wait_for_calls(host: Receiver, count: int) -> None:
    """Waits until the worker has sent so many messages."""
    deadline = time.monotonic() + 60
    while len(host.calls) < count and time.monotonic() < deadline:
        time.sleep(0.2)
    assert len(host.calls) >= count


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_a_webhook_is_set_up_tried_and_told(demo: Demo, visit: Callable[..., Visitor], width: int, height: int) -> None:
    firm = visit(width=width, height=height)
    firm.log_in(demo.account("admin"))
    page = firm.page
    faults = faults_at(page, demo.url("armor", ALL))
    faults += faults_at(page, demo.url("armor", f"{ALL}guide/"))
    faults += faults_at(page, demo.url("armor", f"{ALL}livraisons/?state=failed"))
    with receiver() as host:
        page.goto(demo.url("armor", f"{ALL}nouveau/"))
        page.fill("[name=url]", "https://software.example/#part")
        page.locator("main form .btn-primary").last.click()
        expect(page.locator("#id_url_error")).to_be_visible()
        faults += faults_of(page)
        page.fill("[name=url]", host.url)
        page.fill("[name=description]", f"Logiciel {width}")
        page.locator("main form .btn-primary").last.click()
        secret = page.locator(".dd-feed-address code")
        expect(secret).to_have_text(re.compile(r"whsec_.{40,}"))
        faults += faults_of(page)
        page.goto(demo.url("armor", ALL))
        page.get_by_role("link", name=f"Logiciel {width}").click()
        expect(page.locator(".dd-feed-address")).to_have_count(0)
        page.locator("form[action$='/essai/'] button").click()
        expect(page.locator("main")).to_contain_text("HTTP 200")
        faults += faults_of(page)
        assert len(host.calls) == 1
        host.status, host.text = 500, b"down for a moment"
        page.goto(demo.url("armor", "/contacts/nouveau/"))
        page.fill("[name=name]", f"Étude {width}")
        page.fill("[name=email]", f"etude-{width}@client.example")
        page.locator("main form .btn-primary").last.click()
        wait_for_calls(host, 2)
        assert b'"type":"contact.created"' in host.calls[1].body
        host.status = 200
        # the second attempt, five seconds later
        wait_for_calls(host, 3)
        assert host.calls[1].headers["webhook-id"] == host.calls[2].headers["webhook-id"]
        page.goto(demo.url("armor", f"{ALL}livraisons/?kind=contact.created&state=delivered"))
        page.locator("[data-row] a.dd-row-link").first.click()
        expect(page.locator("main")).to_contain_text("contact.created")
        faults += faults_of(page)
        page.locator("form[action$='/renvoyer/'] button").click()
        wait_for_calls(host, 4)
        page.goto(demo.url("armor", ALL))
        page.get_by_role("link", name=f"Logiciel {width}").click()
        page.locator("form[action$='/supprimer/'] button").click()
        page.locator("#dd-confirm-button").click()
        expect(page.locator("[data-toast=success]").last).to_be_visible()
    assert not faults, "\n".join(faults)
