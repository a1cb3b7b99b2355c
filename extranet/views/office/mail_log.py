"""The log of mails: what left, what waits, what came back; and the addresses that nothing is sent to."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST, require_safe

from accounts.access import current_user, for_permission, for_staff
from accounts.models import Permission
from extranet.access_mail import access_mail, access_stopped
from extranet.exporters.mails import mail_sheet
from extranet.queries.mail_log import (
    MailFilter,
    filtered_mails,
    kind_label,
    kinds_offered,
    mail_page,
    mail_trouble,
    state_counts,
    stopped_page,
    waiting_mails,
)
from extranet.views.common import back_to, rows_per_page
from extranet.views.office.export import send_sheet
from mail.actions.outgoing import send_again
from mail.actions.stopping import use_again
from mail.models import MailState
from mail.queries.server import stopped_among

#: A mail as its reader sees it: its styles are its own, it runs nothing and loads nothing but its pictures.
_BODY_CSP: dict[str, Any] = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["'self'", "data:"],
    "frame-ancestors": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "sandbox": True,
}
#: How many failed mails one click sends again.
_MOST_AGAIN = 500


@require_safe
@for_permission(Permission.SETTINGS)
def mail_list(request: HttpRequest) -> HttpResponse:
    """Returns a page of the log; htmx gets the table alone."""
    wanted = MailFilter.from_query(request.GET)
    page = mail_page(wanted, page=request.GET.get("page"), size=rows_per_page(request))
    rows = [(mail, kind_label(mail.kind)) for mail in page.rows]
    context: dict[str, Any] = {"page": page.with_rows(rows), "wanted": wanted, "nav": "settings"}
    htmx = bool(request.headers.get("HX-Request"))
    if not htmx:
        count, last = waiting_mails()
        context |= {
            "states": state_counts(),
            "kinds": kinds_offered(),
            "waiting": count,
            "waiting_until": last,
            "trouble": mail_trouble(),
        }
    response = render(request, f"extranet/office/{'mail_rows' if htmx else 'mail_list'}.html", context)
    response["Vary"] = "HX-Request, Cookie"
    return response


@require_safe
@for_permission(Permission.SETTINGS)
def mail_export(request: HttpRequest) -> HttpResponseBase:
    """Returns the filtered log."""
    return send_sheet(request, mail_sheet(MailFilter.from_query(request.GET)), back="mail-list")


@require_safe
@for_permission(Permission.SETTINGS)
def mail_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Returns what became of a mail."""
    mail = access_mail(current_user(request), code)
    context = {
        "mail": mail,
        "kind": kind_label(mail.kind),
        "attachments": list(mail.attachments.defer("data").order_by("pk")),
        "stopped": next(iter(stopped_among([mail.to])), None),
        "nav": "settings",
    }
    return render(request, "extranet/office/mail_detail.html", context)


@require_safe
@xframe_options_sameorigin
@csp_override(_BODY_CSP)
@for_permission(Permission.SETTINGS)
def mail_body(request: HttpRequest, code: str) -> HttpResponse:
    """Returns a mail's HTML for the frame of its page; what is confidential has none."""
    mail = access_mail(current_user(request), code)
    if mail.confidential or not mail.html:
        raise Http404
    response = HttpResponse(mail.html)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@for_permission(Permission.SETTINGS)
def mail_resend(request: HttpRequest, code: str) -> HttpResponse:
    """Queues a mail that did not arrive once more."""
    mail = access_mail(current_user(request), code)
    if send_again(mail):
        messages.success(request, _("The mail is on its way again."))
    else:
        messages.error(
            request, _("This mail cannot be sent again: it has left, its words are gone, or its address is stopped.")
        )
    return redirect("mail-detail", code=code)


@require_POST
@for_permission(Permission.SETTINGS)
def mail_resend_failed(request: HttpRequest) -> HttpResponse:
    """Queues once more what failed among the mails that the filter of the address lets through."""
    wanted = MailFilter.from_query(request.GET)
    failed = filtered_mails(wanted).filter(state=MailState.FAILED).exclude(text="")
    sent = sum(send_again(mail) for mail in failed.order_by("created_at", "id")[:_MOST_AGAIN])
    text = ngettext("%(count)d mail is on its way again.", "%(count)d mails are on their way again.", sent)
    messages.success(request, text % {"count": sent})
    return redirect("mail-list")


@require_safe
@for_permission(Permission.SETTINGS)
def mail_stopped(request: HttpRequest) -> HttpResponse:
    """Returns a page of the addresses that nothing is sent to; htmx gets the table alone."""
    query = request.GET.get("q", "")
    page = stopped_page(query, page=request.GET.get("page"), size=rows_per_page(request))
    part = "mail_stopped_rows" if request.headers.get("HX-Request") else "mail_stopped"
    response = render(request, f"extranet/office/{part}.html", {"page": page, "query": query, "nav": "settings"})
    response["Vary"] = "HX-Request, Cookie"
    return response


@require_POST
@for_staff
def mail_use_again(request: HttpRequest, code: str) -> HttpResponse:
    """Lets mails go to an address again; back to the page that asked."""
    address = use_again(access_stopped(current_user(request), code))
    messages.success(request, _("Mails go to %(address)s again.") % {"address": address})
    return back_to(request, "mail-stopped")


@require_safe
@for_staff
def mail_alerts(request: HttpRequest) -> HttpResponse:
    """Returns what of the mails needs somebody, for the home page."""
    user = current_user(request)
    trouble = mail_trouble() if user.may(Permission.SETTINGS) else None
    response = render(request, "extranet/office/mail_alerts.html", {"trouble": trouble})
    response["Cache-Control"] = "no-store"
    return response
