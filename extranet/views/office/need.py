"""Which diagnostics are due, as the firm's administrators decide: rules and zones."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.actions.need import (
    delete_need_rule,
    delete_zone_area,
    restore_default_needs,
    save_need_rule,
    save_zone_areas,
)
from extranet.actions.setting_change import record_changes, record_form
from extranet.enums import DiagnosticKind
from extranet.enums_order import Answer, ZoneKind
from extranet.forms.need import NeedRuleForm, ZoneForm
from extranet.models import NeedRule, ZoneArea
from extranet.needs import condition_text, spans_of
from extranet.needs_defaults import default_needs
from extranet.queries.need import terms_of, zone_areas
from extranet.views.common import rows_per_page
from kernel.errors import DomainError
from kernel.pagination import paginate

_PAGE = "extranet/office"


@require_safe
@for_permission(Permission.SETTINGS)
def settings_needs(request: HttpRequest) -> HttpResponse:
    """Returns the rules of what is due, by kind of diagnostic."""
    today = timezone.localdate()
    rules: dict[str, list[dict[str, Any]]] = {kind: [] for kind in DiagnosticKind.values}
    for rule in NeedRule.objects.order_by("id"):
        rules[rule.kind].append(_shown(rule, today))
    groups = [(kind, label, rules[kind], bool(default_needs(kind))) for kind, label in DiagnosticKind.choices]
    context = {
        "groups": [group for group in groups if group[2] or group[3]],
        "others": [group for group in groups if not group[2] and not group[3]],
        "nav": "settings",
    }
    return render(request, f"{_PAGE}/settings_needs.html", context)


def _shown(rule: NeedRule, today: Any) -> dict[str, Any]:
    """Returns what the page says of a rule: its conditions as texts, and whether it counts today."""
    terms = terms_of(rule)
    conditions = [condition_text(name, wanted) for name, wanted in terms.conditions.items()]
    span = spans_of(terms)
    return {
        "rule": rule,
        "conditions": [*conditions, span] if span else conditions,
        "is_in_force": terms.is_in_force(today),
        "is_to_come": rule.applies_from is not None and rule.applies_from > today,
    }


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def need_rule_add(request: HttpRequest) -> HttpResponse:
    """Returns the form of a new rule, or saves it."""
    return _rule_form(request, None)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def need_rule_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the form of a rule, or saves it."""
    return _rule_form(request, _rule(code))


def _rule_form(request: HttpRequest, rule: NeedRule | None) -> HttpResponse:
    kind = request.GET.get("kind", "")
    initial = NeedRuleForm.initial_of(rule) if rule else {"kind": kind} if kind in DiagnosticKind.values else None
    form = NeedRuleForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_need_rule(rule, values=form.values)
            record_form(form, page="settings-needs", by=current_user(request), subject=str(saved))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return _to_rules(saved.kind)
    context = {"form": form, "rule": rule, "nav": "settings"}
    return render(request, f"{_PAGE}/need_rule_form.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_permission(Permission.SETTINGS)
def need_rule_delete(request: HttpRequest, code: str) -> HttpResponse:
    """Takes a rule away."""
    rule = _rule(code)
    record_changes({_("Rule"): (rule, "")}, page="settings-needs", by=current_user(request))
    delete_need_rule(rule)
    messages.success(request, _("The rule is deleted."))
    return _to_rules(rule.kind)


@require_POST
@for_permission(Permission.SETTINGS)
def need_rules_restore(request: HttpRequest, kind: str) -> HttpResponse:
    """Gives a kind of diagnostic the rules back that the firm started with."""
    if kind not in DiagnosticKind.values:
        raise Http404
    count = restore_default_needs(kind)
    text = ngettext(
        "%(count)d rule is as it was at the start.", "%(count)d rules are as they were at the start.", count
    )
    messages.success(request, text % {"count": count})
    return _to_rules(kind)


@require_safe
@for_permission(Permission.SETTINGS)
def settings_zones(request: HttpRequest) -> HttpResponse:
    """Returns the places of which the firm knows the zones."""
    zone = request.GET.get("zone", "")
    zone = zone if zone in ZoneKind.values else ""
    query = request.GET.get("q", "").replace("\x00", "")[:200]
    found = zone_areas(zone=zone, query=query)
    context = {
        "page": paginate(found, page=request.GET.get("page"), size=rows_per_page(request)),
        "zone": zone,
        "query": query,
        "zones": ZoneKind.choices,
        "answers": Answer,
        "nav": "settings",
    }
    response = render(request, f"{_PAGE}/settings_zones.html", context)
    response["Vary"] = "HX-Request, Cookie"
    return response


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def zone_add(request: HttpRequest) -> HttpResponse:
    """Returns the form of new places, or saves them; a place that is known already is changed."""
    zone = request.GET.get("zone", "")
    form = ZoneForm(
        request.POST if request.method == "POST" else None,
        initial={"zone": zone if zone in ZoneKind.values else ZoneKind.TERMITES},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        new, changed = save_zone_areas(data["places"], zone=data["zone"], answer=data["answer"], source=data["source"])
        record_form(form, page="settings-zones", by=current_user(request))
        text = ngettext("%(count)d place was added", "%(count)d places were added", new) % {"count": new}
        if changed:
            more = ngettext("%(count)d was known and is changed", "%(count)d were known and are changed", changed)
            text = f"{text}, {more % {'count': changed}}"
        messages.success(request, f"{text}.")
        return redirect(f"{reverse('settings-zones')}?zone={data['zone']}")
    context = {"form": form, "nav": "settings"}
    return render(request, f"{_PAGE}/zone_form.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_permission(Permission.SETTINGS)
def zone_delete(request: HttpRequest, code: str) -> HttpResponse:
    """Forgets a place."""
    entry = ZoneArea.objects.filter(code=code).first()
    if entry is None:
        raise Http404
    delete_zone_area(entry)
    messages.success(request, _("“%(name)s” is no longer in the list.") % {"name": entry})
    return redirect(f"{reverse('settings-zones')}?zone={entry.zone}")


def _rule(code: str) -> NeedRule:
    found = NeedRule.objects.filter(code=code).first()
    if found is None:
        raise Http404
    return found


def _to_rules(kind: str) -> HttpResponse:
    return redirect(f"{reverse('settings-needs')}#{kind}")
