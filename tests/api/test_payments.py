"""Payments over the API: read, and recorded by hand."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Scope
from billing.models import Payment
from extranet.models import Dossier
from kernel.tenancy import firm_context
from tests.api.calls import Caller, caller
from tests.billing.scripted import add_unpaid
from tests.factories.cast import Cast
from tests.support import without_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(cast: Cast) -> Caller:
    return caller(cast.bob)


def unpaid(cast: Cast, title: str = "Maison", amount: str = "390.00") -> Dossier:
    with firm_context("firm_alpha"):
        return add_unpaid(title, amount, user=cast.bob, contacts=[cast.alice])


def cheque(*dossiers: Dossier, amount: str = "390.00", **more: object) -> dict[str, object]:
    lines = [{"dossier": dossier.code, "amount": amount} for dossier in dossiers]
    return {"method": "cheque", "received_on": timezone.localdate().isoformat(), "lines": lines} | more


def count() -> int:
    with firm_context("firm_alpha"):
        return Payment.objects.count()


def test_a_cheque_pays_its_dossiers_once(cast: Cast, office: Caller) -> None:
    house, cellar = unpaid(cast), unpaid(cast, "Cave", "20.00")
    sent = cheque(house, reference="0012345", contact=cast.alice.code)
    sent["lines"] = [*sent["lines"], {"dossier": cellar.code, "amount": "10.00"}]  # type: ignore[misc]
    answer = office("POST", "payments/", sent, **{"Idempotency-Key": "cheque-1"})
    assert answer.status_code == 201, answer.json()
    made = answer.json()
    assert (made["status"], made["amount"], made["reference"]) == ("succeeded", "400.00", "0012345")
    assert [(line["dossier"], line["amount"]) for line in made["lines"]] == [
        (house.code, "390.00"),
        (cellar.code, "10.00"),
    ]
    assert office("POST", "payments/", sent, **{"Idempotency-Key": "cheque-1"}).json()["code"] == made["code"]
    with firm_context("firm_alpha"):
        states = dict(Dossier.objects.values_list("title", "payment_state"))
        assert states == {"Maison": "paid", "Cave": "unpaid"}
    assert count() == 1
    receipt = office("GET", f"payments/{made['code']}/receipt.pdf", Accept="application/pdf")
    assert receipt.content.startswith(b"%PDF")


def test_what_is_wrong_is_told_at_its_place_and_records_nothing(cast: Cast, office: Caller) -> None:
    house = unpaid(cast)
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    cases = [
        (cheque(house, received_on=tomorrow), "/received_on"),
        (cheque(house, amount="0"), "/lines/0/amount"),
        (cheque(house, amount="1.001"), "/lines/0/amount"),
        (cheque(house, house), "/lines/1/dossier"),
        (cheque(), "/lines"),
        (cheque(house, contact=cast.charlie.code), "/contact"),
        (cheque(house) | {"method": "card"}, "/method"),
        (cheque(house) | {"lines": [{"dossier": "none", "amount": "1"}]}, "/lines/0/dossier"),
    ]
    for sent, pointer in cases:
        answer = office("POST", "payments/", sent)
        assert answer.status_code == 422, sent
        assert answer.json()["errors"][0]["pointer"].startswith(pointer), answer.json()
    assert count() == 0


def test_a_client_sees_its_payments_and_records_none(cast: Cast, office: Caller) -> None:
    house = unpaid(cast)
    made = office("POST", "payments/", cheque(house, contact=cast.alice.code)).json()
    client, stranger = caller(cast.alice.user), caller(cast.charlie.user)
    (row,) = client("GET", "payments/").json()["results"]
    assert {"contact", "payer_name", "payer_email", "reference", "error", "to_look_at", "dispute"} & row.keys() == set()
    assert row["lines"][0]["dossier"] == house.code
    assert client("GET", f"payments/{made['code']}/").json()["refunds"] == []
    assert client("GET", f"payments/{made['code']}/receipt.pdf").status_code == 200
    assert client("POST", "payments/", cheque(house)).status_code == 403
    for call in (stranger, caller(cast.dan, firm="beta")):
        assert call("GET", "payments/").json()["results"] == []
        assert call("GET", f"payments/{made['code']}/").status_code == 404
        assert call("GET", f"payments/{made['code']}/receipt.pdf").status_code == 404
    assert caller(cast.bob, Scope.PAYMENTS_READ)("POST", "payments/", cheque(house)).json()["code"] == "scope_missing"
    assert count() == 1


def test_an_announced_payment_is_confirmed_or_given_up(cast: Cast, office: Caller) -> None:
    from tests.factories.route_world import add_money_things

    with firm_context("firm_alpha"):
        announced = add_money_things(cast).announced
    today = timezone.localdate().isoformat()
    confirmed = office("POST", f"payments/{announced.code}/confirm/", {"received_on": today, "reference": "VIR"})
    assert (confirmed.json()["status"], confirmed.json()["reference"]) == ("succeeded", "VIR")
    again = office("POST", f"payments/{announced.code}/cancel/")
    assert (again.status_code, again.json()["code"]) == (422, "not_open")


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_costs_the_same_whatever_its_rows(cast: Cast, office: Caller, rows: int) -> None:
    for rank in range(rows):
        house = unpaid(cast, f"Maison {rank}")
        assert office("POST", "payments/", cheque(house, contact=cast.alice.code)).status_code == 201
    for call, queries_of_a_page in ((office, 6), (caller(cast.alice.user), 6)):
        call("GET", "me/")
        with CaptureQueriesContext(connection) as queries:
            assert len(call("GET", "payments/").json()["results"]) == rows
        assert len(without_set(queries)) == queries_of_a_page
    assert len(office("GET", "payments/?q=Maison&state=succeeded").json()["results"]) == rows
    with firm_context("firm_alpha"):
        code = Dossier.objects.order_by("pk").values_list("code", flat=True)[0]
    assert len(office("GET", f"payments/?dossier={code}").json()["results"]) == 1
