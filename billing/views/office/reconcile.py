"""Comparing a period with what the providers say."""

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import current_user, for_permission
from accounts.models import Permission
from billing.actions.reconciling import Reconciliation, reconciliation_state, start_reconciliation
from billing.forms.payment import ReconcileForm
from billing.models import Payment
from billing.queries.payment import with_lines
from kernel.errors import DomainError

#: Of each kind of result, as many payments as the page lists.
MOST_LISTED = 100


@require_http_methods(["GET", "POST"])
@for_permission(Permission.PAYMENTS)
def reconcile(request: HttpRequest) -> HttpResponse:
    """Returns the form of a comparison or, with `suivi`, how far one is (htmx: that part alone); a POST starts one."""
    if run_id := request.GET.get("suivi", ""):
        return _state_page(request, run_id)
    today = timezone.localdate()
    first = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    form = ReconcileForm(request.POST or None, initial={"since": first.isoformat(), "until": today.isoformat()})
    if request.method == "POST" and form.is_valid():
        try:
            run_id = start_reconciliation(form.cleaned_data["since"], form.cleaned_data["until"], current_user(request))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect(f"{reverse('reconcile')}?suivi={run_id}")
    context = {"form": form, "nav": "payments"}
    return render(request, "billing/office/reconcile.html", context, status=422 if form.is_bound else 200)


def _state_page(request: HttpRequest, run_id: str) -> HttpResponse:
    state = reconciliation_state(run_id) if run_id.isascii() and run_id.isalnum() and len(run_id) <= 16 else None
    htmx = bool(request.headers.get("HX-Request"))
    if state is None and htmx:
        raise Http404
    context = {"state": state, "run_id": run_id, "nav": "payments"} | (_results(state) if state is not None else {})
    template = "reconcile_state" if htmx else "reconcile_page"
    response = render(request, f"billing/office/{template}.html", context, status=404 if state is None else 200)
    response["Vary"] = "HX-Request, Cookie"
    response["Cache-Control"] = "no-store"
    return response


def _results(state: Reconciliation) -> dict[str, Any]:
    lists = {"differing": state.differing, "untold": state.untold, "changed": state.changed}
    # while it goes on the page asks each second: the counts are enough
    codes = {code for kept in lists.values() for code in kept[:MOST_LISTED]} if state.is_over else set()
    rows = with_lines(Payment.objects.filter(code__in=codes)) if codes else ()
    found = {payment.code: payment for payment in rows}
    return {
        "percent": 100 * state.read // state.total if state.total else 100,
        "fitting": state.read - len({*state.differing, *state.untold}),
        **{
            name: [found[code] for code in kept[:MOST_LISTED] if code in found] if state.is_over else []
            for name, kept in lists.items()
        },
        **{f"{name}_count": len(kept) for name, kept in lists.items()},
    }
