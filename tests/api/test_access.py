"""What a key opens: to whom, for what, from where, how often."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actions.api_token import CALLS_A_MINUTE, digest_of, revoke_token
from accounts.models import ApiToken, Scope, User
from kernel.tenancy import firm_context
from tests.api.calls import Caller, caller, key_of
from tests.factories.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_key_tells_whose_it_is(cast: Cast) -> None:
    answer = caller(cast.bob, Scope.DOSSIERS_READ)("GET", "me/")
    assert answer.status_code == 200
    assert answer.json() | {"scopes": ["dossiers:read"], "person": str(cast.bob), "contact": None} == answer.json()
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["RateLimit"].startswith(f'"minute";r={CALLS_A_MINUTE - 1};t=')
    client = caller(cast.alice.user)("GET", "me/").json()
    assert (client["role"], client["contact"]) == ("client", cast.alice.code)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic eDp5", f"Bearer ddk_{'a' * 43}", "Bearer é"])
def test_without_a_key_nothing_is_told(cast: Cast, header: str) -> None:
    from django.test import Client

    answer = Client(headers={"Host": "alpha.localhost", "Authorization": header}).get("/api/v1/me/")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["code"] in {"token_missing", "token_invalid"}


def test_a_key_that_was_revoked_or_expired_opens_nothing(cast: Cast) -> None:
    key = key_of(cast.bob)
    assert Caller(key)("GET", "me/").status_code == 200
    with firm_context("firm_alpha"):
        token = ApiToken.objects.get(digest=digest_of(key))
        ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Caller(key)("GET", "me/").status_code == 401
    with firm_context("firm_alpha"):
        ApiToken.objects.update(expires_at=None)
        revoke_token(token, by=cast.bob)
    assert Caller(key)("GET", "me/").status_code == 401


def test_a_key_of_another_firm_or_a_person_who_left_opens_nothing(cast: Cast) -> None:
    key = key_of(cast.bob)
    assert Caller(key, firm="beta")("GET", "me/").status_code == 401
    with firm_context("firm_alpha"):
        User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    assert Caller(key)("GET", "me/").status_code == 401


def test_a_key_comes_from_its_networks_only(cast: Cast) -> None:
    assert Caller(key_of(cast.bob, networks=["127.0.0.0/8"]))("GET", "me/").status_code == 200
    assert Caller(key_of(cast.bob, networks=["192.0.2.7", "2001:db8::/32"]))("GET", "me/").status_code == 401


def test_what_is_called_too_often_waits(cast: Cast) -> None:
    call = caller(cast.bob)
    assert call("GET", "me/").status_code == 200
    with firm_context("firm_alpha"):
        ApiToken.objects.update(window_count=CALLS_A_MINUTE)
    answer = call("GET", "me/")
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    assert answer.json()["code"] == "too_many_calls"


def test_an_error_is_told_in_the_callers_language(cast: Cast) -> None:
    call = caller(cast.bob)
    english = call("GET", "nowhere/", **{"Accept-Language": "en-GB,en;q=0.8"})
    assert english.status_code == 404
    assert english.json()["detail"] == "There is nothing at this address."
    assert english["Content-Type"] == "application/problem+json"


def test_a_representation_that_the_caller_has_is_not_sent_again(cast: Cast) -> None:
    call = caller(cast.bob)
    first = call("GET", "me/")
    again = call("GET", "me/", **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert call("GET", "me/?fields=role").json() == {"role": "staff"}
    assert call("GET", "me/?fields=role,password").json()["code"] == "unknown_field"
