"""What could be renewed, and the reminders of it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import current_user, for_permission, for_staff
from accounts.models import Permission
from extranet.actions.renewal import remind_owners
from extranet.enums import DiagnosticKind
from extranet.queries.dossier_filter import visible_dossiers
from extranet.queries.renewal import EXPIRED, WINDOWS, RenewalFilter, reminded_now, renewal_page
from extranet.queries.settings import portal_settings
from extranet.views.common import rows_per_page

#: As many as a page shows.
MOST = 350


@require_safe
@for_staff
def renewal_list(request: HttpRequest) -> HttpResponse:
    """Returns a page of what could be renewed; htmx gets the table alone."""
    wanted = RenewalFilter.from_query(request.GET)
    page = renewal_page(wanted, page=request.GET.get("page"), size=rows_per_page(request))
    context = {"page": page, "wanted": wanted, "today": timezone.localdate(), "nav": "renewals"}
    htmx = bool(request.headers.get("HX-Request"))
    if not htmx:
        context |= {
            "windows": [*(str(days) for days in WINDOWS), EXPIRED],
            "kinds": DiagnosticKind.choices,
            "portal_settings": portal_settings(),
        }
    response = render(request, f"extranet/office/{'renewal_rows' if htmx else 'renewal_list'}.html", context)
    response["Vary"] = "HX-Request, Cookie"
    return response


@require_POST
@for_permission(Permission.DOSSIERS)
def renewal_remind(request: HttpRequest) -> HttpResponse:
    """Writes to the owners of the chosen dossiers about what the list's filter shows of them."""
    wanted = RenewalFilter.from_query(request.POST)
    codes = [code.replace("\x00", "") for code in request.POST.getlist("code")[:MOST]]
    user = current_user(request)
    if codes and not visible_dossiers(user).filter(code__in=codes).exists():
        raise Http404
    due = list(reminded_now(wanted, codes, today=timezone.localdate()))
    result = remind_owners(due, user=user)
    if result.sent:
        text = ngettext(
            "%(count)d owner is reminded by e-mail.", "%(count)d owners are reminded by e-mail.", result.sent
        )
        messages.success(request, text % {"count": result.sent})
    for count, text in (
        (result.without_address, _("Not reminded, for want of the owner's e-mail address: %(count)d.")),
        (result.declined, _("Not reminded, because the owner does not want to be: %(count)d.")),
        (result.just_told, _("Not reminded again, because a reminder left a moment ago: %(count)d.")),
    ):
        if count:
            messages.warning(request, text % {"count": count})
    if not due:
        messages.error(request, _("Choose a dossier first."))
    return redirect(f"{reverse('renewal-list')}?{wanted.querystring}")
