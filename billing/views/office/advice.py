"""What each thing to look at means, and what to do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from billing.actions.issues import line_name
from billing.enums import IssueKind
from billing.models import Payment, PaymentIssue, PaymentLine
from billing.queries.dues import Due

#: What happened, and what to do, by kind.
TEXTS: Mapping[str, tuple[str | Promise, str | Promise]] = {
    IssueKind.PAID_TWICE: (
        _("A dossier that counted as paid already was paid once more."),
        _(
            "Check that both payments arrived, then refund one of them: the dossier stays paid. If this is the money "
            "that you had marked by hand, nothing is to be refunded: say that it is settled."
        ),
    ),
    IssueKind.AMOUNT_CHANGED: (
        _("The amount of the dossier is no longer the one that was paid."),
        _(
            "Where something is still due, the dossier stays unpaid: ask your client for the rest. Where too much "
            "came, refund what is too much."
        ),
    ),
    IssueKind.WRONG_AMOUNT: (
        _("What arrived is not what was asked for: nothing was marked as paid."),
        _(
            "Look at the payment in the provider's back office. Refund it, or mark the dossier as paid by hand if it "
            "suits you."
        ),
    ),
    IssueKind.LATE: (
        _("The money arrived after the attempt had ended here. The dossier was marked as paid."),
        _("Check that your client has not paid by another means meanwhile; else say that it is settled."),
    ),
    IssueKind.REFUNDED_ELSEWHERE: (
        _("Money was given back in the provider's back office, not here."),
        _(
            "We cannot know why. If your client must pay again, mark the dossier as unpaid; else say that it is "
            "settled."
        ),
    ),
    IssueKind.REVERSED: (
        _("The provider cancelled the payment after it had succeeded: the money is not there."),
        _("The dossier is unpaid again. Tell your client and ask for the payment again."),
    ),
    IssueKind.CHARGEBACK: (
        _("The payer contests this payment with the bank."),
        _(
            "Answer in the provider's back office before its deadline, with the order and the report that you handed "
            "over. Do not refund here meanwhile: the money could leave twice."
        ),
    ),
    IssueKind.DOSSIER_GONE: (
        _("A dossier that was paid had been deleted meanwhile."),
        _("Take the dossier out of the bin if the work is due; else refund what was paid for it."),
    ),
    IssueKind.DIFFERS: (
        _("What the provider says and what is written here do not fit."),
        _("Read the payment again. If it stays so, compare it with the provider's back office."),
    ),
    IssueKind.DEPOSIT_LATE: (
        _("The deposit came when the time of the visit was past, cancelled or somebody else's."),
        _("Call your client and book another time, for which this deposit then counts; else refund it."),
    ),
    IssueKind.DEPOSIT_BACK: (
        _("A cancelled visit gives a deposit back, and it could not be given back by itself."),
        _(
            "Pay it back as it came (transfer, cheque) and record that as a refund; or try again, if the provider "
            "refused."
        ),
    ),
}
_MAY_REFUND = {
    IssueKind.PAID_TWICE,
    IssueKind.AMOUNT_CHANGED,
    IssueKind.WRONG_AMOUNT,
    IssueKind.DOSSIER_GONE,
    IssueKind.LATE,
    IssueKind.DEPOSIT_LATE,
    IssueKind.DEPOSIT_BACK,
}
_MAY_REREAD = {IssueKind.DIFFERS, IssueKind.REVERSED, IssueKind.CHARGEBACK, IssueKind.REFUNDED_ELSEWHERE}
_MAY_ASK = {IssueKind.AMOUNT_CHANGED, IssueKind.REVERSED, IssueKind.REFUNDED_ELSEWHERE, IssueKind.WRONG_AMOUNT}


@dataclass(frozen=True)
class Advice:
    """A thing to look at, in sentences, with where its buttons lead; an empty address: no such button."""

    issue: PaymentIssue
    happened: str | Promise
    todo: str | Promise
    refund_url: str
    may_reread: bool
    dossier_url: str
    visit_url: str
    #: Where the client is asked for what is still due.
    remind_url: str


def advise(
    payment: Payment, issue: PaymentIssue, lines: Sequence[PaymentLine], dues: Mapping[int, Due], *, left: int
) -> Advice:
    """Returns what to do about an issue; `dues` by the dossiers' keys, `left` the cents that can be refunded."""
    happened, todo = TEXTS[issue.kind]
    line = line_of(issue, lines)
    due = dues.get(line.dossier_id or 0) if line is not None else None
    too_much = due.received - due.amount if due is not None else 0
    refundable = left > 0 and issue.kind in _MAY_REFUND
    if issue.kind == IssueKind.AMOUNT_CHANGED:
        refundable = refundable and too_much > 0
    dossier = line.dossier if line is not None else None
    visit = line.appointment if line is not None else None
    asks = issue.kind in _MAY_ASK and due is not None and due.left > 0 and dossier is not None
    return Advice(
        issue=issue,
        happened=happened,
        todo=todo,
        refund_url=_refund_url(payment, issue, lines, line, too_much) if refundable else "",
        may_reread=issue.kind in _MAY_REREAD,
        dossier_url=f"{reverse('dossier-detail', args=[dossier.code])}#paiement" if dossier is not None else "",
        visit_url=reverse("appointment-detail", args=[visit.code]) if visit is not None else "",
        remind_url=_remind_url(dossier.code) if asks and dossier is not None else "",
    )


def line_of(issue: PaymentIssue, lines: Sequence[PaymentLine]) -> PaymentLine | None:
    """Returns the line that an issue's note names, else the only one there is."""
    named = [line for line in lines if issue.note.startswith(line_name(line))]
    if named:
        return named[0]
    return lines[0] if len(lines) == 1 else None


def _refund_url(
    payment: Payment, issue: PaymentIssue, lines: Sequence[PaymentLine], line: PaymentLine | None, too_much: int
) -> str:
    asked: dict[str, str | int] = {"motif": str(issue.get_kind_display())}
    if line is not None and len(lines) > 1:
        asked["ligne"] = list(lines).index(line) + 1
    if issue.kind == IssueKind.AMOUNT_CHANGED:
        asked["montant"] = too_much
    return f"{reverse('payment-refund', args=[payment.code])}?{urlencode(asked)}"


def _remind_url(code: str) -> str:
    try:
        return reverse("unpaid-remind", args=[code])
    except NoReverseMatch:
        return ""
