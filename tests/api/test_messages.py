"""Messages over the API: written, answered, read and taken back as on their pages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Scope, User
from extranet.actions.message import write_to_clients, write_to_firm
from extranet.models import Message
from kernel.tenancy import firm_context
from storage.actions.files import store_bytes
from tests.api.calls import Caller, caller
from tests.factories.cast import Cast
from tests.factories.portal import add_dossier
from tests.support import body, without_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(cast: Cast) -> Caller:
    return caller(cast.bob)


@pytest.fixture
def client(cast: Cast) -> Caller:
    return caller(cast.alice.user)


def written(cast: Cast) -> Message:
    with firm_context("firm_alpha"):
        return write_to_firm(subject="Clés", body="Où ?", user=cast.alice.user)


def stored_for(user: User) -> str:
    with firm_context("firm_alpha"):
        return str(store_bytes(b"plan", name="plan.txt", user=user).code)


def test_the_firm_writes_to_contacts_and_a_client_answers(cast: Cast, office: Caller, client: Caller) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice])
    answer = office(
        "POST",
        "messages/",
        {
            "contacts": [cast.alice.code, cast.charlie.code],
            "subject": "Clés",
            "body": "Bonjour,\noù ?",
            "dossier": dossier.code,
            "files": [stored_for(cast.bob)],
        },
    )
    assert answer.status_code == 201, answer.json()
    to_alice, to_charlie = answer.json()["results"]
    assert (to_alice["contact"], to_alice["dossier"], to_alice["has_files"]) == (cast.alice.code, dossier.code, True)
    seen = client("GET", f"messages/{to_alice['code']}/").json()
    assert {"contact", "is_undelivered"} & seen.keys() == set()
    assert (seen["state"], seen["dossier"], seen["files"][0]["name"]) == ("unread", dossier.code, "plan.txt")
    file = seen["files"][0]["code"]
    assert body(client("GET", f"messages/{to_alice['code']}/files/{file}/content/")) == b"plan"
    assert client("GET", f"messages/{to_charlie['code']}/").status_code == 404
    reply = client("POST", f"messages/{to_alice['code']}/reply/", {"body": "Chez nous."})
    assert reply.status_code == 201
    assert reply.json()["conversation"] == to_alice["code"]
    assert client("GET", f"messages/{to_alice['code']}/").json()["state"] == "read"
    both = office("GET", f"messages/?conversation={to_alice['code']}").json()["results"]
    assert [row["direction"] for row in both] == ["to_firm", "to_client"]


def test_a_message_is_read_and_waits_again(cast: Cast, office: Caller) -> None:
    message = written(cast)
    address = f"messages/{message.code}"
    assert [row["code"] for row in office("GET", "messages/?show=unread").json()["results"]] == [message.code]
    assert office("GET", f"{address}/").json()["state"] == "unread"
    assert office("POST", f"{address}/read/").json()["state"] == "read"
    assert office("GET", "messages/?show=unread").json()["results"] == []
    assert office("POST", f"{address}/unread/").json()["state"] == "unread"
    assert office("POST", f"{address}/cancel/").status_code == 404


def test_who_wrote_it_takes_it_back(cast: Cast, client: Caller, office: Caller) -> None:
    message = written(cast)
    assert client("POST", f"messages/{message.code}/cancel/").json()["state"] == "cancelled"
    assert office("GET", f"messages/{message.code}/").status_code == 404
    read = written(cast)
    office("POST", f"messages/{read.code}/read/")
    assert client("POST", f"messages/{read.code}/cancel/").json()["code"] == "already_read"


def test_what_is_refused_leaves_no_message(cast: Cast, office: Caller, client: Caller) -> None:
    text = {"subject": "Clés", "body": "Où ?"}
    assert office("POST", "messages/", text).json()["code"] == "empty"
    assert office("POST", "messages/", text | {"contacts": ["x"]}).json()["errors"][0]["code"] == "unknown_contact"
    told = client("POST", "messages/", text | {"contacts": [cast.charlie.code]})
    assert told.json()["errors"][0]["code"] == "unknown_field"
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob)
    hidden = client("POST", "messages/", text | {"dossier": dossier.code})
    assert hidden.json()["errors"][0]["code"] == "unknown_dossier"
    gone = client("POST", "messages/", text | {"files": ["nothing"]})
    assert gone.json()["errors"][0]["pointer"] == "/files/0"
    reader = caller(cast.bob, Scope.MESSAGES_READ)
    assert reader("POST", "messages/", text | {"contacts": [cast.alice.code]}).json()["code"] == "scope_missing"
    with firm_context("firm_alpha"):
        assert Message.objects.count() == 0
    sent = client("POST", "messages/", text)
    assert (sent.status_code, sent.json()["results"][0]["direction"]) == (201, "to_firm")


def test_a_message_of_somebody_else_is_not_there(cast: Cast) -> None:
    message = written(cast)
    for call in (caller(cast.charlie.user), caller(cast.dan, firm="beta")):
        assert call("GET", f"messages/{message.code}/").status_code == 404
        assert call("POST", f"messages/{message.code}/reply/", {"body": "x"}).status_code == 404
        assert call("GET", "messages/").json()["results"] == []
    with firm_context("firm_alpha"):
        assert Message.objects.count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_costs_the_same_whatever_its_rows(cast: Cast, office: Caller, client: Caller, rows: int) -> None:
    for _ in range(rows):
        written(cast)
        with firm_context("firm_alpha"):
            write_to_clients([cast.alice], subject="Merci", body="Bien reçu", user=cast.bob)
    for call, count in ((office, 7), (client, 7)):
        call("GET", "me/")
        with CaptureQueriesContext(connection) as queries:
            assert len(call("GET", "messages/").json()["results"]) == 2 * rows
        assert len(without_set(queries)) == count
