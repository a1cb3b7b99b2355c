"""Serving the pictures of a firm's look."""

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from themes.context import branding_of

_YEAR = 31_536_000


@require_safe
def logo(request: HttpRequest) -> HttpResponse:
    """Returns the firm's logo."""
    return _picture(request, branding_of(request).logo_key)


@require_safe
def background(request: HttpRequest) -> HttpResponse:
    """Returns the picture behind the firm's log-in page."""
    return _picture(request, branding_of(request).background_key)


def _picture(request: HttpRequest, key: str) -> HttpResponse:
    if not key or not default_storage.exists(key):
        raise Http404
    with default_storage.open(key) as stream:
        content_type = "image/png" if key.endswith(".png") else "image/jpeg"
        response = HttpResponse(stream.read(), content_type=content_type)
    # the address carries the version
    fresh = request.GET.get("v") == str(branding_of(request).version)
    response["Cache-Control"] = f"public, max-age={_YEAR}, immutable" if fresh else "no-cache"
    return response
