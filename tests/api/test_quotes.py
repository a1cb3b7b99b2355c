"""Quotes over the API: prepared and sent by the firm, answered by its clients."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Scope
from extranet.actions.quote_paper import file_certificate, file_quote
from extranet.models import Quote
from kernel.tenancy import firm_context
from tests.api.calls import Caller, caller
from tests.factories.cast import Cast
from tests.factories.quote_things import add_draft, add_issued
from tests.support import body, without_set

pytestmark = pytest.mark.django_db

LINES: list[dict[str, Any]] = [
    {"label": "DPE", "unit": "110.00", "diagnostic": "dpe"},
    {"label": "Remise", "unit": "-10.00", "vat_rate": "20.00", "diagnostic": "dpe"},
]


@pytest.fixture
def office(cast: Cast) -> Caller:
    return caller(cast.bob)


@pytest.fixture
def client(cast: Cast) -> Caller:
    return caller(cast.alice.user)


def issued(cast: Cast) -> Quote:
    with firm_context("firm_alpha"):
        return add_issued(cast.alice, user=cast.bob, property_address="12 rue de Siam, Brest")


def state_of(quote: Quote) -> str:
    with firm_context("firm_alpha"):
        return str(Quote.objects.get(pk=quote.pk).state)


def test_a_quote_is_made_edited_sent_and_replaced(cast: Cast, office: Caller, client: Caller) -> None:
    answer = office("POST", "quotes/", {"contact": cast.alice.code, "lines": LINES})
    assert answer.status_code == 201, answer.json()
    made = answer.json()
    assert answer["Location"].endswith(f"/api/v1/quotes/{made['code']}/")
    assert (made["state"], made["net"], made["vat"], made["gross"]) == ("draft", "100.00", "20.00", "120.00")
    assert [(line["kind"], line["diagnostic"]) for line in made["lines"]] == [("diagnostic", "dpe"), ("discount", "")]
    address = f"quotes/{made['code']}"
    assert client("GET", f"{address}/").status_code == 404
    edited = office("PATCH", f"{address}/", {"note": "Bonjour"}, **{"If-Match": answer["ETag"]})
    assert (edited.json()["note"], edited.json()["gross"]) == ("Bonjour", "120.00")
    stale = office("PATCH", f"{address}/", {"note": "x"}, **{"If-Match": answer["ETag"]})
    assert stale.json()["code"] == "changed_meanwhile"
    sent = office("POST", f"{address}/issue/").json()
    assert (sent["state"], sent["number"][:1]) == ("issued", "D")
    assert office("POST", f"{address}/issue/").json()["code"] == "already_issued"
    assert office("DELETE", f"{address}/").json()["code"] == "already_issued"
    assert office("PATCH", f"{address}/", {"note": "x"}).json()["code"] == "already_issued"
    assert office("GET", f"{address}/quote.pdf").status_code == 404
    with firm_context("firm_alpha"):
        file_quote(quote_id=Quote.objects.get().pk)
    assert body(office("GET", f"{address}/quote.pdf", Accept="application/pdf")).startswith(b"%PDF")
    other = office("POST", f"{address}/replace/").json()
    assert other["replaces"] == made["code"]
    assert office("DELETE", f"quotes/{other['code']}/").status_code == 204


def test_what_is_wrong_is_told_at_its_place(cast: Cast, office: Caller) -> None:
    wrong = office("POST", "quotes/", {"lines": [{"label": "DPE", "unit": "x"}], "client_email": "nobody"}).json()
    assert {error["pointer"] for error in wrong["errors"]} == {"/lines/0/unit", "/client_email"}
    assert office("POST", "quotes/", {"order": "none"}).json()["errors"][0]["pointer"] == "/order"
    negative = office("POST", "quotes/", {"client_name": "Eve", "lines": [{"label": "Remise", "unit": "-5"}]})
    assert (negative.status_code, negative.json()["code"]) == (422, "negative")
    assert office("POST", "quotes/", {"client_name": "Eve", "issue": True}).json()["code"] == "empty"
    with firm_context("firm_alpha"):
        assert Quote.objects.count() == 0


def test_a_client_reads_and_accepts_the_document_that_it_saw(cast: Cast, office: Caller, client: Caller) -> None:
    quote = issued(cast)
    address = f"quotes/{quote.code}"
    seen = client("GET", f"{address}/").json()
    assert {"history", "contact", "client_email", "client_phone", "recorded_by", "updated_at"} & seen.keys() == set()
    assert seen["pdf_sha256"] == quote.pdf_sha256
    assert office("POST", f"{address}/accept/", {"name": "Bob", "sha256": quote.pdf_sha256}).status_code == 404
    other = client("POST", f"{address}/accept/", {"name": "Alice", "sha256": "0" * 64})
    assert (other.status_code, other.json()["code"]) == (422, "other_document")
    assert state_of(quote) == "issued"
    accepted = client("POST", f"{address}/accept/", {"name": "Alice", "sha256": quote.pdf_sha256})
    assert accepted.json()["state"] == "accepted"
    with firm_context("firm_alpha"):
        file_certificate(quote_id=quote.pk)
    assert body(client("GET", f"{address}/certificate.pdf")).startswith(b"%PDF")
    assert client("POST", f"{address}/refuse/", {"reason": "price"}).json()["code"] == "already_accepted"


def test_a_client_refuses_with_a_reason(cast: Cast, client: Caller) -> None:
    quote = issued(cast)
    silent = client("POST", f"quotes/{quote.code}/refuse/", {"reason": "other"})
    assert [error["pointer"] for error in silent.json()["errors"]] == ["/text"]
    assert state_of(quote) == "issued"
    refused = client("POST", f"quotes/{quote.code}/refuse/", {"reason": "other", "text": "Vendu"}).json()
    assert (refused["state"], refused["refuse_text"]) == ("refused", "Vendu")


def test_the_firm_records_prolongs_and_withdraws(cast: Cast, office: Caller) -> None:
    first, second = issued(cast), issued(cast)
    today = timezone.localdate()
    later = today.replace(year=today.year + 1).isoformat() if (today.month, today.day) != (2, 29) else "2029-03-01"
    prolonged = office("POST", f"quotes/{first.code}/prolong/", {"until": later})
    assert prolonged.status_code == 200, prolonged.json()
    assert prolonged.json()["valid_until"] == later
    recorded = office(
        "POST", f"quotes/{first.code}/record/", {"how": "phone", "name": "Alice", "on": today.isoformat()}
    )
    assert (recorded.json()["state"], recorded.json()["accepted_by"]) == ("accepted", "phone")
    withdrawn = office("POST", f"quotes/{second.code}/withdraw/", {"reason": "Erreur"}).json()
    assert (withdrawn["state"], withdrawn["withdraw_reason"]) == ("withdrawn", "Erreur")


def test_a_quote_of_somebody_else_is_not_there(cast: Cast) -> None:
    quote = issued(cast)
    stranger, beta = caller(cast.charlie.user), caller(cast.dan, firm="beta")
    for path in (f"quotes/{quote.code}/", f"quotes/{quote.code}/quote.pdf"):
        assert stranger("GET", path).status_code == 404
        assert beta("GET", path).status_code == 404
    refused = stranger("POST", f"quotes/{quote.code}/accept/", {"name": "Eve", "sha256": quote.pdf_sha256})
    assert refused.status_code == 404
    reader = caller(cast.alice.user, Scope.QUOTES_READ)
    denied = reader("POST", f"quotes/{quote.code}/accept/", {"name": "Eve", "sha256": quote.pdf_sha256})
    assert denied.json()["code"] == "scope_missing"
    assert caller(cast.alice.user)("POST", "quotes/", {"client_name": "Eve"}).status_code == 404
    assert state_of(quote) == "issued"


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_costs_the_same_whatever_its_rows(cast: Cast, office: Caller, client: Caller, rows: int) -> None:
    with firm_context("firm_alpha"):
        add_draft(cast.alice, user=cast.bob)
    for _ in range(rows):
        issued(cast)
    for call, count, seen in ((office, 3, rows + 1), (client, 4, rows)):
        call("GET", "me/")
        with CaptureQueriesContext(connection) as queries:
            assert len(call("GET", "quotes/?ordering=-amount").json()["results"]) == seen
        assert len(without_set(queries)) == count
    assert len(office("GET", "quotes/?state=draft").json()["results"]) == 1
    assert office("GET", "quotes/?order=none").json()["results"] == []
