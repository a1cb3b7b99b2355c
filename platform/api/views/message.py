"""Messages between the firm and its clients."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Permission, Scope, User
from api.bodies import contact_of, uploads_of, wrong
from api.serializers.message import (
    AnswerSerializer,
    MessageDetailSerializer,
    MessageFileSerializer,
    MessageQuerySerializer,
    MessageSerializer,
    NewMessageSerializer,
    SentMessagesSerializer,
    columns_for,
)
from api.views.base import ApiView, ListView, answer_one, check_match, only, validated
from api.views.content import ContentView
from extranet.access import access_message, access_message_file
from extranet.actions.message import (
    answer_message,
    cancel_message,
    mark_unread,
    read_conversation,
    write_to_clients,
    write_to_firm,
)
from extranet.models import Contact, Dossier, Message, MessageFile, Order
from extranet.queries.dossier_filter import visible_dossiers
from extranet.queries.message_filter import MessageFilter, filtered_messages, message_rows
from extranet.queries.order_filter import visible_orders
from kernel.errors import DomainError
from tenants.links import here_url

_READ, _WRITE = Scope.MESSAGES_READ, Scope.MESSAGES_WRITE
_RIGHT = Permission.MESSAGES
_EXAMPLE = OpenApiExample(
    "A message to a contact about a dossier",
    value={
        "contacts": ["k3v9x2p7m4qd"],
        "dossier": "p7m4qdk3v9x2",
        "subject": "Clés",
        "body": "Bonjour,\n\noù retirons-nous les clés ?",
    },
    request_only=True,
)


class MessageList(ListView):
    """The messages that the person of the key sees."""

    scopes = {"GET": _READ, "POST": _WRITE}
    rights = {"GET": _RIGHT, "POST": _RIGHT}
    query_serializer = MessageQuerySerializer

    @extend_schema(
        operation_id="messages_list",
        tags=["messages"],
        parameters=[MessageQuerySerializer],
        responses=MessageSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Returns messages, the newest first; reading them here leaves them unread."""
        found = _narrowed(self.user, self.query(request)).select_related("contact", "first")
        found = found.defer("search", "mail_text", "contact__search", "first__search", "first__body")
        return self.answer_page(request, found, lambda rows: drawn(rows, self.user), names=columns_for(self.user))

    @extend_schema(
        operation_id="messages_create",
        tags=["messages"],
        request=NewMessageSerializer,
        responses={201: SentMessagesSerializer},
        examples=[_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Writes to contacts, each of whom gets a message of its own, or as a client to the firm."""
        data = validated(NewMessageSerializer, request)
        told: dict[str, Any] = {
            "subject": data["subject"],
            "body": data["body"],
            "user": self.user,
            "dossier": _dossier(self.user, data),
            "order": _order(self.user, data),
            "files": uploads_of(data.get("files", []), user=self.user),
        }
        if self.user.is_firm_staff:
            sent = write_to_clients(_recipients(data), **told)
        elif "contacts" in data:
            raise wrong("contacts", _("There is no such field."), code="unknown_field")
        else:
            sent = [write_to_firm(**told)]
        return Response({"results": drawn(sent, self.user)}, status=HTTPStatus.CREATED)


class MessageDetail(ApiView):
    """One message."""

    scopes = {"GET": _READ}
    rights = {"GET": _RIGHT}

    @extend_schema(operation_id="messages_read", tags=["messages"], responses=MessageDetailSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Returns a message with what was joined to it; reading it here leaves it unread."""
        return answer_one(request, detail_of(access_message(self.user, code), self.user))


class MessageReply(ApiView):
    """An answer."""

    scopes = {"POST": _WRITE}
    rights = {"POST": _RIGHT}

    @extend_schema(
        operation_id="messages_reply",
        tags=["messages"],
        request=AnswerSerializer,
        responses={201: MessageDetailSerializer},
    )
    def post(self, request: Request, code: str) -> Response:
        """Adds an answer to a conversation, all of whose received messages are then read."""
        message = access_message(self.user, code)
        data = validated(AnswerSerializer, request)
        files = uploads_of(data.get("files", []), user=self.user)
        answer = answer_message(message, body=data["body"], user=self.user, files=files)
        found = detail_of(access_message(self.user, answer.code), self.user)
        response = answer_one(request, found, status=HTTPStatus.CREATED)
        response["Location"] = here_url("api-message", answer.code)
        return response


class _MessageStep(ApiView):
    """Something done to a message once."""

    scopes = {"POST": _WRITE}
    rights = {"POST": _RIGHT}

    def step(self, message: Message) -> None:
        """Does it; raises DomainError."""
        raise NotImplementedError

    def answer(self, request: Request, code: str) -> Response:
        """Returns the message after the step; raises what the step raises."""
        message = access_message(self.user, code)
        check_match(request, detail_of(message, self.user))
        self.step(message)
        return answer_one(request, detail_of(access_message(self.user, code), self.user))


class MessageRead(_MessageStep):
    """A conversation that was read."""

    @extend_schema(
        operation_id="messages_mark_read", tags=["messages"], request=None, responses=MessageDetailSerializer
    )
    def post(self, request: Request, code: str) -> Response:
        """Notes that all that was received in the conversation of a message is read."""
        return self.answer(request, code)

    def step(self, message: Message) -> None:
        """Marks what was received as read."""
        read_conversation(message, user=self.user)


class MessageUnread(_MessageStep):
    """A message that waits to be read again."""

    @extend_schema(
        operation_id="messages_mark_unread", tags=["messages"], request=None, responses=MessageDetailSerializer
    )
    def post(self, request: Request, code: str) -> Response:
        """Makes a message that was received wait to be read again."""
        return self.answer(request, code)

    def step(self, message: Message) -> None:
        """Marks it as unread; raises DomainError `not_received`."""
        mark_unread(message, user=self.user)


class MessageCancel(_MessageStep):
    """A message that is taken back."""

    @extend_schema(operation_id="messages_cancel", tags=["messages"], request=None, responses=MessageDetailSerializer)
    def post(self, request: Request, code: str) -> Response:
        """Takes back what the person of the key wrote and nobody has read."""
        return self.answer(request, code)

    def step(self, message: Message) -> None:
        """Cancels it; raises DomainError `already_read`, Problem `not_found` for what somebody else wrote."""
        try:
            cancel_message(message, user=self.user)
        except DomainError as error:
            if error.code == "not_yours":
                raise Http404 from error
            raise


class MessageFileContent(ContentView):
    """The bytes of what was joined to a message."""

    gives_stored = True
    scopes = {"GET": _READ}
    rights = {"GET": _RIGHT}

    @extend_schema(
        operation_id="messages_files_content",
        tags=["messages"],
        responses={(200, "*/*"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, code: str, piece_code: str) -> HttpResponseBase:
        """Returns the bytes of what was joined to a message."""
        file = access_message_file(self.user, code, piece_code)
        return self.stored(request, file.stored, name=file.name)


def drawn(messages: Sequence[Message], user: User) -> list[dict[str, Any]]:
    """Returns messages as this person's lists show them: four queries at most, whatever their number."""
    columns = frozenset(columns_for(user))
    rows = message_rows(user, messages)
    for row in rows:
        row.message.row = row  # type: ignore[attr-defined]  # what lies in other tables, for the serializer
    return [only(MessageSerializer(row.message).data, columns) for row in rows]


def detail_of(message: Message, user: User) -> dict[str, Any]:
    """Returns a message with what was joined to it."""
    (found,) = drawn([message], user)
    files = MessageFile.objects.filter(message=message).select_related("stored").order_by("id")
    return found | {"files": MessageFileSerializer(files, many=True).data, "mail_text": message.mail_text}


def _recipients(data: Mapping[str, Any]) -> list[Contact]:
    codes = list(dict.fromkeys(data.get("contacts", [])))
    present = Contact.objects.filter(code__in=codes, user__is_active=True, erased_at__isnull=True)
    found = {contact.code: contact for contact in present.select_related("user")}
    for code in codes:
        if code not in found:
            contact_of(code, field="contacts")
            raise wrong("contacts", _("This contact cannot log in: nobody can write to it."), code="inactive")
    return [found[code] for code in codes]


def _dossier(user: User, data: Mapping[str, Any]) -> Dossier | None:
    if not data.get("dossier"):
        return None
    dossier = visible_dossiers(user).filter(code=data["dossier"]).first()
    if dossier is None:
        raise wrong("dossier", _("There is no such dossier."), code="unknown_dossier")
    return dossier


def _order(user: User, data: Mapping[str, Any]) -> Order | None:
    if not data.get("order"):
        return None
    order = visible_orders(user).filter(code=data["order"]).first()
    if order is None:
        raise wrong("order", _("There is no such order."), code="unknown_order")
    return order


def _narrowed(user: User, asked: Mapping[str, Any]) -> QuerySet[Message]:
    wanted = MessageFilter(
        q=asked.get("q", ""),
        show=asked.get("show", ""),
        state=asked.get("state", ""),
        since=str(asked.get("since", "")),
        until=str(asked.get("until", "")),
        client=asked.get("contact", ""),
        dossier=asked.get("dossier", ""),
        order=asked.get("order", ""),
    )
    found = filtered_messages(user, wanted)
    if code := asked.get("conversation"):
        found = found.filter(Q(code=code) | Q(first__code=code))
    return found
