"""Occasional accesses and documents asked, in browsers: the firm, and somebody who has no account."""

import re
from collections.abc import Callable

from playwright.sync_api import FilePayload, expect

from tests.e2e.conftest import Demo, Visitor
from tests.storage.builders import pdf
from tests.support import links_of, text_of

GUEST = "clerc@etude-navire.example"


def test_a_guest_comes_in_by_a_code_reads_and_sends_what_the_firm_asked(
    demo: Demo, visit: Callable[..., Visitor]
) -> None:
    firm = visit()
    firm.log_in(demo.account("staff"))
    firm.page.goto(demo.url("armor", "/dossiers/?q=lefevre"))
    firm.page.click("a.dd-row-link >> nth=0")
    firm.page.wait_for_url(re.compile(r"/dossiers/[0-9a-z]{12}/$"))
    address = firm.page.url

    # the firm asks for two documents, then gives an address access
    firm.page.click("section[aria-labelledby=documents] a[href$='/documents/']")
    firm.page.check("[name=kinds][value=plans]")
    firm.page.fill("[name=label]", "Acte de donation")
    firm.page.click("main form .btn-primary")
    firm.page.click("section[aria-labelledby=acces] a[href$='/acces/']")
    firm.page.fill("[name=email]", GUEST)
    firm.page.fill("[name=name]", "Clerc")
    firm.page.click("form[action$='/occasionnel/'] .btn-primary")
    expect(firm.page.locator("section[aria-labelledby=acces]")).to_contain_text(GUEST)

    # the guest opens the mail, asks for the code and types it
    (link,) = [found for found in links_of(demo.wait_for_mail(GUEST)) if found.startswith("/acces/")]
    guest = visit(width=390, height=844)
    guest.page.goto(demo.url("armor", link))
    title = firm.page.locator("h1").inner_text()
    assert title not in guest.page.content()
    guest.page.click("form[action$='/code/'] button")
    found = re.search(r"\b\d{6}\b", text_of(demo.wait_for_mail(GUEST, after=1)))
    assert found
    guest.page.fill("[name=code]", found[0])
    guest.page.click("form[action$='/ouvrir/'] button")
    expect(guest.page.locator("h1")).to_have_text(title)

    # it reads a report, downloads all, and sends the documents
    guest.page.click("a[href$='/lire/'] >> nth=0")
    guest.page.wait_for_selector(".pdfViewer .page canvas")
    guest.page.go_back()
    with guest.page.expect_download() as download:
        guest.page.click("a[href$='/zip/']")
    assert download.value.suggested_filename.endswith(".zip")
    names = ("plan.pdf", "coupe.pdf")
    payloads = [FilePayload(name=name, mimeType="application/pdf", buffer=pdf()) for name in names]
    guest.page.locator(".dd-send input[type=file]").first.set_input_files(payloads)
    guest.page.locator(".dd-send button").first.click()
    expect(guest.page.locator(".dd-sent")).to_have_count(2)

    # the firm accepts one, then takes the access back: the guest's page is gone
    firm.page.goto(address)
    with firm.page.expect_download() as taken:
        firm.page.click(".dd-sent a >> nth=0")
    assert taken.value.suggested_filename == "plan.pdf"
    firm.page.click("form[action$='/accepter/'] button")
    expect(firm.page.locator("section[aria-labelledby=documents] .dd-state-full")).to_have_count(1, timeout=20_000)
    guest.page.reload()
    expect(guest.page.locator(".dd-send")).to_have_count(1)
    firm.page.click("form[action$='/revoquer/'] button")
    firm.page.click("#dd-confirm-button")
    expect(firm.page.locator("form[action$='/revoquer/']")).to_have_count(0, timeout=20_000)
    answer = guest.page.reload()
    assert answer is not None
    assert answer.status == 410
    assert title not in guest.page.content()
