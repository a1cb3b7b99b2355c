"""Asking the provider what became of a payment, and asking again until it has ended."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.actions.merging import merge, merge_locked
from billing.enums import OPEN_STATUSES, Method, PaymentStatus, Provider
from billing.locks import lock_payment
from billing.models import Notification, Payment
from billing.providers import gateway_of
from billing.providers.base import (
    Attempt,
    CredentialsRefused,
    ProviderRefused,
    ProviderUnavailable,
    Truth,
    TruthState,
)
from kernel.jobs import firm_job, periodic
from kernel.tenancy import require_firm
from tenants.actions.daily import enqueue_daily

__all__ = ["LYRA", "attempt_of", "merge", "read_truth", "recheck_payment", "settle"]

logger = structlog.get_logger(__name__)

#: An attempt whose provider names no end is given this long.
DEFAULT_LIFE = timedelta(days=1)
#: After its end an attempt is read for so long; a direct debit takes up to 14 days, counted from its beginning.
GRACE, DEBIT_GRACE = timedelta(days=3), timedelta(days=30)
#: An attempt that the provider never confirmed to have begun: nobody can have paid it.
START_LIFE = timedelta(hours=1)
#: How long until the next look, while the attempt is younger than.
_WAITS = (
    (timedelta(minutes=1), timedelta(minutes=1)),
    (timedelta(minutes=3), timedelta(minutes=2)),
    (timedelta(minutes=8), timedelta(minutes=5)),
    (timedelta(minutes=23), timedelta(minutes=15)),
    (timedelta(days=4), timedelta(hours=1)),
)
LAST_WAIT = timedelta(days=1)
#: Their hosted form can only be read in what it told us.
LYRA = {Provider.PAYZEN, Provider.SYSTEMPAY}
#: PayPal's notifications whose first reference is a refund's.
_TELLS_A_REFUND = Q(kind="PAYMENT.CAPTURE.REFUNDED") | Q(kind__startswith="PAYMENT.REFUND.")


def attempt_of(payment: Payment) -> Attempt:
    """Returns what a provider's client needs to ask about a payment."""
    kept: list[str] = []
    if payment.provider in LYRA:
        rows = Notification.objects.filter(account_id=payment.account_id, payment=payment).order_by("pk")
        kept = list(rows.values_list("body", flat=True))
    refund_refs: list[str] = []
    if payment.provider == Provider.PAYPAL and payment.capture_ref:
        known = payment.refunds.exclude(provider_ref="").values_list("provider_ref", flat=True)
        told = payment.notifications.filter(_TELLS_A_REFUND).order_by("pk").values_list("refs", flat=True)
        refund_refs = list(dict.fromkeys([*known, *(refs[0] for refs in told if refs)]))
    return Attempt(
        reference=payment.code,
        idempotency_key=f"{require_firm()}:{payment.code}",
        ref=payment.provider_ref,
        capture_ref=payment.capture_ref,
        amount=payment.amount,
        currency=payment.currency,
        created_at=payment.created_at,
        kept=kept,
        refund_refs=refund_refs,
    )


def read_truth(payment: Payment) -> Truth:
    """Returns what the provider says of a payment now, and notes that it was asked.

    Raises ProviderUnavailable, ProviderRefused or CredentialsRefused (also for keys that cannot be opened). Not
    within a transaction: a provider may take its time.
    """
    _note_check(payment.pk)
    return _ask(payment)


def _note_check(payment_id: int) -> None:
    Payment.objects.filter(pk=payment_id).update(checked_at=timezone.now(), checks=F("checks") + 1)


def _ask(payment: Payment) -> Truth:
    try:
        client = gateway_of(payment)
    except ValueError as error:
        raise CredentialsRefused(str(error)) from error
    return client.read(attempt_of(payment))


def settle(payment_id: int) -> Payment:
    """Returns the payment after its truth was read and merged; raises ProviderUnavailable.

    Where the provider refuses to tell, the payment says why, and stays open until it would have ended by itself.
    """
    payment = Payment.objects.select_related("account").get(pk=payment_id)
    if payment.provider == Provider.MANUAL:
        return payment
    if not payment.provider_ref and payment.is_open:  # nobody was ever sent to pay it
        over = timezone.now() >= payment.created_at + START_LIFE
        return merge(payment_id, Truth(TruthState.EXPIRED)) if over else payment
    try:
        truth = _ask(payment)
    except ProviderUnavailable:
        _note_check(payment_id)
        raise
    except ProviderRefused as error:
        _note_check(payment_id)
        return _refused(payment, error)
    with transaction.atomic():
        locked = lock_payment(payment_id)
        before = locked.status
        locked.checked_at, locked.checks = timezone.now(), locked.checks + 1
        merge_locked(locked, truth)
        if locked.status != PaymentStatus.SUCCEEDED or before == locked.status:  # else the whole row was written
            locked.save(update_fields=["checked_at", "checks"])
        return locked


def _refused(payment: Payment, error: ProviderRefused) -> Payment:
    logger.warning("payment_not_told", payment=payment.code, reason=error.code or type(error).__name__)
    if not payment.is_open:
        return payment
    told = str(error)[:300]
    known = not isinstance(error, CredentialsRefused)
    if known and timezone.now() >= ends_at(payment):
        return merge(payment.pk, Truth(TruthState.EXPIRED, error=told))
    Payment.objects.filter(pk=payment.pk, status__in=OPEN_STATUSES).update(error=told)
    payment.refresh_from_db()
    return payment


def ends_at(payment: Payment) -> datetime:
    """Returns when the attempt ends by itself."""
    return payment.expires_at or payment.created_at + DEFAULT_LIFE


def given_up_at(payment: Payment) -> datetime:
    """Returns from when on nothing is expected of an attempt any more."""
    late = ends_at(payment) + GRACE
    return max(late, payment.created_at + DEBIT_GRACE) if payment.method == Method.DIRECT_DEBIT else late


def next_wait(age: timedelta) -> timedelta:
    """Returns how long until an attempt of this age is looked at again."""
    return next((wait for limit, wait in _WAITS if age < limit), LAST_WAIT)


@firm_job(attempts=3)
def recheck_payment(*, payment_id: int) -> None:
    """Reads an open payment again and comes back, less and less often, until it has ended."""
    payment = Payment.objects.filter(pk=payment_id, status__in=OPEN_STATUSES).first()
    if payment is None or payment.provider == Provider.MANUAL:
        return
    try:
        payment = settle(payment_id)
    except ProviderUnavailable as error:
        logger.warning("payment_recheck_put_off", payment=payment.code, reason=str(error))
    if not payment.is_open:
        return
    if timezone.now() >= given_up_at(payment):
        told = payment.error or _("The provider never said that it was paid.")
        merge(payment_id, Truth(TruthState.EXPIRED, error=told))
        return
    watch(payment)


def watch(payment: Payment) -> None:
    """Has an open payment read again after a while, unless that waits already."""
    recheck_payment.enqueue(
        payment_id=payment.pk, once=f"recheck:{payment.pk}", delay=next_wait(timezone.now() - payment.created_at)
    )


@firm_job()
def watch_open_payments() -> None:
    """Has every open payment of the firm read again whose chain of jobs was lost."""
    old = timezone.now() - timedelta(hours=2)
    lost = Payment.objects.filter(Q(checked_at__lt=old) | Q(checked_at=None), status__in=OPEN_STATUSES)
    for payment in lost.exclude(provider=Provider.MANUAL).order_by("pk").iterator():
        recheck_payment.enqueue(payment_id=payment.pk, once=f"recheck:{payment.pk}")


@periodic("20 3 * * *")
def watch_open_payments_everywhere() -> None:
    """Does so in every firm, each night."""
    enqueue_daily(watch_open_payments)
