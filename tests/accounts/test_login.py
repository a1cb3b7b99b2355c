"""Log-in: by identifier or e-mail, with a lock-out that tells and reveals nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import Role, User
from extranet.models import Contact
from kernel.tenancy import firm_context, public_context
from tests.factories.cast import PASSWORD, Cast
from tests.support import at_host, logged_in, said

pytestmark = pytest.mark.django_db
Host = Callable[[str], Client]
LOGIN = "/compte/connexion/"
WRONG = "The username and/or password you specified are not correct."
LOCKED = "Too many failed login attempts. Try again later."


def try_login(client: Client, login: str, password: str = PASSWORD, **query: str) -> Any:
    return client.post(LOGIN, {"login": login, "password": password}, query_params=query)


def is_in(client: Client) -> bool:
    return client.get("/dossiers/").status_code == 200


@pytest.mark.parametrize(
    "login",
    [
        "alice",
        "ALICE",
        " alice ",
        "alice@client.example",
        "Alice@Client.Example",
        "bob",
        "bob@alpha.example",
        "anna@alpha.example",
    ],
)
def test_login_by_identifier_or_email_whatever_the_case(cast: Cast, host: Host, login: str) -> None:
    client = host("alpha")
    answer = try_login(client, login)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_in(client)


@pytest.mark.parametrize("login", ["alice", "alice@client.example", "nobody", "nobody@client.example", "dora", "oscar"])
def test_wrong_and_unknown_get_the_same_answer(cast: Cast, host: Host, login: str) -> None:
    client = host("alpha")
    page = try_login(client, login, "wrong-password-1").content.decode()
    message = said(WRONG)
    assert page.count(message) == 1
    assert f'value="{login}"' in page
    assert "wrong-password-1" not in page
    assert not is_in(client)


@pytest.mark.parametrize("data", [{}, {"login": "alice"}, {"password": PASSWORD}, {"login": "", "password": ""}])
def test_an_incomplete_form_is_shown_again(cast: Cast, host: Host, data: dict[str, str]) -> None:
    client = host("alpha")
    answer = client.post(LOGIN, data)
    assert answer.status_code == 200
    assert said("This field is required.") in answer.content.decode()
    assert not is_in(client)


@pytest.mark.parametrize(
    "login", ["alice\x00", "\x00", "a" * 10_000, "' OR 1=1 --", "%", "<script>alert(1)</script>", "été"]
)
def test_nonsense_is_a_wrong_password(cast: Cast, host: Host, login: str) -> None:
    answer = try_login(host("alpha"), login)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize("login", ["alice", "alice@client.example", "nobody"])
def test_five_failures_lock_the_account_out_with_a_clear_message(cast: Cast, host: Host, login: str) -> None:
    for _ in range(5):
        page = try_login(host("alpha"), login, "wrong-password-1").content.decode()
        assert said(WRONG) in page
    client = host("alpha")
    for password in ("wrong-password-1", PASSWORD):
        page = try_login(client, login, password).content.decode()
        assert said(LOCKED) in page
        assert said(WRONG) not in page
        assert not is_in(client)
    assert is_in(logged_in("alpha", cast.bob)), "others are not locked out"
    cache.clear()
    client = host("alpha")
    try_login(client, login)
    assert is_in(client) is (login != "nobody")


def test_a_lock_out_of_one_firm_is_not_anothers(cast: Cast, host: Host) -> None:
    with firm_context("firm_beta"):
        User.objects.create_user(
            username="alice", email="alice@beta.example", full_name="A", role=Role.CLIENT, password=PASSWORD
        )
    for _ in range(6):
        try_login(host("alpha"), "alice", "wrong-password-1")
    client = host("beta")
    assert try_login(client, "alice").status_code == 302


def test_many_failures_from_one_address_lock_the_address_out(cast: Cast, host: Host) -> None:
    for rank in range(20):
        try_login(host("alpha"), f"unknown-{rank}", "wrong-password-1")
    assert said(LOCKED) in try_login(host("alpha"), "alice").content.decode()
    elsewhere = Client(headers={"host": "alpha.localhost"}, REMOTE_ADDR="192.0.2.77")
    assert try_login(elsewhere, "alice").status_code == 302


def test_a_success_does_not_forgive_failures(cast: Cast, host: Host) -> None:
    for _ in range(4):
        try_login(host("alpha"), "alice", "wrong-password-1")
    assert try_login(host("alpha"), "alice").status_code == 302
    try_login(host("alpha"), "alice", "wrong-password-1")
    assert said(LOCKED) in try_login(host("alpha"), "alice").content.decode()


def test_a_closed_account_does_not_come_in(cast: Cast, host: Host) -> None:
    bob = logged_in("alpha", cast.bob)
    assert is_in(bob)
    with firm_context("firm_alpha"):
        User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    assert not is_in(bob)
    client = host("alpha")
    answer = try_login(client, "bob")
    assert answer["Location"] == "/compte/inactif/"
    assert not is_in(client)
    assert client.get("/compte/inactif/").status_code == 200


@pytest.mark.parametrize(
    ("subdomain", "role"), [("alpha", Role.OPERATOR), ("console", Role.ADMIN), ("console", Role.CLIENT)]
)
def test_a_role_counts_only_on_its_own_host(cast: Cast, host: Host, subdomain: str, role: Role) -> None:
    context = public_context() if subdomain == "console" else firm_context(f"firm_{subdomain}")
    with context:
        User.objects.create_user(username="mallory", email="m@x.example", full_name="M", role=role, password=PASSWORD)
    client = host(subdomain)
    try_login(client, "mallory")
    assert client.get("/compte/sessions/").status_code == 302
    assert client.get("/dossiers/" if subdomain == "alpha" else "/").status_code == 302


@pytest.mark.parametrize(
    ("wanted", "place"),
    [
        ("/contacts/", "/contacts/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("http://beta.localhost/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_login_goes_on_to_where_one_wanted_on_this_host_only(cast: Cast, host: Host, wanted: str, place: str) -> None:
    client = host("alpha")
    asked = client.get("/contacts/")
    assert asked["Location"] == "/compte/connexion/?next=/contacts/"
    answer = client.post(LOGIN, {"login": "bob", "password": PASSWORD, "next": wanted})
    assert answer["Location"] == place


def test_a_new_session_begins_with_the_login(cast: Cast, host: Host) -> None:
    client = host("alpha")
    client.get(LOGIN)
    client.cookies["sessionid"] = "fixed-by-an-attacker"
    try_login(client, "alice")
    assert client.cookies["sessionid"].value != "fixed-by-an-attacker"
    assert is_in(client)


def test_logout_ends_the_session_by_post_only(cast: Cast) -> None:
    client = logged_in("alpha", cast.alice)
    stolen = client.cookies["sessionid"].value
    assert client.get("/compte/deconnexion/").status_code == 200
    assert is_in(client)
    assert client.post("/compte/deconnexion/").status_code == 302
    assert not is_in(client)
    client.cookies["sessionid"] = stolen
    assert not is_in(client)


def test_nobody_registers_by_itself(cast: Cast, host: Host) -> None:
    with firm_context("firm_alpha"):
        before = User.objects.count()
    data = {"username": "eve", "email": "eve@x.example", "password1": PASSWORD, "password2": PASSWORD}
    page = host("alpha").post("/compte/creer/", data)
    assert page.status_code == 200
    assert said("Sign Up Closed") in page.content.decode()
    with firm_context("firm_alpha"):
        assert User.objects.count() == before


def test_a_deleted_person_is_out_at_once(cast: Cast) -> None:
    client = logged_in("alpha", cast.alice)
    with firm_context("firm_alpha"):
        Contact.objects.get(pk=cast.alice.pk).user.delete()
    assert not is_in(client)
    assert at_host("alpha").get(LOGIN).status_code == 200
