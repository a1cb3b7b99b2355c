"""The payments of a dossier, on the firm's page of it."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from accounts.access import current_user
from billing.queries.dues import dues_of
from billing.queries.payment import payments_of_dossier, reminders_of
from billing.tokens import pay_path
from extranet.access import access_dossier
from extranet.enums import PaymentState
from extranet.views.common import firm_of
from extranet.views.panel import render_panel
from tenants.links import firm_url


def dossier_part(request: HttpRequest, code: str) -> HttpResponse:
    """Returns what is due for a dossier, what came, what was tried, and who was reminded."""
    dossier = access_dossier(current_user(request), code)
    (due,) = dues_of([dossier])
    reminders, stop = reminders_of(dossier.pk)
    page = f"{reverse('dossier-detail', args=[dossier.code])}#paiement"
    context = {
        "dossier": dossier,
        "due": due,
        "lines": payments_of_dossier(dossier.pk),
        "reminders": reminders,
        "stop": stop,
        "unpaid": dossier.payment_state == PaymentState.UNPAID,
        "pay_link": firm_url(firm_of(request), pay_path([dossier])) if due.left else "",
        "record_query": urlencode({"dossier": dossier.code, "next": page}),
    }
    return render_panel(request, "billing/office/dossier_payments.html", context)
