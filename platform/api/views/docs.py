"""What programmers read: the specification, its browsable page, the guide, the codes of errors, the changes.

None of it names the firm, so that no key is asked for.
"""

import functools
import hashlib
import json

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseNotModified
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from accounts.actions.api_token import CALLS_A_MINUTE, WRITE_HOURS
from accounts.models import CLIENT_SCOPES, Scope
from api.pagination import Cursors
from api.problem_codes import PROBLEM_CODES
from api.problems import CONFLICTS, TOO_LARGE
from api.schema import specification


@functools.cache
def _specification() -> tuple[bytes, str]:
    """Returns the specification and its entity tag: made once in each process, which never sees another."""
    text = json.dumps(specification(), ensure_ascii=False, separators=(",", ":")).encode()
    return text, f'"{hashlib.sha256(text).hexdigest()[:32]}"'


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """Returns the specification (OpenAPI 3.1)."""
    text, tag = _specification()
    known = parse_etags(request.headers.get("If-None-Match", ""))
    response: HttpResponse
    if tag in known or "*" in known:
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(text, content_type="application/vnd.oai.openapi+json;version=3.1")
    response["ETag"] = tag
    response["Cache-Control"] = "public, max-age=300"
    # other programs' pages may read it: it is the same for everybody
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Returns the page on which the specification is read and tried."""
    return _page(request, "reference", {})


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """Returns the guide."""
    scopes = [(scope.value, scope.label, scope in CLIENT_SCOPES) for scope in Scope]
    context = {
        "base": request.build_absolute_uri("/api/v1/"),
        "scopes": scopes,
        "calls": CALLS_A_MINUTE,
        "hours": WRITE_HOURS,
        "page_size": Cursors.page_size,
        "most": Cursors.max_page_size,
    }
    return _page(request, "guide", context)


@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    """Returns the codes of errors, each at the anchor that a problem's `type` names."""
    context: dict[str, object] = {
        "codes": PROBLEM_CODES,
        "conflicts": sorted(CONFLICTS),
        "too_large": sorted(TOO_LARGE),
    }
    return _page(request, "problems", context)


@require_safe
def changelog(request: HttpRequest) -> HttpResponse:
    """Returns what changed in the interface, the last first."""
    return _page(request, "changelog", {})


def _page(request: HttpRequest, name: str, context: dict[str, object]) -> HttpResponse:
    response = render(request, f"api/{name}.html", context | {"here": f"api-docs-{name}"})
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response
