"""Reminders of what is unpaid, by the clock: the schedule, who is asked, what holds them back, and the mail."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.actions.manual import record_manual_payment
from billing.actions.reminding import (
    remind_by_hand,
    remind_due,
    remind_unpaid,
    remind_unpaid_due,
    resume_reminding,
    stop_reminding,
)
from billing.enums import Method, Mode, PaymentStatus, Provider
from billing.models import BillingSettings, Payment, ReminderStop, UnpaidReminder
from billing.rules import is_quiet, next_sending_day
from extranet.actions.dossier_life import archive_dossiers, delete_dossiers, undelete_dossiers
from extranet.actions.payment_state import set_amount, set_paid
from extranet.enums import EventKind
from extranet.models import Contact, Dossier, DossierEvent
from kernel.tenancy import firm_context, public_context
from mail.models import MailState, OutgoingMail
from tenants.models import Firm, FirmStatus
from tests.billing.scripted import add_account, add_manual_account, add_unpaid
from tests.factories.cast import Cast, add_contact
from tests.support import Box, at_host, html_of, links_of, run_jobs, text_of, without_set

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]

#: A Wednesday that is no holiday.
TODAY = date(2026, 11, 25)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 11, tzinfo=UTC)


def since(dossier: Dossier, at: date | datetime) -> Dossier:
    """Has a dossier wait since then."""
    moment = at if isinstance(at, datetime) else noon(at)
    Dossier.objects.filter(pk=dossier.pk).update(created_at=moment, payment_changed_at=moment)
    dossier.refresh_from_db()
    return dossier


def owed(title: str, cast: Cast, *, at: date | datetime = date(2026, 11, 1), to: Contact | None = None) -> Dossier:
    """Returns a dossier that Alice is to pay, unpaid since then."""
    return since(add_unpaid(title, "150.00", user=cast.bob, contacts=[to or cast.alice]), at)


def told(dossier: Dossier, *days: date | datetime) -> None:
    """Has reminders of a dossier have left on these days."""
    for number, day in enumerate(days, 1):
        row = UnpaidReminder.objects.create(dossier=dossier, number=number, to="alice@client.example")
        moment = day if isinstance(day, datetime) else noon(day)
        UnpaidReminder.objects.filter(pk=row.pk).update(sent_at=moment)


def mails() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind="unpaid_reminder").order_by("id"))


def sent(today: date) -> int:
    return remind_due(today=today).mails


@pytest.fixture(autouse=True)
def _switched_on(in_alpha: None) -> None:
    schedule = {"first_reminder_days": 7, "reminder_every_days": 10, "max_reminders": 3}
    BillingSettings.objects.update(remind_unpaid=True, **schedule)


# --- the schedule -----------------------------------------------------------------------------------------------------


def test_nothing_leaves_until_the_firm_wants_it(cast: Cast) -> None:
    owed("Maison", cast)
    BillingSettings.objects.update(remind_unpaid=False)
    assert sent(TODAY) == 0
    BillingSettings.objects.update(remind_unpaid=True)
    assert sent(TODAY) == 1


@pytest.mark.parametrize(
    ("at", "first"),
    [
        (datetime(2026, 10, 31, 22, 50, tzinfo=UTC), date(2026, 11, 7)),  # 23:50 here, after the end of summer time
        (datetime(2026, 10, 23, 21, 59, tzinfo=UTC), date(2026, 10, 30)),  # 23:59 in summer time, over its end
        (datetime(2026, 10, 23, 22, 1, tzinfo=UTC), date(2026, 10, 31)),  # a minute later: the next day
        (datetime(2026, 3, 25, 22, 59, tzinfo=UTC), date(2026, 4, 1)),  # 23:59 in winter time, over the end of March
        (datetime(2026, 1, 30, 12, 0, tzinfo=UTC), date(2026, 2, 6)),
        (datetime(2028, 2, 23, 12, 0, tzinfo=UTC), date(2028, 3, 1)),  # a leap year
        (datetime(2026, 12, 26, 12, 0, tzinfo=UTC), date(2027, 1, 2)),
    ],
)
def test_the_first_one_leaves_after_so_many_days_of_the_calendar(cast: Cast, at: datetime, first: date) -> None:
    owed("Maison", cast, at=at)
    assert sent(first - timedelta(days=1)) == 0
    assert sent(first) == 1


def test_the_next_ones_leave_after_so_many_days_and_end(cast: Cast) -> None:
    house = owed("Maison", cast, at=date(2026, 10, 1))
    told(house, datetime(2026, 10, 15, 21, 59, tzinfo=UTC))  # 23:59 here
    assert sent(date(2026, 10, 24)) == 0
    assert sent(date(2026, 10, 26)) == 1, "the 25th is a Sunday"
    assert [row.number for row in UnpaidReminder.objects.all()] == [1, 2]
    UnpaidReminder.objects.filter(number=2).update(sent_at=noon(date(2026, 10, 26)))
    assert sent(date(2026, 11, 4)) == 0
    assert sent(date(2026, 11, 5)) == 1
    UnpaidReminder.objects.update(sent_at=noon(date(2026, 11, 5)))
    assert sent(date(2027, 6, 1)) == 0, "three at most"


def test_a_missed_day_is_made_up_for(cast: Cast) -> None:
    owed("Maison", cast, at=date(2026, 11, 1))
    assert sent(date(2026, 11, 20)) == 1


def test_nothing_leaves_on_sundays_and_holidays(cast: Cast) -> None:
    owed("Maison", cast, at=date(2026, 11, 1))
    for day in (date(2026, 11, 8), date(2026, 11, 11), date(2026, 12, 25)):
        assert is_quiet(day)
        assert sent(day) == 0
    assert sent(date(2026, 11, 9)) == 1


def test_the_moving_holidays_are_known() -> None:
    quiet = {date(2026, 4, 6), date(2026, 5, 14), date(2026, 5, 25), date(2027, 3, 29), date(2027, 5, 6)}
    assert all(is_quiet(day) for day in quiet)
    assert not is_quiet(date(2026, 4, 7))
    assert next_sending_day(date(2026, 12, 25)) == date(2026, 12, 26)
    assert next_sending_day(date(2027, 3, 28)) == date(2027, 3, 30), "Easter Sunday, then Monday"


def test_the_numbers_begin_again_when_it_becomes_unpaid_again(cast: Cast) -> None:
    house = owed("Maison", cast, at=date(2026, 9, 1))
    told(house, date(2026, 9, 10), date(2026, 9, 20), date(2026, 9, 30))
    assert sent(TODAY) == 0
    set_paid([house], paid=True, user=cast.bob)
    set_paid([house], paid=False, user=cast.bob)
    Dossier.objects.filter(pk=house.pk).update(payment_changed_at=noon(date(2026, 11, 20)))
    assert sent(date(2026, 11, 26)) == 0
    assert sent(date(2026, 11, 27)) == 1
    assert UnpaidReminder.objects.latest("id").number == 1


def test_an_amount_that_comes_later_begins_the_count(cast: Cast) -> None:
    house = owed("Maison", cast, at=date(2026, 1, 1))
    house = set_amount(house, amount=None, payer="", payer_name="", user=cast.bob)
    house = set_amount(house, amount=15, payer="", payer_name="", user=cast.bob)  # type: ignore[arg-type]
    assert house.payment_changed_by == str(cast.bob)
    assert sent(timezone.localdate() + timedelta(days=6)) == 0
    assert sent(next_sending_day(timezone.localdate() + timedelta(days=7))) == 1


# --- what holds it back -----------------------------------------------------------------------------------------------


def test_what_is_binned_archived_stopped_or_paid_is_left_alone(cast: Cast) -> None:
    binned, archived, stopped, paid = (owed(name, cast) for name in ("Ancre", "Bouée", "Cale", "Digue"))
    delete_dossiers([binned], user=cast.bob)
    archive_dossiers([archived], user=cast.bob)
    stop_reminding(stopped, user=cast.bob)
    set_paid([paid], paid=True, user=cast.bob)
    assert sent(TODAY) == 0
    undelete_dossiers([binned], user=cast.bob)
    assert sent(TODAY) == 1
    assert resume_reminding(stopped)
    assert not resume_reminding(stopped)
    assert sent(TODAY) == 1
    assert {row.dossier_id for row in UnpaidReminder.objects.all()} == {binned.pk, stopped.pk}


def attempt(dossier: Dossier, *, at: datetime, **values: Any) -> Payment:
    account = add_account(mode=values.get("mode", Mode.LIVE))
    columns = {"provider": Provider.STRIPE, "mode": Mode.LIVE, "status": PaymentStatus.PENDING, "provider_ref": "cs"}
    payment = Payment.objects.create(account=account, amount=15_000, **(columns | values))
    payment.lines.create(dossier=dossier, title=dossier.title, amount=15_000)
    Payment.objects.filter(pk=payment.pk).update(created_at=at)
    return payment


LONG_AGO = noon(TODAY - timedelta(days=5))


@pytest.mark.parametrize(
    ("values", "at", "count"),
    [
        ({"method": Method.DIRECT_DEBIT}, LONG_AGO, 0),
        ({"capture_ref": "pi_1"}, LONG_AGO, 0),
        ({}, noon(TODAY - timedelta(days=1)), 0),
        ({}, LONG_AGO, 1),
        ({"status": PaymentStatus.CREATED, "provider_ref": ""}, noon(TODAY), 1),
        ({"status": PaymentStatus.FAILED}, noon(TODAY), 1),
        ({"mode": Mode.TEST, "capture_ref": "pi_1"}, noon(TODAY), 1),
    ],
)
def test_a_payment_that_is_being_confirmed_holds_it_back(
    cast: Cast, values: dict[str, Any], at: datetime, count: int
) -> None:
    attempt(owed("Maison", cast), at=at, **values)
    assert sent(TODAY) == count


def test_an_announced_transfer_holds_it_back_for_the_first_period(cast: Cast) -> None:
    house = owed("Maison", cast)
    account = add_manual_account()
    values = {"account": account, "provider": Provider.MANUAL, "mode": Mode.TEST, "method": Method.TRANSFER}
    payment = Payment.objects.create(**values, status=PaymentStatus.PENDING, amount=15_000)
    payment.lines.create(dossier=house, title="Maison", amount=15_000)
    Payment.objects.update(created_at=noon(date(2026, 11, 18)))
    assert sent(date(2026, 11, 24)) == 0
    assert sent(date(2026, 11, 25)) == 1


def test_only_what_is_left_is_asked_for(cast: Cast) -> None:
    house = owed("Maison", cast)
    record_manual_payment(
        [(house, 5_000)],
        account=add_manual_account(),
        method=Method.CHEQUE,
        received_on=timezone.localdate(),
        reference="",
        payer_name="",
        payer_email="",
        user=cast.bob,
    )
    assert sent(TODAY) == 1
    assert "100,00" in mails()[0].subject


def test_a_suspended_firm_reminds_nobody(cast: Cast) -> None:
    owed("Maison", cast, at=timezone.now() - timedelta(days=30))
    today = timezone.localdate()
    if is_quiet(today):
        pytest.skip("no reminders leave today")
    with public_context():
        Firm.objects.filter(pk=cast.alpha.pk).update(status=FirmStatus.SUSPENDED)
        remind_unpaid()
        run_jobs()
    assert mails() == []
    assert remind_unpaid_due() == 0, "nor a job that was enqueued before"
    with public_context():
        Firm.objects.filter(pk=cast.alpha.pk).update(status=FirmStatus.ACTIVE)
        remind_unpaid()
        run_jobs()
    assert len(mails()) == 1
    with firm_context("firm_beta"):
        assert mails() == []


# --- who is asked -----------------------------------------------------------------------------------------------------


def test_one_mail_asks_for_all_that_one_is_to_pay_that_day(cast: Cast) -> None:
    add_account()
    for title in ("Ancre", "Bouée"):
        owed(title, cast)
    owed("Cale", cast, to=cast.charlie)
    owed("Demain", cast, at=TODAY - timedelta(days=6))
    done = remind_due(today=TODAY)
    assert (done.mails, done.dossiers, done.left_out) == (2, 3, {})
    to_alice, to_charlie = mails()
    assert to_alice.to == cast.alice.user.email
    assert to_charlie.to == cast.charlie.user.email
    assert re.findall(r"^(Ancre|Bouée|Total)\s?: (\d+),00", to_alice.text, re.MULTILINE) == [
        ("Ancre", "150"),
        ("Bouée", "150"),
        ("Total", "300"),
    ]
    assert "Cale" not in to_alice.text
    assert len(re.findall(r"/payer/", to_alice.text)) == 1
    assert sent(TODAY) == 0, "never twice on one day"


def test_whoever_has_no_usable_address_is_left_out_and_counted(cast: Cast) -> None:
    nobody = since(add_unpaid("Sans client", "10", user=cast.bob), date(2026, 11, 1))
    wrong = since(add_unpaid("Faux", "10", user=cast.bob), date(2026, 11, 1))
    Dossier.objects.filter(pk=wrong.pk).update(payer="owner", owner_email="not an address")
    erased = owed("Effacé", cast, to=cast.charlie)
    Contact.objects.filter(pk=cast.charlie.pk).update(erased_at=timezone.now())
    owed("Maison", cast)
    done = remind_due(today=TODAY)
    assert (done.mails, done.left_out) == (1, {"nobody": 3})
    assert not UnpaidReminder.objects.filter(dossier__in=[nobody, wrong, erased]).exists()


def test_an_address_that_the_server_refuses_stops_nobody_else(cast: Cast, mailbox: Box) -> None:
    house = owed("Maison", cast, to=cast.charlie)
    Dossier.objects.filter(pk=house.pk).update(payer="owner", owner_email="owner@nowhere.invalid")
    owed("Ancre", cast)
    assert sent(TODAY) == 2
    run_jobs()
    assert {mail.state for mail in mails()} <= {MailState.SENT, MailState.FAILED}
    assert any(cast.alice.user.email in str(mail["To"]) for mail in mailbox.mails())


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "alice"),
        ({"orderer_email": "ordered@x.example"}, "ordered@x.example"),
        ({"payer": "owner"}, None),
        ({"payer": "owner", "owner_email": "owner@x.example"}, "owner@x.example"),
        ({"payer": "owner", "owner_email": "ALICE@client.example"}, "alice"),
        ({"payer": "owner", "payer_name": "agence alice", "owner_email": "owner@x.example"}, "alice"),
        ({"payer": "agency"}, "alice"),
        ({"payer": "agency", "payer_name": "Autre nom"}, "alice"),
        ({"payer": "notary"}, "notary"),
        ({"payer": "notary", "owner_email": "owner@x.example"}, "notary"),
        ({"payer": "buyer"}, None),
        ({"payer": "buyer", "payer_name": "Nôtary"}, "notary"),
        ({"payer": "other", "payer_name": "M. Riou", "orderer_name": "m riou"}, None),
        (
            {"payer": "other", "payer_name": "M. Riou", "orderer_name": "m. RIOU", "orderer_email": "r@x.example"},
            "r@x.example",
        ),
        ({"payer": "", "payer_name": "Inconnu"}, None),
    ],
)
def test_who_is_to_pay_decides_who_is_asked(cast: Cast, values: dict[str, str], expected: str | None) -> None:
    Contact.objects.filter(pk=cast.alice.pk).update(kind="agency")
    notary = add_contact("notary", cast.alpha)
    Contact.objects.filter(pk=notary.pk).update(kind="notary")
    house = since(add_unpaid("Maison", "150", user=cast.bob, contacts=[cast.alice, notary]), date(2026, 11, 1))
    Dossier.objects.filter(pk=house.pk).update(**values)
    remind_due(today=TODAY)
    own = {"alice": cast.alice.user.email, "notary": notary.user.email}
    assert [mail.to for mail in mails()] == ([own.get(expected, expected)] if expected else [])


def test_two_agencies_without_a_name_that_tells_which(cast: Cast) -> None:
    Contact.objects.update(kind="agency")
    house = since(add_unpaid("Maison", "150", user=cast.bob, contacts=[cast.charlie, cast.alice]), date(2026, 11, 1))
    Dossier.objects.filter(pk=house.pk).update(payer="agency", payer_name="Agence Inconnue")
    assert remind_due(today=TODAY).left_out == {"nobody": 1}
    Dossier.objects.filter(pk=house.pk).update(payer_name="AGENCE ALICE")
    remind_due(today=TODAY)
    assert [mail.to for mail in mails()] == [cast.alice.user.email]


# --- the mail ---------------------------------------------------------------------------------------------------------


def test_the_mail_arrives_in_its_readers_language_with_the_way_to_pay(cast: Cast, mailbox: Box) -> None:
    add_account()
    cast.alice.user.language = "en"
    cast.alice.user.save()
    house = owed("Maison", cast)
    Dossier.objects.filter(pk=house.pk).update(reference="2026-7")
    owed("Cale", cast, to=cast.charlie)
    assert sent(TODAY) == 2
    run_jobs()
    in_english, in_french = mailbox.last("alice@"), mailbox.last("charlie@")
    assert str(in_english["Subject"]) == "Reminder: €150.00 to pay — 2026-7 — Maison"
    assert "Pay on line" in html_of(in_english)
    assert "Unless we are mistaken" in text_of(in_english)
    assert "Sauf erreur" in text_of(in_french)
    assert "Payer en ligne" in html_of(in_french)
    assert "anna@alpha.example" in text_of(in_french), "where answers go"
    link = next(link for link in links_of(in_french) if link.startswith("/payer/"))
    page = at_host("alpha").get(link)
    assert page.status_code == 200
    assert "Cale" in page.content.decode()
    event = DossierEvent.objects.filter(kind=EventKind.UNPAID_REMINDED).get(dossier=house)
    assert (event.contact_id, event.actor_id, event.subject) == (cast.alice.pk, None, cast.alice.user.email)


def test_without_means_to_pay_on_line_the_mail_says_how(cast: Cast) -> None:
    owed("Maison", cast)
    assert sent(TODAY) == 1
    assert "/payer/" not in mails()[0].text
    assert "prendre contact" in mails()[0].text
    add_manual_account()
    owed("Cale", cast)
    assert sent(TODAY) == 1
    assert "IBAN FR00" in mails()[1].text
    assert "/payer/" in mails()[1].text


def test_the_firms_own_words_are_filled_in_once(cast: Cast) -> None:
    BillingSettings.objects.update(
        reminder_subject="Relance {{ TOTAL }}",
        reminder_text="Bonjour {{client}},\n\n{{dossiers}} : {{total}} au {{date}}.\n{{cabinet}} / {{firm}}",
    )
    Contact.objects.filter(pk=cast.alice.pk).update(company="{{total}} {{firm}}")
    owed("Maison {{client}}", cast)
    assert sent(TODAY) == 1
    (mail,) = mails()
    assert mail.subject.startswith("Relance 150,00")
    assert "Bonjour {{total}} {{firm}}," in mail.text, "what a name brings is no tag"
    assert "Maison {{client}} : 150,00" in mail.text
    assert "Cabinet Alpha / Cabinet Alpha" in mail.text


def test_no_name_brings_a_link_a_line_or_markup(cast: Cast, mailbox: Box) -> None:
    evil = "Gagnez http://evil.example/x www.evil.example\r\nBcc: x@evil.example <b>\u202e<script>alert(1)</script>"
    Contact.objects.filter(pk=cast.alice.pk).update(company=evil[:120], name="x")
    house = owed("Maison", cast)
    Dossier.objects.filter(pk=house.pk).update(title=evil, reference="a\nhttps://evil.example")
    with public_context():
        look = cast.alpha.branding
        look.site_name = "Cabinet evil.example http://evil.example"
        look.save()
    add_account()
    assert sent(TODAY) == 1
    run_jobs()
    (mail,) = mailbox.mails()
    assert mail["Bcc"] is None
    for text in (text_of(mail), html_of(mail), str(mail["Subject"])):
        ours = text.split("\n-- \n")[0].split('class="foot"')[0].split("</title>")[-1]
        body = re.sub(r"Cabinet evil\.example http://evil\.example", "", ours)
        assert "http://evil" not in body
        assert "https://evil" not in body
        assert "www.evil" not in body
        assert "\u202e" not in body
    assert "<script>" not in html_of(mail)
    links = set(re.findall(r'href="([^"]+)"', html_of(mail)))
    assert all(link.startswith("http://alpha.localhost") for link in links), links


# --- at once ----------------------------------------------------------------------------------------------------------


def queries(today: date) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert sent(today) == 1
    return len(without_set(captured))


def test_a_hundred_dossiers_cost_the_same_as_one(cast: Cast) -> None:
    add_account()
    owed("Première", cast)
    first = queries(TODAY)
    UnpaidReminder.objects.all().delete()
    for rank in range(99):
        owed(f"Dossier {rank}", cast)
    assert queries(TODAY) == first
    assert UnpaidReminder.objects.count() == 100


def test_by_hand_a_reminder_leaves_when_it_is_wanted_and_not_twice(cast: Cast) -> None:
    house = owed("Maison", cast, at=TODAY)
    archive_dossiers([house], user=cast.bob)
    done = remind_by_hand([house], user=cast.bob)
    assert (done.mails, done.dossiers) == (1, 1)
    assert "bob@alpha.example" in mails()[0].text, "answers go to whoever asks"
    assert remind_by_hand([house], user=cast.anna).left_out == {"just_told": 1}
    UnpaidReminder.objects.update(sent_at=timezone.now() - timedelta(hours=13))
    assert remind_by_hand([house], user=cast.bob).mails == 1
    rows = UnpaidReminder.objects.order_by("id")
    assert [(row.number, row.by_hand) for row in rows] == [(1, True), (2, True)]
    assert DossierEvent.objects.filter(kind=EventKind.UNPAID_REMINDED, actor=cast.bob).count() == 2


def test_by_hand_nobody_is_reminded_of_what_was_stopped_paid_or_is_being_paid(cast: Cast) -> None:
    stopped, paid, paying, binned = (owed(name, cast) for name in ("Ancre", "Bouée", "Cale", "Digue"))
    stop = stop_reminding(stopped, user=cast.bob)
    assert stop_reminding(stopped, user=cast.anna).stopped_by == stop.stopped_by == str(cast.bob)
    set_paid([paid], paid=True, user=cast.bob)
    attempt(paying, at=LONG_AGO, capture_ref="pi_1")
    delete_dossiers([binned], user=cast.bob)
    done = remind_by_hand([stopped, paid, paying, binned], user=cast.bob)
    assert (done.mails, done.left_out) == (0, {"nothing": 2, "stopped": 1, "confirming": 1})
    assert mails() == []
    assert ReminderStop.objects.count() == 1
