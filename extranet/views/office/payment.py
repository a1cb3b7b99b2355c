"""What is due for a dossier."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.access import access_dossier
from extranet.actions.payment_state import set_amount
from extranet.forms.dossier import AmountForm


@require_http_methods(["GET", "POST"])
@for_permission(Permission.PAYMENTS)
def amount_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the form of the amount and of who pays, or saves it."""
    user = current_user(request)
    dossier = access_dossier(user, code)
    initial = {"amount": dossier.amount, "payer": dossier.payer, "payer_name": dossier.payer_name}
    form = AmountForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        set_amount(dossier, user=user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(f"{reverse('dossier-detail', args=[code])}#paiement")
    context = {"form": form, "dossier": dossier, "nav": "dossiers"}
    return render(request, "extranet/office/amount_edit.html", context, status=422 if form.is_bound else 200)
