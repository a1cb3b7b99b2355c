"""What a person must do before anything else: change a generated password, set up a second factor."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.cache import add_never_cache_headers

from accounts.models import Role, User
from accounts.rules import has_second_factor
from themes.languages import chosen_language, offered_languages

GetResponse = Callable[[HttpRequest], HttpResponse]

_ALWAYS_OPEN = ("/theme.css", "/branding/", "/static/", "/langue/")


class AccountStateMiddleware:
    """Sends a person with a generated password to its change, and an operator without second factor to its set-up.

    Pages for a person who is logged in are never kept by a cache.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Returns the response or a redirect to what must be done first."""
        if request.path.startswith(_ALWAYS_OPEN):
            return self.get_response(request)
        user = request.user
        if isinstance(user, User) and user.is_authenticated:
            step = _step(request, user)
            if step:
                return redirect(step)
        response = self.get_response(request)
        if isinstance(user, User) and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response


class OwnLanguageMiddleware:
    """Shows a person who is logged in the pages in its own language, and the staff only in those of the office.

    What was chosen in this browser comes before what is known of the person, and that before the firm's language.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Returns the response in that language."""
        if request.path.startswith(_ALWAYS_OPEN) or not isinstance(request.user, User):
            return self.get_response(request)
        language = _own_language(request, request.user)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            return self.get_response(request)


def _own_language(request: HttpRequest, user: User) -> str:
    offered = offered_languages(has_clients=user.is_client)
    for language in (chosen_language(request), user.language, translation.get_language()):
        if language in offered:
            return language
    return settings.LANGUAGE_CODE


def _step(request: HttpRequest, user: User) -> str | None:
    log_out = reverse("account_logout")
    if user.must_change_password:
        change = reverse("account_change_password")
        return None if request.path in {change, log_out} else change
    if user.role == Role.OPERATOR and not has_second_factor(user):
        mfa = reverse("mfa_index")
        allowed = request.path.startswith(mfa) or request.path in {log_out, reverse("account_reauthenticate")}
        return None if allowed else reverse("mfa_activate_totp")
    return None
