"""The page in place of a file that is not handed over."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from extranet.models import Dossier


def withheld_page(
    request: HttpRequest, reason: str, *, dossier: Dossier, back: str, base: str, guest: Any = None
) -> HttpResponse:
    """Returns the page that says why, with status 403; never kept by a browser, since payment ends it."""
    context = {"reason": reason, "dossier": dossier, "back": back, "base": base, "guest": guest}
    response = render(request, "extranet/withheld.html", context, status=403)
    response["Cache-Control"] = "no-store"
    return response
