"""A contact's personal data: handed over, and erased but for what must be kept."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Role, User
from extranet.enums import AccessKind, DownloadState, EventKind
from extranet.models import (
    CollaboratorEmail,
    Contact,
    Dossier,
    DossierAccess,
    DossierEvent,
    GuestLink,
    Message,
    SubAccount,
)
from kernel.tenancy import firm_context
from mail.actions.outgoing import queue_mail
from mail.content import MailContent
from mail.models import MailState, OutgoingMail
from tests.factories.cast import PASSWORD, Cast, add_contact
from tests.factories.portal import add_dossier
from tests.support import Box, at_host, body, logged_in, run_jobs, said

pytestmark = pytest.mark.django_db
SECRETS = ("alice", "sam sub", "sam@client", "x@x.example", "0102030405", "rue du secret", "pays late", "203.0.113.7")


class World:
    """Alice with all that can be known of her, and Charlie beside."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        with firm_context("firm_alpha"):
            contact = Contact.objects.get(pk=cast.alice.pk)
            contact.phone, contact.street, contact.notes = "0102030405", "1 rue du Secret", "Pays late"
            contact.save()
            CollaboratorEmail.objects.create(contact=contact, email="x@x.example")
            self.sub = User.objects.create_user(
                username="sam", email="sam@client.example", full_name="Sam Sub", role=Role.CLIENT, password=PASSWORD
            )
            SubAccount.objects.create(contact=contact, user=self.sub)
            self.dossier = add_dossier(
                "Maison", user=cast.bob, contacts=[cast.alice, cast.charlie], files={"DPE.txt": b"a"}
            )
            for direction, who in (("to_client", "Bob Staff"), ("to_firm", "Alice")):
                Message.objects.create(
                    contact=contact, direction=direction, subject="Visite", body="Le code est 4242", sender_name=who
                )
            content = MailContent(subject="Votre dossier, Alice", greeting="Bonjour Alice", paragraphs=["x"])
            for address in ("Alice@client.example", "sam@client.example", "charlie@client.example"):
                queue_mail(to=address, content=content, kind="test")
        self.alice = logged_in("alpha", cast.alice)
        self.sam = logged_in("alpha", self.sub)
        for client in (self.alice, self.sam, logged_in("alpha", cast.charlie)):
            body(
                client.get(
                    f"/dossiers/{self.dossier.code}/zip/", headers={"user-agent": "Firefox"}, REMOTE_ADDR="203.0.113.7"
                )
            )
        self.bob = logged_in("alpha", cast.bob)
        self.page = f"/contacts/{cast.alice.code}/"


@pytest.fixture
def world(cast: Cast) -> World:
    return World(cast)


def data_of(client: Client, page: str) -> tuple[dict[str, Any], str]:
    answer = client.get(f"{page}donnees.zip")
    assert answer["Content-Type"] == "application/zip"
    assert "attachment" in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "no-store"
    archive = zipfile.ZipFile(io.BytesIO(body(answer)))
    page_name, data_name = sorted(archive.namelist())
    assert (page_name[-5:], data_name[-5:]) == (".html", ".json")
    return json.loads(archive.read(data_name)), archive.read(page_name).decode()


def test_all_that_is_known_is_handed_over(world: World) -> None:
    data, html = data_of(world.bob, world.page)
    (contact,) = data["contact"]
    assert (contact["name"], contact["email"], contact["notes"]) == ("Alice", "alice@client.example", "Pays late")
    assert data["collaborators"] == [{"email": "x@x.example"}]
    assert [entry["email"] for entry in data["sub_accounts"]] == ["sam@client.example"]
    assert [entry["title"] for entry in data["accesses"]] == ["Maison"]
    assert [entry["body"] for entry in data["messages"]] == ["Le code est 4242"] * 2
    read = [(entry["by"], entry["address"], entry["subject"]) for entry in data["history"] if entry["address"]]
    assert read == [("Alice", "203.0.113.7", "DPE.txt"), ("Sam Sub", "203.0.113.7", "DPE.txt")]
    assert {entry["to"].lower() for entry in data["mails"]} == {"alice@client.example", "sam@client.example"}
    assert len(data["sessions"]) == 2
    for shown in ("Alice", "Pays late", "Le code est 4242", "203.0.113.7", "Sam Sub", "Cabinet Alpha"):
        assert shown in html
    assert "charlie" not in html.lower()


def test_the_readable_page_shows_nonsense_as_text(world: World) -> None:
    with firm_context("firm_alpha"):
        Contact.objects.filter(pk=world.cast.alice.pk).update(notes="<script>alert(1)</script>")
    _data, html = data_of(world.bob, world.page)
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_erasing_asks_twice_and_explains(world: World) -> None:
    url = f"{world.page}effacer/"
    page = world.bob.get(url).content.decode()
    for shown in ("What is erased", "What is kept, and why"):
        assert said(shown) in page
    assert "data-confirm" in page
    answer = world.bob.post(url)
    assert answer.status_code == 422
    assert said("Tick the box to confirm.") in answer.content.decode()
    with firm_context("firm_alpha"):
        kept = Contact.objects.select_related("user").get(pk=world.cast.alice.pk)
        assert (kept.name, kept.erased_at, kept.user.is_active) == ("Alice", None, True)


def erase(world: World) -> Contact:
    answer = world.bob.post(f"{world.page}effacer/", {"sure": "on"})
    assert (answer.status_code, answer["Location"]) == (302, world.page)
    with firm_context("firm_alpha"):
        return Contact.objects.select_related("user").get(pk=world.cast.alice.pk)


def test_nothing_personal_is_left_and_the_proofs_stay(world: World, mailbox: Box) -> None:
    with firm_context("firm_alpha"):
        heir = add_contact("heir", world.cast.alpha)
        Contact.objects.filter(pk=heir.pk).update(inherited_from=world.cast.alice)
        DossierAccess.objects.create(
            dossier=world.dossier, contact=heir, kind=AccessKind.INHERITED, origin="Agence Alice (Alice)"
        )
    erased = erase(world)
    name = erased.name
    assert erased.code in name
    assert erased.erased_at is not None
    assert run_jobs() > 0
    with firm_context("firm_alpha"):
        rows = [
            str(row)
            for model in (User, Contact, CollaboratorEmail, SubAccount, DossierAccess, DossierEvent)
            for row in model.objects.exclude(pk__isnull=True).values()
        ]
        rows += [str(row) for model in (Message, OutgoingMail, Dossier) for row in model.objects.values()]
        # what Charlie did from the same address is his own
        kept = "\n".join(row for row in rows if "Charlie" not in row and "charlie" not in row).lower()
        for secret in (*SECRETS, "4242"):
            assert secret not in kept, secret
        assert not SubAccount.objects.exists()
        dossier = Dossier.objects.get(pk=world.dossier.pk)
        assert dossier.download_state == DownloadState.FULL
        proof = DossierEvent.objects.filter(dossier=dossier, kind=EventKind.DOWNLOADED, contact=erased)
        assert (
            list(proof.values_list("actor_name", "address", "user_agent", "subject"))
            == [(name, None, "", "DPE.txt")] * 2
        )
        assert DossierAccess.objects.get(dossier=dossier, contact=erased).download_state == DownloadState.FULL
        assert DossierAccess.objects.get(dossier=dossier, contact=heir).origin == name
        assert Message.objects.filter(contact=erased, body="").count() == 2
        other = DossierEvent.objects.get(kind=EventKind.DOWNLOADED, contact=world.cast.charlie)
        assert (other.actor_name, other.address) == ("Charlie", "203.0.113.7")
        states = dict(OutgoingMail.objects.values_list("to", "state"))
        assert states == {
            f"erased-{erased.code}@erased.invalid": MailState.FAILED,
            "charlie@client.example": MailState.SENT,
        }
    assert [str(mail["To"]) for mail in mailbox.mails()] == ["charlie@client.example"]


def test_an_erased_contact_and_its_sub_accounts_are_out(world: World, mailbox: Box) -> None:
    erased = erase(world)
    for client in (world.alice, world.sam):
        assert client.get("/dossiers/").status_code == 302
    for login in ("alice", "alice@client.example", "sam", erased.user.username):
        answer = at_host("alpha").post("/compte/connexion/", {"login": login, "password": PASSWORD})
        assert answer.status_code == 200
    for email in ("alice@client.example", erased.user.email, "sam@client.example"):
        at_host("alpha").post("/compte/mot-de-passe/oublie/", {"email": email})
    run_jobs()
    assert {str(mail["To"]) for mail in mailbox.mails()} <= {"charlie@client.example"}


def test_an_erased_contact_can_only_be_looked_at_and_deleted(world: World) -> None:
    erased = erase(world)
    bob, page = world.bob, world.page
    html = bob.get(page).content.decode()
    assert erased.name in html
    assert f"{page}modifier/" not in html
    assert f"{page}codes/" not in html
    with firm_context("firm_alpha"):
        before = list(OutgoingMail.objects.values())
    person = {"name": "Eve", "email": "eve@x.example", "username": "eve", "language": "fr"}
    assert bob.get(f"{page}modifier/")["Location"] == page
    assert bob.post(f"{page}modifier/", person)["Location"] == page
    assert bob.post(f"{page}codes/")["Location"] == page
    assert bob.get(f"{page}effacer/")["Location"] == page
    assert bob.post(f"{page}effacer/", {"sure": "on"})["Location"] == page
    assert bob.get(f"{page}fusionner/")["Location"] == page
    assert bob.post(f"{page}sous-comptes/", person).status_code == 422
    assert bob.post("/contacts/nouveau/", person | {"inherit_from": erased.code}).status_code == 422
    assert erased.code not in str(bob.get("/contacts/choisir/").json())
    with firm_context("firm_alpha"):
        again = Contact.objects.select_related("user").get(pk=erased.pk)
        assert (again.name, again.erased_at, again.user.email) == (erased.name, erased.erased_at, erased.user.email)
        assert list(OutgoingMail.objects.values()) == before
        assert not User.objects.filter(username="eve").exists()
    data, _html = data_of(bob, page)
    assert data["contact"][0]["name"] == erased.name
    assert bob.post(f"{page}supprimer/").status_code == 302
    with firm_context("firm_alpha"):
        assert not Contact.objects.filter(pk=erased.pk).exists()


def test_occasional_accesses_of_the_address_are_revoked(world: World) -> None:
    with firm_context("firm_alpha"):
        link = GuestLink.objects.create(
            dossier=world.dossier,
            email="Alice@client.example",
            name="Alice",
            expires_at=timezone.now() + timedelta(days=9),
        )
        other = GuestLink.objects.create(
            dossier=world.dossier, email="eve@x.example", name="Eve", expires_at=timezone.now() + timedelta(days=9)
        )
        for each in (link, other):
            DossierEvent.objects.create(
                dossier=world.dossier, kind=EventKind.LINK_SENT, subject=each.email, actor=world.cast.bob
            )
            DossierEvent.objects.create(
                dossier=world.dossier,
                kind=EventKind.READ,
                guest=each,
                actor_name=each.name,
                address="203.0.113.9",
                by_client=True,
            )
    erased = erase(world)
    with firm_context("firm_alpha"):
        link.refresh_from_db()
        other.refresh_from_db()
        assert link.revoked_at is not None
        assert "alice" not in f"{link.email}{link.name}".lower()
        assert (other.revoked_at, other.email) == (None, "eve@x.example")
        read = dict(DossierEvent.objects.filter(kind=EventKind.READ).values_list("actor_name", "address"))
        assert read == {erased.name: None, "Eve": "203.0.113.9"}
        subjects = set(DossierEvent.objects.filter(kind=EventKind.LINK_SENT).values_list("subject", flat=True))
        assert subjects == {erased.name, "eve@x.example"}
