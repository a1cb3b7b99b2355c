"""The firm's calendar, absences, and the secret addresses from which calendar programs read."""

import functools
from collections.abc import Callable
from typing import Concatenate, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.access_booking import access_absence, access_diagnostician
from extranet.actions.diagnostician import (
    add_absence,
    create_calendar_feed,
    delete_absence,
    revoke_calendar_feed,
)
from extranet.forms.booking import AbsenceForm
from extranet.models import CalendarFeed, Diagnostician
from extranet.queries.calendar import CalendarFilter, calendar_page, coming_absences, visits_within
from extranet.queries.slot import booking_settings, zone_of
from extranet.views.common import back_to, firm_of
from tenants.links import firm_url

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]


def in_firm_time[**P](view: View[P]) -> View[P]:
    """Makes a view read and write times in the firm's own time zone."""

    @functools.wraps(view)
    def timed(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        with timezone.override(zone_of(booking_settings())):
            return view(request, *args, **kwargs)

    return cast("View[P]", timed)


def active_people() -> list[Diagnostician]:
    """Returns those who make visits."""
    return list(Diagnostician.objects.filter(is_active=True))


@require_safe
@for_permission(Permission.CALENDAR)
@in_firm_time
def calendar(request: HttpRequest) -> HttpResponse:
    """Returns the calendar of a day or a week."""
    page = calendar_page(CalendarFilter.from_query(request.GET))
    return render(request, "extranet/office/calendar.html", {"page": page, "nav": "calendar"})


@require_http_methods(["GET", "POST"])
@for_permission(Permission.CALENDAR)
@in_firm_time
def absence_new(request: HttpRequest) -> HttpResponse:
    """Returns the form of an absence with those to come, or adds one and says which visits are in it."""
    people = active_people()
    zone = timezone.get_current_timezone()
    initial = {name: request.GET.get(key, "")[:20] for name, key in (("who", "who"), ("first_day", "day"))}
    data = request.POST if request.method == "POST" else None
    form = AbsenceForm(data, initial=initial, zone=zone_of(booking_settings()), people=people)
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        who = form.people.get(values["who"])
        absence = add_absence(
            who, kind=values["kind"], starts_at=values["starts_at"], ends_at=values["ends_at"], note=values["note"]
        )
        messages.success(request, _("The absence is noted: nobody is offered this time."))
        if count := visits_within(absence).count():
            text = ngettext(
                "%(count)d visit is planned in it: move or cancel it.",
                "%(count)d visits are planned in it: move or cancel them.",
                count,
            )
            messages.warning(request, text % {"count": count})
        day = values["starts_at"].astimezone(zone).date().isoformat()
        return redirect(f"{reverse('calendar')}?view=week&day={day}{f'&who={who.code}' if who else ''}")
    context = {"form": form, "coming": coming_absences(), "nav": "calendar"}
    return render(request, "extranet/office/absence.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_permission(Permission.CALENDAR)
def absence_delete(request: HttpRequest, code: str) -> HttpResponse:
    """Takes an absence back."""
    delete_absence(access_absence(current_user(request), code))
    messages.success(request, _("The absence is deleted."))
    return back_to(request, reverse("absence-new"))


@require_http_methods(["GET", "POST"])
@for_permission(Permission.CALENDAR)
def diagnostician_feed(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the page of a diagnostician's secret address, or makes a new one and shows it this once."""
    person, token = access_diagnostician(current_user(request), code), ""
    feed = CalendarFeed.objects.filter(diagnostician=person).first()
    if request.method == "POST":
        feed, token = create_calendar_feed(person, user=current_user(request))
    address = firm_url(firm_of(request), reverse("calendar-feed", args=[token])) if token else ""
    context = {"person": person, "feed": feed, "address": address, "nav": "calendar"}
    response = render(request, "extranet/office/calendar_feed.html", context)
    response["Cache-Control"] = "no-store, private"
    return response


@require_POST
@for_permission(Permission.CALENDAR)
def diagnostician_feed_revoke(request: HttpRequest, code: str) -> HttpResponse:
    """Ends a diagnostician's secret address."""
    person = access_diagnostician(current_user(request), code)
    if revoke_calendar_feed(person):
        messages.success(request, _("The address is revoked: no calendar reads from it any more."))
    return redirect("diagnostician-feed", code=person.code)
