"""What every page gets from the look: its stylesheet, its language, its shell, its errors."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template.loader import get_template, render_to_string
from django.test import Client, RequestFactory
from django.utils import translation

from tests.factories.cast import Cast
from tests.support import logged_in
from themes import css
from themes.context import branding, branding_of, version_of

Host = Callable[[str], Client]
ERRORS = ["400", "403", "404", "413", "429", "csrf", "suspended", "unknown_host"]


def request_of(firm: Any = None, user: Any = None) -> HttpRequest:
    request = RequestFactory().get("/somewhere/?q=a")
    request.firm = firm  # type: ignore[attr-defined]
    request.user = user or AnonymousUser()
    return request


def test_theme_of_a_firm_is_cacheable_for_ever_under_its_version_only(cast: Cast, host: Host) -> None:
    look = cast.alpha.branding
    look.button_color = "#0f766e"
    look.save()
    version = f"{look.version}-{css.REVISION}"
    fresh = host("alpha").get(f"/theme.css?v={version}")
    assert fresh.status_code == 200
    assert fresh["Content-Type"].startswith("text/css")
    assert "immutable" in fresh["Cache-Control"]
    assert "--dd-brand: #0f766e;" in fresh.content.decode()
    for other in ("/theme.css", "/theme.css?v=999-0000"):
        assert host("alpha").get(other)["Cache-Control"] == "no-cache"
    assert "--dd-brand: #0f766e;" not in host("beta").get("/theme.css").content.decode()


def test_theme_names_the_background_image_by_its_version(cast: Cast, host: Host) -> None:
    look = cast.alpha.branding
    look.background_key = "firms/alpha/branding/background.jpg"
    look.save()
    assert f'url("/branding/background?v={look.version}")' in host("alpha").get("/theme.css").content.decode()


@pytest.mark.django_db
def test_theme_of_the_public_site_is_the_platforms(host: Host) -> None:
    assert f"--dd-brand: {css.DEFAULT_BUTTON};" in host("").get("/theme.css").content.decode()


@pytest.mark.django_db
def test_a_log_in_page_carries_the_firms_name_and_no_inline_code(cast: Cast, host: Host) -> None:
    page = host("alpha").get("/compte/connexion/")
    html = page.content.decode()
    assert cast.alpha.branding.site_name in html
    assert f"/theme.css?v={version_of(branding_of(request_of(cast.alpha)))}" in html
    assert 'lang="fr"' in html


@pytest.mark.django_db
def test_language_is_the_visitors_choice_then_the_firms_then_french(cast: Cast, host: Host) -> None:
    look = cast.alpha.branding
    look.language = "en"
    look.save()
    browser = host("alpha")
    assert browser.get("/compte/connexion/", headers={"accept-language": "fr"})["Content-Language"] == "en"
    browser.cookies["django_language"] = "fr"
    assert browser.get("/compte/connexion/")["Content-Language"] == "fr"
    browser.cookies["django_language"] = "xx"
    assert browser.get("/compte/connexion/")["Content-Language"] == "en"
    public = host("").get("/", headers={"accept-language": "en-GB,en;q=0.8"})
    assert public["Content-Language"] == "fr"


@pytest.mark.parametrize(
    ("role", "shell"),
    [
        ("admin", "base_office.html"),
        ("staff", "base_office.html"),
        ("client", "base_portal.html"),
        ("operator", "base_console.html"),
    ],
)
def test_account_pages_stand_in_the_shell_of_the_role(role: str, shell: str) -> None:
    assert branding(request_of(user=SimpleNamespace(role=role)))["shell"]() == shell


def test_a_firm_without_branding_still_has_a_look(cast: Cast) -> None:
    cast.beta.branding.delete()
    cast.beta.refresh_from_db()
    context = branding(request_of(cast.beta))
    assert context["site_name"] == cast.beta.name
    assert context["branding"].button_color == css.DEFAULT_BUTTON


@pytest.mark.parametrize("path", ["/dossiers/", "/contacts/", "/equipe/", "/compte/mot-de-passe/", "/compte/sessions/"])
def test_office_pages_have_one_heading_one_main_and_the_menu(cast: Cast, path: str) -> None:
    html = logged_in("alpha", cast.anna).get(path).content.decode()
    assert html.count("<h1") == 1
    assert html.count("<main") == 1
    assert 'class="dd-sidebar"' in html


def test_the_menu_of_the_staff_hides_what_only_administrators_may(cast: Cast) -> None:
    assert 'href="/reglages/"' in logged_in("alpha", cast.anna).get("/dossiers/").content.decode()
    assert 'href="/reglages/"' not in logged_in("alpha", cast.bob).get("/dossiers/").content.decode()


def test_clients_have_the_portals_shell(cast: Cast) -> None:
    html = logged_in("alpha", cast.alice).get("/dossiers/").content.decode()
    assert 'class="dd-topbar"' in html
    assert 'class="dd-sidebar"' not in html


@pytest.mark.parametrize(
    ("attrs", "expected"),
    [
        ({"type": "submit"}, '<button class="btn btn-primary" type="submit" >'),
        ({"type": "submit", "tags": ["danger", "delete"]}, '<button class="btn btn-danger" type="submit" >'),
        ({"href": "/x", "tags": ["outline", "cancel"]}, '<a class="btn " href="/x" >'),
        ({"href": "/x", "tags": ["danger", "tool"]}, '<a class="btn btn-sm btn-outline-danger" href="/x" >'),
        ({"form": "f", "tags": ["link", "cancel"]}, '<button class="btn btn-link" form="f" >'),
    ],
)
def test_the_buttons_of_the_log_in_library_have_our_look(attrs: dict[str, Any], expected: str) -> None:
    context = {"attrs": attrs, "slots": {"default": ["Go on"]}}
    html = " ".join(render_to_string("allauth/elements/button.html", context).split())
    assert html.startswith(expected)
    assert "Go on" in html


@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_errors_render_in_the_firms_look(cast: Cast, name: str, language: str) -> None:
    with translation.override(language):
        html = render_to_string(f"errors/{name}.html", {"host": "nobody.localhost"}, request_of(cast.alpha))
    assert f'lang="{language}"' in html
    assert html.count("<h1") == 1
    assert cast.alpha.branding.site_name in html


def test_the_failure_page_needs_nothing() -> None:
    """No context, no request, no database (the fixture is not asked for, so a query would fail)."""
    for name in ("500.html", "errors/500.html"):
        html = get_template(name).render()
        assert html.count("<h1") == 1
        assert '<link rel="stylesheet" href="/theme.css">' in html.split("</main>")[1]


def test_a_missing_page_answers_in_the_firms_look(cast: Cast, host: Host) -> None:
    answer = host("alpha").get("/nowhere/")
    assert answer.status_code == 404
    assert cast.alpha.branding.site_name in answer.content.decode()


def test_a_form_without_its_token_is_refused_with_advice(cast: Cast) -> None:
    browser = Client(enforce_csrf_checks=True, headers={"host": "alpha.localhost"})
    answer = browser.post("/compte/connexion/", {"login": "anna", "password": "x"})
    assert answer.status_code == 403
    assert "dd-error-card" in answer.content.decode()
