"""Which languages a page is offered in, and which one a browser has chosen."""

from django.conf import settings
from django.http import HttpRequest


def offered_languages(*, has_clients: bool) -> tuple[str, ...]:
    """Returns the codes of the languages of a page: all where clients come, those of the office elsewhere."""
    return tuple(code for code, _name in settings.LANGUAGES) if has_clients else tuple(settings.OFFICE_LANGUAGES)


def chosen_language(request: HttpRequest) -> str:
    """Returns the language that was chosen in this browser on this host; empty for none."""
    return request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
