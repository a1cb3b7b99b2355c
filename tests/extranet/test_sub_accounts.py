"""Sub-accounts: a collaborator's own log-in under a contact, managed by the firm and by the contact itself."""

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from extranet.actions.dossier_access import give_access_by_email
from extranet.actions.sub_account import MOST, add_sub_account
from extranet.enums import AccessKind, DownloadState, EventKind
from extranet.models import Contact, DossierAccess, DossierEvent, SubAccount
from kernel.tenancy import firm_context
from tests.factories.cast import PASSWORD, Cast
from tests.factories.portal import add_dossier
from tests.support import Box, at_host, body, logged_in, run_jobs, said, text_of, without_set

pytestmark = pytest.mark.django_db
GOOD = {"name": "Sam Sub", "email": "Sam@Client.example", "username": "", "language": "fr"}
RESET = "/compte/mot-de-passe/oublie/"


def add(contact: Contact, name: str = "sam") -> SubAccount:
    """Returns an account under a contact of alpha whose password is PASSWORD."""
    with firm_context("firm_alpha"):
        made = add_sub_account(
            contact,
            name=f"{name.title()} Sub",
            email=f"{name}@client.example",
            username=name,
            language="fr",
            send_codes=False,
            firm_name="Cabinet Alpha",
            link="http://alpha.localhost/",
        )
        made.user.set_password(PASSWORD)
        made.user.save()
    return made


def accounts() -> list[tuple[str, str]]:
    with firm_context("firm_alpha"):
        return list(SubAccount.objects.order_by("pk").values_list("contact__name", "user__username"))


@pytest.mark.parametrize("who", ["bob", "alice"])
def test_an_account_is_made_with_its_codes_and_reads_what_the_contact_reads(cast: Cast, mailbox: Box, who: str) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice], files={"a.txt": b"a"})
        other = add_dossier("Other", user=cast.bob, contacts=[cast.charlie])
    new = f"/contacts/{cast.alice.code}/sous-comptes/" if who == "bob" else "/collaborateurs/nouveau/"
    back = f"/contacts/{cast.alice.code}/#sous-comptes" if who == "bob" else "/collaborateurs/"
    boss = logged_in("alpha", cast.bob if who == "bob" else cast.alice)
    assert boss.get(new).status_code == 200
    answer = boss.post(new, GOOD | {"send_codes": "on"})
    assert (answer.status_code, answer["Location"]) == (302, back)
    assert "Sam Sub" in boss.get(back).content.decode()
    assert accounts() == [("Alice", "sam@client.example")]
    run_jobs()
    found = re.search(r"\b[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}\b", text_of(mailbox.last("sam@client.example")))
    assert found
    with firm_context("firm_alpha"):
        user = User.objects.get(username="sam@client.example")
        assert (user.role, user.must_change_password) == (Role.CLIENT, True)
        assert user.check_password(found[0])
        user.set_password(PASSWORD)
        user.must_change_password = False
        user.save()
    sam = logged_in("alpha", user)
    assert [row.title for row in sam.get("/dossiers/").context["page"].rows] == ["Maison"]
    assert sam.get(f"/dossiers/{dossier.code}/").status_code == 200
    assert sam.get(f"/dossiers/{other.code}/").status_code == 404
    body(sam.get(f"/dossiers/{dossier.code}/zip/"))
    with firm_context("firm_alpha"):
        event = DossierEvent.objects.get(kind=EventKind.DOWNLOADED)
        assert (event.actor_name, event.contact_id, event.by_client) == ("Sam Sub", cast.alice.pk, True)
        access = DossierAccess.objects.get(contact=cast.alice)
        assert access.download_state == DownloadState.FULL
    page = logged_in("alpha", cast.bob).get(f"/contacts/{cast.alice.code}/").content.decode()
    assert "Sam Sub" in page


@pytest.mark.parametrize("who", ["bob", "alice"])
@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"email": "bob@alpha.example"}, "email", "Another account already uses this e-mail."),
        ({"email": "Charlie@client.example"}, "email", "Another account already uses this e-mail."),
        ({"username": "bob"}, "username", "Another account already uses this identifier."),
        ({"username": "charlie@client.example"}, "username", "Another account already uses this identifier."),
        ({"username": "a b"}, "username", "Use letters, digits and . @ + - _ only, without spaces."),
        ({"email": ""}, "email", "This field is required."),
        ({"name": ""}, "name", "This field is required."),
        ({"language": "xx"}, "language", None),
    ],
)
def test_a_wrong_account_is_refused_at_its_field(
    cast: Cast, who: str, changes: dict[str, str], field: str, message: str | None
) -> None:
    cache.clear()
    new = f"/contacts/{cast.alice.code}/sous-comptes/" if who == "bob" else "/collaborateurs/nouveau/"
    boss = logged_in("alpha", cast.bob if who == "bob" else cast.alice)
    answer = boss.post(new, GOOD | {"send_codes": "on"} | changes)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    if message:
        assert said(message) in answer.content.decode()
    if field != "name":
        assert 'value="Sam Sub"' in answer.content.decode()
    assert accounts() == []
    assert run_jobs() == 0


def test_the_main_account_manages_its_own_and_nobody_elses(cast: Cast) -> None:
    own, others = add(cast.alice), add(cast.charlie, "sue")
    alice, bob = logged_in("alpha", cast.alice), logged_in("alpha", cast.bob)
    page = alice.get("/collaborateurs/").content.decode()
    assert "Sam Sub" in page
    assert "Sue Sub" not in page
    edited = GOOD | {"email": "sam@client.example", "username": "sam", "name": "Sam Two", "is_active": "on"}
    for prefix, client in (("/collaborateurs/", alice), (f"/contacts/{cast.alice.code}/sous-comptes/", bob)):
        for path, method in (("", "get"), ("", "post"), ("codes/", "post"), ("supprimer/", "post")):
            assert getattr(client, method)(f"{prefix}{others.code}/{path}", edited).status_code == 404
    assert accounts() == [("Alice", "sam"), ("Charlie", "sue")]
    assert run_jobs() == 0
    assert alice.get(f"/collaborateurs/{own.code}/").status_code == 200
    assert alice.post(f"/collaborateurs/{own.code}/", edited)["Location"] == "/collaborateurs/"
    assert "Sam Two" in alice.get("/collaborateurs/").content.decode()
    assert alice.post(f"/collaborateurs/{own.code}/codes/").status_code == 302
    assert run_jobs() == 1
    assert alice.post(f"/collaborateurs/{own.code}/supprimer/").status_code == 302
    assert accounts() == [("Charlie", "sue")]


def test_a_sub_account_manages_nobody(cast: Cast) -> None:
    own = add(cast.alice)
    sam = logged_in("alpha", own.user)
    assert sam.get("/collaborateurs/").status_code == 404
    assert sam.post("/collaborateurs/nouveau/", GOOD | {"email": "x@x.example"}).status_code == 404
    assert sam.post(f"/collaborateurs/{own.code}/supprimer/").status_code == 404
    assert accounts() == [("Alice", "sam")]


@pytest.mark.parametrize("who", ["bob", "alice"])
def test_a_closed_account_is_out_at_once_and_gets_no_codes(cast: Cast, mailbox: Box, who: str) -> None:
    own = add(cast.alice)
    sam = logged_in("alpha", own.user)
    assert sam.get("/dossiers/").status_code == 200
    prefix = f"/contacts/{cast.alice.code}/sous-comptes/" if who == "bob" else "/collaborateurs/"
    boss = logged_in("alpha", cast.bob if who == "bob" else cast.alice)
    edited = GOOD | {"email": "sam@client.example", "username": "sam"}
    assert boss.post(f"{prefix}{own.code}/", edited).status_code == 302
    assert sam.get("/dossiers/").status_code == 302
    answer = at_host("alpha").post("/compte/connexion/", {"login": "sam", "password": PASSWORD})
    assert answer["Location"] == "/compte/inactif/"
    boss.post(f"{prefix}{own.code}/codes/")
    run_jobs()
    assert mailbox.mails() == []
    boss.post(f"{prefix}{own.code}/", edited | {"is_active": "on"})
    assert sam.get("/dossiers/").status_code == 302, "the session from before does not come back"
    assert logged_in("alpha", own.user).get("/dossiers/").status_code == 200


@pytest.mark.parametrize("who", ["bob", "alice"])
def test_a_deleted_account_is_out_at_once(cast: Cast, mailbox: Box, who: str) -> None:
    own = add(cast.alice)
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice], files={"a.txt": b"a"})
    sam = logged_in("alpha", own.user)
    body(sam.get(f"/dossiers/{dossier.code}/zip/"))
    prefix = f"/contacts/{cast.alice.code}/sous-comptes/" if who == "bob" else "/collaborateurs/"
    boss = logged_in("alpha", cast.bob if who == "bob" else cast.alice)
    boss.post(f"{prefix}{own.code}/supprimer/")
    assert sam.get("/dossiers/").status_code == 302
    assert at_host("alpha").post("/compte/connexion/", {"login": "sam", "password": PASSWORD}).status_code == 200
    at_host("alpha").post(RESET, {"email": "sam@client.example"})
    run_jobs()
    assert mailbox.mails() == []
    with firm_context("firm_alpha"):
        event = DossierEvent.objects.get(dossier=dossier, kind=EventKind.DOWNLOADED)
        assert (event.actor_name, event.actor_id, event.contact_id) == ("Sam Sub", None, cast.alice.pk)
        assert Contact.objects.filter(pk=cast.alice.pk).exists()


def test_a_forgotten_password_of_a_sub_account_is_mailed_to_it(cast: Cast, mailbox: Box) -> None:
    add(cast.alice)
    assert at_host("alpha").post(RESET, {"email": "sam@client.example"}).status_code == 302
    run_jobs()
    assert [str(mail["To"]) for mail in mailbox.mails()] == ["sam@client.example"]


def test_there_is_a_most(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        users = [
            User(username=f"u{number}", email=f"u{number}@x.example", role=Role.CLIENT, password="!")
            for number in range(MOST)
        ]
        User.objects.bulk_create(users)
        SubAccount.objects.bulk_create([SubAccount(contact=cast.alice, user=user) for user in users])
    answer = logged_in("alpha", cast.alice).post("/collaborateurs/nouveau/", GOOD)
    assert answer.status_code == 422
    assert said("A contact has at most %(most)d sub-accounts.", most=MOST) in answer.content.decode()
    assert len(accounts()) == MOST


def test_a_client_cannot_have_codes_mailed_without_end(cast: Cast) -> None:
    cache.clear()
    own = add(cast.alice)
    alice = logged_in("alpha", cast.alice)
    for _number in range(32):
        alice.post(f"/collaborateurs/{own.code}/codes/")
    assert run_jobs() == 30
    cache.clear()


def test_mail_to_a_sub_accounts_address_gives_the_contact_access(cast: Cast) -> None:
    add(cast.alice)
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob)
        assert give_access_by_email(dossier, email="SAM@client.example", user=cast.bob) == [cast.alice]
        access = DossierAccess.objects.get(dossier=dossier)
        assert (access.kind, access.origin) == (AccessKind.COLLABORATOR, "sam@client.example")


def test_a_contact_is_found_by_its_sub_accounts(cast: Cast) -> None:
    own = add(cast.alice)
    bob = logged_in("alpha", cast.bob)

    def found(query: str) -> list[str]:
        return [row.contact.name for row in bob.get("/contacts/", {"q": query}).context["page"].rows]

    assert found("sam sub") == found("sam@client") == ["Alice"]
    bob.post(f"/contacts/{cast.alice.code}/sous-comptes/{own.code}/supprimer/")
    assert found("sam sub") == []


def test_a_collaborators_address_fills_the_form(cast: Cast) -> None:
    page = logged_in("alpha", cast.bob).get(f"/contacts/{cast.alice.code}/sous-comptes/", {"email": "eve@x.example"})
    assert 'value="eve@x.example"' in page.content.decode()


def test_the_list_takes_the_same_number_of_queries_whatever_its_rows(cast: Cast) -> None:
    alice = logged_in("alpha", cast.alice)
    add(cast.alice)
    alice.get("/collaborateurs/")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert alice.get("/collaborateurs/").status_code == 200
        return len(without_set(captured))

    few = queries()
    add(cast.alice, "sue")
    add(cast.alice, "stu")
    assert queries() == few
