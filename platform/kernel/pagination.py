"""Pages of long lists: an offset page with a count that never reads more than it shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

COUNT_CAP = 1_000


@dataclass(frozen=True)
class Page[T]:
    """One page of a list; `count` stops at COUNT_CAP, then `count_capped` is true."""

    rows: Sequence[T]
    number: int
    size: int
    count: int
    count_capped: bool
    has_next: bool

    def with_rows[R](self, rows: Sequence[R]) -> "Page[R]":
        """Returns the same page with its rows made into something else."""
        return Page(rows, self.number, self.size, self.count, self.count_capped, self.has_next)

    @property
    def has_previous(self) -> bool:
        """Whether a page comes before."""
        return self.number > 1

    @property
    def next_number(self) -> int:
        """The number of the page after this one."""
        return self.number + 1

    @property
    def previous_number(self) -> int:
        """The number of the page before this one."""
        return self.number - 1

    @property
    def num_pages(self) -> int:
        """How many pages are known: those of the counted rows, or up to this one and the next."""
        counted = max(1, -(-self.count // self.size))
        return max(counted, self.number + (1 if self.has_next else 0))

    @property
    def first_row(self) -> int:
        """The rank, from 1, of the first row shown; 0 for an empty list."""
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last_row(self) -> int:
        """The rank of the last row shown."""
        return (self.number - 1) * self.size + len(self.rows)

    @property
    def page_range_short(self) -> list[int | None]:
        """The page numbers to offer: the ends and the neighbours, None for a gap."""
        wanted = sorted({1, self.num_pages, *range(max(1, self.number - 1), min(self.num_pages, self.number + 1) + 1)})
        result: list[int | None] = []
        for page in wanted:
            last = result[-1] if result else None
            if last is not None and page - last == 2:
                result.append(page - 1)
            elif last is not None and page - last > 2:
                result.append(None)
            result.append(page)
        return result


def paginate[T](queryset: QuerySet[Any, T], *, page: str | int | None, size: int) -> Page[T]:
    """Returns the page asked for; nonsense gives the first page, a number past the end the last one that has rows.

    Two queries: a count capped at COUNT_CAP + 1, and the rows (one more than shown, to know whether more follow).
    """
    number = _page_number(page)
    counted = queryset.order_by()[: COUNT_CAP + 1].count()
    capped = counted > COUNT_CAP
    if not capped:
        number = min(number, max(1, -(-counted // size)))
    rows = list(queryset[(number - 1) * size : number * size + 1])
    if capped and not rows and number > 1:
        number = max(1, -(-queryset.order_by().count() // size))
        rows = list(queryset[(number - 1) * size : number * size + 1])
    return Page(
        rows=rows[:size],
        number=number,
        size=size,
        count=min(counted, COUNT_CAP),
        count_capped=capped,
        has_next=len(rows) > size,
    )


def _page_number(page: str | int | None) -> int:
    try:
        return min(max(1, int(page or 1)), 10_000_000)
    except ValueError:
        return 1
