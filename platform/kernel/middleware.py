"""What every request goes through, whatever the site."""

from collections.abc import Callable

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase


class NulMiddleware:
    """Answers 404 to an address with a NUL in it: PostgreSQL takes none in a text, so nothing can have that name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Returns the site's answer; raises Http404 for such an address."""
        if "\x00" in request.path_info:
            raise Http404
        return self.get_response(request)
