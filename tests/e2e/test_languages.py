"""A client in each of the languages, in a browser: whole pages, in that language only, also on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from config.client_texts import LANGUAGES, read_catalogue, texts_of
from tests.e2e.conftest import Demo, Visitor
from tests.e2e.faults import faults_of

#: Words that a page of the language must have: home, a dossier, an order, a new message.
_WORDS = {
    "es": ("Inicio", "Archivos", "Diagnósticos", "Asunto"),
    "de": ("Startseite", "Dateien", "Diagnosen", "Betreff"),
    "it": ("Home", "File", "Diagnosi", "Oggetto"),
    "nl": ("Startpagina", "Bestanden", "Diagnoses", "Onderwerp"),
}
#: What we write and nobody else: the firm's and the clients' own words stand elsewhere.
_OURS = "nav a, h2, button, a.btn, label, dt, th, .dd-tile, .badge"


#: Languages are called by their own names, whatever the page is in.
_NAMES = {"Français", "English"}


def _foreign(language: str) -> set[str]:
    """Returns the French and the English texts that this language says otherwise."""
    own = {text.lower() for message in read_catalogue(language) for text in texts_of(message)}
    found = set()
    for message in read_catalogue("fr"):
        for text in (str(message.id), *texts_of(message)):
            if len(text) > 3 and "%(" not in text and text.lower() not in own and text not in _NAMES:
                found.add(text)
    return found


def _choose(page: Page, language: str) -> None:
    page.click(".dd-account-button")
    with page.expect_navigation():
        page.click(f".dd-account-menu button[name=language][value={language}]")
    assert page.locator("html").get_attribute("lang") == language


def test_a_client_walks_through_the_portal_in_each_language(demo: Demo, visit: Callable[..., Visitor]) -> None:
    visitor = visit(width=390, height=844)
    page = visitor.page
    visitor.log_in(demo.account("client"))
    page.goto(demo.url("armor", "/dossiers/"))
    dossier = page.locator("a.dd-row-link").first.get_attribute("href")
    page.goto(demo.url("armor", "/commandes/"))
    order = page.locator("a.dd-row-link").first.get_attribute("href")
    try:
        for language in LANGUAGES:
            page.goto(demo.url("armor", "/"))
            _choose(page, language)
            foreign = _foreign(language)
            for path, word in zip(("/", dossier, order, "/messages/nouveau/"), _WORDS[language], strict=True):
                assert path is not None
                page.goto(demo.url("armor", path))
                page.wait_for_load_state("networkidle")
                expect(page.locator("body")).to_contain_text(word)
                texts = {" ".join(text.split()) for text in page.locator(_OURS).all_inner_texts()}
                assert texts & foreign == set(), (language, path)
                assert faults_of(page) == [], (language, path)
    finally:
        page.goto(demo.url("armor", "/"))
        _choose(page, "fr")


@pytest.mark.parametrize("language", ["de", "it"])
def test_somebody_not_logged_in_chooses_a_language(demo: Demo, visit: Callable[..., Visitor], language: str) -> None:
    page = visit(width=390, height=844).page
    page.goto(demo.url("armor", "/compte/connexion/"))
    page.click(".dd-languages [data-bs-toggle]")
    with page.expect_navigation():
        page.click(f".dd-languages button[value={language}]")
    expect(page.locator("h1")).to_have_text({"de": "Bei Ihrem Konto anmelden", "it": "Acceda al Suo account"}[language])
    assert faults_of(page) == []
    # the keyboard opens the menu as well
    page.focus(".dd-languages [data-bs-toggle]")
    page.keyboard.press("Enter")
    expect(page.locator(".dd-languages .dropdown-item").first).to_be_visible()
