"""Contacts by the API: made, found again, never doubled, and the firm's alone."""

import pytest

from extranet.models import Contact
from kernel.tenancy import firm_context
from mail.models import OutgoingMail
from tests.api.calls import Caller, caller
from tests.factories.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob(cast: Cast) -> Caller:
    return caller(cast.bob)


def test_a_contact_is_made_read_changed_and_deleted(cast: Cast, bob: Caller) -> None:
    sent = {"name": "Étude Kervella", "email": "etude@kervella.example", "kind": "notary", "city": "Brest"}
    made = bob("POST", "contacts/", sent | {"collaborators": ["clerc@kervella.example"]})
    assert made.status_code == 201, made.content
    code = made.json()["code"]
    assert made["Location"].endswith(f"/api/v1/contacts/{code}/")
    assert bob("GET", f"contacts/{code}/").json() == made.json()
    assert made.json()["collaborators"] == ["clerc@kervella.example"]
    changed = bob("PATCH", f"contacts/{code}/", {"phone": "02 98 00 00 00"}).json()
    assert (changed["phone"], changed["city"], changed["collaborators"]) == (
        "02 98 00 00 00",
        "Brest",
        ["clerc@kervella.example"],
    )
    assert bob("DELETE", f"contacts/{code}/").status_code == 204
    assert bob("GET", f"contacts/{code}/").status_code == 404


def test_a_contact_of_other_software_is_found_by_its_email_and_never_doubled(cast: Cast, bob: Caller) -> None:
    with firm_context("firm_alpha"):
        before = Contact.objects.count()
    sent = {"name": cast.alice.name, "email": cast.alice.user.email.upper(), "phone": "01"}
    first = bob("PUT", "contacts/by-external-id/L-12/", sent)
    assert (first.status_code, first.json()["code"]) == (200, cast.alice.code)
    again = bob("PUT", "contacts/by-external-id/L-12/", sent)
    assert again["ETag"] == first["ETag"]
    new = bob("PUT", "contacts/by-external-id/L-13/", {"name": "Neuve", "email": "neuve@exemple.fr"})
    assert (new.status_code, new.json()["external_id"]) == (201, "L-13")
    assert bob("PUT", "contacts/by-external-id/L-14/", {"name": "Sans adresse"}).json()["code"] == "required"
    taken = bob("PATCH", f"contacts/{new.json()['code']}/", {"external_id": "L-12"})
    assert (taken.status_code, taken.json()["code"]) == (409, "external_id_taken")
    with firm_context("firm_alpha"):
        assert Contact.objects.count() == before + 1


def test_codes_leave_only_when_asked(cast: Cast, bob: Caller) -> None:
    bob("POST", "contacts/", {"name": "Un", "email": "un@exemple.fr"})
    bob("POST", "contacts/", {"name": "Deux", "email": "deux@exemple.fr", "send_codes": True})
    with firm_context("firm_alpha"):
        assert [mail.to for mail in OutgoingMail.objects.filter(to__endswith="@exemple.fr")] == ["deux@exemple.fr"]


def test_an_email_that_another_account_has_is_refused(cast: Cast, bob: Caller) -> None:
    answer = bob("POST", "contacts/", {"name": "Double", "email": cast.charlie.user.email})
    assert (answer.status_code, answer.json()["code"]) == (422, "email_taken")


def test_the_list_is_narrowed(cast: Cast, bob: Caller) -> None:
    found = bob("GET", f"contacts/?email={cast.alice.user.email}&fields=code").json()["results"]
    assert found == [{"code": cast.alice.code}]
    assert [row["code"] for row in bob("GET", "contacts/?q=charlie").json()["results"]] == [cast.charlie.code]


def test_contacts_do_not_exist_for_a_client(cast: Cast) -> None:
    alice = caller(cast.alice.user)
    for method, path, data in (
        ("GET", "contacts/", None),
        ("POST", "contacts/", {"name": "x", "email": "x@exemple.fr"}),
        ("GET", f"contacts/{cast.alice.code}/", None),
        ("DELETE", f"contacts/{cast.charlie.code}/", None),
    ):
        assert alice(method, path, data).status_code in {403, 404}
    with firm_context("firm_alpha"):
        assert Contact.objects.filter(pk=cast.charlie.pk).exists()
