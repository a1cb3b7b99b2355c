"""Orders: what is read of them, and what is sent."""

from collections.abc import Collection
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import User
from api.fields import ExternalIdField, StrictSerializer
from extranet.actions.order import FIELDS
from extranet.enums_order import Answer, OrderState, ZoneKind
from extranet.forms.order_choice import REPORTS
from extranet.models import Appointment, Order, OrderEvent, OrderFile
from extranet.queries.order_filter import OPEN

_ANSWERS = [choice for choice in Answer.choices if choice[0]]

#: What a client's portal shows of an order.
CLIENT_FIELDS = (
    "code",
    "number",
    "state",
    *FIELDS,
    "dossier",
    "cancel_reason",
    "created_at",
    "updated_at",
    "sent_at",
    "started_at",
    "done_at",
    "cancelled_at",
)
#: What the firm's own pages show besides.
_STAFF_FIELDS = ("external_id", "origin", "contact", "assigned_to", "staff_notes", "latitude", "longitude", "insee")
#: What one order shows besides a line of the list.
_PARTS = ("files", "visits", "history")


class OrderSerializer(serializers.ModelSerializer[Order]):
    """An order as lists show it."""

    client_fields: ClassVar[Collection[str]] = CLIENT_FIELDS
    contact = serializers.CharField(source="contact.code", allow_null=True, help_text="The client's code.")
    assigned_to = serializers.CharField(source="assigned_to.code", allow_null=True, help_text="A person of the firm.")
    dossier = serializers.SerializerMethodField(help_text="The code of the dossier that was made of it.")
    valid_reports = serializers.DictField(child=serializers.DateField(), help_text="Last day by diagnostic.")
    zones = serializers.DictField(child=serializers.ChoiceField(choices=_ANSWERS), help_text="Answer by kind of zone.")

    class Meta:
        model = Order
        fields: tuple[str, ...] = (*CLIENT_FIELDS, *_STAFF_FIELDS)
        read_only_fields: tuple[str, ...] = fields

    def get_dossier(self, order: Order) -> str | None:
        """Returns the code of the order's dossier where this person may open it (`context["dossiers"]` by key)."""
        dossiers: dict[int, str] = self.context.get("dossiers", {})
        return dossiers.get(order.dossier_id or 0)


#: What a client's portal shows of a file.
CLIENT_FILE_FIELDS = frozenset({"code", "name", "size", "content_type"})


class OrderFileSerializer(serializers.ModelSerializer[OrderFile]):
    """What was joined to an order; its bytes are at …/content/."""

    client_fields: ClassVar[Collection[str]] = CLIENT_FILE_FIELDS
    size = serializers.IntegerField(source="stored.size", help_text="Bytes.")
    sha256 = serializers.CharField(source="stored.sha256")
    content_type = serializers.CharField(source="stored.content_type")

    class Meta:
        model = OrderFile
        fields = ("code", "name", "size", "sha256", "content_type", "added_at")
        read_only_fields: tuple[str, ...] = fields


class OrderVisitSerializer(serializers.ModelSerializer[Appointment]):
    """A visit of an order."""

    diagnostician = serializers.CharField(source="diagnostician.name")

    class Meta:
        model = Appointment
        fields = ("code", "state", "starts_at", "ends_at", "diagnostician")
        read_only_fields: tuple[str, ...] = fields


class OrderEventSerializer(serializers.ModelSerializer[OrderEvent]):
    """A line of an order's history."""

    class Meta:
        model = OrderEvent
        fields = ("kind", "at", "actor_name", "subject")
        read_only_fields: tuple[str, ...] = fields


class OrderDetailSerializer(OrderSerializer):
    """An order with what was joined to it, its visits and its history, the last first."""

    client_fields: ClassVar[Collection[str]] = (*CLIENT_FIELDS, *_PARTS)
    files = OrderFileSerializer(many=True)
    visits = OrderVisitSerializer(many=True)
    history = OrderEventSerializer(many=True)

    class Meta(OrderSerializer.Meta):
        fields = (*OrderSerializer.Meta.fields, *_PARTS)
        read_only_fields: tuple[str, ...] = fields


def columns_for(user: User) -> tuple[str, ...]:
    """Returns the fields of an order that this person sees."""
    return OrderSerializer.Meta.fields if user.is_firm_staff else CLIENT_FIELDS


class _Answers(serializers.DictField):
    """Answers by a closed list of names."""

    names: tuple[str, ...] = ()

    def to_internal_value(self, data: Any) -> Any:
        """Returns the answers; raises ValidationError for a name that is none."""
        found = super().to_internal_value(data)
        if unknown := sorted(set(found) - set(self.names)):
            raise serializers.ValidationError(_("There is no field %(names)s.") % {"names": ", ".join(unknown)[:200]})
        return found


class _Zones(_Answers):
    names = tuple(ZoneKind.values)


class _Reports(_Answers):
    names = REPORTS


class SentOrderSerializer(StrictSerializer, serializers.ModelSerializer[Order]):
    """What is said of an order; what is not sent stays as it is."""

    zones = _Zones(
        child=serializers.ChoiceField(choices=_ANSWERS), required=False, help_text="yes or no by kind of zone."
    )
    valid_reports = _Reports(
        child=serializers.DateField(), required=False, help_text="Last day of reports that are there, by diagnostic."
    )

    class Meta:
        model = Order
        fields: tuple[str, ...] = FIELDS
        # what is unique is found out by the action, in its transaction
        validators: ClassVar[list[Any]] = []

    def get_extra_kwargs(self) -> dict[str, Any]:
        """Returns the options of the fields: none is needed, each keeps what is there."""
        return {name: {"required": False} for name in FIELDS}


class EditedOrderSerializer(SentOrderSerializer):
    """What changes of an order; the last four are for the firm's keys alone."""

    contact = serializers.CharField(max_length=16, required=False, allow_null=True, help_text="Whose it is.")
    assigned_to = serializers.CharField(max_length=16, required=False, allow_null=True, help_text="Who handles it.")
    staff_notes = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    external_id = ExternalIdField(required=False, allow_blank=True)

    class Meta(SentOrderSerializer.Meta):
        fields = (*FIELDS, "contact", "assigned_to", "staff_notes", "external_id")


class PutOrderSerializer(SentOrderSerializer):
    """An order that other software sends; a new one goes to its client and to the firm unless `send` is false."""

    contact = serializers.CharField(max_length=16, required=False, help_text="Whose it is: the code of a contact.")
    files = serializers.ListField(
        child=serializers.CharField(max_length=16),
        required=False,
        max_length=30,
        help_text="Codes of uploads to join to it.",
    )
    send = serializers.BooleanField(required=False, default=True, help_text="False keeps a new one as a draft.")

    class Meta(SentOrderSerializer.Meta):
        fields: tuple[str, ...] = (*FIELDS, "contact", "files", "send")


class NewOrderSerializer(PutOrderSerializer):
    """A new order; a client's key orders for itself, and names neither a contact nor an external_id."""

    external_id = ExternalIdField(required=False)

    class Meta(PutOrderSerializer.Meta):
        fields = (*PutOrderSerializer.Meta.fields, "external_id")


class CancelSerializer(StrictSerializer):
    """Why an order is cancelled."""

    reason = serializers.CharField(max_length=500)


class OrderDossierSerializer(StrictSerializer):
    """What the dossier of an order is called; the rest is carried over."""

    title = serializers.CharField(max_length=200, required=False, help_text="By default made of the property.")
    reference = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    visited_on = serializers.DateField(required=False, allow_null=True, default=None)
    contacts = serializers.ListField(
        child=serializers.CharField(max_length=16),
        required=False,
        max_length=50,
        help_text="Codes of who may read it; by default the order's client.",
    )


class OrderQuerySerializer(serializers.Serializer[Any]):
    """What a list of orders is narrowed by."""

    q = serializers.CharField(required=False, max_length=200, help_text="Terms that all must be found.")
    state = serializers.ChoiceField(
        choices=[*OrderState.values, OPEN], required=False, help_text="open: to be handled or in progress."
    )
    since = serializers.DateField(required=False, help_text="Sent on or after that day.")
    until = serializers.DateField(required=False, help_text="Sent on or before that day.")
    contact = serializers.CharField(required=False, max_length=16, help_text="Whose it is (the firm's keys).")
    external_id = serializers.CharField(required=False, max_length=100)
    updated_since = serializers.DateTimeField(required=False, help_text="Changed at or after that moment.")
