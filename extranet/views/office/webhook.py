"""Webhooks in the settings: set up, tried, their secret renewed, switched off."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.access_webhook import access_webhook
from extranet.actions.webhook import (
    create_endpoint,
    delete_endpoint,
    edit_endpoint,
    rotate_secret,
    switch_endpoint,
)
from extranet.actions.webhook_delivery import send_ping
from extranet.enums_webhook import DeliveryState
from extranet.forms.webhook import WebhookForm
from extranet.models import WebhookEndpoint
from extranet.queries.webhook import last_deliveries, shown_webhooks
from extranet.webhook_kinds import KINDS, grouped, kind_label
from kernel.errors import DomainError
from kernel.ratelimit import consume

_PAGE = "extranet/office/webhook"
#: How often somebody may have an address asked, so that nobody makes us knock at strangers' doors.
ASKS, ASK_SECONDS = 20, 600
_OF_THE_EVENTS = {"unknown_event"}
_OF_THE_FORM = {"too_many"}


@require_safe
@for_permission(Permission.SETTINGS)
def webhook_list(request: HttpRequest) -> HttpResponse:
    """Returns the webhooks with their health."""
    return render(request, f"{_PAGE}/list.html", {"webhooks": shown_webhooks(), "nav": "settings"})


@require_safe
@for_permission(Permission.SETTINGS)
def webhook_guide(request: HttpRequest) -> HttpResponse:
    """Returns what is sent, and how a receiver checks that we sent it."""
    return render(request, f"{_PAGE}/guide.html", {"groups": grouped(), "nav": "settings"})


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def webhook_new(request: HttpRequest) -> HttpResponse:
    """Returns the form of a new webhook, or makes it and shows its secret this once."""
    form = WebhookForm(request.POST if request.method == "POST" else None, initial={"kinds": list(KINDS)})
    if request.method == "POST" and form.is_valid():
        if not consume(request, "webhook", limit=ASKS, seconds=ASK_SECONDS):
            form.add_error(None, _("Too many tries. Please wait ten minutes."))
            return _form_page(request, form, status=429)
        try:
            endpoint, secret = create_endpoint(**form.cleaned_data, by=current_user(request))
        except DomainError as error:
            _add_error(form, error)
        else:
            return _detail_page(request, endpoint, secret=secret, is_new=True)
    return _form_page(request, form, status=422 if form.errors else 200)


@require_safe
@for_permission(Permission.SETTINGS)
def webhook_detail(request: HttpRequest, webhook_code: str) -> HttpResponse:
    """Returns a webhook with its health and its last deliveries."""
    return _detail_page(request, access_webhook(current_user(request), webhook_code))


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def webhook_edit(request: HttpRequest, webhook_code: str) -> HttpResponse:
    """Returns the form of a webhook, or saves it."""
    user = current_user(request)
    endpoint = access_webhook(user, webhook_code)
    form = WebhookForm(request.POST if request.method == "POST" else None, initial=WebhookForm.initial_of(endpoint))
    if request.method == "POST" and form.is_valid():
        if not consume(request, "webhook", limit=ASKS, seconds=ASK_SECONDS):
            form.add_error(None, _("Too many tries. Please wait ten minutes."))
            return _form_page(request, form, endpoint, status=429)
        try:
            edit_endpoint(endpoint, **form.cleaned_data, by=user)
        except DomainError as error:
            _add_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("webhook-detail", webhook_code=endpoint.code)
    return _form_page(request, form, endpoint, status=422 if form.errors else 200)


@require_POST
@for_permission(Permission.SETTINGS)
def webhook_test(request: HttpRequest, webhook_code: str) -> HttpResponse:
    """Sends a trial now, whether the webhook is switched on or not, and shows what was answered."""
    endpoint = access_webhook(current_user(request), webhook_code)
    if not consume(request, "webhook", limit=ASKS, seconds=ASK_SECONDS):
        messages.error(request, _("Too many tries. Please wait ten minutes."))
        return redirect("webhook-detail", webhook_code=endpoint.code)
    delivery = send_ping(endpoint)
    if delivery.state == DeliveryState.DELIVERED:
        messages.success(request, _("The test arrived: the address answered %(status)s.") % {"status": delivery.status})
    else:
        messages.error(request, _("The test did not arrive. %(why)s") % {"why": delivery.get_trouble_display()})
    return redirect("webhook-delivery", delivery_code=delivery.code)


@require_POST
@for_permission(Permission.SETTINGS)
def webhook_rotate(request: HttpRequest, webhook_code: str) -> HttpResponse:
    """Renews a webhook's secret and shows it this once."""
    user = current_user(request)
    endpoint, secret = rotate_secret(access_webhook(user, webhook_code), by=user)
    return _detail_page(request, endpoint, secret=secret)


@require_POST
@for_permission(Permission.SETTINGS)
def webhook_switch(request: HttpRequest, webhook_code: str) -> HttpResponse:
    """Switches a webhook on (`on`) or off."""
    user = current_user(request)
    endpoint = switch_endpoint(access_webhook(user, webhook_code), is_active=request.POST.get("on") == "1", by=user)
    text = _("The webhook is switched on.") if endpoint.is_active else _("The webhook is switched off.")
    messages.success(request, text)
    return redirect("webhook-detail", webhook_code=endpoint.code)


@require_POST
@for_permission(Permission.SETTINGS)
def webhook_delete(request: HttpRequest, webhook_code: str) -> HttpResponse:
    """Deletes a webhook with its log."""
    user = current_user(request)
    endpoint = access_webhook(user, webhook_code)
    delete_endpoint(endpoint, by=user)
    messages.success(request, _("The webhook “%(name)s” is deleted.") % {"name": endpoint})
    return redirect("webhook-list")


def _add_error(form: WebhookForm, error: DomainError) -> None:
    field = "kinds" if error.code in _OF_THE_EVENTS else None if error.code in _OF_THE_FORM else "url"
    form.add_error(field, str(error))


def _form_page(
    request: HttpRequest, form: WebhookForm, endpoint: WebhookEndpoint | None = None, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "webhook": endpoint, "nav": "settings"}
    return render(request, f"{_PAGE}/form.html", context, status=status)


def _detail_page(
    request: HttpRequest, endpoint: WebhookEndpoint, *, secret: str = "", is_new: bool = False
) -> HttpResponse:
    context: dict[str, Any] = {
        "webhook": endpoint,
        "kinds": [kind_label(kind) for kind in endpoint.kinds],
        "secret": secret,
        "is_new": is_new,
        "deliveries": last_deliveries(endpoint),
        "nav": "settings",
    }
    response = render(request, f"{_PAGE}/detail.html", context)
    if secret:
        response["Cache-Control"] = "no-store"
    return response
