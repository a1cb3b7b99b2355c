"""Mission orders, as those with an account read and sign them."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import current_user, for_clients_or
from accounts.models import Permission, User
from extranet.access_mission import access_mission
from extranet.models import MissionOrder
from extranet.views.mission_page import SigningDesk, mission_page, signing_page
from extranet.views.portal.order import desk_of
from storage.delivery import send_file


def signing_desk(user: User, mission: MissionOrder) -> SigningDesk:
    """Returns where somebody with an account reads a mission order; the firm's people cannot sign it."""
    arguments = [mission.order.code, mission.code]
    return SigningDesk(
        user=user,
        page=desk_of(user).page,
        page_url=reverse("mission", args=arguments),
        content_url=reverse("mission-content", args=arguments),
        download_url=reverse("mission-download", args=arguments),
        back_url=reverse("order-detail", args=[mission.order.code]),
        may_sign=not user.is_firm_staff,
    )


@require_http_methods(["GET", "POST"])
@for_clients_or(Permission.ORDERS)
def mission_detail(request: HttpRequest, code: str, mission_code: str) -> HttpResponse:
    """Returns the page on which a mission order is read and signed, or signs it."""
    user = current_user(request)
    mission = access_mission(user, code, mission_code)
    desk = signing_desk(user, mission)
    if request.method == "POST" and not desk.may_sign:
        return mission_page(request, mission, desk, status=403)
    return signing_page(request, mission, desk)


@require_safe
@for_clients_or(Permission.ORDERS)
def mission_content(request: HttpRequest, code: str, mission_code: str) -> HttpResponseBase:
    """Returns the PDF to be shown in the page: signed, once it is."""
    return send_mission(request, access_mission(current_user(request), code, mission_code), inline=True)


@require_safe
@for_clients_or(Permission.ORDERS)
def mission_download(request: HttpRequest, code: str, mission_code: str) -> HttpResponseBase:
    """Returns the PDF as a download: signed, once it is."""
    return send_mission(request, access_mission(current_user(request), code, mission_code))


def send_mission(request: HttpRequest, mission: MissionOrder, *, inline: bool = False) -> HttpResponseBase:
    """Returns the bytes that a mission order consists of; with `shown=1` those before the signature."""
    signature = getattr(mission, "signature", None)
    stored = mission.stored if signature is None or request.GET.get("shown") == "1" else signature.stored
    return send_file(request, stored, name=stored.name, inline=inline)
