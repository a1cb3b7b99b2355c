"""What every page knows of the look: whose it is, its colours' version, its shell."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest

from themes import css
from themes.languages import offered_languages

if TYPE_CHECKING:
    from themes.models.branding import Branding

_SHELLS = {"admin": "base_office.html", "staff": "base_office.html", "client": "base_portal.html"}


@dataclass(frozen=True)
class PlatformBranding:
    """The platform's own look, for hosts that belong to no firm; has a firm's Branding's readable attributes."""

    site_name: str
    logo_key: str = ""
    background_key: str = ""
    background_color: str = css.DEFAULT_BACKGROUND
    button_color: str = css.DEFAULT_BUTTON
    language: str = ""
    rows_per_page: int = 25
    top_offset: int = 0
    version: int = 0
    offer_account_request: bool = False
    offer_password_reset: bool = True
    welcome: str = ""


def branding_of(request: HttpRequest) -> "Branding | PlatformBranding":
    """Returns the branding of the request's firm, the platform's own where there is no firm."""
    firm = getattr(request, "firm", None)
    if firm is not None:
        try:
            chosen: Branding = firm.branding
        except ObjectDoesNotExist:
            return PlatformBranding(site_name=firm.name)
        return chosen
    return PlatformBranding(site_name=settings.PLATFORM_NAME)


def version_of(chosen: "Branding | PlatformBranding") -> str:
    """Returns what makes the address of theme.css new: the branding's version and that of our rules."""
    return f"{chosen.version}-{css.REVISION}"


def branding(request: HttpRequest) -> dict[str, Any]:
    """The context processor: see themes/README.md for what each name holds."""
    firm = getattr(request, "firm", None)
    chosen = branding_of(request)
    return {
        "firm": firm,
        "branding": chosen,
        "platform_name": settings.PLATFORM_NAME,
        "site_name": chosen.site_name or (firm.name if firm else settings.PLATFORM_NAME),
        "theme_version": version_of(chosen),
        "shell": _shell(request),
        "page_languages": offered_languages(has_clients=firm is not None),
        "office_languages": offered_languages(has_clients=False),
    }


def _shell(request: HttpRequest) -> Callable[[], str]:
    def choose() -> str:
        user = getattr(request, "user", None)
        return _SHELLS.get(getattr(user, "role", ""), "base_console.html")

    # called by the template that extends it, so that other pages do not load the user for it
    return choose
