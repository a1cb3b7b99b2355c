"""From the host name to the firm: the right one, or nothing at all."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from kernel.tenancy import current_schema, public_context
from tenants import middleware
from tenants.actions.domains import add_domain
from tenants.actions.suspension import resume_firm, suspend_firm
from tenants.middleware import FirmMiddleware, forget_hosts
from tests.factories.cast import Cast
from tests.support import logged_in, said

Host = Callable[[str], Client]
LOGIN = "/compte/connexion/"
pytestmark = pytest.mark.django_db


def browser(host: str) -> Client:
    return Client(headers={"host": host})


@pytest.mark.parametrize(
    "host",
    ["alpha.localhost", "ALPHA.Localhost", "alpha.localhost.", "alpha.localhost:8000", "alpha.LOCALHOST.:8000"],
)
def test_a_firms_host_is_found_however_it_is_written(cast: Cast, host: str) -> None:
    answer = browser(host).get(LOGIN)
    assert answer.status_code == 200
    assert cast.alpha.branding.site_name in answer.content.decode()


@pytest.mark.parametrize(
    "host",
    [
        "nobody.localhost",
        "alpha.beta.localhost",
        "www.alpha.localhost",
        "alphalocalhost",
        "alpha",
        "example.com",
        "127.0.0.1",
        "127.0.0.1:8000",
        "[::1]",
        "[::1]:8000",
        "localhost.example.com",
        "xn--alpha-9ua.localhost",
        "public.localhost",
    ],
)
def test_an_unknown_host_is_a_404_and_never_the_public_site(host: str) -> None:
    for path in ("/", LOGIN, "/inscription/", "/dossiers/", "/login/"):
        answer = browser(host).get(path)
        assert answer.status_code == 404
        html = answer.content.decode()
        assert said("Open your portal") not in html
        assert 'name="password"' not in html
        assert "Cabinet Alpha" not in html
        assert not answer.cookies


@pytest.mark.parametrize(
    "host",
    [
        "",
        "a b.localhost",
        "alpha.localhost/../x",
        "alpha.localhost:port",
        "<script>",
        "firm_alpha.localhost",
        "é.localhost",
    ],
)
def test_a_malformed_host_is_refused(host: str) -> None:
    answer = Client(headers={"host": host}, SERVER_NAME=host or "<none>").get("/")
    assert answer.status_code in {400, 404}
    assert "<script>" not in answer.content.decode()


@pytest.mark.parametrize("host", ["localhost", "console.localhost", "alpha.localhost", "nobody.localhost", "127.0.0.1"])
@pytest.mark.parametrize(("path", "body"), [("/healthz", b"ok"), ("/readyz", b"ready")])
def test_health_is_answered_on_any_host(host: str, path: str, body: bytes) -> None:
    answer = browser(host).get(path)
    assert (answer.status_code, answer.content) == (200, body)


def test_the_three_sites_have_their_own_addresses(host: Host) -> None:
    assert host("").get("/inscription/").status_code == 200
    assert host("alpha").get("/inscription/").status_code == 404
    assert host("console").get("/inscription/").headers["Location"].startswith("/login/")
    assert host("").get(LOGIN).status_code == 404
    assert host("").get("/dossiers/").status_code == 404
    assert host("console").get("/dossiers/").headers["Location"].startswith("/login/")


def test_a_request_ends_where_the_next_one_must_not_begin(host: Host) -> None:
    """Whatever schema a thread was left in, each request enters its own."""
    connection.set_schema("firm_beta")  # type: ignore[attr-defined]
    seen: list[tuple[str, Any]] = []

    def view(request: Any) -> HttpResponse:
        seen.append((current_schema(), getattr(request.firm, "name", None)))
        return HttpResponse()

    handler = FirmMiddleware(view)
    for name in ("alpha.localhost", "localhost", "beta.localhost", "console.localhost", "nobody.localhost"):
        request = RequestFactory().get("/", headers={"host": name})
        request.session = {}  # type: ignore[assignment]
        handler(request)
    assert seen == [
        ("firm_alpha", "Cabinet Alpha"),
        ("public", None),
        ("firm_beta", "Cabinet Beta"),
        ("public", None),
    ]


def test_a_known_host_costs_no_query_for_two_seconds(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("tenants.middleware.time.monotonic", lambda: now[0])

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            browser("alpha.localhost").get("/branding/logo")
        return sum('"tenants_domain"' in query["sql"] for query in captured.captured_queries)

    forget_hosts()
    assert queries() == 1
    assert queries() == 0
    now[0] += middleware.CACHE_SECONDS + 0.1
    assert queries() == 1


def test_a_view_cannot_change_what_the_next_request_reads(cast: Cast) -> None:
    first = RequestFactory().get("/", headers={"host": "alpha.localhost"})

    def spoil(request: Any) -> HttpResponse:
        request.firm.name = "Spoiled"
        return HttpResponse()

    FirmMiddleware(spoil)(first)
    seen: list[str] = []

    def look(request: Any) -> HttpResponse:
        seen.append(request.firm.name)
        return HttpResponse()

    FirmMiddleware(look)(RequestFactory().get("/", headers={"host": "alpha.localhost"}))
    assert seen == ["Cabinet Alpha"]


def test_a_firms_other_host_shows_the_same_portal(cast: Cast) -> None:
    assert browser("extranet.cabinet-alpha.example").get(LOGIN).status_code == 404
    add_domain(cast.alpha, host="Extranet.Cabinet-Alpha.example.")
    answer = browser("extranet.cabinet-alpha.example").get(LOGIN)
    assert answer.status_code == 200
    assert "Cabinet Alpha" in answer.content.decode()


def test_a_suspended_firm_says_so_politely_and_loses_nothing(cast: Cast, host: Host) -> None:
    anna = logged_in("alpha", cast.anna)
    suspend_firm(cast.alpha, reason="Facture impayée")
    for method, path in (("get", "/"), ("get", LOGIN), ("get", "/dossiers/"), ("post", "/contacts/nouveau/")):
        for client in (anna, host("alpha")):
            answer = getattr(client, method)(path)
            assert answer.status_code == 503
            assert answer["Cache-Control"] == "no-store"
            html = answer.content.decode()
            assert "Cabinet Alpha" in html
            assert "Facture impayée" not in html
            assert 'name="password"' not in html
    assert host("alpha").get("/theme.css").status_code == 200
    assert host("alpha").get("/healthz").status_code == 200
    assert host("beta").get(LOGIN).status_code == 200
    with public_context():
        resume_firm(cast.alpha)
    assert anna.get("/dossiers/").status_code == 200


def test_limited_set_calls_are_on(settings: Any) -> None:
    """One SET search_path a schema change, not one a query (safe since django-tenants 4.0.1)."""
    assert settings.TENANT_LIMIT_SET_CALLS is True
    with CaptureQueriesContext(connection) as queries:
        browser("alpha.localhost").get(LOGIN)
    sets = [query["sql"] for query in queries.captured_queries if query["sql"].startswith("SET search_path")]
    assert len(sets) <= 3
