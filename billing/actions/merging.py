"""What a provider says of a payment becomes our state: under locks, idempotent, and never backwards.

Whatever learns something (a return, a notification, a job) reads the truth first and calls `merge`.
"""

from collections.abc import Sequence
from decimal import Decimal

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from billing.actions.confirming import confirm, number_receipt
from billing.actions.deposit_merging import pay_visits
from billing.actions.issues import note_issue, note_words, resolve_issues
from billing.actions.payment_events import tell_succeeded
from billing.actions.refund_merging import merge_refunds, take_back
from billing.enums import Dispute, IssueKind, Mode, PaymentStatus, Provider, RefundOrigin
from billing.locks import lock_dossiers, lock_payment
from billing.models import Payment, PaymentLine
from billing.providers.base import Truth, TruthState
from billing.queries.dues import received_for
from billing.rules import cents
from extranet.actions.payment_state import set_paid
from extranet.enums import PaymentState
from extranet.models import Dossier

logger = structlog.get_logger(__name__)

_TOOK_MONEY = {TruthState.SUCCEEDED, TruthState.REVERSED}
_ENDED = {
    TruthState.FAILED: PaymentStatus.FAILED,
    TruthState.CANCELLED: PaymentStatus.CANCELLED,
    TruthState.EXPIRED: PaymentStatus.EXPIRED,
}
#: What a provider says once of an attempt that stays open: PayPal, when the means that the payer chose is declined.
_TOLD_ONCE = {"INSTRUMENT_DECLINED"}
#: Lost comes after won: a second dispute may follow, and its money is gone.
_DISPUTE_RANK = {Dispute.NONE: 0, Dispute.OPEN: 1, Dispute.WON: 2, Dispute.LOST: 3}


@transaction.atomic
def merge(payment_id: int, truth: Truth) -> Payment:
    """Returns the payment after what the provider says of it; the same or an older truth changes nothing more."""
    return merge_locked(lock_payment(payment_id), truth)


def merge_locked(payment: Payment, truth: Truth, *, user: User | None = None, knowingly: bool = False) -> Payment:
    """Does so with a payment that the caller has locked.

    `user` recorded it by hand; `knowingly`: a part of what is due was typed as such, so that it needs no person.
    """
    if truth.reference and truth.reference != payment.code:
        other = note_words(_("The provider names another payment: %(ref)s."), ref=truth.reference)
        note_issue(payment, IssueKind.DIFFERS, other)
        return payment
    if truth.state in _TOOK_MONEY and payment.status != PaymentStatus.SUCCEEDED:
        _succeed(payment, truth, user=user, knowingly=knowingly)
    elif truth.state in _ENDED and payment.is_open:
        payment.status, payment.error = _ENDED[truth.state], truth.error[:300]
        payment.save(update_fields=["status", "error"])
    elif truth.state is TruthState.PENDING and payment.is_open:
        _note_pending(payment, truth)
    if payment.status == PaymentStatus.SUCCEEDED:
        _follow(payment, truth)
    return payment


def _note_pending(payment: Payment, truth: Truth) -> None:
    before = (payment.status, payment.method, payment.capture_ref, payment.error)
    # the payer may try again, and must still read why it did not work: another answer only knows that it waits
    error = payment.error if payment.error in _TOLD_ONCE and not truth.capture_ref else truth.error
    payment.status, payment.method, payment.error = PaymentStatus.PENDING, truth.method, error[:300]
    payment.capture_ref = truth.capture_ref or payment.capture_ref
    if before != (payment.status, payment.method, payment.capture_ref, payment.error):
        payment.save(update_fields=["status", "method", "capture_ref", "error"])


def _succeed(payment: Payment, truth: Truth, *, user: User | None, knowingly: bool) -> None:
    """Moves a payment to succeeded, once: its money, its dossiers, its receipt and its mail."""
    if not truth.amount or truth.amount < 0:
        note_issue(payment, IssueKind.DIFFERS, note_words(_("The provider says paid, and names no amount.")))
        return
    was_over = not payment.is_open
    wrong = _wrongs(payment, truth)
    payment.status, payment.error = PaymentStatus.SUCCEEDED, ""
    payment.method, payment.instrument = truth.method, truth.instrument[:60]
    payment.capture_ref = truth.capture_ref or payment.capture_ref
    payment.paid_at = truth.paid_at or timezone.now()
    if wrong:
        # from now on the row says what there is, for refunds and totals; the lines say what was asked
        payment.amount, payment.currency = truth.amount, (truth.currency or payment.currency).upper()[:3]
    elif truth.state is TruthState.SUCCEEDED:
        number_receipt(payment)
    payment.save()
    if truth.state is TruthState.SUCCEEDED:
        tell_succeeded(payment)
    if wrong:
        logger.error("payment_not_as_asked", payment=payment.code, wrong=wrong)
        note_issue(payment, IssueKind.WRONG_AMOUNT, wrong)
        return
    if truth.state is TruthState.REVERSED:  # it never was ours: nothing to confirm, and `_follow` takes it back
        return
    if was_over:
        note_issue(payment, IssueKind.LATE)
    lines = list(payment.lines.all())
    pay_visits(payment, lines)
    _pay_dossiers(payment, lines, user=user, knowingly=knowingly)
    confirm(payment, lines)


def _wrongs(payment: Payment, truth: Truth) -> str:
    """Returns what of the money is not as asked, in words; empty where all is."""
    currency = truth.currency.upper()
    if truth.live is not None and truth.live != (payment.mode == Mode.LIVE):
        return note_words(_("Real money moved.") if truth.live else _("No real money moved: it was a test."))
    if currency and currency != payment.currency:
        return note_words(_("Paid in %(currency)s."), currency=currency)
    if truth.amount != payment.amount:
        return note_words(
            _("%(received)s received, %(asked)s asked."), received=truth.amount or 0, asked=payment.amount
        )
    return ""


def _pay_dossiers(payment: Payment, lines: Sequence[PaymentLine], *, user: User | None, knowingly: bool) -> None:
    """Marks as paid those of the dossiers for which enough has come, and notes what does not fit."""
    dossiers = lock_dossiers(line.dossier_id for line in lines if line.dossier_id)
    received = received_for(dossiers)
    paid: list[Dossier] = []
    for line in lines:
        dossier = dossiers.get(line.dossier_id or 0)
        is_deposit = line.appointment_id is not None
        if is_deposit and dossier is None:  # of a visit whose order has no dossier yet
            continue
        if dossier is None or dossier.deleted_at is not None:
            note_issue(payment, IssueKind.DOSSIER_GONE, note_words("%(line)s", line=line))
        if dossier is None or dossier.pk not in received:  # a test beside live means: it pays nothing
            continue
        if dossier.payment_state == PaymentState.PAID:
            note_issue(payment, IssueKind.PAID_TWICE, note_words("%(line)s, %(amount)s", line=line, amount=line.amount))
            continue
        total = received[dossier.pk]
        due = cents(dossier.amount or Decimal(0))
        if total >= due:
            paid.append(dossier)
        if total > due or (total < due and not knowingly and not is_deposit):
            _note_changed(payment, line, total=total, due=due)
    if paid:
        set_paid(paid, paid=True, user=user, by=paid_by(payment))


def _note_changed(payment: Payment, line: PaymentLine, *, total: int, due: int) -> None:
    message = (
        _("%(line)s: %(received)s received for %(due)s, %(rest)s too much.")
        if total > due
        else _("%(line)s: %(received)s received for %(due)s, %(rest)s still due.")
    )
    note = note_words(message, line=line, received=total, due=due, rest=abs(total - due))
    note_issue(payment, IssueKind.AMOUNT_CHANGED, note)


def paid_by(payment: Payment) -> str:
    """Returns what a dossier says of who marked it; its end tells later that a payment did, and which."""
    if payment.provider != Provider.MANUAL:
        name = payment.get_provider_display()
    else:
        name = str(payment.recorded_by or payment.get_method_display())
    return f"{name[:100]} {payment.code}"


def _follow(payment: Payment, truth: Truth) -> None:
    """Does what comes after success: refunds, a reversal, a dispute."""
    merge_refunds(payment, truth.refunds)
    if truth.state is TruthState.REVERSED and take_back(payment, RefundOrigin.REVERSAL):
        note_issue(payment, IssueKind.REVERSED)
    dispute = Dispute(truth.dispute)
    if _DISPUTE_RANK[dispute] <= _DISPUTE_RANK[Dispute(payment.dispute)]:
        return
    payment.dispute = dispute
    payment.save(update_fields=["dispute"])
    if dispute == Dispute.OPEN:
        note_issue(payment, IssueKind.CHARGEBACK)
    elif dispute == Dispute.LOST:
        take_back(payment, RefundOrigin.CHARGEBACK)
        resolve_issues(payment, IssueKind.CHARGEBACK)
        note_issue(payment, IssueKind.CHARGEBACK, note_words(_("The bank gave the money back to the payer.")))
    else:
        resolve_issues(payment, IssueKind.CHARGEBACK)
