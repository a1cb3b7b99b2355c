"""Dossiers, as the firm publishes and edits them."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_admins, for_permission
from accounts.models import Permission
from extranet.access import access_dossier
from extranet.actions.dossier import FIELDS, create_dossier, edit_dossier
from extranet.actions.dossier_access import notify_clients
from extranet.forms.dossier import DossierEditForm, DossierForm
from extranet.models import Contact, DossierTrace
from extranet.queries.contact import contacts_offered
from extranet.views.common import back_to, firm_of, rows_per_page
from extranet.views.office.file import posted_files, uploads_shown, warn_of_twins
from kernel.errors import DomainError
from kernel.pagination import paginate
from tenants.links import firm_url


@require_http_methods(["GET", "POST"])
@for_permission(Permission.DOSSIERS)
def dossier_new(request: HttpRequest) -> HttpResponse:
    """Returns the form of a new dossier, or publishes it with the uploads that it names."""
    user = current_user(request)
    form = DossierForm(request.POST or None)
    chosen = request.POST.getlist("contacts")
    uploads = posted_files(request)
    status = 200
    if request.method == "POST":
        status = 422
        try:
            files = uploads.inputs(request.POST, user)
            if form.is_valid():
                published = create_dossier(
                    title=form.cleaned_data["title"],
                    comments=form.cleaned_data["comments"],
                    details=form.cleaned_data,
                    files=files,
                    contacts=list(Contact.objects.filter(code__in=chosen).select_related("user")),
                    user=user,
                )
                if request.POST.get("notify") and chosen:
                    _notify(request, published.dossier.code)
                else:
                    messages.success(request, _("The dossier is published."))
                warn_of_twins(request, published.twins)
                return redirect("dossier-detail", code=published.dossier.code)
        except DomainError as error:
            form.add_error(None, str(error))
    context = {
        "form": form,
        "uploads": uploads_shown(request, uploads, user),
        "contacts": contacts_offered(chosen),
        "chosen": chosen,
        "upload_max_bytes": settings.UPLOAD_MAX_BYTES,
        "nav": "dossiers",
    }
    return render(request, "extranet/office/dossier_new.html", context, status=status)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.DOSSIERS)
def dossier_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the form of a dossier, or saves it; what a colleague saved meanwhile is shown beside, never lost."""
    user = current_user(request)
    dossier = access_dossier(user, code)
    initial = {name: getattr(dossier, name) for name in FIELDS} | {"version": dossier.version}
    form = DossierEditForm(request.POST or None, initial=initial)
    conflict = False
    if request.method == "POST" and form.is_valid():
        try:
            edit_dossier(dossier, user=user, **form.cleaned_data)
        except DomainError as error:
            conflict = True
            dossier.refresh_from_db()
            # saving again is then a decision: the next version is the one shown beside
            form.data = form.data.copy()  # type: ignore[attr-defined]
            form.data["version"] = str(dossier.version)  # type: ignore[index]
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("dossier-detail", code=code)
    context = {"form": form, "dossier": dossier, "conflict": conflict, "nav": "dossiers"}
    status = 409 if conflict else 422 if form.is_bound else 200
    return render(request, "extranet/office/dossier_edit.html", context, status=status)


@require_safe
@for_admins
def trace_list(request: HttpRequest) -> HttpResponse:
    """Returns the traces of the dossiers that were deleted for good, the last first."""
    traces = DossierTrace.objects.order_by("-purged_at", "-id")
    page = paginate(traces, page=request.GET.get("page"), size=rows_per_page(request))
    return render(request, "extranet/office/trace_list.html", {"page": page, "nav": "dossiers"})


@require_POST
@for_permission(Permission.DOSSIERS)
def dossier_notify(request: HttpRequest, code: str) -> HttpResponse:
    """Tells the contacts who have access, by mail, that the dossier is available."""
    _notify(request, code)
    return back_to(request, reverse("dossier-detail", args=[code]))


def _notify(request: HttpRequest, code: str) -> None:
    user = current_user(request)
    dossier = access_dossier(user, code)
    link = firm_url(firm_of(request), reverse("dossier-detail", args=[code]))
    try:
        count = notify_clients(dossier, user=user, link=link, by_sms=request.POST.get("sms") == "1")
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            ngettext("%(count)d contact was notified by e-mail.", "%(count)d contacts were notified by e-mail.", count)
            % {"count": count},
        )
