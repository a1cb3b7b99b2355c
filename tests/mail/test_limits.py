"""How many mails leave in an hour: what is more waits its turn, and nothing is lost or sent twice."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from kernel.tenancy import firm_context
from mail.actions.outgoing import queue_mail, send_queued_mail
from mail.actions.retention import forget_mails
from mail.content import Attachment, MailContent
from mail.models import MailAttachment, MailState, OutgoingMail, SendingHour
from mail.rules import Limits, first_free_hour, pause_after, wait_after
from tests.support import Box, run_jobs

CONTENT = MailContent(subject="Votre dossier", paragraphs=["Il est là."])
NOON = datetime(2026, 11, 29, 12, 34, tzinfo=UTC)


def hour(step: int) -> datetime:
    return datetime(2026, 11, 29, 12, tzinfo=UTC) + timedelta(hours=step)


@pytest.mark.parametrize(
    ("taken", "limits", "free"),
    [
        ({}, Limits(2, None), 0),
        ({0: 1}, Limits(2, None), 0),
        ({0: 2, 1: 2, 2: 1}, Limits(2, None), 2),
        ({-1: 50}, Limits(2, None), 0),
        ({-23: 3}, Limits(None, 3), 1),
        ({-3: 2, 0: 1}, Limits(None, 3), 21),
        ({5: 3}, Limits(None, 3), 29),
        ({0: 2, -10: 2}, Limits(2, 4), 14),
    ],
)
def test_the_first_free_hour(taken: dict[int, int], limits: Limits, free: int) -> None:
    found = first_free_hour({hour(step): count for step, count in taken.items()}, limits, now=NOON)
    assert found == hour(free)


def test_waits_grow_and_end() -> None:
    for waits in ([wait_after(n) for n in range(1, 20)], [pause_after(n) for n in range(1, 20)]):
        assert waits == sorted(waits)
        assert waits[-1] <= timedelta(hours=4)


@pytest.mark.django_db
def test_over_the_limit_mails_wait_their_turn_but_those_that_must_arrive(mailbox: Box, settings: Any) -> None:
    settings.MAIL_HOUR_LIMIT, settings.MAIL_DAY_LIMIT = 3, 100
    with firm_context("firm_alpha"):
        mails = [queue_mail(to=f"{n}@client.example", content=CONTENT, kind="test") for n in range(8)]
        queue_mail(to="reset@client.example", content=CONTENT, kind="password_reset")
        run_jobs()
        assert [str(mail["To"]) for mail in mailbox.mails()] == [
            "0@client.example",
            "1@client.example",
            "2@client.example",
            "reset@client.example",
        ]
        due = list(OutgoingMail.objects.filter(state=MailState.QUEUED).order_by("pk").values_list("due_at", flat=True))
        now = timezone.now().replace(minute=0, second=0, microsecond=0)
        assert due == [now + timedelta(hours=step) for step in (1, 1, 1, 2, 2)]
        assert sum(SendingHour.objects.values_list("taken", flat=True)) == 9
    with firm_context("firm_beta"):
        queue_mail(to="beta@client.example", content=CONTENT, kind="test")
    run_jobs()
    assert len(mailbox.mails()) == 5, "another firm's places are its own"
    with firm_context("firm_alpha"):
        OutgoingMail.objects.filter(state=MailState.QUEUED).update(due_at=timezone.now())
        for mail in mails:
            send_queued_mail(mail_id=mail.pk)
        assert not OutgoingMail.objects.filter(state=MailState.QUEUED).exists()
    assert len({str(mail["To"]) for mail in mailbox.mails()}) == len(mailbox.mails()) == 10


@pytest.mark.django_db
def test_old_mails_lose_their_words_then_their_line(mailbox: Box) -> None:
    with firm_context("firm_alpha"):
        content = MailContent(subject="a", paragraphs=["b"], attachments=[Attachment("a.txt", "text/plain", b"c")])
        mails = [queue_mail(to=f"{n}@client.example", content=content, kind="test") for n in range(4)]
        waits = mails[3]
        OutgoingMail.objects.exclude(pk=waits.pk).update(state=MailState.FAILED)
        for mail, days in zip(mails, (1, 91, 396, 500), strict=True):
            OutgoingMail.objects.filter(pk=mail.pk).update(created_at=timezone.now() - timedelta(days=days))
        SendingHour.objects.create(route="own", hour=timezone.now() - timedelta(days=3), taken=2)
        forget_mails()
        kept = {mail.pk: bool(mail.text) for mail in OutgoingMail.objects.all()}
        assert kept == {mails[0].pk: True, mails[1].pk: False, waits.pk: True}
        assert not bytes(MailAttachment.objects.get(mail=mails[1]).data)
        assert not SendingHour.objects.exists()
