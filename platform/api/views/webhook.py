"""Webhooks, set up by a program as an administrator does it in the settings (decisions/0038)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar, cast

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Permission, Scope
from api.serializers.webhook import (
    NewWebhookSerializer,
    SecretWebhookSerializer,
    WebhookChangeSerializer,
    WebhookSerializer,
    WebhookTrialSerializer,
)
from api.views.base import ApiView, ListView, answer_one, check_match, validated
from extranet.access_webhook import access_webhook
from extranet.actions.webhook import create_endpoint, delete_endpoint, edit_endpoint, rotate_secret, switch_endpoint
from extranet.actions.webhook_delivery import send_ping
from extranet.enums_webhook import DeliveryState
from extranet.models import WebhookEndpoint
from tenants.links import here_url

_METHODS = ("GET", "POST", "PATCH", "DELETE")


class _Webhooks:
    scopes: ClassVar[Mapping[str, str | tuple[str, ...]]] = dict.fromkeys(_METHODS, Scope.WEBHOOKS_WRITE)
    rights: ClassVar[Mapping[str, Permission | tuple[Permission, ...]]] = dict.fromkeys(_METHODS, Permission.SETTINGS)
    clients: ClassVar[bool] = False


class WebhookList(_Webhooks, ListView):
    """The firm's webhooks."""

    @extend_schema(operation_id="webhooks_list", tags=["webhooks"], responses=WebhookSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Returns webhooks, the last one first."""
        self.query(request)
        found = WebhookEndpoint.objects.all()
        return self.answer_page(
            request, found, lambda rows: [_drawn(row) for row in rows], names=WebhookSerializer.Meta.fields
        )

    @extend_schema(
        operation_id="webhooks_create",
        tags=["webhooks"],
        request=NewWebhookSerializer,
        responses={201: SecretWebhookSerializer},
    )
    def post(self, request: Request) -> Response:
        """Sets an address up that is told of events; the answer holds the secret, this once."""
        data = validated(NewWebhookSerializer, request)
        endpoint, secret = create_endpoint(
            url=data["url"], description=data.get("description", ""), kinds=data["events"], by=self.user
        )
        response = answer_one(request, _drawn(endpoint) | {"secret": secret}, status=HTTPStatus.CREATED)
        response["Location"] = here_url("api-webhook", endpoint.code)
        return response


class WebhookDetail(_Webhooks, ApiView):
    """One webhook."""

    @extend_schema(operation_id="webhooks_read", tags=["webhooks"], responses=WebhookSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Returns a webhook."""
        return answer_one(request, _drawn(access_webhook(self.user, code)))

    @extend_schema(
        operation_id="webhooks_update", tags=["webhooks"], request=WebhookChangeSerializer, responses=WebhookSerializer
    )
    def patch(self, request: Request, code: str) -> Response:
        """Changes what is sent of a webhook."""
        endpoint = access_webhook(self.user, code)
        check_match(request, _drawn(endpoint))
        data = validated(WebhookChangeSerializer, request)
        endpoint = edit_endpoint(
            endpoint,
            url=data.get("url", endpoint.url),
            description=data.get("description", endpoint.description),
            kinds=data.get("events", endpoint.kinds),
            by=self.user,
        )
        if "is_active" in data:
            endpoint = switch_endpoint(endpoint, is_active=data["is_active"], by=self.user)
        return answer_one(request, _drawn(access_webhook(self.user, endpoint.code)))

    @extend_schema(operation_id="webhooks_delete", tags=["webhooks"], responses={204: None})
    def delete(self, request: Request, code: str) -> Response:
        """Deletes a webhook with its log."""
        delete_endpoint(access_webhook(self.user, code), by=self.user)
        return Response(status=HTTPStatus.NO_CONTENT)


class WebhookSecret(_Webhooks, ApiView):
    """The secret of a webhook."""

    @extend_schema(operation_id="webhooks_rotate", tags=["webhooks"], request=None, responses=SecretWebhookSerializer)
    def post(self, request: Request, code: str) -> Response:
        """Renews the secret; the former one signs too for 24 hours. The answer holds the new one, this once."""
        endpoint, secret = rotate_secret(access_webhook(self.user, code), by=self.user)
        return answer_one(request, _drawn(endpoint) | {"secret": secret})


class WebhookTrial(_Webhooks, ApiView):
    """A trial of a webhook."""

    in_transaction = False

    @extend_schema(operation_id="webhooks_try", tags=["webhooks"], request=None, responses=WebhookTrialSerializer)
    def post(self, request: Request, code: str) -> Response:
        """Sends the event “ping” now and returns what the address answered, after 15 seconds at most."""
        delivery = send_ping(access_webhook(self.user, code))
        return Response(
            {
                "delivered": delivery.state == DeliveryState.DELIVERED,
                "status": delivery.status,
                "milliseconds": delivery.milliseconds,
                "trouble": delivery.trouble,
            }
        )


def _drawn(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return cast("dict[str, Any]", dict(WebhookSerializer(endpoint).data))
