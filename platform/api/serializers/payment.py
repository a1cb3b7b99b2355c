"""Payments: what is read of them, and what is sent; amounts are euros with VAT."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from api.fields import StrictSerializer
from billing.enums import Mode, PaymentStatus, Provider
from billing.forms.payment import MANUAL_METHODS
from billing.models import Payment, PaymentLine, Refund
from billing.queries.payment_filter import DISPUTED, OPEN, REFUNDED
from billing.rules import in_euros

MOST_LINES = 50
_FIRST_YEAR = 2000

#: What a client's portal shows of a payment.
CLIENT_FIELDS = (
    "code",
    "status",
    "mode",
    "provider",
    "method",
    "instrument",
    "amount",
    "vat_rate",
    "refunded",
    "created_at",
    "paid_at",
    "receipt_number",
    "lines",
)
#: What the firm's own pages show besides.
_STAFF_FIELDS = ("contact", "payer_name", "payer_email", "reference", "dispute", "error", "to_look_at")


@extend_schema_field({"type": "string", "format": "decimal", "pattern": r"^-?\d{1,8}\.\d{2}$"})
class EurosField(serializers.Field[int, Any, str, Any]):
    """Cents, shown as euros."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"read_only": True} | options)

    def to_representation(self, value: int) -> str:
        """Returns the euros with their two decimals."""
        return f"{in_euros(value):.2f}"


class PaymentLineSerializer(serializers.ModelSerializer[PaymentLine]):
    """What a payment pays."""

    dossier = serializers.SerializerMethodField(help_text="The code of the dossier, where it may be opened.")
    amount = EurosField()
    refunded = EurosField()

    class Meta:
        model = PaymentLine
        fields = ("dossier", "reference", "title", "amount", "refunded")
        read_only_fields: tuple[str, ...] = fields

    def get_dossier(self, line: PaymentLine) -> str | None:
        """Returns the code of the line's dossier where this person may open it (`context["dossiers"]` by key)."""
        dossiers: dict[int, str] = self.context.get("dossiers", {})
        return dossiers.get(line.dossier_id or 0)


class PaymentSerializer(serializers.ModelSerializer[Payment]):
    """A payment as lists show it."""

    client_fields: ClassVar[Collection[str]] = CLIENT_FIELDS
    amount = EurosField()
    refunded = EurosField()
    contact = serializers.CharField(source="contact.code", allow_null=True, help_text="The client's code.")
    reference = serializers.CharField(source="provider_ref", help_text="Of the cheque, the transfer, the provider.")
    to_look_at = serializers.BooleanField(help_text="Whether something about it waits for somebody of the firm.")
    lines = PaymentLineSerializer(many=True)

    class Meta:
        model = Payment
        fields: tuple[str, ...] = (*CLIENT_FIELDS, *_STAFF_FIELDS)
        read_only_fields: tuple[str, ...] = fields


class RefundSerializer(serializers.ModelSerializer[Refund]):
    """What was given back."""

    amount = EurosField()

    class Meta:
        model = Refund
        fields = ("amount", "status", "created_at", "settled_at")
        read_only_fields: tuple[str, ...] = fields


class PaymentDetailSerializer(PaymentSerializer):
    """A payment with what was given back of it."""

    client_fields: ClassVar[Collection[str]] = (*CLIENT_FIELDS, "refunds")

    refunds = RefundSerializer(many=True)

    class Meta(PaymentSerializer.Meta):
        fields = (*PaymentSerializer.Meta.fields, "refunds")
        read_only_fields: tuple[str, ...] = fields


def columns_for(user: User) -> tuple[str, ...]:
    """Returns the fields of a payment that this person sees."""
    return PaymentSerializer.Meta.fields if user.is_firm_staff else CLIENT_FIELDS


class SentPaymentLineSerializer(StrictSerializer):
    """What came for a dossier."""

    dossier = serializers.CharField(max_length=16, help_text="The code of a dossier.")
    amount = serializers.DecimalField(max_digits=10, decimal_places=2, min_value=Decimal("0.01"))


class _ReceivedSerializer(StrictSerializer):
    received_on = serializers.DateField()
    reference = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")

    def validate_received_on(self, day: Any) -> Any:
        """Returns the day; raises ValidationError for one still to come, or of another century."""
        if day > timezone.localdate():
            raise serializers.ValidationError(_("This day is still to come."), code="date_future")
        if day.year < _FIRST_YEAR:
            raise serializers.ValidationError(_("This day is too long ago."), code="date_past")
        return day


class NewPaymentSerializer(_ReceivedSerializer):
    """Money that came by transfer, cheque or in cash."""

    method = serializers.ChoiceField(choices=MANUAL_METHODS)
    lines = serializers.ListField(child=SentPaymentLineSerializer(), min_length=1, max_length=MOST_LINES)
    contact = serializers.CharField(max_length=16, required=False, help_text="A client who has access to the dossiers.")
    payer_name = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    payer_email = serializers.EmailField(
        max_length=254, required=False, allow_blank=True, default="", help_text="Gets the confirmation and the receipt."
    )


class ConfirmSerializer(_ReceivedSerializer):
    """When an announced payment arrived."""


class PaymentQuerySerializer(serializers.Serializer[Any]):
    """What a list of payments is narrowed by; a client's key lists all of its own."""

    q = serializers.CharField(required=False, max_length=200, help_text="Payer, dossier, reference or amount.")
    state = serializers.ChoiceField(choices=[*PaymentStatus.values, OPEN, REFUNDED, DISPUTED], required=False)
    provider = serializers.ChoiceField(choices=Provider.choices, required=False)
    mode = serializers.ChoiceField(choices=[*Mode.values, "all"], required=False, help_text="live unless it is said.")
    since = serializers.DateField(required=False, help_text="Paid or begun on or after that day.")
    until = serializers.DateField(required=False, help_text="Paid or begun on or before that day.")
    dossier = serializers.CharField(required=False, max_length=16, help_text="The code of a dossier.")
