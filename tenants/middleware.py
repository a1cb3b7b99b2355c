"""From the host name to the firm, and what a closed portal answers."""

import copy
import time
from collections.abc import Callable
from typing import cast

import sentry_sdk
import structlog
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenants.models import Domain, Firm

GetResponse = Callable[[HttpRequest], HttpResponse]

#: Seconds that a process trusts what it knows of a host: how late a suspension or a new colour may show.
CACHE_SECONDS = 2.0
_MAX_HOSTS = 20_000
_known: dict[str, tuple[float, Firm | None]] = {}


class FirmRequest(HttpRequest):
    """A request on one of our hosts; `firm` is None on the public site and the console."""

    firm: Firm | None


def forget_hosts() -> None:
    """Forgets, in this process, what is known of all hosts."""
    _known.clear()


def _load_firm(host: str) -> Firm | None:
    domain = Domain.objects.select_related("tenant__branding").filter(domain=host).first()
    return cast("Firm", domain.tenant) if domain else None


def _find_firm(host: str) -> Firm | None:
    now = time.monotonic()
    entry = _known.get(host)
    if entry is None or entry[0] < now:
        if len(_known) > _MAX_HOSTS:
            _known.clear()
        entry = (now + CACHE_SECONDS, _load_firm(host))
        _known[host] = entry
    # a copy, so that no request changes what the next one reads
    return copy.copy(entry[1])


class FirmMiddleware:
    """Enters the firm's schema for the host of the request; an unknown host is a 404, never the public site."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Returns the response of the host's site."""
        connection.set_schema_to_public()  # type: ignore[attr-defined]
        request.firm = None  # type: ignore[attr-defined]
        if request.path == "/healthz":
            return HttpResponse("ok", content_type="text/plain")
        if request.path == "/readyz":
            return _readiness()
        try:
            host = request.get_host().rsplit(":", 1)[0].rstrip(".").lower()
        except DisallowedHost:
            return HttpResponse(status=400)
        if host == settings.BASE_DOMAIN:
            request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
        elif host == settings.CONSOLE_DOMAIN:
            request.urlconf = settings.CONSOLE_URLCONF
        else:
            firm = _find_firm(host)
            if firm is None:
                request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
                return render(request, "errors/unknown_host.html", {"host": host}, status=404)
            request.firm = firm  # type: ignore[attr-defined]
            request.urlconf = settings.ROOT_URLCONF
            connection.set_tenant(firm)  # type: ignore[attr-defined]
            structlog.contextvars.bind_contextvars(firm=firm.schema_name)
            sentry_sdk.set_tag("firm", firm.schema_name)
        return self.get_response(request)


class SuspensionMiddleware:
    """Answers 503, politely, for a firm whose portal is closed: nothing of it is read or lost."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Returns the response, or the notice of suspension."""
        firm: Firm | None = getattr(request, "firm", None)
        if firm is not None and not firm.is_open and not request.path.startswith(_LOOK):
            response = render(request, "errors/suspended.html", status=503)
            response["Cache-Control"] = "no-store"
            return response
        return self.get_response(request)


_LOOK = ("/theme.css", "/branding/")


def _readiness() -> HttpResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
    except OperationalError:
        return HttpResponse("database unreachable", status=503, content_type="text/plain")
    return HttpResponse("ready", content_type="text/plain")
