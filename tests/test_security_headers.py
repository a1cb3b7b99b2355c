"""What every answer says to the browser: policies, cookies, caches; and the settings behind https."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from kernel.tenancy import firm_context
from tests.factories.cast import PASSWORD, Cast
from tests.factories.portal import add_dossier, files_of
from tests.storage.builders import image, pdf
from tests.support import at_host, body, logged_in

ROOT = Path(__file__).parents[1]
POLICY = (
    "default-src 'self'; "
    "img-src 'self' data: blob:; "
    "font-src 'self' data:; "
    "connect-src 'self'; "
    "worker-src 'self' blob:; "
    "object-src 'none'; "
    "base-uri 'none'; "
    "form-action 'self'; "
    "frame-ancestors 'none'"
)
POLICY_WITH_MAP = POLICY.replace("data: blob:;", "data: blob: https://data.geopf.fr;")
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def check_headers(answer: Any, *, has_map: bool = False) -> None:
    body(answer)
    expected = HEADERS | ({"Content-Security-Policy": POLICY_WITH_MAP} if has_map else {})
    assert {name: answer.headers.get(name) for name in HEADERS} == expected
    assert "Server" not in answer.headers
    assert "X-Powered-By" not in answer.headers


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("subdomain", "path", "status"),
    [
        ("", "/", 200),
        ("", "/inscription/", 200),
        ("", "/conditions/", 200),
        ("", "/nowhere/", 404),
        ("", "/inscription/confirmer/x/", 410),
        ("alpha", "/compte/connexion/", 200),
        ("alpha", "/compte/mot-de-passe/oublie/", 200),
        ("alpha", "/dossiers/", 302),
        ("alpha", "/nowhere/", 404),
        ("alpha", "/theme.css", 200),
        ("nobody", "/", 404),
        ("console", "/compte/connexion/", 200),
    ],
)
def test_the_policies_are_on_every_page_for_strangers(subdomain: str, path: str, status: int) -> None:
    answer = at_host(subdomain).get(path)
    assert answer.status_code == status
    check_headers(answer)


@pytest.mark.django_db
@pytest.mark.parametrize("person", ["alice", "bob", "anna"])
def test_the_policies_are_on_every_page_for_members_and_none_is_cached(cast: Cast, person: str) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice], files={"a.pdf": pdf(), "b.png": image()})
        report, picture = files_of(dossier)
    client = logged_in("alpha", getattr(cast, person))
    url = f"/dossiers/{dossier.code}/"
    for path in ("/dossiers/", url, f"{url}fichiers/{report.code}/lire/", "/compte/sessions/", "/nowhere/", "/equipe/"):
        answer = client.get(path)
        check_headers(answer, has_map=path == url and person != "alice")
        kept = {part.strip() for part in answer["Cache-Control"].split(",")}
        assert {"no-store", "private"} <= kept, path
    pdf_answer = client.get(f"{url}fichiers/{report.code}/contenu/")
    check_headers(pdf_answer)
    assert pdf_answer["Cache-Control"] == "private, no-cache"
    shown = client.get(f"{url}fichiers/{picture.code}/contenu/")
    assert shown["Content-Security-Policy"] == "sandbox; default-src 'none'"
    body(shown)


@pytest.mark.django_db
def test_a_suspended_firms_notice_has_the_policies(cast: Cast) -> None:
    from tenants.actions.suspension import suspend_firm

    suspend_firm(cast.alpha, reason="x")
    answer = at_host("alpha").get("/")
    assert answer.status_code == 503
    check_headers(answer)


@pytest.mark.django_db
def test_cookies_are_of_one_host_and_closed_to_scripts(cast: Cast) -> None:
    client = at_host("alpha")
    page = client.get("/compte/connexion/")
    entered = client.post("/compte/connexion/", {"login": "alice", "password": PASSWORD})
    switched = client.post("/langue/setlang/", {"language": "en"})
    cookies = {**page.cookies, **entered.cookies, **switched.cookies}
    assert set(cookies) == {"csrftoken", "sessionid", "django_language", "messages"} & set(cookies)
    assert {"csrftoken", "sessionid", "django_language"} <= set(cookies)
    for name, cookie in cookies.items():
        assert cookie["domain"] == "", name
        assert cookie["path"] == "/", name
        assert cookie["samesite"] == "Lax", name
    assert cookies["sessionid"]["httponly"]


@pytest.mark.django_db
def test_a_post_without_its_token_is_refused_everywhere(cast: Cast) -> None:
    """The test client passes the token check by; a browser of another site does not."""
    for subdomain, path in (
        ("", "/inscription/"),
        ("alpha", "/compte/connexion/"),
        ("alpha", "/langue/setlang/"),
        ("console", "/compte/connexion/"),
    ):
        client = Client(enforce_csrf_checks=True, headers={"host": f"{subdomain}.localhost".strip(".")})
        assert client.post(path, {"login": "alice", "password": PASSWORD}).status_code == 403, path
    session = logged_in("alpha", cast.bob).cookies["sessionid"].value
    client = Client(enforce_csrf_checks=True, headers={"host": "alpha.localhost"})
    client.cookies["sessionid"] = session
    for path in ("/dossiers/nouveau/", "/contacts/nouveau/", "/fichiers/televerser/", "/compte/deconnexion/"):
        assert client.post(path, {"title": "a"}).status_code == 403, path
    assert client.get("/dossiers/").status_code == 200


@pytest.mark.django_db
def test_a_token_of_another_origin_is_refused(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True, headers={"host": "alpha.localhost"})
    client.get("/compte/connexion/")
    token = client.cookies["csrftoken"].value
    data = {"login": "alice", "password": PASSWORD, "csrfmiddlewaretoken": token}
    for origin in ("http://beta.localhost", "https://evil.example", "null"):
        assert client.post("/compte/connexion/", data, headers={"origin": origin}).status_code == 403, origin
    assert client.post("/compte/connexion/", data, headers={"origin": "http://alpha.localhost"}).status_code == 302


# --- https ------------------------------------------------------------------------------------------------------------

PROBE = """
import json
import django
django.setup()
from django.conf import settings
from django.test import Client
wanted = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "DEBUG",
          "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_PROXY_SSL_HEADER",
          "LANGUAGE_COOKIE_SECURE", "SESSION_COOKIE_DOMAIN", "CSRF_COOKIE_DOMAIN", "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN")
answers = {}
for name, extra in {"plain": {}, "proxied": {"HTTP_X_FORWARDED_PROTO": "https"}, "secure": {"secure": True}}.items():
    answer = Client(headers={"host": "diag.example"}).get("/healthz", **extra)
    page = Client(headers={"host": "diag.example"}).get("/", **extra)
    answers[name] = [answer.status_code, page.status_code, page.headers.get("Location"),
                     page.headers.get("Strict-Transport-Security"),
                     {name: [bool(c["secure"]), c["domain"], c["path"]] for name, c in page.cookies.items()}]
print(json.dumps({"settings": {name: getattr(settings, name) for name in wanted}, "answers": answers}))
"""


def production(**more: str) -> dict[str, str]:
    """Returns the environment of a deployment behind one proxy that speaks https."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "DATABASE_URL", "LANG"}}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DIAGDESK_URL": "https://diag.example",
        "SECRET_KEY": "x9" * 32 + "-a-long-secret-of-this-test",
        "TRUSTED_PROXY_COUNT": "1",
        "LOG_LEVEL": "ERROR",
        **more,
    }


def run(arguments: list[str], environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-W", "error", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)


def test_https_settings_hold(own_database: str) -> None:
    done = run(["-c", PROBE], production(DATABASE_URL=own_database))
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["settings"] == {
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "DEBUG": False,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
        "SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"],
        "LANGUAGE_COOKIE_SECURE": True,
        "SESSION_COOKIE_DOMAIN": None,
        "CSRF_COOKIE_DOMAIN": None,
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": False,
    }
    health, page, location, hsts, cookies = found["answers"]["plain"]
    assert (health, page, location, hsts, cookies) == (200, 301, "https://diag.example/", None, {})
    for name in ("proxied", "secure"):
        health, page, _location, hsts, _cookies = found["answers"][name]
        assert (health, page) == (200, 200)
        assert hsts == "max-age=31536000; includeSubDomains"


def test_without_a_proxy_its_header_is_not_believed(own_database: str) -> None:
    done = run(["-c", PROBE], production(DATABASE_URL=own_database, TRUSTED_PROXY_COUNT="0"))
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["settings"]["SECURE_PROXY_SSL_HEADER"] is None
    assert found["answers"]["proxied"][1] == 301
    assert found["answers"]["secure"][1] == 200


def test_the_deployment_check_is_clean(own_database: str) -> None:
    done = run(["manage.py", "check", "--deploy", "--fail-level", "WARNING"], production(DATABASE_URL=own_database))
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"DIAGDESK_URL": "http://diag.example"}, "diagdesk.W002"),
        ({"DEBUG": "1"}, "diagdesk.E001"),
        ({"SECRET_KEY": "short"}, "security.W009"),
    ],
)
def test_the_deployment_check_tells_what_is_dangerous(own_database: str, changes: dict[str, str], told: str) -> None:
    environment = production(DATABASE_URL=own_database) | changes
    done = run(["manage.py", "check", "--deploy", "--fail-level", "WARNING"], environment)
    assert done.returncode == 1
    assert told in done.stderr


def test_without_a_secret_key_nothing_starts() -> None:
    environment = production()
    del environment["SECRET_KEY"]
    done = run(["manage.py", "check"], environment)
    assert done.returncode != 0
    assert "SECRET_KEY" in done.stderr


def test_the_isolation_checks_tell_a_shared_cookie_or_cache(settings: Any) -> None:
    from config.checks import check_isolation

    assert check_isolation(None) == []
    settings.SESSION_COOKIE_DOMAIN = ".localhost"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    assert {found.id for found in check_isolation(None)} == {"diagdesk.E010", "diagdesk.E011"}


def test_the_tiles_host_is_in_the_policy_of_pages_with_a_map_alone(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob)
    bob = logged_in("alpha", cast.bob)
    for path, has_map in {"/dossiers/carte/": True, f"/dossiers/{dossier.code}/": True, "/dossiers/": False}.items():
        policy = bob.get(path).headers["Content-Security-Policy"]
        assert ("https://data.geopf.fr" in policy) == has_map, path
