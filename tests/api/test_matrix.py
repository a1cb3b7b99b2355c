"""The matrix of the API: every endpoint × method × key → what it answers, and that who is refused changes nothing."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Scope, User
from kernel.tenancy import firm_context
from tests.api.calls import PIECE, TUS, key_of
from tests.api.matrix import CLIENT_DATA, DATA, KEYS, MATRIX
from tests.api.routes import endpoints, methods_of, names_in, pattern_of
from tests.api.world import ApiWorld, make_api_world
from tests.factories.cast import Cast
from tests.support import body, logged_in
from tests.test_routes import parse, watched_tables, writes

pytestmark = pytest.mark.django_db
TABLE = parse(MATRIX)
CLIENTS = {"alice", "charlie"}
#: A call is counted whatever its answer.
_COUNTED = {"accounts_apitoken", "accounts_apiwrite", "django_cache"}


@pytest.fixture
def world(cast: Cast) -> ApiWorld:
    return make_api_world(cast)


@pytest.fixture
def keys(cast: Cast) -> dict[str, str]:
    with firm_context("firm_alpha"):
        User.objects.filter(pk=cast.bob.pk).update(permissions=[])
    return {
        "anna": key_of(cast.anna),
        "bob": key_of(cast.bob),
        "alice": key_of(cast.alice.user),
        "charlie": key_of(cast.charlie.user),
        "dan": key_of(cast.dan, firm="beta"),
        "none": "",
        # of what is asked here it is for the archives alone
        "bare": key_of(cast.anna, Scope.EXPORT),
    }


def address_of(route: str, method: str, world: ApiWorld) -> str:
    """Returns the address of an endpoint for alpha's things."""
    pattern = pattern_of(route)
    known = world.arguments(pattern, method)
    return reverse(route, urlconf="config.urls_firm", kwargs={name: known[name] for name in names_in(pattern)})


def test_every_endpoint_and_method_is_in_the_matrix() -> None:
    expected = {(route, method) for route, view in endpoints().items() for method in methods_of(view)}
    assert set(TABLE) == expected
    assert {len(answers) for answers in TABLE.values()} == {len(KEYS)}
    assert set(CLIENT_DATA) <= set(DATA) <= expected


@pytest.mark.parametrize("person", KEYS)
def test_what_each_key_gets(world: ApiWorld, keys: dict[str, str], person: str) -> None:
    headers = {"Host": "alpha.localhost"} | ({"Authorization": f"Bearer {keys[person]}"} if keys[person] else {})
    client, wrong = Client(headers=headers), []
    tables = [table for table in watched_tables() if table[2] not in _COUNTED]
    for (route, method), answers in TABLE.items():
        with transaction.atomic():
            before = writes(tables)
            answer = ask(client, route, method, world, by_client=person in CLIENTS)
            body(answer)
            wanted, got = answers[KEYS.index(person)], str(answer.status_code)
            if got != wanted:
                wrong.append(f"{route} {method}: {got} instead of {wanted}")
            if int(got) >= 400:
                if writes(tables) != before:
                    wrong.append(f"{route} {method}: answered {got} and changed something")
                if answer["Content-Type"] != "application/problem+json":
                    wrong.append(f"{route} {method}: {answer['Content-Type']}")
            transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)


def ask(client: Client, route: str, method: str, world: ApiWorld, *, by_client: bool = False) -> Any:
    """Returns the answer to a call with what the matrix sends."""
    address = address_of(route, method, world)
    if route == "api-uploads" and method == "POST":
        return client.post(address, {"file": SimpleUploadedFile("a.txt", b"a")})
    if route.startswith("api-resumable-"):
        return client.generic(method, address, data=b"%PDF", content_type=PIECE, headers=TUS)
    sent = DATA.get((route, method))
    data = "" if sent is None else json.dumps(sent(world))
    if by_client and (route, method) in CLIENT_DATA:
        data = json.dumps(CLIENT_DATA[route, method])
    return client.generic(method, address, data=data, content_type="application/json")


def test_a_session_opens_nothing_here(world: ApiWorld, cast: Cast) -> None:
    anna = logged_in("alpha", cast.anna)
    for route, method in TABLE:
        assert ask(anna, route, method, world).status_code == 401, f"{route} {method}"
