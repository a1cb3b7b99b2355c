"""Payments: read, and recorded by hand; money itself moves on the pages of the portal alone."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Permission, Scope, User
from api.bodies import wrong
from api.serializers.payment import (
    ConfirmSerializer,
    NewPaymentSerializer,
    PaymentDetailSerializer,
    PaymentQuerySerializer,
    PaymentSerializer,
    RefundSerializer,
    columns_for,
)
from api.views.base import ApiView, ListView, answer_one, check_match, only, validated
from api.views.content import ContentView
from billing.access import access_payment
from billing.actions.manual import cancel_manual, confirm_manual, record_manual_payment
from billing.actions.manual_account import manual_account
from billing.enums import RefundStatus
from billing.models import Payment, Refund
from billing.queries.payment import payers_of, payments_of_contact, with_lines
from billing.queries.payment_filter import PaymentFilter, filtered_payments
from billing.receipt import receipt_pdf
from billing.rules import cents
from extranet.models import Contact, Dossier
from extranet.queries.contact import contact_id_of
from extranet.queries.dossier_filter import visible_dossiers
from tenants.links import here_url

_READ, _WRITE = Scope.PAYMENTS_READ, Scope.PAYMENTS_WRITE
_RIGHT = Permission.PAYMENTS
_EXAMPLE = OpenApiExample(
    "A cheque for two dossiers",
    value={
        "method": "cheque",
        "received_on": "2026-11-27",
        "reference": "0012345",
        "lines": [
            {"dossier": "k3v9x2p7m4qd", "amount": "390.00"},
            {"dossier": "p7m4qdk3v9x2", "amount": "120.00"},
        ],
    },
    request_only=True,
)


class PaymentList(ListView):
    """The payments that the person of the key sees."""

    scopes = {"GET": _READ, "POST": _WRITE}
    rights = {"GET": _RIGHT, "POST": _RIGHT}
    query_serializer = PaymentQuerySerializer
    orderings = {"date": "happened_at", "amount": "amount"}
    default_ordering = "-date"

    @extend_schema(
        operation_id="payments_list",
        tags=["payments"],
        parameters=[PaymentQuerySerializer],
        responses=PaymentSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Returns payments, the last one first, by when the money was taken, else when the attempt began."""
        found = with_lines(_narrowed(self.user, self.query(request)))
        return self.answer_page(request, found, lambda rows: drawn(rows, self.user), names=columns_for(self.user))

    @extend_schema(
        operation_id="payments_create",
        tags=["payments"],
        request=NewPaymentSerializer,
        responses={201: PaymentDetailSerializer},
        examples=[_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Records what came by transfer, cheque or in cash; dossiers that are paid by it change their state."""
        self.refuse_clients()
        data = validated(NewPaymentSerializer, request)
        amounts = _amounts(self.user, data["lines"])
        contact = _payer(data, [dossier for dossier, _cents in amounts])
        payment = record_manual_payment(
            amounts,
            account=manual_account(data["method"]),
            method=data["method"],
            received_on=data["received_on"],
            reference=data["reference"],
            payer_name=data["payer_name"] or (contact.name if contact else ""),
            payer_email=data["payer_email"],
            contact=contact,
            user=self.user,
        )
        response = answer_one(request, detail_of(self.user, payment.code), status=HTTPStatus.CREATED)
        response["Location"] = here_url("api-payment", payment.code)
        return response


class PaymentDetail(ApiView):
    """One payment."""

    scopes = {"GET": _READ}
    rights = {"GET": _RIGHT}

    @extend_schema(operation_id="payments_read", tags=["payments"], responses=PaymentDetailSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Returns a payment with what it pays and what was given back of it."""
        return answer_one(request, detail_of(self.user, code))


class PaymentConfirm(ApiView):
    """An announced payment that arrived."""

    scopes = {"POST": _WRITE}
    rights = {"POST": _RIGHT}
    clients = False

    @extend_schema(
        operation_id="payments_confirm", tags=["payments"], request=ConfirmSerializer, responses=PaymentDetailSerializer
    )
    def post(self, request: Request, code: str) -> Response:
        """Confirms a transfer, cheque or cash that was announced; the payer gets the receipt."""
        payment = access_payment(self.user, code)
        check_match(request, detail_of(self.user, code))
        confirm_manual(payment, **validated(ConfirmSerializer, request), user=self.user)
        return answer_one(request, detail_of(self.user, code))


class PaymentCancel(ApiView):
    """An announced payment that will not come."""

    scopes = {"POST": _WRITE}
    rights = {"POST": _RIGHT}
    clients = False

    @extend_schema(operation_id="payments_cancel", tags=["payments"], request=None, responses=PaymentDetailSerializer)
    def post(self, request: Request, code: str) -> Response:
        """Gives up an announced payment; what it was for is still due."""
        payment = access_payment(self.user, code)
        check_match(request, detail_of(self.user, code))
        cancel_manual(payment, self.user)
        return answer_one(request, detail_of(self.user, code))


class PaymentReceipt(ContentView):
    """The receipt of a payment."""

    scopes = {"GET": _READ}
    rights = {"GET": _RIGHT}

    @extend_schema(
        operation_id="payments_receipt", tags=["payments"], responses={(200, "application/pdf"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, code: str) -> HttpResponse:
        """Returns the receipt of a payment that succeeded, in the caller's language."""
        payment = access_payment(self.user, code)
        try:
            data = receipt_pdf(payment)
        except ValueError as error:
            raise Http404 from error
        return self.made(data, content_type="application/pdf", name=f"recu-{payment.receipt_number}.pdf")


def drawn(payments: Sequence[Payment], user: User) -> list[dict[str, Any]]:
    """Returns payments as this person's lists show them: one query beside their lines, whatever their number."""
    keys = {line.dossier_id for payment in payments for line in payment.lines.all() if line.dossier_id}
    # 0: nobody's; so that a page asks as often whatever stands on it
    dossiers = dict(visible_dossiers(user).filter(pk__in=keys or {0}).values_list("pk", "code"))
    columns = frozenset(columns_for(user))
    rows = PaymentSerializer(payments, many=True, context={"dossiers": dossiers}).data
    return [only(row, columns) for row in rows]


def detail_of(user: User, code: str) -> dict[str, Any]:
    """Returns a payment with what was given back of it; raises Http404 when it is not there or not for this person."""
    payment = access_payment(user, code)
    (found,) = drawn(list(with_lines(Payment.objects.filter(pk=payment.pk))), user)
    refunds = Refund.objects.filter(payment=payment).order_by("id")
    if not user.is_firm_staff:
        refunds = refunds.exclude(status=RefundStatus.FAILED)
    return found | {"refunds": RefundSerializer(refunds, many=True).data}


def _amounts(user: User, lines: Sequence[Mapping[str, Any]]) -> list[tuple[Dossier, int]]:
    codes = [line["dossier"] for line in lines]
    there = {dossier.code: dossier for dossier in visible_dossiers(user).filter(code__in=codes)}
    errors: list[dict[str, Any]] = [{} for _line in lines]
    for rank, code in enumerate(codes):
        if code not in there:
            errors[rank] = {"dossier": [ErrorDetail(_("There is no such dossier."), "unknown_dossier")]}
        elif code in codes[:rank]:
            errors[rank] = {"dossier": [ErrorDetail(_("This dossier is there twice."), "duplicate")]}
    if any(errors):
        raise serializers.ValidationError({"lines": errors})
    return [(there[line["dossier"]], cents(line["amount"])) for line in lines]


def _payer(data: Mapping[str, Any], dossiers: Sequence[Dossier]) -> Contact | None:
    if not data.get("contact"):
        return None
    found = payers_of(dossier.pk for dossier in dossiers).filter(code=data["contact"]).first()
    if found is None:
        raise wrong("contact", _("This contact has no access to these dossiers."), code="unknown_contact")
    return found


def _narrowed(user: User, asked: Mapping[str, Any]) -> QuerySet[Payment]:
    if user.is_firm_staff:
        wanted = PaymentFilter(
            q=asked.get("q", ""),
            state=asked.get("state", ""),
            provider=asked.get("provider", ""),
            mode=asked.get("mode", ""),
            since=str(asked.get("since", "")),
            until=str(asked.get("until", "")),
        )
        found = filtered_payments(wanted)
    else:
        found = payments_of_contact(contact_id_of(user))
    if code := asked.get("dossier"):
        found = found.filter(lines__dossier__in=visible_dossiers(user).filter(code=code))
    return found
