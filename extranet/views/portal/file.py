"""The files of a dossier, as whoever may see them reads and downloads them."""

from collections.abc import Sequence

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import current_user, for_members
from extranet.access import access_dossier, access_file
from extranet.actions.downloads import record_read, record_taken
from extranet.actions.handing import hand_over, hand_over_all, handing_of
from extranet.enums import FileKind, Handing
from extranet.models import Dossier, DossierFile
from extranet.queries.contact import contact_id_of
from extranet.queries.dossier_file import downloaded_by, file_lines, visible_files
from extranet.queries.unpaid import handing_context, kept_back_text
from extranet.views.common import visit_of
from extranet.views.panel import render_panel
from extranet.views.withheld import withheld_page
from extranet.views.zip import handover_zip
from kernel.errors import DomainError
from storage.delivery import send_file


@require_safe
@for_members
def file_read(request: HttpRequest, code: str, file_code: str) -> HttpResponse:
    """Returns the page on which a PDF or a picture is read."""
    user = current_user(request)
    file = access_file(user, code, file_code)
    context = {"file": file, "dossier": file.dossier, "nav": "dossiers"}
    context |= handing_context([file], handing_of(file.dossier, user))
    if file.kept_back:
        return _withheld(request, file.dossier, kept_back_text(file))
    return render(request, "extranet/portal/file_read.html", context)


@require_safe
@for_members
def file_preview(request: HttpRequest, code: str, file_code: str) -> HttpResponse:
    """Returns the reader of a PDF or a picture for the panel of the dossier's page."""
    user = current_user(request)
    file = access_file(user, code, file_code)
    context = {"file": file, "dossier": file.dossier, **handing_context([file], handing_of(file.dossier, user))}
    return render_panel(request, "extranet/file_preview.html", context)


@require_safe
@for_members
def file_content(request: HttpRequest, code: str, file_code: str) -> HttpResponseBase:
    """Returns a file to be shown in the page; recorded as read."""
    user = current_user(request)
    file = access_file(user, code, file_code)
    handing = handing_of(file.dossier, user)
    try:
        stored = hand_over(file, handing)
    except DomainError as error:
        return _withheld(request, file.dossier, str(error))
    if request.method == "GET" and "HTTP_RANGE" not in request.META:
        record_read(file, handing=handing, user=user, visit=visit_of(request))
    return send_file(request, stored, name=file.name, inline=True)


@require_safe
@for_members
def file_download(request: HttpRequest, code: str, file_code: str) -> HttpResponseBase:
    """Returns a file to be kept; recorded as downloaded."""
    return _download(request, access_file(current_user(request), code, file_code))


@require_safe
@for_members
def dossier_zip(request: HttpRequest, code: str) -> HttpResponseBase:
    """Returns all files of a dossier as one streamed zip; each is recorded as downloaded."""
    user = current_user(request)
    dossier = access_dossier(user, code)
    files = list(visible_files(dossier, user).select_related("stored"))
    if not files:
        return redirect("dossier-detail", code=dossier.code)
    return _zip(request, dossier, files)


@require_safe
@for_members
def genapi_download(request: HttpRequest, code: str) -> HttpResponseBase:
    """Returns the dossier's GENAPI file, or its several ones as a zip; recorded as downloaded."""
    user = current_user(request)
    dossier = access_dossier(user, code)
    files = list(visible_files(dossier, user).filter(kind=FileKind.GENAPI).select_related("stored", "dossier"))
    if not files:
        raise Http404
    return _download(request, files[0]) if len(files) == 1 else _zip(request, dossier, files, suffix=" - GENAPI")


@require_safe
@for_members
def files_section(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the section of the dossier's page with its files, as they are now."""
    return files_fragment(request, access_dossier(current_user(request), code))


def files_fragment(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Returns the section with the files, as the reader sees it."""
    user = current_user(request)
    if user.is_firm_staff:
        lines = file_lines(dossier)
        context = {"dossier": dossier, "lines": lines}
        context |= handing_context([line.file for line in lines], handing_of(dossier, None))
        return render(request, "extranet/office/dossier/files.html", context)
    files = list(visible_files(dossier, user).select_related("stored"))
    context = {"dossier": dossier, "files": files, "done": downloaded_by(dossier, contact_id_of(user))}
    context |= handing_context(files, handing_of(dossier, user))
    return render(request, "extranet/portal/dossier/files.html", context)


def _download(request: HttpRequest, file: DossierFile) -> HttpResponseBase:
    handing = handing_of(file.dossier, current_user(request))
    try:
        stored = hand_over(file, handing)
    except DomainError as error:
        return _withheld(request, file.dossier, str(error))
    with transaction.atomic():
        response = send_file(request, stored, name=file.name)
        if request.method == "GET":
            _record(request, file.dossier, [file], handing)
    return response


def _zip(request: HttpRequest, dossier: Dossier, files: Sequence[DossierFile], suffix: str = "") -> HttpResponseBase:
    handing = handing_of(dossier, current_user(request))
    handover = hand_over_all(files, handing)
    if not handover.given:
        return _withheld(request, dossier, _("The documents of this dossier can be had once it is paid."))
    response = handover_zip(handover, name=f"{dossier.title}{suffix}")
    if request.method == "GET":
        _record(request, dossier, [file for file, _stored in handover.given], handing)
    return response


def _record(request: HttpRequest, dossier: Dossier, files: Sequence[DossierFile], handing: Handing) -> None:
    user = current_user(request)
    record_taken(dossier, files=files, handing=handing, user=user, visit=visit_of(request))


def _withheld(request: HttpRequest, dossier: Dossier, reason: str) -> HttpResponse:
    back = reverse("dossier-detail", args=[dossier.code])
    return withheld_page(request, reason, dossier=dossier, back=back, base="base_portal.html")
