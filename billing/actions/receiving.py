"""What providers tell us: kept once, then the truth is read from them; a notification itself moves nothing."""

import dataclasses
import enum
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from billing.actions.settling import LYRA, settle
from billing.enums import Mode, NotificationState
from billing.models import Notification, Payment, ProviderAccount
from billing.providers import GATEWAYS, access_of
from billing.providers.base import ForgedNotification, Gateway, Incoming, Notice, ProviderRefused, ProviderUnavailable
from kernel.jobs import firm_job, periodic
from kernel.secrets import Secrets
from tenants.actions.daily import enqueue_daily

logger = structlog.get_logger(__name__)

BATCH = 100
#: A notification may come before its payment's reference is written down.
EARLY = timedelta(minutes=10)
#: From how many tries on it is tried only once a day.
MANY_TRIES = 12
#: How many payments in a row find their provider down before the rest waits.
DOWN_AFTER = 3
#: How often the times of the last notifications are written: a page shows them, nothing depends on them.
_STAMP_EVERY = timedelta(minutes=1)


class NotificationOutcome(enum.StrEnum):
    """What was done with a genuine notification."""

    KEPT = "kept"
    REPEATED = "repeated"
    IGNORED = "ignored"


def receive(account: ProviderAccount, incoming: Incoming) -> NotificationOutcome:
    """Keeps a genuine notification once, and has it handled.

    Raises ForgedNotification, ProviderUnavailable where the provider must be asked whether it is genuine, ValueError
    when the account's secrets cannot be opened.
    """
    mode, notice = _parse(account, incoming)
    _stamp(account, "last_notified_at")
    if not notice.matters:
        return NotificationOutcome.IGNORED
    try:
        with transaction.atomic():
            Notification.objects.create(
                account=account,
                mode=mode,
                dedupe_key=notice.dedupe_key[:200],
                kind=notice.kind[:80],
                body=incoming.body.decode(errors="replace").replace("\x00", "\ufffd"),
                payment_code=notice.payment_code[:64],
                refs=[ref[:120] for ref in notice.refs],
                payment_id=_read_at_once(account, notice),
            )
    except IntegrityError:
        outcome = NotificationOutcome.REPEATED
    else:
        outcome = NotificationOutcome.KEPT
    # after the row is there for others to see: a job that runs just now must not miss it
    _drain(account.pk)
    return outcome


def _read_at_once(account: ProviderAccount, notice: Notice) -> int | None:
    """Returns the key of the payment where the notification is itself a part of what is read; else a job finds it."""
    if account.provider not in LYRA:
        return None
    of_account = Payment.objects.filter(account=account)
    by_code = of_account.filter(code=notice.payment_code).values_list("pk", flat=True).first()
    return by_code or _by_refs(of_account, notice.refs)


def _parse(account: ProviderAccount, incoming: Incoming) -> tuple[Mode, Notice]:
    """Returns the mode whose keys signed a notification, and what it says; raises as `receive` does."""
    told = "no keys"
    refused = False
    for mode, client in _clients(account):
        try:
            return mode, client.parse(incoming)
        except ForgedNotification as error:
            told = str(error)
        except ProviderRefused:  # the provider was asked, and does not know these keys (any more)
            refused = True
    if refused:
        raise ProviderUnavailable("the provider does not say whether it is genuine")
    if account.last_rejected_at is None or timezone.now() - account.last_rejected_at > _STAMP_EVERY:
        logger.warning("notification_forged", account=account.code, reason=told)
    _stamp(account, "last_rejected_at")
    raise ForgedNotification(told)


def _clients(account: ProviderAccount) -> Iterator[tuple[Mode, Gateway]]:
    """Gives the account's clients in the order of trying: its mode's keys, the former ones, the other mode's."""
    client = GATEWAYS[account.provider]
    for mode in sorted(Mode, key=lambda each: each != account.mode):
        access = access_of(account, mode)
        if access.secrets:
            yield mode, client(access)
        if access.former:
            yield mode, client(dataclasses.replace(access, secrets=access.former, former=Secrets()))


def _stamp(account: ProviderAccount, column: str) -> None:
    last: datetime | None = getattr(account, column)
    if last is None or timezone.now() - last > _STAMP_EVERY:
        ProviderAccount.objects.filter(pk=account.pk).update(**{column: timezone.now()})


def _by_refs(payments: QuerySet[Payment], refs: Sequence[str]) -> int | None:
    """Returns the key of the payment of which the provider names one of its references."""
    known = [ref for ref in refs if ref]
    if not known:
        return None
    named = payments.filter(Q(provider_ref__in=known) | Q(capture_ref__in=known))
    return named.order_by("-pk").values_list("pk", flat=True).first()


@firm_job(queue="payments", attempts=3)
def drain_notifications(*, account_id: int) -> None:
    """Handles what the provider of an account told: the truth of each payment is read once, whatever the number.

    A payment whose truth cannot be read is left for later and keeps no other one waiting.
    """
    failed: set[int] = set()
    down = 0
    while rows := _take(account_id, without=failed):
        by_payment, unknown = _by_payment(account_id, rows)
        for row in unknown:
            failed.update(_unknown(row))
        for payment_id, told in by_payment.items():
            if down >= DOWN_AFTER:
                failed.update(row.pk for row in told)
                continue
            try:
                settle(payment_id)
            except ProviderUnavailable as error:
                down += 1
                failed.update(row.pk for row in told)
                _mark(told, NotificationState.FAILED, error=str(error), payment_id=payment_id)
            else:
                down = 0
                _mark(told, NotificationState.HANDLED, payment_id=payment_id)
        if down >= DOWN_AFTER:
            break
    if failed:
        _again(account_id)


def _drain(account_id: int, *, delay: timedelta | None = None) -> None:
    """Has an account's notifications handled, by one job at a time; one that waits for its hour stops no new one."""
    once = f"{account_id}:later" if delay else str(account_id)
    drain_notifications.enqueue(account_id=account_id, once=once, lock=f"notifications:{account_id}", delay=delay)


def _todo(account_id: int) -> Q:
    return Q(account_id=account_id, state__in=(NotificationState.RECEIVED, NotificationState.FAILED))


def _take(account_id: int, *, without: set[int]) -> list[Notification]:
    """Returns the next notifications to be handled, those never tried first, and counts the try."""
    with transaction.atomic():
        todo = Notification.objects.filter(_todo(account_id), attempts__lt=MANY_TRIES).exclude(pk__in=without)
        rows = list(todo.order_by("attempts", "pk").select_for_update(skip_locked=True)[:BATCH])
        Notification.objects.filter(pk__in=[row.pk for row in rows]).update(attempts=F("attempts") + 1)
    return rows


def _by_payment(
    account_id: int, rows: Sequence[Notification]
) -> tuple[dict[int, list[Notification]], list[Notification]]:
    """Returns the notifications of each of the account's payments, and those that name none."""
    of_account = Payment.objects.filter(account_id=account_id)
    codes = {row.payment_code for row in rows if row.payment_code}
    by_code = dict(of_account.filter(code__in=codes).values_list("code", "pk"))
    found: dict[int, list[Notification]] = {}
    unknown: list[Notification] = []
    for row in rows:
        key = row.payment_id or by_code.get(row.payment_code) or _by_refs(of_account, row.refs)
        if key is None:
            unknown.append(row)
        else:
            found.setdefault(key, []).append(row)
    # before they are read: what is kept for a payment can be a part of its truth
    fresh = [row for told in found.values() for row in told if row.payment_id is None]
    for key, told in found.items():
        for row in told:
            row.payment_id = key
    Notification.objects.bulk_update(fresh, ["payment_id"])
    return found, unknown


def _unknown(row: Notification) -> list[int]:
    """Returns the key of a notification that is to be tried again, for its payment may be about to be written."""
    if timezone.now() - row.received_at < EARLY:
        _mark([row], NotificationState.FAILED, error="no payment of ours, so far")
        return [row.pk]
    _mark([row], NotificationState.IGNORED, error="no payment of ours")
    return []


def _mark(
    rows: Sequence[Notification], state: NotificationState, *, error: str = "", payment_id: int | None = None
) -> None:
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=state, error=error[:300], payment_id=payment_id, handled_at=timezone.now()
    )


def _again(account_id: int) -> None:
    """Comes back for what failed, later the more often it has."""
    tried = (
        Notification.objects.filter(_todo(account_id), attempts__lt=MANY_TRIES)
        .order_by("attempts")
        .values_list("attempts", flat=True)
        .first()
    )
    if tried is not None:
        wait = timedelta(seconds=min(30 * 2**tried, 6 * 3600))
        _drain(account_id, delay=wait)


@firm_job()
def drain_what_is_left() -> None:
    """Tries once more what failed often, and ends what nobody will ever know anything of."""
    old = Notification.objects.filter(
        state__in=(NotificationState.RECEIVED, NotificationState.FAILED),
        received_at__lt=timezone.now() - timedelta(hours=1),
    )
    given_up = old.filter(received_at__lt=timezone.now() - timedelta(days=30))
    given_up.update(state=NotificationState.IGNORED, handled_at=timezone.now())
    old.filter(attempts__gte=MANY_TRIES).update(attempts=MANY_TRIES - 1)
    for account_id in old.order_by().values_list("account_id", flat=True).distinct():
        _drain(account_id)


@periodic("0 4 * * *")
def drain_what_is_left_everywhere() -> None:
    """Does so in every firm, each night."""
    enqueue_daily(drain_what_is_left)
