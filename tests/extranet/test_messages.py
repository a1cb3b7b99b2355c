"""Messages between the firm and its clients: who sees, reads, answers and cancels which."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import pgettext

from accounts.models import Role, User
from extranet.actions.dossier_access import remove_access
from extranet.actions.message import write_to_clients, write_to_firm
from extranet.enums import Direction, EventKind, MessageState
from extranet.models import Contact, Dossier, DossierAccess, DossierEvent, Message, SubAccount
from kernel.tenancy import firm_context
from mail.models import OutgoingMail
from tests.factories.cast import PASSWORD, Cast, add_contact
from tests.factories.portal import add_dossier
from tests.support import Box, at_host, html_of, links_of, logged_in, said, text_of, without_set

pytestmark = pytest.mark.django_db
TEXT = {"subject": "Clés", "body": "À l’agence.\n\nMerci."}


def from_firm(cast: Cast, *contacts: Contact, subject: str = "Clés", dossier: Dossier | None = None) -> list[Message]:
    return write_to_clients(contacts, subject=subject, body="À l’agence.", user=cast.bob, dossier=dossier)


def from_client(contact: Contact, *, subject: str = "Rendez-vous", dossier: Dossier | None = None) -> Message:
    return write_to_firm(subject=subject, body="Mardi ?", user=contact.user, dossier=dossier)


def subjects(browser: Client, **query: str) -> list[str]:
    answer = browser.get("/messages/", query)
    assert answer.status_code == 200
    return [row.message.subject for row in answer.context["page"].rows]


def count() -> int:
    with firm_context("firm_alpha"):
        return Message.objects.count()


def test_the_firm_writes_about_a_dossier_to_the_readers_that_it_chooses(
    cast: Cast, mailbox: Box, jobs: Callable[[], int]
) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice, cast.charlie])
    bob = logged_in("alpha", cast.bob)
    address = f"/dossiers/{dossier.code}/messages/"
    part = bob.get(address, headers={"HX-Request": "true"})
    page = part.content.decode()
    assert "<html" not in page
    assert page.count("checked") == 2, "all are chosen unless one is left out"
    assert 'value="Maison"' in page
    answer = bob.post(address, TEXT | {"contacts": [cast.alice.code]})
    assert answer.headers["Location"] == f"/dossiers/{dossier.code}/#messages"
    with firm_context("firm_alpha"):
        message = Message.objects.get()
        assert (message.contact_id, message.dossier_id, message.direction) == (
            cast.alice.pk, dossier.pk, Direction.TO_CLIENT
        )  # fmt: skip
        assert (message.sender_name, message.state) == ("Bob Staff", MessageState.UNREAD)
        event = DossierEvent.objects.get(kind=EventKind.MESSAGE)
        assert (event.dossier_id, event.contact_id, event.subject, event.by_client) == (
            dossier.pk, cast.alice.pk, "Clés", False
        )  # fmt: skip
        jobs()
    mail = mailbox.last("alice@client.example")
    assert "Clés" in str(mail["Subject"])
    assert mail["Reply-To"] is None, "nothing comes in where INBOUND_DOMAIN is empty"
    assert "À l’agence." in text_of(mail)
    assert "À l’agence." in html_of(mail)
    assert f"/messages/{message.code}/" in links_of(mail)
    assert [str(mail["To"]) for mail in mailbox.mails()] == ["alice@client.example"]


def test_a_code_that_reads_nothing_gets_nothing(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice])
        unread = add_dossier("Grange", user=cast.bob)
    bob = logged_in("alpha", cast.bob)
    address = f"/dossiers/{dossier.code}/messages/"
    for codes in ([cast.charlie.code], [cast.dora.code], ["x\x00y"], []):
        answer = bob.post(address, TEXT | {"contacts": codes})
        assert answer.status_code == 422
        assert "À l’agence." in answer.content.decode()
        assert answer.context["form"].errors["contacts"]
    assert (
        said("Nobody has access to this dossier yet: give a contact access to write to it.")
        in bob.get(f"/dossiers/{unread.code}/messages/").content.decode()
    )
    assert count() == 0


@pytest.mark.parametrize("empty", [{"subject": ""}, {"body": ""}, {"subject": "  "}, {"body": " \n "}])
def test_neither_subject_nor_text_may_be_empty_and_what_was_typed_stays(cast: Cast, empty: dict[str, str]) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice])
        (received,) = from_firm(cast, cast.alice)
    (field,) = empty
    kept = {"subject": "À l’agence.", "body": 'value="Clés"'}[field]
    bob, alice = logged_in("alpha", cast.bob), logged_in("alpha", cast.alice)
    posts = [
        (bob, f"/dossiers/{dossier.code}/messages/"),
        (bob, "/messages/nouveau/"),
        (alice, f"/dossiers/{dossier.code}/messages/"),
        (alice, "/messages/nouveau/"),
    ]
    for browser, address in posts:
        answer = browser.post(address, TEXT | empty | {"contacts": [cast.alice.code]})
        assert answer.status_code == 422, address
        assert list(answer.context["form"].errors) == [field]
        assert kept in answer.content.decode(), address
    answer = alice.post(f"/messages/{received.code}/repondre/", {"body": empty.get("body", " ")})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["body"]
    assert count() == 1


def test_a_client_writes_about_its_dossier_and_who_published_it_is_told(
    cast: Cast, mailbox: Box, jobs: Callable[[], int]
) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice])
    alice = logged_in("alpha", cast.alice)
    answer = alice.post(f"/dossiers/{dossier.code}/messages/", TEXT)
    assert answer.status_code == 302
    with firm_context("firm_alpha"):
        message = Message.objects.get()
        assert (message.contact_id, message.direction) == (cast.alice.pk, Direction.TO_FIRM)
        event = DossierEvent.objects.get(kind=EventKind.MESSAGE)
        assert (event.contact_id, event.by_client) == (cast.alice.pk, True)
        jobs()
    assert [str(mail["To"]) for mail in mailbox.mails()] == ["bob@alpha.example"]
    answer = alice.post("/messages/nouveau/", TEXT)
    with firm_context("firm_alpha"):
        jobs()
    assert [str(mail["To"]) for mail in mailbox.mails()] == ["bob@alpha.example", "anna@alpha.example"]


def test_somebody_who_left_is_not_told_the_administrators_are(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice])
        User.objects.filter(pk=cast.bob.pk).update(is_active=False)
        from_client(cast.alice, dossier=dossier)
        assert list(OutgoingMail.objects.values_list("to", flat=True)) == ["anna@alpha.example"]


def test_a_client_cannot_write_about_a_dossier_that_it_does_not_see(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice])
    charlie = logged_in("alpha", cast.charlie)
    for method in (charlie.get, charlie.post):
        assert method(f"/dossiers/{dossier.code}/messages/", TEXT).status_code == 404
    assert count() == 0


def test_each_sees_its_own_messages_alone(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        to_alice, _to_charlie = from_firm(cast, cast.alice, cast.charlie)
        by_charlie = from_client(cast.charlie)
    with firm_context("firm_beta"):
        other = write_to_firm(subject="Beta", body="Secret", user=cast.dora.user)
        Message.objects.filter(pk=other.pk).update(code=to_alice.code)
    assert subjects(logged_in("alpha", cast.bob)) == ["Rendez-vous", "Clés", "Clés"]
    assert subjects(logged_in("alpha", cast.alice)) == ["Clés"]
    assert subjects(logged_in("alpha", cast.charlie)) == ["Rendez-vous", "Clés"]
    assert subjects(logged_in("beta", cast.dan)) == ["Beta"]
    alice = logged_in("alpha", cast.alice)
    assert alice.get(f"/messages/{by_charlie.code}/").status_code == 404
    assert alice.get(f"/messages/{by_charlie.code}/repondre/").status_code == 404
    assert alice.post(f"/messages/{by_charlie.code}/annuler/").status_code == 404
    assert at_host("alpha").get("/messages/").status_code == 302
    assert "Secret" not in alice.get(f"/messages/{to_alice.code}/").content.decode()
    with firm_context("firm_alpha"):
        assert Message.objects.get(pk=by_charlie.pk).state == MessageState.UNREAD


def test_a_sub_account_reads_and_writes_what_the_contact_does(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice])
        person = User.objects.create_user(
            username="aline", email="aline@client.example", full_name="Aline", role=Role.CLIENT, password=PASSWORD
        )
        SubAccount.objects.create(contact=cast.alice, user=person)
        from_firm(cast, cast.alice)
    aline = logged_in("alpha", person)
    assert subjects(aline) == ["Clés"]
    assert aline.post(f"/dossiers/{dossier.code}/messages/", TEXT | {"subject": "Par Aline"}).status_code == 302
    assert subjects(logged_in("alpha", cast.alice)) == ["Par Aline", "Clés"]
    with firm_context("firm_alpha"):
        assert Message.objects.get(subject="Par Aline").sender_name == "Aline"


def test_an_account_without_a_contact_writes_nothing(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        person = User.objects.create_user(
            username="zoe", email="zoe@client.example", full_name="Zoé", role=Role.CLIENT, password=PASSWORD
        )
        from_firm(cast, cast.alice)
    zoe = logged_in("alpha", person)
    assert subjects(zoe) == []
    assert zoe.post("/messages/nouveau/", TEXT).status_code == 422
    assert count() == 1


def test_only_its_receiver_reads_a_message(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        (message,) = from_firm(cast, cast.alice)
    address = f"/messages/{message.code}/"

    def state() -> str:
        with firm_context("firm_alpha"):
            return Message.objects.get(pk=message.pk).state

    assert logged_in("alpha", cast.bob).get(address).status_code == 200
    alice = logged_in("alpha", cast.alice)
    alice.head(address)
    assert state() == MessageState.UNREAD
    assert pgettext("message", "To be read") in alice.get("/messages/").content.decode()
    alice.get(address)
    assert state() == MessageState.READ
    assert subjects(alice, show="unread") == []


def test_what_nobody_read_can_be_cancelled_by_its_author_alone(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        first, second = from_firm(cast, cast.alice, cast.charlie)
    bob, anna, charlie = (logged_in("alpha", who) for who in (cast.bob, cast.anna, cast.charlie))
    assert anna.post(f"/messages/{first.code}/annuler/").status_code == 404
    assert bob.post(f"/messages/{first.code}/annuler/").status_code == 302
    assert pgettext("message", "Cancelled") in bob.get(f"/messages/{first.code}/").content.decode()
    alice = logged_in("alpha", cast.alice)
    assert subjects(alice) == []
    assert alice.get(f"/messages/{first.code}/").status_code == 404
    charlie.get(f"/messages/{second.code}/")
    answer = bob.post(f"/messages/{second.code}/annuler/", follow=True)
    assert said("This message has been read: it can no longer be cancelled.") in answer.content.decode()
    with firm_context("firm_alpha"):
        states = dict(Message.objects.values_list("pk", "state"))
    assert states == {first.pk: MessageState.CANCELLED, second.pk: MessageState.READ}


def test_an_answer_holds_the_original_and_goes_to_who_wrote_it(
    cast: Cast, mailbox: Box, jobs: Callable[[], int]
) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.anna, contacts=[cast.alice])
        (message,) = from_firm(cast, cast.alice, subject="<b>Clés</b>", dossier=dossier)
        OutgoingMail.objects.all().delete()
    alice = logged_in("alpha", cast.alice)
    answer = alice.get(f"/messages/{message.code}/repondre/")
    assert answer.headers["Location"] == f"/messages/{message.code}/#answer"
    page = alice.get(f"/messages/{message.code}/").content.decode()
    assert "À l’agence." in page
    assert "<b>Clés" not in page
    answer = alice.post(f"/messages/{message.code}/repondre/", {"body": "Entendu."})
    assert answer.status_code == 302
    with firm_context("firm_alpha"):
        reply = Message.objects.get(direction=Direction.TO_FIRM)
        assert (reply.subject, reply.body) == ("Re: <b>Clés</b>", "Entendu.")
        assert (reply.first_id, reply.dossier_id) == (message.pk, dossier.pk)
        assert Message.objects.get(pk=message.pk).state == MessageState.READ
        told = set(OutgoingMail.objects.values_list("to", flat=True))
    assert told == {"bob@alpha.example", "anna@alpha.example"}
    bob = logged_in("alpha", cast.bob)
    assert bob.post(f"/messages/{reply.code}/repondre/", {"body": "À mardi."}).status_code == 302
    assert alice.post(f"/messages/{reply.code}/repondre/", {"body": "Merci."}).status_code == 302
    for browser in (alice, bob):
        page = browser.get(f"/messages/{reply.code}/").content.decode()
        places = [page.index(text) for text in ("À l’agence.", "Entendu.", "À mardi.", "Merci.")]
        assert places == sorted(places), "the whole conversation, in its order"
    with firm_context("firm_alpha"):
        assert set(Message.objects.exclude(pk=message.pk).values_list("first_id", flat=True)) == {message.pk}
        assert not Message.objects.filter(state=MessageState.UNREAD).exists()


def test_an_answer_tells_nothing_of_a_dossier_that_was_taken_away(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison secrète", user=cast.anna, contacts=[cast.alice])
        (message,) = from_firm(cast, cast.alice, dossier=dossier)
        remove_access(DossierAccess.objects.get(), user=cast.bob)
        events = DossierEvent.objects.count()
    alice = logged_in("alpha", cast.alice)
    for address in ("/messages/", f"/messages/{message.code}/", f"/messages/{message.code}/repondre/"):
        assert "Maison secrète" not in alice.get(address).content.decode()
    alice.post(f"/messages/{message.code}/repondre/", TEXT)
    with firm_context("firm_alpha"):
        assert Message.objects.get(direction=Direction.TO_FIRM).dossier_id is None
        assert DossierEvent.objects.count() == events


def test_the_firm_writes_to_a_contact_from_its_page(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    page = bob.get("/messages/nouveau/", {"contact": cast.alice.code})
    assert page.context["chosen"] == [cast.alice.code]
    assert page.content.decode().count("selected") == 1
    answer = bob.post("/messages/nouveau/", TEXT | {"contacts": [cast.alice.code, cast.charlie.code]})
    assert answer.headers["Location"] == "/messages/"
    assert count() == 2
    answer = bob.post("/messages/nouveau/", TEXT | {"contacts": [cast.dora.code, "\x00"]})
    assert answer.status_code == 422
    assert bob.get("/messages/nouveau/", {"contact": "x\x00"}).status_code == 200
    assert count() == 2


def test_the_list_is_searched_and_filtered(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        from_firm(cast, cast.alice, subject="Clés déposées")
        from_firm(cast, cast.charlie, subject="Facture")
        from_client(cast.alice, subject="Été 2027")
    bob = logged_in("alpha", cast.bob)
    table = {
        "cles": ["Clés déposées"],
        "CLÉS deposees": ["Clés déposées"],
        "ete": ["Été 2027"],
        "mardi": ["Été 2027"],
        "charlie": ["Facture"],
        "agence facture": ["Facture"],
        "%": [],
        "_": [],
        "' OR 1=1 --": [],
        "\x00": ["Été 2027", "Facture", "Clés déposées"],
        "x" * 10_000: [],
    }
    for query, expected in table.items():
        assert subjects(bob, q=query) == expected, query
    assert subjects(bob, show="received") == subjects(bob, show="unread") == ["Été 2027"]
    assert subjects(bob, show="sent") == ["Facture", "Clés déposées"]
    assert subjects(bob, show="nonsense", page="99999999") == ["Été 2027", "Facture", "Clés déposées"]
    assert subjects(logged_in("alpha", cast.alice), show="sent") == ["Été 2027"]


@pytest.mark.parametrize("who", ["bob", "alice"])
@pytest.mark.parametrize("address", ["/messages/", "dossier"])
def test_a_page_costs_the_same_number_of_queries_for_one_and_three_rows(cast: Cast, who: str, address: str) -> None:
    with firm_context("firm_alpha"):
        contacts = [cast.alice, add_contact("eve", cast.alpha), add_contact("luc", cast.alpha)]
        dossiers = [add_dossier(f"Maison {rank}", user=cast.bob, contacts=contacts[: rank + 1]) for rank in range(3)]
        from_firm(cast, cast.alice, dossier=dossiers[0])
    browser = logged_in("alpha", getattr(cast, who))
    path = address if address != "dossier" else f"/dossiers/{dossiers[0].code}/messages/"
    browser.get(path)
    with CaptureQueriesContext(
        connection,
    ) as one:
        assert browser.get(path).status_code == 200
    with firm_context("firm_alpha"):
        for rank, dossier in enumerate(dossiers[1:], 2):
            from_firm(cast, cast.alice, dossier=dossiers[0], subject=f"Numéro {rank}")
            from_client(cast.alice, dossier=dossier)
    browser.get(path)  # the firm of a host is remembered for two seconds only
    with CaptureQueriesContext(connection) as three:
        page = browser.get(path).content.decode()
    assert "Numéro 3" in page
    assert len(without_set(one)) == len(without_set(three)) <= 10
