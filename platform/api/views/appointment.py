"""Visits: the firm's calendar, and the visits of a client's orders."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Permission, Scope, User
from api.bodies import wrong
from api.serializers.appointment import (
    MOST_DAYS,
    AppointmentQuerySerializer,
    AppointmentSerializer,
    CancelAppointmentSerializer,
    FinishAppointmentSerializer,
    NewAppointmentSerializer,
    SentAppointmentSerializer,
    SlotQuerySerializer,
    SlotsSerializer,
    columns_for,
)
from api.views.base import ApiView, ListView, answer_one, check_match, only, validated
from api.views.content import ContentView
from extranet.access_booking import access_appointment
from extranet.actions.appointment import (
    FIELDS,
    book_appointment,
    cancel_appointment,
    edit_appointment,
    finish_appointment,
    reopen_appointment,
)
from extranet.actions.appointment_mail import tell_change, tell_visit
from extranet.calendar_file import ICS_TYPE, write_invitation
from extranet.emails_visit import VisitNews
from extranet.models import Appointment, Diagnostician, Dossier, Order
from extranet.queries.appointment import dossier_values, visible_appointments
from extranet.queries.client_booking import visit_values, wanted_visit
from extranet.queries.dossier_filter import visible_dossiers
from extranet.queries.order_filter import visible_orders
from extranet.queries.slot import booking_settings, duration_of, slots_between, zone_of
from extranet.slots import Visit
from kernel.filters import within_days
from tenants.links import here_url
from themes.models import current_branding

_READ, _WRITE = Scope.APPOINTMENTS_READ, Scope.APPOINTMENTS_WRITE
_RIGHT = Permission.CALENDAR
_EXAMPLE = OpenApiExample(
    "The visit of an order",
    value={
        "diagnostician": "k3v9x2p7m4qd",
        "order": "p7m4qdk3v9x2",
        "starts_at": "2026-12-03T09:00:00+01:00",
        "tell": True,
    },
    request_only=True,
)


class AppointmentList(ListView):
    """The visits that the person of the key sees."""

    scopes = {"GET": _READ, "POST": _WRITE}
    rights = {"GET": _RIGHT, "POST": _RIGHT}
    query_serializer = AppointmentQuerySerializer
    orderings = {"starts_at": "starts_at", "created_at": "created_at", "updated_at": "updated_at"}
    default_ordering = "starts_at"

    @extend_schema(
        operation_id="appointments_list",
        tags=["appointments"],
        parameters=[AppointmentQuerySerializer],
        responses=AppointmentSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Returns visits, the earliest first; to a client those of its orders that are still to come."""
        found = _narrowed(self.user, self.query(request))
        return self.answer_page(request, found, lambda rows: drawn(rows, self.user), names=columns_for(self.user))

    @extend_schema(
        operation_id="appointments_create",
        tags=["appointments"],
        request=NewAppointmentSerializer,
        responses={201: AppointmentSerializer},
        examples=[_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Books a visit that the firm wants, whatever its rules of slots say; only what is taken is refused."""
        self.refuse_clients()
        data = validated(NewAppointmentSerializer, request)
        order, dossier = _order(self.user, data), _dossier(self.user, data)
        values = visit_values(order) if order else dossier_values(dossier) if dossier else {}
        values |= {name: value for name, value in data.items() if name in FIELDS}
        made = book_appointment(
            _diagnostician(data["diagnostician"]),
            starts_at=data["starts_at"],
            ends_at=_end(data["starts_at"], data, values),
            values=values,
            order=order,
            dossier=order.dossier if order else dossier,
            contact=order.contact if order else None,
            user=self.user,
        )
        tell_visit(made, VisitNews.BOOKED, by=self.user, to_client=data["tell"])
        found = one_drawn(access_appointment(self.user, made.code), self.user)
        response = answer_one(request, found, status=HTTPStatus.CREATED)
        response["Location"] = here_url("api-appointment", made.code)
        return response


class AppointmentDetail(ApiView):
    """One visit."""

    scopes = {"GET": _READ, "PATCH": _WRITE}
    rights = {"GET": _RIGHT, "PATCH": _RIGHT}
    clients = False

    @extend_schema(operation_id="appointments_read", tags=["appointments"], responses=AppointmentSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Returns a visit."""
        return answer_one(request, one_drawn(access_appointment(self.user, code), self.user))

    @extend_schema(
        operation_id="appointments_update",
        tags=["appointments"],
        request=SentAppointmentSerializer,
        responses=AppointmentSerializer,
    )
    def patch(self, request: Request, code: str) -> Response:
        """Moves a visit or changes what is said of it; without `ends_at` it stays as long as it was."""
        visit = access_appointment(self.user, code)
        check_match(request, one_drawn(visit, self.user))
        data = validated(SentAppointmentSerializer, request)
        starts_at = data.get("starts_at", visit.starts_at)
        saved = edit_appointment(
            visit,
            diagnostician=_diagnostician(data["diagnostician"]) if "diagnostician" in data else visit.diagnostician,
            starts_at=starts_at,
            ends_at=data.get("ends_at", starts_at + (visit.ends_at - visit.starts_at)),
            values={name: value for name, value in data.items() if name in FIELDS},
            version=visit.version,
            user=self.user,
        )
        tell_change(saved, before=visit, by=self.user, to_client=data["tell"])
        return answer_one(request, one_drawn(access_appointment(self.user, code), self.user))


class AppointmentCancel(ApiView):
    """A visit that is not made."""

    scopes = {"POST": _WRITE}
    rights = {"POST": _RIGHT}
    clients = False

    @extend_schema(
        operation_id="appointments_cancel",
        tags=["appointments"],
        request=CancelAppointmentSerializer,
        responses=AppointmentSerializer,
    )
    def post(self, request: Request, code: str) -> Response:
        """Cancels a visit: its time is free."""
        visit = access_appointment(self.user, code)
        check_match(request, one_drawn(visit, self.user))
        data = validated(CancelAppointmentSerializer, request)
        cancelled = cancel_appointment(visit, reason=data["reason"], user=self.user, give_back=data["give_back"])
        tell_visit(cancelled, VisitNews.CANCELLED, by=self.user, to_client=data["tell"])
        return answer_one(request, one_drawn(access_appointment(self.user, code), self.user))


class AppointmentFinish(ApiView):
    """A visit that is over."""

    scopes = {"POST": _WRITE}
    rights = {"POST": _RIGHT}
    clients = False

    @extend_schema(
        operation_id="appointments_finish",
        tags=["appointments"],
        request=FinishAppointmentSerializer,
        responses=AppointmentSerializer,
    )
    def post(self, request: Request, code: str) -> Response:
        """Notes that a visit was made, or that nobody was there."""
        visit = access_appointment(self.user, code)
        check_match(request, one_drawn(visit, self.user))
        finish_appointment(visit, **validated(FinishAppointmentSerializer, request), user=self.user)
        return answer_one(request, one_drawn(access_appointment(self.user, code), self.user))


class AppointmentReopen(ApiView):
    """A visit that is planned again."""

    scopes = {"POST": _WRITE}
    rights = {"POST": _RIGHT}
    clients = False

    @extend_schema(
        operation_id="appointments_reopen", tags=["appointments"], request=None, responses=AppointmentSerializer
    )
    def post(self, request: Request, code: str) -> Response:
        """Confirms a visit again that was cancelled or finished, if its time is still free."""
        visit = access_appointment(self.user, code)
        check_match(request, one_drawn(visit, self.user))
        reopen_appointment(visit, user=self.user)
        return answer_one(request, one_drawn(access_appointment(self.user, code), self.user))


class AppointmentCalendar(ContentView):
    """A visit for a calendar."""

    scopes = {"GET": _READ}
    rights = {"GET": _RIGHT}
    clients = False

    @extend_schema(
        operation_id="appointments_ics", tags=["appointments"], responses={(200, "text/calendar"): OpenApiTypes.STR}
    )
    def get(self, request: Request, code: str) -> HttpResponse:
        """Returns a visit as its client gets it for its calendar (iCalendar, RFC 5545)."""
        visit = access_appointment(self.user, code)
        host = request.get_host().split(":")[0]
        data = write_invitation(visit, host=host, firm_name=current_branding().site_name)
        return self.made(data, content_type=ICS_TYPE, name=f"visite-{visit.code}.ics")


class Slots(ApiView):
    """Free times."""

    scopes = {"GET": _READ}
    rights = {"GET": _RIGHT}
    problems = {"GET": (HTTPStatus.UNPROCESSABLE_CONTENT,)}
    clients = False

    @extend_schema(
        operation_id="appointments_slots",
        tags=["appointments"],
        parameters=[SlotQuerySerializer],
        responses=SlotsSerializer,
    )
    def get(self, request: Request) -> Response:
        """Returns the times at which a visit truly fits, with whom, the earliest first."""
        reader = SlotQuerySerializer(data=_listed(request))
        reader.is_valid(raise_exception=True)
        asked, settings = dict(reader.validated_data), booking_settings()
        first, last = _days(asked, timezone.localdate(timezone=zone_of(settings)))
        order = _order(self.user, asked)
        if order is not None:
            visit = wanted_visit(order, settings)
        else:
            kinds = sorted(asked.get("diagnostics", ()))
            minutes = asked.get("minutes") or duration_of(kinds, asked.get("surface"), settings)
            visit = Visit(minutes=minutes, postcode=asked.get("postcode", ""), diagnostics=tuple(kinds))
        only_key = [_diagnostician(asked["diagnostician"]).pk] if "diagnostician" in asked else None
        world, slots = slots_between(visit, first, last, only=only_key, settings=settings)
        rows = [
            {
                "starts_at": slot.start,
                "ends_at": slot.end,
                "diagnostician": world.people[slot.worker].code,
                "diagnostician_name": world.people[slot.worker].name,
                "travel_minutes": slot.travel,
            }
            for slot in sorted(slots)
        ]
        return Response(SlotsSerializer({"minutes": visit.minutes, "results": rows}).data)


def drawn(visits: Sequence[Appointment], user: User) -> list[dict[str, Any]]:
    """Returns visits as this person sees them."""
    columns = frozenset(columns_for(user))
    return [only(row, columns) for row in AppointmentSerializer(visits, many=True).data]


def one_drawn(visit: Appointment, user: User) -> dict[str, Any]:
    """Returns a visit as this person sees it."""
    (found,) = drawn([visit], user)
    return found


def _narrowed(user: User, asked: Mapping[str, Any]) -> QuerySet[Appointment]:
    rows = visible_appointments(user).select_related("diagnostician", "order", "dossier", "contact")
    found = rows.defer("order__search", "dossier__search", "contact__search")
    with timezone.override(zone_of(booking_settings())):
        since, until = str(asked.get("since", "")), str(asked.get("until", ""))
        found = found.filter(within_days("starts_at", since=since, until=until))
    if state := asked.get("state"):
        found = found.filter(state=state)
    names = ("diagnostician", "order", "dossier", "contact") if user.is_firm_staff else ("order",)
    for name in names:
        if code := asked.get(name):
            found = found.filter(**{f"{name}__code": code})
    if moment := asked.get("updated_since"):
        found = found.filter(updated_at__gte=moment)
    return found


def _end(starts_at: datetime, data: Mapping[str, Any], values: Mapping[str, Any]) -> datetime:
    if ends_at := data.get("ends_at"):
        return ends_at  # type: ignore[no-any-return]  # the serializer has read it
    minutes = duration_of(values.get("diagnostics", []), values.get("surface"), booking_settings())
    return starts_at + timedelta(minutes=minutes)


def _diagnostician(code: str) -> Diagnostician:
    found = Diagnostician.objects.filter(code=code).first()
    if found is None:
        raise wrong("diagnostician", _("There is no such diagnostician."), code="unknown_diagnostician")
    return found


def _order(user: User, data: Mapping[str, Any]) -> Order | None:
    if not data.get("order"):
        return None
    order = visible_orders(user).select_related("contact", "dossier").filter(code=data["order"]).first()
    if order is None:
        raise wrong("order", _("There is no such order."), code="unknown_order")
    return order


def _dossier(user: User, data: Mapping[str, Any]) -> Dossier | None:
    if not data.get("dossier"):
        return None
    dossier = visible_dossiers(user).filter(code=data["dossier"]).first()
    if dossier is None:
        raise wrong("dossier", _("There is no such dossier."), code="unknown_dossier")
    return dossier


def _listed(request: Request) -> dict[str, Any]:
    """Returns the parameters, diagnostics by commas or again and again."""
    query = request.query_params
    asked: dict[str, Any] = {name: query[name] for name in query if query[name]}
    if kinds := [kind for text in query.getlist("diagnostics") for kind in text.split(",") if kind]:
        asked["diagnostics"] = kinds
    return asked


def _days(asked: Mapping[str, Any], today: date) -> tuple[date, date]:
    first: date = max(asked.get("since", today), today)
    last: date = asked.get("until", first + timedelta(days=6))
    if (last - first).days >= MOST_DAYS:
        raise wrong("until", _("At most %(count)s days at once.") % {"count": MOST_DAYS})
    return first, last
