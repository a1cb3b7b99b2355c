"""Contacts: the firm's clients and their accounts."""

from typing import Any, ClassVar

from django.conf import settings
from rest_framework import serializers

from accounts.models import USERNAME_LENGTH
from api.fields import ExternalIdField, StrictSerializer
from extranet.enums import ContactKind
from extranet.models import Contact


class ContactSerializer(serializers.ModelSerializer[Contact]):
    """A contact as the firm sees it."""

    email = serializers.EmailField(source="user.email")
    username = serializers.CharField(source="user.username")
    language = serializers.CharField(source="user.language")
    is_active = serializers.BooleanField(source="user.is_active")
    collaborators = serializers.SerializerMethodField()

    class Meta:
        model = Contact
        fields: ClassVar[list[str]] = [
            "code",
            "external_id",
            "kind",
            "name",
            "company",
            "email",
            "username",
            "language",
            "is_active",
            "phone",
            "street",
            "postcode",
            "city",
            "notes",
            "reads_unpaid",
            "collaborators",
            "codes_sent_at",
            "created_at",
        ]
        read_only_fields = fields

    def get_collaborators(self, contact: Contact) -> list[str]:
        """Returns the addresses of the people who work with this contact."""
        return [row.email for row in contact.collaborators.all()]


class SentContactSerializer(StrictSerializer):
    """A contact to make or to change; what is not sent stays as it is."""

    external_id = ExternalIdField(required=False)
    kind = serializers.ChoiceField(choices=ContactKind.choices, required=False)
    name = serializers.CharField(max_length=120, required=False)
    company = serializers.CharField(max_length=120, required=False, allow_blank=True)
    email = serializers.EmailField(max_length=USERNAME_LENGTH, required=False)
    username = serializers.RegexField(
        r"^[\w.@+-]+\Z", max_length=60, required=False, help_text="The e-mail unless said otherwise."
    )
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    phone = serializers.CharField(max_length=30, required=False, allow_blank=True)
    street = serializers.CharField(max_length=200, required=False, allow_blank=True)
    postcode = serializers.CharField(max_length=10, required=False, allow_blank=True)
    city = serializers.CharField(max_length=100, required=False, allow_blank=True)
    notes = serializers.CharField(max_length=5_000, required=False, allow_blank=True)
    reads_unpaid = serializers.BooleanField(required=False)
    collaborators = serializers.ListField(child=serializers.EmailField(max_length=254), required=False, max_length=50)
    send_codes = serializers.BooleanField(
        required=False, default=False, help_text="Whether the access codes leave by e-mail (a new contact only)."
    )


class NewContactSerializer(SentContactSerializer):
    """A new contact."""

    name = serializers.CharField(max_length=120)
    email = serializers.EmailField(max_length=USERNAME_LENGTH)


class ContactQuerySerializer(serializers.Serializer[Any]):
    """What a list of contacts is narrowed by."""

    q = serializers.CharField(required=False, max_length=200, help_text="Terms that all must be found.")
    kind = serializers.ChoiceField(choices=ContactKind.choices, required=False)
    email = serializers.CharField(required=False, max_length=254, help_text="Exactly, in either case.")
    external_id = serializers.CharField(required=False, max_length=100)
