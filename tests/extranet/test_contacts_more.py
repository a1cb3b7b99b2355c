"""Contacts: all their fields, inherited accounts, the list's filters and selection, the page, a deletion."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from extranet.actions.contact import create_contact, send_codes_later
from extranet.actions.contact_access import copy_accesses
from extranet.actions.message import write_to_clients
from extranet.enums import AccessKind, DownloadState, EventKind, PaymentState
from extranet.models import CollaboratorEmail, Contact, Dossier, DossierAccess, DossierEvent, Message, SubAccount
from kernel.tenancy import firm_context
from mail.models import OutgoingMail
from tests.factories.cast import PASSWORD, Cast, add_contact
from tests.factories.portal import add_dossier
from tests.support import Box, at_host, body, logged_in, run_jobs, said, without_set

pytestmark = pytest.mark.django_db
NEW = "/contacts/nouveau/"
GOOD = {
    "kind": "notary",
    "name": "Hélène Bœuf",
    "company": "Étude du Port",
    "email": "contact@port.example",
    "phone": "02 98 00 00 00",
    "street": "3 quai des Brumes",
    "postcode": "29200",
    "city": "Brest",
    "notes": "Pays late.",
    "reads_unpaid": "on",
    "collaborators": "",
    "username": "port",
    "language": "fr",
}


def contact(username: str) -> Contact:
    with firm_context("firm_alpha"):
        return Contact.objects.select_related("user").get(user__username=username)


def test_all_fields_are_kept_shown_searched_and_changed(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    answer = bob.post(NEW, GOOD)
    made = contact("port")
    kept = {name: getattr(made, name) for name in ("kind", "street", "postcode", "city", "notes", "reads_unpaid")}
    assert kept == {name: GOOD[name] for name in kept if name != "reads_unpaid"} | {"reads_unpaid": True}
    page = bob.get(answer["Location"]).content.decode()
    for shown in ("3 quai des Brumes", "29200 Brest", "Pays late.", said("may read the documents"), said("Notary")):
        assert shown in page
    for query in ("quai brumes", "29200", "brest boeuf"):
        assert "port" in [row.contact.user.username for row in bob.get("/contacts/", {"q": query}).context["page"].rows]
    form = bob.get(f"/contacts/{made.code}/modifier/").content.decode()
    assert "Pays late." in form
    assert 'value="29200"' in form
    bob.post(f"/contacts/{made.code}/modifier/", GOOD | {"city": "Quimper", "kind": "agency", "reads_unpaid": ""})
    changed = contact("port")
    assert (changed.city, changed.kind, changed.reads_unpaid) == ("Quimper", "agency", False)
    rows = bob.get("/contacts/", {"q": "brest"}).context["page"].rows
    assert [row.contact.pk for row in rows] == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "emperor"}, "kind"),
        ({"street": "x" * 201}, "street"),
        ({"postcode": "x" * 11}, "postcode"),
        ({"city": "x" * 101}, "city"),
        ({"notes": "x" * 5001}, "notes"),
        ({"notes": "a\x00"}, "notes"),
        ({"inherit_from": "nobody"}, "inherit_from"),
        ({"inherit_from": "a\x00"}, "inherit_from"),
    ],
)
def test_wrong_fields_are_told_and_nothing_is_lost(cast: Cast, changes: dict[str, str], field: str) -> None:
    answer = logged_in("alpha", cast.bob).post(NEW, GOOD | changes)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert 'value="Étude du Port"' in answer.content.decode()
    with firm_context("firm_alpha"):
        assert not User.objects.filter(username="port").exists()


def test_nobodys_identifier_is_another_ones_email(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    answer = bob.post(NEW, GOOD | {"username": "alice@client.example"})
    assert set(answer.context["form"].errors) == {"username"}
    bob.post(NEW, GOOD | {"username": "later@port.example"})
    answer = bob.post(NEW, GOOD | {"username": "other", "email": "later@port.example"})
    assert set(answer.context["form"].errors) == {"email"}


def test_an_account_inherits_rights_and_accesses(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        first = add_dossier("Maison", user=cast.bob, contacts=[cast.alice], files={"a.txt": b"a"})
        second = add_dossier("Grange", user=cast.bob, contacts=[cast.alice, cast.charlie])
        add_dossier("Other", user=cast.bob, contacts=[cast.charlie])
        cast.alice.reads_unpaid = True
        cast.alice.notes, cast.alice.city = "secret", "Rennes"
        cast.alice.save()
        CollaboratorEmail.objects.create(contact=cast.alice, email="x@alice.example")
    logged_in("alpha", cast.alice).get(f"/dossiers/{first.code}/zip/").getvalue()
    bob = logged_in("alpha", cast.bob)
    bob.post(NEW, GOOD | {"reads_unpaid": "", "inherit_from": cast.alice.code})
    made = contact("port")
    with firm_context("firm_alpha"):
        assert (made.inherited_from_id, made.reads_unpaid) == (cast.alice.pk, True)
        assert (made.kind, made.city, made.notes) == ("notary", "Brest", "Pays late.")
        assert not made.collaborators.exists()
        accesses = DossierAccess.objects.filter(contact=made).order_by("dossier_id")
        assert [(access.dossier_id, access.kind, access.origin, access.download_state) for access in accesses] == [
            (dossier.pk, AccessKind.INHERITED, "Agence Alice (Alice)", DownloadState.NONE)
            for dossier in (first, second)
        ]
        for dossier in (first, second):
            event = DossierEvent.objects.get(dossier=dossier, kind=EventKind.ACCESS_GIVEN, contact=made)
            assert (event.actor_id, event.subject) == (cast.bob.pk, str(made))
            assert "etude du port" in Dossier.objects.get(pk=dossier.pk).search
        assert Dossier.objects.get(pk=first.pk).download_state == DownloadState.FULL
    assert said("rights copied from %(name)s", name="Agence Alice (Alice)") in (
        bob.get(f"/contacts/{made.code}/").content.decode()
    )


def many_dossiers(count: int, cast: Cast) -> None:
    made = Dossier.objects.bulk_create([Dossier(title=f"D{number}", search="") for number in range(count)])
    DossierAccess.objects.bulk_create([DossierAccess(dossier=each, contact=cast.alice) for each in made])


def test_many_accesses_are_inherited_in_a_job_set_by_set(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        many_dossiers(1_100, cast)
        with CaptureQueriesContext(connection) as captured:
            made = create_contact(
                name="Heir",
                company="",
                phone="",
                email="heir@client.example",
                username="heir",
                collaborators=[],
                language="fr",
                send_codes=False,
                firm_name="Alpha",
                link="http://example.invalid/",
                inherit_from=cast.alice,
                user=cast.bob,
            )
        assert len(without_set(captured)) < 20
        assert not DossierAccess.objects.filter(contact=made).exists()
        with CaptureQueriesContext(connection) as captured:
            assert run_jobs() == 1
        assert len(without_set(captured)) < 60
        given = DossierEvent.objects.filter(contact=made, kind=EventKind.ACCESS_GIVEN, actor=cast.bob)
        assert DossierAccess.objects.filter(contact=made).count() == given.count() == 1_100
        assert Dossier.objects.filter(search__contains="heir").count() == 1_100
        assert copy_accesses(made, source=cast.alice, user=cast.bob) == 0
        assert given.count() == 1_100, "a second time gives nothing twice"


def test_the_list_filters_by_type_and_sorts(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    bob.post(NEW, GOOD)

    def names(**query: str) -> list[str]:
        return [row.contact.name for row in bob.get("/contacts/", query).context["page"].rows]

    assert names(kind="notary") == ["Hélène Bœuf"]
    assert names(kind="agency") == []
    assert names(kind="nonsense") == names() == ["Alice", "Charlie", "Hélène Bœuf"]
    assert names(sort="-name") == ["Hélène Bœuf", "Charlie", "Alice"]
    assert names(sort="company") == ["Alice", "Charlie", "Hélène Bœuf"]
    assert names(sort="-created") == ["Hélène Bœuf", "Charlie", "Alice"]
    for nonsense in ("--name", "search", "-", "'"):
        assert names(sort=nonsense) == names()
    page = bob.get("/contacts/", {"sort": "-name", "kind": "notary"}).content.decode()
    assert 'aria-sort="descending"' in page
    assert "sort=name" in page
    assert "kind=notary" in page


def unpaid(dossier: Dossier, amount: str) -> None:
    Dossier.objects.filter(pk=dossier.pk).update(amount=Decimal(amount), payment_state=PaymentState.UNPAID)


def test_the_list_and_the_page_show_dossiers_and_what_is_unpaid(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        first = add_dossier("Maison", user=cast.bob, contacts=[cast.alice, cast.charlie])
        second = add_dossier("Grange", user=cast.bob, contacts=[cast.alice])
        deleted = add_dossier("Gone", user=cast.bob, contacts=[cast.alice])
        for dossier, amount in ((first, "100.50"), (second, "1000"), (deleted, "7")):
            unpaid(dossier, amount)
        Dossier.objects.filter(pk=deleted.pk).update(deleted_at=timezone.now())
    bob = logged_in("alpha", cast.bob)
    rows = {row.contact.name: row for row in bob.get("/contacts/").context["page"].rows}
    assert (rows["Alice"].dossier_count, rows["Alice"].unpaid_total) == (2, Decimal("1100.50"))
    assert (rows["Charlie"].dossier_count, rows["Charlie"].unpaid_total) == (1, Decimal("100.50"))
    context = bob.get(f"/contacts/{cast.alice.code}/").context
    assert (context["figures"].unpaid_count, context["figures"].unpaid_total) == (2, Decimal("1100.50"))
    assert [access.dossier.title for access in context["page"].rows] == ["Grange", "Maison"]


def test_the_page_shows_messages_consultations_and_shared_addresses(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice], files={"DPE.txt": b"a"})
        for one in (cast.alice, cast.charlie):
            CollaboratorEmail.objects.create(contact=one, email="Shared@x.example")
        write_to_clients([cast.alice], subject="Votre visite", body="Demain.", user=cast.bob)
    logged_in("alpha", cast.alice).get(f"/dossiers/{dossier.code}/zip/").getvalue()
    page = logged_in("alpha", cast.bob).get(f"/contacts/{cast.alice.code}/").content.decode()
    for shown in (
        "Votre visite",
        "DPE.txt",
        said("A dossier mailed there gives access to each of them."),
        "Agence Charlie (Charlie)",
    ):
        assert shown in page
    other = logged_in("alpha", cast.bob).get(f"/contacts/{cast.charlie.code}/").content.decode()
    assert "Votre visite" not in other
    assert "DPE.txt" not in other


def test_htmx_gets_another_page_of_the_dossiers_alone(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        many_dossiers(60, cast)
    bob = logged_in("alpha", cast.bob)
    url = f"/contacts/{cast.alice.code}/"
    answer = bob.get(url, {"page": "2"}, headers={"HX-Request": "true", "HX-Target": "contact-dossiers"})
    html = answer.content.decode()
    assert "<html" not in html
    assert html.count("dd-row-link") == 25
    assert "HX-Target" in answer["Vary"]
    assert "<html" in bob.get(url, {"page": "99999999"}, headers={"HX-Request": "true"}).content.decode()


def fill(cast: Cast, count: int, start: int) -> None:
    for number in range(start, start + count):
        dossier = add_dossier(f"M{number}", user=cast.bob, contacts=[cast.alice])
        DossierEvent.objects.create(dossier=dossier, kind=EventKind.READ, by_client=True, contact=cast.alice)
        Message.objects.create(contact=cast.alice, direction="to_client", subject=f"S{number}", body="b")
        CollaboratorEmail.objects.create(contact=cast.alice, email=f"c{number}@x.example")
        user = User.objects.create_user(username=f"s{number}", email=f"s{number}@x.example", role="client")
        SubAccount.objects.create(contact=cast.alice, user=user)


def test_the_pages_take_the_same_number_of_queries_whatever_their_rows(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)

    def queries(path: str) -> int:
        # the firm of a host is remembered for two seconds only
        bob.get("/contacts/choisir/")
        with CaptureQueriesContext(connection) as captured:
            assert bob.get(path).status_code == 200
        return len(without_set(captured))

    page, merge = f"/contacts/{cast.alice.code}/", f"/contacts/{cast.charlie.code}/fusionner/?other={cast.alice.code}"
    with firm_context("firm_alpha"):
        fill(cast, 1, 0)
    few = [queries(path) for path in (page, "/contacts/", merge)]
    with firm_context("firm_alpha"):
        fill(cast, 2, 1)
    assert [queries(path) for path in (page, "/contacts/", merge)] == few
    assert few[0] <= 10
    assert few[1] == 5


def passwords() -> dict[str, str]:
    with firm_context("firm_alpha"):
        return dict(User.objects.values_list("username", "password"))


def test_codes_go_to_a_selection_after_a_question(cast: Cast, mailbox: Box) -> None:
    with firm_context("firm_alpha"):
        closed = add_contact("closed", cast.alpha)
        User.objects.filter(pk=closed.user_id).update(is_active=False)
    bob = logged_in("alpha", cast.bob)
    before = passwords()
    chosen = {"code": [cast.alice.code, cast.charlie.code, closed.code, "nonsense", "\x00"]}
    question = bob.post("/contacts/selection/codes/", chosen)
    html = question.content.decode()
    assert question.status_code == 200
    assert [contact.name for contact in question.context["reached"]] == ["Alice", "Charlie"]
    assert said("Send the access codes") in html
    assert "Agence Closed (Closed)" in html
    assert run_jobs() == 0
    assert passwords() == before, "nothing happens before the answer"
    answer = bob.post("/contacts/selection/codes/", chosen | {"confirmed": "1"})
    assert (answer.status_code, answer["Location"]) == (302, "/contacts/")
    page = bob.get("/contacts/").content.decode()
    assert said("Left out, because their account is closed: %(names)s", names="Agence Closed (Closed)") in page
    run_jobs()
    assert sorted(str(mail["To"]) for mail in mailbox.mails()) == ["alice@client.example", "charlie@client.example"]
    after = passwords()
    assert {name for name in after if after[name] != before[name]} == {"alice", "charlie"}
    assert at_host("alpha").post("/compte/connexion/", {"login": "alice", "password": PASSWORD}).status_code == 200


def test_a_job_that_runs_twice_sends_the_codes_once(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        asked = timezone.now().isoformat()
        arguments = {"contact_id": cast.alice.pk, "firm_name": "Alpha", "link": "http://x/", "asked_at": asked}
        send_codes_later(**arguments)
        send_codes_later(**arguments)
        assert OutgoingMail.objects.count() == 1
        later = (timezone.now() + timedelta(seconds=1)).isoformat()
        send_codes_later(**arguments | {"asked_at": later})
        assert OutgoingMail.objects.count() == 2
        send_codes_later(**arguments | {"asked_at": later, "contact_id": 999_999})


def test_a_selection_is_deleted_after_a_question(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice, cast.charlie])
    bob = logged_in("alpha", cast.bob)
    chosen = {"code": [cast.alice.code, cast.charlie.code]}
    assert said("Delete the contacts") in bob.post("/contacts/selection/supprimer/", chosen).content.decode()
    with firm_context("firm_alpha"):
        assert Contact.objects.count() == 2
    assert bob.post("/contacts/selection/supprimer/", chosen | {"confirmed": "1"}).status_code == 302
    run_jobs()
    with firm_context("firm_alpha"):
        assert not Contact.objects.exists()
        assert not DossierAccess.objects.exists()
        assert "alice" not in Dossier.objects.get(pk=dossier.pk).search
        told = DossierEvent.objects.filter(dossier=dossier, kind=EventKind.ACCESS_REMOVED, actor=cast.bob)
        assert set(told.values_list("subject", flat=True)) == {"Agence Alice (Alice)", "Agence Charlie (Charlie)"}


def test_an_empty_selection_is_told(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    for path in ("codes", "supprimer"):
        assert bob.post(f"/contacts/selection/{path}/", {"confirmed": "1", "code": ["nonsense"]}).status_code == 404
        answer = bob.post(f"/contacts/selection/{path}/", {"confirmed": "1"})
        assert (answer.status_code, answer["Location"]) == (302, "/contacts/")
        assert said("Choose at least one contact.") in bob.get("/contacts/").content.decode()
    with firm_context("firm_alpha"):
        assert Contact.objects.count() == 2


def test_a_deletion_takes_the_sub_accounts_and_leaves_what_was_downloaded(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice, cast.charlie], files={"a.txt": b"a"})
        user = User.objects.create_user(
            username="sub", email="sub@client.example", full_name="Sam Sub", role="client", password=PASSWORD
        )
        SubAccount.objects.create(contact=cast.alice, user=user)
    main, sub, bob = logged_in("alpha", cast.alice), logged_in("alpha", user), logged_in("alpha", cast.bob)
    body(main.get(f"/dossiers/{dossier.code}/zip/"))
    assert sub.get("/dossiers/").status_code == 200
    bob.post(f"/contacts/{cast.alice.code}/supprimer/")
    for session in (main, sub):
        assert session.get("/dossiers/").status_code == 302, "the open sessions have ended"
    with firm_context("firm_alpha"):
        assert not User.objects.filter(username__in=["sub", "alice"]).exists()
        kept = Dossier.objects.get(pk=dossier.pk)
        assert kept.download_state == DownloadState.FULL
        event = DossierEvent.objects.get(dossier=dossier, kind=EventKind.DOWNLOADED)
        assert (event.actor_name, event.by_client, event.contact_id) == ("Alice", True, None)
