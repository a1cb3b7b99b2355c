"""Comparing what we know of a period's payments with what the providers say."""

import dataclasses
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import structlog
from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from billing.actions.issues import note_issue, note_words
from billing.actions.merging import merge
from billing.actions.settling import read_truth
from billing.enums import IssueKind, PaymentStatus, Provider, RefundOrigin, RefundStatus
from billing.models import Payment
from billing.providers.base import ProviderRefused, ProviderUnavailable, Truth, TruthState
from kernel.errors import DomainError
from kernel.jobs import firm_job
from kernel.text import new_code

logger = structlog.get_logger(__name__)

#: How long a result can be looked at.
KEEP_SECONDS = 7 * 86_400
MAX_DAYS = 366
_SAVE_EVERY = 10


@dataclass
class Reconciliation:
    """How far a comparison is, and what it found; codes are those of payments."""

    since: date
    until: date
    by: str
    total: int = 0
    read: int = 0
    #: Payments whose state or refunds were not up to date here, and are now.
    changed: list[str] = field(default_factory=list)
    #: Payments of which the provider says otherwise than we: each has an issue.
    differing: list[str] = field(default_factory=list)
    #: Payments of which the provider told nothing.
    untold: list[str] = field(default_factory=list)
    started_at: datetime = field(default_factory=timezone.now)
    ended_at: datetime | None = None

    @property
    def is_over(self) -> bool:
        """Whether every payment was asked about."""
        return self.ended_at is not None


def start_reconciliation(since: date, until: date, user: User) -> str:
    """Returns the id of a comparison of the payments begun or paid in a period, both days included, made by a job.

    Raises DomainError(period_wrong).
    """
    if until < since or (until - since).days > MAX_DAYS:
        raise DomainError("period_wrong", _("Choose a period that ends after it begins, of a year at most."))
    run_id = new_code()
    _save(run_id, Reconciliation(since=since, until=until, by=str(user), total=len(_of_period(since, until))))
    reconcile.enqueue(run_id=run_id, since=since.isoformat(), until=until.isoformat(), by=str(user))
    return run_id


def reconciliation_state(run_id: str) -> Reconciliation | None:
    """Returns how far a comparison is; None for one that is not known (any more)."""
    state: Reconciliation | None = cache.get(_key(run_id))
    return state


@firm_job(attempts=2)
def reconcile(*, run_id: str, since: str, until: str, by: str) -> None:
    """Reads each payment of the period again, merges what is new and notes what cannot be brought together."""
    first, last = date.fromisoformat(since), date.fromisoformat(until)
    keys = _of_period(first, last)
    state = Reconciliation(since=first, until=last, by=by, total=len(keys))
    for key in keys:
        _compare(key, state)
        state.read += 1
        if state.read % _SAVE_EVERY == 0:
            _save(run_id, state)
    state.ended_at = timezone.now()
    _save(run_id, state)


def _compare(payment_id: int, state: Reconciliation) -> None:
    payment = Payment.objects.select_related("account").get(pk=payment_id)
    try:
        truth = read_truth(payment)
    except (ProviderUnavailable, ProviderRefused) as error:
        logger.warning("payment_not_told", payment=payment.code, reason=str(error))
        state.untold.append(payment.code)
        return
    before = _seen(payment)
    payment = merge(payment_id, truth)
    if _seen(payment) != before:
        state.changed.append(payment.code)
    if difference := _difference(payment, truth):
        note_issue(payment, IssueKind.DIFFERS, difference)
        state.differing.append(payment.code)


def _seen(payment: Payment) -> tuple[str, int, str]:
    return payment.status, payment.refunded, payment.dispute


def _difference(payment: Payment, truth: Truth) -> str:
    """Returns in what the provider and we still differ after its truth was merged; empty where in nothing."""
    if truth.reference and truth.reference != payment.code:
        return note_words(_("The provider names another payment: %(ref)s."), ref=truth.reference)
    took = truth.state in {TruthState.SUCCEEDED, TruthState.REVERSED}
    if took != (payment.status == PaymentStatus.SUCCEEDED):
        return note_words(
            _("Here: %(here)s; at the provider: %(there)s."),
            here=str(payment.get_status_display()),
            there=truth.state.value,
        )
    if not took:
        return ""
    if truth.amount is not None and truth.amount != payment.amount:
        return note_words(_("%(here)s here, %(there)s at the provider."), here=payment.amount, there=truth.amount)
    back = sum(refund.amount for refund in truth.refunds if refund.status == RefundStatus.SUCCEEDED)
    moved_there = (RefundOrigin.HERE, RefundOrigin.PROVIDER)
    made = payment.refunds.filter(status=RefundStatus.SUCCEEDED, origin__in=moved_there)
    ours = sum(made.values_list("amount", flat=True))
    if back != ours:
        return note_words(_("%(here)s refunded here, %(there)s at the provider."), here=ours, there=back)
    return ""


def _of_period(since: date, until: date) -> list[int]:
    begin = timezone.make_aware(datetime.combine(since, time.min))
    end = timezone.make_aware(datetime.combine(until + timedelta(days=1), time.min))
    within = Q(created_at__gte=begin, created_at__lt=end) | Q(paid_at__gte=begin, paid_at__lt=end)
    payments = Payment.objects.filter(within).exclude(provider=Provider.MANUAL).exclude(provider_ref="")
    return list(payments.order_by("pk").values_list("pk", flat=True))


def _key(run_id: str) -> str:
    return f"reconciliation:{run_id}"


def _save(run_id: str, state: Reconciliation) -> None:
    cache.set(_key(run_id), dataclasses.replace(state), KEEP_SECONDS)
