"""The firm's own mail server in the browser: set up, checked, tried; and the log of what left."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Demo, Visitor
from tests.e2e.faults import WIDTHS, faults_at, faults_of
from tests.mail.smtp_servers import Handler, smtp_server

SERVER, LOG = "/reglages/courriel/serveur/", "/reglages/courriel/envois/"


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_a_server_is_set_up_with_what_is_wrong_said(
    demo: Demo, visit: Callable[..., Visitor], width: int, height: int
) -> None:
    firm = visit(width=width, height=height)
    firm.log_in(demo.account("admin", "midi"))
    page, handler = firm.page, Handler()
    faults = faults_at(page, demo.url("midi", SERVER))
    page.get_by_role("button", name="OVHcloud").click()
    assert page.locator("[name=host]").input_value() == "ssl0.ovh.net"
    assert page.locator("[name=hour_limit]").input_value() == "200"
    with smtp_server(handler) as port:
        page.fill("[name=from_address]", "contact@expertises-du-midi.example")
        page.fill("[name=host]", "127.0.0.1")
        page.fill("[name=port]", str(port))
        page.locator("button[name=use]").click()
        expect(page.locator("#trouble")).to_be_visible()
        faults += faults_of(page)
        page.select_option("[name=security]", "none")
        page.locator("button[name=use]").click()
        expect(page.locator("#now")).to_contain_text("127.0.0.1")
        faults += faults_of(page)
        page.locator("form[action$='/essai/'] button").click()
        expect(page.locator(".toast, .alert-success").first).to_be_visible()
        assert [sender for sender, _reader, _content in handler.taken] == ["contact@expertises-du-midi.example"]
        page.locator("form[action$='/retirer/'] button").click()
        expect(page.locator("form[action$='/retirer/'] button[name=forget]")).to_be_visible()
    page.locator("form[action$='/retirer/'] button[name=forget]").click()
    expect(page.locator("form[action$='/retirer/']")).to_have_count(0)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_the_log_tells_what_became_of_each_mail(
    demo: Demo, visit: Callable[..., Visitor], width: int, height: int
) -> None:
    firm = visit(width=width, height=height)
    firm.log_in(demo.account("admin"))
    page = firm.page
    faults = faults_at(page, demo.url("armor", LOG))
    page.goto(demo.url("armor", f"{LOG}?state=bounced&q=lebihan"))
    faults += faults_of(page)
    page.get_by_role("link", name="Votre dossier est disponible").click()
    expect(page.locator("main")).to_contain_text("User unknown")
    expect(page.frame_locator("iframe").locator("body")).to_contain_text("Voici un courriel de la démonstration")
    faults += faults_of(page)
    faults += faults_at(page, demo.url("armor", "/reglages/courriel/adresses-arretees/"))
    assert not faults, "\n".join(faults)
