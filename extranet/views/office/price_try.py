"""What an order would cost, and why."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import for_permission
from accounts.models import Permission
from extranet.enums import DiagnosticKind
from extranet.forms.price_try import PriceTryForm
from extranet.models import PriceList
from extranet.pricing import price
from extranet.queries.contact import contacts_offered
from extranet.queries.price_list import price_list_for, tariff_of

_PAGE = "extranet/office/price_try"
_USUAL = [DiagnosticKind.DPE.value, DiagnosticKind.ELEC.value, DiagnosticKind.ERP.value]


@require_safe
@for_permission(Permission.PRICES, Permission.ORDERS, Permission.QUOTES)
def price_try(request: HttpRequest) -> HttpResponse:
    """Returns the form of an order and what it costs; htmx, which asks at each change, gets the second alone."""
    is_asked = bool(request.GET.get("asked"))
    initial = {"diagnostics": _USUAL, "price_list": request.GET.get("price_list", "").replace("\x00", "")}
    form = PriceTryForm(request.GET if is_asked else None, initial=initial)
    context: dict[str, Any] = {"form": form, "nav": "settings"}
    if is_asked and form.is_valid():
        context |= _priced(form)
    status = 422 if is_asked and form.errors else 200
    if request.headers.get("HX-Request"):
        response = render(request, f"{_PAGE}_result.html", context, status=status)
    else:
        chosen = str(form["contact"].value() or "").replace("\x00", "")
        context |= {
            "lists": list(PriceList.objects.only("code", "name", "is_active").order_by("name", "id")),
            "chosen": chosen,
            "contacts": contacts_offered([chosen] if chosen else []),
        }
        response = render(request, f"{_PAGE}.html", context, status=status)
    response["Vary"] = "HX-Request, Cookie"
    return response


def _priced(form: PriceTryForm) -> dict[str, Any]:
    data = form.cleaned_data
    wanted = data["price_list"]
    entry = (
        PriceList.objects.filter(code=wanted).first()
        if wanted
        else price_list_for(data["contact"], data["on"] or timezone.localdate())
    )
    if entry is None:
        return {"is_without_list": True}
    return {"entry": entry, "was_chosen": bool(wanted), "priced": price(tariff_of(entry), form.request)}
