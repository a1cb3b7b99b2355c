"""Every page at both widths: nothing that axe finds, nothing wider than the window or its card, policy kept."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Demo, Visitor
from tests.e2e.faults import WIDTHS, faults_at

PUBLIC = ["/", "/inscription/", "/conditions/", "/nulle-part/"]
VISITOR = ["/compte/connexion/", "/compte/mot-de-passe/oublie/", "/compte/mot-de-passe/oublie/envoye/"]
OFFICE = [
    "/",
    "/dossiers/",
    "/dossiers/?paid=unpaid&city=brest&sort=-amount&since=2020-01-01",
    "/dossiers/?box=archive",
    "/dossiers/?box=bin",
    "/dossiers/supprimes/",
    "/dossiers/carte/",
    "/dossiers/google-earth/",
    "/dossiers/a-renouveler/",
    "/messages/",
    "/paiements/",
    "/paiements/?q=introuvable",
    "/paiements/enregistrer/",
    "/paiements/rapprochement/",
    "/reglages/paiement/",
    "/reglages/relances/",
    "/reglages/impayes/",
    "/contacts/importer/",
    "/dossiers/importer/",
    "/reglages/dossiers/",
    "/reglages/",
    "/reglages/?q=introuvable",
    "/reglages/journal/",
    "/reglages/export/",
    "/reglages/validite/",
    "/dossiers/?q=brest",
    "/dossiers/?q=introuvable",
    "/dossiers/?state=full",
    "/dossiers/nouveau/",
    "/contacts/",
    "/contacts/?q=introuvable",
    "/contacts/nouveau/",
    "/equipe/",
    "/equipe/nouveau/",
    "/apparence/",
    "/compte/mot-de-passe/",
    "/compte/double-facteur/",
    "/compte/sessions/",
    "/compte/deconnexion/",
    "/nulle-part/",
]
PORTAL = [
    "/",
    "/dossiers/",
    "/dossiers/?paid=unpaid&city=brest&sort=-amount",
    "/dossiers/carte/",
    "/messages/",
    "/dossiers/?q=introuvable",
    "/compte/sessions/",
    "/compte/mot-de-passe/",
]


def _links(page: Page, selector: str) -> list[str]:
    return [str(link.get_attribute("href")) for link in page.locator(selector).all()]


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_public_and_login_pages_are_clean(demo: Demo, visit: Callable[..., Visitor], width: int, height: int) -> None:
    page = visit(width=width, height=height).page
    faults = [fault for path in PUBLIC for fault in faults_at(page, demo.url("", path))]
    faults += [fault for path in VISITOR for fault in faults_at(page, demo.url("armor", path))]
    faults += faults_at(page, demo.url("personne"))
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_office_pages_are_clean(demo: Demo, visit: Callable[..., Visitor], width: int, height: int) -> None:
    visitor = visit(width=width, height=height)
    visitor.log_in(demo.account("admin"))
    page = visitor.page
    faults = [fault for path in OFFICE for fault in faults_at(page, demo.url("armor", path))]
    page.goto(demo.url("armor", "/dossiers/"))
    dossier = demo.url("armor", _links(page, "a.dd-row-link")[-1])
    faults += [
        fault for path in ("", "modifier/", "fichiers/", "montant/") for fault in faults_at(page, dossier + path)
    ]
    page.goto(dossier)
    reader = demo.url("armor", _links(page, "a[href$='/lire/']")[0])
    faults += faults_at(page, reader)
    page.goto(dossier)
    faults += faults_at(page, demo.url("armor", _links(page, "a[href*='/fichiers/'][href$='/modifier/']")[0]))
    page.goto(demo.url("armor", "/contacts/"))
    contact = demo.url("armor", _links(page, "a.dd-row-link")[0])
    faults += [fault for path in ("", "modifier/") for fault in faults_at(page, contact + path)]
    page.goto(demo.url("armor", "/equipe/"))
    faults += faults_at(page, demo.url("armor", _links(page, "a.dd-row-link")[-1]))
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_portal_pages_are_clean(demo: Demo, visit: Callable[..., Visitor], width: int, height: int) -> None:
    visitor = visit(width=width, height=height)
    visitor.log_in(demo.account("client"))
    page = visitor.page
    faults = [fault for path in PORTAL for fault in faults_at(page, demo.url("armor", path))]
    page.goto(demo.url("armor", "/dossiers/"))
    faults += faults_at(page, demo.url("armor", _links(page, "a.dd-row-link")[0]))
    assert not faults, "\n".join(faults)
