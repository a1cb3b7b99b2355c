"""How many quotes stand where, how many are accepted, and how long that takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import Aggregate, Count, DurationField, F, Q, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from extranet.chart import Chart, chart_of
from extranet.enums_quote import QuoteState
from extranet.models import Quote
from extranet.queries.quote_filter import EXPIRED, visible_quotes

_MONTHS = 12


@dataclass(frozen=True)
class QuoteCount:
    """How many quotes a person sees in a state, and their amount in euros, VAT included."""

    state: str
    label: str
    count: int
    amount: Decimal


@dataclass(frozen=True)
class Conversion:
    """What was answered in a period: how many and how much, accepted of all; the median time from sending to it."""

    label: str
    accepted: int
    decided: int
    accepted_amount: Decimal
    decided_amount: Decimal
    median: timedelta | None

    @property
    def percent(self) -> int | None:
        """The part that was accepted, by number."""
        return round(100 * self.accepted / self.decided) if self.decided else None

    @property
    def amount_percent(self) -> int | None:
        """The part that was accepted, by amount."""
        return round(100 * self.accepted_amount / self.decided_amount) if self.decided_amount else None

    @property
    def days(self) -> Decimal | None:
        """The median in days, to a tenth."""
        if self.median is None:
            return None
        return (Decimal(self.median.total_seconds()) / 86_400).quantize(Decimal("0.1"))


class _Median(Aggregate):
    """The middle of what was counted."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)%(filter)s"
    output_field = DurationField()


def quote_counts(user: User) -> list[QuoteCount]:
    """Returns how many quotes the person sees in each state, the expired ones apart: one query."""
    today = timezone.localdate()
    expired = Q(state=QuoteState.ISSUED, valid_until__lt=today)
    found = visible_quotes(user).order_by().values("state").annotate(
        n=Count("id"), late=Count("id", filter=expired), due=Sum("gross"), late_due=Sum("gross", filter=expired)
    )  # fmt: skip
    rows: dict[str, Any] = {row["state"]: row for row in found}
    counts: list[QuoteCount] = []
    for value, label in QuoteState.choices:
        row = rows.get(value) or {"n": 0, "late": 0, "due": None, "late_due": None}
        late = row["late_due"] or Decimal(0)
        counts.append(QuoteCount(value, str(label), row["n"] - row["late"], (row["due"] or Decimal(0)) - late))
        if value == QuoteState.ISSUED:
            counts.append(QuoteCount(EXPIRED, pgettext("quote", "Expired"), row["late"], late))
    return counts


def conversions() -> list[Conversion]:
    """Returns what was answered this month, in three months and in twelve: one query."""
    today = timezone.localdate()
    begins = [
        (_("This month"), today.replace(day=1)),
        (_("3 months"), today - relativedelta(months=3)),
        (_("12 months"), today - relativedelta(months=12)),
    ]
    decided = Q(state__in=[QuoteState.ACCEPTED, QuoteState.REFUSED])
    values: dict[str, Any] = {}
    for rank, (_label, first) in enumerate(begins):
        within = decided & Q(decided_at__gte=_midnight(first))
        won = within & Q(state=QuoteState.ACCEPTED)
        values |= {
            f"accepted{rank}": Count("id", filter=won),
            f"decided{rank}": Count("id", filter=within),
            f"won{rank}": Sum("gross", filter=won),
            f"all{rank}": Sum("gross", filter=within),
            f"median{rank}": _Median(F("decided_at") - F("issued_at"), filter=within),
        }
    row = Quote.objects.filter(decided, decided_at__gte=_midnight(begins[-1][1])).aggregate(**values)
    return [
        Conversion(
            label,
            row[f"accepted{rank}"],
            row[f"decided{rank}"],
            row[f"won{rank}"] or Decimal(0),
            row[f"all{rank}"] or Decimal(0),
            row[f"median{rank}"],
        )
        for rank, (label, _first) in enumerate(begins)
    ]


def quote_chart() -> Chart:
    """Returns the chart of twelve months: quotes sent, and those of them that were accepted. One query."""
    months = _last_months(timezone.localdate())
    found = (
        Quote.objects.filter(issued_at__gte=_midnight(months[0]))
        .annotate(month=TruncMonth("issued_at"))
        .order_by()
        .values("month")
        .annotate(sent=Count("id"), won=Count("id", filter=Q(state=QuoteState.ACCEPTED)))
    )
    by_month = {timezone.localtime(row["month"]).date(): (row["sent"], row["won"]) for row in found}
    return chart_of((month, *by_month.get(month, (0, 0))) for month in months)


def _last_months(today: date) -> Sequence[date]:
    first = today.replace(day=1)
    return [first - relativedelta(months=back) for back in range(_MONTHS - 1, -1, -1)]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
