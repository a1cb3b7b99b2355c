"""The firm's schedule and words of reminders, for its administrators."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import current_user, for_permission
from accounts.models import Permission
from billing.actions.reminding import asking_of
from billing.emails_reminder import AskedLine, default_subject, default_text, reminder_mail, shown_tags
from billing.forms.reminder import ReminderSettingsForm
from billing.models import BillingSettings, ProviderAccount
from billing.queries.paying import offered_accounts
from billing.queries.reminder import plan_of
from billing.queries.settings import billing_settings
from billing.rules import is_test
from extranet.actions.setting_change import save_settings
from extranet.views.common import firm_of
from kernel.ratelimit import consume
from mail.actions.outgoing import queue_mail
from mail.content import MailContent
from tenants.links import firm_url

#: How many trials somebody may send itself, so that no loop fills a mail box.
TRIALS, TRIAL_SECONDS = 10, 600


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def settings_reminders(request: HttpRequest) -> HttpResponse:
    """Returns the page, saves it, or (`default` = 1, without scripts) puts our words back into the fields."""
    settings = billing_settings()
    if request.method == "GET":
        return _page(request, ReminderSettingsForm(instance=settings))
    if request.POST.get("default") == "1":
        data = request.POST.copy()
        data["reminder_subject"], data["reminder_text"] = default_subject(), default_text()
        messages.info(request, _("This is our text again. Save to keep it."))
        return _page(request, ReminderSettingsForm(data, instance=settings))
    form = ReminderSettingsForm(request.POST, instance=settings)
    if not form.is_valid():
        return _page(request, form, status=422)
    save_settings(form, page="settings-reminders", by=current_user(request))
    messages.success(request, _("Saved."))
    return redirect("settings-reminders")


@require_POST
@for_permission(Permission.SETTINGS)
def reminders_preview(request: HttpRequest) -> HttpResponse:
    """Returns the preview of what is typed, and what would leave next; nothing is saved."""
    form = ReminderSettingsForm(request.POST, instance=billing_settings())
    form.is_valid()
    return render(request, "billing/office/reminders_preview.html", _shown(request, form))


@require_POST
@for_permission(Permission.SETTINGS)
def reminders_trial(request: HttpRequest) -> HttpResponse:
    """Sends what is typed, with sample dossiers, to the person who typed it; nothing is saved."""
    form = ReminderSettingsForm(request.POST, instance=billing_settings())
    if not form.is_valid():
        wrong = next(str(error) for errors in form.errors.values() for error in errors)
        return _said(request, form, messages.ERROR, wrong, status=422)
    user = current_user(request)
    if not consume(request, "reminder-trial", limit=TRIALS, seconds=TRIAL_SECONDS):
        return _said(request, form, messages.ERROR, _("Too many trials. Please wait ten minutes."), status=429)
    with user.in_own_language():
        content = _sample(request, form.instance, offered_accounts())
        told = replace(content, subject=_("Trial: %(subject)s") % {"subject": content.subject})
        queue_mail(to=user.email, content=told, kind="unpaid_reminder_trial")
    return _said(request, form, messages.SUCCESS, _("A trial is on its way to %(email)s.") % {"email": user.email})


def _said(
    request: HttpRequest, form: ReminderSettingsForm, level: int, text: str, *, status: int = 200
) -> HttpResponse:
    """Returns a toast for htmx, so that the page stays as it was typed; else the page with what was typed."""
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204 if status == 200 else status)
        shown = "success" if level == messages.SUCCESS else "error"
        response["HX-Trigger"] = json.dumps({"toast": {"level": shown, "text": text}})
        return response
    if not form.errors:
        messages.add_message(request, level, text)
    return _page(request, form, status=status)


def _page(request: HttpRequest, form: ReminderSettingsForm, *, status: int = 200) -> HttpResponse:
    context = {
        **_shown(request, form),
        "form": form,
        "tags": shown_tags(),
        "default_subject": default_subject(),
        "default_text": default_text(),
        "nav": "settings",
    }
    return render(request, "billing/office/settings_reminders.html", context, status=status)


def _shown(request: HttpRequest, form: ReminderSettingsForm) -> dict[str, object]:
    """Returns the preview of a form's values, those that are wrong apart, and the plan that they make."""
    offered = offered_accounts()
    wrong = [error for name in ("reminder_subject", "reminder_text") for error in form.errors.get(name, [])]
    schedule = {"first_reminder_days", "reminder_every_days", "max_reminders"}
    known = not schedule & set(form.errors)
    # a wrong value never reaches the instance: what is shown then is what is saved
    return {
        "mail": None if wrong else _sample(request, form.instance, offered),
        "wrong": wrong,
        "plan": plan_of(form.instance, today=timezone.localdate()) if known else None,
        "is_on": form.instance.remind_unpaid,
        "no_means": not offered,
        "only_tests": bool(offered) and all(is_test(account.provider, account.mode) for account in offered),
        "tomorrow": _tomorrow(),
    }


def _tomorrow() -> date:
    return timezone.localdate() + timedelta(days=1)


def _sample(request: HttpRequest, settings: BillingSettings, offered: Sequence[ProviderAccount]) -> MailContent:
    lines = [
        AskedLine("2026-0142", _("House, 12 rue de Siam, Brest"), 45_000),
        AskedLine("2026-0151", _("Flat, 3 quai de la Douane, Brest"), 18_050),
    ]
    asking = asking_of(settings, user=None, offered=offered)
    link = firm_url(firm_of(request)) if asking.online or asking.by_hand else ""
    return reminder_mail(asking, lines, client=_("Harbour Agency"), link=link, today=timezone.localdate())
