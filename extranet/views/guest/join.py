"""Asking for an account from the log-in page, where the firm offers it."""

import functools
from collections.abc import Callable
from typing import Concatenate, cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from extranet.actions.join import ask_account, confirm_request
from extranet.enums_join import JoinState
from extranet.forms.join import JoinForm
from extranet.queries.join import request_of_token
from extranet.views.common import firm_of
from kernel.ratelimit import consume

#: How many requests one address may send in an hour; an office shares one.
JOIN_LIMIT, JOIN_SECONDS = 10, 3600

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def where_offered[**P](view: View[P]) -> View[P]:
    """Opens a view to everybody where the firm lets people ask for an account; else it does not exist."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not firm_of(request).branding.offer_account_request:
            raise Http404
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    return cast("View[P]", guarded)


@require_http_methods(["GET", "POST"])
@where_offered
def join(request: HttpRequest) -> HttpResponse:
    """Returns the form, or takes a request; the answer is the same whether the e-mail is known or not."""
    form = JoinForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        if request.POST.get("website"):
            return redirect("join-sent")
        if form.is_valid():
            if not consume(request, "join", limit=JOIN_LIMIT, seconds=JOIN_SECONDS):
                form.add_error(None, _("Too many requests came from your connection: try again in an hour."))
                return render(request, "extranet/guest/join.html", {"form": form}, status=429)
            ask_account(**form.values, language=get_language() or "fr")
            return redirect("join-sent")
    return render(request, "extranet/guest/join.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
@where_offered
def join_sent(request: HttpRequest) -> HttpResponse:
    """Returns the page that says what follows."""
    return render(request, "extranet/guest/join_sent.html")


@require_http_methods(["GET", "POST"])
def join_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Returns the button that confirms an e-mail, or confirms it: a mail program that follows links does not."""
    found = request_of_token(token)
    if found is None:
        raise Http404
    if request.method == "POST":
        confirm_request(found)
        return redirect("join-confirm", token=token)
    context = {"is_confirmed": found.state != JoinState.UNCONFIRMED, "email": found.email}
    response = render(request, "extranet/guest/join_confirm.html", context)
    add_never_cache_headers(response)
    return response
