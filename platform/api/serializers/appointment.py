"""Visits: what is read of them, and what is sent."""

from collections.abc import Collection
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import User
from api.fields import StrictSerializer
from extranet.actions.appointment import FIELDS
from extranet.enums import DiagnosticKind
from extranet.enums_booking import AppointmentState
from extranet.models import Appointment

MOST_MINUTES = 720
#: The days of one look for free times.
MOST_DAYS = 31

#: What a client's portal shows of the visit of its order.
CLIENT_FIELDS = (
    "code",
    "state",
    "starts_at",
    "ends_at",
    "diagnostician_name",
    "order",
    "held_until",
    "deposit",
    "deposit_paid_at",
)
#: What the firm's own pages show besides.
_STAFF_FIELDS = (
    "diagnostician",
    "dossier",
    "contact",
    *FIELDS,
    "latitude",
    "longitude",
    "deposit_back",
    "cancel_reason",
    "told_at",
    "created_at",
    "updated_at",
)


class AppointmentSerializer(serializers.ModelSerializer[Appointment]):
    """A visit; moments are in UTC, amounts are euros."""

    client_fields: ClassVar[Collection[str]] = CLIENT_FIELDS
    diagnostician = serializers.CharField(source="diagnostician.code", help_text="The code of who makes it.")
    diagnostician_name = serializers.CharField(source="diagnostician.name")
    order = serializers.CharField(source="order.code", allow_null=True, help_text="The code of its order.")
    dossier = serializers.CharField(source="dossier.code", allow_null=True, help_text="The code of its dossier.")
    contact = serializers.CharField(source="contact.code", allow_null=True, help_text="The code of the client.")

    class Meta:
        model = Appointment
        fields: tuple[str, ...] = (*CLIENT_FIELDS, *_STAFF_FIELDS)
        read_only_fields: tuple[str, ...] = fields


def columns_for(user: User) -> tuple[str, ...]:
    """Returns the fields of a visit that this person sees."""
    return AppointmentSerializer.Meta.fields if user.is_firm_staff else CLIENT_FIELDS


class SentAppointmentSerializer(StrictSerializer, serializers.ModelSerializer[Appointment]):
    """What is said of a visit; what is not sent stays as it is."""

    diagnostician = serializers.CharField(max_length=16, required=False, help_text="The code of who makes it.")
    starts_at = serializers.DateTimeField(required=False)
    ends_at = serializers.DateTimeField(required=False, help_text="By default by the diagnostics and the surface.")
    surface = serializers.DecimalField(
        max_digits=7, decimal_places=2, min_value=Decimal(1), max_value=Decimal(99_999), required=False, allow_null=True
    )
    staff_note = serializers.CharField(max_length=5_000, required=False, allow_blank=True)
    tell = serializers.BooleanField(required=False, default=False, help_text="Whether the client is told by e-mail.")

    class Meta:
        model = Appointment
        fields: tuple[str, ...] = ("diagnostician", "starts_at", "ends_at", *FIELDS, "tell")
        validators: ClassVar[list[Any]] = []

    def get_extra_kwargs(self) -> dict[str, Any]:
        """Returns the options of the fields: none is needed."""
        return {name: {"required": False} for name in FIELDS}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Returns what was sent; raises ValidationError for a visit that is longer than a day's work."""
        begins, ends = attrs.get("starts_at"), attrs.get("ends_at")
        if begins and ends and not timedelta() < ends - begins <= timedelta(minutes=MOST_MINUTES):
            raise serializers.ValidationError({"ends_at": _("It ends after it begins, on the same day.")})
        return attrs


class NewAppointmentSerializer(SentAppointmentSerializer):
    """A visit to book, for an order or a dossier that fill it in, or for neither."""

    diagnostician = serializers.CharField(max_length=16, help_text="The code of who makes it.")
    starts_at = serializers.DateTimeField()
    order = serializers.CharField(max_length=16, required=False, help_text="The code of an order.")
    dossier = serializers.CharField(max_length=16, required=False, help_text="The code of a dossier.")

    class Meta(SentAppointmentSerializer.Meta):
        fields = (*SentAppointmentSerializer.Meta.fields, "order", "dossier")


class CancelAppointmentSerializer(StrictSerializer):
    """Why a visit is cancelled, who is told, and what becomes of its deposit."""

    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    tell = serializers.BooleanField(required=False, default=False, help_text="Whether the client is told by e-mail.")
    give_back = serializers.BooleanField(
        required=False, default=True, help_text="Whether a deposit that was paid is given back."
    )


class FinishAppointmentSerializer(StrictSerializer):
    """What became of a visit."""

    made = serializers.BooleanField(help_text="False: nobody was there.")


class AppointmentQuerySerializer(serializers.Serializer[Any]):
    """What a list of visits is narrowed by; days are those of the firm's time zone."""

    since = serializers.DateField(required=False, help_text="On or after that day.")
    until = serializers.DateField(required=False, help_text="On or before that day.")
    state = serializers.ChoiceField(choices=AppointmentState.choices, required=False)
    diagnostician = serializers.CharField(required=False, max_length=16, help_text="The firm's keys.")
    order = serializers.CharField(required=False, max_length=16)
    dossier = serializers.CharField(required=False, max_length=16, help_text="The firm's keys.")
    contact = serializers.CharField(required=False, max_length=16, help_text="The firm's keys.")
    updated_since = serializers.DateTimeField(required=False, help_text="Changed at or after that moment.")


class SlotQuerySerializer(StrictSerializer):
    """For what free times are looked for: an order, or what is said here."""

    order = serializers.CharField(required=False, max_length=16)
    diagnostics = serializers.MultipleChoiceField(choices=DiagnosticKind.choices, required=False)
    surface = serializers.DecimalField(max_digits=7, decimal_places=2, min_value=Decimal(1), required=False)
    postcode = serializers.CharField(required=False, max_length=10)
    minutes = serializers.IntegerField(required=False, min_value=5, max_value=MOST_MINUTES)
    diagnostician = serializers.CharField(required=False, max_length=16)
    since = serializers.DateField(required=False, help_text="By default today.")
    until = serializers.DateField(required=False, help_text="By default a week later, at most 31 days.")


class SlotSerializer(serializers.Serializer[Any]):
    """A time that truly fits: hours, absences, other visits and the way."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    diagnostician = serializers.CharField(help_text="The code of who can make the visit.")
    diagnostician_name = serializers.CharField()
    travel_minutes = serializers.IntegerField(help_text="Of the way to it.")


class SlotsSerializer(serializers.Serializer[Any]):
    """The free times of some days."""

    minutes = serializers.IntegerField(help_text="How long the visit takes.")
    results = SlotSerializer(many=True)
