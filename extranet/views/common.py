"""What several pages read from a request."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

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


def own_path(request: HttpRequest, target: str) -> str:
    """Returns an address if it is a page of ours, else nothing: what a link or a redirect may follow."""
    own = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return target if target and own else ""


def back_to(request: HttpRequest, otherwise: str) -> HttpResponse:
    """Returns the person to the page of ours that the form names (`next`), else to another one."""
    return redirect(own_path(request, request.POST.get("next", "")) or otherwise)
