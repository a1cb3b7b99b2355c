"""The firm's payments: the list, its totals and its sheet, and all that is known of one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_admins, for_permission
from accounts.models import Permission
from billing.access import access_payment
from billing.actions.manual import cancel_manual, confirm_manual
from billing.actions.rereading import reread_payment
from billing.chart import money_chart
from billing.enums import PaymentStatus, Provider
from billing.exporters.payments import payment_sheet
from billing.forms.payment import ConfirmForm
from billing.models import Payment
from billing.providers.base import ProviderRefused, ProviderUnavailable
from billing.queries.payment import alerts, months_of, payment_page, providers_of, totals_of
from billing.queries.payment_detail import PaymentFacts, facts_of, timeline_of
from billing.queries.payment_filter import (
    ALL_MODES,
    DISPUTED,
    OPEN,
    REFUNDED,
    PaymentFilter,
    filtered_payments,
    real_only,
    shown_mode,
)
from billing.rules import is_test, vat_part
from billing.views.office.advice import advise
from billing.views.office.raw import readable
from extranet.views.common import back_to, rows_per_page
from extranet.views.office.export import send_sheet
from kernel.errors import DomainError

_RAW_MOST = 30


def list_page(request: HttpRequest) -> HttpResponse:
    """Returns a page of payments with the totals of the filter, or their months; htmx gets that part alone."""
    wanted = PaymentFilter.from_query(request.GET)
    mode = shown_mode(wanted)
    found = filtered_payments(wanted, mode=mode)
    # where tests stand among payments they are no money; where there is nothing else, they are what one looks at
    mixed = mode == ALL_MODES and bool(wanted.mode or wanted.look)
    counted = real_only(found) if mixed else found
    context: dict[str, Any] = {
        "wanted": wanted,
        "totals": totals_of(counted),
        "tests_apart": mixed,
        "only_tests": mode not in {"live", ALL_MODES} or (mode == ALL_MODES and not mixed),
        "today": timezone.localdate(),
        "nav": "payments",
    }
    if wanted.view:
        months = months_of(counted)
        providers = providers_of(months)
        chart = money_chart(months, providers)
        context |= {"months": months, "providers": providers, "chart": chart}
    else:
        context["page"] = payment_page(found, page=request.GET.get("page"), size=rows_per_page(request))
    htmx = bool(request.headers.get("HX-Request"))
    if not htmx:
        states = [(OPEN, _("Under way")), *PaymentStatus.choices, (REFUNDED, _("Refunded")), (DISPUTED, _("Contested"))]
        context |= {"alerts": alerts(), "states": states, "all_providers": Provider.choices}
    response = render(request, f"billing/office/{'payment_rows' if htmx else 'payment_list'}.html", context)
    response["Vary"] = "HX-Request, Cookie"
    return response


@require_safe
@for_permission(Permission.PAYMENTS)
@for_permission(Permission.EXPORTS)
def payment_export(request: HttpRequest) -> HttpResponseBase:
    """Returns the filtered payments as a sheet."""
    return send_sheet(request, payment_sheet(PaymentFilter.from_query(request.GET)), back="payment-list")


@require_safe
@for_permission(Permission.PAYMENTS)
def payment_alerts(request: HttpRequest) -> HttpResponse:
    """Returns what of the payments waits for somebody, for the home page; nothing where nothing does."""
    response = render(request, "billing/office/payment_alerts.html", {"alerts": alerts()})
    response["Cache-Control"] = "no-store"
    return response


def detail_page(request: HttpRequest, payment: Payment, *, form: ConfirmForm | None = None) -> HttpResponse:
    """Returns all that is known of a payment, and what can be done about it."""
    facts = facts_of(payment)
    lines = [state.line for state in facts.lines]
    manual = payment.provider == Provider.MANUAL
    context = {
        "payment": payment,
        "facts": facts,
        "timeline": timeline_of(payment, facts),
        "advices": [advise(payment, issue, lines, facts.dues, left=facts.left) for issue in facts.open_issues],
        "vat": vat_part(payment.amount, payment.vat_rate),
        "is_manual": manual,
        "is_test": is_test(payment.provider, payment.mode),
        "can_reread": bool(not manual and (payment.provider_ref or payment.is_open)),
        "may_confirm": manual and payment.status == PaymentStatus.PENDING,
        "still_due": _still_due(facts),
        "nav": "payments",
    }
    return render(request, "billing/office/payment_detail.html", context)


def _still_due(facts: PaymentFacts) -> dict[int, int]:
    return {key: due.left for key, due in facts.dues.items() if due.left}


@require_POST
@for_permission(Permission.PAYMENTS)
def payment_reread(request: HttpRequest, code: str) -> HttpResponse:
    """Reads a payment again at its provider, and says what was new."""
    payment = access_payment(current_user(request), code)
    before = (payment.status, payment.refunded, payment.dispute)
    try:
        payment = reread_payment(payment)
    except ProviderUnavailable:
        messages.error(request, _("The provider does not answer: nothing was changed. Try again in a moment."))
    except ProviderRefused:
        messages.error(request, _("The provider refuses to tell about this payment: check the keys of your account."))
    else:
        if (payment.status, payment.refunded, payment.dispute) != before:
            messages.success(request, _("Read again: the payment was brought up to date."))
        elif payment.is_open and payment.error:
            messages.warning(request, _("The provider told nothing new: %(why)s") % {"why": payment.error})
        else:
            messages.info(request, _("Read again: nothing new."))
    return back_to(request, reverse("payment-detail", args=[code]))


@require_http_methods(["GET", "POST"])
@for_permission(Permission.PAYMENTS)
def payment_confirm(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the form that says when an announced payment arrived, or writes it down."""
    user = current_user(request)
    payment = access_payment(user, code)
    form = ConfirmForm(request.POST or None, initial={"received_on": timezone.localdate().isoformat()})
    if request.method == "POST" and form.is_valid():
        try:
            payment = confirm_manual(payment, user=user, **form.cleaned_data)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The payment is confirmed: the payer gets the receipt."))
            if payment.issues.filter(resolved_at=None).exists():
                messages.warning(request, _("Something about it is to be looked at."))
                return redirect("payment-detail", code=code)
        return back_to(request, reverse("payment-detail", args=[code]))
    if payment.provider != Provider.MANUAL or payment.status != PaymentStatus.PENDING:
        messages.info(request, _("This payment no longer waits to be confirmed."))
        return redirect("payment-detail", code=code)
    context = {"payment": payment, "form": form, "nav": "payments"}
    return render(request, "billing/office/payment_confirm.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_permission(Permission.PAYMENTS)
def payment_cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Gives up an announced payment that will not come."""
    user = current_user(request)
    try:
        cancel_manual(access_payment(user, code), user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The announced payment is given up. What it was for is still due."))
    return back_to(request, reverse("payment-detail", args=[code]))


@require_safe
@for_admins
def payment_notice(request: HttpRequest, code: str) -> HttpResponse:
    """Returns what the provider told of a payment, as it came, without what must stay secret."""
    payment = access_payment(current_user(request), code)
    notices = payment.notifications.order_by("-id")[:_RAW_MOST]
    context = {
        "payment": payment,
        "notices": [(notice, readable(notice.body)) for notice in notices],
        "nav": "payments",
    }
    response = render(request, "billing/office/payment_notice.html", context)
    response["Cache-Control"] = "no-store"
    return response
