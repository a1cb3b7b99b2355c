"""Contacts: created with their account, edited, deleted, found."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from extranet.models import Contact, Dossier, DossierEvent
from kernel.tenancy import firm_context
from mail.models import OutgoingMail
from tests.factories.cast import PASSWORD, Cast, add_contact
from tests.factories.portal import add_dossier
from tests.support import Box, at_host, html_of, logged_in, run_jobs, said, text_of, without_set

pytestmark = pytest.mark.django_db
NEW = "/contacts/nouveau/"
GOOD = {
    "name": "Hélène Bœuf",
    "company": "Agence du Port",
    "email": "Contact@Port.example",
    "phone": "02 98 00 00 00",
    "collaborators": "Marie@port.example, luc@port.example;\nMARIE@port.example",
    "username": "port",
    "language": "fr",
}


def contact(username: str) -> Contact:
    with firm_context("firm_alpha"):
        return Contact.objects.select_related("user").get(user__username=username)


def count() -> tuple[int, int, int]:
    with firm_context("firm_alpha"):
        return Contact.objects.count(), User.objects.count(), OutgoingMail.objects.count()


def test_a_contact_is_created_and_gets_its_codes(cast: Cast, mailbox: Box) -> None:
    bob = logged_in("alpha", cast.bob)
    assert bob.get(NEW).status_code == 200
    answer = bob.post(NEW, GOOD | {"send_codes": "on"})
    made = contact("port")
    assert (answer.status_code, answer["Location"]) == (302, f"/contacts/{made.code}/")
    page = bob.get(answer["Location"]).content.decode()
    assert said("The access codes are on their way to %(email)s.", email="Contact@Port.example") in page
    for shown in ("Hélène Bœuf", "Agence du Port", "contact@port.example", "marie@port.example", "luc@port.example"):
        assert shown in page
    assert (made.user.role, made.user.email, made.user.must_change_password) == (
        Role.CLIENT,
        "contact@port.example",
        True,
    )
    run_jobs()
    mail = mailbox.last("contact@port.example")
    text = text_of(mail)
    assert mail["From"].addresses[0].display_name == "Cabinet Alpha via Diagdesk"
    assert "http://alpha.localhost/compte/connexion/" in text
    assert "port" in text
    found = re.search(r"\b[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}\b", text)
    assert found
    assert found[0] in html_of(mail)
    assert logged_in("alpha", made, password=found[0]).get("/dossiers/")["Location"] == "/compte/mot-de-passe/"
    with firm_context("firm_alpha"):
        sent = OutgoingMail.objects.get()
        assert (sent.text, sent.html) == ("", ""), "the password is not kept"
        assert found[0] not in str(User.objects.filter(username="port").values())


def test_codes_may_wait_and_be_sent_later(cast: Cast, mailbox: Box) -> None:
    bob = logged_in("alpha", cast.bob)
    bob.post(NEW, GOOD)
    assert run_jobs() == 0
    made = contact("port")
    assert made.codes_sent_at is None
    assert not made.user.has_usable_password()
    assert bob.post(f"/contacts/{made.code}/codes/").status_code == 302
    run_jobs()
    assert len(mailbox.mails()) == 1
    assert contact("port").codes_sent_at is not None


def test_the_email_is_the_identifier_when_none_is_given(cast: Cast) -> None:
    logged_in("alpha", cast.bob).post(NEW, GOOD | {"username": ""})
    assert contact("contact@port.example").name == "Hélène Bœuf"


def test_a_contact_gets_its_codes_in_its_language(cast: Cast, mailbox: Box) -> None:
    bob = logged_in("alpha", cast.bob)
    bob.post(NEW, GOOD | {"send_codes": "on", "language": "en"})
    bob.post(NEW, GOOD | {"send_codes": "on", "username": "b", "email": "b@port.example"})
    run_jobs()
    english = mailbox.last("contact@port.example")
    assert english["Subject"] == "Your access codes for Cabinet Alpha"
    assert "Hello Hélène Bœuf," in text_of(english)
    assert 'lang="en"' in html_of(english)
    assert 'lang="fr"' in html_of(mailbox.last("b@port.example"))


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"email": "alice@client.example"}, "email", "Another account already uses this e-mail."),
        ({"email": "ALICE@client.example"}, "email", "Another account already uses this e-mail."),
        ({"email": "bob@alpha.example"}, "email", "Another account already uses this e-mail."),
        ({"username": "alice"}, "username", "Another account already uses this identifier."),
        ({"username": "Bob"}, "username", "Another account already uses this identifier."),
        ({"username": "a b"}, "username", "Use letters, digits and . @ + - _ only, without spaces."),
        ({"username": "x" * 61}, "username", None),
        ({"username": "a\x00"}, "username", None),
        ({"email": ""}, "email", "This field is required."),
        ({"email": "x"}, "email", "Enter a valid email address."),
        ({"email": "a@b.example\nBcc: c@d.example"}, "email", None),
        ({"email": "a" * 160 + "@port.example", "username": ""}, "email", None),
        ({"email": "a" * 290 + "@port.example"}, "email", None),
        ({"name": ""}, "name", "This field is required."),
        ({"name": "x" * 121}, "name", None),
        ({"company": "x" * 121}, "company", None),
        ({"phone": "1" * 31}, "phone", None),
        ({"collaborators": "luc@port.example, nonsense"}, "collaborators", "“%(entry)s” is not an e-mail address."),
        ({"collaborators": "a" * 290 + "@port.example"}, "collaborators", "“%(entry)s” is not an e-mail address."),
        ({"language": "xx"}, "language", None),
    ],
)
def test_a_wrong_contact_is_refused_with_what_was_typed(
    cast: Cast, changes: dict[str, str], field: str, message: str | None
) -> None:
    before = count()
    answer = logged_in("alpha", cast.bob).post(NEW, GOOD | {"send_codes": "on"} | changes)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    html = answer.content.decode()
    if message:
        entry = (changes.get("collaborators") or "").split(", ")[-1][:100]
        assert (said(message, entry=entry) if "%(" in message else said(message)) in html
    for name in {"name", "company", "phone", "email"} - {field}:
        assert f'value="{GOOD[name]}"' in html
    assert count() == before


def test_a_nonsense_text_is_shown_as_text(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    bob.post(NEW, GOOD | {"name": "<script>alert(1)</script>", "company": "{{ 7|add:7 }}'\""})
    for path in ("/contacts/", f"/contacts/{contact('port').code}/", "/dossiers/nouveau/", "/contacts/choisir/"):
        html = bob.get(path).content.decode()
        assert "<script>alert" not in html or path == "/contacts/choisir/"
    assert bob.get("/contacts/choisir/")["Content-Type"] == "application/json"


def test_an_edit_reaches_the_search_of_the_dossiers_by_a_job(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        add_dossier("Maison", user=cast.bob, contacts=[cast.alice])
        add_dossier("Grange", user=cast.bob, contacts=[cast.charlie])
    bob = logged_in("alpha", cast.bob)

    def found(query: str) -> list[str]:
        page = bob.get("/dossiers/", {"q": query}).context["page"]
        return [row.title for row in page.rows]

    assert found("agence alice") == ["Maison"]
    edited = {
        "name": "Alix",
        "company": "Étude Zéphyr",
        "email": "alix@new.example",
        "username": "alix",
        "language": "fr",
    }
    answer = bob.post(f"/contacts/{cast.alice.code}/modifier/", edited)
    assert answer.status_code == 302
    assert run_jobs() == 1
    assert found("agence alice") == []
    assert found("etude zephyr") == ["Maison"]
    assert found("alix@new.example") == ["Maison"]
    assert found("charlie") == ["Grange"]
    changed = contact("alix")
    assert changed.pk == cast.alice.pk
    assert changed.user.check_password(PASSWORD), "an edit changes no password"
    assert "Étude Zéphyr" in bob.get("/contacts/", {"q": "zephyr"}).content.decode()


def test_an_edit_to_a_taken_identifier_is_refused_and_keeps_what_was_typed(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    edited = {"name": "Alix", "email": "charlie@client.example", "username": "alice", "language": "fr"}
    answer = bob.post(f"/contacts/{cast.alice.code}/modifier/", edited)
    assert answer.status_code == 422
    assert said("Another account already uses this e-mail.") in answer.content.decode()
    assert 'value="Alix"' in answer.content.decode()
    assert contact("alice").name == "Alice"
    assert run_jobs() == 0


def test_collaborators_are_kept_added_and_removed(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    bob.post(NEW, GOOD)
    made = contact("port")
    with firm_context("firm_alpha"):
        kept = made.collaborators.get(email="luc@port.example").pk
    bob.post(f"/contacts/{made.code}/modifier/", GOOD | {"collaborators": "luc@port.example new@port.example"})
    with firm_context("firm_alpha"):
        assert dict(made.collaborators.values_list("email", "pk"))["luc@port.example"] == kept
        assert set(made.collaborators.values_list("email", flat=True)) == {"luc@port.example", "new@port.example"}


def test_a_deleted_contact_is_out_and_its_dossiers_stay(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice], files={"a.txt": b"a"})
    alice, bob = logged_in("alpha", cast.alice), logged_in("alpha", cast.bob)
    url = f"/dossiers/{dossier.code}/"
    alice.get(f"{url}zip/").getvalue()
    assert alice.get(url).status_code == 200
    answer = bob.post(f"/contacts/{cast.alice.code}/supprimer/")
    assert (answer.status_code, answer["Location"]) == (302, "/contacts/")
    assert said("%(name)s was deleted; its dossiers are still here.", name="Agence Alice (Alice)") in (
        bob.get("/contacts/").content.decode()
    )
    assert alice.get(url).status_code == 302, "the open session has ended"
    assert at_host("alpha").post("/compte/connexion/", {"login": "alice", "password": PASSWORD}).status_code == 200
    run_jobs()
    page = bob.get(f"{url}historique/").content.decode()
    assert "Agence Alice" in page, "the history keeps the name"
    assert "Alice" in page
    with firm_context("firm_alpha"):
        assert not User.objects.filter(username="alice").exists()
        assert Dossier.objects.get(pk=dossier.pk).search.find("alice") == -1
        assert DossierEvent.objects.filter(dossier=dossier, actor_name="Alice").exists()
    assert bob.get(f"/contacts/{cast.alice.code}/").status_code == 404
    assert bob.post(f"/contacts/{cast.alice.code}/supprimer/").status_code == 404


def test_contacts_are_found_by_every_term_whatever_accents_and_case(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    bob.post(NEW, GOOD)

    def names(query: str) -> list[str]:
        return [row.contact.name for row in bob.get("/contacts/", {"q": query}).context["page"].rows]

    for query in ("helene boeuf", "BŒUF", "port", "agence bœuf", "luc@port", "02 98", "marie@port.example", "lène"):
        assert names(query) == ["Hélène Bœuf"], query
    assert names("helene alice") == []
    assert names("") == ["Alice", "Charlie", "Hélène Bœuf"]
    for nonsense in ("'", '"', "%", "_", "\\", "\x00", "x" * 10_000, "🦄", "' OR 1=1 --"):
        answer = bob.get("/contacts/", {"q": nonsense})
        assert answer.status_code == 200
    assert names("%") == names("_") == []
    choices = bob.get("/contacts/choisir/", {"q": "boeuf"}).json()["results"]
    assert [(choice["text"], choice["note"]) for choice in choices] == [
        ("Agence du Port (Hélène Bœuf)", "contact@port.example")
    ]


def test_htmx_gets_the_rows_alone(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    answer = bob.get("/contacts/", headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    assert 'id="results"' in answer.content.decode()
    assert "HX-Request" in answer["Vary"]
    assert "<html" in bob.get("/contacts/").content.decode()


def test_the_list_takes_the_same_number_of_queries_whatever_its_rows(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert bob.get("/contacts/").status_code == 200
        return len(without_set(captured))

    bob.get("/contacts/")
    few = queries()
    with firm_context("firm_alpha"):
        for name in ("eve", "frank", "grace"):
            added = add_contact(name, cast.alpha)
            add_dossier(f"Maison {name}", user=cast.bob, contacts=[added])
    assert queries() == few == 5
