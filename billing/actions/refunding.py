"""Giving money back: the row first, then the provider, and what the provider says decides."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from billing.actions.merging import merge_locked
from billing.actions.refund_merging import merge_refunds, recount
from billing.actions.settling import attempt_of, read_truth
from billing.enums import PaymentStatus, Provider, RefundOrigin, RefundStatus
from billing.locks import lock_payment
from billing.models import Payment, PaymentLine, Refund
from billing.providers import gateway_of
from billing.providers.base import ProviderRefused, ProviderUnavailable, RefundRequest, RefundTruth
from kernel.errors import DomainError
from kernel.jobs import firm_job, periodic
from kernel.tenancy import require_firm
from kernel.text import new_code
from tenants.actions.daily import enqueue_daily

logger = structlog.get_logger(__name__)

#: How long the providers know a key: later the same call could give the money back twice.
KEY_LIFE = timedelta(hours=20)
#: Waits between the looks at a refund whose outcome is unknown.
_WAITS = (60, 300, 900, 3600)
_UNDER_WAY = (RefundStatus.REQUESTED, RefundStatus.PENDING)


def refund_payment(
    payment: Payment,
    *,
    amount: int,
    line: PaymentLine | None,
    reason: str,
    reopens: bool,
    user: User | None,
    once: str = "",
) -> Refund:
    """Returns a refund of some cents; its state says what became of it: FAILED with the provider's reason too.

    REQUESTED: the provider did not answer, and a job finds out. Of a manual payment it is only recorded. `once` is the
    code that a form gives it: sent twice, it is made once. `user`: none where a rule gives back. Raises DomainError:
    not_paid, amount_wrong (not above 0), refund_too_high (more than what is left, refunds under way included),
    form_used (for something else). Not within a transaction.
    """
    refund, is_new = _ask(payment, amount=amount, line=line, reason=reason, reopens=reopens, user=user, once=once)
    if not is_new or payment.provider == Provider.MANUAL:
        return refund
    return _send(refund)


@transaction.atomic
def _ask(
    payment: Payment,
    *,
    amount: int,
    line: PaymentLine | None,
    reason: str,
    reopens: bool,
    user: User | None,
    once: str,
) -> tuple[Refund, bool]:
    """Returns the refund's row, and whether it was made now: a form's code makes one."""
    locked = lock_payment(payment.pk)
    if once and (before := Refund.objects.filter(code=once).first()) is not None:
        if before.payment_id != locked.pk:
            raise DomainError("form_used", _("This form was used already: open it again."))
        return before, False
    if locked.status != PaymentStatus.SUCCEEDED:
        raise DomainError("not_paid", _("Only a payment that was made can be refunded."))
    if line is not None:
        line = PaymentLine.objects.get(pk=line.pk, payment=locked)
    if amount <= 0:
        raise DomainError("amount_wrong", _("The amount must be above 0."))
    if amount > left_to_refund(locked, line):
        raise DomainError("refund_too_high", _("This is more than what is left to refund."))
    manual = locked.provider == Provider.MANUAL
    refund = Refund.objects.create(
        code=once or new_code(),
        payment=locked,
        line=line,
        amount=amount,
        status=RefundStatus.SUCCEEDED if manual else RefundStatus.REQUESTED,
        settled_at=timezone.now() if manual else None,
        reason=reason[:200],
        reopens=reopens,
        requested_by=user,
        requested_by_name=str(user or "")[:120],
    )
    if manual:
        recount(locked, [refund])
    return refund, True


def left_to_refund(payment: Payment, line: PaymentLine | None = None) -> int:
    """Returns the cents of a payment, or of one of its lines, that no refund has asked for yet; 0 before it is paid."""
    if payment.status != PaymentStatus.SUCCEEDED:
        return 0
    asked = _sum(payment, status__in=_UNDER_WAY)
    left = payment.amount - payment.refunded - asked
    if line is not None:
        left = min(left, line.amount - line.refunded - _sum(payment, status__in=_UNDER_WAY, line=line))
    return max(0, left)


def _sum(payment: Payment, **wanted: object) -> int:
    found = Refund.objects.filter(payment=payment, **wanted).order_by().aggregate(total=Sum("amount"))
    return int(found["total"] or 0)


def _send(refund: Refund) -> Refund:
    """Has the provider make a refund, outside of any transaction, and writes down what it says."""
    payment = Payment.objects.select_related("account").get(pk=refund.payment_id)
    request = RefundRequest(
        reference=refund.code,
        key=f"{require_firm()}:{refund.code}",
        amount=refund.amount,
        currency=payment.currency,
        reason=refund.reason,
        known_refs=frozenset(payment.refunds.exclude(provider_ref="").values_list("provider_ref", flat=True)),
    )
    try:
        told = gateway_of(payment).refund(attempt_of(payment), request)
    except ProviderUnavailable as error:
        logger.warning("refund_outcome_unknown", refund=refund.code, reason=str(error))
        Refund.objects.filter(pk=refund.pk, status=RefundStatus.REQUESTED).update(error=str(error)[:300])
        finish_refund.enqueue(refund_id=refund.pk, delay=timedelta(seconds=_WAITS[0]))
    except (ProviderRefused, ValueError) as error:
        logger.warning("refund_refused", refund=refund.code, reason=str(error))
        _fail(refund, str(error))
    else:
        # the provider's own reference may be known already, from a notification that was faster
        _write(refund, told)
    refund.refresh_from_db()
    return refund


@transaction.atomic
def _write(refund: Refund, told: RefundTruth) -> None:
    payment = lock_payment(refund.payment_id)
    merge_refunds(payment, [RefundTruth(told.ref, told.amount, told.status, refund.code, told.error)])


@transaction.atomic
def _fail(refund: Refund, reason: str) -> None:
    lock_payment(refund.payment_id)
    Refund.objects.filter(pk=refund.pk, status=RefundStatus.REQUESTED, provider_ref="").update(
        status=RefundStatus.FAILED, error=reason[:300], settled_at=timezone.now()
    )


@firm_job(attempts=3)
def finish_refund(*, refund_id: int, looks: int = 0) -> None:
    """Finds out what became of a refund: reads it at the provider, else asks again under the same key."""
    refund = _open_refund(refund_id)
    if refund is None:
        return
    payment = Payment.objects.select_related("account").get(pk=refund.payment_id)
    try:
        truth = read_truth(payment)
    except (ProviderUnavailable, ProviderRefused) as error:
        logger.warning("refund_not_told", refund=refund.code, reason=str(error))
    else:
        with transaction.atomic():
            merge_locked(lock_payment(payment.pk), truth)
        refund = _open_refund(refund_id)
        if refund is None:
            return
        if refund.status == RefundStatus.REQUESTED:
            if timezone.now() - refund.created_at < KEY_LIFE:
                _send(refund)
            else:
                _fail(refund, _("The provider knows nothing of this refund."))
        refund = _open_refund(refund_id)
    if refund is not None:
        seconds = _WAITS[looks] if looks < len(_WAITS) else 86_400
        finish_refund.enqueue(
            refund_id=refund.pk, looks=looks + 1, once=f"refund:{refund.pk}", delay=timedelta(seconds=seconds)
        )


def _open_refund(refund_id: int) -> Refund | None:
    return Refund.objects.filter(pk=refund_id, status__in=_UNDER_WAY, origin=RefundOrigin.HERE).first()


@firm_job()
def finish_refunds() -> None:
    """Finds out what became of every refund that was asked for yesterday or before."""
    old = Refund.objects.filter(status__in=_UNDER_WAY, created_at__lt=timezone.now() - timedelta(hours=3))
    for key in old.exclude(payment__provider=Provider.MANUAL).order_by("pk").values_list("pk", flat=True):
        finish_refund.enqueue(refund_id=key, looks=len(_WAITS), once=f"refund:{key}")


@periodic("40 3 * * *")
def finish_refunds_everywhere() -> None:
    """Does so in every firm, each night."""
    enqueue_daily(finish_refunds)
