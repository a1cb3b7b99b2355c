"""What the firm does with quotes."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.access_order import access_order
from extranet.access_quote import access_quote
from extranet.actions.quote import begin_quote, copy_quote, delete_quote, issue_quote, prepare_quote, save_quote
from extranet.actions.quote_answer import prolong_quote, record_acceptance, withdraw_quote
from extranet.actions.quote_paper import file_certificate, file_quote
from extranet.actions.quote_reminding import resume_quote_reminders, stop_quote_reminders
from extranet.actions.setting_change import save_settings
from extranet.enums_quote import AcceptedBy
from extranet.forms.quote import (
    NewQuoteForm,
    ProlongForm,
    QuoteForm,
    QuoteLineFormSet,
    RecordForm,
    WithdrawForm,
    quote_lines_initial,
)
from extranet.forms.quote_settings import QuoteSettingsForm
from extranet.models import Quote
from extranet.queries.contact import contacts_offered
from extranet.queries.quote import lines_of_quote, on_request_labels, quote_settings
from extranet.queries.settings import portal_settings
from extranet.quote_letter import quote_pdf
from extranet.views.guest.instant import frame_code, instant_url
from extranet.views.portal.quote import detail_page, make_now
from kernel.errors import DomainError
from kernel.http import content_disposition


@require_POST
@for_permission(Permission.QUOTES)
def order_quote(request: HttpRequest, code: str) -> HttpResponse:
    """Prepares a quote from an order, or goes to the draft that is there."""
    user = current_user(request)
    order = access_order(user, code)
    try:
        quote = prepare_quote(order, user=user)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("order-detail", code=code)
    return redirect("quote-edit", code=quote.code)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.QUOTES)
def quote_new(request: HttpRequest) -> HttpResponse:
    """Returns the form of a quote without an order, or begins its draft."""
    user = current_user(request)
    form = NewQuoteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        quote = begin_quote(user=user, contact=form.cleaned_data["contact"])
        return redirect("quote-edit", code=quote.code)
    chosen = request.POST.get("contact", "").replace("\x00", "")
    context = {"form": form, "chosen": chosen, "contacts": contacts_offered([chosen] if chosen else [])}
    status = 422 if form.is_bound else 200
    return render(request, "extranet/office/quote_new.html", context | {"nav": "quotes"}, status=status)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.QUOTES)
def quote_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the draft of a quote to edit, or saves it; one that was sent goes to its page."""
    user = current_user(request)
    quote = access_quote(user, code)
    if not quote.is_draft:
        return redirect("quote-detail", code=code)
    if request.method == "POST":
        form, lines = QuoteForm(request.POST), QuoteLineFormSet(request.POST)
        if form.is_valid() & lines.is_valid():
            try:
                save_quote(
                    quote,
                    version=form.cleaned_data["version"],
                    values=form.values,
                    lines=lines.with_discount(form.cleaned_data["discount"]),
                    user=user,
                )
            except DomainError as error:
                _note_conflict(form, quote, error)
            else:
                messages.success(request, _("Saved."))
                return redirect("quote-detail", code=code)
    else:
        form = QuoteForm(initial=QuoteForm.initial_of(quote))
        lines = QuoteLineFormSet(initial=quote_lines_initial(lines_of_quote(quote)))
    context = {
        "quote": quote,
        "form": form,
        "lines": lines,
        "on_request": on_request_labels(quote),
        "nav": "quotes",
    }
    return render(request, "extranet/office/quote_edit.html", context, status=422 if form.is_bound else 200)


def _note_conflict(form: QuoteForm, quote: Quote, error: DomainError) -> None:
    """Adds what happened to the form; saving again is then a decision."""
    quote.refresh_from_db()
    form.data = {**form.data.dict(), "version": str(quote.version)}  # type: ignore[attr-defined]  # of a POST
    form.add_error(None, str(error))


@require_safe
@for_permission(Permission.QUOTES)
def quote_preview(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the document of a draft as it would be, nothing is kept; of what was sent there is one already."""
    quote = access_quote(current_user(request), code)
    if not quote.is_draft:
        return redirect("quote-pdf", code=code)
    with translation.override(quote.language):
        data = quote_pdf(quote, lines_of_quote(quote))
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition(f"{_('quote')}.pdf", inline=True)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@for_permission(Permission.QUOTES)
def quote_issue(request: HttpRequest, code: str) -> HttpResponse:
    """Sends a draft under the next number."""
    user = current_user(request)
    quote = access_quote(user, code)
    try:
        issued = issue_quote(quote, user=user)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("quote-detail", code=code)
    make_now(file_quote, issued)
    text = _("The quote %(number)s is sent.") if issued.client_email else _("The quote %(number)s is made.")
    messages.success(request, text % {"number": issued.number})
    return redirect("quote-detail", code=code)


@require_POST
@for_permission(Permission.QUOTES)
def quote_copy(request: HttpRequest, code: str) -> HttpResponse:
    """Begins a quote that is to take the place of another one."""
    user = current_user(request)
    try:
        made = copy_quote(access_quote(user, code), user=user)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("quote-detail", code=code)
    return redirect("quote-edit", code=made.code)


@require_POST
@for_permission(Permission.QUOTES)
def quote_delete(request: HttpRequest, code: str) -> HttpResponse:
    """Deletes a draft."""
    quote = access_quote(current_user(request), code)
    try:
        delete_quote(quote)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("quote-detail", code=code)
    messages.success(request, _("The draft is deleted."))
    return redirect("quote-list")


@require_http_methods(["GET", "POST"])
@for_permission(Permission.QUOTES)
def quote_record(request: HttpRequest, code: str) -> HttpResponse:
    """Records an acceptance by phone, on paper or by e-mail."""
    user = current_user(request)
    quote = access_quote(user, code)
    if request.method == "GET":
        return redirect("quote-detail", code=code)
    form = RecordForm(request.POST)
    if not form.is_valid():
        return detail_page(request, user, quote, forms={"record_form": form}, status=422)
    data = form.cleaned_data
    try:
        record_acceptance(quote, how=AcceptedBy(data["how"]), name=data["name"], on=data["on"], user=user)
    except DomainError as error:
        form.add_error("on" if error.code == "not_valid_then" else None, str(error))
        return detail_page(request, user, quote, forms={"record_form": form}, status=422)
    make_now(file_certificate, quote)
    messages.success(request, _("The acceptance is recorded."))
    return redirect("quote-detail", code=code)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.QUOTES)
def quote_withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Withdraws a quote for a reason."""
    user = current_user(request)
    quote = access_quote(user, code)
    if request.method == "GET":
        return redirect("quote-detail", code=code)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return detail_page(request, user, quote, forms={"withdraw_form": form}, status=422)
    try:
        withdraw_quote(quote, reason=form.cleaned_data["reason"], user=user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The quote is withdrawn."))
    return redirect("quote-detail", code=code)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.QUOTES)
def quote_prolong(request: HttpRequest, code: str) -> HttpResponse:
    """Gives a client more time."""
    user = current_user(request)
    quote = access_quote(user, code)
    if request.method == "GET":
        return redirect("quote-detail", code=code)
    form = ProlongForm(request.POST)
    if form.is_valid():
        try:
            prolong_quote(quote, until=form.cleaned_data["until"], user=user)
        except DomainError as error:
            form.add_error("until" if error.code == "bad_day" else None, str(error))
    if form.errors:
        return detail_page(request, user, quote, forms={"prolong_form": form}, status=422)
    messages.success(request, _("The quote is prolonged; the client is told."))
    return redirect("quote-detail", code=code)


@require_POST
@for_permission(Permission.QUOTES)
def quote_reminders(request: HttpRequest, code: str) -> HttpResponse:
    """Stops the reminders of a quote, or resumes them (`on`)."""
    user = current_user(request)
    quote = access_quote(user, code)
    if request.POST.get("on"):
        resume_quote_reminders(quote, user=user)
        messages.success(request, _("Reminders of this quote are on again."))
    else:
        stop_quote_reminders(quote, user=user)
        messages.success(request, _("Nobody is reminded of this quote any more."))
    return redirect("quote-detail", code=code)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def settings_quotes(request: HttpRequest) -> HttpResponse:
    """Returns how the firm makes its quotes, with the code of the frame for its site; or saves it."""
    form = QuoteSettingsForm(request.POST if request.method == "POST" else None, instance=quote_settings())
    if request.method == "POST" and form.is_valid():
        save_settings(form, page="settings-quotes", by=current_user(request))
        messages.success(request, _("Saved."))
        return redirect("settings-quotes")
    saved: Any = quote_settings() if form.is_bound else form.instance
    context = {
        "form": form,
        "saved": saved,
        "instant_url": instant_url(),
        "frame_code": frame_code(),
        "visitor_orders": portal_settings().visitor_orders,
        "nav": "settings",
    }
    return render(request, "extranet/office/settings_quotes.html", context, status=422 if form.is_bound else 200)
