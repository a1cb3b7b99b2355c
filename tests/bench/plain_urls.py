"""A view that renders a page of the product from constants, at its own address."""

import os
import pickle
from pathlib import Path

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path

from config.urls_firm import urlpatterns as firm_urlpatterns
from tests.bench.constants import Constants

_CONSTANTS: Constants = pickle.loads(Path(os.environ["BENCH_CONSTANTS"]).read_bytes())


def constant_page(request: HttpRequest) -> HttpResponse:
    """Returns the page that the product makes of the same rows; without a template the JSON."""
    if not _CONSTANTS.template:
        return JsonResponse(_CONSTANTS.context)
    request.firm, request.user = _CONSTANTS.firm, _CONSTANTS.user  # type: ignore[attr-defined]
    request.META["CSRF_COOKIE"] = "c" * 32
    return render(request, _CONSTANTS.template, _CONSTANTS.context)


def health(request: HttpRequest) -> HttpResponse:
    """Returns that the server is there."""
    return HttpResponse("ok")


urlpatterns = [path(_CONSTANTS.path, constant_page), path("healthz", health), *firm_urlpatterns]
