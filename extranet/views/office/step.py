"""The steps of a dossier, ticked by the firm."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import current_user, for_permission
from accounts.models import Permission, User
from extranet.access import access_dossier
from extranet.actions.step import add_step, edit_step, remove_step, tick_step
from extranet.forms.settings import StepForm
from extranet.models import Dossier, DossierStep


@require_POST
@for_permission(Permission.DOSSIERS)
def step_tick(request: HttpRequest, code: str, step_code: str) -> HttpResponse:
    """Ticks a step (`done` = 1) or unticks it."""
    user = current_user(request)
    step = _access(user, code, step_code)
    tick_step(step, done=request.POST.get("done") == "1", user=user)
    return _answer(request, step.dossier)


@require_POST
@for_permission(Permission.DOSSIERS)
def step_add(request: HttpRequest, code: str) -> HttpResponse:
    """Adds a step to this dossier alone."""
    dossier = access_dossier(current_user(request), code)
    form = StepForm(request.POST)
    if form.is_valid():
        add_step(dossier, name=form.cleaned_data["name"], visibility=form.cleaned_data["visibility"])
        return _answer(request, dossier)
    return _answer(request, dossier, form=form)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.DOSSIERS)
def step_edit(request: HttpRequest, code: str, step_code: str) -> HttpResponse:
    """Returns the form of a step, or saves it."""
    step = _access(current_user(request), code, step_code)
    form = StepForm(
        request.POST if request.method == "POST" else None,
        initial={"name": step.name, "visibility": step.visibility},
    )
    if request.method == "POST" and form.is_valid():
        edit_step(step, name=form.cleaned_data["name"], visibility=form.cleaned_data["visibility"])
        messages.success(request, _("Saved."))
        return redirect(_anchor(code))
    context = {
        "form": form,
        "back": _anchor(code),
        "back_label": step.dossier.title,
        "nav": "dossiers",
    }
    return render(request, "extranet/office/step_edit.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_permission(Permission.DOSSIERS)
def step_remove(request: HttpRequest, code: str, step_code: str) -> HttpResponse:
    """Takes a step out of this dossier."""
    step = _access(current_user(request), code, step_code)
    remove_step(step)
    return _answer(request, step.dossier)


def _access(user: User, code: str, step_code: str) -> DossierStep:
    """Returns a step of a dossier that the person sees; raises Http404 otherwise."""
    dossier = access_dossier(user, code)
    found = DossierStep.objects.filter(dossier=dossier, code=step_code).first()
    if found is None:
        raise Http404
    found.dossier = dossier
    return found


def _answer(request: HttpRequest, dossier: Dossier, *, form: StepForm | None = None) -> HttpResponse:
    """Returns the section for htmx, the page otherwise; what is wrong with a new step is said beside its field."""
    if request.headers.get("HX-Request"):
        steps = list(DossierStep.objects.filter(dossier=dossier))
        context = {"dossier": dossier, "steps": steps, "step_form": form}
        return render(request, "extranet/office/dossier/steps.html", context)
    if form is not None:
        for errors in form.errors.values():
            messages.error(request, " ".join(str(error) for error in errors))
    return redirect(_anchor(dossier.code))


def _anchor(code: str) -> str:
    return f"{reverse('dossier-detail', args=[code])}#steps"
