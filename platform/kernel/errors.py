"""The errors that actions raise on purpose; everything else is a fault."""

from django.utils.functional import Promise


class DomainError(Exception):
    """Something the caller may do otherwise: ``code`` for programs, ``message`` (translated) for people."""

    def __init__(self, code: str, message: str | Promise) -> None:
        super().__init__(code)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class WrongFirm(RuntimeError):
    """A row of one firm was about to be used inside another firm's schema: always a programming fault."""


class OutsideServiceError(Exception):
    """A service beyond our walls failed; ``retry`` says whether the same call may succeed later."""

    def __init__(self, message: str, *, retry: bool) -> None:
        super().__init__(message)
        self.retry = retry
