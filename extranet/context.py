"""What pages of a firm may ask about its portal: read when a template asks, and once."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest

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


def portal(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `portal`, and `settings_nav`."""
    return {"portal": Portal(request), "settings_nav": SettingsNav(request)}
