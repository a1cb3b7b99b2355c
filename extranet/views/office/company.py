"""Who the firm is in law, for whoever sets it up: data, insurance, signature, certifications."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.access_library import access_certification
from extranet.actions.company import (
    compose_mentions,
    delete_certification,
    save_certification,
    save_company,
    store_signature,
)
from extranet.actions.setting_change import record_changes, record_form
from extranet.company_lines import company_lines, proposed_vat_number
from extranet.forms.company import CertificationForm, CompanyForm, covers_too_little
from extranet.models import Certification, Company, Diagnostician
from extranet.queries.company import company
from extranet.queries.settings import portal_settings
from extranet.views.common import firm_of
from extranet.views.office.file import STORAGE_DOWN
from kernel.errors import DomainError, OutsideServiceError
from storage.actions.files import delete_stored_file
from storage.delivery import send_file
from storage.models import StoredFile
from storage.uploads import raise_upload_error


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def settings_company(request: HttpRequest) -> HttpResponse:
    """Returns the page of the firm's legal data, or saves them."""
    present = company()
    firm = firm_of(request)
    # what the firm said when it signed up
    initial = {"legal_name": present.legal_name or firm.name, "siret": present.siret or firm.siret}
    if request.method != "POST":
        return _page(request, CompanyForm(instance=present, initial=initial), present)
    form = CompanyForm(request.POST, request.FILES, instance=company())
    if form.is_valid() and _save(request, form):
        messages.success(request, _("Saved."))
        return redirect("settings-company")
    return _page(request, form, present)


def _page(request: HttpRequest, form: CompanyForm, present: Company) -> HttpResponse:
    context = {
        "form": form,
        "present": present,
        "proposed_vat": "" if present.vat_number else proposed_vat_number(present.siren),
        "covers_too_little": covers_too_little(present),
        "lines": company_lines(present),
        "own_lines": portal_settings().legal_mentions,
        "certifications": list(Certification.objects.select_related("diagnostician")),
        "has_people": Diagnostician.objects.exists(),
        "nav": "settings",
    }
    return render(request, "extranet/office/settings_company.html", context, status=422 if form.is_bound else 200)


def _save(request: HttpRequest, form: CompanyForm) -> bool:
    """Returns whether it was saved; else the form says why."""
    stored: StoredFile | None = None
    try:
        raise_upload_error(request)
        upload = form.cleaned_data["signature"]
        if upload is not None:
            stored = store_signature(upload, user=current_user(request))
        with transaction.atomic():
            save_company(values=form.values, signature=stored, remove_signature=form.cleaned_data["remove_signature"])
            record_form(form, page="settings-company", by=current_user(request))
    except DomainError as error:
        if stored is not None:
            delete_stored_file(stored)
        form.add_error("signature", str(error))
        return False
    except OutsideServiceError:
        form.add_error("signature", str(STORAGE_DOWN))
        return False
    return True


@require_POST
@for_permission(Permission.SETTINGS)
def mentions_compose(request: HttpRequest) -> HttpResponse:
    """Makes the documents say the lines made of the data."""
    compose_mentions()
    messages.success(request, _("Your documents now say the lines made of these data."))
    return redirect(f"{reverse('settings-company')}#mentions")


@require_safe
@for_permission(Permission.SETTINGS)
def signature_picture(request: HttpRequest) -> HttpResponseBase:
    """Returns the picture of the signature."""
    stored = company().signature
    if stored is None:
        raise Http404
    return send_file(request, stored, name=stored.name, inline=True)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def certification_new(request: HttpRequest) -> HttpResponse:
    """Returns the form of a new certification, or saves it."""
    return _certification(request, None)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def certification_edit(request: HttpRequest, certification_code: str) -> HttpResponse:
    """Returns the form of a certification, or saves it."""
    return _certification(request, access_certification(current_user(request), certification_code))


def _certification(request: HttpRequest, certification: Certification | None) -> HttpResponse:
    form = CertificationForm(request.POST if request.method == "POST" else None, instance=certification)
    if form.is_bound and form.is_valid():
        # the form has written on its own row: the action compares with what is stored
        stored = Certification.objects.get(pk=certification.pk) if certification is not None else None
        with transaction.atomic():
            saved = save_certification(stored, values=form.values)
            record_form(form, page="settings-company", by=current_user(request), subject=str(saved))
        messages.success(request, _("Saved."))
        return _to_certifications()
    context = {"form": form, "certification": certification, "nav": "settings"}
    return render(request, "extranet/office/certification_form.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_permission(Permission.SETTINGS)
def certification_delete(request: HttpRequest, certification_code: str) -> HttpResponse:
    """Takes a certification away."""
    user = current_user(request)
    certification = access_certification(user, certification_code)
    with transaction.atomic():
        record_changes({_("Certification"): (certification, "")}, page="settings-company", by=user)
        delete_certification(certification)
    messages.success(request, _("The certification was deleted."))
    return _to_certifications()


def _to_certifications() -> HttpResponse:
    return redirect(f"{reverse('settings-company')}#certifications")
