"""Dossiers, as whoever may see them lists and opens them."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from accounts.access import current_user, for_members
from extranet.access import access_dossier
from extranet.actions.handing import handing_of
from extranet.enums import DiagnosticKind, DownloadState, PaymentState
from extranet.models import Contact, Dossier
from extranet.queries.dossier import dossier_page
from extranet.queries.dossier_detail import office_sections, portal_sections
from extranet.queries.dossier_filter import ARCHIVE, BIN, SORTS, DossierFilter
from extranet.queries.unpaid import handing_context
from extranet.views.common import rows_per_page


@require_safe
@for_members
def dossier_list(request: HttpRequest) -> HttpResponse:
    """Returns a page of the dossiers that the person may see; htmx gets the table alone."""
    user = current_user(request)
    wanted = DossierFilter.from_query(request.GET)
    page = dossier_page(user, wanted=wanted, page=request.GET.get("page"), size=rows_per_page(request))
    context = {"page": page, "wanted": wanted, "nav": "dossiers"}
    htmx = bool(request.headers.get("HX-Request"))
    if not htmx:
        context |= filter_choices(wanted, is_staff=user.is_firm_staff)
    audience = "office" if user.is_firm_staff else "portal"
    response = render(request, f"extranet/{audience}/{'dossier_rows' if htmx else 'dossier_list'}.html", context)
    response["Vary"] = "HX-Request, Cookie"
    return response


def filter_choices(wanted: DossierFilter, *, is_staff: bool) -> dict[str, object]:
    """Returns what the bar of filters offers."""
    client = Contact.objects.filter(code=wanted.client).first() if wanted.client and is_staff else None
    return {
        "states": DownloadState.choices,
        "payments": PaymentState.choices,
        "diagnostic_kinds": DiagnosticKind.choices,
        "boxes": [ARCHIVE, BIN] if is_staff else [ARCHIVE],
        "sorts": list(SORTS),
        "client_chosen": client,
    }


@require_safe
@for_members
def dossier_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the page of a dossier: for the firm with all there is, for a client with what is meant for it."""
    user = current_user(request)
    dossier = access_dossier(user, code)
    if user.is_firm_staff:
        return _office_page(request, dossier)
    context = portal_sections(dossier, user) | {"nav": "dossiers"}
    context |= handing_context(context["files"], handing_of(dossier, user))
    return render(request, "extranet/portal/dossier_detail.html", context)


@csp_override(settings.MAP_CSP)
def _office_page(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    context = office_sections(dossier) | {"nav": "dossiers"}
    # as a client gets them
    context |= handing_context(context["files"], handing_of(dossier, None))
    return render(request, "extranet/office/dossier_detail.html", context)
