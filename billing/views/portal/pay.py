"""The page on which dossiers are paid, by whoever holds its address."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing.actions.starting import start_payment
from billing.enums import Method
from billing.forms.pay import PayForm
from billing.models import Payment, ProviderAccount
from billing.providers.base import Started
from billing.queries.paying import Bill, bill_of, offered_accounts
from billing.queries.settings import billing_settings
from billing.rules import in_euros, is_test, vat_part
from billing.tokens import read_pay_token, status_path
from billing.views.portal.door import Payer, client_of, closed_page, for_payers, payer_of, shell_of
from billing.views.portal.once import attempt_key, begin_once
from kernel.errors import DomainError
from kernel.money import euros
from kernel.ratelimit import consume
from kernel.signing import BadSignature

#: How often one address may begin to pay; an office has one for all its people.
START_LIMIT, START_SECONDS = 30, 600
_ICONS = {
    "stripe": "credit-card",
    "paypal": "brand-paypal",
    "payzen": "credit-card",
    "systempay": "credit-card",
    Method.TRANSFER: "building-bank",
    Method.CHEQUE: "writing-sign",
    Method.CASH: "cash",
}


@require_http_methods(["GET", "POST"])
@for_payers
def pay(request: HttpRequest, token: str) -> HttpResponseBase:
    """Returns the page of what is due and how it can be paid, or begins to pay it.

    422: something is to be chosen, typed or looked at again; 429: too often; 503: the provider does not answer.
    """
    try:
        ticket = read_pay_token(token)
    except BadSignature:
        return closed_page(request)
    bill = bill_of(ticket.dossiers)
    if not bill.lines:
        return closed_page(request)
    payer = payer_of(request, ticket, [line.due.dossier for line in bill.lines])
    accounts = offered_accounts() if bill.payable else []
    initial = {"total": bill.left, "payer_name": payer.guest_name, "payer_email": payer.guest_email}
    form = PayForm(
        request.POST if request.method == "POST" else None,
        accounts=accounts,
        asks_payer=not payer.is_known,
        initial=initial,
    )
    if request.method == "GET":
        return _page(request, bill, payer, form)
    if not bill.payable or not accounts:
        return _page(request, bill, payer, form, error=_("Nothing can be paid here any more."), status=422)
    if not form.is_valid():
        return _page(request, bill, payer, form, status=422)
    if form.cleaned_data["total"] != bill.left:
        error = _("The amount has changed meanwhile. Please look at it again, then pay.")
        return _page(request, bill, payer, form, error=error, status=422)
    if not consume(request, "pay-start", limit=START_LIMIT, seconds=START_SECONDS):
        error = _("Too many payments were begun from here. Please try again in ten minutes.")
        return _page(request, bill, payer, form, error=error, status=429)
    return _start_once(request, token, bill, payer, form)


def _start_once(request: HttpRequest, token: str, bill: Bill, payer: Payer, form: PayForm) -> HttpResponseBase:
    """Begins to pay; a second click on the same page goes where the first one went."""
    try:
        key = attempt_key(token, form.cleaned_data["attempt"])
        onwards = begin_once(key, lambda: _start(request, bill, payer, form))
    except DomainError as error:
        return _refused(request, token, form, error)
    if onwards is None:
        error_text = _("This payment is being prepared already. Please wait a moment.")
        return _page(request, bill, payer, form, error=error_text, status=422)
    return onwards


def _start(request: HttpRequest, bill: Bill, payer: Payer, form: PayForm) -> tuple[Payment, Started | None]:
    told = form.cleaned_data
    return start_payment(
        [line.due.dossier for line in bill.payable],
        account=form.account(),
        contact=payer.contact,
        payer_name=told.get("payer_name") or payer.name,
        payer_email=told.get("payer_email") or payer.email,
        base_url=f"{request.scheme}://{request.get_host()}",
        language=get_language() or "fr",
    )


def _refused(request: HttpRequest, token: str, form: PayForm, error: DomainError) -> HttpResponse:
    """Returns the page again, as things are now, with what was typed and another means marked."""
    ticket = read_pay_token(token)
    bill = bill_of(ticket.dossiers)
    payer = payer_of(request, ticket, [line.due.dossier for line in bill.lines])
    data = request.POST.copy()
    failed = str(data.get("means", ""))
    accounts = offered_accounts() if bill.payable else []
    others = [account.code for account in accounts if account.code != failed]
    if error.code in {"account_off", "provider_refused", "provider_unavailable"} and others:
        data["means"] = others[0]
    again = PayForm(data, accounts=accounts, asks_payer=not payer.is_known)
    status = 503 if error.code == "provider_unavailable" else 422
    return _page(request, bill, payer, again, error=str(error), status=status)


def _page(
    request: HttpRequest, bill: Bill, payer: Payer, form: PayForm, *, error: str = "", status: int = 200
) -> HttpResponse:
    rate = billing_settings().vat_rate if bill.left else None
    own = payer.contact.pk if payer.contact is not None else 0
    context = {
        "bill": bill,
        "form": form,
        "payer": payer,
        "error": error,
        "means": [means_card(account, form.chosen) for account in form.accounts],
        "vat": vat_part(bill.left, rate),
        "vat_rate": number_format(rate.normalize()) if rate else "",
        "amount": euros(in_euros(bill.left)),
        "notes": [note for line in bill.lines for note in _notes(line.announced, line.begun, own=own)],
        "base": shell_of(request),
        "is_client": client_of(request) is not None,
        "nav": "dossiers",
    }
    return render(request, "billing/portal/pay.html", context, status=status)


def means_card(account: ProviderAccount, chosen: str) -> dict[str, object]:
    """Returns a means of payment as the page shows it (billing/portal/means.html)."""
    return {
        "account": account,
        "icon": _ICONS.get(account.manual_method if account.is_manual else account.provider, "currency-euro"),
        "is_test": is_test(account.provider, account.mode),
        "is_chosen": account.code == chosen,
    }


def _notes(announced: Payment | None, begun: Payment | None, *, own: int) -> list[dict[str, object]]:
    """Returns what the payer should know of attempts before this one, with the way to those that are its own."""
    return [
        {
            "kind": kind,
            "payment": payment,
            "url": status_path(payment) if own and payment.contact_id == own else "",
        }
        for kind, payment in (("announced", announced), ("begun", begun))
        if payment is not None
    ]
