"""What somebody without an account meets: a button or a code, then the dossier and its files."""

import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from extranet.actions.guest_link import (
    CODE_ATTEMPTS,
    send_guest_code,
)
from extranet.enums import EventKind
from extranet.models import Dossier
from kernel.signing import sign
from kernel.tenancy import firm_context
from mail.models import OutgoingMail
from tests.extranet.guests import FILES, GUEST, change, code_in, come_in, fresh, history, make, path, shared_dossier
from tests.factories.cast import Cast
from tests.factories.portal import add_dossier, files_of
from tests.support import Box, at_host, body, logged_in, said, text_of


@pytest.fixture
def dossier(cast: Cast) -> Dossier:
    return shared_dossier(cast)


# --- the door ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_get_uses_nothing_and_says_nothing_of_the_dossier(cast: Cast, dossier: Dossier) -> None:
    link = make(dossier, cast)
    browser = at_host("alpha")
    for _ in range(5):
        answer = browser.get(path(link))
    assert answer.status_code == 200
    page = answer.content.decode()
    for hidden in ("Lefèvre", "rue du Port", "dpe.pdf", GUEST, dossier.code):
        assert hidden not in page
    assert "noindex" in page
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer.headers["Cache-Control"]
    assert (fresh(link).uses, fresh(link).last_used_at) == (0, None)


@pytest.mark.django_db
def test_the_button_opens_the_dossier_and_counts_one_use_a_browser(cast: Cast, dossier: Dossier) -> None:
    link = make(dossier, cast)
    browser, address = come_in(link)
    page = browser.get(address).content.decode()
    for shown in ("Maison Lefèvre", "3 rue du Port, 29200 Brest", "dpe.pdf", "plan.txt", "GENAPI"):
        assert shown in page
    assert "interne.txt" not in page
    browser.post(f"{address}ouvrir/")
    assert fresh(link).uses == 1
    assert fresh(link).last_used_at is not None
    come_in(link)
    assert fresh(link).uses == 2
    opened = (EventKind.LINK_OPENED, "Maître Dupont", GUEST, GUEST, True)
    assert history(dossier, EventKind.LINK_OPENED) == [opened, opened]
    cookie = browser.cookies[f"guest-{link.code}"]
    assert (cookie["httponly"], cookie["samesite"], cookie["domain"], cookie["max-age"]) == (True, "Lax", "", 43200)


@pytest.mark.django_db
def test_files_are_read_downloaded_and_zipped_on_record(cast: Cast, dossier: Dossier) -> None:
    browser, address = come_in(make(dossier, cast))
    with firm_context("firm_alpha"):
        report, plan, staff_only, genapi = files_of(dossier)
    answer = browser.get(f"{address}fichiers/{report.code}/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert body(answer) == FILES["dpe.pdf"]
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert browser.get(f"{address}fichiers/{report.code}/lire/").status_code == 200
    assert body(browser.get(f"{address}fichiers/{report.code}/contenu/")) == FILES["dpe.pdf"]
    assert b"plan.txt" in body(browser.get(f"{address}zip/"))
    assert body(browser.get(f"{address}genapi/")) == FILES["genapi.xml"]
    who = ("Maître Dupont", GUEST, True)
    assert history(dossier, EventKind.READ, EventKind.DOWNLOADED) == [
        (kind, who[0], subject, *who[1:])
        for kind, subject in (
            (EventKind.DOWNLOADED, "dpe.pdf"),
            (EventKind.READ, "dpe.pdf"),
            (EventKind.DOWNLOADED, "dpe.pdf"),
            (EventKind.DOWNLOADED, "plan.txt"),
            (EventKind.DOWNLOADED, "genapi.xml"),
        )
    ]
    with firm_context("firm_alpha"):
        assert Dossier.objects.get(pk=dossier.pk).download_state == "full"
    for file in (staff_only.code, "nonsense"):
        for part in ("", "lire/", "contenu/"):
            assert browser.get(f"{address}fichiers/{file}/{part}").status_code == 404
    assert plan.code != genapi.code


@pytest.mark.django_db
def test_without_having_come_in_nothing_is_given(cast: Cast, dossier: Dossier) -> None:
    link = make(dossier, cast)
    with firm_context("firm_alpha"):
        report = files_of(dossier)[0]
    inside = at_host("alpha")
    inside.cookies[f"guest-{link.code}"] = sign_in_alpha("other")
    bob = logged_in("alpha", cast.bob)
    address = path(link)
    for browser in (at_host("alpha"), inside, bob):
        for part in (f"fichiers/{report.code}/", f"fichiers/{report.code}/lire/", "zip/", "genapi/"):
            answer = browser.get(f"{address}{part}")
            assert (answer.status_code, answer.headers["Location"]) == (302, address)
    assert history(dossier, EventKind.READ, EventKind.DOWNLOADED) == []


def sign_in_alpha(value: str) -> str:
    with firm_context("firm_alpha"):
        return sign(value, purpose="guest-stay")


@pytest.mark.django_db
def test_a_cookie_opens_its_own_link_alone(cast: Cast, dossier: Dossier) -> None:
    with firm_context("firm_alpha"):
        other = add_dossier("Grange", user=cast.bob, files={"b.txt": b"b"})
        (secret,) = files_of(other)
    mine, theirs = make(dossier, cast), make(other, cast)
    browser, address = come_in(mine)
    browser.cookies[f"guest-{theirs.code}"] = browser.cookies[f"guest-{mine.code}"].value
    assert browser.get(f"{path(theirs)}fichiers/{secret.code}/").status_code == 302
    assert browser.get(f"{address}fichiers/{secret.code}/").status_code == 404


@pytest.mark.django_db
def test_a_stay_ends_after_twelve_hours(cast: Cast, dossier: Dossier, monkeypatch: pytest.MonkeyPatch) -> None:
    link = make(dossier, cast)
    browser, address = come_in(link)
    assert "Maison Lefèvre" in browser.get(address).content.decode()
    now = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 12 * 3600 + 5)
    assert "Maison Lefèvre" not in browser.get(address).content.decode()


# --- the code ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_code_of_the_mail_opens_the_dossier_once(cast: Cast, dossier: Dossier, mailbox: Box) -> None:
    link = make(dossier, cast, asks_code=True)
    browser, address = at_host("alpha"), path(link)
    assert browser.get(address).context["code_sent"] is False
    assert browser.post(f"{address}ouvrir/", {"code": ""}).status_code == 422
    assert browser.post(f"{address}code/").status_code == 302
    code = code_in(mailbox)
    mail = mailbox.last(GUEST)
    assert code not in mail["Subject"]
    assert "Lefèvre" not in text_of(mail)
    assert code not in fresh(link).code_hash
    with firm_context("firm_alpha"):
        kept = OutgoingMail.objects.get(kind="guest_code")
    assert (kept.text, kept.html) == ("", "")
    page = browser.get(address)
    assert page.context["code_sent"] is True
    assert "g•••@else.example" in page.content.decode()
    spaced = f" {code[:3]} {code[3:]} "
    assert browser.post(f"{address}ouvrir/", {"code": spaced}).status_code == 302
    assert "Maison Lefèvre" in browser.get(address).content.decode()
    assert fresh(link).uses == 1
    again = at_host("alpha").post(f"{address}ouvrir/", {"code": code})
    assert again.status_code == 422
    assert said("This code no longer works: ask for a new one.") in again.content.decode()
    assert fresh(link).uses == 1


@pytest.mark.django_db
def test_after_five_wrong_codes_the_right_one_is_worth_nothing(cast: Cast, dossier: Dossier, mailbox: Box) -> None:
    link = make(dossier, cast, asks_code=True)
    browser, address = at_host("alpha"), path(link)
    browser.post(f"{address}code/")
    code = code_in(mailbox)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for attempt in range(1, CODE_ATTEMPTS):
        answer = browser.post(f"{address}ouvrir/", {"code": wrong})
        assert answer.status_code == 422
        assert answer.context["form"].errors["code"]
        assert fresh(link).code_attempts == attempt
    assert browser.post(f"{address}ouvrir/", {"code": wrong}).status_code == 422
    answer = browser.post(f"{address}ouvrir/", {"code": code})
    assert answer.status_code == 422
    assert said("This code no longer works: ask for a new one.") in answer.content.decode()
    assert fresh(link).uses == 0
    assert "Lefèvre" not in browser.get(address).content.decode()
    assert history(dossier, EventKind.LINK_OPENED) == []


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["000000000000", "abcdef", "12345", "\x00", "１２３４５６", "9" * 5000])
def test_a_nonsense_code_opens_nothing(cast: Cast, dossier: Dossier, code: str) -> None:
    link = make(dossier, cast, asks_code=True)
    with firm_context("firm_alpha"):
        send_guest_code(link)
    assert at_host("alpha").post(f"{path(link)}ouvrir/", {"code": code}).status_code == 422
    assert fresh(link).uses == 0


@pytest.mark.django_db
def test_a_code_ends_after_ten_minutes_and_with_the_next(cast: Cast, dossier: Dossier, mailbox: Box) -> None:
    link = make(dossier, cast, asks_code=True)
    browser, address = at_host("alpha"), path(link)
    browser.post(f"{address}code/")
    first = code_in(mailbox)
    assert fresh(link).code_expires_at is not None
    change(link, code_expires_at=timezone.now() - timedelta(seconds=1))
    assert browser.post(f"{address}ouvrir/", {"code": first}).status_code == 422
    assert browser.get(address).context["code_sent"] is False
    browser.post(f"{address}code/")
    second = code_in(mailbox)
    assert len([mail for mail in mailbox.mails() if GUEST in str(mail["To"])]) == 3
    if first != second:
        assert browser.post(f"{address}ouvrir/", {"code": first}).status_code == 422
    assert browser.post(f"{address}ouvrir/", {"code": second}).status_code == 302


@pytest.mark.django_db
def test_codes_are_not_sent_without_end(cast: Cast, dossier: Dossier) -> None:
    link = make(dossier, cast, asks_code=True)
    browser, address = at_host("alpha"), path(link)
    assert browser.post(f"{address}code/").status_code == 302
    answer = browser.post(f"{address}code/")
    assert answer.status_code == 429
    assert said("A code has just been sent: look at your mails, spam included.") in answer.content.decode()
    statuses = []
    for _ in range(12):
        change(link, code_expires_at=None)
        statuses.append(browser.post(f"{address}code/").status_code)
    assert statuses == [302] * 8 + [429] * 4
    with firm_context("firm_alpha"):
        assert OutgoingMail.objects.filter(kind="guest_code").count() == 9


@pytest.mark.django_db
def test_attempts_from_one_address_end_whatever_codes_are_asked_for(cast: Cast, dossier: Dossier) -> None:
    link = make(dossier, cast, asks_code=True)
    browser, address = at_host("alpha"), path(link)
    statuses = [browser.post(f"{address}ouvrir/", {"code": "123456"}).status_code for _ in range(32)]
    assert statuses == [422] * 30 + [429] * 2


@pytest.mark.django_db
def test_a_post_needs_its_token(cast: Cast, dossier: Dossier) -> None:
    link = make(dossier, cast)
    browser = Client(enforce_csrf_checks=True, headers={"host": "alpha.localhost"})
    for part in ("ouvrir/", "code/"):
        assert browser.post(f"{path(link)}{part}").status_code == 403
    assert fresh(link).uses == 0
    browser.get(path(link))
    token = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    assert browser.post(f"{path(link)}ouvrir/", token).status_code == 302
