"""Asking for an account: proved by mail, decided by the firm, taken back, forgotten."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from extranet.actions.contact import create_contact
from extranet.actions.contact_erase import erase_contact
from extranet.actions.contact_merge import merge_contacts
from extranet.actions.join import delete_old_requests
from extranet.actions.join_answer import accept_request, refuse_request, undo_answer
from extranet.enums_join import JoinState
from extranet.models import AccountRequest, Contact, SubAccount
from extranet.queries.join import join_token, possible_twins
from extranet.views.guest.join import JOIN_LIMIT
from kernel.errors import DomainError
from kernel.tenancy import firm_context
from mail.models import OutgoingMail
from tenants.middleware import forget_hosts
from tests.factories.cast import Cast
from tests.factories.firm_things import add_request, offer_accounts
from tests.support import Box, at_host, body, links_of, logged_in, run_jobs, said, text_of, without_set

pytestmark = pytest.mark.django_db
URL = "/demande-de-compte/"
SENT = {
    "name": "Eve Martin",
    "company": "Agence Martin",
    "kind": "agency",
    "email": "eve@else.example",
    "phone": "06 00 00 00 01",
    "message": "Bonjour https://spam.example",
}


@pytest.fixture(autouse=True)
def _offered(cast: Cast) -> None:
    cache.clear()
    with firm_context("firm_alpha"):
        offer_accounts()


def ask(client: Client | None = None, **changes: str) -> int:
    """Sends the form; returns the status of the page that follows, which is the same for all."""
    answer = (client or at_host("alpha")).post(URL, SENT | changes)
    assert answer.status_code != 302 or answer["Location"] == f"{URL}envoyee/"
    return int(answer.status_code)


def rows() -> list[AccountRequest]:
    with firm_context("firm_alpha"):
        return list(AccountRequest.objects.order_by("pk"))


def accept(row: AccountRequest, cast: Cast, twin: Contact | None = None) -> AccountRequest:
    return accept_request(row, twin=twin, user=cast.bob, firm_name="Alpha", link="http://x.example/")


def test_a_request_is_confirmed_by_mail_then_accepted_and_the_person_logs_in(cast: Cast, mailbox: Box) -> None:
    assert said("Ask for an account") in at_host("alpha").get("/compte/connexion/").content.decode()
    assert ask() == 302
    bob = logged_in("alpha", cast.bob)
    assert said("No request waits") in bob.get("/demandes-de-compte/").content.decode(), "unconfirmed: not shown"
    assert bob.get(f"/demandes-de-compte/{rows()[0].code}/").status_code == 404
    run_jobs()
    mail = mailbox.last("eve@else.example")
    assert "spam.example" not in text_of(mail), "what was typed cannot reach a stranger"
    assert "Martin" not in text_of(mail)
    (link,) = [path for path in links_of(mail) if "confirmer" in path]
    page = at_host("alpha").get(link)
    assert page.status_code == 200
    assert rows()[0].state == JoinState.UNCONFIRMED, "a mail program that follows links confirms nothing"
    assert at_host("beta").post(link).status_code == 404
    for _twice in range(2):
        assert at_host("alpha").post(link).status_code == 302
    assert said("Your request is sent") in at_host("alpha").get(link).content.decode()
    run_jobs()
    told = [mail for mail in mailbox.mails() if "anna@alpha.example" in str(mail["To"])]
    assert len(told) == 1
    assert "Bonjour" in text_of(told[0])
    home = bob.get("/").content.decode()
    assert "/demandes-de-compte/" in home
    assert ">1<span" in home.replace("\n", "").replace(" ", "")
    (row,) = rows()
    detail = f"/demandes-de-compte/{row.code}/"
    assert "Agence Martin" in bob.get(detail).content.decode()
    assert bob.post(f"{detail}accepter/").status_code == 302
    assert bob.post(f"{detail}accepter/").status_code == 422, "once"
    run_jobs()
    codes = text_of(mailbox.last("eve@else.example"))
    password = next(word for word in codes.split() if word.count("-") == 2 and len(word) == 14)
    eve = at_host("alpha")
    assert eve.post("/compte/connexion/", {"login": "eve@else.example", "password": password}).status_code == 302
    with firm_context("firm_alpha"):
        contact = Contact.objects.get(user__email="eve@else.example")
        assert (contact.company, contact.kind, contact.notes) == ("Agence Martin", "agency", SENT["message"])


def test_the_answer_is_the_same_for_known_and_unknown_and_nobodys_box_is_filled(cast: Cast, mailbox: Box) -> None:
    known = at_host("alpha")
    assert ask(known, email="Alice@Client.example") == ask(email="new@else.example") == 302
    assert [row.email for row in rows()] == ["new@else.example"]
    for _again in range(5):
        assert ask(email="new@else.example") == ask(email="alice@client.example") == 302
        cache.clear()
    run_jobs()
    to = [str(mail["To"]) for mail in mailbox.mails()]
    assert (to.count("new@else.example"), sum("lice@" in one.lower() for one in to)) == (3, 3)
    assert "/compte/connexion/" in text_of(mailbox.last("alice@client.example"))


def test_programs_and_floods_are_stopped(cast: Cast) -> None:
    assert ask(website="http://x.example") == 302
    assert rows() == []
    assert [ask(email=f"e{rank}@else.example") for rank in range(JOIN_LIMIT)] == [302] * JOIN_LIMIT
    assert ask(email="last@else.example") == 429
    assert len(rows()) == JOIN_LIMIT


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "x" * 500},
        {"name": "a\x00"},
        {"email": "nope"},
        {"email": f"{'x' * 300}@x.example"},
        {"kind": "boss"},
        {"message": "x" * 2001},
        {"email": "a@x.example\nBcc: b@x.example"},
    ],
)
def test_a_wrong_request_is_refused(cast: Cast, changes: dict[str, str]) -> None:
    assert at_host("alpha").post(URL, SENT | changes).status_code == 422
    assert rows() == []
    with firm_context("firm_alpha"):
        assert not OutgoingMail.objects.exists()


def test_where_it_is_not_offered_there_is_no_such_page(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        token = join_token(add_request("late@else.example", state=JoinState.UNCONFIRMED))
        offer_accounts(offered=False)
    assert ask() == 404
    assert at_host("alpha").get(URL).status_code == 404
    assert URL not in at_host("alpha").get("/compte/connexion/").content.decode()
    assert "/demandes-de-compte/" not in logged_in("alpha", cast.bob).get("/").content.decode()
    assert at_host("alpha").get(f"{URL}confirmer/{token}/").status_code == 200, "who has asked may still confirm"
    for wrong in (token[:-1], token + "x", "abc"):
        assert at_host("alpha").get(f"{URL}confirmer/{wrong}/").status_code == 404


def test_possible_twins_are_proposed_and_taken(cast: Cast, mailbox: Box) -> None:
    with firm_context("firm_alpha"):
        same = add_request("alice@client.example", name="Alice")
        colleague = add_request("zoe@else.example", name="Zoé Inconnue", company="agence ALICE")
        nobody = add_request("nobody@else.example", name="Nobody", company="")
        assert possible_twins(same)[0].pk == possible_twins(colleague)[0].pk == cast.alice.pk
        assert possible_twins(nobody) == []
        accept(same, cast, cast.alice)
        accept(colleague, cast, cast.alice)
        assert SubAccount.objects.get().user.email == "zoe@else.example"
        assert Contact.objects.filter(user__email__in=["zoe@else.example", "alice@client.example"]).count() == 1
        with pytest.raises(DomainError) as error:
            accept(add_request("bob@alpha.example"), cast)
        assert error.value.code == "email_taken"
    run_jobs()
    assert {str(mail["To"]) for mail in mailbox.mails()} == {"alice@client.example", "zoe@else.example"}


def test_answers_are_taken_back_but_never_an_account_in_use(cast: Cast, mailbox: Box) -> None:
    bob = logged_in("alpha", cast.bob)
    with firm_context("firm_alpha"):
        row = add_request("eve@else.example")
    detail = f"/demandes-de-compte/{row.code}/"
    assert bob.post(f"{detail}refuser/", {"reason": "Hors de notre zone", "tell": "on"}).status_code == 302
    run_jobs()
    assert "Hors de notre zone" in text_of(mailbox.last("eve@else.example"))
    assert bob.post(f"{detail}annuler/").status_code == 302
    with firm_context("firm_alpha"):
        row.refresh_from_db()
        assert (row.state, row.reason, row.decided_name) == ("waiting", "", "")
        accepted = accept(row, cast)
        assert accepted.decided_name == "Bob Staff"
        undo_answer(accepted, user=cast.bob)
        assert not User.objects.filter(email="eve@else.example").exists()
        accepted = accept(AccountRequest.objects.get(), cast)
        assert accepted.contact is not None
        User.objects.filter(pk=accepted.contact.user_id).update(last_login=timezone.now())
        with pytest.raises(DomainError):
            undo_answer(accepted, user=cast.bob)
        # one that was there before the request is nobody's to delete
        twin = accept(add_request("alice@client.example"), cast, cast.alice)
        undo_answer(twin, user=cast.bob)
        assert Contact.objects.filter(pk=cast.alice.pk).exists()
        under = accept(add_request("zoe@else.example"), cast, cast.alice)
        undo_answer(under, user=cast.bob)
        assert not SubAccount.objects.exists()
        quiet = refuse_request(add_request("q@else.example"), reason="", tell=False, user=cast.bob, firm_name="A")
        assert not OutgoingMail.objects.filter(to=quiet.email).exists()


def test_old_requests_go_and_a_second_one_takes_the_place_of_the_first(cast: Cast) -> None:
    now = timezone.now()
    with firm_context("firm_alpha"):
        add_request("eve@else.example")
    assert ask() == 302
    with firm_context("firm_alpha"):
        token = join_token(AccountRequest.objects.get(state=JoinState.UNCONFIRMED))
    at_host("alpha").post(f"{URL}confirmer/{token}/")
    (row,) = rows()
    assert row.state == JoinState.WAITING
    with firm_context("firm_alpha"):
        old = add_request("old@else.example", state=JoinState.UNCONFIRMED)
        new = add_request("new@else.example", state=JoinState.UNCONFIRMED)
        decided = refuse_request(add_request("d@else.example"), reason="", tell=False, user=cast.bob, firm_name="A")
        AccountRequest.objects.filter(pk=old.pk).update(created_at=now - timedelta(days=4))
        AccountRequest.objects.filter(pk=decided.pk).update(decided_at=now - timedelta(days=366))
        assert delete_old_requests() == 2
        assert {left.email for left in AccountRequest.objects.all()} == {row.email, new.email}


def test_personal_data_are_handed_over_follow_a_merge_and_are_erased(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        contact = create_contact(
            name="Eve",
            company="",
            phone="",
            email="eve@else.example",
            username="eve",
            collaborators=[],
            language="fr",
            send_codes=False,
            firm_name="A",
            link="http://x.example/",
        )
        row = accept(add_request("eve@else.example", message="Secret de Eve"), cast, contact)
    anna = logged_in("alpha", cast.anna)
    content = body(anna.get(f"/contacts/{contact.code}/donnees.zip"))
    assert content[:2] == b"PK"
    with firm_context("firm_alpha"):
        merge_contacts(cast.charlie, other=contact, user=cast.bob)
        row.refresh_from_db()
        assert row.contact == cast.charlie
        erase_contact(cast.charlie)
        assert not AccountRequest.objects.exists()


def test_the_list_costs_as_many_queries_for_three_as_for_one(cast: Cast) -> None:
    bob, counts = logged_in("alpha", cast.bob), []
    for rank in range(3):
        with firm_context("firm_alpha"):
            accept(add_request(f"a{rank}@else.example"), cast)
            add_request(f"e{rank}@else.example")
        bob.get("/demandes-de-compte/?state=all")
        with CaptureQueriesContext(connection) as queries:
            bob.get("/demandes-de-compte/?state=all")
        counts.append(len(without_set(queries)))
    assert counts[0] == counts[2] <= 10
    assert "e2@else.example" in bob.get("/demandes-de-compte/", {"q": "E2@"}).content.decode()
    assert "e2@else.example" not in bob.get("/demandes-de-compte/", {"state": "refused"}).content.decode()


def test_the_log_in_page_follows_its_settings_and_the_firm_is_never_locked_out(cast: Cast, mailbox: Box) -> None:
    anna = logged_in("alpha", cast.anna)
    sent = {"welcome_text": "Bonjour <b>à tous</b>\n\nDeuxième", "welcome_text_en": "Hello all"}
    assert anna.post("/reglages/connexion/", sent).status_code == 302
    forget_hosts()
    page = at_host("alpha").get("/compte/connexion/").content.decode()
    assert "Bonjour &lt;b&gt;à tous&lt;/b&gt;" in page
    assert "mot-de-passe/oublie" not in page
    english = at_host("alpha")
    english.cookies["django_language"] = "en"
    assert "Hello all" in english.get("/compte/connexion/").content.decode()
    answers = [
        at_host("alpha").post("/compte/mot-de-passe/oublie/", {"email": email})["Location"]
        for email in ("alice@client.example", "bob@alpha.example", "nobody@else.example")
    ]
    assert len(set(answers)) == 1, "who asks cannot tell"
    run_jobs()
    assert [str(mail["To"]) for mail in mailbox.mails()] == ["bob@alpha.example"]
    assert "mot-de-passe/oublie" in anna.get("/reglages/connexion/").content.decode()
    assert anna.post("/reglages/connexion/", {"welcome_text": "x" * 1001}).status_code == 422
    assert "oublie" in at_host("beta").get("/compte/connexion/").content.decode()
