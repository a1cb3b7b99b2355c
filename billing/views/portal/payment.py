"""A client's own payments."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import current_user
from billing.models import Payment
from billing.queries.dues import dues_of
from billing.queries.payment import payment_page, payments_of_contact, payments_of_dossier
from billing.queries.payment_detail import lines_left
from billing.rules import is_test, vat_part
from extranet.access import access_dossier
from extranet.enums import PaymentState
from extranet.queries.contact import contact_id_of
from extranet.queries.dossier_filter import ACTIVE, visible_dossiers
from extranet.views.common import rows_per_page
from extranet.views.panel import render_panel


def list_page(request: HttpRequest) -> HttpResponse:
    """Returns a page of the client's payments; htmx gets the table alone."""
    user = current_user(request)
    found = payments_of_contact(contact_id_of(user))
    unpaid = visible_dossiers(user, box=ACTIVE).filter(payment_state=PaymentState.UNPAID, amount__gt=0)
    context = {
        "page": payment_page(found, page=request.GET.get("page"), size=rows_per_page(request)),
        "owes": unpaid.exists(),
        "nav": "payments",
    }
    htmx = bool(request.headers.get("HX-Request"))
    response = render(request, f"billing/portal/{'payment_rows' if htmx else 'payment_list'}.html", context)
    response["Vary"] = "HX-Request, Cookie"
    return response


def detail_page(request: HttpRequest, payment: Payment) -> HttpResponse:
    """Returns what a client paid, with what and for what, and its receipt."""
    user = current_user(request)
    states, refunds, _left = lines_left(payment)
    own = visible_dossiers(user).filter(pk__in=[state.line.dossier_id for state in states if state.line.dossier_id])
    context = {
        "payment": payment,
        "lines": [state.line for state in states],
        "readable": set(own.values_list("pk", flat=True)),
        "refunds": refunds,
        "vat": vat_part(payment.amount, payment.vat_rate),
        "is_test": is_test(payment.provider, payment.mode),
        "nav": "payments",
    }
    return render(request, "billing/portal/payment_detail.html", context)


def dossier_part(request: HttpRequest, code: str) -> HttpResponse:
    """Returns what a client paid for a dossier and what is left."""
    user = current_user(request)
    dossier = access_dossier(user, code)
    (due,) = dues_of([dossier])
    contact_id = contact_id_of(user) or 0
    context = {
        "dossier": dossier,
        "due": due,
        "lines": payments_of_dossier(dossier.pk, contact_id=contact_id),
    }
    return render_panel(request, "billing/portal/dossier_payments.html", context)
