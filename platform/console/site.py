"""The site of the console: who comes in, under which policy, with what around each page."""

import time
from collections.abc import Callable
from functools import update_wrapper
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, reverse
from django.utils.csp import CSP
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from unfold.sites import UnfoldAdminSite

from accounts.models import User
from console.look import PRIMARY, look, navigation
from console.queries.dashboard import dashboard

#: Seconds without a page after which an operator must log in again.
IDLE_SECONDS = 30 * 60
#: How often, in seconds, a session's end is put off: not with each page.
_TOUCH_SECONDS = 60
_SEEN = "console_seen"

#: Alpine, which unfold is built on, evaluates its attributes, and unfold writes its colours into the page.
POLICY: dict[str, Any] = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.UNSAFE_EVAL],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}

#: Pages of Django's admin that the console does not offer.
_UNUSED = {"autocomplete", "view_on_site", "password_change", "password_change_done"}

type View = Callable[..., HttpResponseBase]


class ConsoleSite(UnfoldAdminSite):  # type: ignore[misc]
    """unfold's admin site for operators who proved a second factor; log-in and account pages are allauth's."""

    index_template = "console/dashboard.html"
    index_title = _("Dashboard")

    def has_permission(self, request: HttpRequest) -> bool:
        """Returns whether the person is an operator and proved a second factor in this session.

        That the operator has one is not enough: a session opened before it was set up never showed it.
        """
        return bool(super().has_permission(request)) and proved_second_factor(request)

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Returns the view behind the door, under the console's own policy, its session kept short."""
        guarded = csp_override(POLICY)(super().admin_view(view, cacheable))

        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response: HttpResponseBase = guarded(request, *args, **kwargs)
            # unfold would let the console frame itself
            response.headers["X-Frame-Options"] = "DENY"
            if isinstance(request.user, User):
                put_off_end(request)
            return response

        return update_wrapper(inner, view)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Returns the addresses that the console has."""
        return [pattern for pattern in super().get_urls() if getattr(pattern, "name", None) not in _UNUSED]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Returns what every page needs."""
        context: dict[str, Any] = super().each_context(request)
        context["colors"]["primary"] = PRIMARY
        context.update(look(request))
        return context

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Returns the navigation."""
        return navigation(request)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Returns the dashboard."""
        response: HttpResponse = super().index(request, {"dashboard": dashboard(), **(extra_context or {})})
        return response

    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> HttpResponse:
        """Redirects to the dashboard: the side bar has it all."""
        return redirect("console:index")

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirects to allauth's log-in, or to the proof of the second factor for who logged in without."""
        wanted = request.GET.get("next", "")
        if self.has_permission(request):
            return redirect("console:index")
        if super().has_permission(request):
            return _with_next(_proof_of(request), wanted)
        return _with_next("account_login", wanted)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Ends the session."""
        if request.method != "POST":
            return redirect("account_logout")
        get_adapter().logout(request)
        return redirect("account_login")


def proved_second_factor(request: HttpRequest) -> bool:
    """Returns whether this session's log-in, or a proof since, showed a second factor."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


def put_off_end(request: HttpRequest) -> None:
    """Has the session end after IDLE_SECONDS without a page of the console."""
    now = int(time.time())
    if now - int(request.session.get(_SEEN, 0)) >= _TOUCH_SECONDS:
        request.session[_SEEN] = now
        request.session.set_expiry(IDLE_SECONDS)


def _proof_of(request: HttpRequest) -> str:
    totp = Authenticator.objects.filter(user_id=request.user.pk, type=Authenticator.Type.TOTP).exists()
    return "mfa_reauthenticate" if totp else "mfa_reauthenticate_webauthn"


def _with_next(name: str, wanted: str) -> HttpResponseRedirect:
    address = reverse(name)
    return HttpResponseRedirect(f"{address}?{urlencode({'next': wanted})}" if wanted else address)


site = ConsoleSite(name="console")
