"""The stylesheet of a firm's colours, and the page for a form that came from nowhere."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from storage.uploads import upload_error
from themes import css
from themes.context import branding_of, version_of


@require_safe
def theme_css(request: HttpRequest) -> HttpResponse:
    """Returns the host's theme.css; for ever cacheable under its version's address only."""
    chosen = branding_of(request)
    version = version_of(chosen)
    background_url = ""
    if chosen.background_key:
        background_url = f"{reverse('branding-background')}?v={chosen.version}"
    response = HttpResponse(css.custom_properties(chosen, background_url=background_url), content_type="text/css")
    if request.GET.get("v") == version:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers["Cache-Control"] = "no-cache"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Returns the 403 for a form whose page was too old, or was not ours; 413 when it was too large to be read."""
    if upload_error(request) == "file_too_large":
        return render(request, "errors/413.html", status=413)
    return render(request, "errors/csrf.html", status=403)
