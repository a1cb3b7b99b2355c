"""The rights of the staff: each route of theirs × a right → what it answers, and who may give them."""

import pytest
from django.test import Client

from accounts.models import Permission, User
from kernel.tenancy import firm_context
from tests.factories.cast import Cast
from tests.factories.route_world import World, make_world
from tests.route_matrix import FIRM, PEOPLE
from tests.route_rights import ADMINS, ANYBODY, RIGHTS
from tests.support import logged_in
from tests.test_routes import check, parse

pytestmark = pytest.mark.django_db
TABLE = parse(FIRM)


def of(person: str) -> dict[tuple[str, str], str]:
    return {row: answers[PEOPLE.index(person)] for row, answers in TABLE.items()}


def staff_routes() -> set[str]:
    """Returns the routes that clients are refused and Anna is not."""
    alice, charlie, anna = of("alice"), of("charlie"), of("anna")
    return {row[0] for row in TABLE if alice[row] == charlie[row] == "404" and anna[row] not in {"404", "405"}}


def gives(*values: str, to: User) -> None:
    with firm_context("firm_alpha"):
        User.objects.filter(pk=to.pk).update(permissions=list(values))


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world(cast)


def test_every_route_of_the_staff_says_which_rights_open_it() -> None:
    listed = [*(name for names in RIGHTS.values() for name in names.split()), *ANYBODY.split(), *ADMINS.split()]
    assert len(listed) == len(set(listed)), "a route is there twice"
    assert set(listed) <= {name for name, _method in TABLE}
    missing = staff_routes() - set(listed)
    assert not missing, f"tests/route_rights.py does not say which rights open {sorted(missing)}"


def test_without_rights_the_staff_gets_to_nothing_that_wants_one(world: World, cast: Cast) -> None:
    gives(to=cast.bob)
    closed = {name for names in RIGHTS.values() for name in names.split()} | set(ADMINS.split())
    expected = {row: "405" if answer == "405" else "404" for row, answer in of("bob").items() if row[0] in closed}
    wrong = check(world.people["bob"], world, "config.urls_firm", expected, reads_are_recorded=True)
    assert not wrong, "\n".join(wrong)


def test_each_right_opens_its_routes_and_half_of_two_opens_none(world: World, cast: Cast) -> None:
    anna, bob, wrong = of("anna"), world.people["bob"], []
    for rights, names in RIGHTS.items():
        rows = [row for row in TABLE if row[0] in names.split()]
        for group in rights.split("|"):
            gives(*group.split("+"), to=cast.bob)
            found = check(bob, world, "config.urls_firm", {row: anna[row] for row in rows}, reads_are_recorded=True)
            wrong += [f"with {group}: {fault}" for fault in found]
        for part in rights.split("+") if "+" in rights else ():
            gives(part, to=cast.bob)
            closed = {row: "405" if anna[row] == "405" else "404" for row in rows}
            found = check(bob, world, "config.urls_firm", closed, reads_are_recorded=True)
            wrong += [f"with {part} alone: {fault}" for fault in found]
    assert not wrong, "\n".join(wrong)


def test_a_page_of_the_limited_leads_nowhere_closed(world: World, cast: Cast) -> None:
    gives(to=cast.bob)
    bob, dossier = world.people["bob"], world.arguments["dossier-detail"]["code"]
    for path in ("/", "/dossiers/", f"/dossiers/{dossier}/", "/dossiers/carte/", "/dossiers/a-renouveler/"):
        page = bob.get(path).content.decode()
        for closed in ("/contacts/", "/commandes/", "/devis/", "/agenda/", "/paiements/", "/messages/", "/modifier/"):
            assert f'href="{closed}' not in page, f"{path} leads to {closed}"
        assert "/supprimer/" not in page, path


def edit(client: Client, member: User, *rights: str, role: str = "staff") -> int:
    data = {"full_name": member.full_name, "role": role, "is_active": "on", "permissions": list(rights)}
    return client.post(f"/equipe/{member.code}/", data).status_code


def rights_of(member: User) -> set[str]:
    with firm_context("firm_alpha"):
        return set(User.objects.get(pk=member.pk).permissions)


def test_nobody_gives_more_than_it_has(cast: Cast) -> None:
    gives("users", "orders", to=cast.bob)
    with firm_context("firm_alpha"):
        eve = User.objects.create_user(
            username="eve@alpha.example",
            email="eve@alpha.example",
            full_name="Eve",
            role="staff",
            permissions=["quotes"],
        )
    bob = logged_in("alpha", cast.bob)
    assert edit(bob, eve, "orders", "payments") == 422
    assert edit(bob, eve, "orders", role="admin") == 422
    assert edit(bob, cast.bob, "users", "orders", "settings") == 422
    assert edit(bob, cast.anna) == 404
    assert bob.post(f"/equipe/{cast.anna.code}/codes/").status_code == 404
    assert rights_of(eve) == {"quotes"}
    new = {"full_name": "Fred", "email": "fred@alpha.example", "role": "staff", "permissions": ["settings"]}
    assert bob.post("/equipe/nouveau/", new).status_code == 422
    # what Bob has it may give and take, what it has not stays
    assert edit(bob, eve, "orders") == 302
    assert rights_of(eve) == {"quotes", "orders"}
    assert edit(bob, eve) == 302
    assert rights_of(eve) == {"quotes"}
    anna = logged_in("alpha", cast.anna)
    assert edit(anna, eve, *Permission.values) == 302
    assert rights_of(eve) == set(Permission.values)
    assert edit(anna, eve, "everything") == 422
