"""What a benchmark says."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A measured value against its goal: an upper bound unless `at_least`; `notes` explain it, a line each."""

    value: float
    goal: float
    at_least: bool = False
    notes: tuple[str, ...] = ()

    @property
    def is_ok(self) -> bool:
        """Whether the goal is reached."""
        return self.value >= self.goal if self.at_least else self.value <= self.goal

    def line(self, name: str) -> str:
        """Returns the one line that a script reads."""
        sign, verdict = ">=" if self.at_least else "<=", "ok" if self.is_ok else "short"
        return f"{name} {self.value:.2f} (goal {sign} {self.goal:g}) {verdict}"
