"""The prices of a list, to and from a workbook."""

from pathlib import Path

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import for_permission
from accounts.models import Permission
from extranet.actions.price_list import save_rows
from extranet.exporters.price_list import price_sheet
from extranet.forms.price_list import PriceFileForm
from extranet.importers.price_list import PriceFile, read_prices
from extranet.models import PriceList
from extranet.queries.price_list import gaps_of, rows_of_list
from extranet.views.office.export import send_sheet
from extranet.views.office.price_list import access_list
from kernel.errors import DomainError
from storage.errors import StorageUnavailable
from storage.uploads import raise_upload_error


@require_safe
@for_permission(Permission.PRICES)
def price_list_export(request: HttpRequest, code: str) -> HttpResponseBase:
    """Returns the prices of a list as a workbook."""
    return send_sheet(request, price_sheet(access_list(code)), back="price-lists")


@require_http_methods(["GET", "POST"])
@for_permission(Permission.PRICES)
def price_list_import(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the page that takes a workbook, or replaces the prices by it; one fault and nothing changes."""
    entry = access_list(code)
    form = PriceFileForm()
    result = PriceFile()
    if request.method == "POST":
        form, result = _read(request, entry)
        if form.is_valid() and not result.faults:
            _told(request, entry, result)
            return redirect("price-list-detail", code=code)
    context = {"entry": entry, "form": form, "faults": result.faults, "notes": result.notes, "nav": "settings"}
    status = 422 if form.is_bound else 200
    return render(request, "extranet/office/price_list_import.html", context, status=status)


def _read(request: HttpRequest, entry: PriceList) -> tuple[PriceFileForm, PriceFile]:
    """Returns the form with what is wrong with it, and what the file holds; without a fault it is saved."""
    try:
        raise_upload_error(request)
        form = PriceFileForm(request.POST, request.FILES)
        if form.is_valid():
            path = Path(form.cleaned_data["file"].temporary_file_path())
            result = read_prices(path, size_by=entry.size_by)
            if not result.faults:
                save_rows(entry, result.rows)
            return form, result
    except (DomainError, StorageUnavailable) as error:
        form = PriceFileForm(request.POST, request.FILES)
        # whatever else a broken request lacks, this is the reason
        form.errors.clear()
        is_ours = isinstance(error, DomainError)
        form.add_error("file", str(error) if is_ours else _("The file could not be stored: try again later."))
    return form, PriceFile()


def _told(request: HttpRequest, entry: PriceList, result: PriceFile) -> None:
    text = ngettext("%(count)d price was imported.", "%(count)d prices were imported.", len(result.rows))
    messages.success(request, text % {"count": len(result.rows)})
    for note in result.notes:
        messages.info(request, note)
    if gaps := gaps_of(entry, list(rows_of_list(entry))):
        text = ngettext(
            "%(count)d size has no price: it is named below.", "%(count)d sizes have no price: see below.", len(gaps)
        )
        messages.warning(request, text % {"count": len(gaps)})
