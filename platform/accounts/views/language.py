"""The switch of the language."""

from django.http import HttpRequest, HttpResponseBase
from django.views.i18n import LANGUAGE_QUERY_PARAMETER
from django.views.i18n import set_language as remember_in_browser

from accounts.actions.language import choose_language
from accounts.models import User
from themes.languages import offered_languages


def set_language(request: HttpRequest) -> HttpResponseBase:
    """Keeps the language chosen in this browser, and for the person where one is logged in."""
    language = request.POST.get(LANGUAGE_QUERY_PARAMETER, "")
    user = request.user if isinstance(request.user, User) else None
    if user is not None and language in offered_languages(has_clients=user.is_client):
        choose_language(user, language=language)
    return remember_in_browser(request)
