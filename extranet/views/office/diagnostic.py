"""Diagnostics of a dossier, as the firm enters them."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import current_user, for_permission
from accounts.models import Permission, User
from extranet.access import access_dossier
from extranet.actions.diagnostic import (
    FIELDS,
    add_diagnostics,
    delete_diagnostic,
    edit_diagnostic,
    move_diagnostic,
)
from extranet.forms.diagnostic import DiagnosticForm, DiagnosticsForm
from extranet.models import Diagnostic
from extranet.rules import looks_like_ademe_number


@require_http_methods(["GET", "POST"])
@for_permission(Permission.DOSSIERS)
def diagnostics_add(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the form that adds diagnostics, or adds them; a single one is then opened to be filled in."""
    user = current_user(request)
    dossier = access_dossier(user, code)
    form = DiagnosticsForm(
        request.POST if request.method == "POST" else None, initial={"performed_on": dossier.visited_on}
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        added = add_diagnostics(dossier, kinds=data["kinds"], performed_on=data["performed_on"], user=user)
        if len(added) == 1:
            return redirect("diagnostic-edit", code=code, diagnostic_code=added[0].code)
        text = ngettext("%(count)d diagnostic was added.", "%(count)d diagnostics were added.", len(added))
        messages.success(request, text % {"count": len(added)})
        return _back(code)
    context = {"form": form, "dossier": dossier, "nav": "dossiers"}
    return render(request, "extranet/office/diagnostics_add.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.DOSSIERS)
def diagnostic_edit(request: HttpRequest, code: str, diagnostic_code: str) -> HttpResponse:
    """Returns the form of a diagnostic, or saves it; an ADEME number of an unusual shape is kept, and told."""
    user = current_user(request)
    diagnostic = _access(user, code, diagnostic_code)
    form = DiagnosticForm(
        request.POST if request.method == "POST" else None, initial=DiagnosticForm.initial_of(diagnostic)
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        edit_diagnostic(
            diagnostic,
            values={name: data[name] for name in FIELDS},
            expiry_by_hand=data["expiry_by_hand"],
            expires_on=data["expires_on"],
            user=user,
        )
        messages.success(request, _("Saved."))
        if data["ademe_number"] and not looks_like_ademe_number(data["ademe_number"]):
            text = _(
                "“%(number)s” does not look like an ADEME number (13 characters, such as 2675E0113306A): check it."
            )
            messages.warning(request, text % {"number": data["ademe_number"]})
        return _back(code)
    context = {"form": form, "diagnostic": diagnostic, "dossier": diagnostic.dossier, "nav": "dossiers"}
    return render(request, "extranet/office/diagnostic_edit.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_permission(Permission.DOSSIERS)
def diagnostic_delete(request: HttpRequest, code: str, diagnostic_code: str) -> HttpResponse:
    """Takes a diagnostic out of its dossier."""
    user = current_user(request)
    diagnostic = _access(user, code, diagnostic_code)
    delete_diagnostic(diagnostic, user=user)
    messages.success(request, _("“%(name)s” was taken out of the dossier.") % {"name": diagnostic})
    return _back(code)


@require_POST
@for_permission(Permission.DOSSIERS)
def diagnostic_move(request: HttpRequest, code: str, diagnostic_code: str) -> HttpResponse:
    """Moves a diagnostic one place up or down."""
    move_diagnostic(_access(current_user(request), code, diagnostic_code), up=request.POST.get("up") == "1")
    return _back(code)


def _access(user: User, code: str, diagnostic_code: str) -> Diagnostic:
    """Returns a diagnostic of a dossier that the person sees; raises Http404 otherwise."""
    dossier = access_dossier(user, code)
    found = Diagnostic.objects.filter(dossier=dossier, code=diagnostic_code).first()
    if found is None:
        raise Http404
    found.dossier = dossier
    return found


def _back(code: str) -> HttpResponse:
    return redirect(f"{reverse('dossier-detail', args=[code])}#conclusions")
