"""The text messages that were or will be sent, and what the readers of numbers want."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.access import access_contact
from extranet.exporters.sms import sms_sheet
from extranet.forms.sms import ConsentForm
from extranet.queries.sms_filter import SmsFilter, sms_counts, sms_page
from extranet.views.common import back_to, rows_per_page
from extranet.views.office.export import send_sheet
from kernel.errors import DomainError
from mail.actions.sms import resend_sms
from mail.actions.sms_news import stop_number
from mail.actions.sms_number import note_consent, withdraw_consent
from mail.models import OutgoingSms
from mail.sms.enums import SmsKind
from mail.sms.queries import number_facts


@require_safe
@for_permission(Permission.SETTINGS)
def sms_list(request: HttpRequest) -> HttpResponse:
    """Returns a page of the log; htmx gets the table alone."""
    wanted = SmsFilter.from_query(request.GET)
    page = sms_page(wanted, page=request.GET.get("page"), size=rows_per_page(request))
    context = {"page": page, "wanted": wanted, "nav": "settings"}
    htmx = bool(request.headers.get("HX-Request"))
    if not htmx:
        context |= {"states": sms_counts(), "kinds": SmsKind.choices}
    response = render(request, f"extranet/office/sms/{'rows' if htmx else 'list'}.html", context)
    response["Vary"] = "HX-Request, Cookie"
    return response


@require_safe
@for_permission(Permission.SETTINGS)
def sms_export(request: HttpRequest) -> HttpResponseBase:
    """Returns the filtered log as a sheet."""
    return send_sheet(request, sms_sheet(SmsFilter.from_query(request.GET)), back="sms-list")


@require_POST
@for_permission(Permission.SETTINGS)
def sms_resend(request: HttpRequest, sms_code: str) -> HttpResponse:
    """Sends a message that failed once more."""
    sms = OutgoingSms.objects.filter(code=sms_code.replace("\x00", "")).first()
    if sms is None:
        raise Http404
    try:
        resend_sms(sms, user_name=str(current_user(request)))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The message is on its way again."))
    return back_to(request, reverse("sms-list"))


@require_POST
@for_permission(Permission.CONTACTS)
def contact_sms_consent(request: HttpRequest, code: str) -> HttpResponse:
    """Notes that a contact agreed to text messages to its number, or (`withdraw` = 1) no longer."""
    user = current_user(request)
    contact = access_contact(user, code)
    facts = number_facts(contact.phone)
    if facts is None:
        raise Http404
    if request.POST.get("withdraw") == "1":
        withdraw_consent(facts.e164)
        messages.success(request, _("The consent is taken back."))
        return redirect("contact-detail", code=code)
    form = ConsentForm(request.POST or {"given_on": timezone.localdate()})
    if not form.is_valid():
        messages.error(request, next(str(error) for errors in form.errors.values() for error in errors))
        return redirect("contact-detail", code=code)
    try:
        note_consent(
            facts.e164, given_on=form.cleaned_data["given_on"], how=form.cleaned_data["how"], noted_by=str(user)
        )
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The consent is noted."))
    return redirect("contact-detail", code=code)


@require_POST
@for_permission(Permission.CONTACTS)
def contact_sms_stop(request: HttpRequest, code: str) -> HttpResponse:
    """Notes that a contact wants no text messages: its number is never written to again."""
    user = current_user(request)
    contact = access_contact(user, code)
    facts = number_facts(contact.phone)
    if facts is None:
        raise Http404
    stop_number(facts.e164, noted_by=str(user))
    messages.success(request, _("This number is never written to again."))
    return redirect("contact-detail", code=code)
