"""One visit: planning it, its page, moving, cancelling and finishing it."""

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.access_booking import access_appointment
from extranet.actions.appointment import (
    FIELDS,
    book_appointment,
    cancel_appointment,
    edit_appointment,
    finish_appointment,
    move_appointment,
    reopen_appointment,
    undo_move,
)
from extranet.actions.appointment_mail import client_addresses, tell_change, tell_client_now, tell_visit
from extranet.calendar_file import ICS_TYPE, write_invitation
from extranet.emails_visit import VisitNews
from extranet.enums import DiagnosticKind
from extranet.forms.booking import AppointmentForm, MoveForm
from extranet.models import Appointment, Diagnostician, Dossier, Order
from extranet.queries.appointment import DAYS_AHEAD, dossier_values, known_place, order_or_dossier, suggestions
from extranet.queries.client_booking import visit_values
from extranet.queries.slot import booking_settings, duration_of, place_of, problems_of, zone_of
from extranet.slots import Visit
from extranet.views.common import back_to, firm_of, own_path
from extranet.views.office.calendar import active_people, in_firm_time
from kernel.errors import DomainError

#: What gives a visit the time that its client must know.
_PLACES = {"booked", "confirmed", "moved", "reopened"}


@require_http_methods(["GET", "POST"])
@for_permission(Permission.CALENDAR)
@in_firm_time
def appointment_new(request: HttpRequest) -> HttpResponse:
    """Returns the form of a visit, filled from an order or a dossier, or books it."""
    user = current_user(request)
    order, dossier = order_or_dossier(user, request.GET.get("order", ""), request.GET.get("dossier", ""))
    people = active_people()
    zone = zone_of(booking_settings())
    initial = _initial(request, order, dossier, people)
    form = AppointmentForm(
        request.POST if request.method == "POST" else None, initial=initial, zone=zone, people=people
    )
    if form.is_bound and form.is_valid():
        starts_at, ends_at = _times(form)
        try:
            made = book_appointment(
                form.cleaned_data["diagnostician"],
                starts_at=starts_at,
                ends_at=ends_at,
                values=form.values,
                order=order,
                dossier=dossier,
                contact=order.contact if order else None,
                user=user,
            )
        except DomainError as error:
            form.add_error("time", str(error))
        else:
            tell_visit(made, VisitNews.BOOKED, by=user, to_client=form.cleaned_data["tell"])
            messages.success(request, _("The visit is booked: %(when)s.") % {"when": _when(made)})
            _warn(request, made)
            return redirect("appointment-detail", code=made.code)
    context = {"form": form, "order": order, "dossier": dossier, "people": people, "nav": "calendar"}
    return render(request, "extranet/office/appointment_form.html", context, status=422 if form.is_bound else 200)


def _initial(
    request: HttpRequest, order: Order | None, dossier: Dossier | None, people: list[Diagnostician]
) -> dict[str, Any]:
    asked = {name: request.GET.get(name, "")[:20] for name in ("day", "time")}
    initial: dict[str, Any] = {name: value for name, value in asked.items() if value} | {"tell": True}
    initial["diagnostician"] = request.GET.get("who", "")[:16] or (people[0].code if len(people) == 1 else "")
    if order is not None:
        initial |= visit_values(order)
    elif dossier is not None:
        initial |= dossier_values(dossier)
    return initial


def _times(form: AppointmentForm) -> tuple[datetime, datetime]:
    data = form.cleaned_data
    minutes = data["minutes"] or duration_of(data["diagnostics"], data["surface"], booking_settings())
    starts_at: datetime = data["starts_at"]
    return starts_at, starts_at + timedelta(minutes=minutes)


def _when(appointment: Appointment) -> str:
    local = timezone.localtime(appointment.starts_at)
    day = formats.date_format(local, "l j F")
    return _("%(day)s at %(time)s, %(who)s") % {
        "day": day,
        "time": formats.date_format(local, "H:i"),
        "who": appointment.diagnostician,
    }


def _warn(request: HttpRequest, appointment: Appointment) -> None:
    """Tells what rules a visit breaks where the firm has put it."""
    if found := problems_of(appointment):
        messages.warning(request, " ".join(str(each.label) for each in found))


@require_safe
@for_permission(Permission.CALENDAR)
@in_firm_time
def appointment_slots(request: HttpRequest) -> HttpResponse:
    """Returns the times that truly fit what the form says so far, for its side."""
    user = current_user(request)
    order, dossier = order_or_dossier(user, request.GET.get("order", ""), request.GET.get("dossier", ""))
    code = request.GET.get("appointment", "")
    appointment = access_appointment(user, code) if code else None
    people, settings = active_people(), booking_settings()
    form = AppointmentForm(request.GET, zone=zone_of(settings), people=people)
    form.is_valid()
    data = form.cleaned_data
    diagnostics = data.get("diagnostics") or []
    minutes = data.get("minutes") or duration_of(diagnostics, data.get("surface"), settings)
    who = data.get("diagnostician")
    address = tuple(data.get(name, "") for name in ("street", "postcode", "city"))
    visit = Visit(
        minutes=minutes,
        place=known_place(address, order, dossier, appointment),
        postcode=data.get("postcode", ""),
        diagnostics=tuple(diagnostics),
    )
    first = max(data.get("day") or date.min, timezone.localdate())
    days = suggestions(visit, first, who=who, without=appointment)
    last = first + timedelta(days=DAYS_AHEAD - 1)
    context = {"days": days, "minutes": minutes, "first": first, "last": last, "who": who, "place": visit.place}
    return render(request, "extranet/office/appointment_slots.html", context)


@require_safe
@for_permission(Permission.CALENDAR)
@in_firm_time
def appointment_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the page of a visit."""
    appointment = access_appointment(current_user(request), code)
    events = list(appointment.events.select_related("before_who")[:50])
    placed_at = max((each.at for each in events if each.kind in _PLACES), default=appointment.created_at)
    context = {
        "appointment": appointment,
        "events": events,
        "addresses": client_addresses(appointment),
        "is_told": appointment.told_at is not None and appointment.told_at >= placed_at,
        "deposit_paid": appointment.deposit is not None and appointment.deposit_paid_at is not None,
        "problems": problems_of(appointment) if appointment.is_busy else [],
        "has_place": place_of(appointment) is not None,
        "diagnostics": [DiagnosticKind(kind).label for kind in appointment.diagnostics],
        "is_past": appointment.starts_at <= timezone.now(),
        "nav": "calendar",
    }
    return render(request, "extranet/office/appointment_detail.html", context)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.CALENDAR)
@in_firm_time
def appointment_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the form of a visit that is planned, or saves it."""
    user = current_user(request)
    appointment = access_appointment(user, code)
    if not appointment.is_busy:
        messages.error(request, _("This visit is no longer in a state in which that can be done."))
        return redirect("appointment-detail", code=code)
    people = active_people()
    if appointment.diagnostician not in people:
        people.append(appointment.diagnostician)
    local = timezone.localtime(appointment.starts_at)
    initial = {name: getattr(appointment, name) for name in (*FIELDS, "minutes", "version")}
    initial |= {"diagnostician": appointment.diagnostician.code, "day": local.date(), "time": local.time()}
    initial["tell"] = True
    form = AppointmentForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        zone=zone_of(booking_settings()),
        people=people,
    )
    if form.is_bound and form.is_valid():
        starts_at, ends_at = _times(form)
        try:
            saved = edit_appointment(
                appointment,
                diagnostician=form.cleaned_data["diagnostician"],
                starts_at=starts_at,
                ends_at=ends_at,
                values=form.values,
                version=form.cleaned_data["version"] or 0,
                user=user,
            )
        except DomainError as error:
            form.add_error("time" if error.code in {"taken", "times"} else None, str(error))
        else:
            tell_change(saved, before=appointment, by=user, to_client=form.cleaned_data["tell"])
            messages.success(request, _("Saved: %(when)s.") % {"when": _when(saved)})
            _warn(request, saved)
            return redirect("appointment-detail", code=code)
    context = {
        "form": form,
        "appointment": appointment,
        "order": appointment.order,
        "dossier": appointment.dossier,
        "people": people,
        "nav": "calendar",
    }
    return render(request, "extranet/office/appointment_form.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_permission(Permission.CALENDAR)
@in_firm_time
def appointment_tell(request: HttpRequest, code: str) -> HttpResponse:
    """Mails the client the visit as it is now."""
    user = current_user(request)
    appointment = access_appointment(user, code)
    if tell_client_now(appointment, user=user):
        messages.success(request, _("The client is told by e-mail."))
    else:
        messages.error(request, _("No e-mail address is known, or the visit is over: nobody was told."))
    return redirect("appointment-detail", code=code)


@require_POST
@for_permission(Permission.CALENDAR)
@in_firm_time
def appointment_move(request: HttpRequest, code: str) -> HttpResponse:
    """Moves a visit to where it was dropped in the calendar; the toast takes it back."""
    user = current_user(request)
    appointment = access_appointment(user, code)
    form = MoveForm(request.POST, zone=zone_of(booking_settings()))
    if not form.is_valid():
        skipped = form.has_error("__all__", "skipped")
        text = _("This hour does not exist on that day: the clocks go forward. Choose another one.")
        messages.error(request, text if skipped else _("The visit was not moved: this is no place for it."))
        return _to_calendar(request, appointment)
    person = Diagnostician.objects.filter(code=form.cleaned_data["who"]).first()
    if person is None:
        raise Http404
    try:
        moved = move_appointment(
            appointment,
            diagnostician=person,
            starts_at=form.cleaned_data["starts_at"],
            user=user,
            version=form.cleaned_data["version"],
        )
    except DomainError as error:
        messages.error(request, str(error))
        return _to_calendar(request, appointment)
    if moved.version != appointment.version:
        tell_visit(moved, VisitNews.MOVED, by=user, before=appointment, to_client=False)
        text = _("Moved to %(when)s.") % {"when": _when(moved)}
        messages.success(request, text, extra_tags=f"undo:{reverse('appointment-undo', args=[code])}")
        _warn(request, moved)
    return _to_calendar(request, appointment)


def _to_calendar(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    path = own_path(request, request.POST.get("next", "")) or reverse("calendar")
    return redirect(f"{path.split('#')[0]}#visit-{appointment.code}")


@require_POST
@for_permission(Permission.CALENDAR)
@in_firm_time
def appointment_undo(request: HttpRequest, code: str) -> HttpResponse:
    """Takes the last move of a visit back."""
    user = current_user(request)
    appointment = access_appointment(user, code)
    try:
        back = undo_move(appointment, user=user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Taken back: %(when)s.") % {"when": _when(back)})
    return back_to(request, reverse("appointment-detail", args=[code]))


@require_POST
@for_permission(Permission.CALENDAR)
@in_firm_time
def appointment_cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Cancels a visit, with the reason that is given; the toast takes it back."""
    user = current_user(request)
    appointment = access_appointment(user, code)
    reason = " ".join(request.POST.get("reason", "").replace("\x00", "").split())[:300]
    try:
        cancelled = cancel_appointment(
            appointment, reason=reason, user=user, give_back=request.POST.get("deposit") != "keep"
        )
    except DomainError as error:
        messages.error(request, str(error))
    else:
        tell_visit(cancelled, VisitNews.CANCELLED, by=user, to_client="tell" in request.POST)
        # money that was given back does not come back with a click
        undo = "" if cancelled.deposit_back else f"undo:{reverse('appointment-reopen', args=[code])}"
        messages.success(request, _("The visit is cancelled, its time is free."), extra_tags=undo)
    return redirect("appointment-detail", code=code)


@require_POST
@for_permission(Permission.CALENDAR)
def appointment_finish(request: HttpRequest, code: str) -> HttpResponse:
    """Notes that a visit was made, or that nobody was there."""
    user = current_user(request)
    appointment = access_appointment(user, code)
    made = request.POST.get("made") == "1"
    try:
        finish_appointment(appointment, made=made, user=user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        text = _("The visit is noted as made.") if made else _("It is noted that nobody was there.")
        messages.success(request, text, extra_tags=f"undo:{reverse('appointment-reopen', args=[code])}")
    return redirect("appointment-detail", code=code)


@require_POST
@for_permission(Permission.CALENDAR)
def appointment_reopen(request: HttpRequest, code: str) -> HttpResponse:
    """Confirms a visit again that was cancelled or finished."""
    user = current_user(request)
    appointment = access_appointment(user, code)
    try:
        reopen_appointment(appointment, user=user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The visit is confirmed again."))
    return redirect("appointment-detail", code=code)


@require_safe
@for_permission(Permission.CALENDAR)
def appointment_ics(request: HttpRequest, code: str) -> HttpResponse:
    """Returns a visit as a file for a calendar, as its client would get it."""
    appointment = access_appointment(current_user(request), code)
    firm = firm_of(request)
    name = firm.branding.site_name or firm.name
    content = write_invitation(appointment, host=request.get_host().split(":")[0], firm_name=name)
    response = HttpResponse(content, content_type=ICS_TYPE)
    response["Content-Disposition"] = f'attachment; filename="visite-{appointment.code}.ics"'
    response["Cache-Control"] = "no-store, private"
    return response
