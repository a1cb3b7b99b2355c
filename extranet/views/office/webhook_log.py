"""The log of deliveries: what was sent where, what was answered, and sending it anew."""

import json
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.access_webhook import access_delivery, access_webhook
from extranet.actions.webhook_delivery import MOST_REPLAYED, replay_delivery, replay_failed
from extranet.forms.webhook import ReplayForm
from extranet.models import WebhookEndpoint
from extranet.queries.webhook import DeliveryFilter, delivery_counts, delivery_page
from extranet.views.common import rows_per_page
from extranet.webhook_kinds import KINDS, PING, kind_label
from kernel.errors import DomainError

_PAGE = "extranet/office/webhook"


@require_safe
@for_permission(Permission.SETTINGS)
def webhook_deliveries(request: HttpRequest) -> HttpResponse:
    """Returns a page of the log; htmx gets the table alone."""
    wanted = DeliveryFilter.from_query(request.GET)
    page = delivery_page(wanted, page=request.GET.get("page"), size=rows_per_page(request))
    context: dict[str, Any] = {"page": page, "wanted": wanted, "nav": "settings"}
    htmx = bool(request.headers.get("HX-Request"))
    if not htmx:
        context |= {
            "states": delivery_counts(wanted),
            "webhooks": list(WebhookEndpoint.objects.all()),
            "kinds": [(key, kind_label(key)) for key in (*KINDS, PING.key)],
            "replay": ReplayForm(initial={"since": timezone.now() - timedelta(days=1)}),
        }
    response = render(request, f"{_PAGE}/{'delivery_rows' if htmx else 'deliveries'}.html", context)
    response["Vary"] = "HX-Request, Cookie"
    return response


@require_safe
@for_permission(Permission.SETTINGS)
def webhook_delivery(request: HttpRequest, delivery_code: str) -> HttpResponse:
    """Returns what was sent of an event to a webhook, and what was answered."""
    delivery = access_delivery(current_user(request), delivery_code)
    context = {
        "delivery": delivery,
        "webhook": delivery.endpoint,
        "body": json.dumps(delivery.event.payload, ensure_ascii=False, indent=2),
        "is_trial": delivery.kind == PING.key,
        "nav": "settings",
    }
    return render(request, f"{_PAGE}/delivery.html", context)


@require_POST
@for_permission(Permission.SETTINGS)
def webhook_replay(request: HttpRequest, delivery_code: str) -> HttpResponse:
    """Sends an event to a webhook anew."""
    delivery = access_delivery(current_user(request), delivery_code)
    try:
        replay_delivery(delivery)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The event is on its way again."))
    return redirect("webhook-delivery", delivery_code=delivery.code)


@require_POST
@for_permission(Permission.SETTINGS)
def webhook_replay_failed(request: HttpRequest) -> HttpResponse:
    """Sends anew all that failed since a moment, to one webhook (`webhook`) or all of them."""
    code = request.POST.get("webhook", "")
    endpoint = access_webhook(current_user(request), code) if code else None
    form = ReplayForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say since when: a day and a time."))
        return redirect("webhook-deliveries")
    count = replay_failed(endpoint=endpoint, since=form.cleaned_data["since"])
    if not count:
        messages.info(request, _("Since then nothing failed at a webhook that is switched on."))
    else:
        text = ngettext("%(count)d event is on its way again.", "%(count)d events are on their way again.", count)
        messages.success(request, text % {"count": count})
    if count == MOST_REPLAYED:
        messages.info(request, _("There may be more: press again in a while."))
    return redirect("webhook-deliveries")
