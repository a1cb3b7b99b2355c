"""What the firm does with the mission orders of an order."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.access_mission import access_mission
from extranet.access_order import access_order
from extranet.actions.mission import make_mission, remind_mission, set_mission_reminders, withdraw_mission
from extranet.actions.mission_sign import sign_mission_on_paper
from extranet.enums_mission import MissionState
from extranet.forms.mission import MissionPaperForm, MissionWithdrawForm
from extranet.queries.mission_proof import check_proof
from extranet.views.common import visit_of
from kernel.errors import DomainError, OutsideServiceError
from storage.errors import StorageUnavailable
from storage.uploads import raise_upload_error


@require_POST
@for_permission(Permission.ORDERS)
def mission_make(request: HttpRequest, code: str) -> HttpResponse:
    """Makes an order's mission order and mails it to who orders."""
    user = current_user(request)
    order = access_order(user, code)
    try:
        mission = make_mission(order, user=user)
    except (DomainError, OutsideServiceError) as error:
        messages.error(request, str(getattr(error, "message", error)))
    except FileNotFoundError:
        messages.error(request, _("The PDF of your model is no longer in the store: send it again in the settings."))
    else:
        text = _("The mission order is made and was sent to %(email)s.")
        if not mission.email:
            text = _("The mission order is made. The order has no e-mail address: print it, or write the address.")
        messages.success(request, text % {"email": mission.email} if mission.email else text)
    return _back(code)


@require_POST
@for_permission(Permission.ORDERS)
def mission_remind(request: HttpRequest, code: str, mission_code: str) -> HttpResponse:
    """Mails the link once more."""
    user = current_user(request)
    mission = access_mission(user, code, mission_code)
    try:
        sent = remind_mission(mission, user=user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("A reminder leaves for %(email)s.") % {"email": sent.email})
    return _back(code)


@require_POST
@for_permission(Permission.ORDERS)
def mission_reminders(request: HttpRequest, code: str, mission_code: str) -> HttpResponse:
    """Stops the reminders of a mission order (`stop` is 1), or has them go on."""
    mission = access_mission(current_user(request), code, mission_code)
    stopped = request.POST.get("stop") == "1"
    set_mission_reminders(mission, stopped=stopped)
    text = _("It is no longer reminded of by itself.") if stopped else _("It is reminded of again.")
    messages.success(request, text)
    return _back(code)


@require_POST
@for_permission(Permission.ORDERS)
def mission_withdraw(request: HttpRequest, code: str, mission_code: str) -> HttpResponse:
    """Withdraws a mission order that was not signed yet."""
    user = current_user(request)
    mission = access_mission(user, code, mission_code)
    form = MissionWithdrawForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The reason is too long."))
        return _back(code)
    try:
        withdraw_mission(mission, reason=form.cleaned_data["reason"], user=user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The mission order is withdrawn: nobody can sign it any more."))
    return _back(code)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.ORDERS)
def mission_paper(request: HttpRequest, code: str, mission_code: str) -> HttpResponse:
    """Returns the form of a scan of what was signed on paper, or takes it."""
    user = current_user(request)
    mission = access_mission(user, code, mission_code)
    if not mission.is_open:
        messages.info(request, _("This mission order waits for no signature any more."))
        return _back(code)
    form = MissionPaperForm(initial={"name": mission.order.orderer_name})
    if request.method == "POST":
        try:
            raise_upload_error(request)
            form = MissionPaperForm(request.POST, request.FILES)
            if form.is_valid():
                name, scan = form.cleaned_data["name"], form.cleaned_data["file"]
                sign_mission_on_paper(mission, scan, name=name, user=user, visit=visit_of(request))
                messages.success(request, _("The scan is kept as the signed mission order."))
                return _back(code)
        except (DomainError, OutsideServiceError) as error:
            form = form if form.is_bound else MissionPaperForm(request.POST)
            form.full_clean()
            form.errors.pop("file", None)
            form.add_error("file", str(getattr(error, "message", error)))
    context = {"form": form, "mission": mission, "order": mission.order, "nav": "orders"}
    return render(request, "extranet/office/mission_paper.html", context, status=422 if form.is_bound else 200)


@require_safe
@for_permission(Permission.ORDERS)
def mission_proof(request: HttpRequest, code: str, mission_code: str) -> HttpResponse:
    """Returns the proof of a signature: its particulars, and whether all digests are still right."""
    mission = access_mission(current_user(request), code, mission_code)
    if mission.state != MissionState.SIGNED:
        return _back(code)
    check, trouble = None, ""
    try:
        check = check_proof(mission)
    except StorageUnavailable as error:
        trouble = str(error.message)
    context = {
        "mission": mission,
        "order": mission.order,
        "signature": mission.signature,
        "check": check,
        "trouble": trouble,
        "nav": "orders",
    }
    return render(request, "extranet/office/mission_proof.html", context, status=503 if trouble else 200)


def _back(code: str) -> HttpResponse:
    response = redirect("order-detail", code=code)
    response["Location"] += "#odm"
    return response
