"""What a program needs of the firm's settings."""

from typing import Any

from rest_framework import serializers

from extranet.models import (
    BookingSettings,
    Company,
    DiagnosticDuration,
    Diagnostician,
    PriceList,
    PricePack,
    PriceRow,
    TravelPrice,
    ValidityRule,
    WorkingHours,
)


class ChoiceSerializer(serializers.Serializer[Any]):
    """A value of a closed list, with what people call it in the caller's language."""

    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of that name


class ListsSerializer(serializers.Serializer[Any]):
    """The closed lists of the interface."""

    diagnostics = ChoiceSerializer(many=True)
    transactions = ChoiceSerializer(many=True)
    property_kinds = ChoiceSerializer(many=True)
    file_kinds = ChoiceSerializer(many=True)
    contact_kinds = ChoiceSerializer(many=True)
    payers = ChoiceSerializer(many=True)
    order_states = ChoiceSerializer(many=True)
    quote_states = ChoiceSerializer(many=True)
    appointment_states = ChoiceSerializer(many=True)
    payment_methods = ChoiceSerializer(many=True)
    zones = ChoiceSerializer(many=True)


class DiagnosticianSerializer(serializers.ModelSerializer[Diagnostician]):
    """Somebody who makes visits."""

    class Meta:
        model = Diagnostician
        fields = ("code", "name", "email", "phone", "diagnostics", "postcodes", "takes_online", "is_active")
        read_only_fields = fields


class PersonSerializer(serializers.Serializer[Any]):
    """Somebody of the firm, to whom orders are assigned."""

    code = serializers.CharField()
    name = serializers.CharField(source="full_name")


class SettingsSerializer(serializers.Serializer[Any]):
    """The firm, its people and its closed lists."""

    firm = serializers.CharField()
    time_zone = serializers.CharField()
    language = serializers.CharField()
    people = PersonSerializer(many=True)
    diagnosticians = DiagnosticianSerializer(many=True)
    steps = serializers.ListField(child=serializers.CharField(), help_text="The steps of new dossiers.")
    lists = ListsSerializer()


class CompanySerializer(serializers.ModelSerializer[Company]):
    """Who the firm is in law; `expires_on` is the last day of its insurance."""

    class Meta:
        model = Company
        fields = (
            "legal_name",
            "legal_form",
            "capital",
            "siren",
            "siret",
            "vat_number",
            "rcs_town",
            "naf",
            "street",
            "postcode",
            "city",
            "phone",
            "email",
            "website",
            "insurer",
            "policy",
            "cover_claim",
            "cover_year",
            "expires_on",
            "signer_name",
            "signer_role",
        )
        read_only_fields = fields


class WorkingHoursSerializer(serializers.ModelSerializer[WorkingHours]):
    """A stretch of a weekday (0: Monday) in which somebody makes visits, in the firm's time."""

    diagnostician = serializers.CharField(source="diagnostician.code")

    class Meta:
        model = WorkingHours
        fields = ("diagnostician", "weekday", "starts", "ends")
        read_only_fields = fields


class DurationSerializer(serializers.ModelSerializer[DiagnosticDuration]):
    """How long a diagnostic takes."""

    class Meta:
        model = DiagnosticDuration
        fields = ("kind", "minutes", "extra_minutes")
        read_only_fields = fields


class BookingSerializer(serializers.ModelSerializer[BookingSettings]):
    """The firm's rules of visits, with hours and durations."""

    hours = WorkingHoursSerializer(many=True)
    durations = DurationSerializer(many=True)

    class Meta:
        model = BookingSettings
        fields = (
            "time_zone",
            "holiday_region",
            "works_on_holidays",
            "step_minutes",
            "notice_hours",
            "horizon_days",
            "hold_minutes",
            "base_minutes",
            "included_surface",
            "buffer_minutes",
            "move_hours",
            "cancel_hours",
            "most_moves",
            "client_booking",
            "visitor_booking",
            "booking_from",
            "deposit_kind",
            "deposit_amount",
            "deposit_percent",
            "deposit_min",
            "deposit_max",
            "refund_hours",
            "refund_percent",
            "hours",
            "durations",
        )
        read_only_fields = fields


class ValidityRuleSerializer(serializers.ModelSerializer[ValidityRule]):
    """How long a diagnostic can be used."""

    class Meta:
        model = ValidityRule
        fields = (
            "kind",
            "transaction",
            "finding",
            "months",
            "applies_from",
            "applies_before",
            "ends_on",
            "source",
            "note",
        )
        read_only_fields = fields


class PriceRowSerializer(serializers.ModelSerializer[PriceRow]):
    """A price without VAT; what is empty fits all."""

    class Meta:
        model = PriceRow
        fields = ("diagnostic", "transaction", "property_kind", "size_from", "size_to", "price")
        read_only_fields = fields


class PricePackSerializer(serializers.ModelSerializer[PricePack]):
    """A discount on several diagnostics ordered together."""

    class Meta:
        model = PricePack
        fields = ("name", "diagnostics", "least", "transaction", "percent", "amount")
        read_only_fields = fields


class TravelPriceSerializer(serializers.ModelSerializer[TravelPrice]):
    """What going to a place costs."""

    class Meta:
        model = TravelPrice
        fields = ("postcode", "amount")
        read_only_fields = fields


class PriceListSerializer(serializers.ModelSerializer[PriceList]):
    """A price list with all that it holds; amounts are euros without VAT."""

    contact = serializers.CharField(source="contact.code", allow_null=True, help_text="For one client alone.")
    rows = PriceRowSerializer(many=True)
    packs = PricePackSerializer(many=True)
    travels = TravelPriceSerializer(many=True)

    class Meta:
        model = PriceList
        fields = (
            "code",
            "name",
            "is_active",
            "valid_from",
            "valid_until",
            "contact",
            "contact_kind",
            "size_by",
            "vat_rate",
            "travel_free_km",
            "travel_per_km",
            "travel_most",
            "urgent_amount",
            "urgent_percent",
            "weekend_amount",
            "evening_amount",
            "outbuilding_amount",
            "changed_at",
            "rows",
            "packs",
            "travels",
        )
        read_only_fields = fields
