"""What is still to be paid for dossiers."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from billing.enums import IssueKind, Mode, PaymentStatus, Provider
from billing.models import PaymentIssue, PaymentLine, ProviderAccount
from billing.rules import cents
from extranet.enums import PaymentState
from extranet.models import Dossier


@dataclass(frozen=True)
class Due:
    """A dossier's money in cents: what is asked, what payments of ours have brought and kept, what is left."""

    dossier: Dossier
    amount: int
    received: int

    @property
    def left(self) -> int:
        """What can be paid now; nothing once the dossier counts as paid."""
        if self.dossier.payment_state != PaymentState.UNPAID:
            return 0
        return max(0, self.amount - self.received)


def counted_lines() -> QuerySet[PaymentLine]:
    """Returns the lines of payments that brought something for their dossiers.

    One that brought something else than what was asked pays no dossier: a person decides. One that was a test counts
    while the firm only tries: once it offers a live means, what was tried has paid nothing.
    """
    wrong = PaymentIssue.objects.filter(payment=OuterRef("payment"), kind=IssueKind.WRONG_AMOUNT)
    live = ProviderAccount.objects.filter(mode=Mode.LIVE, is_active=True, deleted_at__isnull=True)
    real = Q(payment__mode=Mode.LIVE) | Q(payment__provider=Provider.MANUAL)
    return PaymentLine.objects.filter(
        real | ~Exists(live.exclude(provider=Provider.MANUAL)), ~Exists(wrong), payment__status=PaymentStatus.SUCCEEDED
    )


def received_for(dossier_ids: Iterable[int]) -> dict[int, int]:
    """Returns the cents that successful payments brought for dossiers, refunds taken off; none: no entry."""
    rows = (
        counted_lines()
        .filter(dossier_id__in=list(dossier_ids))
        .order_by()
        .values("dossier_id")
        .annotate(kept=Sum(F("amount") - F("refunded")))
        .values_list("dossier_id", "kept")
    )
    return {key: int(kept) for key, kept in rows if key is not None}


def dues_of(dossiers: Iterable[Dossier]) -> list[Due]:
    """Returns what is due for each dossier, in their order: one query."""
    asked = list(dossiers)
    received = received_for(dossier.pk for dossier in asked)
    return [
        Due(
            dossier=dossier,
            amount=cents(dossier.amount) if dossier.amount is not None else 0,
            received=received.get(dossier.pk, 0),
        )
        for dossier in asked
    ]
