"""Recording what came by transfer, cheque or in cash."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import current_user, for_permission
from accounts.models import Permission
from billing.actions.manual import record_manual_payment
from billing.actions.manual_account import manual_account
from billing.enums import Method
from billing.forms.payment import RecordForm
from billing.models import Payment
from billing.queries.dues import Due, dues_of
from billing.queries.payment import dossiers_to_pay, payers_of
from billing.rules import dossier_name, in_euros
from extranet.enums import PaymentState
from extranet.models import Dossier
from extranet.queries.dossier_filter import visible_dossiers
from extranet.views.common import back_to, own_path
from kernel.errors import DomainError
from kernel.money import euros

#: As many as one cheque pays at a time.
MOST_DOSSIERS = 50


@require_safe
@for_permission(Permission.PAYMENTS)
def payment_dossiers(request: HttpRequest) -> JsonResponse:
    """Returns the dossiers that match `q`, those unpaid first, for the field that searches while one types."""
    found = dossiers_to_pay(request.GET.get("q", ""))
    results = [{"value": dossier.code, "text": _name(dossier), "note": _note(dossier)} for dossier in found]
    return JsonResponse({"results": results})


@require_http_methods(["GET", "POST"])
@for_permission(Permission.PAYMENTS)
def payment_record(request: HttpRequest) -> HttpResponse:
    """Returns the form for the dossiers that the address names (`dossier`, several times), or records what came."""
    asked, named = (request.POST, "chosen") if request.method == "POST" else (request.GET, "dossier")
    codes = _codes(asked.getlist(named))
    dossiers = _chosen(request, codes)
    dues = dues_of(dossiers)
    payers = payers_of(dossier.pk for dossier in dossiers)
    bound = request.POST if request.method == "POST" else None
    form = RecordForm(bound, dues=dues, payers=payers, initial=_initial(request.GET, dues, payers))
    if len(dossiers) < len(codes) and form.is_bound:
        form.add_error(None, _("One of the dossiers is no longer there: check the amounts."))
    if request.method == "POST" and form.is_valid():
        payment = _record(request, form)
        if payment is not None and payment.issues.filter(resolved_at=None).exists():
            messages.warning(request, _("Something about it is to be looked at."))
            return redirect("payment-detail", code=payment.code)
        if payment is not None:
            return back_to(request, reverse("payment-detail", args=[payment.code]))
    context = {
        "form": form,
        "dues": dues,
        "choices": [(dossier.code, _name(dossier)) for dossier in dossiers],
        "offered": [] if dossiers else [(dossier.code, _name(dossier)) for dossier in dossiers_to_pay("")],
        "next": own_path(request, asked.get("next", "")),
        "nav": "payments",
    }
    return render(request, "billing/office/payment_record.html", context, status=422 if form.is_bound else 200)


def _codes(asked: list[str]) -> list[str]:
    return list(dict.fromkeys(code for code in asked if code and "\x00" not in code))[:MOST_DOSSIERS]


def _chosen(request: HttpRequest, codes: list[str]) -> list[Dossier]:
    """Returns the dossiers that are named, in their order; raises Http404 when none of them is there."""
    if not codes:
        return []
    found = {dossier.code: dossier for dossier in visible_dossiers(current_user(request)).filter(code__in=codes)}
    if not found:
        raise Http404
    return [found[code] for code in codes if code in found]


def _initial(typed: QueryDict, dues: list[Due], payers: Any) -> dict[str, Any]:
    """Returns what the form shows first: what was typed before another dossier was added, else what is likely."""
    names = {dossier.payer_name for dossier in (due.dossier for due in dues) if dossier.payer_name}
    known = list(payers[:2]) if dues else []
    likely: dict[str, Any] = {
        "method": Method.TRANSFER,
        "received_on": timezone.localdate().isoformat(),
        "payer_name": names.pop() if len(names) == 1 else "",
        "contact": known[0].code if len(known) == 1 else "",
    }
    kept = {
        name: value.replace("\x00", "")[:200]
        for name, value in typed.items()
        if isinstance(value, str) and (name.startswith("amount-") or name in {*likely, "reference", "payer_email"})
    }
    # what was typed for another set of dossiers: a field that was left empty then is likely again
    return likely | {name: value for name, value in kept.items() if value}


def _record(request: HttpRequest, form: RecordForm) -> Payment | None:
    """Returns the payment that was recorded; None when that cannot be, and the form says why."""
    data = form.cleaned_data
    amounts = form.amounts()
    try:
        payment = record_manual_payment(
            amounts,
            account=manual_account(data["method"]),
            method=data["method"],
            received_on=data["received_on"],
            reference=data["reference"],
            payer_name=data["payer_name"] or (data["contact"].name if data["contact"] else ""),
            payer_email=data["payer_email"],
            contact=data["contact"],
            user=current_user(request),
            once=data["once"],
        )
    except DomainError as error:
        form.add_error(None, str(error))
        return None
    _tell(request, payment, [dossier.pk for dossier, _amount in amounts])
    return payment


def _tell(request: HttpRequest, payment: Payment, dossier_ids: list[int]) -> None:
    dues = dues_of(Dossier.objects.filter(pk__in=dossier_ids))
    amount = euros(in_euros(payment.amount))
    left = sum(due.left for due in dues)
    if left:
        text = _("%(amount)s recorded. Still to be paid: %(left)s.")
        messages.success(request, text % {"amount": amount, "left": euros(in_euros(left))})
    else:
        messages.success(request, _("%(amount)s recorded. Nothing is left to pay.") % {"amount": amount})


def _name(dossier: Dossier) -> str:
    return dossier_name(dossier.reference, dossier.title)


def _note(dossier: Dossier) -> str:
    if dossier.amount is None:
        return _("No amount")
    state = PaymentState(dossier.payment_state).label
    return f"{euros(dossier.amount)} · {state}"
