"""Second factors: for staff who want one, for operators who must."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.utils.translation import gettext

from accounts.models import User
from kernel.crypto import decrypt, encrypt
from kernel.tenancy import firm_context, public_context
from tests.factories.cast import PASSWORD, Cast
from tests.support import Box, at_host, logged_in, run_jobs, said, text_of, totp

pytestmark = pytest.mark.django_db
Host = Callable[[str], Client]
MFA = "/compte/double-facteur/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _not_at_the_turn_of_a_code() -> None:
    """A code of 30 seconds must not change between its making and its use."""
    left = 30 - time.time() % 30
    if left < 1.5:
        time.sleep(left)


def activate(subdomain: str, user: User) -> None:
    with firm_context(f"firm_{subdomain}") if subdomain != "console" else public_context():
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(SECRET)})


def first_step(subdomain: str, login: str) -> Client:
    client = at_host(subdomain)
    answer = client.post("/compte/connexion/", {"login": login, "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, f"{MFA}authenticate/")
    return client


def set_up_page(client: Client) -> Any:
    """Returns the page that sets an app up, after the proof of the password that it asks for."""
    asked = client.get(f"{MFA}totp/activate/")
    assert asked.status_code == 302
    assert asked["Location"].startswith("/compte/confirmer-identite/?next=")
    assert said("Incorrect password.") in client.post(asked["Location"], {"password": "wrong"}).content.decode()
    proved = client.post(asked["Location"], {"password": PASSWORD})
    assert (proved.status_code, proved["Location"]) == (302, f"{MFA}totp/activate/")
    return client.get(f"{MFA}totp/activate/")


def secret_of(page: Any) -> str:
    """Returns the secret that the page shows, in groups or not."""
    found = re.search(r"\b[A-Z2-7]{32}\b", page.content.decode())
    assert found, page.content.decode()
    return found[0]


def codes_of(client: Client) -> list[str]:
    """Returns the recovery codes that their page shows."""
    html = client.get(f"{MFA}recovery-codes/").content.decode()
    return re.findall(r"\b\d{8}\b", re.sub(r'(href|src)="[^"]*"', "", html))


def test_a_staff_member_sets_up_an_app_and_logs_in_with_it(
    cast: Cast, mailbox: Box, django_capture_on_commit_callbacks: Any
) -> None:
    bob = logged_in("alpha", cast.bob)
    page = set_up_page(bob)
    assert page.status_code == 200
    secret = secret_of(page)
    assert said("Incorrect code.") in bob.post(f"{MFA}totp/activate/", {"code": "000000"}).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answer = bob.post(f"{MFA}totp/activate/", {"code": totp(secret)})
    assert (answer.status_code, answer["Location"]) == (302, f"{MFA}recovery-codes/")
    with firm_context("firm_alpha"):
        authenticator = Authenticator.objects.get(user=cast.bob, type=Authenticator.Type.TOTP)
    assert secret not in str(authenticator.data), "a secret at rest is sealed"
    assert decrypt(authenticator.data["secret"]) == secret
    assert len(set(codes_of(bob))) == 10
    assert codes_of(bob) == [], "shown once"
    run_jobs()
    (mail,) = mailbox.mails()
    assert mail["To"] == "bob@alpha.example"
    assert gettext("The authenticator app was activated.") in text_of(mail)

    client = first_step("alpha", "bob")
    assert client.get("/dossiers/").status_code == 302, "half way is not in"
    cache.clear()  # the code of this half minute was used for the set-up
    assert client.post(f"{MFA}authenticate/", {"code": totp(secret)}).status_code == 302
    assert client.get("/dossiers/").status_code == 200


def test_a_wrong_or_used_code_does_not_let_in(cast: Cast) -> None:
    activate("alpha", cast.bob)
    code = totp(SECRET)
    client = first_step("alpha", "bob")
    for wrong in ("000000", "", "abcdef", totp(SECRET, steps=5), totp(SECRET, steps=-5), "1" * 5_000):
        cache.clear()  # so that each is judged, not the number of them
        page = client.post(f"{MFA}authenticate/", {"code": wrong})
        assert page.status_code == 200
        assert client.get("/dossiers/").status_code == 302
    assert first_step("alpha", "bob").post(f"{MFA}authenticate/", {"code": code}).status_code == 302
    again = first_step("alpha", "bob")
    assert again.post(f"{MFA}authenticate/", {"code": code}).status_code == 200, "a code counts once"
    assert again.get("/dossiers/").status_code == 302


def test_guessing_codes_is_limited(cast: Cast) -> None:
    activate("alpha", cast.bob)
    client = first_step("alpha", "bob")
    for _ in range(5):
        client.post(f"{MFA}authenticate/", {"code": "000000"})
    page = client.post(f"{MFA}authenticate/", {"code": totp(SECRET)})
    assert page.status_code == 200
    assert said("Too many failed login attempts. Try again later.") in page.content.decode()
    assert client.get("/dossiers/").status_code == 302


def test_the_password_alone_opens_nothing(cast: Cast) -> None:
    activate("alpha", cast.bob)
    client = first_step("alpha", "bob")
    for path in ("/", "/dossiers/", "/compte/sessions/", MFA, "/compte/mot-de-passe/", f"{MFA}totp/deactivate/"):
        assert client.get(path).status_code == 302, path
    client.post("/compte/mot-de-passe/", {"oldpassword": PASSWORD, "password1": "x" * 20, "password2": "x" * 20})
    with firm_context("firm_alpha"):
        assert User.objects.get(pk=cast.bob.pk).check_password(PASSWORD)


def test_a_recovery_code_lets_in_once(cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    secret = secret_of(set_up_page(bob))
    bob.post(f"{MFA}totp/activate/", {"code": totp(secret)})
    code = codes_of(bob)[0]
    client = first_step("alpha", "bob")
    assert client.post(f"{MFA}authenticate/", {"code": code}).status_code == 302
    assert client.get("/dossiers/").status_code == 200
    again = first_step("alpha", "bob")
    assert again.post(f"{MFA}authenticate/", {"code": code}).status_code == 200
    assert again.get("/dossiers/").status_code == 302


def test_a_second_factor_is_taken_away_only_after_a_fresh_proof(cast: Cast) -> None:
    activate("alpha", cast.bob)
    client = first_step("alpha", "bob")
    client.post(f"{MFA}authenticate/", {"code": totp(SECRET)})
    session = client.session
    session["account_authentication_methods"] = [
        record | {"at": record["at"] - 3600} for record in session["account_authentication_methods"]
    ]
    with firm_context("firm_alpha"):
        session.save()
    answer = client.post(f"{MFA}totp/deactivate/")
    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"] or "confirmer-identite" in answer["Location"]
    with firm_context("firm_alpha"):
        assert Authenticator.objects.filter(user=cast.bob).exists()


def test_a_second_factor_of_one_firm_is_not_anothers(cast: Cast) -> None:
    """The same key in two schemas: beta's person logs in without alpha's authenticator."""
    activate("alpha", cast.anna)
    with firm_context("firm_beta"):
        assert cast.dan.pk == cast.anna.pk, "both are the first of their firm"
    assert logged_in("beta", cast.dan).get("/dossiers/").status_code == 200
    first_step("alpha", "anna@alpha.example")


def test_an_operator_must_set_a_second_factor_up_first(cast: Cast, host: Host) -> None:
    client = host("console")
    assert client.post("/compte/connexion/", {"login": "oscar", "password": PASSWORD}).status_code == 302
    for path in ("/", "/tenants/firm/", "/compte/sessions/", "/compte/mot-de-passe/", "/login/", "/nowhere/"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers.get("Location")) == (302, f"{MFA}totp/activate/"), path
    answer = client.post(f"{MFA}totp/activate/", {"code": totp(secret_of(set_up_page(client)))})
    assert (answer.status_code, answer["Location"]) == (302, f"{MFA}recovery-codes/")
    with public_context():
        assert Authenticator.objects.filter(user=cast.oscar, type=Authenticator.Type.TOTP).exists()


def test_an_operator_logs_in_to_the_console_with_a_code(cast: Cast) -> None:
    activate("console", cast.oscar)
    client = first_step("console", "oscar")
    assert client.get("/").status_code == 302
    answer = client.post(f"{MFA}authenticate/", {"code": totp(SECRET)})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/").status_code == 200
