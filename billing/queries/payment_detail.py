"""All that is known of one payment: a query for each kind of thing, whatever their rows."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.enums import PaymentStatus, RefundStatus
from billing.models import Notification, Payment, PaymentIssue, PaymentLine, Refund
from billing.queries.dues import Due, dues_of

#: The last notifications of a payment that its page shows.
MOST_NOTIFICATIONS = 30
_UNDER_WAY = (RefundStatus.REQUESTED, RefundStatus.PENDING)


@dataclass(frozen=True)
class Moment:
    """Something that happened to a payment."""

    at: datetime
    icon: str
    text: str | Promise
    #: Who or why.
    note: str | Promise = ""


@dataclass(frozen=True)
class LineState:
    """A line of a payment and the cents of it that can still be refunded."""

    rank: int
    line: PaymentLine
    left: int


@dataclass(frozen=True)
class PaymentFacts:
    """What belongs to a payment; `left` in cents: what can still be refunded."""

    lines: list[LineState]
    refunds: list[Refund]
    notifications: list[Notification]
    issues: list[PaymentIssue]
    dues: dict[int, Due]
    left: int

    @property
    def open_issues(self) -> list[PaymentIssue]:
        """Those that nobody settled."""
        return [issue for issue in self.issues if issue.resolved_at is None]


def lines_left(payment: Payment) -> tuple[list[LineState], list[Refund], int]:
    """Returns the lines of a payment with what is left of each, its refunds, and the cents left of the whole.

    The same as actions.refunding.left_to_refund, for all lines in two queries.
    """
    lines = list(payment.lines.select_related("dossier", "appointment__order"))
    refunds = list(payment.refunds.all())
    under_way = [refund for refund in refunds if refund.status in _UNDER_WAY]
    paid = payment.status == PaymentStatus.SUCCEEDED
    left = max(0, payment.amount - payment.refunded - sum(refund.amount for refund in under_way)) if paid else 0
    states = [
        LineState(rank, line, min(left, max(0, line.amount - line.refunded - _asked(under_way, line))))
        for rank, line in enumerate(lines, 1)
    ]
    return states, refunds, left


def _asked(under_way: list[Refund], line: PaymentLine) -> int:
    return sum(refund.amount for refund in under_way if refund.line_id == line.pk)


def facts_of(payment: Payment) -> PaymentFacts:
    """Returns all that belongs to a payment: six queries at most."""
    lines, refunds, left = lines_left(payment)
    dossiers = [state.line.dossier for state in lines if state.line.dossier is not None]
    notices = payment.notifications.defer("body").order_by("-id")[:MOST_NOTIFICATIONS]
    return PaymentFacts(
        lines=lines,
        refunds=refunds,
        notifications=list(notices),
        issues=list(payment.issues.all()),
        dues={due.dossier.pk: due for due in dues_of(dossiers)} if dossiers else {},
        left=left,
    )


def timeline_of(payment: Payment, facts: PaymentFacts) -> list[Moment]:
    """Returns what happened to a payment, oldest first."""
    moments = [Moment(payment.created_at, "player-play", _("Started"), payment.payer_name)]
    if payment.paid_at is not None:
        moments.append(Moment(payment.paid_at, "circle-check", _("Paid"), payment.instrument))
    for refund in facts.refunds:
        moments.append(Moment(refund.created_at, "receipt-refund", _("Refund asked for"), refund.requested_by_name))
        if refund.settled_at is not None:
            done = refund.status == RefundStatus.SUCCEEDED
            text = _("Refunded") if done else _("Refund refused")
            moments.append(Moment(refund.settled_at, "receipt-refund" if done else "circle-x", text, refund.error))
    for issue in facts.issues:
        moments.append(Moment(issue.created_at, "alert-triangle", issue.get_kind_display(), issue.note))
        if issue.resolved_at is not None:
            moments.append(Moment(issue.resolved_at, "check", _("Marked as settled"), issue.resolved_by))
    if payment.checked_at is not None:
        moments.append(Moment(payment.checked_at, "refresh", _("Last read at the provider")))
    return sorted(moments, key=lambda moment: moment.at)
