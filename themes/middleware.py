"""The language of a page: the visitor's choice, else the firm's, else French."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from themes.languages import chosen_language, offered_languages


class LanguageMiddleware:
    """Activates a language for the time of a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Returns the response, made in the language that the request asks for."""
        language = _language(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        # a person's own choice, which is known later, may have changed it
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response


def _language(request: HttpRequest) -> str:
    firm = getattr(request, "firm", None)
    chosen = chosen_language(request)
    if chosen in offered_languages(has_clients=firm is not None):
        return chosen
    language = getattr(getattr(firm, "branding", None), "language", "")
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
