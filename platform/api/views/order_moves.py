"""What becomes of orders: sent, taken charge of, handled, cancelled, made a dossier."""

from http import HTTPStatus
from typing import ClassVar

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Permission, Scope, User
from api.bodies import contact_of
from api.problems import Problem
from api.serializers.order import CancelSerializer, OrderDetailSerializer, OrderDossierSerializer
from api.views.base import ApiView, answer_one, check_match, validated
from api.views.order import detail_of, send_whole
from extranet.access_order import access_order
from extranet.actions.order_dossier import copy_order_files, dossier_title, make_dossier
from extranet.actions.order_state import cancel_order, move_order
from extranet.enums_order import OrderState
from extranet.models import Order
from extranet.views.common import visit_of

_WRITE = Scope.ORDERS_WRITE
_RIGHT = Permission.ORDERS


class _OrderMove(ApiView):
    """An order that the firm moves on."""

    scopes = {"POST": _WRITE}
    rights = {"POST": _RIGHT}
    clients = False
    to: ClassVar[OrderState]

    def post(self, request: Request, code: str) -> Response:
        """Puts an order in another state; who ordered is told if the firm wants that."""
        order = sent_order(self.user, code)
        check_match(request, detail_of(order, self.user))
        move_order(order, to=self.to, user=self.user)
        return answer_one(request, detail_of(access_order(self.user, code), self.user))


@extend_schema_view(
    post=extend_schema(operation_id="orders_take", tags=["orders"], request=None, responses=OrderDetailSerializer)
)
class OrderTake(_OrderMove):
    """An order that the firm takes charge of."""

    to = OrderState.ONGOING


@extend_schema_view(
    post=extend_schema(operation_id="orders_done", tags=["orders"], request=None, responses=OrderDetailSerializer)
)
class OrderDone(_OrderMove):
    """An order that is handled."""

    to = OrderState.DONE


@extend_schema_view(
    post=extend_schema(operation_id="orders_reopen", tags=["orders"], request=None, responses=OrderDetailSerializer)
)
class OrderReopen(_OrderMove):
    """An order that is to be handled again."""

    to = OrderState.TODO


class OrderSend(ApiView):
    """A draft that is sent."""

    scopes = {"POST": _WRITE}
    rights = {"POST": _RIGHT}

    @extend_schema(operation_id="orders_send", tags=["orders"], request=None, responses=OrderDetailSerializer)
    def post(self, request: Request, code: str) -> Response:
        """Sends a draft: who ordered and the firm are told."""
        order = access_order(self.user, code)
        check_match(request, detail_of(order, self.user))
        send_whole(request, order, self.user)
        return answer_one(request, detail_of(access_order(self.user, code), self.user))


class OrderCancel(ApiView):
    """An order that is wanted no more."""

    scopes = {"POST": _WRITE}
    rights = {"POST": _RIGHT}

    @extend_schema(
        operation_id="orders_cancel", tags=["orders"], request=CancelSerializer, responses=OrderDetailSerializer
    )
    def post(self, request: Request, code: str) -> Response:
        """Cancels an order and its visits: the firm while it is open, its client until it is begun."""
        order = access_order(self.user, code)
        check_match(request, detail_of(order, self.user))
        reason = validated(CancelSerializer, request)["reason"]
        cancel_order(order, reason=reason, user=self.user, visit=visit_of(request._request))
        return answer_one(request, detail_of(access_order(self.user, code), self.user))


class OrderDossier(ApiView):
    """The dossier of an order."""

    scopes = {"POST": _WRITE}
    rights = {"POST": _RIGHT}
    clients = False
    # copies of what is joined to the order go to the store first
    in_transaction = False

    @extend_schema(
        operation_id="orders_dossier",
        tags=["orders"],
        request=OrderDossierSerializer,
        responses={201: OrderDetailSerializer},
    )
    def post(self, request: Request, code: str) -> Response:
        """Makes the dossier of an order, with all that it says and what was joined to it."""
        if Scope.DOSSIERS_WRITE not in request.auth.scopes:  # type: ignore[union-attr]  # a key, by authentication
            text = _("This key is not made for this: it lacks “%(scope)s”.") % {"scope": Scope.DOSSIERS_WRITE.value}
            raise Problem(HTTPStatus.FORBIDDEN, "scope_missing", text)
        order = sent_order(self.user, code)
        data = validated(OrderDossierSerializer, request)
        codes = data.pop("contacts", [order.contact.code] if order.contact else [])
        contacts = [contact_of(one, field="contacts") for one in dict.fromkeys(codes)]
        # refused before anything goes to the store; make_dossier asks again under its lock
        if order.dossier_id is not None:
            raise Problem(HTTPStatus.CONFLICT, "has_dossier", _("A dossier was made of this order already."))
        title = data.pop("title", "") or dossier_title(order)
        try:
            files = copy_order_files(order, user=self.user)
        except FileNotFoundError as error:
            text = _("One of the files is no longer in the store: take it off the order first.")
            raise Problem(HTTPStatus.CONFLICT, "file_gone", text) from error
        make_dossier(order, title=title, **data, contacts=contacts, files=files, user=self.user)
        data = detail_of(access_order(self.user, code), self.user)
        return answer_one(request, data, status=HTTPStatus.CREATED)


def sent_order(user: User, code: str) -> Order:
    """Returns an order that was sent; a draft has no state to change yet: raises Http404."""
    order = access_order(user, code)
    if order.is_draft:
        raise Http404
    return order
