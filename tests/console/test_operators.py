"""Operators: invited, closed, helped when a telephone is lost; and what the audit log keeps."""

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.models import Role, User
from console.actions.audit import By, record
from console.actions.operators import invite_operator, reset_second_factor, send_new_codes, set_active
from console.models import AuditAction, AuditEntry
from kernel.errors import DomainError
from kernel.tenancy import firm_context
from tests.console.support import code_of
from tests.factories.cast import PASSWORD, Cast
from tests.support import Box, at_host, logged_in, text_of

NEW = {"full_name": "Olga Opératrice", "email": "Olga@diagdesk.example", "language": "fr"}


@pytest.fixture
def olga(by: By) -> User:
    """Another operator."""
    olga = invite_operator(**NEW, by=by)
    olga.set_password(PASSWORD)
    olga.must_change_password = False
    olga.save()
    return olga


def test_list_shows_operators_alone(console: Client, cast: Cast, olga: User) -> None:
    changelist = console.get("/accounts/user/").context["cl"]
    assert {user.email for user in changelist.result_list} == {"oscar@diagdesk.example", "Olga@diagdesk.example"}
    assert {user.email: user.has_factor for user in changelist.result_list}["oscar@diagdesk.example"] is True


def test_invited_operator_chooses_a_password_and_sets_up_a_second_factor(
    console: Client, jobs: Callable[[], int], mailbox: Box
) -> None:
    assert console.post("/accounts/user/add/", NEW).status_code == 302
    assert jobs() == 1
    mail = text_of(mailbox.last("Olga@diagdesk.example"))
    assert "http://console.localhost/compte/connexion/" in mail
    first = next(line.split()[-1] for line in mail.splitlines() if line.count("-") == 2 and len(line) < 60)

    browser = at_host("console")
    browser.post("/compte/connexion/", {"login": "olga@diagdesk.example", "password": first})
    assert browser.get("/").headers["Location"] == "/compte/mot-de-passe/"
    chosen = "un mot de passe bien à elle"
    response = browser.post("/compte/mot-de-passe/", {"oldpassword": first, "password1": chosen, "password2": chosen})
    assert response.status_code == 302
    activate = "/compte/double-facteur/totp/activate/"
    assert browser.get("/").headers["Location"] == activate
    proof = browser.get(activate).headers["Location"]
    browser.post(proof, {"password": chosen})
    page = browser.get(activate)
    assert page.status_code == 200
    secret = browser.session["mfa.totp.secret"]
    assert browser.post(activate, {"code": code_of(secret)}).status_code == 302
    # set up is not yet proved
    login = browser.get("/").headers["Location"]
    browser.post(browser.get(login).headers["Location"], {"code": code_of(secret)})
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "oscar@diagdesk.example"), ("email", "OSCAR@diagdesk.example"), ("email", "x"), ("full_name", "")],
)
def test_invitation_is_refused(console: Client, cast: Cast, field: str, value: str) -> None:
    response = console.post("/accounts/user/add/", {**NEW, field: value})
    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {field}
    assert User.objects.filter(role=Role.OPERATOR).count() == 1


def test_operator_is_closed_at_once_and_opened_again(console: Client, olga: User) -> None:
    browser = logged_in("console", olga)
    assert browser.get("/compte/double-facteur/").status_code == 200
    assert console.get(f"/accounts/user/{olga.pk}/close/").status_code == 200
    assert console.post(f"/accounts/user/{olga.pk}/close/").status_code == 302
    assert browser.get("/compte/double-facteur/").status_code == 302
    again = at_host("console")
    again.post("/compte/connexion/", {"login": olga.username, "password": PASSWORD})
    assert "_auth_user_id" not in again.session
    olga.refresh_from_db()
    assert not olga.is_active
    console.post(f"/accounts/user/{olga.pk}/open/")
    olga.refresh_from_db()
    assert olga.is_active


@pytest.mark.parametrize("what", ["close", "codes", "second-factor"])
def test_own_account_is_another_operators_to_change(console: Client, cast: Cast, what: str) -> None:
    response = console.post(f"/accounts/user/{cast.oscar.pk}/{what}/")
    assert response.status_code == 200
    assert response.context["form"].non_field_errors()
    cast.oscar.refresh_from_db()
    assert cast.oscar.is_active
    assert not cast.oscar.must_change_password
    assert Authenticator.objects.filter(user_id=cast.oscar.pk).exists()
    assert not AuditEntry.objects.exists()


def test_own_account_is_refused_by_the_actions(cast: Cast, by: By) -> None:
    for act in (send_new_codes, reset_second_factor):
        with pytest.raises(DomainError):
            act(cast.oscar, by=by)
    with pytest.raises(DomainError):
        set_active(cast.oscar, active=False, by=by)


def test_new_codes_end_the_sessions(console: Client, olga: User) -> None:
    browser = logged_in("console", olga)
    console.post(f"/accounts/user/{olga.pk}/codes/")
    assert browser.get("/compte/double-facteur/").status_code == 302
    olga.refresh_from_db()
    assert olga.must_change_password
    assert not olga.check_password(PASSWORD)


def test_lost_telephone(console: Client, olga: User) -> None:
    Authenticator.objects.create(user_id=olga.pk, type=Authenticator.Type.TOTP, data={"secret": "x"})
    Authenticator.objects.create(user_id=olga.pk, type=Authenticator.Type.RECOVERY_CODES, data={})
    console.post(f"/accounts/user/{olga.pk}/second-factor/")
    assert not Authenticator.objects.filter(user_id=olga.pk).exists()
    olga.refresh_from_db()
    assert olga.must_change_password


def test_people_of_firms_are_no_operators(console: Client, cast: Cast) -> None:
    with firm_context("firm_alpha"):
        pk = User.objects.exclude(pk=cast.oscar.pk).values_list("pk", flat=True)[0]
    for what in ("close", "open", "codes", "second-factor"):
        assert console.post(f"/accounts/user/{pk}/{what}/").status_code == 404


def test_audit_log_is_read_only(console: Client, cast: Cast, by: By) -> None:
    entry = record(AuditAction.FIRM_SUSPENDED, by=by, firm=cast.alpha, detail="<b>impayé</b>")
    page = console.get("/console/auditentry/").content.decode()
    assert "&lt;b&gt;impayé&lt;/b&gt;" in page
    assert "<b>impayé" not in page
    for path in ("add/", f"{entry.pk}/change/", f"{entry.pk}/delete/"):
        for method in (console.get, console.post):
            assert method(f"/console/auditentry/{path}").status_code in {302, 403, 404}
    console.post(
        "/console/auditentry/", {"action": "delete_selected", "_selected_action": [str(entry.pk)], "post": "yes"}
    )
    assert AuditEntry.objects.filter(pk=entry.pk).exists()


def test_audit_log_is_searched(console: Client, cast: Cast, by: By) -> None:
    record(AuditAction.FIRM_SUSPENDED, by=by, firm=cast.alpha, detail="impayé")
    record(AuditAction.FIRM_DELETED, by=None, firm=cast.beta)
    for query, count in (("impayé", 1), ("firm_beta", 1), ("oscar", 1), ("", 2)):
        assert console.get("/console/auditentry/", {"q": query}).context["cl"].result_count == count


def test_audit_log_outlives_a_firms_user_of_the_operators_key(cast: Cast, by: By) -> None:
    record(AuditAction.FIRM_SUSPENDED, by=by, firm=cast.alpha)
    with firm_context("firm_alpha"):
        # what Django does to rows that refer to a deleted user must not reach the public tables
        User.objects.filter(pk=cast.oscar.pk).delete()
        User(pk=cast.oscar.pk, username="same", email="s@s.example", full_name="S", role=Role.STAFF).save()
        User.objects.get(pk=cast.oscar.pk).delete()
    entry = AuditEntry.objects.get()
    assert (entry.actor_name, entry.actor_code) == ("Oscar", cast.oscar.code)
    assert User.objects.filter(pk=cast.oscar.pk).exists()
