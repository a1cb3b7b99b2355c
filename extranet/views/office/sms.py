"""The firm's text messages: its account with a provider, its rules and its texts."""

import json
from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.actions.setting_change import record_changes, record_form
from extranet.forms.sms import CarrierForm, SmsRulesForm, SmsTextForm
from extranet.models import Diagnostician
from extranet.views.common import firm_of
from kernel.errors import DomainError
from kernel.ratelimit import consume
from mail.actions.sms import send_test
from mail.actions.sms_account import (
    check_carrier,
    save_sms_model,
    save_sms_settings,
    set_up_carrier,
    switch_off_sms,
)
from mail.models import SmsAccount, SmsModel
from mail.sms.enums import MODEL_KINDS, SmsCarrier, SmsKind, SmsLanguage
from mail.sms.numbers import shown
from mail.sms.queries import active_account, sms_models, sms_settings
from mail.sms.texts import DEFAULTS, TAGS, fill_text
from tenants.links import here_url

#: How many tests somebody may send, so that no loop empties an account.
TESTS, TEST_SECONDS = 10, 600
_PHONE = "sms_test_phone"


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def settings_sms(request: HttpRequest) -> HttpResponse:
    """Returns the page of text messages, or saves the firm's rules for them."""
    form = SmsRulesForm(request.POST if request.method == "POST" else None, instance=sms_settings())
    if request.method == "POST" and form.is_valid():
        save_sms_settings(form.instance)
        record_form(form, page="settings-sms", by=current_user(request))
        messages.success(request, _("Saved."))
        return redirect("settings-sms")
    accounts = {account.carrier: account for account in SmsAccount.objects.all()}
    account = next((one for one in accounts.values() if one.is_active), None)
    models = sms_models()
    context = {
        "form": form,
        "account": account,
        "carriers": [(one, accounts.get(one)) for one in SmsCarrier],
        "news_url": here_url("sms-notify", account.token) if account is not None else "",
        "kinds": [(kind, [models[kind, language] for language in SmsLanguage.values]) for kind in MODEL_KINDS],
        "nav": "settings",
    }
    return render(request, "extranet/office/sms/settings.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def sms_carrier(request: HttpRequest, carrier: str) -> HttpResponse:
    """Returns the form of a provider's keys; sent, the provider is asked first, then they are kept and in use."""
    if carrier not in SmsCarrier.values:
        raise Http404
    account = SmsAccount.objects.filter(carrier=carrier).first()
    form = CarrierForm(request.POST if request.method == "POST" else None, carrier=carrier, account=account)
    if request.method == "POST" and form.is_valid():
        try:
            saved = set_up_carrier(carrier, form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            told = {"name": saved, "credit": saved.credit or _("the keys are right")}
            record_form(form, page="settings-sms", by=current_user(request), subject=str(saved))
            messages.success(request, _("%(name)s is in use: %(credit)s.") % told)
            return redirect("settings-sms")
    context = {
        "form": form,
        "account": account,
        "carrier": SmsCarrier(carrier),
        "news_url": here_url("sms-notify", account.token) if account is not None else "",
        "nav": "settings",
    }
    return render(request, "extranet/office/sms/carrier.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_permission(Permission.SETTINGS)
def sms_check(request: HttpRequest) -> HttpResponse:
    """Asks the provider in use what is left."""
    account = active_account()
    if account is None:
        raise Http404
    account = check_carrier(account)
    if account.error:
        messages.error(request, account.error)
    else:
        messages.success(request, account.credit or _("The keys are right."))
    return redirect("settings-sms")


@require_POST
@for_permission(Permission.SETTINGS)
def sms_off(request: HttpRequest) -> HttpResponse:
    """Takes the provider out of use: no text message leaves any more."""
    if not switch_off_sms():
        raise Http404
    record_changes({_("Text messages (SMS)"): (True, False)}, page="settings-sms", by=current_user(request))
    messages.success(request, _("No text message leaves any more."))
    return redirect("settings-sms")


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def sms_model(request: HttpRequest, kind: str) -> HttpResponse:
    """Returns the texts of a kind of messages in each language, or saves them."""
    wanted = _kind(kind)
    rows = _rows(wanted)
    form = SmsTextForm(request.POST if request.method == "POST" else None, kind=wanted, models=rows)
    if request.method == "POST" and form.is_valid():
        for language in SmsLanguage.values:
            save_sms_model(
                wanted,
                language,
                text=form.cleaned_data[f"text_{language}"].strip(),
                is_active=form.cleaned_data[f"active_{language}"],
                user_name=str(current_user(request)),
            )
        record_form(form, page="settings-sms", by=current_user(request), subject=str(wanted.label))
        messages.success(request, _("Saved."))
        return redirect("sms-model", kind=kind)
    settings = sms_settings()
    texts = [
        (SmsLanguage(language), form[f"active_{language}"], form[f"text_{language}"], DEFAULTS[wanted, language])
        for language in SmsLanguage.values
    ]
    context = {
        "form": form,
        "kind": wanted,
        "texts": texts,
        "tags": TAGS[wanted],
        "samples": {language: _samples(request, wanted, language) for language in SmsLanguage.values},
        "rules": settings,
        "account": active_account(),
        "test_phone": request.session.get(_PHONE) or _own_phone(request),
        "nav": "settings",
    }
    return render(request, "extranet/office/sms/model.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_permission(Permission.SETTINGS)
def sms_test(request: HttpRequest, kind: str) -> HttpResponse:
    """Sends what is typed with sample values to a number; nothing is saved. htmx gets a toast."""
    wanted, language = _kind(kind), request.POST.get("language", "")
    if language not in SmsLanguage.values or active_account() is None:
        raise Http404
    form = SmsTextForm(request.POST, kind=wanted, models=_rows(wanted))
    text, phone = str(request.POST.get(f"text_{language}", "")), str(request.POST.get("phone", ""))
    form.is_valid()
    if wrong := form.errors.get(f"text_{language}"):
        return _told(request, kind, str(wrong[0]), is_wrong=True)
    if not consume(request, "sms-test", limit=TESTS, seconds=TEST_SECONDS):
        return _told(request, kind, _("Too many tests. Please wait ten minutes."), is_wrong=True)
    try:
        filled = fill_text(text, _samples(request, wanted, language))
        sms = send_test(filled, phone=phone, user_name=str(current_user(request)))
    except DomainError as error:
        return _told(request, kind, str(error), is_wrong=True)
    request.session[_PHONE] = phone[:30]
    return _told(request, kind, _("A test is on its way to %(number)s.") % {"number": shown(sms.to)})


def _told(request: HttpRequest, kind: str, text: str, *, is_wrong: bool = False) -> HttpResponse:
    """Returns a toast for htmx, so that the page stays as it was typed; else the page with a message."""
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Trigger"] = json.dumps({"toast": {"level": "error" if is_wrong else "success", "text": text}})
        return response
    (messages.error if is_wrong else messages.success)(request, text)
    return redirect(f"{reverse('sms-model', args=[kind])}")


def _kind(text: str) -> SmsKind:
    if text not in MODEL_KINDS:
        raise Http404
    return SmsKind(text)


def _rows(kind: SmsKind) -> Mapping[str, SmsModel]:
    models = sms_models()
    return {language: models[kind, language] for language in SmsLanguage.values}


def _samples(request: HttpRequest, kind: SmsKind, language: str) -> dict[str, str]:
    with translation.override(language):
        found = {tag.name: str(tag.sample) for tag in TAGS[kind]}
    return found | {"cabinet": firm_of(request).branding.site_name}


def _own_phone(request: HttpRequest) -> str:
    found = Diagnostician.objects.filter(user=current_user(request)).values_list("phone", flat=True).first()
    return found or ""
