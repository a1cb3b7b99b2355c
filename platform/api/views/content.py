"""Files as answers."""

from collections.abc import Iterable

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from api.views.base import ApiView
from kernel.http import content_disposition
from kernel.text import safe_file_name
from storage.delivery import send_file
from storage.models import StoredFile


class AnyAccept(BaseContentNegotiation):
    """Lets a file be what it is, whatever the caller says that it accepts; errors are JSON all the same."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        """Returns the first parser: nothing is read."""
        return next(iter(parsers), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Returns the first renderer."""
        first = next(iter(renderers))
        return first, first.media_type


class ContentView(ApiView):
    """An endpoint that answers with a file."""

    content_negotiation_class = AnyAccept

    def stored(self, request: Request, stored: StoredFile, *, name: str) -> HttpResponseBase:
        """Returns the bytes of a stored file: whole, in part (Range), or the address at which the store gives them."""
        return send_file(request._request, stored, name=name)

    def made(self, data: bytes, *, content_type: str, name: str) -> HttpResponse:
        """Returns bytes that were made just now."""
        response = HttpResponse(data, content_type=content_type)
        response["Content-Disposition"] = content_disposition(safe_file_name(name))
        response["X-Content-Type-Options"] = "nosniff"
        return response
