"""The geometry of the chart of the home page: whole numbers, which no locale writes differently."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kernel.charts import round_top

#: The drawing's own units; the page stretches it.
WIDTH, HEIGHT = 1200, 400
_GAP = 14


@dataclass(frozen=True)
class Column:
    """One month: where it stands, and how high its two bars are."""

    month: date
    published: int
    downloaded: int
    x: int
    width: int
    bar: int
    published_height: int
    downloaded_height: int

    @property
    def published_x(self) -> int:
        """The left side of the first bar."""
        return self.x + self.width // 2 - self.bar - 2

    @property
    def downloaded_x(self) -> int:
        """The left side of the second bar."""
        return self.x + self.width // 2 + 2

    @property
    def published_y(self) -> int:
        """The top of the first bar."""
        return HEIGHT - self.published_height

    @property
    def downloaded_y(self) -> int:
        """The top of the second bar."""
        return HEIGHT - self.downloaded_height


@dataclass(frozen=True)
class Chart:
    """The months, and the number that the top of the drawing stands for."""

    columns: list[Column]
    top: int

    @property
    def half(self) -> int:
        """The number half way up."""
        return self.top // 2

    @property
    def published(self) -> int:
        """How many dossiers were published in all."""
        return sum(column.published for column in self.columns)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(column.published or column.downloaded for column in self.columns)


def chart_of(months: Iterable[tuple[date, int, int]]) -> Chart:
    """Returns the chart of months: (first day, dossiers published, dossiers downloaded)."""
    rows = list(months)
    top = round_top(max((max(published, downloaded) for _, published, downloaded in rows), default=0))
    width = WIDTH // max(1, len(rows))
    bar = width // 2 - _GAP
    return Chart(
        columns=[
            Column(
                month=month,
                published=published,
                downloaded=downloaded,
                x=rank * width,
                width=width,
                bar=bar,
                published_height=published * HEIGHT // top,
                downloaded_height=downloaded * HEIGHT // top,
            )
            for rank, (month, published, downloaded) in enumerate(rows)
        ],
        top=top,
    )
