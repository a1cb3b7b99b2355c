"""Orders: read, written and moved on as their pages do it."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError as FieldsError
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Permission, Scope, User
from api.bodies import contact_of, errors_of, uploads_of, wrong
from api.problems import Problem
from api.serializers.order import (
    CLIENT_FILE_FIELDS,
    EditedOrderSerializer,
    NewOrderSerializer,
    OrderDetailSerializer,
    OrderEventSerializer,
    OrderFileSerializer,
    OrderQuerySerializer,
    OrderSerializer,
    OrderVisitSerializer,
    PutOrderSerializer,
    columns_for,
)
from api.views.base import ApiView, ListView, answer_one, check_match, only, validated
from extranet.access_order import access_order, access_writable_order
from extranet.actions.order import FIELDS, begin_order, delete_draft, link_order, save_order, send_order
from extranet.actions.order_external import name_order
from extranet.actions.order_file import add_order_files
from extranet.actions.order_state import assign_order, write_staff_notes
from extranet.enums_order import OrderOrigin
from extranet.forms.order_whole import checked_values, refuse_incomplete
from extranet.models import Contact, Order, OrderFile
from extranet.queries.client_booking import is_live, visits_of_order
from extranet.queries.contact import contact_id_of
from extranet.queries.dossier_filter import visible_dossiers
from extranet.queries.order import events_of, files_of, firm_people
from extranet.queries.order_filter import OrderFilter, filtered_orders, visible_orders
from extranet.views.common import visit_of
from tenants.links import here_url

_READ, _WRITE = Scope.ORDERS_READ, Scope.ORDERS_WRITE
_RIGHT = Permission.ORDERS
#: What the firm's keys alone say of an order.
_STAFF_FIELDS = {"contact", "assigned_to", "staff_notes", "external_id"}
_EXAMPLE = OpenApiExample(
    "An order for a client",
    value={
        "contact": "k3v9x2p7m4qd",
        "external_id": "DEV-2026-118",
        "transaction": "sale",
        "property_kind": "flat",
        "street": "12 rue de Siam",
        "postcode": "29200",
        "city": "Brest",
        "build_period": "before_1949",
        "surface": "64.50",
        "diagnostics": ["dpe", "crep", "amiante"],
        "wanted_by": "2026-12-18",
    },
    request_only=True,
)


class OrderList(ListView):
    """The orders that the person of the key sees."""

    scopes = {"GET": _READ, "POST": _WRITE}
    rights = {"GET": _RIGHT, "POST": _RIGHT}
    query_serializer = OrderQuerySerializer
    orderings = {"created_at": "created_at", "updated_at": "updated_at"}

    @extend_schema(
        operation_id="orders_list",
        tags=["orders"],
        parameters=[OrderQuerySerializer],
        responses=OrderSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Returns orders, the newest first; drafts only when asked for."""
        found = _narrowed(self.user, self.query(request)).select_related("contact", "assigned_to").defer("search")
        columns = columns_for(self.user)
        return self.answer_page(request, found, lambda rows: drawn(rows, self.user), names=columns)

    @extend_schema(
        operation_id="orders_create",
        tags=["orders"],
        request=NewOrderSerializer,
        responses={201: OrderDetailSerializer},
        examples=[_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Makes an order, with what is joined to it, and sends it unless it is to stay a draft."""
        data = validated(NewOrderSerializer, request)
        refuse_staff_fields(self.user, data)
        return created(
            request, make_order(request, self.user, data, external_id=data.get("external_id", "")), self.user
        )


class OrderByExternalId(ApiView):
    """The order that other software calls so."""

    scopes = {"GET": _READ, "PUT": _WRITE}
    rights = {"GET": _RIGHT, "PUT": _RIGHT}
    clients = False

    @extend_schema(operation_id="orders_read_external", tags=["orders"], responses=OrderDetailSerializer)
    def get(self, request: Request, external_id: str) -> Response:
        """Returns an order with its files, visits and history."""
        order = self._present(external_id)
        if order is None:
            raise Http404
        return answer_one(request, detail_of(order, self.user))

    @extend_schema(
        operation_id="orders_put",
        tags=["orders"],
        request=PutOrderSerializer,
        responses={200: OrderDetailSerializer, 201: OrderDetailSerializer},
        examples=[_EXAMPLE],
    )
    def put(self, request: Request, external_id: str) -> Response:
        """Makes the order of that name, or brings it to what is sent; the same twice changes nothing.

        What is joined to it is sent with a new one; to one that is there it is added by its files.
        """
        data = validated(PutOrderSerializer, request)
        order = self._present(external_id)
        if order is None:
            if request.headers.get("If-Match"):
                raise Problem(HTTPStatus.PRECONDITION_FAILED, "changed_meanwhile", _("There is no such order."))
            return created(request, make_order(request, self.user, data, external_id=external_id), self.user)
        check_match(request, detail_of(order, self.user))
        if data.get("files"):
            raise wrong("files", _("This order is there already: add files to it at “files/”."))
        edit_order(order, {name: value for name, value in data.items() if name != "send"}, self.user)
        return answer_one(request, detail_of(access_order(self.user, order.code), self.user))

    def _present(self, external_id: str) -> Order | None:
        found = visible_orders(self.user).filter(external_id=external_id.replace("\x00", ""))
        return found.exclude(external_id="").select_related("contact", "assigned_to", "dossier").first()


class OrderDetail(ApiView):
    """One order."""

    scopes = {"GET": _READ, "PATCH": _WRITE, "DELETE": _WRITE}
    rights = {"GET": _RIGHT, "PATCH": _RIGHT, "DELETE": _RIGHT}

    @extend_schema(operation_id="orders_read", tags=["orders"], responses=OrderDetailSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Returns an order with its files, visits and history."""
        return answer_one(request, detail_of(access_order(self.user, code), self.user))

    @extend_schema(
        operation_id="orders_update", tags=["orders"], request=EditedOrderSerializer, responses=OrderDetailSerializer
    )
    def patch(self, request: Request, code: str) -> Response:
        """Changes what is sent of an order: of a draft, or for the firm of one that is still open."""
        data = validated(EditedOrderSerializer, request)
        refuse_staff_fields(self.user, data)
        order = access_order(self.user, code) if self.user.is_firm_staff else access_writable_order(self.user, code)
        check_match(request, detail_of(order, self.user))
        edit_order(order, data, self.user)
        return answer_one(request, detail_of(access_order(self.user, code), self.user))

    @extend_schema(operation_id="orders_delete", tags=["orders"], responses={204: None})
    def delete(self, request: Request, code: str) -> Response:
        """Deletes a draft; an order that was sent is cancelled."""
        order = access_order(self.user, code)
        check_match(request, detail_of(order, self.user))
        delete_draft(order)
        return Response(status=HTTPStatus.NO_CONTENT)


def drawn(orders: Sequence[Order], user: User) -> list[dict[str, Any]]:
    """Returns orders as this person's lists show them: one query, whatever their number."""
    keys = {order.dossier_id for order in orders if order.dossier_id}
    # 0: nobody's; so that a page asks as often whatever stands on it
    dossiers = dict(visible_dossiers(user).filter(pk__in=keys or {0}).values_list("pk", "code"))
    columns = frozenset(columns_for(user))
    rows = OrderSerializer(orders, many=True, context={"dossiers": dossiers}).data
    return [only(row, columns) for row in rows]


def detail_of(order: Order, user: User) -> dict[str, Any]:
    """Returns an order with its files, visits and history, as its page shows them to this person."""
    (found,) = drawn([order], user)
    visits = [] if order.is_draft else visits_of_order(order)
    if not user.is_firm_staff:
        visits = [visit for visit in visits if is_live(visit)][:1]
    return found | {
        "files": files_drawn(files_of(order), user),
        "visits": OrderVisitSerializer(visits, many=True).data,
        "history": OrderEventSerializer(events_of(order, for_staff=user.is_firm_staff), many=True).data,
    }


def files_drawn(files: Sequence[OrderFile], user: User) -> list[dict[str, Any]]:
    """Returns what was joined to an order as this person sees it."""
    columns = None if user.is_firm_staff else CLIENT_FILE_FIELDS
    return [only(file, columns) for file in OrderFileSerializer(files, many=True).data]


def make_order(request: Request, user: User, data: Mapping[str, Any], *, external_id: str) -> Order:
    """Returns a new order in the caller's transaction; raises ValidationError."""
    contact = _contact_for(user, data)
    values = _checked(data, order=Order(), user=user)
    uploads = uploads_of(data.get("files", []), user=user)
    order = begin_order(
        origin=OrderOrigin.STAFF if user.is_firm_staff else OrderOrigin.CLIENT,
        user=user,
        contact=contact,
        values=values,
        visit=visit_of(request._request),
    )
    if external_id:
        order = name_order(order, external_id=external_id)
    if uploads:
        add_order_files(order, stored=uploads, user=user)
    return send_whole(request, order, user) if data["send"] else order


def edit_order(order: Order, data: Mapping[str, Any], user: User) -> None:
    """Brings an order to what is sent, in the caller's transaction; raises ValidationError or DomainError."""
    values = _checked(data, order=order, user=user)
    if values:
        order = save_order(order, version=order.version, user=user, **values)
    if "external_id" in data:
        name_order(order, external_id=data["external_id"])
    if "staff_notes" in data:
        write_staff_notes(order, notes=data["staff_notes"])
    if order.is_draft and data.keys() & {"contact", "assigned_to"}:
        name = "contact" if "contact" in data else "assigned_to"
        if name == "contact" and order.contact is not None and data["contact"] == order.contact.code:
            return
        raise wrong(name, _("This can be changed once the order is sent."))
    if "contact" in data:
        link_order(order, contact=contact_of(data["contact"]) if data["contact"] else None, user=user)
    if "assigned_to" in data:
        assign_order(order, person=_person(data["assigned_to"]), user=user)


def send_whole(request: Request, order: Order, user: User) -> Order:
    """Returns the order, sent; raises ValidationError when something is missing, DomainError `already_sent`."""
    if order.is_draft:
        try:
            refuse_incomplete(order, for_staff=user.is_firm_staff)
        except FieldsError as error:
            raise serializers.ValidationError(errors_of(error.error_dict)) from error
    return send_order(order, user=user, visit=visit_of(request._request))


def created(request: Request, order: Order, user: User) -> Response:
    """Returns the answer to a new order."""
    data = detail_of(access_order(user, order.code), user)
    response = answer_one(request, data, status=HTTPStatus.CREATED)
    response["Location"] = here_url("api-order", order.code)
    return response


def refuse_staff_fields(user: User, data: Mapping[str, Any]) -> None:
    """Raises ValidationError when a client's key says what the firm alone says."""
    if not user.is_firm_staff and (found := sorted(_STAFF_FIELDS & data.keys())):
        raise wrong(found[0], _("There is no such field."), code="unknown_field")


def _checked(data: Mapping[str, Any], *, order: Order, user: User) -> dict[str, Any]:
    given = {name: value for name, value in data.items() if name in FIELDS}
    try:
        # who has sent it already cannot take away what it needs
        return checked_values(given, order=order, for_staff=user.is_firm_staff, later=order.is_draft)
    except FieldsError as error:
        raise serializers.ValidationError(errors_of(error.error_dict)) from error


def _contact_for(user: User, data: Mapping[str, Any]) -> Contact | None:
    if user.is_firm_staff:
        return contact_of(data["contact"]) if data.get("contact") else None
    contact = Contact.objects.select_related("user").filter(pk=contact_id_of(user) or 0).first()
    if contact is None:
        raise Http404
    return contact


def _person(code: str | None) -> User | None:
    if not code:
        return None
    person = next((each for each in firm_people() if each.code == code), None)
    if person is None:
        raise wrong("assigned_to", _("This person is no longer there."))
    return person


def _narrowed(user: User, asked: Mapping[str, Any]) -> QuerySet[Order]:
    wanted = OrderFilter(
        q=asked.get("q", ""),
        state=asked.get("state", ""),
        since=str(asked.get("since", "")),
        until=str(asked.get("until", "")),
        client=asked.get("contact", ""),
    )
    found = filtered_orders(user, wanted)
    if user.is_firm_staff and asked.get("external_id"):
        found = found.filter(external_id=asked["external_id"])
    if since := asked.get("updated_since"):
        found = found.filter(updated_at__gte=since)
    return found
