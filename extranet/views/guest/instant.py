"""The page of prices for everybody: alone at a short address, or in a frame on the firm's own site.

It keeps nothing: cookies do not work in the frame of another site, so the answers travel in the address.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from extranet.forms.instant import InstantForm
from extranet.queries.quote import quote_settings
from extranet.queries.quote_price import instant_price
from extranet.views.guest.order import for_visitors
from kernel.ratelimit import consume
from tenants.links import here_url

#: How many prices one address may ask for in a minute: the form asks at each change.
ASK_LIMIT, ASK_SECONDS = 60, 60


@require_safe
@for_visitors
def instant(request: HttpRequest) -> HttpResponse:
    """Returns the questions and, once they are answered, what is due and what it costs."""
    return _page(request, base="extranet/guest/order_base.html", framed=False)


@require_safe
@xframe_options_exempt
@for_visitors
def instant_frame(request: HttpRequest) -> HttpResponse:
    """Returns the same for a frame, which only the sites that the firm lists may show."""
    response = _page(request, base="extranet/guest/instant_frame.html", framed=True)
    ancestors = quote_settings().sites or settings.SECURE_CSP["frame-ancestors"]
    response._csp_config = settings.SECURE_CSP | {"frame-ancestors": ancestors}  # type: ignore[attr-defined]
    return response


def _page(request: HttpRequest, *, base: str, framed: bool) -> HttpResponse:
    asked = "asked" in request.GET
    form = InstantForm(request.GET if asked else None)
    context: dict[str, Any] = {"form": form, "shell": base, "framed": framed}
    status = 200
    if asked and not consume(request, "instant-price", limit=ASK_LIMIT, seconds=ASK_SECONDS):
        context["error"] = _("Too many questions came from your connection: try again in a minute.")
        status = 429
    elif asked and form.is_valid():
        context["instant"] = instant_price(form.order)
        context["shows_prices"] = quote_settings().show_prices
        context["order_url"] = f"{reverse('order-visitor-new')}?{form.query}"
    elif asked:
        status = 422
    part = "_result" if request.headers.get("HX-Request") else ""
    # htmx leaves a page alone that says 429
    response = render(
        request, f"extranet/guest/instant{part}.html", context, status=200 if part and status == 429 else status
    )
    response["Vary"] = "HX-Request, Cookie"
    return response


def instant_url() -> str:
    """Returns the full address of the page of prices."""
    return here_url("instant")


def frame_code() -> str:
    """Returns what a firm puts into its own site: text, that a page escapes once more."""
    address = here_url("instant-frame")
    title = escape(_("Price of your diagnostics"))
    return (
        f'<iframe src="{escape(address)}" title="{title}" width="100%" height="900" style="border:0" loading="lazy">'
        "</iframe>"
    )
