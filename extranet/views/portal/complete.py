"""The complete dossier: asked for, waited for, downloaded, by the firm and by clients."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import current_user, for_members
from extranet.access import access_dossier
from extranet.actions.complete_dossier import complete_name, complete_state, request_complete
from extranet.actions.downloads import record_taken
from extranet.actions.handing import handing_of
from extranet.enums import Handing
from extranet.models import Dossier
from extranet.views.common import visit_of
from extranet.views.panel import render_panel
from extranet.views.withheld import withheld_page
from kernel.errors import DomainError
from storage.delivery import send_file


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def complete_dossier(request: HttpRequest, code: str) -> HttpResponse:
    """Returns how far the complete dossier is; a POST has it made."""
    dossier = access_dossier(current_user(request), code)
    handing = handing_of(dossier, current_user(request))
    if handing == Handing.WITHHELD:
        return _withheld(request, dossier)
    stamped = handing == Handing.STAMPED
    error_text = ""
    if request.method == "POST":
        try:
            complete = request_complete(dossier, stamped=stamped)
        except DomainError as error:
            error_text = str(error)
            complete = complete_state(dossier, stamped=stamped)
        else:
            if not request.headers.get("HX-Request"):
                return redirect("complete-dossier", code=dossier.code)
    else:
        complete = complete_state(dossier, stamped=stamped)
    context = {"dossier": dossier, "complete": complete, "error": error_text, "handing": handing}
    response = render_panel(request, "extranet/complete_dossier.html", context)
    response.status_code = 422 if error_text else 200
    return response


@require_safe
@for_members
def complete_download(request: HttpRequest, code: str) -> HttpResponseBase:
    """Returns the complete dossier of the files that are there now; each is recorded as downloaded.

    When it is not made yet, or not any more, this leads to where it is asked for.
    """
    user = current_user(request)
    dossier = access_dossier(user, code)
    handing = handing_of(dossier, user)
    if handing == Handing.WITHHELD:
        return _withheld(request, dossier)
    complete = complete_state(dossier, stamped=handing == Handing.STAMPED)
    if complete.stored is None:
        return redirect("complete-dossier", code=dossier.code)
    with transaction.atomic():
        response = send_file(request, complete.stored, name=complete_name(dossier))
        if request.method == "GET":
            record_taken(dossier, files=complete.files, handing=handing, user=user, visit=visit_of(request))
    return response


def _withheld(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    reason = _("The complete dossier can be had once it is paid.")
    back = reverse("dossier-detail", args=[dossier.code])
    return withheld_page(request, reason, dossier=dossier, back=back, base="base_portal.html")
