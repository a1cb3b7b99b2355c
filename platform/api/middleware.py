"""Under /api/ every error is a problem, also one that is answered before or beside the endpoints."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation

from api.problem_codes import BY_STATUS, text_of
from api.problems import CONTENT_TYPE, problem_body
from api.views.base import speak

_PREFIX, _PAGES = "/api/", "/api/v1/docs/"
#: What an error says beside its body.
_KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")


class ProblemMiddleware:
    """Turns the error pages of unknown hosts, closed portals and faults into problem details (RFC 9457)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Returns the site's answer, or the same error as a problem."""
        if not request.path_info.startswith(_PREFIX) or request.path_info.startswith(_PAGES):
            return self.get_response(request)
        if "%00" in request.META.get("QUERY_STRING", ""):
            return _problem(request, HTTPStatus.UNPROCESSABLE_CONTENT, "invalid")
        response = self.get_response(request)
        if response.status_code < HTTPStatus.BAD_REQUEST or _is_problem(response):
            return response
        status = HTTPStatus(response.status_code)
        problem = _problem(request, status, BY_STATUS.get(status, "bad_request"))
        for name in _KEPT_HEADERS:
            if response.has_header(name):
                problem[name] = response[name]
        if status == HTTPStatus.SERVICE_UNAVAILABLE and not problem.has_header("Retry-After"):
            problem["Retry-After"] = "3600"
        return problem


def _is_problem(response: Any) -> bool:
    return str(response.get("Content-Type", "")).startswith(CONTENT_TYPE)


def _problem(request: HttpRequest, status: HTTPStatus, code: str) -> HttpResponse:
    with translation.override(translation.get_language()):
        speak(request)
        body = json.dumps(problem_body(status, code, text_of(code)), ensure_ascii=False)
    response = HttpResponse(body, status=status, content_type=CONTENT_TYPE)
    response["Cache-Control"] = "no-store"
    return response
