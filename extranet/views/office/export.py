"""Lists as Excel sheets."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from accounts.access import current_user, for_clients_or, for_permission
from accounts.models import Permission
from extranet.access import access_contact
from extranet.exporters.consultations import consultation_sheet
from extranet.exporters.contacts import contact_sheet
from extranet.exporters.dossiers import dossier_sheet
from extranet.exporters.sheet import CONTENT_TYPE, Sheet, write_sheet
from extranet.queries.dossier_filter import DossierFilter
from kernel.errors import DomainError
from kernel.http import content_disposition
from kernel.text import safe_file_name


@require_safe
@for_clients_or(Permission.EXPORTS)
def dossier_export(request: HttpRequest) -> HttpResponseBase:
    """Returns the filtered list of dossiers; a client's without the firm's own columns."""
    wanted = DossierFilter.from_query(request.GET)
    return send_sheet(request, dossier_sheet(current_user(request), wanted), back="dossier-list")


@require_safe
@for_permission(Permission.CONTACTS)
@for_permission(Permission.EXPORTS)
def contact_export(request: HttpRequest) -> HttpResponseBase:
    """Returns the contacts that match `q`."""
    return send_sheet(request, contact_sheet(request.GET.get("q", "")), back="contact-list")


@require_safe
@for_permission(Permission.CONTACTS)
@for_permission(Permission.EXPORTS)
def consultation_export(request: HttpRequest) -> HttpResponseBase:
    """Returns what all clients read and downloaded, between the days `since` and `until` when they are given."""
    sheet = consultation_sheet(since=_day(request, "since"), until=_day(request, "until"))
    return send_sheet(request, sheet, back="contact-list")


@require_safe
@for_permission(Permission.CONTACTS)
@for_permission(Permission.EXPORTS)
def contact_consultations(request: HttpRequest, code: str) -> HttpResponseBase:
    """Returns what a contact and its sub-accounts read and downloaded."""
    contact = access_contact(current_user(request), code)
    sheet = consultation_sheet(contact, since=_day(request, "since"), until=_day(request, "until"))
    return send_sheet(request, sheet, back="contact-list")


def send_sheet(request: HttpRequest, sheet: Sheet, *, back: str) -> HttpResponseBase:
    """Returns the workbook as a download from a temporary file, which goes with the response; HEAD makes none.

    A sheet that cannot be made sends back to the page named `back`, with the reason.
    """
    if request.method == "HEAD":
        return _headed(HttpResponse(content_type=CONTENT_TYPE), sheet)
    file: Any = tempfile.NamedTemporaryFile(suffix=".xlsx", dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115
    try:
        write_sheet(Path(file.name), sheet)
    except DomainError as error:
        file.close()
        messages.error(request, str(error))
        return redirect(back)
    except BaseException:
        file.close()
        raise
    return _headed(FileResponse(file, content_type=CONTENT_TYPE), sheet)


def _headed(response: HttpResponseBase, sheet: Sheet) -> HttpResponseBase:
    response.headers["Content-Disposition"] = content_disposition(safe_file_name(sheet.file_name))
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _day(request: HttpRequest, name: str) -> date | None:
    try:
        return parse_date(request.GET.get(name, ""))
    except ValueError:
        return None
