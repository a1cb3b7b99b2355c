"""The page on which the deposit of a visit is paid, by whoever holds its address, while its time is kept."""

from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from billing.actions.deposit import is_payable, start_deposit
from billing.forms.pay import PayForm
from billing.models import Payment, ProviderAccount
from billing.providers.base import Started
from billing.queries.paying import offered_accounts
from billing.queries.settings import billing_settings
from billing.rules import cents, vat_part
from billing.views.portal.door import Payer, closed_page, for_payers, payer_of_visit, shell_of
from billing.views.portal.once import attempt_key, begin_once
from billing.views.portal.pay import START_LIMIT, START_SECONDS, means_card
from extranet.actions.client_booking import release_hold
from extranet.models import Appointment, BookingSettings
from extranet.queries.client_booking import appointment_of_deposit_token
from extranet.queries.order import order_token
from extranet.queries.slot import booking_settings, zone_of
from kernel.errors import DomainError
from kernel.ratelimit import consume


@require_http_methods(["GET", "POST"])
@for_payers
def deposit_pay(request: HttpRequest, token: str) -> HttpResponseBase:
    """Returns the page of a visit's deposit and how it can be paid, or begins to pay it.

    422: something is to be chosen or typed, or the time is no longer kept; 429: too often; 503: no provider answers.
    """
    visit = appointment_of_deposit_token(token)
    if visit is None:
        return closed_page(request)
    settings = booking_settings()
    payer = payer_of_visit(request, visit)
    form = PayForm(
        request.POST if request.method == "POST" else None,
        accounts=_accounts(settings) if is_payable(visit) else [],
        asks_payer=not payer.is_known,
        initial={"total": cents(visit.deposit or Decimal(0)), "payer_name": payer.name, "payer_email": payer.email},
    )
    if request.method == "GET":
        return _page(request, token, visit, settings, payer, form)
    if not is_payable(visit) or not form.accounts:
        return _page(request, token, visit, settings, payer, form, status=422)
    if not form.is_valid():
        return _page(request, token, visit, settings, payer, form, status=422)
    if not consume(request, "pay-start", limit=START_LIMIT, seconds=START_SECONDS):
        error = _("Too many payments were begun from here. Please try again in ten minutes.")
        return _page(request, token, visit, settings, payer, form, error=error, status=429)
    try:
        key = attempt_key(token, form.cleaned_data["attempt"])
        onwards = begin_once(key, lambda: _start(request, visit, payer, form))
    except DomainError as error_:
        visit.refresh_from_db()
        status = 503 if error_.code == "provider_unavailable" else 422
        return _page(request, token, visit, settings, payer, form, error=str(error_), status=status)
    if onwards is None:
        error = _("This payment is being prepared already. Please wait a moment.")
        return _page(request, token, visit, settings, payer, form, error=error, status=422)
    return onwards


@require_POST
@for_payers
def deposit_release(request: HttpRequest, token: str) -> HttpResponseBase:
    """Gives a held time back and leads to the other ones."""
    visit = appointment_of_deposit_token(token)
    if visit is None:
        return closed_page(request)
    released = release_hold(visit)
    if released.state == "expired":
        messages.info(request, _("The time is no longer kept for you: choose another one."))
    return redirect(visit_path(visit) or reverse("deposit-pay", args=[token]))


def visit_path(visit: Appointment) -> str:
    """Returns the path where the visit of an order is booked, by its client or by its link; empty without an order."""
    order = visit.order
    if order is None:
        return ""
    if order.contact_id is not None:
        return reverse("order-visit", args=[order.code])
    return reverse("order-visitor-visit", args=[order_token(order)])


def order_path(visit: Appointment) -> str:
    """Returns the path of the page of a visit's order, for its client or by its link; empty without an order."""
    order = visit.order
    if order is None:
        return ""
    if order.contact_id is not None:
        return reverse("order-detail", args=[order.code])
    return reverse("order-visitor-follow", args=[order_token(order)])


def _accounts(settings: BookingSettings) -> list[ProviderAccount]:
    return [account for account in offered_accounts() if settings.deposit_by_hand or not account.is_manual]


def _start(request: HttpRequest, visit: Appointment, payer: Payer, form: PayForm) -> tuple[Payment, Started | None]:
    told = form.cleaned_data
    return start_deposit(
        visit,
        account=form.account(),
        contact=payer.contact,
        payer_name=told.get("payer_name") or payer.name,
        payer_email=told.get("payer_email") or payer.email,
        base_url=f"{request.scheme}://{request.get_host()}",
        language=get_language() or "fr",
    )


def _page(
    request: HttpRequest,
    token: str,
    visit: Appointment,
    settings: BookingSettings,
    payer: Payer,
    form: PayForm,
    *,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    payable = is_payable(visit)
    rate = billing_settings().vat_rate if payable else None
    amount = cents(visit.deposit or Decimal(0))
    context = {
        "visit": visit,
        "token": token,
        "form": form,
        "payer": payer,
        "error": error,
        "payable": payable,
        "settings": settings,
        "means": [means_card(account, form.chosen) for account in form.accounts],
        "vat": vat_part(amount, rate),
        "amount": amount,
        "order_url": order_path(visit),
        "visit_url": visit_path(visit),
        "base": shell_of(request),
        "nav": "orders",
    }
    with timezone.override(zone_of(settings)):
        return render(request, "billing/portal/deposit.html", context, status=status)
