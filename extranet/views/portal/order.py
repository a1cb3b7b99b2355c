"""Orders, as whoever may see them lists, opens and writes them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_clients_or
from accounts.models import Permission, User
from extranet.access_order import access_order, access_order_file, access_writable_order
from extranet.actions.order import delete_draft, duplicate_order
from extranet.actions.order_file import remove_order_file
from extranet.actions.order_place import Picked, sign_picked
from extranet.actions.order_state import cancel_order
from extranet.enums import DiagnosticKind
from extranet.enums_order import OrderOrigin
from extranet.exporters.orders import order_sheet
from extranet.forms.order_office import CancelForm, NotesForm
from extranet.geocoding import suggest_addresses
from extranet.models import Contact, Order
from extranet.queries.contact import contact_id_of, contacts_offered
from extranet.queries.dossier_filter import visible_dossiers
from extranet.queries.mission import mark_missions, mission_context
from extranet.queries.order import (
    diagnostic_labels,
    drafts_of,
    events_of,
    files_of,
    firm_people,
    is_late,
    order_page,
    state_counts,
)
from extranet.queries.order_filter import SORTS, OrderFilter
from extranet.views.common import rows_per_page, visit_of
from extranet.views.office.export import send_sheet
from extranet.views.portal.order_wizard import STEPS, Desk, begin, step_page
from extranet.views.portal.quote import quote_links
from extranet.views.visit_desk import order_card
from kernel.errors import DomainError, OutsideServiceError
from kernel.ratelimit import consume
from storage.delivery import send_file

#: What one address may ask of the address service, by us, in a minute.
ASK_LIMIT, ASK_SECONDS = 120, 60
MOST_ADDRESSES = 6


def desk_of(user: User) -> Desk:
    """Returns where somebody with an account writes orders."""
    return Desk(user=user, page="base_office.html" if user.is_firm_staff else "base_portal.html", prefix="order")


@require_safe
@for_clients_or(Permission.ORDERS)
def order_list(request: HttpRequest) -> HttpResponse:
    """Returns a page of the orders that the person may see; htmx gets the table alone."""
    user = current_user(request)
    wanted = OrderFilter.from_query(request.GET)
    page = order_page(user, wanted=wanted, page=request.GET.get("page"), size=rows_per_page(request))
    mark_missions(page.rows)
    context: dict[str, Any] = {"page": page, "wanted": wanted, "nav": "orders", "shell": desk_of(user).page}
    htmx = bool(request.headers.get("HX-Request"))
    if not htmx:
        counts = state_counts(user)
        client = None
        if user.is_firm_staff and wanted.client:
            client = Contact.objects.filter(code=wanted.client).first()
        context |= {
            "states": counts,
            "open_count": sum(one.count for one in counts if one.state in {"todo", "ongoing"}),
            "drafts": drafts_of(user),
            "diagnostic_kinds": DiagnosticKind.choices,
            "origins": OrderOrigin.choices,
            "people": firm_people() if user.is_firm_staff else [],
            "sorts": list(SORTS),
            "client_chosen": client,
        }
    response = render(request, f"extranet/portal/{'order_rows' if htmx else 'order_list'}.html", context)
    response["Vary"] = "HX-Request, Cookie"
    return response


@require_safe
@for_clients_or(Permission.ORDERS)
@for_clients_or(Permission.EXPORTS)
def order_export(request: HttpRequest) -> HttpResponseBase:
    """Returns the filtered list of orders; a client's without the firm's own columns."""
    wanted = OrderFilter.from_query(request.GET)
    return send_sheet(request, order_sheet(current_user(request), wanted), back="order-list")


@require_safe
@for_clients_or(Permission.ORDERS)
def order_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the page of an order: for the firm with all there is, for a client with what is meant for it."""
    user = current_user(request)
    return detail_page(request, user, access_order(user, code))


def detail_page(
    request: HttpRequest,
    user: User,
    order: Order,
    *,
    cancel_form: CancelForm | None = None,
    notes_form: NotesForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Returns the page of an order, with a form of it that was refused."""
    context: dict[str, Any] = {
        "order": order,
        "shell": desk_of(user).page,
        "diagnostics": diagnostic_labels(order.diagnostics),
        "files": files_of(order),
        "events": events_of(order, for_staff=user.is_firm_staff),
        "is_late": is_late(order),
        "cancel_form": cancel_form or CancelForm(),
        "can_cancel": order.is_open if user.is_firm_staff else order.state == "todo",
        "can_write": order.is_draft or (user.is_firm_staff and order.is_open),
        "steps": list(STEPS),
        "quotes": quote_links(order, user),
        "nav": "orders",
    }
    if not order.is_draft:
        context |= order_card(order, user=user, key=order.code)
    if user.is_firm_staff:
        context |= {
            "people": firm_people(),
            "notes_form": notes_form or NotesForm(initial={"notes": order.staff_notes}),
            "contacts": [order.contact] if order.contact else [],
        }
    elif order.dossier is not None:
        # a client reads it only once it was given access
        context["own_dossier"] = visible_dossiers(user).filter(pk=order.dossier.pk).first()
    context |= mission_context(order, user)
    return render(request, "extranet/portal/order_detail.html", context, status=status)


@require_http_methods(["GET", "POST"])
@for_clients_or(Permission.ORDERS)
def order_new(request: HttpRequest) -> HttpResponse:
    """Returns the first step of a new order, or begins its draft; the firm's people may say for which client."""
    user = current_user(request)
    if user.is_client and contact_id_of(user) is None:
        raise Http404
    extra: dict[str, Any] = {}
    if user.is_firm_staff:
        chosen = (request.POST if request.method == "POST" else request.GET).get("contact", "").replace("\x00", "")
        contact = Contact.objects.select_related("user").filter(code=chosen, erased_at__isnull=True).first()
        extra = {"asks_contact": True, "contacts": contacts_offered([chosen]), "chosen": chosen}
    else:
        contact = Contact.objects.select_related("user").filter(pk=contact_id_of(user) or 0).first()
    return begin(request, desk_of(user), contact=contact, extra=extra)


@require_http_methods(["GET", "POST"])
@for_clients_or(Permission.ORDERS)
def order_step(request: HttpRequest, code: str, step: str) -> HttpResponse:
    """Returns a step of an order, or saves it."""
    user = current_user(request)
    if step not in STEPS:
        raise Http404
    return step_page(request, desk_of(user), access_writable_order(user, code), step)


@require_safe
@for_clients_or(Permission.ORDERS)
def order_addresses(request: HttpRequest) -> JsonResponse:
    """Returns the addresses that begin with `q`; see `addresses`."""
    return addresses(request)


def addresses(request: HttpRequest) -> JsonResponse:
    """Returns {"results": [{street, postcode, city, label, place}]}, `place` signed; empty when nobody answers."""
    results: list[dict[str, str]] = []
    if consume(request, "order-addresses", limit=ASK_LIMIT, seconds=ASK_SECONDS):
        try:
            found = suggest_addresses(request.GET.get("q", ""), most=MOST_ADDRESSES)
        except OutsideServiceError:
            found = []
        results = [
            {
                "street": picked.street,
                "postcode": picked.postcode,
                "city": picked.city,
                "label": picked.label,
                "place": sign_picked(picked),
            }
            for picked in map(Picked.from_suggestion, found)
        ]
    return JsonResponse({"results": results})


@require_POST
@for_clients_or(Permission.ORDERS)
def order_duplicate(request: HttpRequest, code: str) -> HttpResponse:
    """Begins a new order with what an earlier one says."""
    user = current_user(request)
    made = duplicate_order(access_order(user, code), user=user)
    messages.success(request, _("A draft was made of it: check it and send it."))
    return redirect("order-step", code=made.code, step=next(iter(STEPS)))


@require_http_methods(["GET", "POST"])
@for_clients_or(Permission.ORDERS)
def order_cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Cancels an order for a reason; its page has the form."""
    user = current_user(request)
    order = access_order(user, code)
    if request.method == "GET":
        return redirect("order-detail", code=code)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return detail_page(request, user, order, cancel_form=form, status=422)
    try:
        cancel_order(order, reason=form.cleaned_data["reason"], user=user, visit=visit_of(request))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The order is cancelled."))
    return redirect("order-detail", code=code)


@require_POST
@for_clients_or(Permission.ORDERS)
def order_delete(request: HttpRequest, code: str) -> HttpResponse:
    """Deletes a draft."""
    order = access_order(current_user(request), code)
    try:
        delete_draft(order)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("order-detail", code=code)
    messages.success(request, _("The draft is deleted."))
    return redirect("order-list")


@require_safe
@for_clients_or(Permission.ORDERS)
def order_file(request: HttpRequest, code: str, attachment_code: str) -> HttpResponseBase:
    """Returns what was joined to an order as a download."""
    file = access_order_file(current_user(request), code, attachment_code)
    return send_file(request, file.stored, name=file.name)


@require_POST
@for_clients_or(Permission.ORDERS)
def order_file_remove(request: HttpRequest, code: str, attachment_code: str) -> HttpResponse:
    """Takes an attachment from a draft; from one that was sent only the firm may."""
    user = current_user(request)
    order = access_writable_order(user, code)
    file = access_order_file(user, code, attachment_code)
    remove_order_file(file, user=user)
    messages.success(request, _("“%(name)s” was taken away.") % {"name": file.name})
    return redirect("order-step", code=order.code, step="visite")
