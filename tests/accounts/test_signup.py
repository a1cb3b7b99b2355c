"""A firm's sign-up, from the form to the first log-in."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.actions.signup import confirm_sign_up, provision_sign_up
from accounts.models import Role, User
from kernel.signing import sign
from kernel.tenancy import firm_context
from mail.models import OutgoingMail
from tenants.actions.signup import forget_stale_sign_ups
from tenants.models import Domain, Firm, SignUp, SignUpState
from tests.factories.cast import Cast
from tests.support import Box, links_of, run_jobs, said, text_of
from themes.models import Branding

pytestmark = pytest.mark.django_db
Host = Callable[[str], Client]
FORM = "/inscription/"
GOOD = {
    "firm_name": "Armor Diagnostics",
    "subdomain": "armor",
    "siret": "732 829 320 00074",
    "admin_name": "Gwenaëlle Le Goff",
    "email": "Gwen@Armor.example",
    "password": "une-phrase-de-passe",
    "terms": "on",
}
TAKEN = "This subdomain is already taken."


def sign_up(client: Client, **changes: Any) -> str:
    """Signs up and returns the place of the page that follows."""
    answer = client.post(FORM, GOOD | changes)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def confirm_link(mailbox: Box, address: str = "Gwen@Armor.example") -> str:
    run_jobs()
    return next(link for link in links_of(mailbox.last(address)) if "confirmer" in link)


def state() -> str:
    return SignUp.objects.get(subdomain="armor").state


def nothing_was_made() -> bool:
    return not SignUp.objects.exists() and not OutgoingMail.objects.exists() and not ProcrastinateJob.objects.exists()


def test_a_firm_signs_up_confirms_and_lands_logged_in(cast: Cast, host: Host, mailbox: Box) -> None:
    public = host("")
    assert public.get(FORM).status_code == 200
    progress = sign_up(public)
    page = public.get(progress).content.decode()
    assert "Gwen@Armor.example" in page
    assert said("Send the e-mail again") in page
    link = confirm_link(mailbox)
    mail = mailbox.last("Gwen@Armor.example")
    assert "Armor Diagnostics" in text_of(mail)
    assert OutgoingMail.objects.get().text == "", "a link that opens a portal is not kept"

    phone = host("")
    shown = phone.get(link)
    assert shown.status_code == 200
    assert state() == SignUpState.UNCONFIRMED, "the GET of a link preview confirms nothing"
    answer = phone.post(link)
    assert (answer.status_code, state()) == (302, SignUpState.QUEUED)
    assert said("We prepare your portal: a few seconds") in phone.get(answer["Location"]).content.decode()
    assert not Firm.objects.filter(name="Armor Diagnostics").exists()
    assert run_jobs() == 1
    assert state() == SignUpState.READY

    firm = Firm.objects.get(name="Armor Diagnostics")
    assert (firm.siret, firm.schema_name) == ("73282932000074", "firm_armor")
    assert Branding.objects.get(firm=firm).site_name == "Armor Diagnostics"
    assert Domain.objects.get(tenant=firm).domain == "armor.localhost"
    with firm_context(firm.schema_name):
        admin = User.objects.get()
        assert (admin.username, admin.email, admin.role) == ("gwen@armor.example", "Gwen@Armor.example", Role.ADMIN)
        assert (admin.full_name, admin.language, admin.must_change_password) == ("Gwenaëlle Le Goff", "fr", False)
    assert SignUp.objects.get().password == "", "the hash lives on with the account alone"

    ready = public.get(progress, headers={"HX-Request": "true"})
    enter = ready["HX-Redirect"]
    assert enter.startswith("http://armor.localhost/bienvenue/")
    # the token holds the second in which it was made
    assert enter.rpartition("-")[0].rpartition("/")[0] in public.get(progress).content.decode()
    browser = host("armor")
    path = enter.removeprefix("http://armor.localhost")
    welcomed = browser.get(path)
    assert (welcomed.status_code, welcomed["Location"]) == (302, "/")
    assert browser.get("/dossiers/").status_code == 200
    assert browser.get("/equipe/").status_code == 200

    thief = host("armor")
    assert thief.get(path)["Location"] == "/compte/connexion/", "the link logs in once"
    assert thief.get("/dossiers/").status_code == 302
    assert public.get(progress, headers={"HX-Request": "true"})["HX-Redirect"] == "http://armor.localhost/"
    login = {"login": "gwen@armor.example", "password": GOOD["password"]}
    assert host("armor").post("/compte/connexion/", login).status_code == 302


def test_a_welcome_link_of_one_firm_is_nothing_in_another(cast: Cast, host: Host, mailbox: Box) -> None:
    progress = sign_up(host(""))
    host("").post(confirm_link(mailbox))
    run_jobs()
    enter = host("").get(progress, headers={"HX-Request": "true"})["HX-Redirect"]
    path = enter.removeprefix("http://armor.localhost")
    with firm_context("firm_armor"):
        admin = User.objects.get()
    with firm_context("firm_beta"):
        # a person of beta with the same key, code, password and history
        User.objects.filter(pk=admin.pk).delete()
        twin = User(pk=admin.pk, username="gwen", email=admin.email, full_name="G", role="admin", code=admin.code)
        twin.password = admin.password
        twin.save(force_insert=True)
    thief = host("beta")
    assert thief.get(path)["Location"] == "/compte/connexion/"
    assert thief.get("/dossiers/").status_code == 302
    assert host("armor").get(path)["Location"] == "/"


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"firm_name": ""}, "firm_name", "This field is required."),
        ({"firm_name": "x" * 121}, "firm_name", None),
        ({"subdomain": "Armor"}, "subdomain", "Use small letters only."),
        ({"subdomain": "ar"}, "subdomain", "Use 3 to 40 characters."),
        ({"subdomain": "a" * 41}, "subdomain", "Use 3 to 40 characters."),
        ({"subdomain": "a" * 400}, "subdomain", None),
        ({"subdomain": "xn--armor-9ua"}, "subdomain", "Encoded international names (punycode) are not accepted."),
        ({"subdomain": "www"}, "subdomain", "This name is reserved."),
        ({"subdomain": "console"}, "subdomain", "This name is reserved."),
        ({"subdomain": "alpha"}, "subdomain", TAKEN),
        ({"subdomain": "héllo"}, "subdomain", None),
        ({"subdomain": "a.b.c"}, "subdomain", None),
        ({"subdomain": "abc\x00"}, "subdomain", None),
        ({"siret": "73282932000075"}, "siret", "This SIRET does not exist: check its digits."),
        ({"siret": "123"}, "siret", "A SIRET has 14 digits."),
        ({"siret": "7328293200007A"}, "siret", "A SIRET is made of digits only."),
        ({"siret": ""}, "siret", "This field is required."),
        ({"admin_name": ""}, "admin_name", "This field is required."),
        ({"email": "gwen"}, "email", "Enter a valid email address."),
        ({"email": "a@b\nBcc: c@d.example"}, "email", None),
        ({"email": "a" * 160 + "@armor.example"}, "email", None),
        ({"email": "a" * 290 + "@armor.example"}, "email", None),
        ({"password": "short"}, "password", None),
        ({"password": "1234567890123"}, "password", None),
        ({"password": "Gwen@Armor.example"}, "password", None),
        ({"password": "password123"}, "password", None),
        ({"password": ""}, "password", "This field is required."),
        ({"terms": ""}, "terms", "Accept the terms of service to go on."),
    ],
)
def test_a_wrong_answer_is_told_and_the_others_are_kept(
    cast: Cast, host: Host, changes: dict[str, str], field: str, message: str | None
) -> None:
    answer = host("").post(FORM, GOOD | changes)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert set(form.errors) == {field}
    html = answer.content.decode()
    if message:
        assert said(message) in html
    for name, value in (GOOD | changes).items():
        if name not in {field, "terms", "password"}:
            assert f'value="{value}"' in html, name
    assert nothing_was_made()


@pytest.mark.parametrize(
    ("subdomain", "says"),
    [
        ("armor", "http://armor.localhost"),
        ("Armor", "Use small letters only."),
        ("alpha", TAKEN),
        ("www", "This name is reserved."),
        ("xn--a-b", "Encoded international names (punycode) are not accepted."),
        ("ab", "Use 3 to 40 characters."),
        (
            "<script>",
            "Use letters without accents, digits and hyphens; begin with a letter, end with a letter or digit.",
        ),
    ],
)
def test_the_live_check_says_whether_a_subdomain_may_be_had(host: Host, subdomain: str, says: str) -> None:
    answer = host("").get("/inscription/adresse/", {"subdomain": subdomain})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert (says if says.startswith("http") else said(says)) in html
    assert "<script>" not in html
    assert ("text-success" in html) is (subdomain == "armor")
    assert "no-store" in answer["Cache-Control"]


def test_the_live_check_of_nothing_says_nothing(host: Host) -> None:
    for query in ({}, {"subdomain": ""}, {"subdomain": "  "}):
        assert host("").get("/inscription/adresse/", query).content.strip() == b""


def test_a_subdomain_is_held_from_the_first_form_on(cast: Cast, host: Host) -> None:
    sign_up(host(""))
    answer = host("").post(FORM, GOOD | {"email": "other@x.example"})
    assert answer.status_code == 422
    assert said(TAKEN) in answer.content.decode()
    assert SignUp.objects.get().email == "Gwen@Armor.example"


def test_an_unconfirmed_sign_up_gives_its_subdomain_back_after_a_day(cast: Cast, host: Host, mailbox: Box) -> None:
    sign_up(host(""))
    link = confirm_link(mailbox)
    SignUp.objects.update(created_at=timezone.now() - timedelta(hours=25))
    for method in ("get", "post"):
        answer = getattr(host(""), method)(link)
        assert answer.status_code == (200 if method == "get" else 410)
    sign_up(host(""), email="other@x.example")
    assert SignUp.objects.get().email == "other@x.example"
    assert host("").post(link).status_code == 410, "the former link does not confirm the new sign-up"
    assert state() == SignUpState.UNCONFIRMED


def test_stale_sign_ups_are_forgotten_with_their_personal_data(cast: Cast, host: Host) -> None:
    sign_up(host(""))
    sign_up(host(""), subdomain="armor-two")
    SignUp.objects.filter(subdomain="armor").update(created_at=timezone.now() - timedelta(hours=25))
    forget_stale_sign_ups()
    assert list(SignUp.objects.values_list("subdomain", flat=True)) == ["armor-two"]
    SignUp.objects.update(created_at=timezone.now() - timedelta(days=9), state=SignUpState.READY)
    forget_stale_sign_ups()
    assert SignUp.objects.count() == 1


def test_confirming_twice_is_harmless(cast: Cast, host: Host, mailbox: Box) -> None:
    sign_up(host(""))
    link = confirm_link(mailbox)
    first, second = host("").post(link), host("").post(link)
    assert first.status_code == second.status_code == 302
    assert ProcrastinateJob.objects.filter(task_name__endswith="provision_sign_up").count() == 1
    run_jobs()
    assert host("").get(link).status_code == 302
    assert host("").post(link).status_code == 302
    assert run_jobs() == 0
    assert Firm.objects.filter(name="Armor Diagnostics").count() == 1


@pytest.mark.parametrize("token", ["x", "x:y:z", "0"])
def test_a_forged_link_confirms_nothing(cast: Cast, host: Host, token: str) -> None:
    sign_up(host(""))
    for method in ("get", "post"):
        answer = getattr(host(""), method)(f"/inscription/confirmer/{token}/")
        assert answer.status_code == 410
        assert said("This link has expired") in answer.content.decode()
    assert host("").get(f"/inscription/suivi/{token}/").status_code == 404
    assert host("").post(f"/inscription/suivi/{token}/relancer/").status_code == 404
    assert state() == SignUpState.UNCONFIRMED


def test_the_link_of_the_progress_page_does_not_confirm(cast: Cast, host: Host) -> None:
    """Who signs up with another's address must not confirm it by the page that it sees itself."""
    progress = sign_up(host(""))
    token = progress.rstrip("/").rsplit("/", 1)[-1]
    assert host("").post(f"/inscription/confirmer/{token}/").status_code == 410
    assert state() == SignUpState.UNCONFIRMED


def test_an_old_link_has_expired(cast: Cast, host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_up(host(""))
    code = SignUp.objects.get().code
    with monkeypatch.context() as clock:
        clock.setattr("django.core.signing.time.time", lambda: timezone.now().timestamp() - 25 * 3600)
        old = sign(code, purpose="confirm-sign-up")
    assert host("").post(f"/inscription/confirmer/{old}/").status_code == 410
    assert host("").post(f"/inscription/confirmer/{sign(code, purpose='confirm-sign-up')}/").status_code == 302


def test_the_mail_is_sent_again_on_demand_and_not_without_end(cast: Cast, host: Host, mailbox: Box) -> None:
    progress = sign_up(host(""))
    for _ in range(12):
        assert host("").post(f"{progress}relancer/")["Location"] == progress
    run_jobs()
    assert len(mailbox.mails()) == 1 + 10
    assert host("").post(confirm_link(mailbox)).status_code == 302


def test_sign_ups_of_one_address_are_limited(cast: Cast, host: Host) -> None:
    for rank in range(20):
        sign_up(host(""), subdomain=f"armor-{rank}")
    answer = host("").post(FORM, GOOD)
    assert answer.status_code == 422
    assert said("Too many sign-ups from your address: try again in an hour.") in answer.content.decode()
    assert SignUp.objects.count() == 20


def test_provisioning_run_again_does_nothing_more(cast: Cast, host: Host, mailbox: Box) -> None:
    sign_up(host(""))
    host("").post(confirm_link(mailbox))
    run_jobs()
    signed = SignUp.objects.get()
    before = (signed.firm_id, signed.ready_at, Firm.objects.count(), Domain.objects.count())
    for _ in range(2):
        provision_sign_up(sign_up_id=signed.pk)
    provision_sign_up(sign_up_id=signed.pk + 1_000)
    signed.refresh_from_db()
    assert (signed.firm_id, signed.ready_at, Firm.objects.count(), Domain.objects.count()) == before


def test_a_failed_provisioning_is_tried_again_by_its_owner(cast: Cast, host: Host, mailbox: Box) -> None:
    public = host("")
    progress = sign_up(public)
    confirm_sign_up(SignUp.objects.get().code)
    ProcrastinateJob.objects.filter(task_name__endswith="provision_sign_up").update(status="failed")
    SignUp.objects.update(state=SignUpState.FAILED)
    page = public.get(progress).content.decode()
    assert said("Try again") in page
    public.post(f"{progress}relancer/")
    assert state() == SignUpState.QUEUED
    run_jobs()
    assert state() == SignUpState.READY


def test_a_form_in_english_gives_an_english_portal(cast: Cast, host: Host, mailbox: Box) -> None:
    public = host("")
    public.post("/langue/setlang/", {"language": "en"})
    sign_up(public)
    host("").post(confirm_link(mailbox))
    assert "Confirm your e-mail to open your portal" in str(mailbox.last("Gwen@Armor.example")["Subject"])
    run_jobs()
    assert Branding.objects.get(firm__name="Armor Diagnostics").language == "en"
