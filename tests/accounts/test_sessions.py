"""Open sessions: seen and ended by their owner, worth nothing on another host."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import Role, User
from kernel.tenancy import firm_context, public_context
from tests.factories.cast import PASSWORD, Cast
from tests.support import at_host, logged_in

pytestmark = pytest.mark.django_db
SESSIONS = "/compte/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def elsewhere() -> Client:
    client = Client(
        headers={"host": "alpha.localhost", "user-agent": FIREFOX},
        REMOTE_ADDR="192.0.2.44",
    )
    assert client.post("/compte/connexion/", {"login": "bob", "password": PASSWORD}).status_code == 302
    return client


def test_a_person_sees_its_sessions_and_ends_the_others(cast: Cast) -> None:
    here, other, anna = logged_in("alpha", cast.bob), elsewhere(), logged_in("alpha", cast.anna)
    page = here.get(SESSIONS).content.decode()
    assert page.count("dd-list-item") == 2
    assert "192.0.2.44" in page
    assert "Firefox" in page
    assert here.post(SESSIONS).status_code == 302
    assert here.get("/dossiers/").status_code == 200
    assert other.get("/dossiers/").status_code == 302
    assert anna.get("/dossiers/").status_code == 200
    assert here.get(SESSIONS).content.decode().count("dd-list-item") == 1


def test_sessions_are_listed_for_their_firm_only(cast: Cast) -> None:
    """Anna and Dan have one key in two schemas."""
    assert cast.anna.pk == cast.dan.pk
    anna, dan = logged_in("alpha", cast.anna), logged_in("beta", cast.dan)
    assert anna.get(SESSIONS).content.decode().count("dd-list-item") == 1
    anna.post(SESSIONS)
    assert dan.get("/dossiers/").status_code == 200


def replay(client: Client, subdomain: str) -> Client:
    thief = at_host(subdomain)
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    return thief


@pytest.mark.parametrize("subdomain", ["beta", "console", ""])
def test_a_session_of_alpha_is_anonymous_on_another_host(cast: Cast, subdomain: str) -> None:
    thief = replay(logged_in("alpha", cast.anna), subdomain)
    path = "/dossiers/" if subdomain == "beta" else "/" if subdomain == "console" else "/dossiers/"
    assert thief.get(path).status_code == (404 if subdomain == "" else 302)


@pytest.mark.parametrize(("subdomain", "schema"), [("beta", "firm_beta"), ("console", "public")])
def test_a_session_row_copied_to_another_schema_is_anonymous(cast: Cast, subdomain: str, schema: str) -> None:
    """Sealed with the schema's name: even who can write beta's table gets in with alpha's session nowhere."""
    anna = logged_in("alpha", cast.anna)
    with firm_context("firm_alpha"):
        row = Session.objects.get(session_key=anna.cookies["sessionid"].value)
        values = {"session_key": row.session_key, "session_data": row.session_data, "expire_date": row.expire_date}
    with firm_context(schema) if schema != "public" else public_context():
        Session.objects.create(**values)
        # somebody there has the same key and the same password hash, which a session's own check goes by
        User.objects.filter(pk=cast.anna.pk).delete()
        role = Role.OPERATOR if schema == "public" else Role.ADMIN
        twin = User(pk=cast.anna.pk, username="twin", email="twin@x.example", full_name="Twin", role=role)
        twin.password = cast.anna.password
        twin.save(force_insert=True)
    thief = replay(anna, subdomain)
    assert thief.get("/compte/sessions/")["Location"].startswith("/compte/connexion/")
    assert anna.get("/dossiers/").status_code == 200


def test_the_cookie_is_of_this_host_only(cast: Cast) -> None:
    client = at_host("alpha")
    answer = client.post("/compte/connexion/", {"login": "alice", "password": PASSWORD})
    for cookie in answer.cookies.values():
        assert not cookie["domain"]
        assert cookie["samesite"] == "Lax"
    assert answer.cookies["sessionid"]["httponly"]
    assert client.cookies["sessionid"]["path"] == "/"


def test_an_ended_or_invented_session_is_anonymous(cast: Cast) -> None:
    client = at_host("alpha")
    for value in ("x", "0" * 32, "../../etc", "a" * 5_000, "é"):
        client.cookies["sessionid"] = value
        assert client.get("/dossiers/").status_code == 302
