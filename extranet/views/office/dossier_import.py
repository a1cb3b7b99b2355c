"""The import of dossiers: the archives, what would be made of them, the import and its report."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.access import access_dossier
from extranet.actions.dossier_file import unclaimed_upload
from extranet.actions.dossier_import import (
    KEEP_DAYS,
    begin_dossier_import,
    remove_dossier_import,
    start_dossier_import,
    undo_dossier_import,
)
from extranet.enums_import import DossierImportState
from extranet.forms.dossier_import import ImportWishesForm
from extranet.models import DossierImport, ImportedDossier, ImportedTable
from extranet.queries.dossier_import import TO_CHECK, import_lines, recent_imports, shown_outcomes
from extranet.views.common import firm_of, login_link, rows_per_page
from extranet.views.office.file import UploadRow, posted_files, stored_upload, uploads_shown
from kernel.errors import DomainError

_PAGE = "extranet/office/dossier_import"
_RECENT = 10
_RUNNING = {DossierImportState.READING, DossierImportState.RUNNING}


@require_http_methods(["GET", "POST"])
@for_permission(Permission.DOSSIERS)
def dossier_import(request: HttpRequest) -> HttpResponse:
    """Returns the page that takes the archives, or has the uploads that it names read."""
    user = current_user(request)
    uploads, problem = posted_files(request), ""
    if request.method == "POST":
        try:
            if uploads.refused is not None:
                raise uploads.refused
            stored = [unclaimed_upload(code, user=user) for code in uploads.codes]
            entry = start_dossier_import(stored, user=user, language=get_language() or "fr")
            return redirect("dossier-import-detail", code=entry.code)
        except DomainError as error:
            problem = str(error)
    context = {
        "problem": problem,
        "uploads": uploads_shown(request, uploads, user) if uploads.codes else [],
        "upload_max_bytes": settings.UPLOAD_MAX_BYTES,
        "recent": recent_imports(_RECENT),
        "keep_days": KEEP_DAYS,
        "nav": "dossiers",
    }
    return render(request, f"{_PAGE}.html", context, status=422 if problem else 200)


@require_POST
@for_permission(Permission.DOSSIERS)
def dossier_import_upload(request: HttpRequest) -> HttpResponse:
    """Takes one archive; returns its row of the page, or {"error": …} with the reason."""
    stored = stored_upload(request)
    if isinstance(stored, JsonResponse):
        return stored
    return render(request, f"{_PAGE}_upload.html", {"row": UploadRow(stored)}, status=201)


@require_safe
@for_permission(Permission.DOSSIERS)
def dossier_import_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Returns how far an import is and what it makes; htmx, which asks while it runs, gets that part alone."""
    return _state(request, _access(code), ImportWishesForm())


@require_POST
@for_permission(Permission.DOSSIERS)
def dossier_import_run(request: HttpRequest, code: str) -> HttpResponse:
    """Has what was read imported, or goes on with what stopped."""
    entry = _access(code)
    form = ImportWishesForm(request.POST)
    if not form.is_valid():
        return _state(request, entry, form, status=422)
    try:
        begin_dossier_import(
            entry,
            give_access=form.cleaned_data["give_access"],
            notify=form.cleaned_data["notify"],
            language=get_language() or "fr",
            firm_name=firm_of(request).branding.site_name,
            login_link=login_link(request),
            contact_language=firm_of(request).branding.language,
        )
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("dossier-import-detail", code=code)


@require_POST
@for_permission(Permission.DOSSIERS)
@for_permission(Permission.DELETE)
def dossier_import_undo(request: HttpRequest, code: str) -> HttpResponse:
    """Moves the dossiers that an import made to the bin."""
    try:
        count = undo_dossier_import(_access(code), user=current_user(request))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        text = ngettext("%(count)d dossier is in the bin.", "%(count)d dossiers are in the bin.", count)
        messages.success(request, text % {"count": count})
    return redirect("dossier-import-detail", code=code)


@require_POST
@for_permission(Permission.DOSSIERS)
def dossier_import_remove(request: HttpRequest, code: str) -> HttpResponse:
    """Removes an import with its report and archives."""
    try:
        remove_dossier_import(_access(code))
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("dossier-import-detail", code=code)
    messages.success(request, _("The import and its report were removed; the dossiers stay."))
    return redirect("dossier-import")


@require_safe
@for_permission(Permission.DOSSIERS)
def dossier_imported(request: HttpRequest, code: str) -> HttpResponse:
    """Returns what an imported dossier came with and has no other place."""
    dossier = access_dossier(current_user(request), code)
    imported = ImportedDossier.objects.filter(dossier=dossier).first()
    if imported is None:
        raise Http404
    tables = ImportedTable.objects.filter(imported=imported).only("code", "name")
    context = {"dossier": dossier, "imported": imported, "tables": tables, "nav": "dossiers"}
    return render(request, "extranet/office/dossier_imported.html", context)


@require_safe
@for_permission(Permission.DOSSIERS)
def dossier_imported_table(request: HttpRequest, code: str, table_code: str) -> HttpResponse:
    """Returns a table as it was, as a text to be saved."""
    dossier = access_dossier(current_user(request), code)
    table = ImportedTable.objects.filter(imported__dossier=dossier, code=table_code).first()
    if table is None:
        raise Http404
    response = HttpResponse(table.content, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=table.name) or ""
    return response


def _access(code: str) -> DossierImport:
    entry = DossierImport.objects.select_related("created_by").filter(code=code).first()
    if entry is None:
        raise Http404
    return entry


def _state(request: HttpRequest, entry: DossierImport, form: ImportWishesForm, *, status: int = 200) -> HttpResponse:
    part = "_state" if request.headers.get("HX-Request") and not request.headers.get("HX-Boosted") else "_detail"
    show = request.GET.get("show", "")
    context: dict[str, Any] = {
        "entry": entry,
        "form": form,
        "states": DossierImportState,
        "is_running": entry.state in _RUNNING,
        "useful": entry.created + entry.updated,
        "percent": 100 * entry.done // entry.lines if entry.lines else 0,
        "show": show,
        "to_check": TO_CHECK,
        "outcomes": shown_outcomes(entry),
        "nav": "dossiers",
    }
    if entry.state in {DossierImportState.READ, DossierImportState.DONE}:
        context["page"] = import_lines(entry, show=show, page=request.GET.get("page"), size=rows_per_page(request))
    response = render(request, f"{_PAGE}{part}.html", context, status=status)
    response["Vary"] = "HX-Request, Cookie"
    response["Cache-Control"] = "no-store"
    return response
