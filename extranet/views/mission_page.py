"""The page on which a mission order is read and signed, for an account and for a link."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from accounts.models import User
from extranet.actions.mission_sign import Signing, sign_mission
from extranet.enums_mission import MissionState
from extranet.forms.mission import MissionSignForm
from extranet.models import MissionOrder
from extranet.views.common import visit_of
from kernel.errors import DomainError
from storage.errors import StorageUnavailable


@dataclass(frozen=True)
class SigningDesk:
    """Where somebody reads and signs: by an account, or without one by a link."""

    user: User | None
    #: The shell's template.
    page: str
    page_url: str
    content_url: str
    download_url: str
    back_url: str = ""
    code_url: str = ""
    may_sign: bool = True


def signing_page(request: HttpRequest, mission: MissionOrder, desk: SigningDesk) -> HttpResponse:
    """Returns the page of a mission order, or signs it and returns to it."""
    if request.method != "POST":
        return mission_page(request, mission, desk)
    form = MissionSignForm(request.POST, mission=mission, asks_code=_asks_code(mission, desk))
    if not form.is_valid():
        return mission_page(request, mission, desk, form=form, status=422)
    signing = Signing(
        name=form.cleaned_data["name"],
        sha256=form.cleaned_data["sha256"],
        early_start=form.cleaned_data.get("early_start"),
        drawing=form.cleaned_data["drawing"],
        visit=visit_of(request),
        user=desk.user,
        code=form.cleaned_data.get("code", ""),
    )
    try:
        sign_mission(mission, signing)
    except DomainError as error:
        mission.refresh_from_db()
        form.add_error("code" if error.code in {"code_wrong", "code_gone"} else None, str(error))
        return mission_page(request, mission, desk, form=form, status=409 if not mission.is_open else 422)
    except StorageUnavailable as error:
        form.add_error(None, str(error.message))
        return mission_page(request, mission, desk, form=form, status=503)
    messages.success(request, _("Signed. You get the signed mission order by e-mail too."))
    return redirect(desk.page_url)


def mission_page(
    request: HttpRequest,
    mission: MissionOrder,
    desk: SigningDesk,
    *,
    form: MissionSignForm | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    """Returns the page of a mission order: to be signed, signed, or why neither."""
    asks_code = _asks_code(mission, desk)
    signature = mission.signature if mission.state == MissionState.SIGNED else None
    until = mission.code_expires_at
    context: dict[str, Any] = {
        "mission": mission,
        "order": mission.order,
        "signature": signature,
        "desk": desk,
        "shell": desk.page,
        "form": form or MissionSignForm(mission=mission, asks_code=asks_code, initial={"name": _name(mission, desk)}),
        "error": error,
        "asks_code": asks_code,
        "code_sent": bool(mission.code_hash and until and until > timezone.now()),
        "hint": _hint(mission.email),
        "can_sign": mission.is_open and desk.may_sign,
        "nav": "orders",
    }
    response = render(request, "extranet/mission.html", context, status=status)
    if desk.user is None:
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
    add_never_cache_headers(response)
    return response


def _asks_code(mission: MissionOrder, desk: SigningDesk) -> bool:
    return desk.user is None and mission.asks_code


def _name(mission: MissionOrder, desk: SigningDesk) -> str:
    return str(desk.user) if desk.user is not None else ""


def _hint(email: str) -> str:
    """Returns an address as its owner knows it again and nobody else: m•••@example.org."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}" if domain else ""
