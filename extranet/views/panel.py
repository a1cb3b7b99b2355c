"""What is loaded into a panel of a page, and is a page of its own for whoever has no scripts."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def render_panel(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """Returns the fragment for htmx, else a page of the reader's own kind around it."""
    if request.headers.get("HX-Request"):
        response = render(request, template, dict(context))
    else:
        shell = "base_office.html" if getattr(request.user, "is_firm_staff", False) else "base_portal.html"
        page = {"panel": template, "shell": shell, "nav": "dossiers", **context}
        response = render(request, "extranet/file_panel.html", page)
    response["Vary"] = "HX-Request, Cookie"
    return response
