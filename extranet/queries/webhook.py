"""Webhooks with their health, and the log of deliveries: what it is filtered by, and a page of it."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

from django.db.models import Count, QuerySet
from django.http import QueryDict
from django.utils import timezone

from extranet.enums_webhook import DeliveryState
from extranet.models import WebhookDelivery, WebhookEndpoint
from extranet.webhook_kinds import KINDS, PING
from kernel.filters import AddressFilter, StateCount, count_states, read_address, within_days
from kernel.pagination import Page, paginate


@dataclass(frozen=True)
class DeliveryFilter(AddressFilter):
    """What is wanted of the log; each field is a parameter of the address, empty when it does not matter."""

    MORE: ClassVar[tuple[str, ...]] = ("webhook", "kind", "since", "until")

    state: str = ""
    #: The code of an address.
    webhook: str = ""
    kind: str = ""
    since: str = ""
    until: str = ""
    #: What was asked for and is no filter: told, never silently applied.
    wrong: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def from_query(cls, query: QueryDict) -> "DeliveryFilter":
        """Returns the filter that an address asks for; what is no value of a field is left out and named in `wrong`."""
        closed = {"state": {*DeliveryState.values}, "kind": {*KINDS, PING.key}}
        asked, wrong = read_address(query, cls.names(), closed=closed, days=("since", "until"))
        return cls(**asked, wrong=wrong)


@dataclass(frozen=True)
class ShownWebhook:
    """A webhook and what of the last day's events reached it."""

    endpoint: WebhookEndpoint
    delivered: int
    failed: int
    waiting: int


def shown_webhooks() -> list[ShownWebhook]:
    """Returns all webhooks with the last day's deliveries counted, trials apart: two queries."""
    counted: dict[tuple[int, str], int] = {}
    lately = WebhookDelivery.objects.filter(created_at__gte=timezone.now() - timedelta(days=1)).exclude(kind=PING.key)
    for endpoint_id, state, count in lately.order_by().values_list("endpoint_id", "state").annotate(count=Count("pk")):
        counted[endpoint_id, state] = count
    return [
        ShownWebhook(
            endpoint,
            *(
                counted.get((endpoint.pk, state), 0)
                for state in (DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.WAITING)
            ),
        )
        for endpoint in WebhookEndpoint.objects.all()
    ]


def filtered_deliveries(wanted: DeliveryFilter) -> QuerySet[WebhookDelivery]:
    """Returns the deliveries that a filter lets through, the last first."""
    found = WebhookDelivery.objects.all()
    if wanted.state:
        found = found.filter(state=wanted.state)
    if wanted.webhook:
        found = found.filter(endpoint=WebhookEndpoint.objects.filter(code=wanted.webhook)[:1])
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    found = found.filter(within_days("created_at", since=wanted.since, until=wanted.until))
    return found.order_by("-created_at", "-id")


def delivery_page(wanted: DeliveryFilter, *, page: str | None, size: int) -> Page[WebhookDelivery]:
    """Returns a page of the log with each delivery's webhook, without what was sent and answered: two queries."""
    found = filtered_deliveries(wanted).select_related("endpoint").defer("request_headers", "response")
    return paginate(found, page=page, size=size)


def last_deliveries(endpoint: WebhookEndpoint, *, count: int = 8) -> list[WebhookDelivery]:
    """Returns the last deliveries of a webhook: one query."""
    of_it = WebhookDelivery.objects.filter(endpoint=endpoint).defer("request_headers", "response")
    return list(of_it.order_by("-created_at", "-id")[:count])


def delivery_counts(wanted: DeliveryFilter) -> list[StateCount]:
    """Returns how many deliveries are in each state, of one webhook where the filter names it: one query."""
    found = filtered_deliveries(DeliveryFilter(webhook=wanted.webhook))
    return count_states(found, DeliveryState.choices)
