"""Giving money back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import current_user, for_permission
from accounts.models import Permission
from billing.access import access_payment
from billing.actions.refunding import refund_payment
from billing.enums import Provider, RefundStatus
from billing.forms.payment import RefundForm
from billing.models import Refund
from billing.queries.payment_detail import LineState, lines_left
from billing.rules import cents, in_euros, is_test
from kernel.errors import DomainError
from kernel.money import euros

_MOST_DIGITS = 15


@require_http_methods(["GET", "POST"])
@for_permission(Permission.PAYMENTS)
def payment_refund(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the form of a refund (prefilled by `motif`, `ligne`, `montant` in cents), or makes it and tells."""
    user = current_user(request)
    payment = access_payment(user, code)
    states, refunds, left = lines_left(payment)
    before = _made_by_form(request, refunds)
    if before is not None:
        # the same form once more: its refund is there
        _tell(request, before)
        return redirect("payment-detail", code=code)
    if left <= 0:
        messages.error(request, _("Nothing of this payment is left to refund."))
        return redirect("payment-detail", code=code)
    lines = [(state.line, state.left) for state in states]
    form = RefundForm(request.POST or None, lines=lines, left=left, initial=_asked(request, states, left))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            refund = refund_payment(
                payment,
                amount=cents(data["amount"]),
                line=form.chosen,
                reason=data["reason"],
                reopens=data["reopens"],
                user=user,
                once=data["once"],
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            _tell(request, refund)
            return redirect("payment-detail", code=code)
    context = {
        "payment": payment,
        "form": form,
        "left": left,
        # by the rank of what is chosen, the whole first
        "lefts": "|".join(formats.number_format(in_euros(each), 2) for each in (left, *(line[1] for line in lines))),
        "is_manual": payment.provider == Provider.MANUAL,
        "is_test": is_test(payment.provider, payment.mode),
        "dispute_is_open": payment.dispute == "open",
        "nav": "payments",
    }
    return render(request, "billing/office/payment_refund.html", context, status=422 if form.is_bound else 200)


def _made_by_form(request: HttpRequest, refunds: list[Refund]) -> Refund | None:
    once = request.POST.get("once", "")
    return next((refund for refund in refunds if once and refund.code == once), None)


def _asked(request: HttpRequest, states: list[LineState], left: int) -> dict[str, Any]:
    """Returns what the address fills in; nonsense in it is left out."""
    line = next((state for state in states if str(state.rank) == request.GET.get("ligne") and state.left), None)
    most = line.left if line is not None else left
    told = request.GET.get("montant", "")
    amount = int(told) if told.isascii() and told.isdigit() and len(told) <= _MOST_DIGITS else 0
    return {
        "line": str(line.rank) if line is not None else "",
        "amount": in_euros(min(amount, most) or most),
        "reason": request.GET.get("motif", "").replace("\x00", "")[:200],
    }


def _tell(request: HttpRequest, refund: Refund) -> None:
    amount = {"amount": euros(in_euros(refund.amount))}
    if refund.status == RefundStatus.SUCCEEDED:
        messages.success(request, _("%(amount)s were refunded.") % amount)
    elif refund.status == RefundStatus.PENDING:
        messages.info(request, _("The provider is making the refund of %(amount)s: it can take some days.") % amount)
    elif refund.status == RefundStatus.REQUESTED:
        text = _(
            "The provider has not answered about the refund of %(amount)s: we do not know yet whether it was made. "
            "We go on asking; do not refund it a second time elsewhere."
        )
        messages.warning(request, text % amount)
    else:
        text = _("The provider refused the refund of %(amount)s: %(why)s")
        messages.error(request, text % (amount | {"why": refund.error or _("no reason was given")}))
