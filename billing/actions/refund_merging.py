"""Refunds as the provider tells them: found again or noted, counted on the lines, and what they reopen."""

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.actions.issues import note_issue, note_words
from billing.actions.payment_events import tell_refunded
from billing.enums import IssueKind, PaymentStatus, RefundOrigin, RefundStatus
from billing.locks import lock_dossiers
from billing.models import Payment, PaymentLine, Refund
from billing.providers.base import RefundTruth
from billing.queries.dues import received_for
from billing.rules import cents
from extranet.actions.payment_state import set_paid
from extranet.enums import PaymentState
from extranet.models import Dossier

_FINAL = {RefundStatus.SUCCEEDED, RefundStatus.FAILED}
_RANK = {RefundStatus.REQUESTED: 0, RefundStatus.PENDING: 1, RefundStatus.SUCCEEDED: 2, RefundStatus.FAILED: 2}


def merge_refunds(payment: Payment, truths: Sequence[RefundTruth]) -> None:
    """Notes what the provider says of a locked payment's refunds, and what they reopen."""
    if not truths:
        return
    known = list(Refund.objects.filter(payment=payment).order_by("pk"))
    moved = [refund for truth in truths if (refund := _merge_one(payment, known, truth)) is not None]
    if moved:
        recount(payment, moved)


def _merge_one(payment: Payment, known: list[Refund], truth: RefundTruth) -> Refund | None:
    """Returns the refund if it has succeeded now."""
    refund = _find(known, truth)
    if refund is None:
        if truth.status == RefundStatus.FAILED or truth.amount <= 0:
            return None
        refund = Refund(payment=payment, amount=truth.amount, origin=RefundOrigin.PROVIDER)
        known.append(refund)
        note = note_words(_("%(amount)s, %(ref)s"), amount=truth.amount, ref=truth.ref)
        note_issue(payment, IssueKind.REFUNDED_ELSEWHERE, note)
    before = RefundStatus(refund.status)
    if before in _FINAL and truth.status in _FINAL and before != truth.status:
        note = note_words(
            _("The refund %(ref)s of %(amount)s had another end: %(state)s."),
            ref=truth.ref or refund.code,
            amount=refund.amount,
            state=str(RefundStatus(truth.status).label),
        )
        note_issue(payment, IssueKind.DIFFERS, note)
        return None
    refund.provider_ref = refund.provider_ref or truth.ref[:120]
    if _RANK[truth.status] > _RANK[before]:
        refund.status, refund.error = truth.status, truth.error[:300]
        refund.settled_at = timezone.now() if truth.status in _FINAL else None
        if truth.amount and truth.status != RefundStatus.FAILED:
            refund.amount = truth.amount
    refund.save()
    return refund if refund.status == RefundStatus.SUCCEEDED != before else None


def _find(known: Sequence[Refund], truth: RefundTruth) -> Refund | None:
    """Returns our row of a refund: by the provider's reference, by ours, or by its amount where it carries none."""
    for refund in known:
        if truth.ref and refund.provider_ref == truth.ref:
            return refund
    waiting = [refund for refund in known if not refund.provider_ref and refund.origin == RefundOrigin.HERE]
    if truth.reference:
        ours = [refund for refund in known if refund.code == truth.reference]
        if not ours or not ours[0].provider_ref:
            return ours[0] if ours else None
        # an equal one was taken for it before its answer came: that one's place is free
    asked = (RefundStatus.REQUESTED, RefundStatus.PENDING)
    return next((one for one in waiting if one.status in asked and one.amount == truth.amount), None)


def take_back(payment: Payment, origin: RefundOrigin) -> Refund | None:
    """Returns a refund of all that is left of a locked payment, for the provider took it.

    None where there was one, and where it is the end of one that was asked for here: before the capture Lyra cancels
    in place of giving back, and its answer may have been lost.
    """
    if Refund.objects.filter(payment=payment, origin=origin).exists():
        return None
    left = payment.amount - payment.refunded
    if left <= 0:
        return None
    if origin == RefundOrigin.REVERSAL and (asked := _asked_whole(payment, left)) is not None:
        asked.status, asked.error, asked.settled_at = RefundStatus.SUCCEEDED, "", timezone.now()
        asked.save(update_fields=["status", "error", "settled_at"])
        recount(payment, [asked])
        return None
    refund = Refund.objects.create(
        payment=payment,
        amount=left,
        origin=origin,
        status=RefundStatus.SUCCEEDED,
        settled_at=timezone.now(),
        reopens=True,
    )
    recount(payment, [refund])
    return refund


def _asked_whole(payment: Payment, left: int) -> Refund | None:
    """Returns the refund of all that is left whose answer has not come."""
    waiting = Refund.objects.filter(
        payment=payment, origin=RefundOrigin.HERE, status=RefundStatus.REQUESTED, provider_ref="", amount=left
    )
    return waiting.order_by("pk").first()


def recount(payment: Payment, moved: Sequence[Refund]) -> None:
    """Counts a locked payment's refunds anew, on the payment and on its lines, and reopens what those moved reopen."""
    done = list(payment.refunds.filter(status=RefundStatus.SUCCEEDED).order_by("pk"))
    total = sum(refund.amount for refund in done)
    if total > payment.amount:
        note = note_words(_("%(back)s given back of %(paid)s."), back=total, paid=payment.amount)
        note_issue(payment, IssueKind.DIFFERS, note)
    refunded_before, payment.refunded = payment.refunded, min(total, payment.amount)
    payment.save(update_fields=["refunded"])
    if payment.refunded > refunded_before:
        tell_refunded(payment)
    lines = list(payment.lines.order_by("pk"))
    before = {line.pk: line.refunded for line in lines}
    _spread(lines, done)
    PaymentLine.objects.bulk_update(lines, ["refunded"])
    touched = [line for line in lines if line.refunded > before[line.pk]]
    _reopen(payment, touched, moved)


def _spread(lines: Sequence[PaymentLine], refunds: Sequence[Refund]) -> None:
    """Writes on the lines what was given back of each: what was meant for one, then the rest in their order."""
    by_key = {line.pk: line for line in lines}
    for line in lines:
        line.refunded = 0
    rest = 0
    for refund in refunds:
        over = refund.amount
        if refund.line_id in by_key:
            over = _put(by_key[refund.line_id], over)
        rest += over
    for line in lines:
        rest = _put(line, rest)


def _put(line: PaymentLine, amount: int) -> int:
    """Returns what of an amount finds no room on a line."""
    here = min(amount, line.amount - line.refunded)
    line.refunded += here
    return amount - here


def _reopen(payment: Payment, touched: Sequence[PaymentLine], moved: Sequence[Refund]) -> None:
    """Makes unpaid again the dossiers for which not enough is left.

    A refund made here says so itself. One found at the provider reopens what it gave back whole, unless a person
    marked the dossier as paid without a payment.
    """
    asked = any(refund.reopens for refund in moved if refund.origin == RefundOrigin.HERE)
    taken = any(refund.origin in {RefundOrigin.REVERSAL, RefundOrigin.CHARGEBACK} for refund in moved)
    found = taken or any(refund.origin == RefundOrigin.PROVIDER for refund in moved)
    wanted: dict[int, bool] = {}
    for line in touched:
        if line.dossier_id is None:
            continue
        if asked:
            wanted[line.dossier_id] = True
        elif found and (taken or line.refunded >= line.amount):
            wanted[line.dossier_id] = False
    if not wanted:
        return
    dossiers = lock_dossiers(wanted)
    received = received_for(dossiers)
    reopened: list[Dossier] = []
    for key, dossier in dossiers.items():
        due = cents(dossier.amount or Decimal(0))
        if dossier.payment_state != PaymentState.PAID or received.get(key, 0) >= due:
            continue
        if wanted[key] or _paid_by_payment(dossier):
            reopened.append(dossier)
    if reopened:
        set_paid(reopened, paid=False, user=None, by=f"{payment.get_provider_display()} {payment.code}")


def _paid_by_payment(dossier: Dossier) -> bool:
    """Whether a payment marked it, not a person: the mark ends with the payment's code."""
    code = dossier.payment_changed_by.rpartition(" ")[2]
    return (
        bool(code)
        and Payment.objects.filter(Q(code=code, lines__dossier=dossier), status=PaymentStatus.SUCCEEDED).exists()
    )
