"""The firm's rules of visits and the people who make them, for its administrators."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.access_booking import access_diagnostician
from extranet.actions.diagnostician import save_booking_settings, save_diagnostician
from extranet.actions.setting_change import record_form
from extranet.forms.booking import BookingSettingsForm, DiagnosticianForm
from extranet.models import DiagnosticDuration, Diagnostician
from extranet.queries.slot import booking_settings


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def settings_booking(request: HttpRequest) -> HttpResponse:
    """Returns the page of the rules of visits, or saves them."""
    form = BookingSettingsForm(
        request.POST if request.method == "POST" else None,
        instance=booking_settings(),
        durations=list(DiagnosticDuration.objects.all()),
    )
    if form.is_bound and form.is_valid():
        with transaction.atomic():
            save_booking_settings(values=form.values, durations=form.durations)
            record_form(form, page="settings-booking", by=current_user(request))
        messages.success(request, _("Saved."))
        return redirect("settings-booking")
    context = {"form": form, "people": list(Diagnostician.objects.select_related("user")), "nav": "settings"}
    return render(request, "extranet/office/settings_booking.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def diagnostician_new(request: HttpRequest) -> HttpResponse:
    """Returns the form of a new diagnostician, or saves it."""
    return _diagnostician(request, None)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def diagnostician_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the form of a diagnostician, or saves it."""
    return _diagnostician(request, access_diagnostician(current_user(request), code))


def _diagnostician(request: HttpRequest, person: Diagnostician | None) -> HttpResponse:
    form = DiagnosticianForm(request.POST if request.method == "POST" else None, instance=person)
    if form.is_bound and form.is_valid():
        # the form has written on its own row: the action compares with what is stored
        stored = Diagnostician.objects.get(pk=person.pk) if person else None
        with transaction.atomic():
            saved = save_diagnostician(stored, values=form.values, hours=form.cleaned_data["hours"])
            record_form(form, page="settings-booking", by=current_user(request), subject=saved.name)
        messages.success(request, _("Saved: %(name)s.") % {"name": saved.name})
        return redirect(f"{reverse('settings-booking')}#people")
    context = {"form": form, "person": person, "nav": "settings"}
    return render(request, "extranet/office/diagnostician_form.html", context, status=422 if form.is_bound else 200)
