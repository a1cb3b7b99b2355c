"""What several pages read from a request."""

from django.http import HttpRequest
from django.urls import reverse

from extranet.actions.history import Visit
from kernel.http import client_address
from tenants.models import Firm
from themes.models import Branding


def firm_of(request: HttpRequest) -> Firm:
    """Returns the firm of the host."""
    firm = request.firm  # type: ignore[attr-defined]
    assert isinstance(firm, Firm)
    return firm


def rows_per_page(request: HttpRequest) -> int:
    """Returns how many rows the firm wants on a page (25 unless it chose)."""
    branding: Branding = firm_of(request).branding
    return branding.rows_per_page


def visit_of(request: HttpRequest) -> Visit:
    """Returns from where the person acts, for the history."""
    return Visit(address=client_address(request) or None, user_agent=request.headers.get("User-Agent", ""))


def login_link(request: HttpRequest) -> str:
    """Returns the full address of the portal's log-in."""
    return request.build_absolute_uri(reverse("account_login"))
