"""The firm's contacts."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.access import access_contact
from extranet.actions.contact import create_contact, delete_contact, edit_contact, send_access_codes
from extranet.actions.search import collaborator_emails
from extranet.enums import ContactKind
from extranet.forms.contact import ContactForm, NewContactForm
from extranet.models import Contact
from extranet.queries.contact import DEFAULT_SORT, SORTS, contact_choices, contact_page, contacts_offered
from extranet.queries.contact_detail import (
    collaborators_of,
    contact_accesses,
    contact_consultations,
    contact_figures,
    contact_messages,
    sub_accounts_of,
)
from extranet.views.common import firm_of, login_link, rows_per_page
from kernel.errors import DomainError
from mail.queries.server import stopped_among
from mail.sms.queries import number_facts

#: Of the data of the form that the actions take as they are.
_PLAIN = (
    "name",
    "company",
    "phone",
    "collaborators",
    "language",
    "kind",
    "street",
    "postcode",
    "city",
    "notes",
    "reads_unpaid",
)
#: The part of a contact's page that htmx swaps, page by page.
_DOSSIERS = "contact-dossiers"

#: Whose pages have a field in which a contact is chosen.
_WHO_CHOOSES = (
    Permission.CONTACTS,
    Permission.DOSSIERS,
    Permission.ORDERS,
    Permission.QUOTES,
    Permission.CALENDAR,
    Permission.MESSAGES,
    Permission.PRICES,
)


@require_safe
@for_permission(Permission.CONTACTS)
def contact_list(request: HttpRequest) -> HttpResponse:
    """Returns a page of contacts; htmx gets the table alone."""
    query, kind = request.GET.get("q", ""), request.GET.get("kind", "")
    kind = kind if kind in ContactKind.values else ""
    sort = request.GET.get("sort", "")
    sort = sort if sort.removeprefix("-") in SORTS and sort.count("-") < 2 else DEFAULT_SORT
    page = contact_page(query=query, kind=kind, sort=sort, page=request.GET.get("page"), size=rows_per_page(request))
    context = {
        "page": page,
        "query": query,
        "kind": kind,
        "kinds": ContactKind.choices,
        "wanted": {"sort": sort},
        "nav": "contacts",
    }
    part = "contact_rows" if request.headers.get("HX-Request") else "contact_list"
    response = render(request, f"extranet/office/{part}.html", context)
    response["Vary"] = "HX-Request, Cookie"
    return response


@require_safe
@for_permission(
    Permission.CONTACTS,
    Permission.DOSSIERS,
    Permission.ORDERS,
    Permission.QUOTES,
    Permission.CALENDAR,
    Permission.MESSAGES,
    Permission.PRICES,
)
def contact_choose(request: HttpRequest) -> JsonResponse:
    """Returns the contacts that match `q` as {"results": [{"value": code, "text": …, "note": e-mail}]}."""
    results = [
        {"value": contact.code, "text": str(contact), "note": contact.user.email}
        for contact in contact_choices(request.GET.get("q", ""))
    ]
    return JsonResponse({"results": results})


@require_http_methods(["GET", "POST"])
@for_permission(Permission.CONTACTS)
def contact_new(request: HttpRequest) -> HttpResponse:
    """Returns the form of a new contact, or makes it."""
    form = NewContactForm(request.POST or None, initial={"language": firm_of(request).branding.language})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            contact = create_contact(
                **_plain(data),
                email=data["email"].lower(),
                username=data["username"] or data["email"],
                inherit_from=data["inherit_from"],
                send_codes=data["send_codes"],
                firm_name=firm_of(request).branding.site_name,
                link=login_link(request),
                user=current_user(request),
            )
        except DomainError as error:
            form.add_error("username" if error.code == "username_taken" else "email", str(error))
        else:
            if data["send_codes"]:
                messages.success(
                    request, _("The access codes are on their way to %(email)s.") % {"email": data["email"]}
                )
            else:
                messages.success(request, _("The contact was created."))
            return redirect("contact-detail", code=contact.code)
    chosen = [code.replace("\x00", "") for code in request.POST.getlist("inherit_from") if code]
    context = {"form": form, "contacts": contacts_offered(chosen), "chosen": chosen, "nav": "contacts"}
    return render(request, "extranet/office/contact_form.html", context, status=422 if form.is_bound else 200)


@require_safe
@for_permission(Permission.CONTACTS)
def contact_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Returns a contact's page; htmx gets another page of its dossiers alone."""
    contact = access_contact(current_user(request), code)
    accesses = contact_accesses(contact, page=request.GET.get("page"), size=rows_per_page(request))
    context: dict[str, Any] = {"contact": contact, "page": accesses, "nav": "contacts"}
    part = "contact_dossiers"
    if request.headers.get("HX-Target") != _DOSSIERS:
        part = "contact_detail"
        sub_accounts = sub_accounts_of(contact)
        collaborators = collaborators_of(contact, sub_accounts)
        context |= {
            "figures": contact_figures(contact),
            "collaborators": collaborators,
            "sub_accounts": sub_accounts,
            "contact_messages": contact_messages(contact),
            "consultations": contact_consultations(contact),
        }
    response = render(request, f"extranet/office/{part}.html", context)
    response["Vary"] = "HX-Request, HX-Target, Cookie"
    return response


@require_safe
@for_permission(Permission.CONTACTS)
def contact_reach(request: HttpRequest, code: str) -> HttpResponse:
    """Returns, for the contact's page, how it can be reached: addresses that are stopped, text messages."""
    contact = access_contact(current_user(request), code)
    sub_accounts = sub_accounts_of(contact)
    addresses = [contact.user.email, *(one.email for one in collaborators_of(contact, sub_accounts))]
    context = {
        "contact": contact,
        "stopped_addresses": stopped_among([*addresses, *(one.user.email for one in sub_accounts)]),
        "sms": None if contact.erased_at else number_facts(contact.phone),
        "back": reverse("contact-detail", args=[contact.code]),
    }
    return render(request, "extranet/office/contact_reach.html", context)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.CONTACTS)
def contact_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the form of a contact, or saves it; one whose data were erased has none."""
    contact = access_contact(current_user(request), code)
    if contact.erased_at is not None:
        messages.error(request, _("The data of this contact were erased: it can only be deleted."))
        return redirect("contact-detail", code=code)
    form = ContactForm(request.POST or None, initial=_initial(contact, firm_of(request).branding.language))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            edit_contact(
                contact,
                **_plain(data),
                email=data["email"].lower(),
                username=data["username"] or data["email"],
                user=current_user(request),
            )
        except DomainError as error:
            form.add_error("username" if error.code == "username_taken" else "email", str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("contact-detail", code=code)
    context = {"form": form, "contact": contact, "nav": "contacts"}
    return render(request, "extranet/office/contact_form.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_permission(Permission.CONTACTS)
def contact_delete(request: HttpRequest, code: str) -> HttpResponse:
    """Deletes a contact and its accesses."""
    user = current_user(request)
    contact = access_contact(user, code)
    name = str(contact)
    delete_contact(contact, user=user)
    messages.success(request, _("%(name)s was deleted; its dossiers are still here.") % {"name": name})
    return redirect("contact-list")


@require_POST
@for_permission(Permission.CONTACTS)
def contact_codes(request: HttpRequest, code: str) -> HttpResponse:
    """Sends a contact its access codes, with a new password."""
    contact = access_contact(current_user(request), code)
    try:
        send_access_codes(contact, firm_name=firm_of(request).branding.site_name, link=login_link(request))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        text = _("The access codes are on their way to %(email)s.") % {"email": contact.user.email}
        messages.success(request, text)
    return redirect("contact-detail", code=code)


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in _PLAIN} | {"kind": data["kind"] or ContactKind.OTHER}


def _initial(contact: Contact, language: str) -> dict[str, Any]:
    own = ("name", "company", "phone", "kind", "street", "postcode", "city", "notes", "reads_unpaid")
    return {name: getattr(contact, name) for name in own} | {
        "email": contact.user.email,
        "username": contact.user.username,
        "language": contact.user.language or language,
        "collaborators": ", ".join(collaborator_emails(contact)),
    }
