"""Webhooks for the route matrix and the twins: an address, an event, a delivery that failed."""

from collections.abc import Callable
from typing import Any

from accounts.models import User
from extranet.actions.webhook import create_endpoint
from extranet.enums_webhook import DeliveryState
from extranet.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from extranet.webhook_kinds import KINDS
from kernel.models import FirmModel
from kernel.secrets import seal

#: Nobody listens there, so that it refuses at once.
NOWHERE = "http://127.0.0.1:9/hook"


def add_webhook_things(user: User) -> tuple[WebhookEndpoint, WebhookDelivery]:
    """Returns an address of the current firm and a delivery to it that failed."""
    endpoint, _secret = create_endpoint(url=NOWHERE, kinds=["order.created"], by=user)
    kind = KINDS["order.created"]
    event = WebhookEvent.objects.create(kind=kind.key, body=kind.message(kind.sample, at=endpoint.created_at))
    delivery = WebhookDelivery.objects.create(
        event=event, endpoint=endpoint, kind=event.kind, state=DeliveryState.FAILED, trouble="refused", attempts=10
    )
    return endpoint, delivery


def webhook_arguments(endpoint: WebhookEndpoint, delivery: WebhookDelivery) -> dict[str, dict[str, object]]:
    """Returns the arguments of the addresses of webhooks."""
    of_endpoint: dict[str, object] = {"webhook_code": endpoint.code}
    of_delivery: dict[str, object] = {"delivery_code": delivery.code}
    whats = ("detail", "edit", "test", "rotate", "switch", "delete")
    return {
        **dict.fromkeys([f"webhook-{what}" for what in whats], of_endpoint),
        **dict.fromkeys(["webhook-delivery", "webhook-replay"], of_delivery),
    }


def webhook_data(endpoint: WebhookEndpoint) -> dict[str, Callable[[], dict[str, Any]]]:
    """Returns what the forms of webhooks send."""
    return {
        **dict.fromkeys(
            ["webhook-new", "webhook-edit"],
            lambda: {"url": NOWHERE, "description": "Software", "kinds": ["dossier.paid", "order.created"]},
        ),
        "webhook-replay-failed": lambda: {"since": "2026-01-01T00:00", "webhook": endpoint.code},
    }


def webhook_rows(
    made: dict[type[FirmModel], Any], word: str, staff: User
) -> dict[type[FirmModel], Callable[[], FirmModel]]:
    """Returns the factories of the rows of webhooks, with `word` in their texts."""
    return {
        WebhookEndpoint: lambda: WebhookEndpoint.objects.create(
            url=f"{NOWHERE}?{word}",
            description=word,
            kinds=["dossier.paid"],
            sealed=seal({"current": "whsec_c2VjcmV0"}),
            created_by=staff,
            created_by_name=word,
        ),
        WebhookEvent: lambda: WebhookEvent.objects.create(
            kind="dossier.paid", body=f'{{"type": "dossier.paid", "timestamp": "", "data": {{"dossier": "{word}"}}}}'
        ),
        WebhookDelivery: lambda: WebhookDelivery.objects.create(
            event=made[WebhookEvent],
            endpoint=made[WebhookEndpoint],
            kind="dossier.paid",
            state=DeliveryState.FAILED,
            trouble="status",
            status=500,
            attempts=10,
            response=word,
            request_headers={"webhook-id": word},
        ),
    }
