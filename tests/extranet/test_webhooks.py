"""Webhooks: what is told, how it is signed, how often it is tried, when an address is given up."""

import base64
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import User
from extranet.actions.webhook import (
    MOST_ENDPOINTS,
    OVERLAP,
    create_endpoint,
    delete_endpoint,
    edit_endpoint,
    rotate_secret,
    switch_endpoint,
)
from extranet.actions.webhook_delivery import (
    GIVE_UP_AFTER,
    JITTER,
    WAITS,
    attempt,
    replay_delivery,
    replay_failed,
    rescue_deliveries,
    send_delivery,
    send_ping,
)
from extranet.actions.webhook_emit import emit
from extranet.actions.webhook_retention import forget_webhook_events
from extranet.enums_webhook import DeliveryState, DeliveryTrouble, OffReason
from extranet.models import SettingChange, WebhookDelivery, WebhookEndpoint, WebhookEvent
from extranet.webhook_kinds import KINDS
from extranet.webhook_sending import sign
from kernel.errors import DomainError
from kernel.secrets import unseal
from kernel.tenancy import firm_context
from tests.extranet.receivers import Call, Receiver, hanging_up, receiver
from tests.factories.cast import Cast
from tests.support import Box, run_jobs, without_set

pytestmark = pytest.mark.django_db
EXAMPLE = Path("extranet/templates/extranet/office/webhook/verify.py.txt")


@pytest.fixture(autouse=True)
def _alpha(db: None) -> Iterator[None]:
    with firm_context("firm_alpha"):
        yield


@pytest.fixture
def host() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def add_hook(host: Receiver, by: User, *kinds: str) -> tuple[WebhookEndpoint, str]:
    return create_endpoint(url=host.url, kinds=kinds or list(KINDS), by=by)


def tell(count: int = 1) -> None:
    """Notes events of the first kind, with the data of its sample."""
    emit("dossier.published", range(count), lambda _one: KINDS["dossier.published"].sample)


def delivery() -> WebhookDelivery:
    return WebhookDelivery.objects.select_related("endpoint", "event").get()


def is_genuine(secret: str, call: Call) -> bool:
    """Checks by the example that the guide shows."""
    scope: dict[str, Any] = {}
    exec(EXAMPLE.read_text(), scope)
    return bool(scope["is_from_diagdesk"](secret, call.headers, call.body))


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(DomainError) as error:
        yield
    assert error.value.code == code


def make_due(of: WebhookDelivery) -> None:
    WebhookEndpoint.objects.update(paused_until=None)
    WebhookDelivery.objects.filter(pk=of.pk).update(next_at=timezone.now())


def test_a_signature_is_that_of_the_specification() -> None:
    """The vector that the specification's own libraries are tested with."""
    wanted = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    secret, message_id = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    assert sign(secret, message_id=message_id, timestamp=1614265330, body=b'{"test": 2432232314}') == wanted
    with pytest.raises(ValueError, match="base64"):
        sign("whsec_%%%", message_id=message_id, timestamp=1, body=b"")


def test_an_event_arrives_signed_and_is_noted(cast: Cast, host: Receiver) -> None:
    endpoint, secret = add_hook(host, cast.anna)
    tell()
    run_jobs()
    (call,) = host.calls
    assert is_genuine(secret, call)
    assert not is_genuine(secret, Call(call.path, call.headers, call.body + b" "))
    assert not is_genuine("whsec_" + base64.b64encode(b"other").decode(), call)
    told = json.loads(call.body)
    assert told["type"] == "dossier.published"
    assert told["data"] == KINDS["dossier.published"].sample
    noted = delivery()
    assert call.headers["webhook-id"] == noted.event.code
    assert call.headers["content-type"] == "application/json"
    assert abs(int(call.headers["webhook-timestamp"]) - time.time()) < 60
    assert (noted.state, noted.status, noted.attempts, noted.response) == (DeliveryState.DELIVERED, 200, 1, "ok")
    assert noted.request_headers["webhook-signature"] == call.headers["webhook-signature"]
    endpoint.refresh_from_db()
    assert endpoint.last_delivered_at is not None
    assert secret not in endpoint.sealed
    send_delivery(delivery_id=noted.pk)
    assert len(host.calls) == 1, "a job that runs again sends nothing"


def test_an_event_goes_to_whoever_wants_it_alone_and_costs_one_query_where_nobody_does(
    cast: Cast, host: Receiver
) -> None:
    with CaptureQueriesContext(connection) as queries:
        tell(50)
    assert len(without_set(queries)) == 1
    endpoint, _secret = add_hook(host, cast.anna, "dossier.paid")
    tell()
    switch_endpoint(endpoint, is_active=False, by=cast.anna)
    emit("dossier.paid", [1], lambda _one: KINDS["dossier.paid"].sample)
    assert not WebhookEvent.objects.exists()
    edit_endpoint(endpoint, url=host.url, description="", kinds=["dossier.published"], by=cast.anna)
    switch_endpoint(endpoint, is_active=True, by=cast.anna)
    with pytest.raises(LookupError):
        emit("dossier.published", [1], lambda _one: {"dossier": "x"})
    tell(3)
    run_jobs()
    assert len(host.calls) == len({call.headers["webhook-id"] for call in host.calls}) == 3


def test_what_fails_is_tried_again_for_three_days_and_then_given_up(cast: Cast, host: Receiver) -> None:
    host.status, host.text = 500, b"broken \x00 \xff" + b"x" * 5_000
    endpoint, _secret = add_hook(host, cast.anna)
    tell()
    for number, wait in enumerate(WAITS, start=1):
        send_delivery(delivery_id=delivery().pk)
        noted = delivery()
        assert (noted.state, noted.attempts, noted.status) == (DeliveryState.WAITING, number, 500)
        assert noted.next_at is not None
        assert noted.last_at is not None
        assert wait <= noted.next_at - noted.last_at < wait * (1 + JITTER) + timedelta(seconds=5)
        job = ProcrastinateJob.objects.filter(task_name__endswith="wake_delivery").latest("id")
        assert job.scheduled_at is not None
        assert abs(job.scheduled_at - noted.next_at) < timedelta(seconds=5)
        send_delivery(delivery_id=noted.pk)
        assert len(host.calls) == number, "not before its time"
        make_due(noted)
    send_delivery(delivery_id=delivery().pk)
    noted = delivery()
    assert (noted.state, noted.attempts, noted.next_at) == (DeliveryState.FAILED, len(WAITS) + 1, None)
    assert noted.trouble == DeliveryTrouble.STATUS
    assert "\x00" not in noted.response
    assert len(noted.response) <= 2_000
    assert sum(WAITS, timedelta()) > timedelta(days=3)
    assert len({call.headers["webhook-id"] for call in host.calls}) == 1
    assert len({call.body for call in host.calls}) == 1
    endpoint.refresh_from_db()
    assert endpoint.failures == len(WAITS) + 1
    assert endpoint.is_active


def test_a_second_attempt_that_is_taken_ends_it_and_heals_the_address(cast: Cast, host: Receiver) -> None:
    host.status = 503
    endpoint, _secret = add_hook(host, cast.anna)
    tell()
    send_delivery(delivery_id=delivery().pk)
    endpoint.refresh_from_db()
    assert endpoint.failing_since is not None
    host.status = 204
    make_due(delivery())
    send_delivery(delivery_id=delivery().pk)
    assert (delivery().state, delivery().trouble) == (DeliveryState.DELIVERED, "")
    healed = WebhookEndpoint.objects.get()
    assert (healed.failing_since, healed.failures) == (None, 0)


def test_whoever_does_not_answer_is_left_alone_for_a_while_and_who_asks_for_time_gets_it(
    cast: Cast, host: Receiver
) -> None:
    host.behave = hanging_up
    endpoint, _secret = add_hook(host, cast.anna)
    tell(2)
    first, second = WebhookDelivery.objects.order_by("pk")
    send_delivery(delivery_id=first.pk)
    send_delivery(delivery_id=second.pk)
    assert len(host.calls) == 1
    second.refresh_from_db()
    endpoint.refresh_from_db()
    assert (second.attempts, second.next_at) == (0, endpoint.paused_until)
    host.behave, host.status, host.headers = None, 429, {"Retry-After": "1200"}
    make_due(second)
    send_delivery(delivery_id=second.pk)
    second.refresh_from_db()
    endpoint.refresh_from_db()
    for until in (second.next_at, endpoint.paused_until):
        assert until is not None
        assert timedelta(minutes=19) < until - timezone.now() <= timedelta(minutes=20)


def test_a_redirect_is_not_followed(cast: Cast, host: Receiver) -> None:
    with receiver() as aim:
        host.status, host.headers = 307, {"Location": aim.url}
        add_hook(host, cast.anna)
        tell()
        send_delivery(delivery_id=delivery().pk)
        assert not aim.calls
    assert (delivery().state, delivery().trouble) == (DeliveryState.WAITING, DeliveryTrouble.REDIRECT)


def test_gone_switches_off_and_the_administrators_are_told(cast: Cast, host: Receiver, mailbox: Box) -> None:
    host.status = 410
    endpoint, _secret = add_hook(host, cast.anna)
    tell(3)
    run_jobs()
    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.off_reason) == (False, OffReason.GONE)
    assert len(host.calls) == 1
    assert set(WebhookDelivery.objects.values_list("state", "trouble")) == {("failed", "gone"), ("failed", "off")}
    mail = mailbox.last(cast.anna.email)
    content = mail.get_body(("plain",))
    assert content is not None
    assert host.url in content.get_content()
    assert f"/reglages/webhooks/{endpoint.code}/" in content.get_content()


def test_an_address_that_takes_nothing_for_five_days_is_switched_off(cast: Cast, host: Receiver, mailbox: Box) -> None:
    host.status = 500
    endpoint, _secret = add_hook(host, cast.anna)
    tell(2)
    first, second = WebhookDelivery.objects.order_by("pk")
    send_delivery(delivery_id=first.pk)
    endpoint.refresh_from_db()
    assert endpoint.is_active
    WebhookEndpoint.objects.update(failing_since=timezone.now() - GIVE_UP_AFTER)
    send_delivery(delivery_id=second.pk)
    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.off_reason) == (False, OffReason.FAILING)
    assert not WebhookDelivery.objects.filter(state=DeliveryState.WAITING).exists()
    run_jobs()
    assert mailbox.last(cast.anna.email)["Subject"]
    tell()
    assert WebhookDelivery.objects.count() == 2, "it gets nothing more"
    host.status = 200
    switch_endpoint(endpoint, is_active=True, by=cast.anna)
    assert replay_failed(since=timezone.now() - timedelta(hours=1)) == 2
    run_jobs()
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {DeliveryState.DELIVERED}
    endpoint.refresh_from_db()
    assert (endpoint.failing_since, endpoint.off_reason) == (None, "")


def test_while_a_secret_is_renewed_both_sign(cast: Cast, host: Receiver) -> None:
    endpoint, former = add_hook(host, cast.anna)
    endpoint, secret = rotate_secret(endpoint, by=cast.anna)
    tell()
    run_jobs()
    assert is_genuine(former, host.calls[-1])
    assert is_genuine(secret, host.calls[-1])
    assert len(host.calls[-1].headers["webhook-signature"].split(" ")) == 2
    WebhookEndpoint.objects.update(previous_until=timezone.now() - timedelta(seconds=1))
    tell()
    run_jobs()
    assert not is_genuine(former, host.calls[-1])
    assert is_genuine(secret, host.calls[-1])
    assert endpoint.previous_until is not None
    assert abs(endpoint.previous_until - timezone.now() - OVERLAP) < timedelta(minutes=1)
    changes = " ".join(SettingChange.objects.values_list("new", flat=True))
    assert former not in changes
    assert secret not in changes


def test_a_secret_that_no_key_opens_fails_and_is_renewed(cast: Cast, host: Receiver) -> None:
    endpoint, _secret = add_hook(host, cast.anna)
    WebhookEndpoint.objects.update(sealed="broken")
    tell()
    send_delivery(delivery_id=delivery().pk)
    assert delivery().trouble == DeliveryTrouble.UNREADABLE
    assert not host.calls
    _endpoint, secret = rotate_secret(endpoint, by=cast.anna)
    make_due(delivery())
    send_delivery(delivery_id=delivery().pk)
    assert is_genuine(secret, host.calls[-1])


def test_a_trial_is_sent_at_once_and_says_nothing_of_the_health(cast: Cast, host: Receiver) -> None:
    endpoint, secret = add_hook(host, cast.anna)
    switch_endpoint(endpoint, is_active=False, by=cast.anna)
    endpoint.refresh_from_db()
    taken = send_ping(endpoint)
    assert (taken.state, taken.status) == (DeliveryState.DELIVERED, 200)
    assert is_genuine(secret, host.calls[-1])
    assert json.loads(host.calls[-1].body)["data"] == {"webhook": endpoint.code}
    host.status = 500
    failed = send_ping(endpoint)
    assert (failed.state, failed.next_at) == (DeliveryState.FAILED, None)
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.last_delivered_at) == (0, None)


def test_what_ended_is_sent_anew_under_the_same_identifier(cast: Cast, host: Receiver) -> None:
    endpoint, _secret = add_hook(host, cast.anna)
    tell()
    with refused("on_its_way"):
        replay_delivery(delivery())
    run_jobs()
    replay_delivery(delivery())
    run_jobs()
    assert len(host.calls) == 2
    assert host.calls[0].headers["webhook-id"] == host.calls[1].headers["webhook-id"]
    assert delivery().replayed_at is not None
    switch_endpoint(endpoint, is_active=False, by=cast.anna)
    with refused("webhook_off"):
        replay_delivery(delivery())
    assert replay_failed() == 0


def test_a_delivery_whose_job_was_lost_is_sent_after_all(cast: Cast, host: Receiver) -> None:
    add_hook(host, cast.anna)
    tell()
    ProcrastinateJob.objects.filter(status="todo").delete()
    assert rescue_deliveries() == 0
    WebhookDelivery.objects.update(next_at=timezone.now() - timedelta(hours=1))
    assert rescue_deliveries() == 1
    run_jobs()
    assert delivery().state == DeliveryState.DELIVERED


def test_an_address_that_is_deleted_while_it_is_asked_leaves_nothing(cast: Cast, host: Receiver) -> None:
    endpoint, _secret = add_hook(host, cast.anna)
    tell()
    asked = delivery()
    delete_endpoint(endpoint, by=cast.anna)
    attempt(asked)
    run_jobs()
    assert not WebhookDelivery.objects.exists()


def test_after_a_month_events_are_forgotten(cast: Cast, host: Receiver) -> None:
    add_hook(host, cast.anna)
    tell(2)
    run_jobs()
    old = WebhookEvent.objects.earliest("pk")
    WebhookEvent.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=31))
    forget_webhook_events()
    assert WebhookEvent.objects.count() == WebhookDelivery.objects.count() == 1


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "bad_address"),
        ("software.example", "bad_address"),
        ("ftp://software.example/", "bad_address"),
        ("https:///path", "bad_address"),
        ("https://software.example:99999/", "bad_address"),
        ("https://[::1/", "bad_address"),
        ("https://soft ware.example/", "bad_address"),
        ("https://software.example/a\nb", "bad_address"),
        ("https://software.example\\@10.0.0.1/", "bad_address"),
        ("https://user:pass@software.example/", "bad_address"),
        ("https://software.example/#part", "bad_address"),
        (f"https://software.example/{'a' * 500}", "bad_address"),
        ("http://software.example/", "not_https"),
        ("https://no.such.host.invalid/", "unknown_host"),
        ("https://10.0.0.1/", "private_address"),
        ("https://127.0.0.1/", "private_address"),
        ("https://[::1]/", "private_address"),
        ("https://169.254.169.254/latest/meta-data/", "private_address"),
        ("https://localhost/", "private_address"),
        ("https://2130706433/", "private_address"),
        ("https://0x7f.1/", "private_address"),
    ],
)
def test_an_address_that_will_not_do_is_refused(cast: Cast, settings: Any, url: str, code: str) -> None:
    settings.WEBHOOK_ALLOW_PRIVATE_HOSTS = False
    with refused(code):
        create_endpoint(url=url, kinds=["dossier.paid"], by=cast.anna)
    assert not WebhookEndpoint.objects.exists()


def test_an_address_that_was_let_in_is_looked_at_again_at_each_attempt(
    cast: Cast, host: Receiver, settings: Any
) -> None:
    add_hook(host, cast.anna)
    settings.WEBHOOK_ALLOW_PRIVATE_HOSTS = False
    tell()
    send_delivery(delivery_id=delivery().pk)
    assert delivery().trouble == DeliveryTrouble.PRIVATE
    assert not host.calls


def test_a_webhook_wants_events_that_there_are_and_a_firm_has_so_many(cast: Cast, host: Receiver) -> None:
    for kinds in ([], ["no.such.event"]):
        with refused("unknown_event"):
            create_endpoint(url=host.url, kinds=kinds, by=cast.anna)
    for _ in range(MOST_ENDPOINTS):
        add_hook(host, cast.anna, "dossier.paid")
    with refused("too_many"):
        add_hook(host, cast.anna)
    endpoint = WebhookEndpoint.objects.earliest("pk")
    edited = edit_endpoint(endpoint, url=f" {host.url} ", description="X", kinds=["dossier.paid"], by=cast.anna)
    assert (edited.url, edited.description) == (host.url, "X")
    assert unseal(edited.sealed)["current"].startswith("whsec_")


def test_the_samples_are_small_and_name_nobody() -> None:
    for kind in KINDS.values():
        assert len(kind.message(kind.sample, at=timezone.now())) < 600
        assert not {"name", "email", "phone", "title", "body", "subject"} & set(kind.sample)
        assert kind.sample["url"].startswith("/api/v1/")
        assert json.loads(kind.example)["data"] == dict(kind.sample)
