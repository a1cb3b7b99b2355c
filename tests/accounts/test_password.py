"""Forgotten, generated and changed passwords."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from extranet.actions.contact import send_access_codes
from kernel.tenancy import firm_context
from mail.models import OutgoingMail
from tests.factories.cast import PASSWORD, Cast
from tests.support import Box, at_host, links_of, logged_in, run_jobs, said, text_of

pytestmark = pytest.mark.django_db
Host = Callable[[str], Client]
FORGOTTEN = "/compte/mot-de-passe/oublie/"
CHANGE = "/compte/mot-de-passe/"
NEW = "a-brand-new-passphrase"


def ask(client: Client, email: str) -> tuple[int, str, str]:
    """Returns the status, the place and the page that one sees after asking for a new password."""
    answer = client.post(FORGOTTEN, {"email": email})
    page = client.get(answer["Location"]).content.decode() if answer.status_code == 302 else answer.content.decode()
    return answer.status_code, answer.headers.get("Location", ""), re.sub(r"csrf\S+|value=\"[^\"]*\"", "", page)


def open_link(client: Client, link: str) -> Client:
    """Follows a reset link to its form; the client's next POST goes there."""
    first = client.get(link)
    assert first.status_code == 302, first.content.decode()[:500]
    client.form = first["Location"]  # type: ignore[attr-defined]
    return client


def choose(client: Client, password: str = NEW) -> int:
    form = client.form  # type: ignore[attr-defined]
    return client.post(form, {"password1": password, "password2": password}).status_code


def works(password: str, login: str = "alice") -> bool:
    return at_host("alpha").post("/compte/connexion/", {"login": login, "password": password}).status_code == 302


def reset_link(mailbox: Box, address: str = "alice@client.example") -> str:
    return links_of(mailbox.last(address))[0]


def test_a_forgotten_password_is_chosen_anew_through_the_mail(cast: Cast, host: Host, mailbox: Box) -> None:
    assert ask(host("alpha"), "Alice@Client.example")[0] == 302
    run_jobs()
    (mail,) = mailbox.mails()
    assert "alice" in text_of(mail)
    assert mail["From"].addresses[0].display_name == "Cabinet Alpha via Diagdesk"
    link = reset_link(mailbox)
    client = open_link(host("alpha"), link)
    assert link.rstrip("/").rsplit("-", 1)[-1] not in client.form  # type: ignore[attr-defined]
    assert choose(client) == 302
    assert works(NEW)
    assert not works(PASSWORD)
    with firm_context("firm_alpha"):
        assert OutgoingMail.objects.get(kind="password_reset").text == "", "a link that lets in is not kept"


def test_the_answer_is_the_same_for_known_and_unknown(cast: Cast, host: Host, mailbox: Box) -> None:
    with firm_context("firm_alpha"):
        User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    answers = {
        ask(host("alpha"), email)
        for email in ("alice@client.example", "nobody@client.example", "dora@client.example", "bob@alpha.example")
    }
    assert len(answers) == 1
    assert answers.pop()[0] == 302
    run_jobs()
    assert [str(mail["To"]) for mail in mailbox.mails()] == ["alice@client.example"]


@pytest.mark.parametrize("email", ["", "alice", "a@b", "a b@c.example", "alice@client.example\nBcc: x@y.example"])
def test_what_is_no_address_is_told(cast: Cast, host: Host, email: str) -> None:
    answer = host("alpha").post(FORGOTTEN, {"email": email})
    assert answer.status_code == 200
    with firm_context("firm_alpha"):
        assert not OutgoingMail.objects.exists()


def test_a_reset_link_works_once(cast: Cast, host: Host, mailbox: Box) -> None:
    ask(host("alpha"), "alice@client.example")
    run_jobs()
    link = reset_link(mailbox)
    early = open_link(host("alpha"), link)
    assert choose(open_link(host("alpha"), link)) == 302
    again = host("alpha").get(link)
    assert again.status_code == 200
    assert said("Bad Token") in again.content.decode() or 'name="password1"' not in again.content.decode()
    assert choose(early, "yet-another-passphrase") != 302
    assert works(NEW)


def test_a_later_link_or_a_changed_address_kills_an_earlier_one(cast: Cast, host: Host, mailbox: Box) -> None:
    ask(host("alpha"), "alice@client.example")
    run_jobs()
    link = reset_link(mailbox)
    with firm_context("firm_alpha"):
        User.objects.filter(username="alice").update(email="other@client.example")
    assert 'name="password1"' not in host("alpha").get(link).content.decode()


def test_a_reset_link_of_one_firm_is_nothing_in_another(cast: Cast, host: Host, mailbox: Box) -> None:
    with firm_context("firm_beta"):
        # the same key, identifier, address and password, so that only the firm is another
        User.objects.filter(pk=cast.alice.user_id).delete()
        twin = User(pk=cast.alice.user_id, username="alice", email="alice@client.example", full_name="A", role="client")
        twin.password = cast.alice.user.password
        twin.save(force_insert=True)
    ask(host("alpha"), "alice@client.example")
    run_jobs()
    link = reset_link(mailbox)
    assert host("beta").get(link).status_code == 200
    assert host("alpha").get(link).status_code == 302


def test_a_forged_link_is_refused(cast: Cast, host: Host, mailbox: Box) -> None:
    ask(host("alpha"), "alice@client.example")
    run_jobs()
    link = reset_link(mailbox)
    for forged in (link[:-2] + "/", f"{CHANGE}nouveau/1-x-y/", f"{CHANGE}nouveau/zzzz-a/"):
        page = host("alpha").get(forged)
        assert page.status_code == 200, forged
        assert 'name="password1"' not in page.content.decode()


def test_asking_is_limited(cast: Cast, host: Host) -> None:
    statuses = [ask(host("alpha"), "alice@client.example")[0] for _ in range(6)]
    assert statuses == [302] * 5 + [429]


@pytest.mark.parametrize(
    "password",
    ["short", "1234567890123", "password123", "alice@client.example", ""],
)
def test_a_weak_password_is_refused(cast: Cast, host: Host, mailbox: Box, password: str) -> None:
    ask(host("alpha"), "alice@client.example")
    run_jobs()
    client = open_link(host("alpha"), reset_link(mailbox))
    assert choose(client, password) == 200
    assert works(PASSWORD)


def test_a_reset_does_not_pass_a_second_factor_by(cast: Cast, host: Host, mailbox: Box) -> None:
    ask(host("alpha"), "alice@client.example")
    run_jobs()
    client = open_link(host("alpha"), reset_link(mailbox))
    choose(client)
    assert client.get("/dossiers/").status_code == 302, "a reset changes the password; it does not log in"


def test_a_reset_ends_the_open_sessions(cast: Cast, host: Host, mailbox: Box) -> None:
    thief = logged_in("alpha", cast.alice)
    ask(host("alpha"), "alice@client.example")
    run_jobs()
    choose(open_link(host("alpha"), reset_link(mailbox)))
    assert thief.get("/dossiers/").status_code == 302


def test_a_generated_password_is_changed_before_anything_else(cast: Cast, host: Host, mailbox: Box) -> None:
    with firm_context("firm_alpha"):
        send_access_codes(cast.alice, firm_name="Cabinet Alpha", link="http://alpha.localhost/compte/connexion/")
    assert not works(PASSWORD), "the former password stops working"
    run_jobs()
    text = text_of(mailbox.last("alice@client.example"))
    found = re.search(r"\b[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}\b", text)
    assert found
    generated = found[0]
    client = host("alpha")
    assert client.post("/compte/connexion/", {"login": "alice", "password": generated}).status_code == 302
    for path in ("/", "/dossiers/", "/compte/sessions/", "/compte/double-facteur/", "/nowhere/", FORGOTTEN):
        answer = client.get(path)
        assert (answer.status_code, answer.headers.get("Location")) == (302, CHANGE), path
    assert client.post("/langue/setlang/", {"language": "en"}).status_code == 302
    page = client.get(CHANGE)
    assert page.status_code == 200
    data = {"oldpassword": generated, "password1": NEW, "password2": NEW}
    refused = client.post(CHANGE, data | {"password1": generated, "password2": generated})
    assert refused.status_code == 200, "the generated one is not a new one"
    assert client.post(CHANGE, data | {"password2": "something-else"}).status_code == 200
    assert client.post(CHANGE, data | {"oldpassword": "wrong"}).status_code == 200
    assert client.get("/dossiers/").status_code == 302
    done = client.post(CHANGE, data)
    assert (done.status_code, done["Location"]) == (302, "/")
    assert client.get("/dossiers/").status_code == 200
    assert works(NEW)


def test_a_reset_through_the_mail_counts_as_the_change(cast: Cast, host: Host, mailbox: Box) -> None:
    with firm_context("firm_alpha"):
        User.objects.filter(username="alice").update(must_change_password=True)
    ask(host("alpha"), "alice@client.example")
    run_jobs()
    choose(open_link(host("alpha"), reset_link(mailbox)))
    client = logged_in("alpha", cast.alice, password=NEW)
    assert client.get("/dossiers/").status_code == 200


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(cast: Cast) -> None:
    here, elsewhere = logged_in("alpha", cast.alice), logged_in("alpha", cast.alice)
    here.post(CHANGE, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert here.get("/dossiers/").status_code == 200
    assert elsewhere.get("/dossiers/").status_code == 302
