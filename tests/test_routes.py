"""The route matrix: every address × method × person → what it answers. A route that is not listed fails.

Whoever is refused has changed nothing and sent nothing: all tables are compared before and after.
"""

import copy
import re
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import User
from kernel.tenancy import firm_context
from tests.api.matrix import MATRIX as API_MATRIX
from tests.factories.cast import Cast
from tests.factories.route_world import World, make_world
from tests.route_matrix import FIRM, PEOPLE, PUBLIC
from tests.support import at_host, body

pytestmark = pytest.mark.django_db

LOGIN = "/compte/connexion/"
#: Reading these leaves a line in the history.
RECORDED = {
    "dossier-zip",
    "bulk-zip",
    "archive-download",
    "file-download",
    "file-content",
    "version-download",
    "genapi-download",
    "message-detail",
}


def parse(table: str) -> dict[tuple[str, str], list[str]]:
    rows = [line.split() for line in table.strip().splitlines() if line.strip()]
    parsed = {(name, method): answers for name, method, *answers in rows}
    assert len(parsed) == len(rows), "a row is there twice"
    return parsed


def routes(urlconf: str) -> list[str]:
    """Returns the names of the routes of a site; one without a name fails."""

    def walk(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            else:
                assert pattern.name, f"{pattern.pattern} has no name"
                yield pattern.name

    return list(walk(get_resolver(urlconf).url_patterns))


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world(cast)


def watched_tables() -> list[tuple[int, str, str]]:
    """Returns the oid, schema and name of each table of both firms and of public, sessions and caches apart."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I.%I', schemaname, tablename)::regclass::oid, schemaname, tablename FROM pg_tables"
            " WHERE schemaname IN ('public', 'firm_alpha', 'firm_beta')"
            " AND tablename NOT IN ('django_session', 'django_cache', 'django_migrations', 'tenants_schematemplate')"
            " AND tablename NOT LIKE 'procrastinate\\_worker%'"
        )
        return list(cursor.fetchall())


def writes(tables: list[tuple[int, str, str]]) -> int:
    """Returns how many rows this transaction has written so far: quick, where a fingerprint is not.

    PostgreSQL counts what is rolled back with a savepoint too, so that the figure only grows.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_stat_get_xact_tuples_inserted(t) + pg_stat_get_xact_tuples_updated(t)"
            " + pg_stat_get_xact_tuples_deleted(t)) FROM unnest(%s::oid[]) t",
            [[oid for oid, _schema, _table in tables]],
        )
        return int(cursor.fetchone()[0])


def fingerprint() -> dict[str, str]:
    """Returns a hash of each watched table's rows."""
    parts = [
        f"SELECT '{schema}.{table}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))"
        f' FROM "{schema}"."{table}" t'
        for _oid, schema, table in watched_tables()
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


def ask(client: Client, name: str, method: str, world: World, urlconf: str) -> str:
    """Returns the answer as the table writes it."""
    address = reverse(name, urlconf=urlconf, kwargs=world.arguments.get(name))
    data = world.data[name]() if method == "POST" and name in world.data else {}
    answer = client.get(address) if method == "GET" else client.post(address, data)
    body(answer)
    if answer.status_code not in {301, 302}:
        return str(answer.status_code)
    return "L" if answer.headers["Location"].split("?")[0] == LOGIN else "R"


def refused(method: str, answer: str) -> bool:
    return answer in {"L", "404", "405"} or method == "GET"


def is_ours(name: str) -> bool:
    """Whether a POST that is accepted has changed something: no undo of nothing, no payer who returns, no trial."""
    others = "account_|mfa_|usersessions_|set_language|(dossier|branding)-undo|archive-new|pay-status|mail-server-trial"
    return re.match(others, name) is None


def check(
    client: Client, world: World, urlconf: str, expected: dict[tuple[str, str], str], *, reads_are_recorded: bool
) -> list[str]:
    """Asks for every row, each in a savepoint that is rolled back; returns what is not as expected."""
    wrong: list[str] = []
    before, tables = fingerprint(), watched_tables()
    written = writes(tables)
    for (name, method), wanted in expected.items():
        cookies = copy.deepcopy(client.cookies)
        with transaction.atomic():
            got = ask(client, name, method, world, urlconf)
            recorded = reads_are_recorded and name in RECORDED
            if got != wanted:
                wrong.append(f"{name} {method}: {got} instead of {wanted}")
            is_same, written = written == (now := writes(tables)), now
            after = before if is_same else fingerprint()
            changed = [table for table in after if after[table] != before.get(table)]
            if changed and refused(method, got) and not recorded:
                wrong.append(f"{name} {method}: answered {got} and changed {changed}")
            if not changed and got == wanted and got in {"R", "201"} and method == "POST" and is_ours(name):
                wrong.append(f"{name} {method}: answered {got} and changed nothing")
            transaction.set_rollback(True)
        client.cookies = cookies
    return wrong


API_ROUTES = {name for name, _method in parse(API_MATRIX)} | {"api-unknown"}


@pytest.mark.parametrize(("urlconf", "table"), [("config.urls_firm", FIRM), ("config.urls_public", PUBLIC)])
def test_every_route_is_in_the_matrix(urlconf: str, table: str) -> None:
    names = routes(urlconf)
    assert len(names) == len(set(names))
    # the endpoints of the API know no sessions: their matrix is tests/api/matrix.py, and what is not there counts here
    names = [name for name in names if name not in API_ROUTES]
    assert set(parse(table)) == {(name, method) for name in names for method in ("GET", "POST")}


@pytest.mark.parametrize("person", PEOPLE)
def test_what_each_person_gets_on_a_firms_host(world: World, person: str) -> None:
    expected = {row: answers[PEOPLE.index(person)] for row, answers in parse(FIRM).items()}
    reads = person in {"alice", "bob", "anna"}
    wrong = check(world.people[person], world, "config.urls_firm", expected, reads_are_recorded=reads)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("person", ["dora", "dan"])
def test_a_session_of_another_firm_is_worth_nothing(world: World, person: str) -> None:
    thief = at_host("alpha")
    thief.cookies["sessionid"] = world.people[person].cookies["sessionid"].value
    expected = {row: answers[PEOPLE.index("anon")] for row, answers in parse(FIRM).items()}
    wrong = check(thief, world, "config.urls_firm", expected, reads_are_recorded=False)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("person", ["anon", "anna", "dan"])
def test_what_the_public_site_answers(world: World, person: str) -> None:
    client = at_host("")
    if person != "anon":
        client.cookies["sessionid"] = world.people[person].cookies["sessionid"].value
    expected = {row: answers[0] for row, answers in parse(PUBLIC).items()}
    wrong = check(client, world, "config.urls_public", expected, reads_are_recorded=False)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("person", ["anon", "anna"])
def test_the_consoles_account_pages_answer_strangers_as_a_firms_do(world: World, person: str) -> None:
    """The console's own pages are in tests/console/test_access.py."""
    shared = {
        name for name in routes("config.urls_firm") if re.match("account_|mfa_|usersessions_|set_lang|theme", name)
    }
    client = at_host("console")
    if person != "anon":
        client.cookies["sessionid"] = world.people[person].cookies["sessionid"].value
    expected = {row: answers[PEOPLE.index("anon")] for row, answers in parse(FIRM).items() if row[0] in shared}
    assert len(expected) > 50
    wrong = check(client, world, "config.urls_console", expected, reads_are_recorded=False)
    assert not wrong, "\n".join(wrong)


def test_other_methods_change_nothing(world: World) -> None:
    before = fingerprint()
    for name in {name for name, _method in parse(FIRM)}:
        address = reverse(name, urlconf="config.urls_firm", kwargs=world.arguments.get(name))
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
            answer = world.people["anna"].generic(method, address)
            assert answer.status_code < 500, f"{method} {name}"
            assert not is_ours(name) or method == "OPTIONS" or answer.status_code in {404, 405}, f"{method} {name}"
    assert fingerprint() == before


def test_a_member_who_must_change_the_password_gets_nowhere_else(world: World, cast: Cast) -> None:
    with firm_context("firm_alpha"):
        User.objects.filter(pk=cast.anna.pk).update(must_change_password=True)
    before = fingerprint()
    client = world.people["anna"]
    always = {"theme-css", "branding-logo", "branding-background", "set_language", "account_logout"}
    for name, method in parse(FIRM):
        if name in always or name == "account_change_password":
            continue
        address = reverse(name, urlconf="config.urls_firm", kwargs=world.arguments.get(name))
        data = world.data[name]() if method == "POST" and name in world.data else {}
        answer = client.get(address) if method == "GET" else client.post(address, data)
        assert answer.headers.get("Location") == "/compte/mot-de-passe/", f"{name} {method}"
    assert fingerprint() == before
