"""Webhooks: the addresses that are told of events."""

from typing import Any, ClassVar

from rest_framework import serializers

from api.fields import StrictSerializer
from extranet.models import WebhookEndpoint
from extranet.models.webhook import URL_LENGTH
from extranet.webhook_kinds import KINDS


class WebhookSerializer(serializers.ModelSerializer[WebhookEndpoint]):
    """An address and the events that it is told of; its secret is shown when it is made or renewed, never after."""

    events = serializers.ListField(child=serializers.ChoiceField(choices=sorted(KINDS)), source="kinds")

    class Meta:
        model = WebhookEndpoint
        fields: ClassVar[list[str]] = [
            "code",
            "url",
            "description",
            "events",
            "is_active",
            "off_reason",
            "failing_since",
            "last_delivered_at",
            "created_at",
        ]
        read_only_fields = fields


class SecretWebhookSerializer(WebhookSerializer):
    """A webhook with the secret that its messages are signed with (whsec_…)."""

    secret = serializers.CharField(required=False, help_text="Missing in the answer to a write that comes again.")

    class Meta(WebhookSerializer.Meta):
        fields: ClassVar[list[str]] = [*WebhookSerializer.Meta.fields, "secret"]
        read_only_fields = fields


class WebhookChangeSerializer(StrictSerializer):
    """What is changed of a webhook; what is not sent stays as it is."""

    url = serializers.CharField(max_length=URL_LENGTH, required=False)
    description = serializers.CharField(max_length=120, required=False, allow_blank=True)
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=sorted(KINDS)), required=False, allow_empty=False, max_length=len(KINDS)
    )
    is_active = serializers.BooleanField(required=False)


class NewWebhookSerializer(WebhookChangeSerializer):
    """A new webhook."""

    url = serializers.CharField(max_length=URL_LENGTH)
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=sorted(KINDS)), allow_empty=False, max_length=len(KINDS)
    )
    is_active = None  # type: ignore[assignment]


class WebhookTrialSerializer(serializers.Serializer[Any]):
    """What an address answered to a trial."""

    delivered = serializers.BooleanField()
    status = serializers.IntegerField(allow_null=True, help_text="HTTP; null when there was no answer.")
    milliseconds = serializers.IntegerField(allow_null=True)
    trouble = serializers.CharField(allow_blank=True)
