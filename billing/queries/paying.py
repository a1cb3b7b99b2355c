"""What a payer is shown: what is due, how it can be paid, and what is under way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.db.models import Count, DecimalField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from billing.enums import OPEN_STATUSES, Method, Provider
from billing.models import Payment, PaymentLine, ProviderAccount
from billing.queries.dues import Due, counted_lines, dues_of
from billing.rules import in_euros
from extranet.enums import PaymentState
from extranet.models import Appointment, Dossier
from extranet.queries.dossier_filter import visible_dossiers

#: How many dossiers are paid at once.
MOST = 350
#: For so long after its beginning an attempt may be a payment that somebody is making now.
RECENT = timedelta(minutes=20)


@dataclass(frozen=True)
class PayLine:
    """A dossier on the page of the payer, and what was begun for it."""

    due: Due
    #: Its money is on its way: a bank is confirming it.
    confirming: Payment | None = None
    #: A transfer or cheque that was announced.
    announced: Payment | None = None
    #: An attempt that began a moment ago and has not ended.
    begun: Payment | None = None

    @property
    def is_payable(self) -> bool:
        """Whether something can be paid now."""
        return self.due.left > 0 and self.confirming is None

    @property
    def is_paid(self) -> bool:
        """Whether it counts as paid, by whatever means."""
        return self.due.dossier.payment_state == PaymentState.PAID


@dataclass(frozen=True)
class Bill:
    """All that a payer is asked for; `left` in cents."""

    lines: list[PayLine] = field(default_factory=list)

    @property
    def payable(self) -> list[PayLine]:
        """Those that can be paid now."""
        return [line for line in self.lines if line.is_payable]

    @property
    def left(self) -> int:
        """What is asked for now."""
        return sum(line.due.left for line in self.payable)


@dataclass(frozen=True)
class DueTotal:
    """How many dossiers are to be paid, and their cents."""

    count: int = 0
    left: int = 0

    @property
    def euros(self) -> Decimal:
        """The same in euros."""
        return in_euros(self.left)


def offered_accounts() -> list[ProviderAccount]:
    """Returns the means of payment that clients are offered, in the firm's order."""
    return list(ProviderAccount.objects.filter(is_active=True, deleted_at__isnull=True))


def offered_providers() -> set[str]:
    """Returns whose means of payment are offered."""
    found = ProviderAccount.objects.filter(is_active=True, deleted_at__isnull=True)
    return set(found.order_by().values_list("provider", flat=True).distinct())


def bill_of(codes: Sequence[str]) -> Bill:
    """Returns what is asked for these dossiers, in their order; those in the bin are not there. Four queries."""
    found = {dossier.code: dossier for dossier in Dossier.objects.filter(code__in=list(codes), deleted_at__isnull=True)}
    dossiers = [found[code] for code in dict.fromkeys(codes) if code in found]
    return Bill(lines_of(dossiers))


def lines_of(dossiers: Sequence[Dossier]) -> list[PayLine]:
    """Returns what is due for dossiers and what was begun for them: three queries."""
    under_way = _under_way(dossier.pk for dossier in dossiers)
    return [_line(due, under_way.get(due.dossier.pk, [])) for due in dues_of(dossiers)]


def _under_way(dossier_ids: Iterable[int]) -> dict[int, list[Payment]]:
    """Returns the attempts that have not ended, the newest first, by the dossiers that they pay."""
    lines = (
        PaymentLine.objects.filter(dossier_id__in=list(dossier_ids), payment__status__in=OPEN_STATUSES)
        .select_related("payment")
        .order_by("-payment_id")
    )
    found: dict[int, list[Payment]] = {}
    for line in lines:
        found.setdefault(line.dossier_id or 0, []).append(line.payment)
    return found


def _line(due: Due, under_way: Sequence[Payment]) -> PayLine:
    online = [payment for payment in under_way if payment.provider != Provider.MANUAL]
    recent = timezone.now() - RECENT
    return PayLine(
        due=due,
        confirming=next((payment for payment in online if is_confirming(payment)), None),
        announced=next((payment for payment in under_way if payment.provider == Provider.MANUAL), None),
        begun=next((payment for payment in online if payment.provider_ref and payment.created_at >= recent), None),
    )


def is_confirming(payment: Payment) -> bool:
    """Whether the money of an open attempt is on its way: nothing else must be begun meanwhile."""
    sent = payment.method == Method.DIRECT_DEBIT or bool(payment.capture_ref)
    return payment.is_open and payment.provider != Provider.MANUAL and sent


def dossiers_of(payment: Payment) -> list[Dossier]:
    """Returns the dossiers that a payment pays, those in the bin left out: one query."""
    found = Dossier.objects.filter(payment_lines__payment=payment, deleted_at__isnull=True)
    return list(found.order_by("payment_lines__id"))


def visit_of_payment(payment: Payment) -> Appointment | None:
    """Returns the visit whose deposit a payment pays; None for one that pays dossiers. One query."""
    rows = Appointment.objects.select_related("diagnostician", "order").filter(payment_lines__payment=payment)
    return rows.first()


def due_dossiers(user: User) -> list[Dossier]:
    """Returns the unpaid dossiers that a client may see, archived ones too, the newest first; at most MOST + 1."""
    return list(_unpaid(user).order_by("-created_at", "-id")[: MOST + 1])


def due_total(user: User) -> DueTotal:
    """Returns what a client has to pay for all dossiers that it may see: one query."""
    kept = (
        counted_lines()
        .filter(dossier=OuterRef("pk"))
        .order_by()
        .values("dossier")
        .annotate(kept=Sum(F("amount") - F("refunded")))
        .values("kept")
    )
    left = ExpressionWrapper(F("amount") * 100 - Coalesce(Subquery(kept), 0), output_field=DecimalField())
    row = _unpaid(user).annotate(left=left).aggregate(n=Count("pk", filter=Q(left__gt=0)), sum=_sum())
    return DueTotal(count=row["n"], left=int(row["sum"] or 0))


def _sum() -> Sum:
    return Sum("left", filter=Q(left__gt=0))


def _unpaid(user: User) -> QuerySet[Dossier]:
    return visible_dossiers(user).filter(payment_state=PaymentState.UNPAID, amount__gt=0)
