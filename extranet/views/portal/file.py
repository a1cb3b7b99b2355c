"""The files of a dossier, as whoever may see them reads and downloads them."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import current_user, for_members
from extranet.access import access_dossier, access_file
from extranet.actions.downloads import record_visit
from extranet.enums import EventKind
from extranet.queries.dossier_file import visible_files
from extranet.views.common import visit_of
from kernel.http import content_disposition
from kernel.text import safe_file_name
from storage.archive import stream_zip
from storage.delivery import send_file


@require_safe
@for_members
def file_read(request: HttpRequest, code: str, file_code: str) -> HttpResponse:
    """Returns the page on which a PDF or a picture is read."""
    file = access_file(current_user(request), code, file_code)
    return render(request, "extranet/portal/file_read.html", {"file": file, "dossier": file.dossier, "nav": "dossiers"})


@require_safe
@for_members
def file_content(request: HttpRequest, code: str, file_code: str) -> HttpResponseBase:
    """Returns a file to be shown in the page; recorded as read."""
    user = current_user(request)
    file = access_file(user, code, file_code)
    if request.method == "GET" and "HTTP_RANGE" not in request.META:
        record_visit(file.dossier, files=[file], kind=EventKind.READ, user=user, visit=visit_of(request))
    return send_file(request, file.stored, name=file.name, inline=True)


@require_safe
@for_members
def file_download(request: HttpRequest, code: str, file_code: str) -> HttpResponseBase:
    """Returns a file to be kept; recorded as downloaded."""
    user = current_user(request)
    file = access_file(user, code, file_code)
    with transaction.atomic():
        response = send_file(request, file.stored, name=file.name)
        if request.method == "GET":
            record_visit(file.dossier, files=[file], kind=EventKind.DOWNLOADED, user=user, visit=visit_of(request))
    return response


@require_safe
@for_members
def dossier_zip(request: HttpRequest, code: str) -> HttpResponseBase:
    """Returns all files of a dossier as one streamed zip; each is recorded as downloaded."""
    user = current_user(request)
    dossier = access_dossier(user, code)
    files = list(visible_files(dossier, user).select_related("stored"))
    if not files:
        return redirect("dossier-detail", code=dossier.code)
    archive = stream_zip([(file.stored, file.name) for file in files])
    response = StreamingHttpResponse(archive, content_type="application/zip")
    response["Content-Length"] = str(archive.size)
    name = dossier.title.replace("/", "-").replace("\\", "-")
    response["Content-Disposition"] = content_disposition(safe_file_name(f"{name}.zip", fallback=_("dossier")))
    if request.method == "GET":
        record_visit(dossier, files=files, kind=EventKind.DOWNLOADED, user=user, visit=visit_of(request))
    return response
