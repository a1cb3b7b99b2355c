"""Dossiers by the API: sent whole, once, and read as the person of the key sees them."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiWrite, Scope
from extranet.actions.dossier_access import give_access
from extranet.actions.dossier_life import delete_dossiers
from extranet.models import Contact, Diagnostic, Dossier, DossierAccess, DossierFile
from kernel.tenancy import firm_context
from storage.models import StoredFile
from tests.api.calls import Caller, caller
from tests.factories.cast import Cast
from tests.factories.portal import add_dossier
from tests.storage.builders import pdf

pytestmark = pytest.mark.django_db
LIFE = "dossiers/by-external-id/2026-0417%20Le%20Goff/"


def a_pdf(name: str) -> bytes:
    """Returns a PDF of its own for each name."""
    return pdf() + f"\n% {name}\n".encode()


@pytest.fixture
def bob(cast: Cast) -> Caller:
    return caller(cast.bob)


def whole(call: Caller, cast: Cast, **more: Any) -> dict[str, Any]:
    return {
        "title": "Maison Le Goff",
        "reference": "2026-0417",
        "city": "Brest",
        "amount": "390.00",
        "files": [
            {"upload": call.uploaded("DPE Le Goff.pdf", a_pdf("dpe")), "external_id": "DPE.pdf"},
            {
                "upload": call.uploaded("amiante.pdf", a_pdf("amiante")),
                "external_id": "amiante.pdf",
                "title": "Amiante",
            },
        ],
        "diagnostics": [{"kind": "dpe", "performed_on": "2026-04-17", "energy_letter": "C", "climate_letter": "B"}],
        "accesses": [{"email": cast.alice.user.email.upper()}],
    } | more


def test_a_dossier_is_sent_whole_and_the_same_again_changes_nothing(cast: Cast, bob: Caller) -> None:
    first = bob("PUT", LIFE, whole(bob, cast))
    assert first.status_code == 201, first.content
    made = first.json()
    assert (made["external_id"], made["amount"], made["payment_state"]) == ("2026-0417 Le Goff", "390.00", "unpaid")
    assert [(file["external_id"], file["title"]) for file in made["files"]] == [
        ("DPE.pdf", ""),
        ("amiante.pdf", "Amiante"),
    ]
    assert made["diagnostics"][0]["energy_letter"] == "C"
    assert [access["contact"] for access in made["accesses"]] == [cast.alice.code]
    assert first["Location"].endswith(f"/api/v1/dossiers/{made['code']}/")
    again = bob("PUT", LIFE, whole(bob, cast))
    assert again.status_code == 200
    assert again["ETag"] == first["ETag"]
    with firm_context("firm_alpha"):
        assert Dossier.objects.filter(external_id="2026-0417 Le Goff").count() == 1
        assert DossierFile.objects.filter(dossier__code=made["code"]).count() == 2
        assert Diagnostic.objects.filter(dossier__code=made["code"]).count() == 1
        assert not StoredFile.objects.filter(claimed=False).exists()


def test_other_bytes_are_a_new_version_and_what_is_not_sent_stays(cast: Cast, bob: Caller) -> None:
    made = bob("PUT", LIFE, whole(bob, cast)).json()
    upload = bob.uploaded("DPE Le Goff v2.pdf", a_pdf("another"))
    sent = {"city": "Quimper", "files": [{"upload": upload, "external_id": "DPE.pdf", "comment": "Corrigé"}]}
    after = bob("PUT", LIFE, sent).json()
    assert (after["title"], after["city"], after["version"]) == ("Maison Le Goff", "Quimper", made["version"] + 1)
    assert [(file["version"], file["comment"]) for file in after["files"]] == [(2, "Corrigé"), (1, "")]


def test_a_file_that_was_taken_out_here_does_not_come_back_by_itself(cast: Cast, bob: Caller) -> None:
    made = bob("PUT", LIFE, whole(bob, cast)).json()
    gone = made["files"][0]["code"]
    assert bob("DELETE", f"dossiers/{made['code']}/files/{gone}/").status_code == 204
    again = bob("PUT", LIFE, whole(bob, cast)).json()
    assert [file["external_id"] for file in again["files"]] == ["amiante.pdf"]
    assert again["removed_here"] == ["DPE Le Goff.pdf"]


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({"title": ""}, "/title", "blank"),
        ({"title": "x" * 201}, "/title", "max_length"),
        ({"title": "a\x00b"}, "/title", "null_characters_not_allowed"),
        ({"titel": "x"}, "/titel", "unknown_field"),
        ({"amount": "-1"}, "/amount", "min_value"),
        ({"amount": "1e400"}, "/amount", "max_digits"),
        ({"visited_on": "2026-02-30"}, "/visited_on", "invalid"),
        ({"files": [{"upload": "nothing"}]}, "/files/0/upload", "upload_gone"),
        ({"accesses": [{"email": "nobody@example.org"}]}, "/accesses/0/email", "contact_unknown"),
        ({"accesses": [{}]}, "/accesses/0", "required"),
        ({"diagnostics": [{"kind": "dpe"}, {"kind": "dpe"}]}, "/diagnostics/1/kind", "duplicate"),
        ({"diagnostics": [{"kind": "dpe", "energy_value": 10**12}]}, "/diagnostics/0/energy_value", "max_value"),
    ],
)
def test_what_is_wrong_is_told_at_its_place_and_nothing_is_made(
    cast: Cast, bob: Caller, wrong: dict[str, Any], pointer: str, code: str
) -> None:
    answer = bob("PUT", LIFE, {"title": "Maison"} | wrong)
    assert answer.status_code == 422, answer.content
    errors = answer.json()["errors"]
    assert any(error["pointer"] == pointer and error["code"] == code for error in errors), errors
    with firm_context("firm_alpha"):
        assert not Dossier.objects.filter(external_id="2026-0417 Le Goff").exists()


def test_external_ids_that_come_twice_are_refused(cast: Cast, bob: Caller) -> None:
    files = [{"upload": bob.uploaded(f"{name}.pdf", a_pdf(name)), "external_id": "same"} for name in "ab"]
    answer = bob("PUT", LIFE, {"title": "Maison", "files": files})
    assert answer.json()["errors"][0]["pointer"] == "/files/1/external_id"
    assert bob("POST", "dossiers/", {"title": "Un", "external_id": "x"}).status_code == 201
    assert bob("POST", "dossiers/", {"title": "Deux", "external_id": "x"}).json()["code"] == "external_id_taken"


def test_an_unknown_person_with_a_name_becomes_a_contact(cast: Cast, bob: Caller) -> None:
    sent = {"title": "Maison", "accesses": [{"email": "Nouvelle@exemple.fr", "name": "Étude Nouvelle"}]}
    made = bob("PUT", LIFE, sent).json()
    assert [access["name"] for access in made["accesses"]] == ["Étude Nouvelle"]
    assert bob("PUT", LIFE, sent).json()["accesses"] == made["accesses"]
    with firm_context("firm_alpha"):
        assert Contact.objects.filter(name="Étude Nouvelle").count() == 1


def test_a_write_that_comes_twice_is_done_once(cast: Cast, bob: Caller) -> None:
    first = bob("POST", "dossiers/", {"title": "Une fois"}, **{"Idempotency-Key": "k1"})
    again = bob("POST", "dossiers/", {"title": "Une fois"}, **{"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    other = bob("POST", "dossiers/", {"title": "Autre"}, **{"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    with firm_context("firm_alpha"):
        assert Dossier.objects.filter(title="Une fois").count() == 1
        ApiWrite.objects.update(status=None)
    # one that still runs, or died less than two minutes ago
    waits = bob("POST", "dossiers/", {"title": "Une fois"}, **{"Idempotency-Key": "k1"})
    assert (waits.status_code, waits.json()["code"]) == (409, "write_running")


def test_what_was_read_before_it_changed_is_not_written_over(cast: Cast, bob: Caller) -> None:
    made = bob("POST", "dossiers/", {"title": "Un"})
    path = f"dossiers/{made.json()['code']}/"
    tag = bob("GET", path)["ETag"]
    changed = bob("PATCH", path, {"title": "Deux"}, **{"If-Match": tag})
    assert (changed.status_code, changed.json()["title"]) == (200, "Deux")
    late = bob("PATCH", path, {"title": "Trois"}, **{"If-Match": tag})
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    assert bob("GET", path).json()["title"] == "Deux"


def test_a_dossier_in_the_bin_is_not_sent_again(cast: Cast, bob: Caller) -> None:
    bob("PUT", LIFE, {"title": "Maison"})
    with firm_context("firm_alpha"):
        delete_dossiers(Dossier.objects.filter(external_id="2026-0417 Le Goff"), user=cast.bob)
    answer = bob("PUT", LIFE, {"title": "Maison"})
    assert (answer.status_code, answer.json()["code"]) == (422, "in_bin")


def test_a_clients_key_sees_what_the_client_sees(cast: Cast, bob: Caller) -> None:
    made = bob("PUT", LIFE, whole(bob, cast)).json()
    bob("POST", "dossiers/", {"title": "Pas pour elle"})
    alice = caller(cast.alice.user)
    rows = alice("GET", "dossiers/").json()["results"]
    assert [row["code"] for row in rows] == [made["code"]]
    assert not {"owner_name", "external_id", "comments", "latitude", "payer"} & set(rows[0])
    detail = alice("GET", f"dossiers/{made['code']}/").json()
    assert "accesses" not in detail
    assert "sha256" not in detail["files"][0]
    # unpaid: its rules are those of the pages
    with firm_context("firm_alpha"):
        file = DossierFile.objects.filter(dossier__code=made["code"]).first()
    assert file is not None
    for method, path, data in (
        ("PATCH", f"dossiers/{made['code']}/", {"title": "À moi"}),
        ("DELETE", f"dossiers/{made['code']}/", None),
        ("POST", "dossiers/", {"title": "À moi"}),
        ("GET", LIFE, None),
    ):
        answer = alice(method, path, data)
        assert answer.status_code in {403, 404}, (method, path)
    with firm_context("firm_alpha"):
        assert Dossier.objects.get(code=made["code"]).title == "Maison Le Goff"


def test_a_file_is_read_and_that_is_recorded(cast: Cast, bob: Caller) -> None:
    made = bob("PUT", LIFE, whole(bob, cast, amount=None)).json()
    path = f"dossiers/{made['code']}/files/{made['files'][0]['code']}/"
    answer = caller(cast.alice.user)("GET", f"{path}content/")
    assert b"".join(answer.streaming_content) == a_pdf("dpe")
    with firm_context("firm_alpha"):
        assert DossierAccess.objects.get(dossier__code=made["code"]).download_state == "partial"
    changed = bob("PATCH", path, {"title": "Le DPE", "kind": "invoice"}).json()
    assert (changed["title"], changed["kind"]) == ("Le DPE", "invoice")


def test_accesses_are_given_and_taken_away(cast: Cast, bob: Caller) -> None:
    code = bob("POST", "dossiers/", {"title": "Maison"}).json()["code"]
    given = bob("POST", f"dossiers/{code}/accesses/", {"accesses": [{"contact": cast.alice.code}]})
    assert [one["contact"] for one in given.json()["results"]] == [cast.alice.code]
    assert bob("DELETE", f"dossiers/{code}/accesses/{cast.alice.code}/").status_code == 204
    assert bob("GET", f"dossiers/{code}/accesses/").json()["results"] == []
    assert bob("DELETE", f"dossiers/{code}/accesses/{cast.alice.code}/").status_code == 404


@pytest.mark.parametrize("move", ["archive", "restore", "paid", "unpaid"])
def test_a_dossier_is_moved(cast: Cast, bob: Caller, move: str) -> None:
    code = bob("POST", "dossiers/", {"title": "Maison", "amount": "10.00"}).json()["code"]
    after = bob("POST", f"dossiers/{code}/{move}/")
    assert after.status_code == 200, after.content
    assert (after.json()["archived_at"] is not None) == (move == "archive")
    assert after.json()["payment_state"] == ("paid" if move == "paid" else "unpaid")


def test_notifying_nobody_is_refused(cast: Cast, bob: Caller) -> None:
    code = bob("POST", "dossiers/", {"title": "Maison"}).json()["code"]
    answer = bob("POST", f"dossiers/{code}/notify/")
    assert (answer.status_code, answer.json()["code"]) == (422, "no_file")


def test_a_dossier_whose_notice_fails_is_not_made(cast: Cast, bob: Caller) -> None:
    sent = {"title": "Maison", "notify": True, "accesses": [{"email": "neuf@exemple.fr", "name": "Neuf"}]}
    for headers in ({}, {"Idempotency-Key": "k"}):
        answer = bob("PUT", LIFE, sent, **headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "no_file")
    with firm_context("firm_alpha"):
        assert not Dossier.objects.filter(external_id="2026-0417 Le Goff").exists()
        assert not Contact.objects.filter(name="Neuf").exists()


def test_the_list_is_narrowed_sorted_and_turned(cast: Cast, bob: Caller) -> None:
    for number in range(5):
        bob("POST", "dossiers/", {"title": f"Maison {number}", "reference": f"R{number}"})
    seen: list[str] = []
    address = "dossiers/?limit=2&ordering=title&fields=title&q=maison"
    while address:
        page = bob("GET", address).json()
        seen += [row["title"] for row in page["results"]]
        assert len(page["results"]) <= 2
        address = (page["next"] or "").partition("/api/v1/")[2]
    assert seen == [f"Maison {number}" for number in range(5)]
    assert [row["title"] for row in bob("GET", "dossiers/?reference=R3").json()["results"]] == ["Maison 3"]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("ordering=password", 400, "unknown_ordering"),
        ("cursor=cD1ub3BlJm89MQ==", 400, "bad_cursor"),
        ("fields=nothing", 400, "unknown_field"),
        ("stat=full", 400, "unknown_parameter"),
        ("state=x", 422, "invalid"),
        ("q=%00", 422, "invalid"),
        ("since=yesterday", 422, "invalid"),
    ],
)
def test_nonsense_in_the_address_is_told(cast: Cast, bob: Caller, query: str, status: int, code: str) -> None:
    answer = bob("GET", f"dossiers/?{query}")
    assert (answer.status_code, answer.json().get("code")) == (status, code), answer.content


def test_a_list_costs_the_same_for_one_row_and_for_three(cast: Cast, bob: Caller) -> None:
    counts = []
    bob("GET", "dossiers/")
    for number in (1, 2):
        with firm_context("firm_alpha"):
            for _one in range(number):
                give_access(add_dossier("Maison", user=cast.bob), contact=cast.alice, user=cast.bob)
        with CaptureQueriesContext(connection) as queries:
            assert len(bob("GET", "dossiers/").json()["results"]) == number * (number + 1) // 2
        counts.append(len([one for one in queries if "search_path" not in one["sql"]]))
    assert counts[0] == counts[1] <= 6, counts


def test_a_key_without_the_scope_or_the_right_writes_nothing(cast: Cast) -> None:
    reader = caller(cast.bob, Scope.DOSSIERS_READ)
    answer = reader("POST", "dossiers/", {"title": "Maison"})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    with firm_context("firm_alpha"):
        cast.bob.permissions = []
        cast.bob.save()
        before = Dossier.objects.count()
    answer = caller(cast.bob)("POST", "dossiers/", {"title": "Maison"})
    assert (answer.status_code, answer.json()["code"]) == (403, "right_missing")
    with firm_context("firm_alpha"):
        assert Dossier.objects.count() == before


def test_uploads_are_taken_together_or_not_at_all(cast: Cast, bob: Caller) -> None:
    answer = bob.upload(("un.pdf", a_pdf("1")), ("deux.pdf", a_pdf("2")))
    assert [one["name"] for one in answer.json()["results"]] == ["un.pdf", "deux.pdf"]
    digest = answer.json()["results"][0]["sha256"]
    assert len(bob("GET", f"uploads/?sha256={digest}").json()["results"]) == 1
    refused = bob.upload(("trois.pdf", a_pdf("3")), ("virus.exe", b"MZ" + b"\x90" * 200))
    assert refused.status_code == 422
    assert len(bob("GET", "uploads/").json()["results"]) == 2
    assert bob.upload().status_code == 422


def test_a_large_body_is_refused_before_it_is_read(cast: Cast, bob: Caller) -> None:
    answer = bob("POST", "dossiers/", {"title": "Maison", "comments": "x" * 3_000_000})
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    for text in ("{", "[]", '"x"', "null", '{"title": NaN}', "\xff"):
        answer = bob.http.generic("POST", "/api/v1/dossiers/", data=text, content_type="application/json")
        assert answer.status_code in {400, 422}, text
    assert bob.http.post("/api/v1/dossiers/", {"title": "x"}).status_code == 415
