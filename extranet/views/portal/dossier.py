"""Dossiers, as whoever may see them lists, reads and downloads them."""

from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import current_user, for_members
from extranet.access import access_dossier, access_file
from extranet.actions.downloads import record_visit
from extranet.enums import DownloadState, EventKind
from extranet.models import DossierAccess, DossierEvent, DossierFile
from extranet.queries.contact import contacts_offered
from extranet.queries.dossier import dossier_page, download_counts
from extranet.views.common import rows_per_page, visit_of
from kernel.http import content_disposition
from kernel.text import safe_file_name
from storage.archive import stream_zip
from storage.delivery import send_file

HISTORY_SHOWN = 100


@dataclass(frozen=True)
class FileLine:
    """A file on the firm's page of a dossier."""

    file: DossierFile
    download_count: int


@require_safe
@for_members
def dossier_list(request: HttpRequest) -> HttpResponse:
    """Returns a page of the dossiers that the person may see; htmx gets the table alone."""
    user = current_user(request)
    query, state = request.GET.get("q", ""), request.GET.get("state", "")
    page = dossier_page(user, query=query, state=state, page=request.GET.get("page"), size=rows_per_page(request))
    context = {
        "page": page,
        "query": query,
        "state": state if state in DownloadState.values else "",
        "states": DownloadState.choices,
        "nav": "dossiers",
    }
    audience = "office" if user.is_firm_staff else "portal"
    part = "dossier_rows" if request.headers.get("HX-Request") else "dossier_list"
    response = render(request, f"extranet/{audience}/{part}.html", context)
    response["Vary"] = "HX-Request, Cookie"
    return response


@require_safe
@for_members
def dossier_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the page of a dossier: for the firm with accesses and history, for a client with its own state."""
    user = current_user(request)
    dossier = access_dossier(user, code)
    files = list(DossierFile.objects.filter(dossier=dossier).select_related("stored"))
    context: dict[str, object] = {"dossier": dossier, "files": files, "nav": "dossiers"}
    context["total_bytes"] = sum(file.stored.size for file in files)
    if not user.is_firm_staff:
        access = DossierAccess.objects.get(dossier=dossier, contact__user_id=user.pk)
        done = set(
            DossierEvent.objects.filter(
                dossier=dossier, kind=EventKind.DOWNLOADED, contact_id=access.contact_id
            ).values_list("file_id", flat=True)
        )
        context |= {"state": access.download_state, "done": done}
        return render(request, "extranet/portal/dossier_detail.html", context)
    events = list(DossierEvent.objects.filter(dossier=dossier).order_by("-at", "-id")[:HISTORY_SHOWN])
    accesses = list(DossierAccess.objects.filter(dossier=dossier).select_related("contact__user").order_by("id"))
    counts = download_counts(dossier)
    context["lines"] = [FileLine(file, counts.get(file.pk, 0)) for file in files]
    given = [access.contact_id for access in accesses]
    context |= {
        "events": events,
        "accesses": accesses,
        "contacts": contacts_offered([], without=given),
        "history_cut": len(events) == HISTORY_SHOWN,
    }
    return render(request, "extranet/office/dossier_detail.html", context)
