"""The files of a dossier, as somebody reads and downloads them who has no account."""

from collections.abc import Sequence

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from extranet.access_guest import guest_file
from extranet.actions.downloads import record_read, record_taken
from extranet.actions.handing import hand_over, hand_over_all, handing_of
from extranet.enums import FileKind, Handing
from extranet.models import DossierFile
from extranet.queries.dossier_file import files_for_clients, files_to_download
from extranet.queries.unpaid import handing_context, kept_back_text
from extranet.views.common import visit_of
from extranet.views.guest.door import Guest, for_guests
from extranet.views.withheld import withheld_page
from extranet.views.zip import handover_zip
from kernel.errors import DomainError
from storage.delivery import send_file


@require_safe
@for_guests
def file_read(request: HttpRequest, guest: Guest, file_code: str) -> HttpResponse:
    """Returns the page on which a PDF or a picture is read."""
    file = guest_file(guest.link, file_code)
    context = {"guest": guest, "file": file, **handing_context([file], handing_of(file.dossier, None))}
    if file.kept_back:
        return _withheld(request, guest, kept_back_text(file))
    return render(request, "extranet/guest/file_read.html", context)


@require_safe
@for_guests
def file_content(request: HttpRequest, guest: Guest, file_code: str) -> HttpResponseBase:
    """Returns a file to be shown in the page; recorded as read."""
    file = guest_file(guest.link, file_code)
    handing = handing_of(file.dossier, None)
    try:
        stored = hand_over(file, handing)
    except DomainError as error:
        return _withheld(request, guest, str(error))
    if request.method == "GET" and "HTTP_RANGE" not in request.META:
        record_read(file, handing=handing, user=None, visit=visit_of(request), guest=guest.link)
    return send_file(request, stored, name=file.name, inline=True)


@require_safe
@for_guests
def file_download(request: HttpRequest, guest: Guest, file_code: str) -> HttpResponseBase:
    """Returns a file to be kept; recorded as downloaded."""
    return _one(request, guest, guest_file(guest.link, file_code))


@require_safe
@for_guests
def dossier_zip(request: HttpRequest, guest: Guest) -> HttpResponseBase:
    """Returns all files of the dossier as one streamed zip; each is recorded as downloaded."""
    files = list(files_to_download(guest.link.dossier).select_related("stored"))
    if not files:
        return redirect("guest", token=guest.token)
    return _zip(request, guest, files, guest.link.dossier.title)


@require_safe
@for_guests
def genapi(request: HttpRequest, guest: Guest) -> HttpResponseBase:
    """Returns what was sent for GENAPI: the file, or a zip of several."""
    files = list(files_for_clients(guest.link.dossier).filter(kind=FileKind.GENAPI).select_related("stored"))
    if not files:
        raise Http404
    if len(files) == 1:
        return _one(request, guest, files[0])
    return _zip(request, guest, files, f"GENAPI {guest.link.dossier.title}")


def _one(request: HttpRequest, guest: Guest, file: DossierFile) -> HttpResponseBase:
    handing = handing_of(file.dossier, None)
    try:
        stored = hand_over(file, handing)
    except DomainError as error:
        return _withheld(request, guest, str(error))
    with transaction.atomic():
        response = send_file(request, stored, name=file.name)
        if request.method == "GET":
            _record(request, guest, [file], handing)
    return response


def _zip(request: HttpRequest, guest: Guest, files: Sequence[DossierFile], title: str) -> HttpResponseBase:
    handing = handing_of(guest.link.dossier, None)
    handover = hand_over_all(files, handing)
    if not handover.given:
        return _withheld(request, guest, _("The documents of this dossier can be had once it is paid."))
    response = handover_zip(handover, name=title)
    if request.method == "GET":
        _record(request, guest, [file for file, _stored in handover.given], handing)
    return response


def _withheld(request: HttpRequest, guest: Guest, reason: str) -> HttpResponse:
    back = reverse("guest", args=[guest.token])
    base = "extranet/guest/base_guest.html"
    return withheld_page(request, reason, dossier=guest.link.dossier, back=back, base=base, guest=guest)


def _record(request: HttpRequest, guest: Guest, files: Sequence[DossierFile], handing: Handing) -> None:
    link = guest.link
    record_taken(link.dossier, files=files, handing=handing, user=None, visit=visit_of(request), guest=link)
