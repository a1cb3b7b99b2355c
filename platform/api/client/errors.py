"""What may go wrong, each with its exit code."""

from collections.abc import Sequence
from dataclasses import dataclass


class ClientError(Exception):
    """Something that people can read and mend."""

    exit_code = 1


class UsageError(ClientError):
    """What was asked for makes no sense: a folder that is none, a file of settings with a mistake."""

    exit_code = 2


class NotAllowed(ClientError):
    """The key is missing, unknown, or not made for this."""

    exit_code = 3


class Unreachable(ClientError):
    """The site does not answer, however often it is asked."""

    exit_code = 4


@dataclass(frozen=True)
class Mistake:
    """A mistake at one place of what was sent: a JSON pointer, a code, a sentence."""

    pointer: str
    code: str
    detail: str


class Refused(ClientError):
    """The site refuses what was sent: a status, a code, a sentence, and the places."""

    def __init__(self, status: int, code: str, detail: str, mistakes: Sequence[Mistake] = ()) -> None:
        places = "".join(f"\n  {mistake.pointer or '/'}: {mistake.detail}" for mistake in mistakes)
        super().__init__(f"{detail}{places}")
        self.status = status
        self.code = code
        self.mistakes = tuple(mistakes)

    @property
    def codes(self) -> frozenset[str]:
        """All codes in it."""
        return frozenset({self.code, *(mistake.code for mistake in self.mistakes)})
