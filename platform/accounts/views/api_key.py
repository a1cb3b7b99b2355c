"""The keys of programs: an administrator sees those of the whole firm, everybody else the own ones."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import access_token, current_user, for_members, visible_tokens
from accounts.actions.api_token import create_token, revoke_token
from accounts.key_forms import KEY_PRESETS, KeyForm
from accounts.models import User
from accounts.rules import scopes_open_to
from kernel.errors import DomainError
from kernel.pagination import paginate

_FIELD_OF_ERROR = {"unknown_scope": "scopes", "bad_network": "networks", "past_expiry": "expires_on"}


@require_safe
@for_members
def api_key_list(request: HttpRequest) -> HttpResponse:
    """Returns the keys that the person sees."""
    user = current_user(request)
    size = request.firm.branding.rows_per_page  # type: ignore[attr-defined]
    page = paginate(visible_tokens(user), page=request.GET.get("page"), size=size)
    context = _page(request, user) | {"page": page, "now": timezone.now()}
    return render(request, "accounts/api_key_list.html", context)


@require_http_methods(["GET", "POST"])
@for_members
def api_key_new(request: HttpRequest) -> HttpResponse:
    """Returns the form of a new key of the person, or makes it and shows its secret this once (201)."""
    user = current_user(request)
    chosen = request.GET.get("profil", KEY_PRESETS[0].code)
    preset = next((one for one in KEY_PRESETS if one.code == chosen), KEY_PRESETS[0])
    ticked = [scope.value for scope in scopes_open_to(user) if scope in preset.scopes]
    form = KeyForm(request.POST or None, user=user, initial={"scopes": ticked})
    if request.method == "POST" and form.is_valid():
        try:
            made = create_token(
                user=user,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                networks=form.cleaned_data["networks"],
                expires_at=form.expires_at,
                by=user,
            )
        except DomainError as error:
            form.add_error(_FIELD_OF_ERROR.get(error.code), str(error))
        else:
            context = _page(request, user) | {"token": made.token, "secret": made.secret}
            response = render(request, "accounts/api_key_made.html", context, status=201)
            response["Cache-Control"] = "no-store, private"
            return response
    context = _page(request, user) | {"form": form, "presets": KEY_PRESETS, "preset": preset}
    return render(request, "accounts/api_key_form.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_members
def api_key_revoke(request: HttpRequest, code: str) -> HttpResponse:
    """Ends a key."""
    user = current_user(request)
    token = revoke_token(access_token(user, code), by=user)
    messages.success(request, _("The key “%(name)s” is revoked: it opens nothing any more.") % {"name": token.name})
    return redirect("api-key-list")


def _page(request: HttpRequest, user: User) -> dict[str, Any]:
    """Returns what these pages have in common: an administrator's stand in the settings."""
    base = request.build_absolute_uri("/api/v1/")
    site = request.build_absolute_uri("/").rstrip("/")
    # a page of the interface, which stands above the accounts
    return {
        "api": base,
        "site": site,
        "client_help": "api/client_help.html",
        "nav": "settings" if user.is_admin else "",
    } | ({"shell": "base_settings.html"} if user.is_admin else {})
