"""The pages on which keys of programs are made, seen and revoked."""

import re
from datetime import timedelta

import pytest
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions.api_token import create_token, digest_of
from accounts.models import ApiToken, Scope, User
from extranet.models import SettingChange
from kernel.tenancy import firm_context
from tests.api.calls import Caller, key_of
from tests.factories.cast import Cast
from tests.support import logged_in, without_set

pytestmark = pytest.mark.django_db

KEY = {"name": "Poste 1, Liciel", "scopes": ["dossiers:read", "dossiers:write"], "validity": "365", "networks": ""}


def test_a_key_is_made_shown_once_and_works(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    answer = bob.post("/cles-api/nouvelle/", KEY | {"networks": "127.0.0.1\n 192.0.2.9/24 \n\n127.0.0.1"})
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store, private"
    secret = answer.context["secret"]
    assert answer.content.decode().count(secret) == 2  # to read and to copy
    with firm_context("firm_alpha"):
        token = ApiToken.objects.get()
        assert token.digest == digest_of(secret)
        assert token.networks == ["127.0.0.1/32", "192.0.2.0/24"]
        assert token.expires_at is not None
        assert abs(token.expires_at - timezone.now() - timedelta(days=365)) < timedelta(minutes=1)
    assert secret not in bob.get("/cles-api/").content.decode()
    assert Caller(secret)("GET", "me/").json()["scopes"] == KEY["scopes"]


def test_the_log_of_settings_tells_of_a_key_and_of_its_end(cast: Cast) -> None:
    anna = logged_in("alpha", cast.anna)
    anna.post("/cles-api/nouvelle/", KEY)
    with firm_context("firm_alpha"):
        token = ApiToken.objects.get()
        assert {change.page for change in SettingChange.objects.all()} == {"api-key-list"}
        assert SettingChange.objects.filter(subject=f"Poste 1, Liciel ({cast.anna})").count() == 2
    anna.post(f"/cles-api/{token.code}/revoquer/")
    with firm_context("firm_alpha"):
        assert SettingChange.objects.count() == 3
        token.refresh_from_db()
        assert token.revoked_by == str(cast.anna)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"networks": "192.0.2.0/24\nhere"}, "networks"),
        ({"networks": "\n".join(f"192.0.2.{last}" for last in range(21))}, "networks"),
        ({"validity": "day"}, "expires_on"),
        ({"validity": "day", "expires_on": "2020-02-30"}, "expires_on"),
        ({"validity": "day", "expires_on": "2020-02-03"}, "expires_on"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(cast: Cast, wrong: dict[str, object], field: str) -> None:
    answer = logged_in("alpha", cast.bob).post("/cles-api/nouvelle/", KEY | wrong)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    with firm_context("firm_alpha"):
        assert not ApiToken.objects.exists()


def test_a_key_ends_with_its_last_day(cast: Cast) -> None:
    day = timezone.localdate() + timedelta(days=3)
    logged_in("alpha", cast.bob).post("/cles-api/nouvelle/", KEY | {"validity": "day", "expires_on": day.isoformat()})
    logged_in("alpha", cast.bob).post("/cles-api/nouvelle/", KEY | {"validity": ""})
    with firm_context("firm_alpha"):
        endless, limited = ApiToken.objects.order_by("-pk")
        assert endless.expires_at is None
        assert limited.expires_at is not None
        end = timezone.localtime(limited.expires_at)
        assert (end.date(), end.hour, end.minute) == (day, 23, 59)


def test_everybody_has_its_own_keys_and_an_administrator_sees_all(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        tokens = {
            user: create_token(user=user, name=f"key of {user}", scopes=[Scope.DOSSIERS_READ], by=user).token
            for user in (cast.anna, cast.bob, cast.alice.user)
        }
    for person, seen in ((cast.anna, 3), (cast.bob, 1), (cast.alice, 1), (cast.charlie, 0)):
        client = logged_in("alpha", person)
        assert client.get("/cles-api/").context["page"].count == seen
        own = person if isinstance(person, User) else person.user
        for user, token in tokens.items():
            if seen != 3 and user != own:
                assert client.post(f"/cles-api/{token.code}/revoquer/").status_code == 404
    with firm_context("firm_alpha"):
        assert not ApiToken.objects.filter(revoked_at__isnull=False).exists()
    assert logged_in("alpha", cast.anna).post(f"/cles-api/{tokens[cast.bob].code}/revoquer/").status_code == 302
    with firm_context("firm_alpha"):
        assert ApiToken.objects.get(revoked_at__isnull=False) == tokens[cast.bob]


def test_a_client_is_offered_what_clients_do(cast: Cast) -> None:
    alice = logged_in("alpha", cast.alice)
    offered = {
        value
        for _group, options in alice.get("/cles-api/nouvelle/").context["form"].fields["scopes"].choices
        for value, _label in options
    }
    assert "orders:write" in offered
    assert not offered & {"dossiers:write", "contacts:read", "webhooks:write", "export"}
    assert alice.post("/cles-api/nouvelle/", KEY).status_code == 422


def test_a_preset_ticks_what_it_is_for(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    page = bob.get("/cles-api/nouvelle/")
    assert "dossiers:write" in page.context["form"]["scopes"].value()
    assert re.search(r'value="dossiers:write"[^>]*checked', page.content.decode())
    read = bob.get("/cles-api/nouvelle/?profil=read").context["form"]["scopes"].value()
    assert {scope.split(":")[1] for scope in read} == {"read"}
    assert bob.get("/cles-api/nouvelle/?profil=nothing").status_code == 200


def test_the_list_asks_the_same_queries_for_one_key_and_for_three(cast: Cast) -> None:
    from django.db import connection

    anna, counts = logged_in("alpha", cast.anna), []
    for number in (1, 2):
        for _ in range(number):
            key_of(cast.bob)
        anna.get("/cles-api/")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            anna.get("/cles-api/")
        counts.append(len(without_set(queries)))
    assert counts[0] == counts[1] <= 10
