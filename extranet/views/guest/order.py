"""Ordering without an account, where the firm allows it: the draft belongs to the browser that began it."""

import functools
from collections.abc import Callable
from typing import Concatenate, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from extranet.access_order import access_visitor_draft
from extranet.actions.order_file import remove_order_file
from extranet.enums_order import OrderOrigin
from extranet.forms.instant import answers_in
from extranet.models import Order, OrderFile
from extranet.queries.mission import mission_context
from extranet.queries.order import diagnostic_labels, order_of_token, order_token
from extranet.queries.settings import portal_settings
from extranet.views.portal.order import addresses
from extranet.views.portal.order_wizard import CHECK, STEPS, VISIT, Desk, begin, step_page
from extranet.views.portal.quote import quote_links
from extranet.views.visit_desk import order_card
from kernel.ratelimit import consume

#: How many orders one address may begin and send, and how often join files, in an hour; an office shares one.
BEGIN_LIMIT, SEND_LIMIT, FILES_LIMIT, LIMIT_SECONDS = 20, 10, 30, 3600
#: What somebody without an account may join at once, in bytes.
MAX_BYTES = 25_000_000
#: Of the orders that a browser began, how many it remembers.
_REMEMBERED = 20
_KEY = "orders"
_DESK = Desk(user=None, page="extranet/guest/order_base.html", prefix="order-visitor")

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def for_visitors[**P](view: View[P]) -> View[P]:
    """Opens a view to everybody where the firm takes orders from people without an account; else it does not exist."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not portal_settings().visitor_orders:
            raise Http404
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    return cast("View[P]", guarded)


@require_http_methods(["GET", "POST"])
@for_visitors
def visitor_new(request: HttpRequest) -> HttpResponse:
    """Returns the first step of an order, or begins its draft; the trap that only programs fill in ends it there."""
    if request.method == "POST":
        if request.POST.get("website"):
            return redirect("order-visitor-new")
        if not consume(request, "visitor-order", limit=BEGIN_LIMIT, seconds=LIMIT_SECONDS):
            return _too_often(request)
    drafts = Order.objects.filter(code__in=_codes(request), state="draft", origin=OrderOrigin.VISITOR)
    extra = {"drafts": list(drafts.order_by("-updated_at")[:3])} if request.method == "GET" and _codes(request) else {}
    return begin(
        request,
        _DESK,
        contact=None,
        opened=lambda order: _remember(request, order),
        extra=extra,
        answers=answers_in(request.GET),
    )


@csrf_exempt  # the token is checked inside, once the door has said how large the files may be
@require_http_methods(["GET", "POST"])
@for_visitors
def visitor_step(request: HttpRequest, code: str, step: str) -> HttpResponseBase:
    """Returns a step of this browser's draft, or saves it."""
    if step not in STEPS:
        raise Http404
    order = access_visitor_draft(_codes(request), code)
    request.upload_max_bytes = min(settings.UPLOAD_MAX_BYTES, MAX_BYTES)  # type: ignore[attr-defined]
    return csrf_protect(_step)(request, order, step)


def _step(request: HttpRequest, order: Order, step: str) -> HttpResponse:
    limits = {CHECK: ("visitor-send", SEND_LIMIT), VISIT: ("visitor-files", FILES_LIMIT)}
    if request.method == "POST" and step in limits:
        action, limit = limits[step]
        if not consume(request, action, limit=limit, seconds=LIMIT_SECONDS):
            return _too_often(request)
    return step_page(request, _DESK, order, step)


@require_POST
@for_visitors
def visitor_file_remove(request: HttpRequest, code: str, attachment_code: str) -> HttpResponse:
    """Takes an attachment from this browser's draft."""
    order = access_visitor_draft(_codes(request), code)
    file = OrderFile.objects.select_related("stored").filter(order=order, code=attachment_code).first()
    if file is None:
        raise Http404
    remove_order_file(file, user=None)
    return redirect("order-visitor-step", code=code, step="visite")


@require_safe
@for_visitors
def visitor_addresses(request: HttpRequest) -> JsonResponse:
    """Returns the addresses that begin with `q`."""
    return addresses(request)


@require_safe
@for_visitors
def visitor_done(request: HttpRequest, code: str) -> HttpResponse:
    """Returns what follows from an order that this browser has just sent."""
    order = Order.objects.filter(code=code, origin=OrderOrigin.VISITOR).exclude(state="draft").first()
    if order is None or code not in _codes(request):
        raise Http404
    token = order_token(order)
    context = {"order": order, "token": token, "shell": _DESK.page} | order_card(order, user=None, key=token)
    return render(request, "extranet/guest/order_done.html", context)


@require_safe
def visitor_follow(request: HttpRequest, token: str) -> HttpResponse:
    """Returns where an order stands, for whoever has the link of its mail; it works as long as the order is there."""
    order = order_of_token(token)
    if order is None:
        raise Http404
    context = {"order": order, "diagnostics": diagnostic_labels(order.diagnostics), "shell": _DESK.page}
    context |= order_card(order, user=None, key=token)
    context |= mission_context(order, None)
    context["quotes"] = quote_links(order, None)
    response = render(request, "extranet/guest/order_follow.html", context)
    add_never_cache_headers(response)
    return response


def _codes(request: HttpRequest) -> list[str]:
    codes = request.session.get(_KEY, [])
    return [code for code in codes if isinstance(code, str)] if isinstance(codes, list) else []


def _remember(request: HttpRequest, order: Order) -> None:
    request.session[_KEY] = [order.code, *_codes(request)][:_REMEMBERED]


def _too_often(request: HttpRequest) -> HttpResponse:
    context = {"text": _("Too many orders came from your connection: try again in an hour, or call the firm.")}
    return render(request, "extranet/guest/order_limit.html", context | {"shell": _DESK.page}, status=429)
