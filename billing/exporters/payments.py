"""A list of payments as a sheet."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db.models import DecimalField, ExpressionWrapper, F
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _

from billing.enums import Dispute, Method, Mode, PaymentStatus, Provider
from billing.models import PaymentIssue, PaymentLine
from billing.queries.payment_filter import PaymentFilter, filtered_payments
from billing.rules import dossier_name
from extranet.exporters.sheet import Column, Kind, Sheet, words_of
from extranet.exporters.values import among, joined


def payment_sheet(wanted: PaymentFilter) -> Sheet:
    """Returns the sheet of the firm's payments that a filter lets through, in its order; amounts in euros."""
    rows = filtered_payments(wanted).annotate(euros=_euros("amount"), euros_back=_euros("refunded"))
    lookups = {"dossiers": _dossiers, "issues": _issues}
    return Sheet(_("Payments"), _columns(), rows, lookups)


def _columns() -> tuple[Column, ...]:
    return (
        Column(_("Date"), "happened_at", Kind.MOMENT, 17),
        Column(_("Payer"), "payer_name", width=28),
        Column(_("Payer's email"), "payer_email", width=28),
        Column(_("Dossiers"), "dossiers", width=44),
        Column(_("Provider"), "provider", width=18, words=words_of(Provider.choices)),
        Column(_("Paid by"), "method", width=14, words=words_of([("", ""), *Method.choices])),
        Column(_("Amount"), "euros", Kind.MONEY, 13),
        Column(_("VAT rate (%)"), "vat_rate", Kind.NUMBER, 11),
        Column(_("Refunded"), "euros_back", Kind.MONEY, 13),
        Column(_("State"), "status", width=22, words=words_of(PaymentStatus.choices)),
        Column(_("Contested"), "dispute", width=18, words=words_of([("", ""), *_disputes()])),
        Column(_("To look at"), "issues", width=32),
        Column(_("Receipt"), "receipt_number", Kind.NUMBER, 10),
        Column(_("Code"), "code", width=16),
        Column(_("Provider's reference"), "provider_ref", width=30),
        Column(_("Reference of the money taken"), "capture_ref", width=30),
        Column(_("Mode"), "mode", width=9, words=words_of(Mode.choices)),
        Column(_("Started"), "created_at", Kind.MOMENT, 17),
        Column(_("Paid on"), "paid_at", Kind.MOMENT, 17),
    )


def _disputes() -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in Dispute.choices if value]


def _euros(column: str) -> Combinable:
    # by a number with a point: two whole numbers would be divided as such
    return ExpressionWrapper(F(column) / Decimal("100.00"), output_field=DecimalField(max_digits=20, decimal_places=2))


def _dossiers(ids: Sequence[int]) -> Mapping[int, str]:
    lines = PaymentLine.objects.filter(payment_id__in=among(ids)).order_by("payment_id", "id")
    named = lines.values_list("payment_id", "reference", "title")
    return joined(((key, dossier_name(ref, title)) for key, ref, title in named), by="; ")


def _issues(ids: Sequence[int]) -> Mapping[int, str]:
    found = PaymentIssue.objects.filter(payment_id__in=among(ids), resolved_at__isnull=True)
    return joined((issue.payment_id, str(issue.get_kind_display())) for issue in found.order_by("payment_id", "id"))
