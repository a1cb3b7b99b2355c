"""What became of a payment: the page to which the payer comes back, and its receipt."""

from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from billing.actions.deposit import is_payable
from billing.actions.settling import settle
from billing.enums import OPEN_STATUSES, IssueKind, PaymentStatus, Provider
from billing.models import Payment
from billing.providers.base import ProviderUnavailable
from billing.queries.dues import dues_of
from billing.queries.paying import dossiers_of, is_confirming, offered_providers, visit_of_payment
from billing.receipt import receipt_pdf
from billing.rules import in_euros, is_test
from billing.tokens import pay_path, receipt_path, status_path, status_token
from billing.views.portal.deposit import order_path, visit_path
from billing.views.portal.door import for_a_payment, guest_of, guest_path_token, shell_of
from billing.views.portal.instructions import lines_to_copy
from billing.views.portal.words import known_reason, reason
from extranet.models import Dossier
from extranet.queries.client_booking import deposit_token
from extranet.queries.dossier_filter import visible_dossiers
from extranet.queries.slot import booking_settings
from kernel.http import content_disposition
from kernel.money import euros

#: The provider is asked about one payment at most this often, however often its page is opened.
ASK_SECONDS = 5
#: An attempt that ended is asked about once more when its payer comes back: the money may have come late.
LATE_SECONDS = 2 * 24 * 3600
#: Seconds until the page asks again: more and more, and then it says that a mail will come.
POLLS = (2, 3, 3, 4, 5, 6, 8, 10, 15, 20, 30, 30, 30, 60, 60, 60)


@csrf_exempt  # a provider's page may send the payer back by a form; what it brings is not looked at
@require_http_methods(["GET", "HEAD", "POST"])
@for_a_payment
def pay_status(request: HttpRequest, payment: Payment) -> HttpResponseBase:
    """Returns what became of a payment, after the provider was asked; what the browser brings back says nothing."""
    given_up = request.GET.get("cancelled") == "1"
    if request.method == "POST" or set(request.GET) - {"cancelled"}:
        return redirect(status_path(payment) + ("?cancelled=1" if given_up else ""))
    payment = _asked(payment)
    context = _state_of(request, payment, given_up=given_up, poll=0)
    return render(request, "billing/portal/status.html", context | {"base": shell_of(request), "nav": "dossiers"})


@require_safe
@for_a_payment
def pay_state(request: HttpRequest, payment: Payment) -> HttpResponse:
    """Returns the part of that page that is asked for until the payment has ended."""
    number = request.GET.get("n", "")
    poll = min(int(number), len(POLLS)) if number.isdecimal() and len(number) < 4 else len(POLLS)
    context = _state_of(request, _asked(payment), given_up=False, poll=poll)
    return render(request, "billing/portal/state.html", context)


@require_safe
@for_a_payment
def pay_receipt(request: HttpRequest, payment: Payment) -> HttpResponse:
    """Returns the receipt, to be shown or (`download`) kept; raises Http404 before there is one."""
    if payment.receipt_number is None or payment.paid_at is None:
        raise Http404
    response = HttpResponse(receipt_pdf(payment), content_type="application/pdf")
    name = _("Receipt %(number)s") % {"number": payment.receipt_number}
    response["Content-Disposition"] = content_disposition(f"{name}.pdf", inline="download" not in request.GET)
    return response


def _asked(payment: Payment) -> Payment:
    """Returns the payment after the provider was asked, unless it was a moment ago or nothing more can change."""
    if not _may_change(payment) or not cache.add(f"pay-asked:{payment.code}", 1, timeout=ASK_SECONDS):
        return payment
    try:
        settle(payment.pk)
    except ProviderUnavailable:
        return payment  # it is being confirmed: the job goes on asking
    return Payment.objects.select_related("account", "contact__user").get(pk=payment.pk)


def _may_change(payment: Payment) -> bool:
    if payment.provider == Provider.MANUAL or payment.status == PaymentStatus.SUCCEEDED or not payment.provider_ref:
        return False
    return payment.is_open or (timezone.now() - payment.created_at).total_seconds() < LATE_SECONDS


def _state_of(request: HttpRequest, payment: Payment, *, given_up: bool, poll: int) -> dict[str, Any]:
    dossiers = dossiers_of(payment)
    visit = visit_of_payment(payment)
    payable = visit is not None and is_payable(visit)
    left = sum(due.left for due in dues_of(dossiers)) if visit is None else int(payable)
    state = _name_of(payment, given_up=given_up, left=left)
    again_url = ""
    if left and offered_providers():
        paid_at = reverse("deposit-pay", args=[deposit_token(visit)]) if visit is not None else ""
        again_url = paid_at or pay_path(dossiers, contact=payment.contact)
    if visit is not None and state == "settled" and visit.deposit_paid_at is None:
        state = "lapsed"
    return {
        "visit": visit,
        "visit_zone": booking_settings().time_zone if visit is not None else "",
        "visit_url": visit_path(visit) if visit is not None else "",
        "order_url": order_path(visit) if visit is not None else "",
        "payment": payment,
        "state": state,
        "amount": euros(in_euros(payment.amount)),
        "reason": reason(payment.error) if state == "refused" else "",
        "lines": list(payment.lines.all()),
        "places": _places(request, dossiers) if state in {"paid", "checked", "settled"} else [],
        "is_test": is_test(payment.provider, payment.mode),
        "again_url": again_url,
        "receipt_url": receipt_path(payment) if payment.receipt_number is not None else "",
        "instructions": lines_to_copy(payment.account.instructions) if state == "announced" else [],
        "email": payment.payer_email,
        "token": status_token(payment),
        "wait": POLLS[poll] if state == "confirming" and poll < len(POLLS) else 0,
        "poll": poll + 1,
    }


def _name_of(payment: Payment, *, given_up: bool, left: int) -> str:
    """Returns which page is shown: paid, checked, announced, debit, confirming, given_up, refused, expired, settled.

    For the deposit of a visit also late (its time was gone when the money came) and lapsed (it is no longer kept).
    """
    if payment.status == PaymentStatus.SUCCEEDED:
        kinds = set(payment.issues.filter(resolved_at__isnull=True).values_list("kind", flat=True))
        if IssueKind.DEPOSIT_LATE in kinds:
            return "late"
        return "checked" if IssueKind.WRONG_AMOUNT in kinds or payment.receipt_number is None else "paid"
    if payment.status in OPEN_STATUSES:
        return _open_name_of(payment, given_up=given_up)
    if not left:
        return "settled"
    if payment.status == PaymentStatus.FAILED:
        return "refused"
    return "given_up" if payment.status == PaymentStatus.CANCELLED else "expired"


def _open_name_of(payment: Payment, *, given_up: bool) -> str:
    if payment.provider == Provider.MANUAL:
        return "announced"
    if is_confirming(payment):
        return "debit"
    if known_reason(payment.error):  # refused, and the provider would let one try again
        return "refused"
    return "given_up" if given_up else "confirming"


def _places(request: HttpRequest, dossiers: list[Dossier]) -> list[dict[str, str]]:
    """Returns where whoever reads may open what was paid: its own dossiers, or the guest's one."""
    user = request.user
    if isinstance(user, User):
        seen = visible_dossiers(user).filter(pk__in=[dossier.pk for dossier in dossiers])
        return [{"title": dossier.title, "code": dossier.code, "guest": ""} for dossier in seen.order_by("pk")]
    link = guest_of(request, dossiers)
    if link is None:
        return []
    title = next(dossier.title for dossier in dossiers if dossier.pk == link.dossier_id)
    return [{"title": title, "code": "", "guest": guest_path_token(link)}]
