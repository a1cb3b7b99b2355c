"""Quotes: what is read of them, and what is sent."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any, ClassVar

from rest_framework import serializers

from accounts.models import User
from api.fields import StrictSerializer
from extranet.actions.quote import FIELDS
from extranet.enums import DiagnosticKind
from extranet.enums_price import LineKind, VatRate
from extranet.enums_quote import AcceptedBy, QuoteState, RefuseReason
from extranet.models import Quote, QuoteEvent, QuoteLine
from extranet.queries.quote_filter import EXPIRED

_MOST_UNIT = Decimal(100_000)

#: What a client's portal shows of a quote.
CLIENT_FIELDS = (
    "code",
    "number",
    "state",
    "order",
    "client_name",
    "client_company",
    "client_address",
    "property_address",
    "property_facts",
    "note",
    "terms",
    "on_request",
    "net",
    "vat",
    "gross",
    "created_at",
    "issued_at",
    "valid_until",
    "pdf_sha256",
    "decided_at",
    "accepted_name",
    "accepted_on",
    "refuse_reason",
    "refuse_text",
    "withdraw_reason",
)
#: What the firm's own pages show besides.
_STAFF_FIELDS = (
    "contact",
    "replaces",
    "language",
    "client_email",
    "client_phone",
    "accepted_by",
    "recorded_by",
    "reminders_sent",
    "reminders_stopped",
    "updated_at",
)


class QuoteSerializer(serializers.ModelSerializer[Quote]):
    """A quote as lists show it; amounts are euros."""

    client_fields: ClassVar[Collection[str]] = CLIENT_FIELDS
    state = serializers.CharField(source="shown_state", help_text="draft, issued, accepted, refused, … or expired.")
    order = serializers.CharField(source="order.code", allow_null=True, help_text="The code of its order.")
    contact = serializers.CharField(source="contact.code", allow_null=True, help_text="The client's code.")
    replaces = serializers.CharField(source="replaces.code", allow_null=True, help_text="The code of a former quote.")
    property_facts = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField()), help_text="Label and value of each."
    )
    pdf_sha256 = serializers.CharField(
        help_text="Of the document, to be read before it is accepted; empty while it is made."
    )

    class Meta:
        model = Quote
        fields: tuple[str, ...] = (*CLIENT_FIELDS, *_STAFF_FIELDS)
        read_only_fields: tuple[str, ...] = fields


class QuoteLineSerializer(serializers.ModelSerializer[QuoteLine]):
    """A line of a quote; amounts are euros without VAT, `vat` is what the line bears of it."""

    class Meta:
        model = QuoteLine
        fields = ("kind", "diagnostic", "label", "detail", "quantity", "unit", "net", "vat_rate", "vat")
        read_only_fields: tuple[str, ...] = fields


class QuoteEventSerializer(serializers.ModelSerializer[QuoteEvent]):
    """A line of a quote's history."""

    class Meta:
        model = QuoteEvent
        fields = ("kind", "at", "actor_name", "subject")
        read_only_fields: tuple[str, ...] = fields


class QuoteDetailSerializer(QuoteSerializer):
    """A quote with its lines and, for the firm, its history, the last first."""

    client_fields: ClassVar[Collection[str]] = (*CLIENT_FIELDS, "lines")
    lines = QuoteLineSerializer(many=True)
    history = QuoteEventSerializer(many=True)

    class Meta(QuoteSerializer.Meta):
        fields = (*QuoteSerializer.Meta.fields, "lines", "history")
        read_only_fields: tuple[str, ...] = fields


def columns_for(user: User) -> tuple[str, ...]:
    """Returns the fields of a quote that this person sees."""
    return QuoteSerializer.Meta.fields if user.is_firm_staff else CLIENT_FIELDS


class SentLineSerializer(StrictSerializer):
    """A line: a diagnostic, a free one, or a discount with a negative price."""

    label = serializers.CharField(max_length=200)  # type: ignore[assignment]  # a field of that name
    detail = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    quantity = serializers.DecimalField(
        max_digits=7, decimal_places=2, min_value=Decimal("0.01"), required=False, default=Decimal(1)
    )
    unit = serializers.DecimalField(
        max_digits=9, decimal_places=2, min_value=-_MOST_UNIT, max_value=_MOST_UNIT, help_text="Euros without VAT."
    )
    vat_rate = serializers.ChoiceField(
        choices=[value for value in VatRate.values if value],
        required=False,
        allow_null=True,
        default=str(VatRate.STANDARD),
        help_text="Percent; null: no VAT.",
    )
    diagnostic = serializers.ChoiceField(choices=DiagnosticKind.choices, required=False, allow_blank=True, default="")
    kind = serializers.ChoiceField(choices=LineKind.choices, required=False, allow_blank=True, default="")


class SentQuoteSerializer(StrictSerializer, serializers.ModelSerializer[Quote]):
    """What a draft says; what is not sent stays as it is, lines are replaced altogether."""

    lines = serializers.ListField(child=SentLineSerializer(), required=False, max_length=100)

    class Meta:
        model = Quote
        fields: tuple[str, ...] = (*FIELDS, "lines")
        validators: ClassVar[list[Any]] = []

    def get_extra_kwargs(self) -> dict[str, Any]:
        """Returns the options of the fields: none is needed."""
        return {name: {"required": False} for name in FIELDS}


class NewQuoteSerializer(SentQuoteSerializer):
    """A new quote: of an order with what that says and costs, or for a contact, or for whom it names."""

    order = serializers.CharField(max_length=16, required=False, help_text="The code of an order.")
    contact = serializers.CharField(max_length=16, required=False, help_text="The code of a contact.")
    issue = serializers.BooleanField(required=False, default=False, help_text="Whether it is sent at once.")

    class Meta(SentQuoteSerializer.Meta):
        fields = (*SentQuoteSerializer.Meta.fields, "order", "contact", "issue")


class AcceptSerializer(StrictSerializer):
    """A client's agreement: who agrees, and to which document."""

    name = serializers.CharField(min_length=2, max_length=120, help_text="First and last name.")
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}\Z", help_text="`pdf_sha256` of the document that was read.")


class RefuseSerializer(StrictSerializer):
    """Why a client does not want it."""

    reason = serializers.ChoiceField(choices=RefuseReason.choices)
    text = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class RecordSerializer(StrictSerializer):
    """An agreement that did not come on line."""

    how = serializers.ChoiceField(choices=[one for one in AcceptedBy.choices if one[0] != AcceptedBy.ONLINE])
    name = serializers.CharField(min_length=2, max_length=120)
    on = serializers.DateField()


class WithdrawSerializer(StrictSerializer):
    """Why a quote no longer holds."""

    reason = serializers.CharField(max_length=500)


class ProlongSerializer(StrictSerializer):
    """Until when a quote can be accepted."""

    until = serializers.DateField()


class QuoteQuerySerializer(serializers.Serializer[Any]):
    """What a list of quotes is narrowed by."""

    q = serializers.CharField(required=False, max_length=200, help_text="Terms that all must be found.")
    state = serializers.ChoiceField(choices=[*QuoteState.values, EXPIRED], required=False)
    since = serializers.DateField(required=False, help_text="Prepared on or after that day.")
    until = serializers.DateField(required=False, help_text="Prepared on or before that day.")
    contact = serializers.CharField(required=False, max_length=16, help_text="Whose it is (the firm's keys).")
    order = serializers.CharField(required=False, max_length=16, help_text="The code of an order.")
    updated_since = serializers.DateTimeField(required=False, help_text="Changed at or after that moment.")
