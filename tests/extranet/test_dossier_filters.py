"""The list of dossiers narrowed and sorted: by address alone, by index, whatever nonsense is asked."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from extranet.actions.diagnostic import add_diagnostics
from extranet.actions.dossier_life import archive_dossiers, delete_dossiers
from extranet.actions.payment_state import set_amount, set_paid
from extranet.models import Contact, Dossier
from extranet.queries.dossier_filter import SORTS, DossierFilter
from kernel.tenancy import firm_context
from tests.factories.cast import Cast
from tests.factories.portal import add_dossier
from tests.support import logged_in, without_set

pytestmark = pytest.mark.django_db


def titles(browser: Client, **query: str) -> list[str]:
    answer = browser.get("/dossiers/", query)
    assert answer.status_code == 200
    return [row.title for row in answer.context["page"].rows]


def made(
    title: str, cast: Cast, *, contacts: tuple[Contact, ...] = (), amount: int | None = None, **fields: object
) -> Dossier:
    dossier = add_dossier(title, user=cast.bob, contacts=contacts, details=fields)
    if amount is not None:
        set_amount(dossier, amount=Decimal(amount), payer="owner", payer_name="", user=cast.bob)
    return Dossier.objects.get(pk=dossier.pk)


@pytest.fixture
def three(cast: Cast) -> list[Dossier]:
    """Un: Brest, unpaid 300, DPE; Deux: Béziers, paid 100, Charlie's; Trois: nothing due."""
    with firm_context("firm_alpha"):
        one = made(
            "Un",
            cast,
            contacts=(cast.alice,),
            amount=300,
            reference="B-2",
            street="1 rue de Siam",
            postcode="29200",
            city="Brest",
            owner_name="Œuvres Façon",
            visited_on=date(2026, 3, 1),
        )
        two = made(
            "Deux", cast, contacts=(cast.charlie,), amount=100, reference="A-1", postcode="34500", city="Béziers"
        )
        three = made("Trois", cast, contacts=(cast.alice,), reference="C-3", visited_on=date(2026, 5, 1))
        set_paid([two], paid=True, user=cast.bob)
        add_diagnostics(one, kinds=["dpe", "erp"], performed_on=date(2026, 3, 1), user=cast.bob)
        add_diagnostics(two, kinds=["gaz"], performed_on=date(2026, 3, 1), user=cast.bob)
        Dossier.objects.filter(pk=one.pk).update(created_at=timezone.now() - timedelta(days=40))
        return [one, two, three]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["Trois", "Deux", "Un"]),
        ({"paid": "unpaid"}, ["Un"]),
        ({"paid": "paid"}, ["Deux"]),
        ({"paid": "nothing"}, ["Trois"]),
        ({"diagnostic": "dpe"}, ["Un"]),
        ({"diagnostic": "gaz"}, ["Deux"]),
        ({"diagnostic": "carrez"}, []),
        ({"city": "beziers"}, ["Deux"]),
        ({"city": "29"}, ["Un"]),
        ({"city": "siam"}, []),
        ({"q": "siam"}, ["Un"]),
        ({"q": "oeuvres facon"}, ["Un"]),
        ({"q": "a-1"}, ["Deux"]),
        ({"sort": "title"}, ["Deux", "Trois", "Un"]),
        ({"sort": "-title"}, ["Un", "Trois", "Deux"]),
        ({"sort": "reference"}, ["Deux", "Un", "Trois"]),
        ({"sort": "-amount"}, ["Un", "Deux", "Trois"]),
        ({"sort": "amount"}, ["Trois", "Deux", "Un"]),
        ({"sort": "-visit"}, ["Trois", "Un", "Deux"]),
        ({"sort": "date"}, ["Un", "Deux", "Trois"]),
        ({"paid": "unpaid", "city": "brest", "diagnostic": "erp", "q": "un"}, ["Un"]),
    ],
)
def test_each_filter_and_sort_by_the_address_alone(
    three: list[Dossier], cast: Cast, query: dict[str, str], expected: list[str]
) -> None:
    assert titles(logged_in("alpha", cast.bob), **query) == expected


def test_dates_and_clients_narrow_the_list(three: list[Dossier], cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    month = (timezone.localdate() - timedelta(days=30)).isoformat()
    assert titles(bob, since=month) == ["Trois", "Deux"]
    assert titles(bob, until=month) == ["Un"]
    assert titles(bob, client=cast.alice.code) == ["Trois", "Un"]
    assert titles(bob, client="nobody") == []
    alice = logged_in("alpha", cast.alice)
    # a client's list is its own whatever it asks for
    assert titles(alice, client=cast.charlie.code) == ["Trois", "Un"]
    assert titles(alice, paid="unpaid") == ["Un"]
    assert titles(alice, box="bin") == []


@pytest.mark.parametrize(
    "query",
    [
        {"q": "'\"%_\\"},
        {"q": "x" * 10_000},
        {"q": "\x00"},
        {"city": "%"},
        {"city": "\x00' OR 1=1"},
        {"page": "99999999"},
        {"page": "-1"},
        {"page": "x"},
        {"state": "nonsense"},
        {"paid": "nonsense"},
        {"since": "2026-13-45"},
        {"since": "0000-00-00"},
        {"until": "demain"},
        {"sort": "password"},
        {"sort": "--date"},
        {"box": "nonsense"},
        {"diagnostic": "\x00"},
    ],
)
def test_nonsense_is_answered_and_never_applied(three: list[Dossier], cast: Cast, query: dict[str, str]) -> None:
    for person in (cast.bob, cast.alice):
        assert logged_in("alpha", person).get("/dossiers/", query).status_code == 200


def test_what_was_not_understood_is_told(three: list[Dossier], cast: Cast) -> None:
    answer = logged_in("alpha", cast.bob).get("/dossiers/", {"sort": "password", "since": "demain", "paid": "unpaid"})
    assert set(answer.context["wanted"].wrong) == {"sort", "since"}
    assert [row.title for row in answer.context["page"].rows] == ["Un"]


def test_a_filter_comes_back_from_its_own_address() -> None:
    asked = QueryDict("q=a b&paid=unpaid&sort=-amount&city=Bézier&page=3&x=1")
    wanted = DossierFilter.from_query(asked)
    assert DossierFilter.from_query(QueryDict(wanted.querystring)) == wanted
    assert "page" not in wanted.querystring


def test_archive_and_bin_are_lists_of_their_own(three: list[Dossier], cast: Cast) -> None:
    with firm_context("firm_alpha"):
        archive_dossiers([three[0]], user=cast.bob)
        delete_dossiers([three[2]], user=cast.bob)
    bob, alice = logged_in("alpha", cast.bob), logged_in("alpha", cast.alice)
    assert titles(bob) == ["Deux"]
    assert titles(bob, box="archive") == ["Un"]
    assert titles(bob, box="bin") == ["Trois"]
    assert titles(alice) == []
    assert titles(alice, box="archive") == ["Un"]
    assert alice.get(f"/dossiers/{three[0].code}/").status_code == 200
    for person in (alice, bob):
        assert person.get(f"/dossiers/{three[2].code}/").status_code == 404


def test_every_sort_is_read_from_an_index(cast: Cast) -> None:
    """With the planner told to avoid sorting, each order of the list is served by an index, so a page reads 25 rows."""
    with firm_context("firm_alpha"), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_seqscan = off")
        from extranet.queries.dossier_filter import filtered_dossiers

        for name in set(SORTS) - {"expiry"}:
            for sort in (name, f"-{name}"):
                rows = filtered_dossiers(cast.bob, DossierFilter(sort=sort)).values_list("id")[:25]
                plan = rows.explain()
                assert "Sort" not in plan, f"{sort}: {plan}"


def test_filters_take_no_query_more_for_three_rows_than_for_one(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    counts = []
    for number in (1, 3):
        with firm_context("firm_alpha"):
            while Dossier.objects.count() < number:
                made("Même", cast, contacts=(cast.alice,), amount=5, city="Brest")
        with CaptureQueriesContext(connection) as queries:
            assert len(titles(bob, paid="unpaid", city="brest", client=cast.alice.code, sort="-amount")) == number
        counts.append(len(without_set(queries)))
    assert counts[0] == counts[1] <= 10
