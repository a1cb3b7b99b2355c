"""Sending what webhooks were told, again and again for three days, and what an address that takes nothing comes to.

One job is one attempt; those of an address run one after the other, so that one that hangs holds up a single worker.
What waits between two attempts waits in a job without that lock: it would keep back all that comes after it.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role, User
from extranet.emails_webhook import webhook_off_mail
from extranet.enums_webhook import DeliveryState, DeliveryTrouble, OffReason
from extranet.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from extranet.webhook_kinds import PING
from extranet.webhook_sending import CURRENT, PREVIOUS, Outcome, send_message
from kernel.errors import DomainError
from kernel.jobs import firm_job, periodic
from kernel.secrets import unseal
from mail.actions.outgoing import queue_mail
from tenants.actions.daily import enqueue_daily
from tenants.links import here_url

logger = structlog.get_logger(__name__)

_SECOND, _MINUTE, _HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
#: Between the attempts, as the specification advises: three days and three hours in all.
WAITS = (
    5 * _SECOND,
    5 * _MINUTE,
    30 * _MINUTE,
    2 * _HOUR,
    5 * _HOUR,
    10 * _HOUR,
    14 * _HOUR,
    20 * _HOUR,
    24 * _HOUR,
)
#: Up to this part of a wait is added by chance: what failed together does not come back together.
JITTER = 0.1
#: An address that took nothing for so long is switched off.
GIVE_UP_AFTER = timedelta(days=5)
#: An address that did not answer is left alone for so long.
PAUSE = _MINUTE
#: Replayed by one press.
MOST_REPLAYED = 2_000
_EARLY = _SECOND
#: A delivery that is so late has lost its job.
_LOST_AFTER = 10 * _MINUTE
_SILENT = {DeliveryTrouble.TIMEOUT, DeliveryTrouble.REFUSED, DeliveryTrouble.CLOSED}


def enqueue_deliveries(endpoint_id: int, deliveries: Sequence[WebhookDelivery]) -> None:
    """Has deliveries of one address attempted, one after the other, once the transaction is over."""
    send_delivery.enqueue_many([{"delivery_id": each.pk} for each in deliveries], lock=_lock_of(endpoint_id))


@firm_job(queue="webhooks")
def send_delivery(*, delivery_id: int) -> None:
    """Attempts a delivery that is due; one that has ended, or whose time has not come, is left alone.

    Should it die after the message left, the next run sends it once more, under the same webhook-id.
    """
    deliveries = WebhookDelivery.objects.select_related("event", "endpoint")
    delivery = deliveries.filter(pk=delivery_id, state=DeliveryState.WAITING).first()
    now = timezone.now()
    if delivery is None or (delivery.next_at is not None and delivery.next_at > now + _EARLY):
        return
    endpoint = delivery.endpoint
    if not endpoint.is_active and delivery.kind != PING.key:
        _drop_waiting(endpoint)
    elif (until := endpoint.wait_until(now)) is not None:
        if WebhookDelivery.objects.filter(pk=delivery_id, state=DeliveryState.WAITING).update(next_at=until):
            wake_delivery.enqueue(delivery_id=delivery_id, delay=until - now)
    else:
        attempt(delivery)


@firm_job(queue="webhooks")
def wake_delivery(*, delivery_id: int) -> None:
    """Puts a delivery whose time has come into its address's line."""
    delivery = WebhookDelivery.objects.filter(pk=delivery_id, state=DeliveryState.WAITING).first()
    if delivery is not None:
        enqueue_deliveries(delivery.endpoint_id, [delivery])


def attempt(delivery: WebhookDelivery) -> Outcome:
    """Sends a message now, and notes what became of it; call it outside a transaction."""
    now = timezone.now()
    try:
        keys = keys_of(delivery.endpoint, now=now)
    except ValueError:
        outcome = Outcome(trouble=DeliveryTrouble.UNREADABLE)
    else:
        event = delivery.event
        outcome = send_message(delivery.endpoint.url, keys, message_id=event.code, body=event.body, now=now)
    _note(delivery.pk, outcome, at=now)
    return outcome


def keys_of(endpoint: WebhookEndpoint, *, now: datetime) -> list[str]:
    """Returns the secrets that sign, the present one first; raises ValueError when no key opens them."""
    kept = unseal(endpoint.sealed)
    if CURRENT not in kept:
        raise ValueError("there is no secret")
    is_renewed = endpoint.previous_until is not None and endpoint.previous_until > now
    return [kept[CURRENT], *([kept[PREVIOUS]] if is_renewed and PREVIOUS in kept else [])]


@transaction.atomic
def _note(delivery_id: int, outcome: Outcome, *, at: datetime) -> None:
    """Writes down what an attempt came to, for the delivery and for the health of its address."""
    rows = WebhookDelivery.objects.filter(pk=delivery_id, state=DeliveryState.WAITING)
    endpoint = WebhookEndpoint.objects.select_for_update(of=("self",)).filter(deliveries__in=rows).first()
    delivery = rows.select_for_update().first()
    if endpoint is None or delivery is None:  # deleted or dropped meanwhile
        return
    delivery.attempts += 1
    delivery.last_at, delivery.request_headers = at, dict(outcome.headers)
    delivery.status, delivery.milliseconds = outcome.status, outcome.milliseconds
    delivery.trouble, delivery.detail, delivery.response = outcome.trouble or "", outcome.detail, outcome.response
    is_last = delivery.kind == PING.key or delivery.attempts > len(WAITS) or outcome.trouble == DeliveryTrouble.GONE
    if outcome.was_taken or is_last:
        delivery.state = DeliveryState.DELIVERED if outcome.was_taken else DeliveryState.FAILED
        delivery.next_at = None
    else:
        wait = _wait_after(delivery.attempts, at_least=outcome.wait_seconds)
        delivery.next_at = timezone.now() + wait
        wake_delivery.enqueue(delivery_id=delivery.pk, delay=wait)
    delivery.save()
    # a trial says nothing of the health: it is sent to addresses that are being set up
    if delivery.kind != PING.key:
        _follow(endpoint, outcome)


def _wait_after(attempts: int, *, at_least: int) -> timedelta:
    chance = secrets.randbelow(1_001) / 1_000
    return max(WAITS[attempts - 1] * (1 + JITTER * chance), timedelta(seconds=at_least))


def _follow(endpoint: WebhookEndpoint, outcome: Outcome) -> None:
    """Keeps a locked address's health up to date; one that is gone, or has failed for too long, is switched off."""
    now = timezone.now()
    if outcome.was_taken:
        endpoint.failing_since, endpoint.failures, endpoint.paused_until = None, 0, None
        endpoint.last_delivered_at = now
    else:
        endpoint.failing_since, endpoint.failures = endpoint.failing_since or now, endpoint.failures + 1
        pause = PAUSE if outcome.trouble in _SILENT else timedelta(seconds=outcome.wait_seconds)
        endpoint.paused_until = now + pause if pause else None
    endpoint.save(update_fields=["failing_since", "failures", "paused_until", "last_delivered_at"])
    if outcome.trouble == DeliveryTrouble.GONE:
        switch_off(endpoint, reason=OffReason.GONE)
    elif endpoint.failing_since is not None and now - endpoint.failing_since >= GIVE_UP_AFTER:
        switch_off(endpoint, reason=OffReason.FAILING)


def switch_off(endpoint: WebhookEndpoint, *, reason: OffReason) -> None:
    """Ends what goes to a locked address; unless a person did it, the firm's administrators are told by mail."""
    if not endpoint.is_active:
        return
    endpoint.is_active, endpoint.off_reason, endpoint.off_at = False, reason, timezone.now()
    endpoint.save(update_fields=["is_active", "off_reason", "off_at"])
    _drop_waiting(endpoint)
    if reason == OffReason.PERSON:
        return
    missing = WebhookDelivery.objects.filter(endpoint=endpoint, state=DeliveryState.FAILED).count()
    for admin in User.objects.filter(role=Role.ADMIN, is_active=True).order_by("pk"):
        with admin.in_own_language():
            content = webhook_off_mail(
                address=endpoint.url,
                reason=str(OffReason(reason).label),
                waiting=missing,
                link=here_url("webhook-detail", endpoint.code),
            )
            queue_mail(to=admin.email, content=content, kind="webhook_off")
    logger.warning("webhook_switched_off", webhook=endpoint.code, reason=reason)


def _drop_waiting(endpoint: WebhookEndpoint) -> None:
    waiting = WebhookDelivery.objects.filter(endpoint=endpoint, state=DeliveryState.WAITING)
    waiting.update(state=DeliveryState.FAILED, next_at=None, trouble=DeliveryTrouble.OFF)


# --- by hand ----------------------------------------------------------------------------------------------------------


def send_ping(endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Returns a trial that was sent just now, with what the address answered; it is not tried again.

    Call it outside a transaction: it takes up to 15 seconds.
    """
    now = timezone.now()
    with transaction.atomic():
        event = WebhookEvent.objects.create(
            kind=PING.key, body=PING.message({"webhook": endpoint.code}, at=now), created_at=now
        )
        delivery = WebhookDelivery.objects.create(event=event, endpoint=endpoint, kind=PING.key, next_at=now)
    attempt(delivery)
    delivery.refresh_from_db()
    return delivery


@transaction.atomic
def replay_delivery(delivery: WebhookDelivery) -> WebhookDelivery:
    """Returns the delivery, on its way once more under the same webhook-id.

    Raises DomainError `on_its_way`, or `webhook_off` when its address gets nothing.
    """
    locked = WebhookDelivery.objects.select_for_update(of=("self",)).select_related("endpoint").get(pk=delivery.pk)
    if not locked.is_over:
        raise DomainError("on_its_way", _("This event is on its way already."))
    if not locked.endpoint.is_active:
        raise DomainError("webhook_off", _("This webhook is switched off: switch it on first."))
    _replay(locked.endpoint, [locked])
    locked.refresh_from_db()
    return locked


@transaction.atomic
def replay_failed(*, endpoint: WebhookEndpoint | None = None, since: datetime | None = None) -> int:
    """Returns how many failed deliveries are on their way once more, the oldest first: MOST_REPLAYED at most.

    Left out are trials and what addresses that are switched off did not take.
    """
    failed = WebhookDelivery.objects.filter(state=DeliveryState.FAILED, endpoint__is_active=True)
    failed = failed.exclude(kind=PING.key)
    if endpoint is not None:
        failed = failed.filter(endpoint=endpoint)
    if since is not None:
        failed = failed.filter(created_at__gte=since)
    locked = failed.select_for_update(of=("self",)).select_related("endpoint").order_by("created_at", "id")
    by_endpoint: dict[WebhookEndpoint, list[WebhookDelivery]] = {}
    for delivery in locked[:MOST_REPLAYED]:
        by_endpoint.setdefault(delivery.endpoint, []).append(delivery)
    for each, deliveries in by_endpoint.items():
        _replay(each, deliveries)
    return sum(map(len, by_endpoint.values()))


def _replay(endpoint: WebhookEndpoint, deliveries: Sequence[WebhookDelivery]) -> None:
    now = timezone.now()
    rows = WebhookDelivery.objects.filter(pk__in=[each.pk for each in deliveries])
    rows.update(state=DeliveryState.WAITING, attempts=0, next_at=now, replayed_at=now)
    enqueue_deliveries(endpoint.pk, deliveries)


# --- by the clock -----------------------------------------------------------------------------------------------------


@firm_job()
def rescue_deliveries() -> int:
    """Returns how many deliveries whose job was lost are put into their addresses' lines again."""
    late = WebhookDelivery.objects.filter(state=DeliveryState.WAITING, next_at__lt=timezone.now() - _LOST_AFTER)
    by_endpoint: dict[int, list[WebhookDelivery]] = {}
    for delivery in late.only("pk", "endpoint_id").order_by("next_at")[:MOST_REPLAYED]:
        by_endpoint.setdefault(delivery.endpoint_id, []).append(delivery)
    for endpoint_id, deliveries in by_endpoint.items():
        enqueue_deliveries(endpoint_id, deliveries)
    return sum(map(len, by_endpoint.values()))


@periodic("47 * * * *")
def rescue_deliveries_everywhere() -> None:
    """Does so in every active firm."""
    enqueue_daily(rescue_deliveries, only_active=True)


def _lock_of(endpoint_id: int) -> str:
    return f"webhook-{endpoint_id}"
