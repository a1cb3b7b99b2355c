"""Orders: the wizard of a client and of the firm, what is sent and told, what the firm does with it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone, translation

from extranet.actions.order import begin_order, send_order
from extranet.actions.order_file import add_order_files
from extranet.enums_order import OrderEventKind, OrderOrigin, OrderState
from extranet.models import Contact, Diagnostic, Dossier, DossierAccess, DossierFile, Order, OrderEvent, OrderFile
from kernel.errors import DomainError
from kernel.tenancy import firm_context
from mail.models import OutgoingMail
from storage.actions.files import store_bytes
from storage.models import StoredFile
from tests.factories.cast import Cast
from tests.support import body, logged_in, said

pytestmark = pytest.mark.django_db

PROPERTY = {
    "transaction": "sale",
    "property_kind": "flat",
    "street": "12 rue de Siam",
    "postcode": "29200",
    "city": "Brest",
}
BUILDING = {"build_period": "before_1949", "surface": "85,5 m²", "rooms": "4", "co_owned": "yes", "electricity": "old"}
PEOPLE = {"orderer_name": "Alice", "orderer_email": "alice@client.example", "orderer_phone": "02 98 00 00 00"}


@pytest.fixture(autouse=True)
def _nobody_answers(settings: Any) -> None:
    """No address service: nothing listens there."""
    settings.GEOCODER_URL, settings.GEOCODER_WAIT = "http://127.0.0.1:9/", 0


@pytest.fixture
def alice(cast: Cast) -> Client:
    return logged_in("alpha", cast.alice)


@pytest.fixture
def bob(cast: Cast) -> Client:
    return logged_in("alpha", cast.bob)


def ordered(cast: Cast, *, contact: Contact | None = None, sent: bool = True, **values: Any) -> Order:
    """Returns an order of Alice in alpha, with all that it needs."""
    who = contact or cast.alice
    given = {**PROPERTY, "diagnostics": ["dpe", "crep"], "orderer_phone": "0298000000"} | values
    with firm_context("firm_alpha"):
        order = begin_order(origin=OrderOrigin.CLIENT, user=who.user, contact=who, values=given)
        return send_order(order, user=who.user) if sent else order


def mails(kind: str) -> list[OutgoingMail]:
    with firm_context("firm_alpha"):
        return list(OutgoingMail.objects.filter(kind=kind).order_by("id"))


def only_order() -> Order:
    with firm_context("firm_alpha"):
        return Order.objects.get()


def kinds_of(order: Order) -> list[str]:
    with firm_context("firm_alpha"):
        return list(OrderEvent.objects.filter(order=order).order_by("id").values_list("kind", flat=True))


def test_a_client_orders_in_a_few_steps_and_both_sides_get_a_mail(cast: Cast, alice: Client) -> None:
    first = alice.get("/commandes/nouvelle/")
    assert first.status_code == 200
    answer = alice.post("/commandes/nouvelle/", PROPERTY)
    order = only_order()
    base = f"/commandes/{order.code}/etape"
    assert (answer.status_code, answer["Location"]) == (302, f"{base}/description/")
    assert (order.state, order.contact_id, order.orderer_email) == ("draft", cast.alice.pk, "alice@client.example")
    assert alice.post(f"{base}/description/", BUILDING)["Location"] == f"{base}/diagnostics/"
    page = alice.get(f"{base}/diagnostics/")
    html = page.content.decode()
    for key in ("required", "conditional", "others"):
        assert any(group["key"] == key for group in page.context["groups"])
    required = {row["kind"]: row for row in page.context["groups"][0]["rows"]}
    assert {"crep", "amiante", "elec", "carrez"} <= set(required), "before 1949, old installation, co-owned"
    assert all(row["is_ticked"] and row["reason"] and row["source"] for row in required.values())
    assert 'value="crep"' in html
    assert alice.post(f"{base}/diagnostics/", {"diagnostics": ["crep", "dpe"]})["Location"] == f"{base}/personnes/"
    assert alice.post(f"{base}/personnes/", PEOPLE)["Location"] == f"{base}/visite/"
    upload = SimpleUploadedFile("plan.txt", b"plan", content_type="text/plain")
    wanted = (timezone.localdate() + timedelta(days=9)).isoformat()
    sent = {"wanted_by": wanted, "urgent": "on", "keys": "Agence", "access_note": "Code 12A34", "files": [upload]}
    assert alice.post(f"{base}/visite/", sent)["Location"] == f"{base}/verification/"
    check = alice.get(f"{base}/verification/")
    assert check.context["missing"] == []
    assert "plan.txt" in check.content.decode()
    assert not mails("order_sent"), "nothing left before it was sent"

    answer = alice.post(f"{base}/verification/")
    assert answer["Location"] == f"/commandes/{order.code}/"
    order = only_order()
    assert (order.state, order.surface, order.rooms) == (OrderState.TODO, Decimal("85.5"), 4)
    assert order.diagnostics == ["dpe", "crep"], "in the order of the list"
    assert order.sent_at is not None
    assert kinds_of(order) == ["created", "sent"]
    (own,) = mails("order_sent")
    (firms,) = mails("order_received_urgent")
    assert own.to == "alice@client.example"
    assert order.number in own.subject
    assert f"/commandes/{order.code}/" in own.text
    assert firms.to == "anna@alpha.example"
    assert order.number in firms.subject
    with translation.override("fr"):
        assert (
            said("Urgent order %(number)s: %(town)s", number=order.number, town="Brest").replace("\xa0", " ")
            == firms.subject
        )
    # two clicks on the button
    assert alice.post(f"{base}/verification/").status_code == 404
    assert len(mails("order_sent")) == 1


def test_what_is_missing_is_told_and_nothing_is_sent(cast: Cast, alice: Client) -> None:
    order = ordered(cast, sent=False, diagnostics=[], street="")
    answer = alice.post(f"/commandes/{order.code}/etape/verification/")
    assert answer.status_code == 422
    assert [url.rsplit("/", 2)[1] for _label, url in answer.context["missing"]] == ["bien", "diagnostics"]
    assert only_order().state == OrderState.DRAFT
    assert not mails("order_sent")


@pytest.mark.parametrize(
    ("step", "data", "field"),
    [
        ("bien", PROPERTY | {"postcode": "75"}, "postcode"),
        ("bien", PROPERTY | {"postcode": "10115 Berlin"}, "postcode"),
        ("bien", PROPERTY | {"postcode": "99000"}, "postcode"),
        ("bien", PROPERTY | {"street": ""}, "street"),
        ("bien", PROPERTY | {"property_kind": "castle"}, "property_kind"),
        ("description", BUILDING | {"surface": "0"}, "surface"),
        ("description", BUILDING | {"surface": "-5"}, "surface"),
        ("description", BUILDING | {"surface": "NaN"}, "surface"),
        ("description", BUILDING | {"surface": "1e9"}, "surface"),
        ("description", BUILDING | {"surface": "big"}, "surface"),
        ("description", BUILDING | {"rooms": "0"}, "rooms"),
        ("description", BUILDING | {"year": "75"}, "year"),
        ("description", BUILDING | {"year": "2999"}, "year"),
        ("description", BUILDING | {"year": "1980"}, "build_period"),
        ("diagnostics", {}, "diagnostics"),
        ("diagnostics", {"diagnostics": ["horoscope"]}, "diagnostics"),
        ("diagnostics", {"diagnostics": ["dpe"], "valid_dpe": "2001-01-01"}, "valid_dpe"),
        ("personnes", PEOPLE | {"orderer_email": "alice"}, "orderer_email"),
        ("personnes", PEOPLE | {"orderer_phone": "call me"}, "orderer_phone"),
        ("personnes", PEOPLE | {"orderer_name": "a\x00b"}, "orderer_name"),
        ("visite", {"wanted_by": "2001-02-03"}, "wanted_by"),
        ("visite", {"wanted_by": "2027-02-30"}, "wanted_by"),
        ("visite", {"signing_on": "9999-01-01"}, "signing_on"),
    ],
)
def test_bad_input_is_told_at_its_field_and_kept(
    cast: Cast, alice: Client, step: str, data: dict[str, Any], field: str
) -> None:
    order = ordered(cast, sent=False)
    with firm_context("firm_alpha"):
        before = Order.objects.filter(pk=order.pk).values().get()
    answer = alice.post(f"/commandes/{order.code}/etape/{step}/", data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    with firm_context("firm_alpha"):
        assert Order.objects.filter(pk=order.pk).values().get() == before
    for name, value in data.items():
        if isinstance(value, str) and name not in {"transaction", "property_kind"} and "\x00" not in value:
            assert value in answer.content.decode(), name


def test_a_draft_put_aside_keeps_what_is_there_and_is_offered_again(cast: Cast, alice: Client, bob: Client) -> None:
    answer = alice.post("/commandes/nouvelle/", {"transaction": "rental", "city": "Brest", "later": "1"})
    assert (answer.status_code, answer["Location"]) == (302, "/commandes/")
    order = only_order()
    assert (order.state, order.city, order.transaction) == ("draft", "Brest", "rental")
    page = alice.get("/commandes/")
    assert [draft.pk for draft in page.context["drafts"]] == [order.pk]
    assert page.context["page"].rows == [], "what was not sent is no order yet"
    # the firm does not see what a client has not sent
    assert bob.get(f"/commandes/{order.code}/").status_code == 404
    assert bob.get("/commandes/?state=draft").context["page"].rows == []
    assert alice.post(f"/commandes/{order.code}/supprimer/")["Location"] == "/commandes/"
    with firm_context("firm_alpha"):
        assert not Order.objects.exists()


def test_a_rental_asks_whether_it_is_furnished_and_a_sale_does_not(cast: Cast, alice: Client) -> None:
    sale, rental = ordered(cast, sent=False), ordered(cast, sent=False, transaction="rental")
    assert 'name="furnished"' not in alice.get(f"/commandes/{sale.code}/etape/description/").content.decode()
    assert 'name="furnished"' in alice.get(f"/commandes/{rental.code}/etape/description/").content.decode()


def test_the_year_fills_in_the_permit_only_where_it_can_be_no_other(cast: Cast, alice: Client) -> None:
    for year, period in (("1930", "before_1949"), ("1975", "before_1997"), ("2015", "since_1997"), ("1997", "")):
        order = ordered(cast, sent=False)
        assert alice.post(f"/commandes/{order.code}/etape/description/", {"year": year}).status_code == 302
        with firm_context("firm_alpha"):
            assert Order.objects.get(pk=order.pk).build_period == period, year


def test_needs_follow_the_answers_as_they_change(cast: Cast, alice: Client) -> None:
    order = ordered(cast, sent=False, build_period="before_1949", diagnostics=[])
    path = f"/commandes/{order.code}/etape/diagnostics/"

    def listed(key: str, **query: Any) -> list[str]:
        page = alice.get(path, query, headers={"HX-Request": "true"})
        return [row["kind"] for group in page.context["groups"] if group["key"] == key for row in group["rows"]]

    assert "termites" in listed("conditional"), "nobody said whether it is in a zone"
    assert "termites" in listed("required", zone_termites="yes")
    assert "termites" in listed("others", zone_termites="no")
    ahead = (timezone.localdate() + timedelta(days=100)).isoformat()
    assert "crep" in listed("required")
    assert "crep" in listed("others", valid_crep=ahead)
    sent = {"diagnostics": ["dpe"], "zone_termites": "no", "valid_crep": ahead}
    assert alice.post(path, sent).status_code == 302
    saved = only_order()
    assert (saved.zones, saved.valid_reports, saved.diagnostics) == ({"termites": "no"}, {"crep": ahead}, ["dpe"])


def test_two_windows_do_not_overwrite_each_other(cast: Cast, alice: Client) -> None:
    order = ordered(cast, sent=False)
    path = f"/commandes/{order.code}/etape/bien/"
    assert alice.post(path, PROPERTY | {"floor": "3", "version": "1"}).status_code == 302
    late = alice.post(path, PROPERTY | {"floor": "4", "version": "1"})
    assert late.status_code == 409
    assert 'value="4"' in late.content.decode(), "what was typed is kept"
    assert only_order().floor == "3"
    again = alice.post(path, PROPERTY | {"floor": "4", "version": late.context["form"]["version"].value()})
    assert again.status_code == 302
    assert only_order().floor == "4"


def test_the_firm_orders_for_a_client_who_then_sees_it(cast: Cast, alice: Client, bob: Client) -> None:
    answer = bob.post("/commandes/nouvelle/", PROPERTY | {"contact": cast.alice.code})
    order = only_order()
    assert (order.origin, order.contact_id, order.orderer_company) == ("staff", cast.alice.pk, "Agence Alice")
    assert answer.status_code == 302
    assert alice.get(f"/commandes/{order.code}/").status_code == 404, "not before it is sent"
    bob.post(f"/commandes/{order.code}/etape/diagnostics/", {"diagnostics": ["dpe"]})
    assert bob.post(f"/commandes/{order.code}/etape/verification/").status_code == 302
    assert alice.get(f"/commandes/{order.code}/").status_code == 200
    assert [mail.to for mail in mails("order_received")] == ["anna@alpha.example"]


def test_each_sees_its_own_orders_and_the_firm_all(cast: Cast, alice: Client, bob: Client) -> None:
    own, other = ordered(cast), ordered(cast, contact=cast.charlie)
    assert [row.pk for row in alice.get("/commandes/").context["page"].rows] == [own.pk]
    assert {row.pk for row in bob.get("/commandes/").context["page"].rows} == {own.pk, other.pk}
    assert alice.get(f"/commandes/{other.code}/").status_code == 404
    assert alice.post(f"/commandes/{other.code}/annuler/", {"reason": "x"}).status_code == 404
    assert alice.post(f"/commandes/{other.code}/dupliquer/").status_code == 404


def test_states_are_dated_attributed_and_told_if_the_firm_wants(cast: Cast, alice: Client, bob: Client) -> None:
    order = ordered(cast)
    bob.post(f"/commandes/{order.code}/etat/", {"to": "ongoing"})
    started = only_order()
    assert (started.state, started.assigned_to_id) == ("ongoing", cast.bob.pk), "whoever takes charge has it"
    assert started.started_at is not None
    bob.post(f"/commandes/{order.code}/etat/", {"to": "ongoing"})
    assert len(mails("order_state")) == 1, "twice is once"
    bob.post(f"/commandes/{order.code}/etat/", {"to": "done"})
    done = only_order()
    assert done.done_at is not None
    assert [mail.to for mail in mails("order_state")] == ["alice@client.example"] * 2
    with firm_context("firm_alpha"):
        lines = OrderEvent.objects.filter(order=order).order_by("id").values_list("kind", "actor_name")
        assert list(lines)[2:] == [("started", "Bob Staff"), ("done", "Bob Staff")]
    bob.post(f"/commandes/{order.code}/etat/", {"to": "todo"})
    back = only_order()
    assert (back.state, back.done_at, back.started_at) == ("todo", None, None)
    anna = logged_in("alpha", cast.anna)
    anna.post("/reglages/commandes/", {})
    told = len(mails("order_state"))
    bob.post(f"/commandes/{order.code}/etat/", {"to": "done"})
    assert len(mails("order_state")) == told
    assert bob.post(f"/commandes/{order.code}/etat/", {"to": "cancelled"}).status_code == 302
    assert only_order().state == "done", "it is cancelled with a reason only"


def test_cancelling_needs_a_reason_that_the_other_side_reads(cast: Cast, alice: Client, bob: Client) -> None:
    first, second, third = ordered(cast), ordered(cast), ordered(cast)
    answer = alice.post(f"/commandes/{first.code}/annuler/", {"reason": " "})
    assert answer.status_code == 422
    alice.post(f"/commandes/{first.code}/annuler/", {"reason": "Vendu sans nous"})
    (told,) = mails("order_withdrawn")
    assert (told.to, "Vendu sans nous" in told.text) == ("anna@alpha.example", True)
    bob.post(f"/commandes/{second.code}/annuler/", {"reason": "Hors secteur"})
    assert "Hors secteur" in mails("order_state")[-1].text
    assert "Hors secteur" in alice.get(f"/commandes/{second.code}/").content.decode()
    bob.post(f"/commandes/{third.code}/etat/", {"to": "ongoing"})
    alice.post(f"/commandes/{third.code}/annuler/", {"reason": "Trop tard"})
    with firm_context("firm_alpha"):
        states = dict(Order.objects.values_list("pk", "state"))
    assert states == {first.pk: "cancelled", second.pk: "cancelled", third.pk: "ongoing"}


def test_an_order_is_assigned_and_its_person_told(cast: Cast, bob: Client, alice: Client) -> None:
    order = ordered(cast)
    bob.post(f"/commandes/{order.code}/attribuer/", {"person": cast.anna.code})
    assert only_order().assigned_to_id == cast.anna.pk
    assert [mail.to for mail in mails("order_assigned")] == ["anna@alpha.example"]
    bob.post(f"/commandes/{order.code}/attribuer/", {"person": cast.bob.code})
    assert len(mails("order_assigned")) == 1, "who takes it knows"
    bob.post(f"/commandes/{order.code}/attribuer/", {"person": cast.alice.user.code})
    assert only_order().assigned_to_id == cast.bob.pk, "no client"
    bob.post(f"/commandes/{order.code}/notes/", {"notes": "Client pressé"})
    bob.post(f"/commandes/{order.code}/attribuer/", {"person": ""})
    assert only_order().assigned_to_id is None
    page = alice.get(f"/commandes/{order.code}/").content.decode()
    assert "Client pressé" not in page
    assert said("Assigned") not in page, "how the firm shares its work is its own"
    assert "Client pressé" in bob.get(f"/commandes/{order.code}/").content.decode()


def test_an_earlier_order_is_ordered_again(cast: Cast, alice: Client) -> None:
    order = ordered(
        cast, urgent=True, wanted_by=timezone.localdate(), surface=Decimal("40.50"), valid_reports={"dpe": "2030-01-01"}
    )
    answer = alice.post(f"/commandes/{order.code}/dupliquer/")
    with firm_context("firm_alpha"):
        copy = Order.objects.exclude(pk=order.pk).get()
    assert answer["Location"] == f"/commandes/{copy.code}/etape/bien/"
    assert (copy.state, copy.street, copy.surface, copy.diagnostics) == (
        "draft",
        order.street,
        order.surface,
        order.diagnostics,
    )
    assert (copy.urgent, copy.wanted_by, copy.valid_reports) == (False, None, {})
    assert copy.number != order.number


def test_an_order_becomes_a_dossier_with_all_that_it_says(cast: Cast, bob: Client, alice: Client) -> None:
    order = ordered(
        cast,
        floor="3",
        lot="12",
        cadastre="AB 12",
        owner_name="Mme Kermarrec",
        owner_email="kermarrec@owner.example",
        occupant_name="M. Bail",
        notary_name="Me Acte",
        keys="Boîte 1234",
        access_note="Code 12A34",
        surface=Decimal("85.50"),
    )
    with firm_context("firm_alpha"):
        add_order_files(order, stored=[store_bytes(b"plan", name="plan.txt")], user=cast.alice.user)
    form = bob.get(f"/commandes/{order.code}/dossier/")
    title = form.context["form"].initial["title"]
    assert "12 rue de Siam, 29200 Brest" in title
    answer = bob.post(
        f"/commandes/{order.code}/dossier/", {"title": title, "reference": "D-1", "contacts": [cast.alice.code]}
    )
    with firm_context("firm_alpha"):
        dossier = Dossier.objects.get()
        order = Order.objects.get()
        assert answer["Location"] == f"/dossiers/{dossier.code}/"
        assert (order.dossier_id, order.state, order.assigned_to_id) == (dossier.pk, "ongoing", cast.bob.pk)
        assert (dossier.reference, dossier.street, dossier.postcode, dossier.cadastre) == (
            "D-1",
            "12 rue de Siam",
            "29200",
            "AB 12",
        )
        assert (dossier.owner_name, dossier.owner_email, dossier.occupant_name) == (
            "Mme Kermarrec",
            "kermarrec@owner.example",
            "M. Bail",
        )
        assert "12" in dossier.street_extra
        assert "3" in dossier.street_extra
        assert "Me Acte" in dossier.comments
        assert "12A34" not in dossier.comments, "its readers are not told how to get in"
        assert "1234" not in dossier.comments
        assert list(Diagnostic.objects.values_list("kind", flat=True)) == ["dpe", "crep"]
        assert DossierAccess.objects.get().contact_id == cast.alice.pk
        file = DossierFile.objects.get()
        assert (file.name, file.visibility) == ("plan.txt", "staff")
        assert OrderFile.objects.get().stored_id != file.stored_id
        assert StoredFile.objects.filter(claimed=False).count() == 0
    assert bob.post(f"/commandes/{order.code}/dossier/", {"title": "Encore"})["Location"] == answer["Location"]
    with firm_context("firm_alpha"):
        assert Dossier.objects.count() == 1
    assert dossier.title in alice.get(f"/commandes/{order.code}/").content.decode()
    assert order.number in bob.get(f"/dossiers/{dossier.code}/").content.decode()


def test_the_firm_edits_an_order_and_that_is_written_down(cast: Cast, bob: Client, alice: Client) -> None:
    order = ordered(cast)
    path = f"/commandes/{order.code}/etape/bien/"
    assert alice.get(path).status_code == 404, "what is sent is the firm's"
    assert bob.post(path, PROPERTY | {"floor": "5"})["Location"] == f"/commandes/{order.code}/"
    assert kinds_of(order)[-1] == OrderEventKind.EDITED
    bob.post(path, PROPERTY | {"floor": "5"})
    assert kinds_of(order).count(OrderEventKind.EDITED) == 1, "nothing changed"


def test_attachments_come_and_go_with_the_draft(cast: Cast, alice: Client) -> None:
    order = ordered(cast, sent=False)
    path = f"/commandes/{order.code}/etape/visite/"
    bad = SimpleUploadedFile("run.exe", b"MZ\x90\x00 program")
    good = SimpleUploadedFile("plan.txt", b"plan")
    answer = alice.post(path, {"remarks": "Chien méchant", "files": [bad, good]})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "run.exe" in html
    assert "Chien méchant" in html
    assert [file.name for file in answer.context["files"]] == ["plan.txt"], "what is good is kept"
    file = answer.context["files"][0]
    assert body(alice.get(f"/commandes/{order.code}/fichiers/{file.code}/")) == b"plan"
    assert logged_in("alpha", cast.charlie).get(f"/commandes/{order.code}/fichiers/{file.code}/").status_code == 404
    alice.post(f"/commandes/{order.code}/fichiers/{file.code}/retirer/")
    with firm_context("firm_alpha"):
        assert not OrderFile.objects.exists()
        assert not StoredFile.objects.exists()
        with pytest.raises(DomainError, match="30"):
            add_order_files(
                order, stored=[store_bytes(b"x%d" % n, name=f"{n}.txt") for n in range(31)], user=cast.alice.user
            )
