"""A contact's rights over its personal data: to have them, to have them erased."""

import tempfile
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.access import access_contact
from extranet.actions.contact_erase import erase_contact
from extranet.exporters.personal_data import write_personal_data
from extranet.forms.contact import EraseForm
from extranet.queries.contact_detail import contact_figures
from extranet.views.common import firm_of
from kernel.errors import DomainError
from kernel.http import content_disposition
from kernel.text import safe_file_name


@require_safe
@for_permission(Permission.CONTACTS)
def contact_data(request: HttpRequest, code: str) -> HttpResponseBase:
    """Returns a zip of all that is known of a contact, from a temporary file that goes with the response."""
    contact = access_contact(current_user(request), code)
    name = safe_file_name(_("Personal data of %(contact)s") % {"contact": contact} + ".zip")
    if request.method == "HEAD":
        return HttpResponse(content_type="application/zip")
    file: Any = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115
    try:
        write_personal_data(file, contact, firm_name=firm_of(request).branding.site_name)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    response = FileResponse(file, content_type="application/zip")
    response["Content-Disposition"] = content_disposition(name)
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "POST"])
@for_permission(Permission.CONTACTS)
def contact_erase(request: HttpRequest, code: str) -> HttpResponse:
    """Returns what an erasure takes and what it leaves, and why; erases once that was ticked and confirmed."""
    contact = access_contact(current_user(request), code)
    if contact.erased_at is not None:
        messages.info(request, _("The data of this contact were erased already."))
        return redirect("contact-detail", code=code)
    form = EraseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            erase_contact(contact)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The personal data of this contact were erased."))
        return redirect("contact-detail", code=code)
    context = {"contact": contact, "form": form, "figures": contact_figures(contact), "nav": "contacts"}
    return render(request, "extranet/office/contact_erase.html", context, status=422 if form.is_bound else 200)
