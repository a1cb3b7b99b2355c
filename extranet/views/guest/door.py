"""The door of an occasional access: the link in the address, then the cookie of a browser that was let in."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Concatenate, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from extranet.forms.access import GuestCodeForm
from extranet.models import GuestLink
from extranet.queries.guest_link import OPEN, guest_state, link_of_token
from kernel.signing import BadSignature, sign, unsign

#: How long a browser that was let in may stay.
STAY_SECONDS = int(timedelta(hours=12).total_seconds())
_PURPOSE = "guest-stay"
_SAFE = {"GET", "HEAD"}


@dataclass(frozen=True)
class Guest:
    """Somebody at the door, or inside: the link, and what stands in its address."""

    link: GuestLink
    token: str


type GuestView[**P] = Callable[Concatenate[HttpRequest, Guest, P], HttpResponseBase]
type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def at_the_door[**P](view: GuestView[P]) -> View[P]:
    """Opens a view to whoever has a link that still opens something; the view itself sees whether one is inside."""
    return _door(view, inside=False)


def for_guests[**P](view: GuestView[P]) -> View[P]:
    """Opens a view to browsers that a link has let in; others are sent to the link's first page."""
    return _door(view, inside=True)


def is_inside(request: HttpRequest, link: GuestLink) -> bool:
    """Whether this browser was let in by this link, less than STAY_SECONDS ago."""
    try:
        code = unsign(request.COOKIES.get(_cookie(link), ""), purpose=_PURPOSE, max_age=STAY_SECONDS)
    except BadSignature:
        return False
    return bool(code == link.code)


def let_in(response: HttpResponseBase, link: GuestLink) -> None:
    """Makes the browser one that the link has let in: by a cookie of this host alone, worth nothing for other links."""
    response.set_cookie(
        _cookie(link),
        sign(link.code, purpose=_PURPOSE),
        max_age=STAY_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def landing(
    request: HttpRequest, guest: Guest, *, form: GuestCodeForm | None = None, error: str = "", status: int = 200
) -> HttpResponse:
    """Returns the page before the dossier: it says nothing of it."""
    until = guest.link.code_expires_at
    context = {
        "guest": guest,
        "form": form or GuestCodeForm(),
        "error": error,
        "hint": _hint(guest.link.email),
        # a code is on its way: its field is shown
        "code_sent": bool(guest.link.code_hash and until and until > timezone.now()),
    }
    return render(request, "extranet/guest/landing.html", context, status=status)


def _door[**P](view: GuestView[P], *, inside: bool) -> View[P]:
    @functools.wraps(view)
    def guarded(request: HttpRequest, token: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = _answer(request, token)
        if isinstance(response, Guest):
            guest = response
            if not inside or is_inside(request, guest.link):
                response = view(request, guest, *args, **kwargs)
            elif request.method in _SAFE:
                response = redirect("guest", token=token)
            else:
                response = landing(request, guest, status=403)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    return cast("View[P]", guarded)


def _answer(request: HttpRequest, token: str) -> Guest | HttpResponseBase:
    """Returns who comes, or the page that says why this link opens nothing."""
    link = link_of_token(token)
    if link is None:
        return render(request, "extranet/guest/closed.html", {"state": "unknown"}, status=404)
    if link.dossier.deleted_at is not None:
        return render(request, "extranet/guest/closed.html", {"state": "gone"}, status=410)
    state = guest_state(link)
    # whoever is inside may stay when the last use was its own
    if state == OPEN or (link.is_open and is_inside(request, link)):
        return Guest(link, token)
    return render(request, "extranet/guest/closed.html", {"state": state}, status=410)


def _cookie(link: GuestLink) -> str:
    # by this name a browser refuses it with a Domain, so that no other host of ours can set it
    prefix = "__Host-" if settings.SESSION_COOKIE_SECURE else ""
    return f"{prefix}guest-{link.code}"


def _hint(email: str) -> str:
    """Returns an address as its owner knows it again and nobody else: m•••@example.org."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}"
