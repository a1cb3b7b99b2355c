"""Occasional accesses, as the firm gives them and as a link that opens nothing any more answers."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Role, User
from extranet.actions.guest_link import (
    create_guest_link,
    guest_url,
    open_guest_link,
    prolong_guest_link,
    revoke_guest_link,
    send_guest_code,
)
from extranet.actions.history import Visit
from extranet.enums import EventKind
from extranet.models import Dossier, DossierAccess, DossierEvent, DossierFile, GuestLink
from extranet.queries.guest_link import guest_links_of
from kernel.errors import DomainError
from kernel.signing import sign
from kernel.tenancy import firm_context
from mail.models import OutgoingMail
from tests.extranet.guests import FILES, GUEST, change, come_in, fresh, history, make, path, shared_dossier
from tests.factories.cast import Cast
from tests.factories.portal import add_dossier, files_of
from tests.support import Box, at_host, body, html_of, links_of, logged_in, run_jobs, said, text_of
from themes.models import Branding


@pytest.fixture
def dossier(cast: Cast) -> Dossier:
    return shared_dossier(cast)


def form(**changes: str) -> dict[str, str]:
    until = (timezone.localdate() + timedelta(days=20)).isoformat()
    return {"email": GUEST, "name": "Maître Dupont", "valid_until": until, "max_uses": "4", "asks_code": "on"} | changes


# --- the firm ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_link_is_mailed_in_the_firms_language_and_look(cast: Cast, dossier: Dossier, mailbox: Box) -> None:
    with firm_context("firm_alpha"):
        Branding.objects.filter(firm=cast.alpha).update(site_name="Armor", language="en")
    bob = logged_in("alpha", cast.bob)
    answer = bob.post(f"/dossiers/{dossier.code}/acces/occasionnel/", form(email="Guest@Else.example"))
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/dossiers/{dossier.code}/#acces")
    with firm_context("firm_alpha"):
        link = GuestLink.objects.get()
    assert (link.email, link.name, link.max_uses, link.uses, link.asks_code) == (GUEST, "Maître Dupont", 4, 0, True)
    assert timezone.localtime(link.expires_at).date() == timezone.localdate() + timedelta(days=20)
    run_jobs()
    mail = mailbox.last(GUEST)
    assert mail["Subject"] == "Your access to the dossier: Maison Lefèvre"
    assert mail["From"].addresses[0].display_name == "Armor via Diagdesk"
    for shown in ("Hello Maître Dupont,", "Maison Lefèvre", "3 rue du Port, 29200 Brest", "Armor gives you access"):
        assert shown in text_of(mail)
    assert 'lang="en"' in html_of(mail)
    (address,) = [found for found in links_of(mail) if found.startswith("/acces/")]
    assert at_host("alpha").get(address).status_code == 200
    assert history(dossier, EventKind.LINK_SENT) == [(EventKind.LINK_SENT, "Bob Staff", GUEST, None, False)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "nobody"}, "email"),
        ({"max_uses": "0"}, "max_uses"),
        ({"max_uses": "1001"}, "max_uses"),
        ({"valid_until": "2001-01-01"}, "valid_until"),
        ({"valid_until": "2999-01-01"}, "valid_until"),
        ({"valid_until": "demain"}, "valid_until"),
        ({"name": "n" * 121}, "name"),
    ],
)
def test_a_wrong_link_is_refused_at_its_field_and_nothing_typed_is_lost(
    cast: Cast, dossier: Dossier, changes: dict[str, str], field: str
) -> None:
    answer = logged_in("alpha", cast.bob).post(f"/dossiers/{dossier.code}/acces/occasionnel/", form(**changes))
    assert answer.status_code == 422
    assert list(answer.context["guest_form"].errors) == [field]
    typed = form(**changes)
    for name in ("email", "name", "max_uses"):
        if typed[name]:
            assert f'value="{typed[name]}"' in answer.content.decode()
    with firm_context("firm_alpha"):
        assert not GuestLink.objects.exists()
        assert not OutgoingMail.objects.exists()


@pytest.mark.django_db
def test_the_form_offers_thirty_days_ten_uses_and_the_code(cast: Cast, dossier: Dossier) -> None:
    answer = logged_in("alpha", cast.bob).get(f"/dossiers/{dossier.code}/acces/")
    offered = {name: field.initial for name, field in answer.context["guest_form"].fields.items()}
    assert offered["max_uses"] == 10
    assert offered["asks_code"] is True
    assert offered["valid_until"] == timezone.localdate() + timedelta(days=30)


@pytest.mark.django_db
def test_the_firm_sees_sends_again_prolongs_and_revokes(cast: Cast, dossier: Dossier, mailbox: Box) -> None:
    link = make(dossier, cast, max_uses=1)
    browser, address = come_in(link)
    bob, base = logged_in("alpha", cast.bob), f"/dossiers/{dossier.code}/acces/liens/{link.code}/"
    with firm_context("firm_alpha"):
        assert [row.state for row in guest_links_of(dossier)] == ["used"]
    assert bob.post(f"{base}envoyer/").status_code == 302  # used up: it is told, nothing leaves
    run_jobs()
    assert len(mailbox.mails()) == 1
    assert bob.post(f"{base}prolonger/").status_code == 302
    run_jobs()
    assert len(mailbox.mails()) == 2
    assert (fresh(link).max_uses, fresh(link).uses) == (11, 1)
    change(link, expires_at=timezone.now() - timedelta(days=1))
    with firm_context("firm_alpha"):
        assert [row.state for row in guest_links_of(dossier)] == ["expired"]
    bob.post(f"{base}prolonger/")
    assert fresh(link).expires_at > timezone.now() + timedelta(days=29)
    bob.post(f"{base}envoyer/")
    run_jobs()
    assert len(mailbox.mails()) == 4
    assert browser.get(address).status_code == 200
    assert bob.post(f"{base}revoquer/").status_code == 302
    assert browser.get(address).status_code == 410, "also where it was open"
    with firm_context("firm_alpha"):
        assert [row.state for row in guest_links_of(dossier)] == ["revoked"]
    for what in ("prolonger", "envoyer"):
        bob.post(f"{base}{what}/")
    run_jobs()
    assert len(mailbox.mails()) == 4
    assert fresh(link).revoked_at is not None
    assert [line[0] for line in history(dossier, EventKind.LINK_SENT, EventKind.LINK_REVOKED)] == [
        EventKind.LINK_SENT,
        EventKind.LINK_SENT,
        EventKind.LINK_SENT,
        EventKind.LINK_SENT,
        EventKind.LINK_REVOKED,
    ]


@pytest.mark.django_db
def test_links_of_another_dossier_or_for_others_do_not_exist(cast: Cast, dossier: Dossier) -> None:
    link = make(dossier, cast)
    with firm_context("firm_alpha"):
        other = add_dossier("Grange", user=cast.bob, contacts=[cast.alice])
        DossierAccess.objects.create(dossier=dossier, contact=cast.alice)
    for browser, code in (
        (logged_in("alpha", cast.bob), other.code),
        (logged_in("alpha", cast.alice), dossier.code),
        (logged_in("beta", cast.dan), dossier.code),
    ):
        for what in ("envoyer", "prolonger", "revoquer"):
            answer = browser.post(f"/dossiers/{code}/acces/liens/{link.code}/{what}/")
            assert answer.status_code == 404
    assert fresh(link).revoked_at is None
    assert fresh(link).max_uses == 3


# --- links that open nothing ------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, "This link has expired"),
        ({"revoked_at": timezone.now()}, "This link was withdrawn"),
        ({"uses": 3}, "This link has been used as often as it may be"),
    ],
    ids=["expired", "revoked", "used up"],
)
def test_a_link_that_is_over_says_so_and_nothing_else(
    cast: Cast, dossier: Dossier, changes: dict[str, Any], title: str
) -> None:
    link = make(dossier, cast)
    change(link, **changes)
    browser, address = at_host("alpha"), path(link)
    before = fresh(link)
    with firm_context("firm_alpha"):
        report = files_of(dossier)[0]
        mails = OutgoingMail.objects.count()
    answers = [browser.get(address), browser.post(f"{address}ouvrir/"), browser.post(f"{address}code/")]
    answers += [browser.get(f"{address}fichiers/{report.code}/"), browser.get(f"{address}zip/")]
    for answer in answers:
        assert answer.status_code == 410
        page = answer.content.decode()
        assert said(title) in page
        assert "Lefèvre" not in page
        assert GUEST not in page
    assert (fresh(link).uses, fresh(link).last_used_at) == (before.uses, before.last_used_at)
    assert history(dossier, EventKind.LINK_OPENED, EventKind.DOWNLOADED) == []
    with firm_context("firm_alpha"):
        assert OutgoingMail.objects.count() == mails


@pytest.mark.django_db
def test_a_forged_link_or_one_of_another_firm_is_not_found(cast: Cast, dossier: Dossier) -> None:
    link = make(dossier, cast)
    good = path(link)
    with firm_context("firm_beta"):
        of_beta = f"/acces/{sign(link.code, purpose='guest')}/"
    with firm_context("firm_alpha"):
        of_another_purpose = f"/acces/{sign(link.code, purpose='guest-stay')}/"
        of_no_link = f"/acces/{sign('b' * 12, purpose='guest')}/"
    forged = [f"{good[:-3]}aa/", f"/acces/{link.code}/", "/acces/nonsense/", "/acces/%00/", of_another_purpose]
    for host, address in (
        ("beta", good),
        ("beta", of_beta),
        ("alpha", of_beta),
        ("alpha", of_no_link),
        *[("alpha", a) for a in forged],
    ):
        for part in ("", "ouvrir/", "code/"):
            browser = at_host(host)
            answer = browser.post(f"{address}{part}") if part else browser.get(address)
            assert answer.status_code == 404, address
            assert "Lefèvre" not in answer.content.decode()
            assert not browser.cookies
    assert fresh(link).uses == 0


@pytest.mark.django_db
def test_revoking_and_expiry_end_a_stay_but_the_last_use_does_not(cast: Cast, dossier: Dossier) -> None:
    link = make(dossier, cast, max_uses=1)
    browser, address = come_in(link)
    with firm_context("firm_alpha"):
        report = files_of(dossier)[0]
    file = f"{address}fichiers/{report.code}/"
    assert body(browser.get(file)) == FILES["dpe.pdf"]
    assert at_host("alpha").get(address).status_code == 410
    change(link, expires_at=timezone.now())
    assert browser.get(file).status_code == 410
    change(link, expires_at=timezone.now() + timedelta(days=1), revoked_at=timezone.now())
    assert browser.get(file).status_code == 410


@pytest.mark.django_db
def test_a_dossier_in_the_bin_is_gone_and_back_with_it(cast: Cast, dossier: Dossier) -> None:
    link = make(dossier, cast)
    browser, address = come_in(link)
    with firm_context("firm_alpha"):
        Dossier.objects.filter(pk=dossier.pk).update(deleted_at=timezone.now())
    for answer in (browser.get(address), browser.get(f"{address}zip/"), at_host("alpha").post(f"{address}ouvrir/")):
        assert answer.status_code == 410
        assert "Lefèvre" not in answer.content.decode()
    bob = logged_in("alpha", cast.bob)
    assert bob.post(f"/dossiers/{dossier.code}/acces/liens/{link.code}/prolonger/").status_code == 404
    assert fresh(link).uses == 1
    with firm_context("firm_alpha"):
        Dossier.objects.filter(pk=dossier.pk).update(deleted_at=None)
    assert browser.get(address).status_code == 200


@pytest.mark.django_db
def test_a_removed_file_is_gone_for_guests(cast: Cast, dossier: Dossier) -> None:
    browser, address = come_in(make(dossier, cast))
    with firm_context("firm_alpha"):
        report = files_of(dossier)[0]
        DossierFile.objects.filter(pk=report.pk).update(deleted_at=timezone.now())
    assert browser.get(f"{address}fichiers/{report.code}/").status_code == 404
    assert b"dpe.pdf" not in body(browser.get(f"{address}zip/"))


@pytest.mark.django_db
def test_an_account_and_a_guest_in_one_browser_do_not_meet(cast: Cast, dossier: Dossier) -> None:
    link = make(dossier, cast)
    charlie = logged_in("alpha", cast.charlie)
    address = path(link)
    charlie.post(f"{address}ouvrir/")
    assert charlie.get(address).status_code == 200
    assert charlie.get(f"/dossiers/{dossier.code}/").status_code == 404
    charlie.post("/compte/deconnexion/")
    assert charlie.get(address).status_code == 200
    assert charlie.get("/dossiers/").status_code == 302


# --- many at once -----------------------------------------------------------------------------------------------------


def test_a_link_is_never_used_more_often_than_it_may_be(own_database: str) -> None:
    from django.db import connection

    with firm_context("firm_alpha"):
        bob = User.objects.create_user(username="bob", email="bob@a.example", role=Role.STAFF, password="x" * 12)
        dossier = Dossier.objects.create(title="Maison", created_by=bob)
        link = create_guest_link(
            dossier,
            email=GUEST,
            name="",
            expires_at=timezone.now() + timedelta(days=1),
            max_uses=3,
            asks_code=False,
            user=bob,
        )
    gate = threading.Barrier(6)
    outcomes: list[str] = []

    def use() -> None:
        try:
            gate.wait(10)
            with firm_context("firm_alpha"):
                open_guest_link(GuestLink.objects.get(pk=link.pk), code="", visit=Visit())
            outcomes.append("in")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=use) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in"] * 3 + ["link_closed"] * 3
    with firm_context("firm_alpha"):
        assert GuestLink.objects.get(pk=link.pk).uses == 3
        assert DossierEvent.objects.filter(kind=EventKind.LINK_OPENED).count() == 3


@pytest.mark.django_db
def test_prolonging_a_revoked_link_is_refused(cast: Cast, dossier: Dossier) -> None:
    link = make(dossier, cast)
    with firm_context("firm_alpha"):
        revoke_guest_link(link, user=cast.bob)
        revoke_guest_link(link, user=cast.bob)
        with pytest.raises(DomainError) as prolonged:
            prolong_guest_link(link, user=cast.bob)
        with pytest.raises(DomainError) as sent:
            send_guest_code(link)
        assert prolonged.value.code == sent.value.code == "link_closed"
        assert guest_url(link).startswith("http://alpha.localhost/acces/")
    assert len(history(dossier, EventKind.LINK_REVOKED)) == 1
