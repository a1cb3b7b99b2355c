"""What a price list holds, several lines at once: the prices of a diagnostic, the packs, the travels."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import for_permission
from accounts.models import Permission
from extranet.actions.price_list import (
    PACK_FIELDS,
    ROW_FIELDS,
    TRAVEL_FIELDS,
    save_packs,
    save_rows,
    save_travels,
)
from extranet.enums import DiagnosticKind
from extranet.forms.price_rows import PackFormSet, RowFormSet, TravelFormSet, lines_of
from extranet.models import PriceList
from extranet.queries.price_list import gaps_of, rows_of_list
from extranet.views.office.price_list import access_list
from kernel.errors import DomainError

_LINES = "extranet/office/price_lines.html"


@require_http_methods(["GET", "POST"])
@for_permission(Permission.PRICES)
def price_list_rows(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the prices of one `diagnostic` to edit, or saves them and tells the sizes without a price."""
    entry = access_list(code)
    kind = request.GET.get("diagnostic", "")
    kind = kind if kind in DiagnosticKind.values else DiagnosticKind.DPE.value
    label = DiagnosticKind(kind).label
    options: dict[str, Any] = {"entry": entry, "diagnostic": kind}
    if request.method == "POST":
        lines = RowFormSet(request.POST, **options)
        if _saved(lines, lambda: save_rows(entry, lines.values, diagnostic=kind)):
            messages.success(request, _("The prices of “%(name)s” are saved.") % {"name": label})
            _tell_gaps(request, entry, kind)
            return redirect("price-list-detail", code=code)
    else:
        rows = rows_of_list(entry).filter(diagnostic=kind)
        lines = RowFormSet(initial=lines_of(rows, ROW_FIELDS[1:]), **options)
    title = _("Prices: %(name)s") % {"name": label}
    hint = _(
        "Without VAT. Of several prices that fit, the one that says more counts: a house rather than any property."
    )
    return _page(request, entry, lines, title=title, hint=hint, kinds=DiagnosticKind.choices, kind=kind)


def _tell_gaps(request: HttpRequest, entry: PriceList, kind: str) -> None:
    rows = list(rows_of_list(entry).filter(diagnostic=kind))
    for gap in gaps_of(entry, rows)[:5]:
        messages.warning(request, _("Without a price, on request: %(case)s.") % {"case": gap.words(entry.size_by)})


@require_http_methods(["GET", "POST"])
@for_permission(Permission.PRICES)
def price_list_packs(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the packs of a list to edit, or saves them."""
    entry = access_list(code)
    if request.method == "POST":
        lines = PackFormSet(request.POST)
        if _saved(lines, lambda: save_packs(entry, lines.values)):
            messages.success(request, _("The packs are saved."))
            return redirect("price-list-detail", code=code)
    else:
        lines = PackFormSet(initial=lines_of(entry.packs.all(), PACK_FIELDS))
    hint = _("Of several packs that fit an order, the one that takes most off counts; they do not add up.")
    return _page(request, entry, lines, title=_("Packs"), hint=hint, cards=True)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.PRICES)
def price_list_travels(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the travels by postcode of a list to edit, or saves them."""
    entry = access_list(code)
    if request.method == "POST":
        lines = TravelFormSet(request.POST)
        if _saved(lines, lambda: save_travels(entry, lines.values)):
            messages.success(request, _("The travels are saved."))
            return redirect("price-list-detail", code=code)
    else:
        lines = TravelFormSet(initial=lines_of(entry.travels.all(), TRAVEL_FIELDS))
    hint = _("They come before the price by distance. 29 is for the whole department, 29200 for one postcode.")
    return _page(request, entry, lines, title=_("Travel by postcode"), hint=hint)


def _saved(lines: Any, save: Callable[[], None]) -> bool:
    """Saves lines that are right; returns whether they are."""
    if not lines.is_valid():
        return False
    try:
        save()
    except DomainError as error:
        lines.non_form_errors().append(str(error))
        return False
    return True


def _page(request: HttpRequest, entry: PriceList, lines: Any, **context: Any) -> HttpResponse:
    status = 422 if lines.is_bound else 200
    return render(request, _LINES, {"entry": entry, "lines": lines, "nav": "settings", **context}, status=status)
