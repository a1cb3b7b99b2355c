"""Who comes into the console, and under which policy."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import URLPattern, URLResolver
from django.utils import timezone

from console.site import IDLE_SECONDS, site
from kernel.crypto import encrypt
from kernel.tenancy import public_context
from tests.console.support import code_of
from tests.factories.cast import PASSWORD, Cast
from tests.support import at_host, logged_in

PAGES = [
    "/",
    "/tenants/firm/",
    "/tenants/firm/add/",
    "/tenants/signup/",
    "/console/firmexport/",
    "/procrastinate/procrastinatejob/",
    "/accounts/user/",
    "/accounts/user/add/",
    "/console/auditentry/",
]


def _addresses(patterns: list[URLPattern | URLResolver], prefix: str = "/") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, route)
        elif "(?P" not in route:
            for part in ("<int:pk>", "<int:domain_pk>", "<path:object_id>"):
                route = route.replace(part, "1")
            yield route


@pytest.mark.parametrize("path", PAGES)
def test_page_is_shown_to_an_operator(console: Client, path: str) -> None:
    assert console.get(path).status_code == 200


def test_every_address_is_closed_to_strangers(cast: Cast) -> None:
    addresses = sorted(set(_addresses(site.urls[0])))
    assert "/tenants/firm/1/suspend/" in addresses
    assert "/console/firmexport/1/download/" in addresses
    client = at_host("console")
    for address in addresses:
        for method in (client.get, client.post):
            response = method(address)
            assert response.status_code == 302, address
            expected = {"/login/": "/compte/connexion/", "/logout/": "/"}.get(address, "/login/?next=")
            assert response.headers["Location"].startswith(expected), address


def test_stranger_is_led_to_the_log_in_and_back(cast: Cast) -> None:
    client = at_host("console")
    response = client.get("/tenants/firm/?q=alpha")
    assert response.headers["Location"] == "/login/?next=/tenants/firm/%3Fq%3Dalpha"
    assert (
        client.get(response.headers["Location"]).headers["Location"]
        == "/compte/connexion/?next=%2Ftenants%2Ffirm%2F%3Fq%3Dalpha"
    )


def test_operator_without_second_factor_sets_one_up_first(cast: Cast) -> None:
    client = logged_in("console", cast.oscar)
    for path in PAGES:
        response = client.get(path)
        assert (response.status_code, response.headers["Location"]) == (302, "/compte/double-facteur/totp/activate/")


def test_password_alone_does_not_log_in_an_operator_with_a_second_factor(cast: Cast, secret: str) -> None:
    client = logged_in("console", cast.oscar)
    assert client.get("/").status_code == 302
    assert "_auth_user_id" not in client.session
    response = client.post("/compte/double-facteur/authenticate/", {"code": "000000"})
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session
    assert client.post("/compte/double-facteur/authenticate/", {"code": code_of(secret)}).status_code == 302
    assert client.get("/").status_code == 200


def test_session_from_before_the_second_factor_must_prove_it(cast: Cast) -> None:
    client = logged_in("console", cast.oscar)
    # set up in another browser, or by whoever knew the first password
    secret = "JBSWY3DPEHPK3PXP"
    Authenticator.objects.create(user_id=cast.oscar.pk, type=Authenticator.Type.TOTP, data={"secret": encrypt(secret)})
    response = client.get("/tenants/firm/")
    assert response.headers["Location"] == "/login/?next=/tenants/firm/"
    proof = client.get(response.headers["Location"]).headers["Location"]
    assert proof == "/compte/double-facteur/reauthenticate/?next=%2Ftenants%2Ffirm%2F"
    assert client.post(proof, {"code": "000000"}).status_code == 200
    assert client.get("/tenants/firm/").status_code == 302
    assert client.post(proof, {"code": code_of(secret)}).headers["Location"] == "/tenants/firm/"
    assert client.get("/tenants/firm/").status_code == 200


@pytest.mark.parametrize("person", ["anna", "bob"])
def test_people_of_firms_cannot_log_in_here(cast: Cast, person: str) -> None:
    client = at_host("console")
    user = getattr(cast, person)
    response = client.post("/compte/connexion/", {"login": user.username, "password": PASSWORD})
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("host", ["alpha", ""])
def test_console_is_on_no_other_host(cast: Cast, host: str) -> None:
    client = logged_in("alpha", cast.anna) if host else at_host("")
    for path in PAGES[1:]:
        assert client.get(path).status_code == 404


def test_operators_session_on_a_firms_host_means_nothing(console: Client) -> None:
    alpha = at_host("alpha")
    alpha.cookies["sessionid"] = console.cookies["sessionid"].value
    assert alpha.get("/dossiers/").headers["Location"].startswith("/compte/connexion/")


def test_session_ends_after_half_an_hour_without_a_page(console: Client) -> None:
    assert console.get("/").status_code == 200
    session = Session.objects.get(session_key=console.cookies["sessionid"].value)
    left = session.expire_date - timezone.now()
    assert timedelta(seconds=IDLE_SECONDS - 60) < left <= timedelta(seconds=IDLE_SECONDS)
    Session.objects.filter(pk=session.pk).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert console.get("/").headers["Location"] == "/login/?next=/"


def test_each_page_does_not_write_the_session(console: Client) -> None:
    console.get("/")
    before = Session.objects.get(session_key=console.cookies["sessionid"].value).expire_date
    console.get("/tenants/firm/")
    assert Session.objects.get(session_key=console.cookies["sessionid"].value).expire_date == before


def test_closed_account_is_out_at_once(console: Client, cast: Cast) -> None:
    assert console.get("/").status_code == 200
    with public_context():
        cast.oscar.is_active = False
        cast.oscar.save()
    assert console.get("/").headers["Location"] == "/login/?next=/"


def test_log_out_is_a_post_and_ends_the_session(console: Client) -> None:
    key = console.cookies["sessionid"].value
    assert console.get("/logout/").headers["Location"] == "/compte/deconnexion/"
    assert Session.objects.filter(session_key=key).exists()
    assert console.post("/logout/").headers["Location"] == "/compte/connexion/"
    assert not Session.objects.filter(session_key=key).exists()
    assert console.get("/").status_code == 302


@pytest.mark.parametrize("path", [*PAGES, "/login/", "/nothing-here/"])
def test_policy_of_every_page_allows_no_other_host_and_no_frame(console: Client, path: str) -> None:
    response = console.get(path)
    policy = response.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
    assert response.headers["X-Frame-Options"] == "DENY"


def test_loose_policy_is_the_consoles_alone(console: Client) -> None:
    assert "'unsafe-eval'" in console.get("/").headers["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-eval'" in console.get("/").headers["Content-Security-Policy"]
    for path in ("/compte/double-facteur/", "/compte/sessions/"):
        assert "'unsafe-eval'" not in console.get(path).headers["Content-Security-Policy"]
    assert "'unsafe-eval'" not in at_host("console").get("/compte/connexion/").headers["Content-Security-Policy"]


def test_pages_are_never_cached(console: Client) -> None:
    for path in PAGES:
        assert "no-store" in console.get(path).headers["Cache-Control"]
