"""What every page of a firm may know of paying: read when a template asks, and once."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest

from accounts.models import User
from billing.enums import Provider
from billing.queries.paying import DueTotal, due_total, offered_providers


class Paying:
    """Whether and how clients can pay, and what the reader has to pay."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def _providers(self) -> set[str]:
        return offered_providers() if getattr(self._request, "firm", None) is not None else set()

    @property
    def is_offered(self) -> bool:
        """Whether there is any means of payment: one query a page."""
        return bool(self._providers)

    @property
    def is_online(self) -> bool:
        """Whether one can pay at once, by a provider."""
        return bool(self._providers - {Provider.MANUAL})

    @cached_property
    def due(self) -> DueTotal:
        """What the client that reads has to pay: one query."""
        user = getattr(self._request, "user", None)
        return due_total(user) if self.is_offered and isinstance(user, User) and user.is_client else DueTotal()


def paying(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `paying`."""
    return {"paying": Paying(request)}
