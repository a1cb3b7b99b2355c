"""Text messages on their way: four carriers, once each, tried again, held, stopped; what the carriers tell."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from kernel.errors import DomainError
from kernel.tenancy import firm_context
from mail.actions.sms import queue_sms, resend_sms, send_queued_sms
from mail.actions.sms_account import check_carrier, set_up_carrier, switch_off_sms
from mail.actions.sms_news import STOP_WORDS, stop_number
from mail.actions.sms_number import note_consent
from mail.models import OutgoingMail, OutgoingSms, SmsAccount, SmsConsent, SmsModel, SmsSettings, StoppedNumber
from mail.sms.enums import SmsKind, SmsState
from tests.factories.cast import Cast
from tests.gateways.server import Delivery
from tests.gateways.sms import BLACKLISTED, KEYS, SmsStandIn, twilio_call
from tests.mail.sms_world import MONDAY, SUNDAY, at, carriers, hand_in, order, queued, reread, set_up
from tests.support import run_jobs

CARRIERS = ("ovh", "brevo", "twilio", "smsmode")
DATABASE = pytest.mark.django_db


@pytest.fixture
def double(settings: Any) -> Iterator[SmsStandIn]:
    with carriers(settings) as stand_in:
        yield stand_in


@DATABASE
@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_message_leaves_and_what_becomes_of_it_comes_back(double: SmsStandIn, cast: Cast, carrier: str) -> None:
    with firm_context("firm_alpha"):
        account = set_up(carrier, kinds=(SmsKind.DOSSIER,), signature="Cabinet Alpha")
        assert account.credit
        sms, failing = queued(contact_code="abc", about="Maison"), queued()
    double.ovh_callback = f"http://alpha.localhost/notifications/sms/{account.token}/"
    run_jobs()
    sent = reread(sms)
    assert (sent.state, sent.carrier, sent.attempts, sent.error) == ("sent", carrier, 1, "")
    one, other = double.texts
    assert one.to == "+33612345678"
    told = "Alpha : vos diagnostics pour Maison sont disponibles : https://alpha.example/d/1/"
    assert one.text == f"{told}\nCabinet Alpha"
    assert (one.sender, one.is_unicode) == ("ARMOR", False)
    assert one.reference in {sms.code, ""}
    assert one.callback == double.ovh_callback
    assert sent.provider_ref == one.ref
    assert hand_in(double.status(one)) == 200
    assert hand_in(double.status(one, failed=True)) == 200, "too late: it was delivered"
    assert hand_in(double.status(other, failed=True)) == 200
    delivered, failed = reread(sms), reread(failing)
    assert (delivered.state, failed.state) == ("delivered", "failed")
    assert delivered.delivered_at is not None
    assert failed.error
    # what somebody answers
    assert hand_in(double.reply(one, "Merci, à demain")) == 200
    assert hand_in(double.reply(one, "Arrêt svp")) == 200
    with firm_context("firm_alpha"):
        assert OutgoingMail.objects.filter(kind="sms_answer", text__contains="Merci, à demain").count() == 1
        assert StoppedNumber.objects.get().number == "+33612345678"
        again = queued()
    run_jobs()
    assert reread(again).state == "stopped"
    assert len(double.texts) == 2
    with firm_context("firm_alpha"):
        assert SmsAccount.objects.get().last_called_at is not None


@DATABASE
@pytest.mark.parametrize("carrier", CARRIERS)
def test_wrong_keys_are_not_kept_and_right_ones_are_sealed(double: SmsStandIn, cast: Cast, carrier: str) -> None:
    with firm_context("firm_alpha"):
        secret = next(reversed([name for name in KEYS[carrier] if name not in {"messaging_service", "service"}]))
        wrong = KEYS[carrier] | {secret: KEYS[carrier][secret] + "x"}
        with pytest.raises(DomainError) as raised:
            set_up_carrier(carrier, wrong)
        assert raised.value.code == "refused"
        assert not SmsAccount.objects.exists()
        account = set_up_carrier(carrier, KEYS[carrier])
        assert KEYS[carrier][secret] not in account.sealed + str(account.identifiers)
        # an empty secret is the stored one; another carrier takes its place
        kept = set_up_carrier(carrier, KEYS[carrier] | {secret: ""})
        assert (kept.pk, kept.token) == (account.pk, account.token)
        other = next(each for each in CARRIERS if each != carrier)
        set_up_carrier(other, KEYS[other])
        assert list(SmsAccount.objects.filter(is_active=True).values_list("carrier", flat=True)) == [other]
        double.busy = 2
        with pytest.raises(DomainError) as raised:
            set_up_carrier(carrier, KEYS[carrier])
        assert raised.value.code == "unavailable"
        assert check_carrier(SmsAccount.objects.get(carrier=other)).error
        double.busy = 0
        SmsAccount.objects.update(sealed="rubbish")
        assert check_carrier(SmsAccount.objects.get(carrier=other)).error
    assert double.texts == []


@DATABASE
@pytest.mark.parametrize("carrier", ["ovh", "brevo", "twilio"])
def test_a_number_on_the_carriers_own_list_is_stopped_here_too(double: SmsStandIn, cast: Cast, carrier: str) -> None:
    with firm_context("firm_alpha"):
        set_up(carrier, kinds=(SmsKind.DOSSIER,))
        told = {"kind": "dossier", "sender": "A1", "text": "x", "encoding": "gsm7", "parts": 1}
        sms = OutgoingSms.objects.create(to=BLACKLISTED, **told)
        send_queued_sms(sms_id=sms.pk)
        assert StoppedNumber.objects.get().number == BLACKLISTED
    assert reread(sms).state == "stopped"


@DATABASE
def test_a_busy_carrier_is_asked_again_later_and_given_up_in_the_end(
    double: SmsStandIn, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(MONDAY, monkeypatch)
    with firm_context("firm_alpha"):
        set_up(kinds=(SmsKind.DOSSIER,))
        sms = queued()
        double.busy = 1
        send_queued_sms(sms_id=sms.pk)
    waiting = reread(sms)
    assert (waiting.state, waiting.attempts, waiting.due_at) == ("queued", 1, MONDAY + timedelta(seconds=60))
    assert "429" in waiting.error
    with firm_context("firm_alpha"):
        send_queued_sms(sms_id=sms.pk)
        assert double.texts == [], "too early"
        at(MONDAY + timedelta(minutes=2), monkeypatch)
        double.trouble = ["500"]
        send_queued_sms(sms_id=sms.pk)
        assert reread(sms).attempts == 2
        at(MONDAY + timedelta(hours=2), monkeypatch)
        send_queued_sms(sms_id=sms.pk)
        send_queued_sms(sms_id=sms.pk)
        assert (reread(sms).state, len(double.texts)) == ("sent", 1)
        lost = queued()
        double.busy = 99
        for day in range(1, 8):
            at(MONDAY + timedelta(days=day), monkeypatch)
            send_queued_sms(sms_id=lost.pk)
        assert (reread(lost).state, reread(lost).attempts) == ("failed", 6)
        double.busy = 0
        again = resend_sms(reread(lost), user_name="Anna")
        run_jobs()
        assert reread(again).state == "sent"
        with pytest.raises(DomainError):
            resend_sms(reread(again), user_name="Anna")


@DATABASE
@pytest.mark.parametrize("trouble", ["slow", "cut_after"])
def test_a_message_whose_answer_is_lost_is_not_sent_twice(double: SmsStandIn, cast: Cast, trouble: str) -> None:
    with firm_context("firm_alpha"):
        set_up("smsmode", kinds=(SmsKind.DOSSIER,))
        sms = queued()
        double.trouble = [trouble]
    run_jobs()
    failed = reread(sms)
    assert (failed.state, failed.attempts) == ("failed", 1)
    assert failed.error
    assert len(double.texts) <= 1


@DATABASE
def test_a_run_that_died_in_the_call_leaves_the_message_alone(double: SmsStandIn, cast: Cast) -> None:
    with firm_context("firm_alpha"):
        set_up(kinds=(SmsKind.DOSSIER,))
        sms = queued()
        OutgoingSms.objects.update(called_at=MONDAY, attempts=1)
    run_jobs()
    assert (reread(sms).state, double.texts) == ("failed", [])
    # and nothing is sent of what its cause takes back
    with firm_context("firm_alpha"), transaction.atomic():
        queued()
        transaction.set_rollback(True)
    assert run_jobs() == 0


def test_two_workers_with_the_same_message_send_it_once(own_database: str, double: SmsStandIn) -> None:
    with firm_context("firm_alpha"):
        set_up("twilio", kinds=(SmsKind.DOSSIER,))
        sms = queued()

    def work() -> None:
        try:
            with firm_context("firm_alpha"):
                send_queued_sms(sms_id=sms.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(double.texts) == 1


@DATABASE
def test_reminders_wait_for_the_hour_and_what_is_expected_does_not(
    double: SmsStandIn, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(SUNDAY, monkeypatch)
    with firm_context("firm_alpha"):
        set_up(kinds=(SmsKind.DOSSIER, SmsKind.VISIT_REMINDER))
        now = queued()
        held, late, stopped = (
            queued(SmsKind.VISIT_REMINDER, phone=phone, expires_at=expires)
            for phone, expires in [
                ("06 12 34 56 78", None),
                ("06 22 34 56 78", MONDAY - timedelta(hours=3)),
                ("0692 12 34 56", None),
            ]
        )
    run_jobs()
    assert reread(now).state == "sent"
    assert (reread(held).state, reread(held).due_at) == ("held", MONDAY - timedelta(hours=2))
    assert reread(stopped).due_at == datetime(2026, 11, 30, 4, tzinfo=UTC), "eight o'clock in Réunion"
    with firm_context("firm_alpha"):
        stop_number("+262692123456", said="STOP")
        at(MONDAY, monkeypatch)
        for sms in (held, late, stopped):
            send_queued_sms(sms_id=sms.pk)
    assert [reread(sms).state for sms in (held, late, stopped)] == ["sent", "failed", "stopped"]
    assert len(double.texts) == 2


@DATABASE
def test_no_more_leave_in_a_day_than_the_firm_wants(
    double: SmsStandIn, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(MONDAY, monkeypatch)
    with firm_context("firm_alpha"):
        set_up(kinds=(SmsKind.DOSSIER,), most_a_day=2)
        rows = [queued() for _ in range(3)]
    run_jobs()
    assert [reread(sms).state for sms in rows] == ["sent", "sent", "held"]
    assert reread(rows[2]).due_at == datetime(2026, 12, 1, 7, tzinfo=UTC)


@DATABASE
def test_what_is_off_or_reaches_nobody_makes_no_message(double: SmsStandIn, cast: Cast) -> None:
    with firm_context("firm_alpha"):
        assert queue_sms(order()) is None, "no account"
        set_up(kinds=(SmsKind.DOSSIER,))
        assert queue_sms(order(SmsKind.VISIT)) is None, "no text"
        for phone in ("01 45 67 89 01", "", "x", "+32 470 12 34 56"):
            assert queue_sms(order(phone=phone)) is None
        SmsSettings.objects.update(writes_abroad=True, needs_consent=True)
        assert queue_sms(order()) is None
        note_consent("+33612345678", given_on=MONDAY.date(), how="", noted_by="Bob")
        assert queue_sms(order()) is not None
        SmsModel.objects.filter(language="en").update(is_active=False)
        spoken = queue_sms(order(language="en"))
        assert spoken is not None
        assert "disponibles" in spoken.text, "in whichever language it is sent"
        stop_number("+33612345678", noted_by="Bob")
        assert not SmsConsent.objects.exists()
        with pytest.raises(DomainError):
            note_consent("+33612345678", given_on=MONDAY.date(), how="", noted_by="Bob")
        switch_off_sms()
        assert queue_sms(order()) is None


@DATABASE
def test_special_characters_are_replaced_unless_the_firm_wants_them(double: SmsStandIn, cast: Cast) -> None:
    values = {"cabinet": "Alpha", "dossier": "Zoë’s « âtre »", "lien": "https://a.example/"}
    with firm_context("firm_alpha"):
        set_up("smsmode", kinds=(SmsKind.DOSSIER,))
        plain = queued(values=values)
        SmsSettings.objects.update(makes_plain=False)
        rich = queued(values=values)
    run_jobs()
    assert (plain.encoding, rich.encoding) == ("gsm7", "ucs2")
    assert [one.is_unicode for one in double.texts] == [False, True]
    assert 'Zoe\'s " atre "' in double.texts[0].text


@DATABASE
def test_calls_that_are_none_change_nothing(double: SmsStandIn, cast: Cast) -> None:
    with firm_context("firm_alpha"):
        account = set_up("twilio", kinds=(SmsKind.DOSSIER,))
        sms = queued()
    run_jobs()
    (one,) = double.texts
    good = double.status(one)
    forged = Delivery(good.url, good.body.replace(b"delivered", b"failed"), good.headers)
    assert hand_in(forged) == 400
    assert hand_in(Delivery(good.url, good.body, {"Content-Type": good.headers["Content-Type"]})) == 400
    assert hand_in(Delivery(good.url.replace(account.token, "x"), good.body, good.headers)) == 404
    assert hand_in(good, host="beta") == 404
    assert hand_in(Delivery(good.url, b"x" * 70_000, good.headers)) == 413
    assert hand_in(twilio_call(good.url, {"From": "\x00", "Body": "STOP"})) == 200
    assert reread(sms).state == "sent"
    with firm_context("firm_alpha"):
        assert not StoppedNumber.objects.exists()
    for _ in range(40):
        status = hand_in(forged)
    assert status == 429
    for body in (b"", b"[]", b"{", b"null", b'{"msg_status": 3}', b'{"reply": {"a": []}, "to": []}', b"[" * 50_000):
        with firm_context("firm_alpha"):
            brevo = set_up("brevo") if not SmsAccount.objects.filter(carrier="brevo").exists() else None
            token = SmsAccount.objects.get(carrier="brevo").token
        assert brevo is None or brevo.is_active
        address = f"http://alpha.localhost/notifications/sms/{token}/"
        assert hand_in(Delivery(address, body, {"Content-Type": "application/json"})) in {200, 400}


@DATABASE
def test_a_state_that_comes_before_our_own_note_is_kept_for_later(double: SmsStandIn, cast: Cast) -> None:
    with firm_context("firm_alpha"):
        account = set_up("smsmode", kinds=(SmsKind.DOSSIER,))
        sms = queued()
    run_jobs()
    with firm_context("firm_alpha"):
        OutgoingSms.objects.update(provider_ref="")
    assert hand_in(double.status(double.texts[0])) == 200
    with firm_context("firm_alpha"):
        OutgoingSms.objects.update(provider_ref=double.texts[0].ref)
    assert account.carrier == "smsmode"
    assert run_jobs() == 1
    assert reread(sms).state == SmsState.DELIVERED


def test_the_words_that_stop_are_folded() -> None:
    assert all(word == word.lower() and word.isascii() for word in STOP_WORDS)
