"""The doors to one webhook and to one delivery; what is not there is a 404."""

from django.http import Http404

from accounts.models import Permission, User
from extranet.models import WebhookDelivery, WebhookEndpoint


def access_webhook(user: User, code: str) -> WebhookEndpoint:
    """Returns a webhook of the firm; raises Http404 for whoever may not change its settings."""
    found = WebhookEndpoint.objects.filter(code=code).first() if user.may(Permission.SETTINGS) else None
    if found is None:
        raise Http404
    return found


def access_delivery(user: User, code: str) -> WebhookDelivery:
    """Returns what became of an event at a webhook, with both; raises Http404 as access_webhook does."""
    deliveries = WebhookDelivery.objects.select_related("endpoint", "event")
    found = deliveries.filter(code=code).first() if user.may(Permission.SETTINGS) else None
    if found is None:
        raise Http404
    return found
