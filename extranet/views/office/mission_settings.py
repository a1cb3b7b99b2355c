"""What a firm's mission orders are made of, and when: for its administrators."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.actions.mission_model import (
    MAX_BYTES,
    TEXT_FIELDS,
    assign_fields,
    change_mission_model,
    restore_mission_model,
    use_own_pages,
    use_uploaded_model,
)
from extranet.actions.setting_change import save_settings
from extranet.enums_mission import MissionDatum, MissionModelKind
from extranet.exporters.mission import empty_fields, mission_pdf
from extranet.forms.mission import MissionFieldsForm, MissionPagesForm, MissionRulesForm, MissionUploadForm
from extranet.models import MissionModel, Order
from extranet.queries.mission import current_model, earlier_models
from extranet.queries.mission_data import sample_order
from extranet.queries.settings import portal_settings
from kernel.errors import DomainError, OutsideServiceError
from kernel.http import content_disposition
from storage.errors import StorageUnavailable
from storage.uploads import raise_upload_error


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def settings_mission(request: HttpRequest) -> HttpResponse:
    """Returns the page of mission orders, or saves when they are made, signed and reminded of."""
    form = MissionRulesForm(request.POST if request.method == "POST" else None, instance=portal_settings())
    if request.method == "POST" and form.is_valid():
        save_settings(form, page="settings-mission", by=current_user(request))
        messages.success(request, _("Saved."))
        return redirect("settings-mission")
    return _page(request, rules_form=form, status=422 if form.is_bound else 200)


def _page(
    request: HttpRequest,
    *,
    rules_form: MissionRulesForm | None = None,
    pages_form: MissionPagesForm | None = None,
    upload_form: MissionUploadForm | None = None,
    status: int = 200,
) -> HttpResponse:
    model = current_model()
    context: dict[str, Any] = {
        "model": model,
        "rules_form": rules_form or MissionRulesForm(instance=portal_settings()),
        "pages_form": pages_form or MissionPagesForm(instance=model),
        "upload_form": upload_form or MissionUploadForm(),
        "empty_fields": empty_fields(model) if model.is_form else [],
        "earlier": earlier_models(),
        "has_orders": Order.objects.exclude(state="draft").exists(),
        "tags": [("{{ " + value + " }}", label) for value, label in MissionDatum.choices],
        "max_bytes": MAX_BYTES,
        "nav": "settings",
    }
    return render(request, "extranet/office/settings_mission.html", context, status=status)


@require_POST
@for_permission(Permission.SETTINGS)
def settings_mission_pages(request: HttpRequest) -> HttpResponse:
    """Saves our pages' sections and texts."""
    model = current_model()
    before = {name: getattr(model, name) for name in TEXT_FIELDS}
    form = MissionPagesForm(request.POST, instance=model)
    if not form.is_valid():
        return _page(request, pages_form=form, status=422)
    values = {name: form.cleaned_data[name] for name in TEXT_FIELDS}
    if values != before or not model.is_saved:
        change_mission_model(user=current_user(request), **values)
    messages.success(request, _("Saved: the next mission orders are made so."))
    return redirect("settings-mission")


@require_POST
@for_permission(Permission.SETTINGS)
def settings_mission_upload(request: HttpRequest) -> HttpResponse:
    """Takes the firm's own PDF."""
    try:
        raise_upload_error(request)
    except (DomainError, StorageUnavailable) as error:
        form = MissionUploadForm(initial={"kind": request.POST.get("kind", "")})
        messages.error(request, str(getattr(error, "message", error)))
        return _page(request, upload_form=form, status=422)
    form = MissionUploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, upload_form=form, status=422)
    kind = MissionModelKind(form.cleaned_data["kind"])
    try:
        model = use_uploaded_model(form.cleaned_data["file"], kind=kind, user=current_user(request))
    except (DomainError, OutsideServiceError) as error:
        form.add_error("file", str(getattr(error, "message", error)))
        return _page(request, upload_form=form, status=422)
    if model.is_form:
        messages.success(request, _("Your form is there: check what its fields show."))
        return redirect("settings-mission-fields")
    messages.success(request, _("Saved: the next mission orders are made so."))
    return redirect("settings-mission")


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def settings_mission_fields(request: HttpRequest) -> HttpResponse:
    """Returns the fields of the firm's PDF with what each shows, or saves that."""
    model = current_model()
    if not model.is_form:
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = MissionFieldsForm(data, fields=model.fields, assigned=model.assigned)
    if request.method == "POST" and form.is_valid():
        try:
            assign_fields(form.assigned(), user=current_user(request))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved: the next mission orders are made so."))
            return redirect("settings-mission")
    rows = list(zip(model.fields, [form[name] for name in form.names], strict=True))
    context = {"form": form, "rows": rows, "empty_fields": empty_fields(model), "model": model, "nav": "settings"}
    return render(request, "extranet/office/mission_fields.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_permission(Permission.SETTINGS)
def settings_mission_ours(request: HttpRequest) -> HttpResponse:
    """Goes back to our pages."""
    use_own_pages(user=current_user(request))
    messages.success(request, _("The next mission orders are made of our pages."))
    return redirect("settings-mission")


@require_POST
@for_permission(Permission.SETTINGS)
def mission_model_restore(request: HttpRequest, code: str) -> HttpResponse:
    """Takes an earlier version up again."""
    model = restore_mission_model(_model(code), user=current_user(request))
    messages.success(
        request, _("The earlier version is in use again, as version %(number)d.") % {"number": model.version}
    )
    return redirect("settings-mission")


@require_safe
@for_permission(Permission.SETTINGS)
def mission_preview(request: HttpRequest) -> HttpResponse:
    """Returns the mission order of a sample as a PDF, or with `order=last` of the last order that came."""
    return _preview(request, current_model())


@require_safe
@for_permission(Permission.SETTINGS)
def mission_model_preview(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the mission order of the sample by an earlier version."""
    return _preview(request, _model(code))


@require_safe
@for_permission(Permission.SETTINGS)
def mission_preview_read(request: HttpRequest) -> HttpResponse:
    """Returns the page on which a preview is read."""
    last = request.GET.get("order") == "last"
    return render(request, "extranet/office/mission_preview.html", {"last": last, "nav": "settings"})


def _preview(request: HttpRequest, model: MissionModel) -> HttpResponse:
    order = None
    if request.GET.get("order") == "last":
        order = Order.objects.select_related("contact").exclude(state="draft").order_by("-sent_at", "-id").first()
    try:
        data = mission_pdf(order or sample_order(), model, number=_("PREVIEW"))
    except (DomainError, StorageUnavailable) as error:
        return HttpResponse(str(getattr(error, "message", error)), status=503, content_type="text/plain; charset=utf-8")
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition(_("Preview of the mission order.pdf"), inline=True)
    response["Cache-Control"] = "no-store, private"
    return response


def _model(code: str) -> MissionModel:
    found = MissionModel.objects.select_related("stored").filter(code=code).first()
    if found is None:
        raise Http404
    return found
