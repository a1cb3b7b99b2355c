"""What a firm decides about its dossiers, for its administrators."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.actions.setting_change import record_form, save_settings
from extranet.actions.step import add_step_template, delete_step_template, edit_step_template, move_step_template
from extranet.actions.validity import FIELDS, delete_rule, restore_default_rules, save_rule
from extranet.enums import DiagnosticKind
from extranet.forms.diagnostic import RuleForm
from extranet.forms.settings import DossierSettingsForm, StepForm
from extranet.models import StepTemplate, ValidityRule
from extranet.queries.settings import portal_settings
from extranet.validity_defaults import default_rules


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def settings_dossiers(request: HttpRequest) -> HttpResponse:
    """Returns the page of steps, reminders and retention, or saves the last two."""
    form = DossierSettingsForm(request.POST if request.method == "POST" else None, instance=portal_settings())
    if request.method == "POST" and form.is_valid():
        save_settings(form, page="settings-dossiers", by=current_user(request))
        messages.success(request, _("Saved."))
        return redirect("settings-dossiers")
    return _dossiers(request, form, status=422 if form.is_bound else 200)


def _dossiers(
    request: HttpRequest, form: DossierSettingsForm, *, step_form: StepForm | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "step_form": step_form or StepForm(prefix="new"),
        "steps": list(StepTemplate.objects.all()),
        "nav": "settings",
    }
    return render(request, "extranet/office/settings_dossiers.html", context, status=status)


@require_POST
@for_permission(Permission.SETTINGS)
def template_add(request: HttpRequest) -> HttpResponse:
    """Adds a step to new dossiers."""
    form = StepForm(request.POST, prefix="new")
    if not form.is_valid():
        return _dossiers(request, DossierSettingsForm(instance=portal_settings()), step_form=form, status=422)
    add_step_template(name=form.cleaned_data["name"], visibility=form.cleaned_data["visibility"])
    record_form(form, page="settings-dossiers", by=current_user(request), subject=_("Steps of new dossiers"))
    messages.success(request, _("“%(name)s” is a step of new dossiers.") % {"name": form.cleaned_data["name"]})
    return _to_steps()


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def template_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the form of a step of new dossiers, or saves it."""
    step = _template(code)
    form = StepForm(
        request.POST if request.method == "POST" else None,
        initial={"name": step.name, "visibility": step.visibility},
    )
    if request.method == "POST" and form.is_valid():
        edit_step_template(step, name=form.cleaned_data["name"], visibility=form.cleaned_data["visibility"])
        record_form(form, page="settings-dossiers", by=current_user(request), subject=str(step))
        messages.success(request, _("Saved."))
        return _to_steps()
    context = {
        "form": form,
        "back": f"{reverse('settings-dossiers')}#steps",
        "back_label": _("Steps of new dossiers"),
        "nav": "settings",
    }
    return render(request, "extranet/office/step_edit.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_permission(Permission.SETTINGS)
def template_move(request: HttpRequest, code: str) -> HttpResponse:
    """Moves a step of new dossiers one place up or down."""
    move_step_template(_template(code), up=request.POST.get("up") == "1")
    return _to_steps()


@require_POST
@for_permission(Permission.SETTINGS)
def template_delete(request: HttpRequest, code: str) -> HttpResponse:
    """Takes a step from new dossiers."""
    step = _template(code)
    delete_step_template(step)
    messages.success(request, _("“%(name)s” is no longer a step of new dossiers.") % {"name": step.name})
    return _to_steps()


@require_safe
@for_permission(Permission.SETTINGS)
def settings_validity(request: HttpRequest) -> HttpResponse:
    """Returns the rules of validity, by kind of diagnostic."""
    rules: dict[str, list[ValidityRule]] = {kind: [] for kind in DiagnosticKind.values}
    for rule in ValidityRule.objects.order_by("id"):
        rules[rule.kind].append(rule)
    groups = [(kind, label, rules[kind], bool(default_rules(kind))) for kind, label in DiagnosticKind.choices]
    return render(request, "extranet/office/settings_validity.html", {"groups": groups, "nav": "settings"})


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def rule_add(request: HttpRequest) -> HttpResponse:
    """Returns the form of a new rule, or saves it."""
    return _rule_form(request, None)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def rule_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the form of a rule, or saves it."""
    return _rule_form(request, _rule(code))


def _rule_form(request: HttpRequest, rule: ValidityRule | None) -> HttpResponse:
    kind = request.GET.get("kind", "")
    initial = {"kind": kind} if rule is None and kind in DiagnosticKind.values else None
    form = RuleForm(request.POST if request.method == "POST" else None, instance=rule, initial=initial)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            saved = save_rule(rule, values={name: form.cleaned_data[name] for name in FIELDS})
            record_form(form, page="settings-validity", by=current_user(request), subject=str(saved))
        messages.success(request, _("Saved. The diagnostics follow in a moment."))
        return _to_rules(saved.kind)
    context = {"form": form, "rule": rule, "nav": "settings"}
    return render(request, "extranet/office/rule_edit.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_permission(Permission.SETTINGS)
def rule_delete(request: HttpRequest, code: str) -> HttpResponse:
    """Takes a rule away."""
    rule = _rule(code)
    delete_rule(rule)
    messages.success(request, _("The rule is deleted. The diagnostics follow in a moment."))
    return _to_rules(rule.kind)


@require_POST
@for_permission(Permission.SETTINGS)
def rules_restore(request: HttpRequest, kind: str) -> HttpResponse:
    """Gives a kind of diagnostic the rules back that the firm started with."""
    if kind not in DiagnosticKind.values:
        raise Http404
    count = restore_default_rules(kind)
    text = ngettext(
        "%(count)d rule is as it was at the start. The diagnostics follow in a moment.",
        "%(count)d rules are as they were at the start. The diagnostics follow in a moment.",
        count,
    )
    messages.success(request, text % {"count": count})
    return _to_rules(kind)


def _template(code: str) -> StepTemplate:
    found = StepTemplate.objects.filter(code=code).first()
    if found is None:
        raise Http404
    return found


def _rule(code: str) -> ValidityRule:
    found = ValidityRule.objects.filter(code=code).first()
    if found is None:
        raise Http404
    return found


def _to_steps() -> HttpResponse:
    return redirect(f"{reverse('settings-dossiers')}#steps")


def _to_rules(kind: str) -> HttpResponse:
    return redirect(f"{reverse('settings-validity')}#{kind}")
