"""A quote for whoever has the link of its mail: read, downloaded, answered."""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from extranet.access_quote import access_quote_by_token
from extranet.actions.quote_reminding import stop_quote_reminders
from extranet.forms.quote import AcceptForm, RefuseForm
from extranet.models import Quote
from extranet.queries.quote import quote_token
from extranet.views.portal.quote import paper_context, paper_response, take_acceptance, take_refusal
from kernel.ratelimit import consume

#: How often one address may answer quotes in an hour; an office shares one.
ANSWER_LIMIT, ANSWER_SECONDS = 60, 3600

type View = Callable[Concatenate[HttpRequest, Quote, ...], HttpResponseBase]


def for_link(view: View) -> Callable[..., HttpResponseBase]:
    """Opens a view to whoever has the link of a quote; its answers are kept nowhere on the way."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponseBase:
        response = view(request, access_quote_by_token(token), **kwargs)
        add_never_cache_headers(response)
        return response

    return cast("Callable[..., HttpResponseBase]", guarded)


@require_safe
@for_link
def quote_read(request: HttpRequest, quote: Quote) -> HttpResponse:
    """Returns the quote with the forms to answer it."""
    return _page(request, quote)


def _page(
    request: HttpRequest, quote: Quote, *, forms: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    token = quote_token(quote)
    context = paper_context(quote) | {
        "shell": "extranet/guest/quote_base.html",
        "pdf_url": reverse("quote-guest-pdf", args=[token]),
        "certificate_url": reverse("quote-guest-certificate", args=[token]),
        "accept_url": reverse("quote-guest-accept", args=[token]),
        "refuse_url": reverse("quote-guest-refuse", args=[token]),
        "can_answer": quote.is_open,
        "accept_form": AcceptForm(initial={"sha256": quote.pdf_sha256}),
        "refuse_form": RefuseForm(),
    }
    return render(request, "extranet/guest/quote.html", context | (forms or {}), status=status)


@require_safe
@for_link
def quote_pdf(request: HttpRequest, quote: Quote) -> HttpResponseBase:
    """Returns the document as it was sent."""
    return paper_response(request, quote, certificate=False)


@require_safe
@for_link
def quote_certificate(request: HttpRequest, quote: Quote) -> HttpResponseBase:
    """Returns the certificate of the acceptance."""
    return paper_response(request, quote, certificate=True)


@require_http_methods(["GET", "POST"])
@for_link
def quote_accept(request: HttpRequest, quote: Quote) -> HttpResponse:
    """Accepts the quote."""
    if request.method == "POST" and not consume(request, "quote-answer", limit=ANSWER_LIMIT, seconds=ANSWER_SECONDS):
        return _too_often(request)
    page = reverse("quote-guest", args=[quote_token(quote)])
    return take_acceptance(request, quote, user=None, page=page, again=lambda options: _page(request, quote, **options))


@require_http_methods(["GET", "POST"])
@for_link
def quote_refuse(request: HttpRequest, quote: Quote) -> HttpResponse:
    """Refuses the quote."""
    if request.method == "POST" and not consume(request, "quote-answer", limit=ANSWER_LIMIT, seconds=ANSWER_SECONDS):
        return _too_often(request)
    page = reverse("quote-guest", args=[quote_token(quote)])
    return take_refusal(request, quote, user=None, page=page, again=lambda options: _page(request, quote, **options))


@require_http_methods(["GET", "POST"])
@for_link
def quote_stop(request: HttpRequest, quote: Quote) -> HttpResponse:
    """Returns the page that ends the reminders, or does what its button says: a mail scanner changes nothing."""
    if request.method == "POST":
        stop_quote_reminders(quote, user=None)
        return redirect("quote-guest-stop", token=quote_token(quote))
    context = {"quote": quote, "shell": "extranet/guest/quote_base.html", "url": quote_token(quote)}
    return render(request, "extranet/guest/quote_stop.html", context)


def _too_often(request: HttpRequest) -> HttpResponse:
    context = {"text": _("Too many answers came from your connection: try again in an hour, or call the firm.")}
    shell = {"shell": "extranet/guest/quote_base.html"}
    return render(request, "extranet/guest/order_limit.html", context | shell, status=429)
