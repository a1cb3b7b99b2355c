"""What webhooks were told in a test, in the current firm, which has one address."""

import json
from typing import Any

from extranet.models import WebhookDelivery, WebhookEvent
from extranet.webhook_kinds import KINDS


def told() -> list[dict[str, Any]]:
    """Returns the messages so far, and forgets them."""
    messages = [json.loads(body) for body in WebhookEvent.objects.order_by("pk").values_list("body", flat=True)]
    assert WebhookDelivery.objects.count() == len(messages)
    WebhookEvent.objects.all().delete()
    for one in messages:
        assert set(one) == {"type", "timestamp", "data"}
        assert set(one["data"]) == set(KINDS[one["type"]].sample)
    return messages


def kinds() -> list[str]:
    return sorted(one["type"] for one in told())


def data_of(kind: str) -> dict[str, Any]:
    (found,) = [one["data"] for one in told() if one["type"] == kind]
    return dict(found)
