"""What providers tell us: kept once, whoever signs it wrongly is refused, and it alone moves nothing."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.actions.receiving import MANY_TRIES, drain_notifications, drain_what_is_left
from billing.enums import Mode, NotificationState, PaymentStatus
from billing.models import Credentials, Notification, Payment, ProviderAccount
from billing.providers.base import ProviderUnavailable
from billing.views.notify import FORGED_LIMIT, MAX_BYTES
from extranet.enums import PaymentState
from extranet.models import Dossier
from kernel.secrets import seal
from kernel.tenancy import firm_context
from tests.billing.scripted import (
    KEY,
    ScriptedProvider,
    add_account,
    add_manual_account,
    add_unpaid,
    begin,
    notify,
    signed,
)
from tests.factories.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


@pytest.fixture
def outside(host: Callable[[str], Client]) -> Client:
    return host("alpha")


def told_of(payment: Payment, number: int = 1, **more: Any) -> dict[str, Any]:
    return {"id": f"evt-{number}", "kind": "session.completed", "code": payment.code, **more}


def states() -> list[str]:
    return list(Notification.objects.order_by("pk").values_list("state", flat=True))


def test_genuine_notification_is_kept_once_and_its_truth_is_read(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, outside: Client, jobs: Callable[[], int]
) -> None:
    payment = begin([house], account)
    told = told_of(payment)
    assert notify(outside, account, told) == 200
    assert notify(outside, account, told) == 200
    kept = Notification.objects.get()
    assert kept.body == json.dumps(told)
    drain_notifications(account_id=account.pk)
    kept.refresh_from_db()
    assert kept.payment == payment
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.PENDING, "what it says is not believed"
    assert states() == [NotificationState.HANDLED]

    provider.session_of(payment).pay()
    assert notify(outside, account, told_of(payment, 2)) == 200
    drain_notifications(account_id=account.pk)
    house.refresh_from_db()
    assert house.payment_state == PaymentState.PAID
    assert states() == [NotificationState.HANDLED] * 2
    account.refresh_from_db()
    assert account.last_notified_at


def test_many_notifications_of_one_payment_are_one_question(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, outside: Client
) -> None:
    payment = begin([house], account)
    provider.session_of(payment).pay()
    for number in range(20):
        notify(outside, account, told_of(payment, number))
    provider.calls.clear()
    drain_notifications(account_id=account.pk)
    assert provider.calls == ["read"]
    assert states() == [NotificationState.HANDLED] * 20


def test_payment_is_found_by_the_providers_references(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, outside: Client
) -> None:
    payment = begin([house], account)
    provider.session_of(payment).pay()
    notify(outside, account, {"id": "a", "kind": "x", "refs": ["", payment.provider_ref]})
    drain_notifications(account_id=account.pk)
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.SUCCEEDED
    notify(outside, account, {"id": "b", "kind": "refunded", "refs": [payment.capture_ref]})
    drain_notifications(account_id=account.pk)
    assert Notification.objects.get(dedupe_key="b").payment == payment


def test_forged_notifications_change_nothing_and_soon_are_not_looked_at(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, outside: Client
) -> None:
    payment = begin([house], account)
    provider.session_of(payment).pay()
    told = told_of(payment)
    answers = [notify(outside, account, told, key="guessed") for _time in range(FORGED_LIMIT + 2)]
    assert set(answers[:FORGED_LIMIT]) == {400}
    assert answers[-1] == 429
    assert notify(outside, account, told) == 429, "nothing of this address is looked at"
    assert not Notification.objects.exists()
    account.refresh_from_db()
    assert account.last_rejected_at
    assert account.last_notified_at is None
    other = Client(headers={"host": "alpha.localhost"}, REMOTE_ADDR="192.0.2.7")
    assert notify(other, account, told) == 200


@pytest.mark.parametrize("cut", [b"", b"{", b"\xff\xfe", b"null"])
def test_what_is_no_message_is_refused(
    provider: ScriptedProvider, account: ProviderAccount, outside: Client, cut: bytes
) -> None:
    path = reverse("payment-notify", args=[account.token])
    assert outside.post(path, cut, content_type="application/json").status_code == 400


def test_truncated_body_is_refused(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, outside: Client
) -> None:
    body, headers = signed(told_of(begin([house], account)))
    path = reverse("payment-notify", args=[account.token])
    answer = outside.post(path, body[:-3], content_type="application/json", headers=headers)
    assert answer.status_code == 400
    assert not Notification.objects.exists()


def test_body_that_is_too_long_is_refused_unread(
    provider: ScriptedProvider, account: ProviderAccount, outside: Client
) -> None:
    body, headers = signed({"id": "x", "kind": "x", "filler": "z" * MAX_BYTES})
    path = reverse("payment-notify", args=[account.token])
    assert outside.post(path, body, content_type="application/json", headers=headers).status_code == 413


def test_nobody_answers_to_an_unknown_token_another_firms_or_a_manual_account(
    provider: ScriptedProvider, account: ProviderAccount, outside: Client, host: Callable[[str], Client]
) -> None:
    told = {"id": "x", "kind": "x"}
    assert notify(host("beta"), account, told) == 404
    assert notify(outside, add_manual_account(), told) == 404
    assert notify(outside, ProviderAccount(token="unknown"), told) == 404
    assert notify(host("alpha"), account, told) == 200
    path = reverse("payment-notify", args=[account.token])
    assert outside.get(path).status_code == 405


def test_another_firms_payment_cannot_be_moved_by_a_notification_of_ours(
    provider: ScriptedProvider, account: ProviderAccount, outside: Client, cast: Cast
) -> None:
    with firm_context("firm_beta"):
        other = add_account()
        theirs = begin([add_unpaid("Chez beta", "10.00", user=cast.dan)], other)
    provider.session_of(theirs).pay()
    assert notify(outside, account, told_of(theirs)) == 200
    Notification.objects.update(received_at=timezone.now() - timedelta(hours=1))
    drain_notifications(account_id=account.pk)
    assert states() == [NotificationState.IGNORED]
    with firm_context("firm_beta"):
        theirs.refresh_from_db()
        assert theirs.status == PaymentStatus.PENDING


def test_payment_of_another_account_of_the_firm_is_not_ours_to_tell(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, outside: Client
) -> None:
    payment = begin([house], add_account(key="another key"))
    notify(outside, account, told_of(payment, refs=[payment.provider_ref]))
    drain_notifications(account_id=account.pk)
    assert Notification.objects.get().payment is None


def test_keys_that_were_changed_meanwhile_still_open_what_was_on_its_way(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, outside: Client
) -> None:
    payment = begin([house], account)
    row = Credentials.objects.get(account=account)
    Credentials.objects.filter(pk=row.pk).update(sealed=seal({"key": "the new one"}), sealed_before=row.sealed)
    assert notify(outside, account, told_of(payment, 1), key=KEY) == 200
    assert notify(outside, account, told_of(payment, 2), key="the new one") == 200
    assert notify(outside, account, told_of(payment, 3), key="a third one") == 400


def test_keys_of_the_other_mode_are_tried_too(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, outside: Client
) -> None:
    payment = begin([house], account)
    Credentials.objects.create(account=account, mode=Mode.LIVE, sealed=seal({"key": "live key"}))
    ProviderAccount.objects.filter(pk=account.pk).update(mode=Mode.LIVE)
    assert notify(outside, account, told_of(payment)) == 200
    assert Notification.objects.get().mode == Mode.TEST


def test_secrets_that_cannot_be_opened_ask_the_provider_to_come_again(
    provider: ScriptedProvider, account: ProviderAccount, outside: Client
) -> None:
    with firm_context("firm_beta"):
        theirs = seal({"key": KEY})
    Credentials.objects.filter(account=account).update(sealed=theirs)
    assert notify(outside, account, {"id": "x", "kind": "x"}) == 503


def test_what_concerns_no_payment_is_not_kept(
    provider: ScriptedProvider, account: ProviderAccount, outside: Client
) -> None:
    assert notify(outside, account, {"id": "x", "kind": "invoice.created", "matters": False}) == 200
    assert not Notification.objects.exists()


def test_payment_that_cannot_be_read_keeps_no_other_waiting(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, outside: Client, cast: Cast
) -> None:
    flat = add_unpaid("Appartement", "20.00", user=cast.bob)
    first, second = begin([house], account), begin([flat], account)
    for rank, payment in enumerate((first, second)):
        provider.session_of(payment).pay()
        notify(outside, account, told_of(payment, rank))
    provider.trouble.append(ProviderUnavailable("500"))
    drain_notifications(account_id=account.pk)
    assert states() == [NotificationState.FAILED, NotificationState.HANDLED]
    flat.refresh_from_db()
    assert flat.payment_state == PaymentState.PAID
    drain_notifications(account_id=account.pk)
    assert states() == [NotificationState.HANDLED] * 2
    house.refresh_from_db()
    assert house.payment_state == PaymentState.PAID


def test_provider_that_is_down_is_not_asked_about_each_payment(
    provider: ScriptedProvider, account: ProviderAccount, outside: Client, cast: Cast
) -> None:
    for rank in range(6):
        payment = begin([add_unpaid(f"Maison {rank}", "20.00", user=cast.bob)], account)
        notify(outside, account, told_of(payment, rank))
    provider.calls.clear()
    provider.trouble.extend([ProviderUnavailable("down")] * 10)
    drain_notifications(account_id=account.pk)
    assert provider.calls == ["read"] * 3
    provider.trouble.clear()
    drain_notifications(account_id=account.pk)
    assert states() == [NotificationState.HANDLED] * 6


def test_notification_that_comes_before_its_payment_is_written_waits_for_it(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, outside: Client
) -> None:
    notify(outside, account, {"id": "early", "kind": "x", "refs": ["ses-0"]})
    drain_notifications(account_id=account.pk)
    assert states() == [NotificationState.FAILED]
    payment = begin([house], account)
    provider.session_of(payment).pay()
    drain_notifications(account_id=account.pk)
    assert states() == [NotificationState.HANDLED]
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.SUCCEEDED


def test_night_tries_again_what_failed_often(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, outside: Client
) -> None:
    payment = begin([house], account)
    notify(outside, account, told_of(payment))
    Notification.objects.update(
        attempts=MANY_TRIES, state=NotificationState.FAILED, received_at=timezone.now() - timedelta(days=2)
    )
    drain_notifications(account_id=account.pk)
    assert states() == [NotificationState.FAILED]
    drain_what_is_left()
    drain_notifications(account_id=account.pk)
    assert states() == [NotificationState.HANDLED]
