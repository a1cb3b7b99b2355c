"""The import of contacts: the file, its columns, the trial, the import and its report."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.actions.contact_import import (
    KEEP_DAYS,
    MAX_ERRORS,
    begin_import,
    head_of,
    match_columns,
    remove_import,
    start_import,
)
from extranet.enums import ImportState
from extranet.exporters.contacts import contact_columns
from extranet.exporters.sheet import Column, Kind, Sheet
from extranet.forms.contact_import import ColumnsForm, ImportForm
from extranet.importers.contacts import as_columns, letters
from extranet.models import ContactImport
from extranet.views.common import firm_of, login_link
from extranet.views.office.export import send_sheet
from kernel.errors import DomainError
from storage.errors import StorageUnavailable
from storage.uploads import raise_upload_error

_PAGE = "extranet/office/contact_import"
_RECENT = 10
_ERRORS_SHOWN = 100
_RUNNING = {ImportState.CHECKING, ImportState.IMPORTING}


@require_http_methods(["GET", "POST"])
@for_permission(Permission.CONTACTS)
def contact_import(request: HttpRequest) -> HttpResponse:
    """Returns the page that takes the file, or takes it."""
    form = ImportForm()
    if request.method == "POST":
        form, entry = _taken(request)
        if entry is not None:
            return redirect("contact-import-columns", code=entry.code)
    context = {
        "form": form,
        "recent": ContactImport.objects.select_related("stored", "created_by").order_by("-id")[:_RECENT],
        "keep_days": KEEP_DAYS,
        "nav": "contacts",
    }
    return render(request, f"{_PAGE}.html", context, status=422 if form.is_bound else 200)


def _taken(request: HttpRequest) -> tuple[ImportForm, ContactImport | None]:
    try:
        raise_upload_error(request)
        form = ImportForm(request.POST, request.FILES)
        if form.is_valid():
            return form, start_import(form.cleaned_data["file"], user=current_user(request))
    except (DomainError, StorageUnavailable) as error:
        form = ImportForm(request.POST, request.FILES)
        # whatever else a broken request lacks, this is the reason
        form.errors.clear()
        form.add_error(
            "file",
            str(error) if isinstance(error, DomainError) else _("The file could not be stored: try again later."),
        )
    return form, None


@require_safe
@for_permission(Permission.CONTACTS)
def contact_import_template(request: HttpRequest) -> HttpResponseBase:
    """Returns an empty sheet with the titles that the import knows."""
    return send_sheet(request, Sheet(_("Contacts to import"), contact_columns(), []), back="contact-import")


@require_safe
@for_permission(Permission.CONTACTS)
def contact_import_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Returns how far an import is and what came of it; htmx, which asks while it runs, gets that part alone."""
    entry = _access(code)
    if entry.state == ImportState.UPLOADED:
        return redirect("contact-import-columns", code=code)
    part = "_state" if request.headers.get("HX-Request") else "_detail"
    response = render(request, f"{_PAGE}{part}.html", _context(entry))
    response["Vary"] = "HX-Request, Cookie"
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "POST"])
@for_permission(Permission.CONTACTS)
def contact_import_columns(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the page that matches the columns, or has the lines tried with them."""
    entry = _access(code)
    if entry.state in {ImportState.IMPORTING, ImportState.DONE}:
        return redirect("contact-import-detail", code=code)
    try:
        head = head_of(entry)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("contact-import")
    form = ColumnsForm(request.POST or None, head=head, chosen=as_columns(entry.columns))
    if request.method == "POST" and form.is_valid():
        match_columns(entry, form.columns, send_codes=form.cleaned_data["send_codes"], language=get_language() or "fr")
        return redirect("contact-import-detail", code=code)
    width = range(len(head.titles))
    context = {
        "entry": entry,
        "form": form,
        "head": head,
        "columns": [(letters(column), head.titles[column]) for column in width],
        "rows": [(line.number, [line.cell(column) for column in width]) for line in head.samples],
        "nav": "contacts",
    }
    return render(request, f"{_PAGE}_columns.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_permission(Permission.CONTACTS)
def contact_import_run(request: HttpRequest, code: str) -> HttpResponse:
    """Has the checked lines imported."""
    entry = _access(code)
    try:
        begin_import(
            entry,
            language=get_language() or "fr",
            firm_name=firm_of(request).branding.site_name,
            link=login_link(request),
            contact_language=firm_of(request).branding.language,
        )
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("contact-import-detail", code=code)


@require_POST
@for_permission(Permission.CONTACTS)
def contact_import_remove(request: HttpRequest, code: str) -> HttpResponse:
    """Removes an import and its file."""
    entry = _access(code)
    if entry.state == ImportState.IMPORTING:
        messages.error(request, _("This import is under way."))
        return redirect("contact-import-detail", code=code)
    remove_import(entry)
    messages.success(request, _("The import and its file were removed; the contacts stay."))
    return redirect("contact-import")


@require_safe
@for_permission(Permission.CONTACTS)
def contact_import_errors(request: HttpRequest, code: str) -> HttpResponseBase:
    """Returns the errors by line as a sheet."""
    entry = _access(code)
    columns = (
        Column(_("Line"), "line", Kind.NUMBER, 8),
        Column(_("Column"), "column", width=24),
        Column(_("Value"), "value", width=40),
        Column(_("Error"), "text", width=70),
    )
    rows: list[tuple[Any, ...]] = [tuple(error[column.value] for column in columns) for error in entry.errors]
    return send_sheet(request, Sheet(_("Errors of the import"), columns, rows), back="contact-import")


def _access(code: str) -> ContactImport:
    entry = ContactImport.objects.select_related("stored", "created_by").filter(code=code).first()
    if entry is None:
        raise Http404
    return entry


def _context(entry: ContactImport) -> dict[str, Any]:
    unchanged = entry.done - entry.created - entry.updated - entry.refused
    return {
        "entry": entry,
        "states": ImportState,
        "is_running": entry.state in _RUNNING,
        "unchanged": unchanged,
        "useful": entry.created + entry.updated,
        "percent": 100 * entry.done // entry.lines if entry.lines else 0,
        "errors": entry.errors[:_ERRORS_SHOWN],
        "error_count": len(entry.errors),
        "errors_are_cut": len(entry.errors) >= MAX_ERRORS,
        "nav": "contacts",
    }
