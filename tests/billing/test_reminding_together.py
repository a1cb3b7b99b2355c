"""Reminders when two do it at once, and when a job is killed in the middle: one mail, whatever happens."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from billing.actions import reminding
from billing.actions.reminding import remind_by_hand, remind_due, stop_reminding
from billing.models import BillingSettings, UnpaidReminder
from billing.queries.reminder import groups_of
from billing.rules import next_sending_day
from extranet.actions.payment_state import set_paid
from extranet.models import Dossier, DossierEvent
from kernel.tenancy import firm_context
from mail.actions.outgoing import queue_mail
from mail.models import OutgoingMail
from tests.billing.scripted import add_account, add_unpaid
from tests.factories.cast import Cast, add_cast
from tests.together import at_once

TODAY = next_sending_day(datetime.now(UTC).date())


@pytest.fixture
def crowd(own_database: str) -> tuple[Cast, list[Dossier]]:
    """Eight dossiers of Alice and Charlie that are due today."""
    cast = add_cast()
    with firm_context("firm_alpha"):
        add_account()
        BillingSettings.objects.update(remind_unpaid=True)
        made = [
            add_unpaid(f"Dossier {rank}", "10", user=cast.bob, contacts=[cast.alice if rank % 2 else cast.charlie])
            for rank in range(8)
        ]
        waited = datetime.now(UTC) - timedelta(days=30)
        Dossier.objects.update(created_at=waited, payment_changed_at=waited)
    return cast, made


def mails() -> list[str]:
    with firm_context("firm_alpha"):
        return sorted(OutgoingMail.objects.filter(kind="unpaid_reminder").values_list("to", flat=True))


def test_two_jobs_at_once_send_one_mail_each(crowd: tuple[Cast, list[Dossier]]) -> None:
    results = at_once([lambda: remind_due(today=TODAY).mails] * 6)
    assert sum(int(str(count)) for count in results) == 2
    assert mails() == ["alice@client.example", "charlie@client.example"]
    with firm_context("firm_alpha"):
        assert UnpaidReminder.objects.count() == 8
        assert DossierEvent.objects.filter(kind="unpaid_reminded").count() == 8


def test_a_person_and_the_clock_at_once_send_one_mail(crowd: tuple[Cast, list[Dossier]]) -> None:
    cast, dossiers = crowd
    at_once(
        [
            *[lambda: remind_due(today=TODAY)] * 2,
            *[lambda: remind_by_hand(reversed(dossiers), user=cast.bob)] * 2,
        ]
    )
    assert mails() == ["alice@client.example", "charlie@client.example"]
    with firm_context("firm_alpha"):
        assert UnpaidReminder.objects.count() == 8


def test_what_is_paid_or_stopped_while_the_mail_is_made_is_not_asked_for(
    crowd: tuple[Cast, list[Dossier]], monkeypatch: pytest.MonkeyPatch
) -> None:
    cast, dossiers = crowd
    known = groups_of
    paid, stopped = dossiers[1], dossiers[3]
    first = threading.Event()

    def meanwhile(candidates: Any) -> Any:
        if not first.is_set():
            first.set()
            at_once(
                [lambda: set_paid([paid], paid=True, user=cast.bob), lambda: stop_reminding(stopped, user=cast.bob)]
            )
        return known(candidates)

    monkeypatch.setattr(reminding, "groups_of", meanwhile)
    with firm_context("firm_alpha"):
        done = remind_due(today=TODAY)
        asked = set(UnpaidReminder.objects.values_list("dossier_id", flat=True))
    assert (done.mails, done.dossiers) == (2, 6)
    assert not {paid.pk, stopped.pk} & asked


def test_a_killed_job_goes_on_where_it_was(crowd: tuple[Cast, list[Dossier]], monkeypatch: pytest.MonkeyPatch) -> None:
    real, count = queue_mail, 0

    def dies_at_the_second(**arguments: Any) -> Any:
        nonlocal count
        count += 1
        made = real(**arguments)
        if count == 2:
            raise KeyboardInterrupt
        return made

    monkeypatch.setattr(reminding, "queue_mail", dies_at_the_second)
    with firm_context("firm_alpha"), pytest.raises(KeyboardInterrupt):
        remind_due(today=TODAY)
    assert not connection.in_atomic_block
    assert len(mails()) == 1, "the second mail went back with its rows"
    with firm_context("firm_alpha"):
        assert UnpaidReminder.objects.count() == 4
    monkeypatch.undo()
    with firm_context("firm_alpha"):
        assert remind_due(today=TODAY).mails == 1
        assert remind_due(today=TODAY).mails == 0
        assert UnpaidReminder.objects.count() == 8
    assert mails() == ["alice@client.example", "charlie@client.example"]
