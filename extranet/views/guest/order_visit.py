"""The visit of an order, for whoever has the link of its mail."""

import functools
from collections.abc import Callable
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from extranet.queries.order import order_of_token
from extranet.views import visit_desk
from extranet.views.visit_desk import VisitDesk
from kernel.ratelimit import consume

SHELL = "extranet/guest/order_base.html"
#: How often one address may book, move or cancel in an hour; an office shares one.
CHANGE_LIMIT, LIMIT_SECONDS = 40, 3600

type DeskView = Callable[[HttpRequest, VisitDesk], HttpResponse]


def by_link(view: DeskView) -> Callable[[HttpRequest, str], HttpResponse]:
    """Opens a page of a visit to whoever has the link of its order; others find nothing there."""

    @functools.wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        order = order_of_token(token)
        if order is None:
            raise Http404
        if request.method == "POST" and not consume(
            request, "visitor-visit", limit=CHANGE_LIMIT, seconds=LIMIT_SECONDS
        ):
            context = {"text": _("Too many changes came from your connection: try again in an hour, or call the firm.")}
            response = render(request, "extranet/guest/order_limit.html", context | {"shell": SHELL}, status=429)
        else:
            response = view(request, VisitDesk(order, token, SHELL))
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        add_never_cache_headers(response)
        return response

    return cast("Callable[[HttpRequest, str], HttpResponse]", opened)


@require_http_methods(["GET", "POST"])
@by_link
def visitor_visit(request: HttpRequest, desk: VisitDesk) -> HttpResponse:
    """Returns the times of which one is chosen, or books it."""
    return visit_desk.choose_page(request, desk)


@require_http_methods(["GET", "POST"])
@by_link
def visitor_visit_move(request: HttpRequest, desk: VisitDesk) -> HttpResponse:
    """Returns the times to which the visit can be moved, or moves it."""
    return visit_desk.move_page(request, desk)


@require_http_methods(["GET", "POST"])
@by_link
def visitor_visit_cancel(request: HttpRequest, desk: VisitDesk) -> HttpResponse:
    """Returns what cancelling the visit means, or cancels it."""
    return visit_desk.cancel_page(request, desk)


@require_safe
@by_link
def visitor_visit_ics(request: HttpRequest, desk: VisitDesk) -> HttpResponse:
    """Returns the visit for a calendar."""
    return visit_desk.visit_file(request, desk)
