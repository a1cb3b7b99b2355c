"""What pages of a firm may ask about its portal: read when a template asks, and once."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest

from extranet.queries.join import waiting_count
from extranet.queries.settings import portal_settings
from extranet.settings_nav import SettingsNav


class Portal:
    """What the firm lets people do who are not signed in."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def takes_visitors_orders(self) -> bool:
        """Whether people without an account may order: one query a page."""
        return getattr(self._request, "firm", None) is not None and portal_settings().visitor_orders

    @cached_property
    def waiting_joins(self) -> int:
        """How many requests for an account wait: no query where the firm lets nobody ask, else one a page."""
        firm = getattr(self._request, "firm", None)
        return waiting_count() if firm is not None and firm.branding.offer_account_request else 0


def portal(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `portal`, and `settings_nav`."""
    return {"portal": Portal(request), "settings_nav": SettingsNav(request)}
