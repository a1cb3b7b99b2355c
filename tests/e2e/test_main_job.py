"""The main job, end to end: a firm signs up, publishes a dossier, its client reads and downloads it."""

import hashlib
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from config.demo.reports import report_pdf
from tests.e2e.conftest import ROOT, Demo, Visitor
from tests.support import html_of, text_of

SAMPLE = ROOT.parent / "shared" / "samples" / "pdf" / "GeoTopo-komprimiert.pdf"
PASSWORD = "pluie-battante-29200"


def _report(folder: Path) -> Path:
    """Returns a report of 117 pages: the sample when it is there, else one of ours."""
    if SAMPLE.exists():
        return SAMPLE
    path = folder / "rapport.pdf"
    path.write_bytes(report_pdf(firm="Cabinet", title="Rapport", dossier="Maison", pages=117))
    return path


def test_firm_signs_up_publishes_and_its_client_reads(
    demo: Demo, visit: Callable[..., Visitor], tmp_path: Path
) -> None:
    report = _report(tmp_path)
    firm = visit()
    page = firm.page

    # sign-up, with one mistake on the way: nothing typed is lost
    page.goto(demo.url(""))
    page.click("a[href='/inscription/'] >> nth=0")
    page.fill("[name=firm_name]", "Diagnostics de l’Élorn")
    page.fill("[name=subdomain]", "admin")
    expect(page.locator("#subdomain-check")).to_contain_text("réservé")
    page.fill("[name=subdomain]", "elorn")
    expect(page.locator("#subdomain-check")).to_contain_text(f"elorn.localhost:{demo.port}")
    page.fill("[name=siret]", "732 829 320 00075")
    page.fill("[name=admin_name]", "Soizic Bœuf")
    page.fill("[name=email]", "soizic@elorn.example")
    page.fill("[name=password]", PASSWORD)
    page.check("[name=terms]")
    page.click("form.dd-form button.btn-primary[type=submit], form.dd-form button.btn-primary:not([type])")
    expect(page.locator(".invalid-feedback >> visible=true")).to_contain_text("SIRET")
    assert page.input_value("[name=firm_name]") == "Diagnostics de l’Élorn"
    page.fill("[name=siret]", "732 829 320 00074")
    page.fill("[name=password]", PASSWORD)
    page.click("form.dd-form button.btn-primary")

    # the mail, the confirmation, the portal with its new administrator logged in
    mail = demo.wait_for_mail("soizic@elorn.example")
    link = re.search(r"http://localhost:\d+/inscription/confirmer/\S+", text_of(mail))
    assert link is not None
    page.goto(link[0])
    page.click("main form button.btn-primary")
    page.wait_for_url(demo.url("elorn", "/"), timeout=30_000)
    expect(page.locator("body")).to_contain_text("Soizic Bœuf")

    # a client, whose codes leave by mail
    page.goto(demo.url("elorn", "/contacts/nouveau/"))
    page.fill("[name=name]", "Hélène Cœur")
    page.fill("[name=company]", "Agence des Monts d’Arrée")
    page.fill("[name=email]", "helene@monts-arree.example")
    page.fill("[name=username]", "monts-arree")
    page.fill("[name=collaborators]", "marie@monts-arree.example; luc@monts-arree.example")
    page.click("form.dd-form button.btn-primary")
    expect(page.locator("h1")).to_contain_text("Agence des Monts d’Arrée")
    codes = demo.wait_for_mail("helene@monts-arree.example")
    assert "Diagnostics de l’Élorn" in str(codes["From"])
    password = re.search(r"\b([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})\b", text_of(codes))
    assert password is not None

    # the dossier, with its report
    page.goto(demo.url("elorn", "/dossiers/nouveau/"))
    page.fill("[name=title]", "Maison Quéméneur, 3 venelle du Bœuf")
    page.fill("[name=comments]", "Clés chez le notaire.")
    page.set_input_files("[data-upload] input[type=file]", report)
    expect(page.locator("[data-upload-row]")).to_have_count(1)
    page.locator("[data-upload-row] input[name^=title-]").fill("Dossier de diagnostic technique")
    page.click(".ts-control")
    page.keyboard.type("arree")
    page.locator(".ts-dropdown .option", has_text="Arrée").click()
    page.check("[name=notify]")
    page.click("form.dd-form button.btn-primary")
    expect(page.locator("h1")).to_have_text("Maison Quéméneur, 3 venelle du Bœuf")
    expect(page.locator("body")).to_contain_text("117 pages")
    dossier_url = page.url

    # the client is told
    notice = demo.wait_for_mail("helene@monts-arree.example", after=1)
    assert "Maison Quéméneur" in str(notice["Subject"])
    assert "/dossiers/" in html_of(notice)
    link = re.search(r"http://elorn\.localhost:\d+/dossiers/\S+", text_of(notice))
    assert link is not None

    # the client logs in with the codes, must choose a password, and lands on its dossier
    client = visit(width=390, height=844)
    view = client.page
    view.goto(link[0])
    view.fill("[name=login]", "monts-arree")
    view.fill("[name=password]", password[1])
    view.click("form button[type=submit]")
    view.wait_for_url("**/compte/mot-de-passe/")
    view.fill("[name=oldpassword]", password[1])
    view.fill("[name=password1]", "genêts-en-fleur-29")
    view.fill("[name=password2]", "genêts-en-fleur-29")
    view.click("main form button[type=submit]")
    view.wait_for_url(demo.url("elorn", "/"))
    view.goto(demo.url("elorn", "/dossiers/"))
    expect(view.locator(".dd-row-link")).to_have_count(1)
    view.click(".dd-row-link")
    expect(view.locator("body")).to_contain_text("Non téléchargé")

    # reads it in the page, then downloads it, byte for byte the same
    view.click("a[href$='/lire/'] >> nth=0")
    expect(view.locator(".pdfViewer .page canvas >> nth=0")).to_be_visible()
    expect(view.locator("[data-count]")).to_contain_text("117")
    view.goto(dossier_url)
    with view.expect_download() as download:
        view.click("a[download][href*='/fichiers/']")
    assert download.value.suggested_filename == report.name
    received = Path(download.value.path()).read_bytes()
    assert hashlib.sha256(received).digest() == hashlib.sha256(report.read_bytes()).digest()
    view.goto(dossier_url)
    expect(view.locator(".dd-state >> nth=0")).to_have_text("Téléchargé")
    with view.expect_download() as archive:
        view.click("a[href$='/zip/']")
    with zipfile.ZipFile(io.BytesIO(Path(archive.value.path()).read_bytes())) as bundle:
        assert bundle.testzip() is None
        assert bundle.read(report.name) == report.read_bytes()

    # the firm sees who, what and from where
    page.goto(dossier_url)
    expect(page.locator(".dd-state >> nth=0")).to_have_text("Téléchargé")
    page.click("details:has(#history-title) > summary")
    history = page.locator(".dd-history")
    expect(history).to_contain_text("Lu en ligne")
    expect(history).to_contain_text("Hélène Cœur")
    expect(history).to_contain_text(re.compile(r"127\.0\.0\.1|::1"))

    # another firm, and another client, see nothing
    stranger = visit()
    stranger.log_in(demo.account("admin", "midi"))
    stranger.page.goto(demo.url("midi", "/dossiers/?q=Quemeneur"))
    expect(stranger.page.locator(".dd-row-link")).to_have_count(0)
    path = dossier_url.split(f":{demo.port}", 1)[1]
    answer = stranger.page.goto(demo.url("midi", path))
    assert answer is not None
    assert answer.status == 404
    # its session means nothing on the first firm's host
    cookies = [
        {**cookie, "domain": "elorn.localhost"}
        for cookie in stranger.context.cookies()
        if cookie.get("name") == "sessionid"
    ]
    stranger.context.add_cookies(cookies)  # type: ignore[arg-type]
    stranger.page.goto(dossier_url)
    expect(stranger.page.locator("[name=password]")).to_be_visible()
