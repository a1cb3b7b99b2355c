"""Lists of orders: filters, search, the sheet, what a page costs; what becomes of a client's orders with the client."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from extranet.models import Order, OrderEvent
from kernel.tenancy import firm_context
from tests.extranet.test_orders import ordered
from tests.factories.cast import Cast
from tests.support import body, logged_in, without_set

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_answers(settings: Any) -> None:
    """No address service: nothing listens there."""
    settings.GEOCODER_URL, settings.GEOCODER_WAIT = "http://127.0.0.1:9/", 0


@pytest.fixture
def bob(cast: Cast) -> Client:
    return logged_in("alpha", cast.bob)


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_the_list_costs_the_same_for_one_and_three_orders(cast: Cast, who: str) -> None:
    client = logged_in("alpha", getattr(cast, who))
    counts = []
    for _ in range(2):
        ordered(cast)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get("/commandes/").status_code == 200
        counts.append(len(without_set(captured)))
        ordered(cast)
    assert counts[0] == counts[1] <= 10


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_an_orders_page_costs_at_most_ten_queries(cast: Cast, who: str) -> None:
    order = ordered(cast)
    client = logged_in("alpha", getattr(cast, who))
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"/commandes/{order.code}/").status_code == 200
    assert len(without_set(captured)) <= 10
    draft = ordered(cast, sent=False)
    if who == "alice":
        for step in ("bien", "description", "diagnostics", "personnes", "visite", "verification"):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(f"/commandes/{draft.code}/etape/{step}/").status_code == 200
            assert len(without_set(captured)) <= 10, step


def test_filters_search_and_the_sheet_agree(cast: Cast, bob: Client) -> None:
    first = ordered(cast, diagnostics=["gaz"], owner_name="Mme Kermarrec", wanted_by=timezone.localdate())
    second = ordered(cast, contact=cast.charlie, urgent=True, city="Quimper", postcode="29000")
    bob.post(f"/commandes/{second.code}/etat/", {"to": "ongoing"})

    def found(query: str) -> list[int]:
        return [row.pk for row in bob.get(f"/commandes/?{query}").context["page"].rows]

    assert found("") == [second.pk, first.pk]
    assert found("sort=wanted") == [first.pk, second.pk]
    assert found("q=kermarrec") == [first.pk]
    assert found(f"q={first.number}") == [first.pk]
    assert found("q=quimper") == [second.pk]
    assert found("state=todo") == [first.pk]
    assert found("state=open") == [second.pk, first.pk]
    assert found("diagnostic=gaz") == [first.pk]
    assert found("urgent=1") == [second.pk]
    assert found("assigned=me") == [second.pk]
    assert found("assigned=none") == [first.pk]
    assert found(f"client={cast.charlie.code}") == [second.pk]
    assert found("origin=visitor") == []
    assert found(f"since={timezone.localdate() + timedelta(days=1)}") == []
    assert found("state=nonsense") == [second.pk, first.pk]
    assert bob.get("/commandes/?state=nonsense").context["wanted"].wrong == ("state",)
    sheet = body(bob.get("/commandes/export.xlsx?urgent=1"))
    assert sheet.startswith(b"PK")


def test_a_client_that_is_erased_or_merged_takes_its_orders_along(cast: Cast, bob: Client) -> None:
    kept, draft = ordered(cast, remarks="Téléphoner au 0601"), ordered(cast, sent=False)
    theirs = ordered(cast, contact=cast.charlie)
    bob.post(f"/contacts/{cast.alice.code}/fusionner/", {"other": cast.charlie.code})
    with firm_context("firm_alpha"):
        assert Order.objects.get(pk=theirs.pk).contact_id == cast.alice.pk
    data = body(bob.get(f"/contacts/{cast.alice.code}/donnees.zip"))
    assert data.startswith(b"PK")
    bob.post(f"/contacts/{cast.alice.code}/effacer/", {"sure": "on"})
    with firm_context("firm_alpha"):
        assert not Order.objects.filter(pk=draft.pk).exists()
        erased = Order.objects.get(pk=kept.pk)
        assert (erased.orderer_email, erased.orderer_phone, erased.remarks) == ("", "", "")
        assert "alice" not in erased.search
        assert erased.street == "12 rue de Siam"
        assert not OrderEvent.objects.filter(order=kept, actor_name="Alice").exists()
