"""Orders over the API: read as their pages show them, written by the same actions."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import etree

from accounts.models import Permission, Scope, User
from extranet.actions.order import begin_order, send_order
from extranet.actions.order_file import add_order_files
from extranet.enums_order import OrderOrigin
from extranet.exporters.order_xml import NAMESPACE, SCHEMA
from extranet.models import Contact, Order, OrderFile
from kernel.tenancy import firm_context
from mail.models import OutgoingMail
from storage.actions.files import store_bytes
from tests.api.calls import Caller, caller
from tests.factories.cast import Cast
from tests.support import body as body_of
from tests.support import logged_in, without_set

pytestmark = pytest.mark.django_db

BODY = {
    "transaction": "sale",
    "property_kind": "flat",
    "street": "12 rue de Siam",
    "postcode": "29200",
    "city": "Brest",
    "surface": "64.5",
    "year": 1935,
    "diagnostics": ["crep", "dpe"],
    "zones": {"termites": "no"},
    "orderer_phone": "02 98 00 00 00",
}


@pytest.fixture
def office(cast: Cast) -> Caller:
    return caller(cast.bob)


@pytest.fixture
def client(cast: Cast) -> Caller:
    return caller(cast.alice.user)


def ordered(contact: Contact, *, files: int = 0) -> Order:
    with firm_context("firm_alpha"):
        values = {"street": "12 rue de Siam", "postcode": "29200", "city": "Brest", "diagnostics": ["dpe"]}
        order = begin_order(origin=OrderOrigin.CLIENT, user=contact.user, contact=contact, values=values)
        stored = [store_bytes(f"plan {rank}".encode(), name=f"plan {rank}.txt") for rank in range(files)]
        add_order_files(order, stored=stored, user=contact.user)
        return send_order(order, user=contact.user)


def stored_for(user: User) -> str:
    with firm_context("firm_alpha"):
        return str(store_bytes(b"titre", name="titre.txt", user=user).code)


def count() -> int:
    with firm_context("firm_alpha"):
        return Order.objects.count()


def test_the_firm_orders_for_a_client_with_what_is_joined(cast: Cast, office: Caller) -> None:
    body = BODY | {"contact": cast.alice.code, "external_id": "DEV-7", "files": [stored_for(cast.bob)]}
    answer = office("POST", "orders/", body)
    assert answer.status_code == 201, answer.json()
    made = answer.json()
    assert answer["Location"].endswith(f"/api/v1/orders/{made['code']}/")
    assert made["state"] == "todo"
    assert made["build_period"] == "before_1949"
    assert made["orderer_name"] == "Alice"
    assert made["diagnostics"] == ["dpe", "crep"]
    assert made["zones"] == {"termites": "no"}
    assert made["contact"] == cast.alice.code
    assert [file["name"] for file in made["files"]] == ["titre.txt"]
    assert [line["kind"] for line in made["history"]] == ["sent", "created"]
    with firm_context("firm_alpha"):
        assert OutgoingMail.objects.filter(to=cast.alice.user.email).count() == 1
    file = made["files"][0]["code"]
    content = office("GET", f"orders/{made['code']}/files/{file}/content/", Accept="text/plain")
    assert body_of(content) == b"titre"


def test_an_order_that_comes_twice_under_its_name_is_one(cast: Cast, office: Caller) -> None:
    address = "orders/by-external-id/DEV 2026-1/"
    first = office("PUT", address, BODY | {"contact": cast.alice.code})
    assert first.status_code == 201, first.json()
    again = office("PUT", address, BODY | {"contact": cast.alice.code})
    assert again.status_code == 200
    assert (again.json()["code"], again["ETag"]) == (first.json()["code"], first["ETag"])
    changed = office("PUT", address, {"city": "Quimper", "postcode": "29000"}, **{"If-Match": first["ETag"]})
    assert (changed.status_code, changed.json()["city"]) == (200, "Quimper")
    stale = office("PUT", address, {"city": "Morlaix"}, **{"If-Match": first["ETag"]})
    assert (stale.status_code, stale.json()["code"]) == (412, "changed_meanwhile")
    assert office("GET", address).json()["city"] == "Quimper"
    assert office("GET", "orders/by-external-id/none/").status_code == 404
    assert count() == 1


def test_a_name_is_given_once(cast: Cast, office: Caller) -> None:
    assert office("POST", "orders/", BODY | {"contact": cast.alice.code, "external_id": "A"}).status_code == 201
    answer = office("POST", "orders/", BODY | {"contact": cast.alice.code, "external_id": "A"})
    assert (answer.status_code, answer.json()["code"]) == (409, "external_id_taken")
    assert count() == 1


def test_what_an_order_cannot_do_without_is_told_at_its_place(cast: Cast, office: Caller, client: Caller) -> None:
    answer = office("POST", "orders/", {"city": "Brest", "surface": "0", "contact": cast.alice.code})
    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/surface"}
    answer = office("POST", "orders/", {"city": "Brest", "contact": cast.alice.code})
    places = {error["pointer"] for error in answer.json()["errors"]}
    assert {"/diagnostics", "/postcode", "/property_kind"} <= places
    answer = client("POST", "orders/", {"colour": "blue", "year": 1935, "build_period": "since_1997"})
    assert answer.json()["errors"] == [
        {"pointer": "/colour", "code": "unknown_field", "detail": answer.json()["errors"][0]["detail"]}
    ]
    answer = client("POST", "orders/", {"year": 1935, "build_period": "since_1997", "send": False})
    assert [error["code"] for error in answer.json()["errors"]] == ["contradiction"]
    assert count() == 0


def test_a_draft_is_kept_filled_in_sent_or_deleted(cast: Cast, client: Caller) -> None:
    made = client("POST", "orders/", {"city": "Brest", "send": False}).json()
    address = f"orders/{made['code']}/"
    assert (made["state"], made["orderer_company"]) == ("draft", "Agence Alice")
    assert client("GET", "orders/").json()["results"] == []
    assert [row["code"] for row in client("GET", "orders/?state=draft").json()["results"]] == [made["code"]]
    assert client("POST", f"{address}send/").status_code == 422
    assert client("PATCH", address, BODY).status_code == 200
    assert client("POST", f"{address}send/").json()["state"] == "todo"
    assert client("POST", f"{address}send/").json()["code"] == "already_sent"
    assert client("PATCH", address, {"city": "Quimper"}).status_code == 404
    assert client("DELETE", address).json()["code"] == "already_sent"
    other = client("POST", "orders/", {"city": "Brest", "send": False}).json()
    assert client("DELETE", f"orders/{other['code']}/").status_code == 204
    assert count() == 1


def test_the_firm_moves_an_order_on(cast: Cast, office: Caller) -> None:
    order = ordered(cast.alice)
    address = f"orders/{order.code}"
    assert office("POST", f"{address}/take/").json()["assigned_to"] == cast.bob.code
    edited = office("PATCH", f"{address}/", {"staff_notes": "Clés", "assigned_to": None, "contact": cast.charlie.code})
    assert edited.status_code == 200
    assert (edited.json()["staff_notes"], edited.json()["assigned_to"]) == ("Clés", None)
    assert edited.json()["contact"] == cast.charlie.code
    assert office("POST", f"{address}/done/").json()["state"] == "done"
    assert office("POST", f"{address}/cancel/", {"reason": "Vendu"}).json()["code"] == "wrong_state"
    assert office("POST", f"{address}/reopen/").json()["state"] == "todo"
    cancelled = office("POST", f"{address}/cancel/", {"reason": "Vendu"}).json()
    assert (cancelled["state"], cancelled["cancel_reason"]) == ("cancelled", "Vendu")


def test_an_order_becomes_a_dossier_once(cast: Cast, office: Caller) -> None:
    order = ordered(cast.alice, files=1)
    answer = office("POST", f"orders/{order.code}/dossier/", {"reference": "2026-9"})
    assert answer.status_code == 201, answer.json()
    with firm_context("firm_alpha"):
        dossier = Order.objects.select_related("dossier").get(pk=order.pk).dossier
        assert dossier is not None
        assert answer.json()["dossier"] == dossier.code
        assert (dossier.reference, dossier.files.count(), dossier.accesses.count()) == ("2026-9", 1, 1)
    again = office("POST", f"orders/{order.code}/dossier/", {})
    assert (again.status_code, again.json()["code"]) == (409, "has_dossier")
    narrow = caller(cast.bob, Scope.ORDERS_WRITE)
    assert narrow("POST", f"orders/{order.code}/dossier/", {}).json()["code"] == "scope_missing"


def test_a_client_sees_and_says_what_its_portal_does(cast: Cast, office: Caller, client: Caller) -> None:
    order = ordered(cast.alice, files=1)
    with firm_context("firm_alpha"):
        Order.objects.filter(pk=order.pk).update(staff_notes="secret", external_id="DEV-1")
    seen = client("GET", f"orders/{order.code}/").json()
    hidden = {"staff_notes", "external_id", "origin", "contact", "assigned_to", "latitude", "longitude", "insee"}
    assert hidden & seen.keys() == set()
    assert hidden < office("GET", f"orders/{order.code}/").json().keys()
    assert client("GET", "orders/?fields=staff_notes").json()["code"] == "unknown_field"
    assert client("GET", "orders/?external_id=DEV-9").json()["results"] != []
    for path in (f"orders/{order.code}/take/", f"orders/{order.code}/dossier/"):
        assert client("POST", path, {}).status_code == 404
    assert client("GET", f"orders/{order.code}/export.json").status_code == 404
    assert client("GET", "orders/by-external-id/DEV-1/").status_code == 404
    refused = client("POST", "orders/", BODY | {"contact": cast.charlie.code})
    assert refused.json()["errors"][0]["code"] == "unknown_field"
    with firm_context("firm_alpha"):
        assert Order.objects.get().state == "todo"


def test_an_order_of_somebody_else_is_not_there(cast: Cast, office: Caller) -> None:
    order = ordered(cast.alice, files=1)
    with firm_context("firm_alpha"):
        file = order.files.get().code
    stranger = caller(cast.charlie.user)
    paths = [f"orders/{order.code}/", f"orders/{order.code}/files/", f"orders/{order.code}/files/{file}/content/"]
    assert [stranger("GET", path).status_code for path in paths] == [404, 404, 404]
    assert stranger("POST", f"orders/{order.code}/cancel/", {"reason": "x"}).status_code == 404
    assert stranger("GET", "orders/").json()["results"] == []
    beta = caller(cast.dan, firm="beta")
    assert [beta("GET", path).status_code for path in paths] == [404, 404, 404]
    with firm_context("firm_alpha"):
        assert Order.objects.get().state == "todo"


def test_a_key_does_what_it_is_for_and_its_person_may(cast: Cast) -> None:
    order = ordered(cast.alice)
    reader = caller(cast.bob, Scope.ORDERS_READ)
    assert reader("GET", "orders/").status_code == 200
    assert reader("POST", f"orders/{order.code}/take/").json()["code"] == "scope_missing"
    assert caller(cast.bob, Scope.DOSSIERS_READ)("GET", "orders/").status_code == 403
    office = caller(cast.bob)
    with firm_context("firm_alpha"):
        kept = [right for right in cast.bob.permissions if right != Permission.ORDERS]
        User.objects.filter(pk=cast.bob.pk).update(permissions=kept)
    assert office("GET", f"orders/{order.code}/").json()["code"] == "right_missing"
    assert office("POST", f"orders/{order.code}/take/").json()["code"] == "right_missing"
    with firm_context("firm_alpha"):
        assert Order.objects.get().state == "todo"


def test_files_are_joined_and_taken_away_while_it_is_open(cast: Cast, office: Caller, client: Caller) -> None:
    order = ordered(cast.alice)
    address = f"orders/{order.code}/files/"
    answer = office("POST", address, {"files": [stored_for(cast.bob)]})
    assert answer.status_code == 201
    (file,) = answer.json()["results"]
    gone = office("POST", address, {"files": ["nothing"]})
    assert (gone.status_code, gone.json()["errors"][0]["pointer"]) == (422, "/files/0")
    assert client("DELETE", f"{address}{file['code']}/").status_code == 404
    with firm_context("firm_alpha"):
        assert OrderFile.objects.count() == 1
    assert office("DELETE", f"{address}{file['code']}/").status_code == 204
    assert office("GET", address).json()["results"] == []


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_costs_the_same_whatever_its_rows(cast: Cast, rows: int) -> None:
    for _ in range(rows):
        ordered(cast.alice)
    for call, queries_of_a_page in ((caller(cast.bob), 4), (caller(cast.alice.user), 5)):
        call("GET", "me/")
        with CaptureQueriesContext(connection) as queries:
            assert len(call("GET", "orders/").json()["results"]) == rows
        assert len(without_set(queries)) == queries_of_a_page


def test_a_list_is_narrowed_and_turned_over(cast: Cast, office: Caller) -> None:
    orders = [ordered(cast.alice), ordered(cast.charlie), ordered(cast.alice)]
    page = office("GET", "orders/?limit=2&fields=code").json()
    assert page["results"] == [{"code": orders[2].code}, {"code": orders[1].code}]
    path = page["next"].partition("/api/v1/")[2]
    assert office("GET", path).json()["results"] == [{"code": orders[0].code}]
    assert len(office("GET", f"orders/?contact={cast.alice.code}").json()["results"]) == 2
    assert office("GET", "orders/?since=2099-01-01").json()["results"] == []
    assert len(office("GET", f"orders/?q={orders[0].number}").json()["results"]) == 1
    assert office("GET", "orders/?updated_since=2099-01-01T00:00:00Z").json()["results"] == []
    assert office("GET", "orders/?state=lost").status_code == 422


def test_an_order_leaves_as_json_xml_and_calendar(cast: Cast, office: Caller) -> None:
    order = ordered(cast.alice, files=1)
    with firm_context("firm_alpha"):
        Order.objects.filter(pk=order.pk).update(
            remarks="a & b\x0b <c>", wanted_by="2026-12-18", surface="64.50", zones={"termites": "yes"}, keys="Agence"
        )
    document = json.loads(office("GET", f"orders/{order.code}/export.json").content)
    assert (document["format"], document["version"]) == ("diagdesk-order", 1)
    assert document["order"]["number"] == order.number
    assert document["client"]["code"] == cast.alice.code
    assert document["property"]["surface"] == "64.50"
    assert document["mission"]["zones"] == [{"kind": "termites", "answer": "yes"}]
    answer = office("GET", f"orders/{order.code}/export.xml", Accept="application/xml")
    assert answer["Content-Type"] == "application/xml; charset=utf-8"
    assert answer.content.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    root = etree.fromstring(answer.content)
    etree.XMLSchema(etree.parse(str(SCHEMA))).assertValid(root)
    names = {"o": NAMESPACE}
    assert root.findtext("o:remarks", namespaces=names) == "a & b <c>"
    assert root.findtext("o:visit/o:wanted_by", namespaces=names) == "2026-12-18"
    assert len(root.findall("o:files/o:file", namespaces=names)) == 1
    calendar = office("GET", f"orders/{order.code}/export.ics").content.decode()
    assert f"UID:order-{order.code}@alpha.localhost" in calendar
    assert "DUE;VALUE=DATE:20261218" in calendar
    assert office("GET", f"orders/{order.code}/export.doc").status_code == 404


def test_the_pages_offer_the_files_to_the_firm_alone(cast: Cast) -> None:
    order = ordered(cast.alice)
    names = [f"/commandes/{order.code}/commande.{extension}" for extension in ("xml", "json", "ics")]
    office, client = logged_in("alpha", cast.bob), logged_in("alpha", cast.alice)
    for path in ("/commandes/", f"/commandes/{order.code}/"):
        shown = office.get(path).content.decode()
        assert all(name in shown for name in names)
        assert "commande.xml" not in client.get(path).content.decode()
    taken = office.get(names[0])
    assert taken["Content-Disposition"] == f'attachment; filename="commande {order.number}.xml"'
    schema = office.get("/formats/diagdesk-order-1.xsd")
    etree.XMLSchema(etree.fromstring(schema.content)).assertValid(etree.fromstring(taken.content))
    assert client.get(names[0]).status_code == 404


def test_an_order_that_says_all_is_valid_too(cast: Cast) -> None:
    """Every element of the schema is written, every element written is in the schema."""
    from extranet.exporters.order_document import order_document
    from extranet.exporters.order_xml import write_order_xml

    with firm_context("firm_alpha"):
        document = order_document(ordered(cast.alice, files=1))
        filled = _filled_part(document) | {"format": "diagdesk-order", "version": 1}
        root = etree.fromstring(write_order_xml(filled))
    schema = etree.parse(str(SCHEMA))
    etree.XMLSchema(schema).assertValid(root)
    xs = "{http://www.w3.org/2001/XMLSchema}element"
    declared = {element.get("name") for element in schema.iter(xs)}
    assert {etree.QName(element).localname for element in root.iter(etree.Element)} == declared


_LISTS = {
    "collaborators": ["a@b.fr"],
    "diagnostics": [{"kind": "dpe", "label": "DPE"}],
    "valid_reports": [{"kind": "dpe", "until": "2027-01-01"}],
    "zones": [{"kind": "termites", "answer": "no"}],
    "appointments": [
        {
            "code": "x",
            "state": "confirmed",
            "starts_at": "2026-12-01T09:00:00+00:00",
            "ends_at": "2026-12-01T10:00:00+00:00",
            "diagnostician": "Diane",
        }
    ],
}
_VALUES = {"surface": "64.50", "agreed_amount": "120.00", "wanted_by": "2026-12-18", "signing_on": "2026-12-20"}


def _filled_part(part: dict[str, Any]) -> dict[str, Any]:
    return {inner: _filled(value, inner) for inner, value in part.items()}


def _filled(part: object, name: str = "") -> object:
    if isinstance(part, dict):
        return _filled_part(part)
    if name in _LISTS:
        return _LISTS[name]
    if part is None:
        return _VALUES.get(name, 7)
    return part if part != "" else "x"
