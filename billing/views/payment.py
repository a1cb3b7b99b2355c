"""Payments at one address for the firm and its clients: each sees what is its own."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import current_user, for_clients_or
from accounts.models import Permission
from billing.access import access_payment
from billing.receipt import receipt_pdf
from billing.views.office import dossier as office_dossier
from billing.views.office import payment as office
from billing.views.portal import payment as portal
from kernel.http import content_disposition


@require_safe
@for_clients_or(Permission.PAYMENTS)
def payment_list(request: HttpRequest) -> HttpResponse:
    """Returns a page of the firm's payments, or of a client's own."""
    view = office.list_page if current_user(request).is_firm_staff else portal.list_page
    return view(request)


@require_safe
@for_clients_or(Permission.PAYMENTS)
def payment_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the page of a payment: all that is known for the firm, what it paid for its client."""
    user = current_user(request)
    payment = access_payment(user, code)
    view = office.detail_page if user.is_firm_staff else portal.detail_page
    return view(request, payment)


@require_safe
@for_clients_or(Permission.PAYMENTS)
def payment_receipt(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the receipt as a PDF in the reader's language; 404 for a payment that has none."""
    payment = access_payment(current_user(request), code)
    try:
        content = receipt_pdf(payment)
    except ValueError as error:
        raise Http404 from error
    response = HttpResponse(content, content_type="application/pdf")
    name = f"recu-{payment.receipt_number}.pdf"
    response["Content-Disposition"] = content_disposition(name, inline=True)
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@for_clients_or(Permission.PAYMENTS)
def dossier_payments(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the part of a dossier's page on its payments."""
    view = office_dossier.dossier_part if current_user(request).is_firm_staff else portal.dossier_part
    return view(request, code)
