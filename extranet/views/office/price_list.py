"""The firm's price lists: which there are, what one holds, what it is."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.actions.price_list import (
    delete_price_list,
    duplicate_price_list,
    save_price_list,
)
from extranet.actions.setting_change import record_changes, record_form
from extranet.enums import DiagnosticKind
from extranet.forms.price_list import DuplicateForm, PriceListForm
from extranet.models import PriceList, PriceRow
from extranet.queries.contact import contacts_offered
from extranet.queries.price_list import all_lists, gaps_of, has_general_list, price_of, rows_of_list
from extranet.tariff import price_words
from kernel.errors import DomainError

_PAGE = "extranet/office/price_list"
_GAPS_SHOWN = 20


@require_safe
@for_permission(Permission.PRICES)
def price_lists(request: HttpRequest) -> HttpResponse:
    """Returns the price lists."""
    today = timezone.localdate()
    context = {
        "lists": list(all_lists()),
        "today": today,
        "has_general": has_general_list(today),
        "nav": "settings",
    }
    return render(request, f"{_PAGE}_list.html", context)


@require_safe
@for_permission(Permission.PRICES)
def price_list_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Returns what a list holds: its prices as a grid, packs, travel, and the sizes that have no price."""
    entry = access_list(code)
    rows = list(rows_of_list(entry))
    gaps = gaps_of(entry, rows)
    columns, lines = grid_of(entry, rows)
    priced = {row.diagnostic for row in rows}
    context = {
        "entry": entry,
        "columns": columns,
        "lines": lines,
        "unpriced": [choice for choice in DiagnosticKind.choices if choice[0] not in priced],
        "gaps": [gap.words(entry.size_by) for gap in gaps[:_GAPS_SHOWN]],
        "more_gaps": max(0, len(gaps) - _GAPS_SHOWN),
        "packs": _packs(entry),
        "travels": list(entry.travels.all()),
        "today": timezone.localdate(),
        "nav": "settings",
    }
    return render(request, f"{_PAGE}_detail.html", context)


type Line = tuple[str, str, list[tuple[str, PriceRow | None]]]


def grid_of(entry: PriceList, rows: Sequence[PriceRow]) -> tuple[list[str], list[Line]]:
    """Returns the grid of a list: the titles of its columns; for each diagnostic its value, label and cells.

    A cell is its column's title and the price there, None where the diagnostic has none.
    """
    columns = dict.fromkeys(_spec(row) for row in sorted(rows, key=_order))
    titles = {_spec(row): price_words(price_of(row, size_by=entry.size_by), entry.size_by) for row in rows}
    by_place = {(row.diagnostic, _spec(row)): row for row in rows}
    lines: list[Line] = []
    for kind, label in DiagnosticKind.choices:
        cells = [(titles[spec], by_place.get((kind, spec))) for spec in columns]
        if any(row for _title, row in cells):
            lines.append((kind, str(label), cells))
    return [titles[spec] for spec in columns], lines


def _spec(row: PriceRow) -> tuple[Any, ...]:
    return row.property_kind, row.transaction, row.size_from or None, row.size_to


def _order(row: PriceRow) -> tuple[Any, ...]:
    return row.property_kind, row.transaction, row.size_from or 0, row.size_to is None, row.size_to or 0


def _packs(entry: PriceList) -> list[dict[str, Any]]:
    labels = dict(DiagnosticKind.choices)
    return [{"pack": pack, "diagnostics": [labels[kind] for kind in pack.diagnostics]} for pack in entry.packs.all()]


@require_http_methods(["GET", "POST"])
@for_permission(Permission.PRICES)
def price_list_add(request: HttpRequest) -> HttpResponse:
    """Returns the form of a new list, or makes it."""
    return _form(request, None)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.PRICES)
def price_list_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the form of a list, or saves it."""
    return _form(request, access_list(code))


def _form(request: HttpRequest, entry: PriceList | None) -> HttpResponse:
    initial = PriceListForm.initial_of(entry) if entry is not None else None
    form = PriceListForm(request.POST if request.method == "POST" else None, initial=initial, entry=entry)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_price_list(entry, values=form.values)
            record_form(form, page="price-lists", by=current_user(request), subject=saved.name)
        except DomainError as error:
            form.add_error("size_by" if error.code == "sizes_differ" else None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("price-list-detail", code=saved.code)
    chosen = str(form["contact"].value() or "")
    context = {
        "form": form,
        "entry": entry,
        "chosen": chosen,
        "contacts": contacts_offered([chosen.replace("\x00", "")] if chosen else []),
        "nav": "settings",
    }
    return render(request, f"{_PAGE}_form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.PRICES)
def price_list_duplicate(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the form of a copy, or makes it; it is not in use yet."""
    entry = access_list(code)
    form = DuplicateForm(request.POST if request.method == "POST" else None, initial={"name": _copy_name(entry)})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            copy = duplicate_price_list(entry, name=data["name"], percent=data["percent"] or Decimal(0))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The copy is made. It is not in use yet: check it, then switch it on."))
            return redirect("price-list-detail", code=copy.code)
    context = {"form": form, "entry": entry, "nav": "settings"}
    return render(request, f"{_PAGE}_copy.html", context, status=422 if form.is_bound else 200)


def _copy_name(entry: PriceList) -> str:
    return (_("%(name)s (copy)") % {"name": entry.name})[:80]


@require_POST
@for_permission(Permission.PRICES)
def price_list_delete(request: HttpRequest, code: str) -> HttpResponse:
    """Deletes a list."""
    entry = access_list(code)
    record_changes({_("Price list"): (entry.name, "")}, page="price-lists", by=current_user(request))
    delete_price_list(entry)
    messages.success(request, _("The price list “%(name)s” is deleted.") % {"name": entry.name})
    return redirect("price-lists")


def access_list(code: str) -> PriceList:
    """Returns a price list with its client; raises Http404 when there is none."""
    found = PriceList.objects.select_related("contact").filter(code=code).first()
    if found is None:
        raise Http404
    return found
