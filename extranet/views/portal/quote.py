"""Quotes, as whoever may see them lists, opens, answers and downloads them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import current_user, for_clients_or
from accounts.models import Permission, User
from extranet.access_quote import access_quote, access_quote_paper
from extranet.actions.quote_answer import accept_quote, refuse_quote
from extranet.actions.quote_paper import certificate_file_name, file_certificate, quote_file_name
from extranet.exporters.quotes import quote_sheet
from extranet.forms.quote import AcceptForm, ProlongForm, RecordForm, RefuseForm, WithdrawForm
from extranet.models import Contact, Order, Quote
from extranet.queries.quote import (
    events_of_quote,
    lines_of_quote,
    on_request_labels,
    quote_page,
    quote_token,
    quotes_of_order,
    totals_of,
)
from extranet.queries.quote_figures import conversions, quote_chart, quote_counts
from extranet.queries.quote_filter import SORTS, QuoteFilter
from extranet.views.common import rows_per_page, visit_of
from extranet.views.office.export import send_sheet
from kernel.errors import DomainError
from kernel.jobs import Job
from storage.delivery import send_file
from storage.errors import StorageUnavailable

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class QuoteLink:
    """A quote with the address at which this reader opens it."""

    quote: Quote
    url: str


def quote_links(order: Order, user: User | None) -> list[QuoteLink]:
    """Returns the quotes of an order as its page shows them: by signed links without an account."""
    staff = user is not None and user.is_firm_staff
    return [
        QuoteLink(
            quote,
            reverse("quote-detail", args=[quote.code]) if user else reverse("quote-guest", args=[quote_token(quote)]),
        )
        for quote in quotes_of_order(order, for_staff=staff)
    ]


@require_safe
@for_clients_or(Permission.QUOTES)
def quote_list(request: HttpRequest) -> HttpResponse:
    """Returns a page of the quotes that the person may see; htmx gets the table alone."""
    user = current_user(request)
    wanted = QuoteFilter.from_query(request.GET)
    page = quote_page(user, wanted=wanted, page=request.GET.get("page"), size=rows_per_page(request))
    context: dict[str, Any] = {"page": page, "wanted": wanted, "nav": "quotes", "shell": shell_of(user)}
    htmx = bool(request.headers.get("HX-Request"))
    if not htmx:
        context |= {"states": quote_counts(user), "sorts": list(SORTS)}
        if user.is_firm_staff:
            context |= {"conversions": conversions(), "chart": quote_chart()}
            if wanted.client:
                context["client_chosen"] = Contact.objects.filter(code=wanted.client).first()
    response = render(request, f"extranet/portal/{'quote_rows' if htmx else 'quote_list'}.html", context)
    response["Vary"] = "HX-Request, Cookie"
    return response


@require_safe
@for_clients_or(Permission.QUOTES)
@for_clients_or(Permission.EXPORTS)
def quote_export(request: HttpRequest) -> HttpResponseBase:
    """Returns the filtered list of quotes; a client's without the firm's own columns."""
    wanted = QuoteFilter.from_query(request.GET)
    return send_sheet(request, quote_sheet(current_user(request), wanted), back="quote-list")


@require_safe
@for_clients_or(Permission.QUOTES)
def quote_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the page of a quote."""
    user = current_user(request)
    return detail_page(request, user, access_quote(user, code))


def detail_page(
    request: HttpRequest, user: User, quote: Quote, *, forms: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Returns the page of a quote, with those of its forms that were refused."""
    context = paper_context(quote) | {
        "shell": shell_of(user),
        "nav": "quotes",
        "pdf_url": reverse("quote-pdf", args=[quote.code]),
        "certificate_url": reverse("quote-certificate", args=[quote.code]),
        "accept_url": reverse("quote-accept", args=[quote.code]),
        "refuse_url": reverse("quote-refuse", args=[quote.code]),
        "can_answer": user.is_client and quote.is_open,
        "accept_form": AcceptForm(initial={"name": str(user), "sha256": quote.pdf_sha256}),
        "refuse_form": RefuseForm(),
    }
    if user.is_firm_staff:
        context |= {
            "events": events_of_quote(quote),
            "replacements": list(quote.replaced_by.only("code", "number", "state")),
            "record_form": RecordForm(initial={"name": quote.client_name}),
            "withdraw_form": WithdrawForm(),
            "prolong_form": ProlongForm(),
        }
    return render(request, "extranet/portal/quote_detail.html", context | (forms or {}), status=status)


def paper_context(quote: Quote) -> dict[str, Any]:
    """Returns what every page of a quote shows of it: two queries at most."""
    lines = lines_of_quote(quote)
    return {
        "quote": quote,
        "lines": lines,
        "totals": totals_of(lines),
        "taxed": any(line.vat_rate is not None for line in lines),
        "on_request": on_request_labels(quote),
    }


@require_safe
@for_clients_or(Permission.QUOTES)
def quote_pdf(request: HttpRequest, code: str) -> HttpResponseBase:
    """Returns the document of a quote as it was sent."""
    return paper_response(request, access_quote(current_user(request), code), certificate=False)


@require_safe
@for_clients_or(Permission.QUOTES)
def quote_certificate(request: HttpRequest, code: str) -> HttpResponseBase:
    """Returns the certificate of an acceptance."""
    return paper_response(request, access_quote(current_user(request), code), certificate=True)


def paper_response(request: HttpRequest, quote: Quote, *, certificate: bool) -> HttpResponseBase:
    """Returns one of a quote's documents; raises Http404 while it is not there."""
    stored = access_quote_paper(quote, certificate=certificate)
    name = certificate_file_name(quote) if certificate else quote_file_name(quote)
    return send_file(request, stored, name=name, inline="inline" in request.GET)


@require_http_methods(["GET", "POST"])
@for_clients_or(Permission.QUOTES)
def quote_accept(request: HttpRequest, code: str) -> HttpResponse:
    """Accepts a quote for the client who reads it; its page has the form."""
    user = current_user(request)
    quote = _of_client(user, code)
    page = reverse("quote-detail", args=[code])
    return take_acceptance(
        request, quote, user=user, page=page, again=lambda forms: detail_page(request, user, quote, **forms)
    )


@require_http_methods(["GET", "POST"])
@for_clients_or(Permission.QUOTES)
def quote_refuse(request: HttpRequest, code: str) -> HttpResponse:
    """Refuses a quote for the client who reads it; its page has the form."""
    user = current_user(request)
    quote = _of_client(user, code)
    page = reverse("quote-detail", args=[code])
    return take_refusal(
        request, quote, user=user, page=page, again=lambda forms: detail_page(request, user, quote, **forms)
    )


type Again = Callable[[dict[str, Any]], HttpResponse]


def take_acceptance(request: HttpRequest, quote: Quote, *, user: User | None, page: str, again: Again) -> HttpResponse:
    """Returns to the page of a quote that is accepted by what the form says; `again` shows a form that was refused."""
    if request.method != "POST":
        return redirect(page)
    form = AcceptForm(request.POST)
    if not form.is_valid():
        return again({"forms": {"accept_form": form}, "status": 422})
    data = form.cleaned_data
    try:
        accept_quote(quote, name=data["name"], sha256=data["sha256"], visit=visit_of(request), user=user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        make_now(file_certificate, quote)
        messages.success(request, _("Thank you: the quote is accepted. A confirmation is on its way by e-mail."))
    return redirect(page)


def take_refusal(request: HttpRequest, quote: Quote, *, user: User | None, page: str, again: Again) -> HttpResponse:
    """Returns to the page of a quote that is refused for what the form says; `again` shows a form that was refused."""
    if request.method != "POST":
        return redirect(page)
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return again({"forms": {"refuse_form": form}, "status": 422})
    data = form.cleaned_data
    try:
        refuse_quote(quote, reason=data["reason"], text=data["text"], visit=visit_of(request), user=user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Your answer is noted; the firm is told."))
    return redirect(page)


def make_now(job: Job, quote: Quote) -> None:
    """Makes a document at once, so that the next page has it; where the store is away the job that waits does it."""
    try:
        job(quote_id=quote.pk)
    except (StorageUnavailable, DomainError) as error:
        logger.warning("quote_paper_waits", code=quote.code, error=str(error))


def shell_of(user: User) -> str:
    """Returns what the pages of quotes extend."""
    return "base_office.html" if user.is_firm_staff else "base_portal.html"


def _of_client(user: User, code: str) -> Quote:
    """Returns a quote for its client; the firm's people record an answer otherwise."""
    quote = access_quote(user, code)
    if not user.is_client:
        raise Http404
    return quote
