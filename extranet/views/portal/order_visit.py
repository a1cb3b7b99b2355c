"""The visit of an order, for the client who gave it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import current_user, for_clients_or
from accounts.models import Permission
from extranet.access_order import access_order
from extranet.views import visit_desk
from extranet.views.visit_desk import VisitDesk


@require_http_methods(["GET", "POST"])
@for_clients_or(Permission.ORDERS)
def order_visit(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the times of which a client chooses one for its order, or books it."""
    return visit_desk.choose_page(request, _desk(request, code))


@require_http_methods(["GET", "POST"])
@for_clients_or(Permission.ORDERS)
def order_visit_move(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the times to which a client can move its visit, or moves it."""
    return visit_desk.move_page(request, _desk(request, code))


@require_http_methods(["GET", "POST"])
@for_clients_or(Permission.ORDERS)
def order_visit_cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Returns what cancelling its visit means to a client, or cancels it."""
    return visit_desk.cancel_page(request, _desk(request, code))


@require_safe
@for_clients_or(Permission.ORDERS)
def order_visit_ics(request: HttpRequest, code: str) -> HttpResponse:
    """Returns a client's visit for its calendar."""
    return visit_desk.visit_file(request, _desk(request, code))


def _desk(request: HttpRequest, code: str) -> VisitDesk:
    """Returns where a client books; raises Http404 for the firm's people, who have their calendar."""
    user = current_user(request)
    order = access_order(user, code)
    if user.is_firm_staff or order.is_draft:
        raise Http404
    return VisitDesk(order, code, "base_portal.html", user)
