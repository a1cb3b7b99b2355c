"""The firm's own people, managed by its administrators."""

import re

import pytest
from django.test import Client

from accounts.models import Role, User
from kernel.tenancy import firm_context
from mail.models import OutgoingMail
from tests.factories.cast import PASSWORD, Cast
from tests.support import Box, logged_in, run_jobs, said, text_of

pytestmark = pytest.mark.django_db


def member(username: str) -> User:
    with firm_context("firm_alpha"):
        return User.objects.get(username=username)


def edit(client: Client, user: User, **data: str) -> int:
    values = {"full_name": user.full_name, "role": user.role} | data
    return client.post(f"/equipe/{user.code}/", values).status_code


def test_an_invited_member_gets_codes_and_must_change_the_password(cast: Cast, mailbox: Box) -> None:
    anna = logged_in("alpha", cast.anna)
    data = {"full_name": "Ève Été", "email": "Eve@Alpha.example", "role": "staff"}
    assert anna.post("/equipe/nouveau/", data).status_code == 302
    assert "Ève Été" in anna.get("/equipe/").content.decode()
    eve = member("eve@alpha.example")
    assert (eve.role, eve.email, eve.must_change_password) == (Role.STAFF, "Eve@Alpha.example", True)
    run_jobs()
    found = re.search(r"\b[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}\b", text_of(mailbox.last("Eve@Alpha.example")))
    assert found
    client = logged_in("alpha", eve, password=found[0])
    assert client.get("/dossiers/")["Location"] == "/compte/mot-de-passe/"
    with firm_context("firm_alpha"):
        assert OutgoingMail.objects.get().text == ""


@pytest.mark.parametrize("email", ["bob@alpha.example", "BOB@alpha.example", "alice@client.example"])
def test_an_address_that_is_taken_is_refused_with_what_was_typed(cast: Cast, email: str) -> None:
    answer = logged_in("alpha", cast.anna).post(
        "/equipe/nouveau/", {"full_name": "Second Bob", "email": email, "role": "staff"}
    )
    assert answer.status_code == 422
    html = answer.content.decode()
    assert said("Another account already uses this e-mail.") in html
    assert 'value="Second Bob"' in html
    with firm_context("firm_alpha"):
        assert not OutgoingMail.objects.exists()
        assert not User.objects.filter(full_name="Second Bob").exists()


@pytest.mark.parametrize(
    "data",
    [
        {"role": "client"},
        {"role": "operator"},
        {"role": ""},
        {"email": "x"},
        {"email": "a" * 160 + "@alpha.example"},
        {"email": "a" * 290 + "@alpha.example"},
        {"full_name": ""},
        {"full_name": "x" * 121},
    ],
)
def test_a_wrong_invitation_is_refused(cast: Cast, data: dict[str, str]) -> None:
    values = {"full_name": "Eve", "email": "eve@alpha.example", "role": "staff"} | data
    assert logged_in("alpha", cast.anna).post("/equipe/nouveau/", values).status_code == 422
    with firm_context("firm_alpha"):
        assert not User.objects.filter(full_name="Eve").exists()
        assert not OutgoingMail.objects.exists()


def test_the_last_administrator_is_protected(cast: Cast) -> None:
    anna = logged_in("alpha", cast.anna)
    for change in ({"role": "staff", "is_active": "on"}, {"role": "admin"}, {"role": "staff"}):
        answer = anna.post(f"/equipe/{cast.anna.code}/", {"full_name": "Anna"} | change)
        assert answer.status_code == 422
        assert said("The firm needs an active administrator: name another one first.") in answer.content.decode()
    assert (member("anna@alpha.example").role, member("anna@alpha.example").is_active) == (Role.ADMIN, True)
    assert edit(anna, cast.bob, role="admin", is_active="on") == 302
    assert edit(anna, cast.anna, role="staff", is_active="on") == 302
    assert member("anna@alpha.example").role == Role.STAFF
    assert anna.get("/equipe/").status_code == 404, "no longer an administrator, from the next page on"


def test_a_closed_administrator_does_not_count(cast: Cast) -> None:
    anna = logged_in("alpha", cast.anna)
    edit(anna, cast.bob, role="admin")
    assert not member("bob").is_active
    assert edit(anna, cast.anna, role="staff", is_active="on") == 422


def test_nobody_closes_its_own_account(cast: Cast) -> None:
    anna = logged_in("alpha", cast.anna)
    edit(anna, cast.bob, role="admin", is_active="on")
    answer = anna.post(f"/equipe/{cast.anna.code}/", {"full_name": "Anna", "role": "admin"})
    assert answer.status_code == 422
    assert said("You cannot close your own account.") in answer.content.decode()
    assert member("anna@alpha.example").is_active


def test_a_closed_member_is_out_at_once(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    assert edit(logged_in("alpha", cast.anna), cast.bob) == 302
    assert bob.get("/dossiers/").status_code == 302


def test_new_codes_stop_the_former_password(cast: Cast, mailbox: Box) -> None:
    bob = logged_in("alpha", cast.bob)
    answer = logged_in("alpha", cast.anna).post(f"/equipe/{cast.bob.code}/codes/")
    assert answer.status_code == 302
    assert not member("bob").check_password(PASSWORD)
    assert bob.get("/dossiers/").status_code == 302, "open sessions end with the password"
    run_jobs()
    assert len(mailbox.mails()) == 1


def test_clients_are_no_members(cast: Cast) -> None:
    anna = logged_in("alpha", cast.anna)
    code = cast.alice.user.code
    assert anna.get(f"/equipe/{code}/").status_code == 404
    assert anna.post(f"/equipe/{code}/", {"full_name": "Alice", "role": "admin", "is_active": "on"}).status_code == 404
    assert anna.post(f"/equipe/{code}/codes/").status_code == 404
    assert member("alice").role == Role.CLIENT
    assert "alice@client.example" not in anna.get("/equipe/").content.decode()
