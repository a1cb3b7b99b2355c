"""Messages: what is read of them, and what is sent."""

from collections.abc import Collection
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import User
from api.fields import StrictSerializer
from extranet.actions.message_file import MAX_FILES
from extranet.enums import MessageState
from extranet.forms.message import MAX_BODY, ContactMessageForm
from extranet.models import Message, MessageFile
from extranet.queries.message_filter import RECEIVED, SENT, UNREAD

#: What a client's portal shows of a message.
CLIENT_FIELDS = (
    "code",
    "conversation",
    "direction",
    "subject",
    "body",
    "sender_name",
    "state",
    "created_at",
    "read_at",
    "cancelled_at",
    "mail_from",
    "note",
    "dossier",
    "order",
    "has_files",
)
#: What the firm's own pages show besides.
_STAFF_FIELDS = ("contact", "is_undelivered")


class MessageSerializer(serializers.ModelSerializer[Message]):
    """A message as lists show it."""

    client_fields: ClassVar[Collection[str]] = CLIENT_FIELDS
    conversation = serializers.SerializerMethodField(help_text="The code of the message that began it.")
    contact = serializers.CharField(source="contact.code", help_text="The code of the client.")
    dossier = serializers.CharField(source="row.dossier.code", allow_null=True, help_text="What it is about.")
    order = serializers.CharField(source="row.order.code", allow_null=True, help_text="What it is about.")
    has_files = serializers.BooleanField(source="row.has_files")
    is_undelivered = serializers.BooleanField(
        source="row.is_undelivered", help_text="Whether a mail that told of it did not arrive."
    )

    class Meta:
        model = Message
        fields: tuple[str, ...] = (*CLIENT_FIELDS, *_STAFF_FIELDS)
        read_only_fields: tuple[str, ...] = fields

    def get_conversation(self, message: Message) -> str:
        """Returns the code of the message that began the conversation."""
        return str((message.first or message).code)


class MessageFileSerializer(serializers.ModelSerializer[MessageFile]):
    """What was joined to a message; its bytes are at …/content/."""

    size = serializers.IntegerField(source="stored.size", help_text="Bytes.")
    content_type = serializers.CharField(source="stored.content_type")

    class Meta:
        model = MessageFile
        fields = ("code", "name", "size", "content_type")
        read_only_fields: tuple[str, ...] = fields


class MessageDetailSerializer(MessageSerializer):
    """A message with what was joined to it, and the whole mail if it came by one."""

    client_fields: ClassVar[Collection[str]] = (*CLIENT_FIELDS, "files", "mail_text")
    files = MessageFileSerializer(many=True)
    mail_text = serializers.CharField()

    class Meta(MessageSerializer.Meta):
        fields = (*MessageSerializer.Meta.fields, "files", "mail_text")
        read_only_fields: tuple[str, ...] = fields


class SentMessagesSerializer(serializers.Serializer[Any]):
    """The messages that were sent: one for each recipient."""

    results = MessageSerializer(many=True)


class AnswerSerializer(StrictSerializer):
    """What is added to a conversation."""

    body = serializers.CharField(max_length=MAX_BODY)
    files = serializers.ListField(
        child=serializers.CharField(max_length=16), required=False, max_length=MAX_FILES, help_text="Codes of uploads."
    )


class NewMessageSerializer(AnswerSerializer):
    """A message: of the firm to contacts, of a client to the firm."""

    subject = serializers.CharField(max_length=200)
    contacts = serializers.ListField(
        child=serializers.CharField(max_length=16),
        required=False,
        max_length=ContactMessageForm.MOST,
        help_text="Codes of contacts; for the firm's keys alone.",
    )
    dossier = serializers.CharField(max_length=16, required=False, help_text="The code of the dossier it is about.")
    order = serializers.CharField(max_length=16, required=False, help_text="The code of the order it is about.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Returns what was sent; raises ValidationError when it is about two things."""
        if attrs.get("dossier") and attrs.get("order"):
            raise serializers.ValidationError(_("A message is about a dossier or about an order."), code="about_two")
        return attrs


class MessageQuerySerializer(serializers.Serializer[Any]):
    """What a list of messages is narrowed by."""

    q = serializers.CharField(required=False, max_length=200, help_text="Terms that all must be found.")
    show = serializers.ChoiceField(choices=[RECEIVED, SENT, UNREAD], required=False)
    state = serializers.ChoiceField(choices=MessageState.choices, required=False)
    since = serializers.DateField(required=False, help_text="Sent on or after that day.")
    until = serializers.DateField(required=False, help_text="Sent on or before that day.")
    contact = serializers.CharField(required=False, max_length=16, help_text="With whom (the firm's keys).")
    dossier = serializers.CharField(required=False, max_length=16)
    order = serializers.CharField(required=False, max_length=16)
    conversation = serializers.CharField(required=False, max_length=16, help_text="The code of its first message.")


def columns_for(user: User) -> tuple[str, ...]:
    """Returns the fields of a message that this person sees."""
    return MessageSerializer.Meta.fields if user.is_firm_staff else CLIENT_FIELDS
