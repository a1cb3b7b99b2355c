"""The language of the pages and of the mails."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from kernel.tenancy import firm_context
from tests.factories.cast import Cast
from tests.support import logged_in

pytestmark = pytest.mark.django_db
Host = Callable[[str], Client]
SWITCH = "/langue/setlang/"


def language_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert f'lang="{answer["Content-Language"]}"' in answer.content.decode()
    return answer["Content-Language"]


@pytest.mark.parametrize(
    ("subdomain", "path"), [("alpha", "/compte/connexion/"), ("", "/"), ("console", "/compte/connexion/")]
)
def test_the_switch_is_remembered_for_this_host(host: Host, subdomain: str, path: str) -> None:
    client = host(subdomain)
    assert language_of(client, path) == "fr"
    answer = client.post(SWITCH, {"language": "en", "next": path})
    assert (answer.status_code, answer["Location"]) == (302, path)
    assert not answer.cookies["django_language"]["domain"]
    assert language_of(client, path) == "en"
    client.post(SWITCH, {"language": "fr", "next": path})
    assert language_of(client, path) == "fr"


@pytest.mark.parametrize("language", ["xx", "", "../../etc/passwd", "en\n"])
def test_an_unknown_language_changes_nothing(host: Host, language: str) -> None:
    client = host("alpha")
    client.post(SWITCH, {"language": language})
    assert language_of(client, "/compte/connexion/") == "fr"
    client.cookies["django_language"] = "xx"
    assert language_of(client, "/compte/connexion/") == "fr"


@pytest.mark.parametrize("place", ["https://evil.example/", "//evil.example", "http://beta.localhost/"])
def test_the_switch_leads_nowhere_else(host: Host, place: str) -> None:
    assert host("alpha").post(SWITCH, {"language": "en", "next": place})["Location"] == "/"


def test_the_switch_is_a_post(host: Host) -> None:
    client = host("alpha")
    client.get(SWITCH, {"language": "en"})
    assert language_of(client, "/compte/connexion/") == "fr"


def test_a_page_after_another_firms_is_in_its_own_language(cast: Cast, host: Host) -> None:
    look = cast.beta.branding
    look.language = "en"
    look.save()
    for _ in range(2):
        assert language_of(host("beta"), "/compte/connexion/") == "en"
        assert language_of(host("alpha"), "/compte/connexion/") == "fr"


def test_a_new_member_gets_the_language_of_who_invites(cast: Cast) -> None:
    anna = logged_in("alpha", cast.anna)
    anna.post(SWITCH, {"language": "en"})
    anna.post("/equipe/nouveau/", {"full_name": "Eve", "email": "eve@alpha.example", "role": "staff"})
    with firm_context("firm_alpha"):
        assert User.objects.get(username="eve@alpha.example").language == "en"


def test_a_clients_choice_is_kept_for_every_browser_and_its_mails(cast: Cast, host: Host) -> None:
    alice = logged_in("alpha", cast.alice.user)
    alice.post(SWITCH, {"language": "es", "next": "/"})
    assert language_of(alice, "/dossiers/") == "es"
    with firm_context("firm_alpha"):
        assert User.objects.get(pk=cast.alice.user.pk).language == "es"
    # another browser knows no cookie: the person's own language comes before the firm's, not before that of the browser
    other = logged_in("alpha", cast.alice.user)
    assert language_of(other, "/dossiers/") == "es"
    other.cookies["django_language"] = "de"
    assert language_of(other, "/dossiers/") == "de"
    assert language_of(host("alpha"), "/compte/connexion/") == "fr"


@pytest.mark.parametrize("language", ["es", "de", "it", "nl"])
def test_the_staff_and_the_platforms_own_pages_know_french_and_english_only(
    cast: Cast, host: Host, language: str
) -> None:
    anna = logged_in("alpha", cast.anna)
    known = cast.anna.language
    anna.post(SWITCH, {"language": language, "next": "/"})
    assert language_of(anna, "/dossiers/") == "fr"
    assert f'value="{language}"' not in anna.get("/dossiers/").content.decode()
    with firm_context("firm_alpha"):
        assert User.objects.get(pk=cast.anna.pk).language == known
    for subdomain, path in (("", "/"), ("console", "/compte/connexion/")):
        client = host(subdomain)
        client.cookies["django_language"] = language
        assert language_of(client, path) == "fr"
        assert f'value="{language}"' not in client.get(path).content.decode()


def test_a_firm_may_speak_another_language_by_itself(cast: Cast, host: Host) -> None:
    look = cast.beta.branding
    look.language = "nl"
    look.save()
    page = host("beta").get("/compte/connexion/")
    assert (page["Content-Language"], "Meld u aan bij uw account" in page.content.decode()) == ("nl", True)
    assert all(f'value="{code}"' in page.content.decode() for code in ("fr", "en", "es", "de", "it", "nl"))
