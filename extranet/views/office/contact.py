"""The firm's contacts."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_staff
from extranet.access import access_contact
from extranet.actions.contact import create_contact, delete_contact, edit_contact, send_access_codes
from extranet.actions.search import collaborator_emails
from extranet.forms.contact import ContactForm, NewContactForm
from extranet.models import Dossier
from extranet.queries.contact import contact_choices, contact_page
from extranet.views.common import firm_of, login_link, rows_per_page
from kernel.errors import DomainError

_DOSSIERS_SHOWN = 50


@require_safe
@for_staff
def contact_list(request: HttpRequest) -> HttpResponse:
    """Returns a page of contacts; htmx gets the table alone."""
    query = request.GET.get("q", "")
    page = contact_page(query=query, page=request.GET.get("page"), size=rows_per_page(request))
    part = "contact_rows" if request.headers.get("HX-Request") else "contact_list"
    response = render(request, f"extranet/office/{part}.html", {"page": page, "query": query, "nav": "contacts"})
    response["Vary"] = "HX-Request, Cookie"
    return response


@require_safe
@for_staff
def contact_choose(request: HttpRequest) -> JsonResponse:
    """Returns the contacts that match `q` as {"results": [{"value": code, "text": …, "note": e-mail}]}."""
    results = [
        {"value": contact.code, "text": str(contact), "note": contact.user.email}
        for contact in contact_choices(request.GET.get("q", ""))
    ]
    return JsonResponse({"results": results})


@require_http_methods(["GET", "POST"])
@for_staff
def contact_new(request: HttpRequest) -> HttpResponse:
    """Returns the form of a new contact, or makes it."""
    form = NewContactForm(request.POST or None, initial={"language": firm_of(request).branding.language})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            contact = create_contact(
                name=data["name"],
                company=data["company"],
                phone=data["phone"],
                email=data["email"].lower(),
                username=data["username"] or data["email"],
                collaborators=data["collaborators"],
                language=data["language"],
                send_codes=data["send_codes"],
                firm_name=firm_of(request).branding.site_name,
                link=login_link(request),
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
    status = 422 if form.is_bound else 200
    return render(request, "extranet/office/contact_form.html", {"form": form, "nav": "contacts"}, status=status)


@require_safe
@for_staff
def contact_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Returns a contact's page: its account and its last dossiers."""
    contact = access_contact(current_user(request), code)
    dossiers = Dossier.objects.filter(accesses__contact=contact).order_by("-created_at", "-id")
    context = {
        "contact": contact,
        "collaborators": collaborator_emails(contact),
        "dossiers": dossiers[:_DOSSIERS_SHOWN],
        "dossier_count": dossiers.count(),
        "nav": "contacts",
    }
    return render(request, "extranet/office/contact_detail.html", context)


@require_http_methods(["GET", "POST"])
@for_staff
def contact_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the form of a contact, or saves it."""
    contact = access_contact(current_user(request), code)
    initial = {
        "name": contact.name,
        "company": contact.company,
        "phone": contact.phone,
        "email": contact.user.email,
        "username": contact.user.username,
        "language": contact.user.language or firm_of(request).branding.language,
        "collaborators": ", ".join(collaborator_emails(contact)),
    }
    form = ContactForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            edit_contact(
                contact,
                name=data["name"],
                company=data["company"],
                phone=data["phone"],
                email=data["email"].lower(),
                username=data["username"] or data["email"],
                collaborators=data["collaborators"],
                language=data["language"],
            )
        except DomainError as error:
            form.add_error("username" if error.code == "username_taken" else "email", str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("contact-detail", code=code)
    context = {"form": form, "contact": contact, "nav": "contacts"}
    return render(request, "extranet/office/contact_form.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_staff
def contact_delete(request: HttpRequest, code: str) -> HttpResponse:
    """Deletes a contact and its accesses."""
    contact = access_contact(current_user(request), code)
    name = str(contact)
    delete_contact(contact)
    messages.success(request, _("%(name)s was deleted; its dossiers are still here.") % {"name": name})
    return redirect("contact-list")


@require_POST
@for_staff
def contact_codes(request: HttpRequest, code: str) -> HttpResponse:
    """Sends a contact its access codes, with a new password."""
    contact = access_contact(current_user(request), code)
    send_access_codes(contact, firm_name=firm_of(request).branding.site_name, link=login_link(request))
    messages.success(request, _("The access codes are on their way to %(email)s.") % {"email": contact.user.email})
    return redirect("contact-detail", code=code)
