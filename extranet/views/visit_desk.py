"""The visit of an order, as its client books, moves and cancels it: with an account or by the order's link."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from extranet.actions.client_booking import book_for_client, cancel_for_client, move_for_client
from extranet.calendar_file import ICS_TYPE, write_invitation
from extranet.emails_visit import when_words
from extranet.forms.client_booking import SlotForm, VisitCancelForm
from extranet.models import Appointment, Order
from extranet.queries.client_booking import (
    OrderBooking,
    booking_of,
    cancel_refusal,
    deposit_for,
    deposit_token,
    full_refund_until,
    move_refusal,
    offer_for,
    rule_gives_back,
)
from extranet.queries.order import diagnostic_labels
from extranet.queries.slot import zone_of
from extranet.views.common import firm_of
from kernel.errors import DomainError

PARTS = {"": "", "matin": "am", "apres-midi": "pm"}


@dataclass(frozen=True)
class VisitDesk:
    """Who books: somebody with an account (`user`), or whoever has the order's link (`key` is its token)."""

    order: Order
    key: str
    shell: str
    user: User | None = None

    @property
    def by_link(self) -> bool:
        """Whether it is somebody without an account."""
        return self.user is None

    def url(self, what: str = "visit") -> str:
        """Returns the path of one of the visit's pages: visit, visit-move, visit-cancel or visit-ics."""
        return reverse(f"order-visitor-{what}" if self.by_link else f"order-{what}", args=[self.key])

    @property
    def home(self) -> str:
        """The path of the order's own page."""
        return reverse("order-visitor-follow" if self.by_link else "order-detail", args=[self.key])

    def booking(self) -> OrderBooking:
        """Returns what may be done; raises Http404 where the firm does not let this reader do anything."""
        found = booking_of(self.order, by_link=self.by_link)
        if not found.is_open:
            raise Http404
        return found


def order_card(order: Order, *, user: User | None, key: str) -> dict[str, Any]:
    """Returns what an order's page shows of its visit (extranet/visit/order_card.html), in the firm's time zone."""
    booking = booking_of(order, by_link=user is None)
    desk = VisitDesk(order, key, "", user)
    return {
        "booking": booking,
        "visit_desk": desk,
        "visit_zone": booking.settings.time_zone,
    }


def choose_page(request: HttpRequest, desk: VisitDesk) -> HttpResponse:
    """Returns the times of which one can be chosen, or books it; then the deposit is paid, or all is done."""
    booking = desk.booking()
    if booking.visit is not None:
        return _onwards(booking.visit, desk)
    if not booking.may_book:
        messages.info(request, booking.refusal)
        return redirect(desk.home)
    with timezone.override(zone_of(booking.settings)):
        form = SlotForm(request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid():
            try:
                made = book_for_client(desk.order, starts_at=form.cleaned_data["start"], user=desk.user)
            except DomainError as error:
                form.add_error("start", str(error))
            else:
                if not made.deposit_is_due:
                    messages.success(request, _("Your visit is confirmed: %(when)s.") % {"when": _when(made)})
                return _onwards(made, desk)
        return _slots(request, desk, booking, form, moving=None)


def move_page(request: HttpRequest, desk: VisitDesk) -> HttpResponse:
    """Returns the times to which the visit can be moved, or moves it."""
    booking = desk.booking()
    visit = booking.visit
    if visit is None or (refusal := move_refusal(visit, booking.settings)):
        if visit is not None:
            messages.error(request, refusal)
        return redirect(desk.home)
    with timezone.override(zone_of(booking.settings)):
        form = SlotForm(request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid():
            try:
                moved = move_for_client(visit, starts_at=form.cleaned_data["start"], user=desk.user)
            except DomainError as error:
                form.add_error("start", str(error))
            else:
                messages.success(request, _("Your visit is moved: %(when)s.") % {"when": _when(moved)})
                return redirect(desk.home)
        return _slots(request, desk, booking, form, moving=visit)


def cancel_page(request: HttpRequest, desk: VisitDesk) -> HttpResponse:
    """Returns what cancelling the visit means, its deposit too, or cancels it."""
    booking = desk.booking()
    visit = booking.visit
    if visit is None or (refusal := cancel_refusal(visit, booking.settings)):
        if visit is not None:
            messages.error(request, refusal)
        return redirect(desk.home)
    form = VisitCancelForm(request.POST if request.method == "POST" else None)
    with timezone.override(zone_of(booking.settings)):
        if form.is_bound and form.is_valid():
            try:
                cancel_for_client(visit, reason=form.cleaned_data["reason"], user=desk.user)
            except DomainError as error:
                messages.error(request, str(error))
            else:
                messages.success(request, _("Your visit is cancelled."))
            return redirect(desk.home)
        context = {
            "desk": desk,
            "visit": visit,
            "form": form,
            "back": rule_gives_back(visit),
            "full_until": full_refund_until(visit),
            "nav": "orders",
        }
        status = 422 if form.is_bound else 200
        return render(request, "extranet/visit/cancel.html", context | {"shell": desk.shell}, status=status)


def visit_file(request: HttpRequest, desk: VisitDesk) -> HttpResponse:
    """Returns the visit for a calendar; raises Http404 without one that is confirmed."""
    visit = booking_of(desk.order, by_link=desk.by_link).visit
    if visit is None or visit.state != "confirmed":
        raise Http404
    firm = firm_of(request)
    name = firm.branding.site_name or firm.name
    content = write_invitation(visit, host=request.get_host().split(":")[0], firm_name=name)
    response = HttpResponse(content, content_type=ICS_TYPE)
    response["Content-Disposition"] = f'attachment; filename="visite-{visit.code}.ics"'
    response["Cache-Control"] = "no-store, private"
    return response


def _slots(
    request: HttpRequest, desk: VisitDesk, booking: OrderBooking, form: SlotForm, *, moving: Appointment | None
) -> HttpResponse:
    word = request.GET.get("moment", "")
    part = word if word in PARTS else ""
    today = timezone.localdate()
    first = _day(request.GET.get("a-partir-du", "")) or today
    offer = offer_for(desk.order, booking.settings, first=first, part=PARTS[part], moving=moving)
    context = {
        "desk": desk,
        "order": desk.order,
        "booking": booking,
        "settings": booking.settings,
        "form": form,
        "offer": offer,
        "part": part,
        "parts": [("", _("All day")), ("matin", _("Morning")), ("apres-midi", _("Afternoon"))],
        "first": max(first, today),
        "is_first_page": first <= today,
        "moving": moving,
        "deposit": deposit_for(desk.order, booking.settings) if moving is None else None,
        "diagnostics": diagnostic_labels(desk.order.diagnostics),
        "shell": desk.shell,
        "nav": "orders",
    }
    status = 422 if form.is_bound else 200
    return render(request, "extranet/visit/choose.html", context, status=status)


def _onwards(visit: Appointment, desk: VisitDesk) -> HttpResponse:
    """Leads on to the deposit of a visit that waits for it, else to the order."""
    if visit.state == "held" and visit.deposit_is_due:
        return redirect("deposit-pay", token=deposit_token(visit))
    return redirect(desk.home)


def _when(visit: Appointment) -> str:
    return _("%(when)s, with %(who)s") % {"when": when_words(visit.starts_at), "who": visit.diagnostician}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
