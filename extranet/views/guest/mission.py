"""Mission orders, as whoever has the link of an e-mail reads and signs them."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from extranet.access_mission import access_mission_by_link
from extranet.actions.mission_sign import send_mission_code
from extranet.enums_mission import MissionState
from extranet.models import MissionOrder
from extranet.queries.order import order_token
from extranet.views.mission_page import SigningDesk, mission_page, signing_page
from extranet.views.portal.mission import send_mission
from kernel.errors import DomainError
from kernel.ratelimit import consume

#: What one address may do in an hour.
CODES, ATTEMPTS, SECONDS = 10, 30, 3600


@require_http_methods(["GET", "POST"])
def guest_mission(request: HttpRequest, token: str) -> HttpResponse:
    """Returns the page on which a mission order is read and signed, or signs it; a GET alone changes nothing."""
    mission = access_mission_by_link(token)
    desk = _desk(mission, token)
    if request.method == "POST" and not consume(
        request, f"mission-sign:{mission.code}", limit=ATTEMPTS, seconds=SECONDS
    ):
        return mission_page(request, mission, desk, error=_("Too many attempts. Try again in an hour."), status=429)
    return signing_page(request, mission, desk)


@require_POST
def guest_mission_code(request: HttpRequest, token: str) -> HttpResponse:
    """Sends the code to the address that the link was mailed to."""
    mission = access_mission_by_link(token)
    desk = _desk(mission, token)
    if not mission.asks_code:
        return redirect(desk.page_url)
    if not consume(request, f"mission-code:{mission.code}", limit=CODES, seconds=SECONDS):
        text = _("Too many codes were asked for. Try again in an hour.")
        return mission_page(request, mission, desk, error=text, status=429)
    try:
        send_mission_code(mission)
    except DomainError as error:
        mission.refresh_from_db()
        status = 429 if error.code == "code_just_sent" else 409
        return mission_page(request, mission, desk, error=str(error), status=status)
    return redirect(f"{desk.page_url}#sign")


@require_safe
def guest_mission_content(request: HttpRequest, token: str) -> HttpResponseBase:
    """Returns the PDF to be shown in the page."""
    return send_mission(request, _readable(token), inline=True)


@require_safe
def guest_mission_download(request: HttpRequest, token: str) -> HttpResponseBase:
    """Returns the PDF as a download."""
    return send_mission(request, _readable(token))


def _readable(token: str) -> MissionOrder:
    mission = access_mission_by_link(token)
    if mission.state not in {MissionState.TO_SIGN, MissionState.SIGNED}:
        raise Http404
    return mission


def _desk(mission: MissionOrder, token: str) -> SigningDesk:
    return SigningDesk(
        user=None,
        page="extranet/guest/order_base.html",
        page_url=reverse("guest-mission", args=[token]),
        content_url=reverse("guest-mission-content", args=[token]),
        download_url=reverse("guest-mission-download", args=[token]),
        back_url="" if mission.order.contact_id else reverse("order-visitor-follow", args=[order_token(mission.order)]),
        code_url=reverse("guest-mission-code", args=[token]),
    )
