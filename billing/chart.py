"""The geometry of the chart of the money by month: whole numbers, which no locale writes differently."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from billing.queries.payment import MonthTotals
from kernel.charts import round_top

#: The drawing's own units; the page stretches it.
WIDTH, HEIGHT = 1200, 400
MONTHS = 12
_GAP = 18


@dataclass(frozen=True)
class Segment:
    """What one provider brought in a month: where it lies in the month's bar."""

    provider: str
    y: int
    height: int


@dataclass(frozen=True)
class Column:
    """One month: where it stands and what its bar is made of; `total` in cents."""

    month: date
    total: int
    x: int
    width: int
    segments: list[Segment]

    @property
    def bar_x(self) -> int:
        """The left side of the bar."""
        return self.x + _GAP

    @property
    def bar_width(self) -> int:
        """How wide the bar is."""
        return self.width - 2 * _GAP


@dataclass(frozen=True)
class Chart:
    """The months, oldest first, and the cents that the top of the drawing stands for."""

    columns: list[Column]
    top: int

    @property
    def half(self) -> int:
        """The cents half way up."""
        return self.top // 2


def money_chart(months: Iterable[MonthTotals], providers: Sequence[str]) -> Chart | None:
    """Returns the chart of the twelve months up to the last one with money; None where none had any."""
    known = {month.month: month for month in months}
    if not known:
        return None
    shown = [known.get(day, MonthTotals(day)) for day in _months_up_to(max(known))]
    top = round_top(max(month.total for month in shown), unit=100)
    width = WIDTH // MONTHS
    columns = [
        Column(month.month, month.total, rank * width, width, _segments(month, providers, top))
        for rank, month in enumerate(shown)
    ]
    return Chart(columns=columns, top=top)


def _segments(month: MonthTotals, providers: Sequence[str], top: int) -> list[Segment]:
    made: list[Segment] = []
    below = 0
    for provider in providers:
        if amount := month.paid.get(provider, 0):
            low, high = below * HEIGHT // top, (below + amount) * HEIGHT // top
            made.append(Segment(provider, HEIGHT - high, high - low))
            below += amount
    return made


def _months_up_to(last: date) -> list[date]:
    end = last.year * 12 + last.month - 1
    first = max(12, end - MONTHS + 1)
    return [date(number // 12, number % 12 + 1, 1) for number in range(first, end + 1)]
