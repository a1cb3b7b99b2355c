"""What the firm does with orders."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import current_user, for_permission
from accounts.models import Permission, User
from extranet.access_order import access_order
from extranet.actions.order import link_order
from extranet.actions.order_dossier import copy_order_files, dossier_title, make_dossier
from extranet.actions.order_mail import visitor_order_url
from extranet.actions.order_state import assign_order, move_order, write_staff_notes
from extranet.actions.setting_change import save_settings
from extranet.enums_order import OrderState
from extranet.forms.order_office import NotesForm, OrderDossierForm, OrderSettingsForm
from extranet.models import Contact, Order
from extranet.queries.contact import contacts_offered
from extranet.queries.order import diagnostic_labels, files_of, firm_people
from extranet.queries.settings import portal_settings
from extranet.views.common import back_to
from extranet.views.portal.order import detail_page
from kernel.errors import DomainError
from storage.errors import StorageUnavailable


@require_POST
@for_permission(Permission.ORDERS)
def order_move(request: HttpRequest, code: str) -> HttpResponse:
    """Puts an order in another state: `to` is todo, ongoing or done."""
    user = current_user(request)
    order = _sent_order(user, code)
    to = request.POST.get("to", "")
    texts = {
        OrderState.TODO: _("The order is to be handled again."),
        OrderState.ONGOING: _("The order is in progress."),
        OrderState.DONE: _("The order is handled."),
    }
    if to not in texts:
        messages.error(request, _("This is no state of an order."))
    else:
        try:
            move_order(order, to=OrderState(to), user=user)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, texts[OrderState(to)])
    return back_to(request, _page(code))


@require_POST
@for_permission(Permission.ORDERS)
def order_assign(request: HttpRequest, code: str) -> HttpResponse:
    """Assigns an order to one of the firm's people, or to nobody."""
    user = current_user(request)
    order = _sent_order(user, code)
    chosen = request.POST.get("person", "")
    person = next((each for each in firm_people() if each.code == chosen), None)
    if chosen and person is None:
        messages.error(request, _("This person is no longer there."))
        return back_to(request, _page(code))
    assign_order(order, person=person, user=user)
    text = _("The order is assigned to %(name)s.") if person else _("The order is assigned to nobody.")
    messages.success(request, text % {"name": person} if person else text)
    return back_to(request, _page(code))


@require_POST
@for_permission(Permission.ORDERS)
def order_contact(request: HttpRequest, code: str) -> HttpResponse:
    """Says whose order it is: that client sees it from then on."""
    user = current_user(request)
    order = _sent_order(user, code)
    chosen = request.POST.get("contact", "").replace("\x00", "")
    contact = Contact.objects.select_related("user").filter(code=chosen, erased_at__isnull=True).first()
    if chosen and contact is None:
        messages.error(request, _("This contact is no longer there."))
        return redirect("order-detail", code=code)
    link_order(order, contact=contact, user=user)
    messages.success(request, _("Saved."))
    return redirect("order-detail", code=code)


@require_POST
@for_permission(Permission.ORDERS)
def order_notes(request: HttpRequest, code: str) -> HttpResponse:
    """Saves what only the firm reads."""
    user = current_user(request)
    order = access_order(user, code)
    form = NotesForm(request.POST)
    if not form.is_valid():
        return detail_page(request, user, order, notes_form=form, status=422)
    write_staff_notes(order, notes=form.cleaned_data["notes"])
    messages.success(request, _("Saved."))
    return redirect("order-detail", code=code)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.ORDERS)
def order_dossier(request: HttpRequest, code: str) -> HttpResponse:
    """Returns what the dossier of an order will be, or makes it."""
    user = current_user(request)
    order = _sent_order(user, code)
    if order.dossier is not None:
        messages.info(request, _("A dossier was made of this order already."))
        return redirect("dossier-detail", code=order.dossier.code)
    initial = {"title": dossier_title(order), "visited_on": None}
    form = OrderDossierForm(request.POST if request.method == "POST" else None, initial=initial)
    chosen = [order.contact.code] if order.contact else []
    if request.method == "POST":
        chosen = [each.replace("\x00", "") for each in request.POST.getlist("contacts")]
    if request.method == "POST" and form.is_valid():
        try:
            files = copy_order_files(order, user=user)
            dossier = make_dossier(
                order,
                **form.cleaned_data,
                contacts=list(Contact.objects.filter(code__in=chosen).select_related("user")),
                files=files,
                user=user,
            )
        except (DomainError, StorageUnavailable) as error:
            form.add_error(None, str(getattr(error, "message", error)))
        except FileNotFoundError:
            form.add_error(None, _("One of the files is no longer in the store: take it off the order first."))
        else:
            messages.success(request, _("The dossier is made, with all that the order says."))
            return redirect("dossier-detail", code=dossier.code)
    context = {
        "form": form,
        "order": order,
        "diagnostics": diagnostic_labels(order.diagnostics),
        "files": files_of(order),
        "contacts": contacts_offered(chosen),
        "chosen": chosen,
        "today": timezone.localdate(),
        "nav": "orders",
    }
    return render(request, "extranet/office/order_dossier.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def settings_orders(request: HttpRequest) -> HttpResponse:
    """Returns how the firm takes orders, or saves it."""
    form = OrderSettingsForm(request.POST if request.method == "POST" else None, instance=portal_settings())
    if request.method == "POST" and form.is_valid():
        save_settings(form, page="settings-orders", by=current_user(request))
        messages.success(request, _("Saved."))
        return redirect("settings-orders")
    context = {"form": form, "visitor_url": visitor_order_url(), "nav": "settings"}
    return render(request, "extranet/office/order_settings.html", context, status=422 if form.is_bound else 200)


def _sent_order(user: User, code: str) -> Order:
    """Returns an order that was sent; a draft has no state to change yet."""
    order = access_order(user, code)
    if order.is_draft:
        raise Http404
    return order


def _page(code: str) -> str:
    return reverse("order-detail", args=[code])
