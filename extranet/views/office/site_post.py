"""Pictures of the firm's site, and what its visitors wrote."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.actions.site_contact import delete_contact_message, handle_contact
from extranet.actions.site_image import add_site_image, delete_site_image, describe_site_image
from extranet.forms.site import AltForm, PictureForm
from extranet.models import SiteContact, SiteImage
from extranet.queries.site import site_contacts
from extranet.views.office.site import all_pictures
from kernel.errors import DomainError, OutsideServiceError
from storage.uploads import raise_upload_error


@require_http_methods(["GET", "POST"])
@for_permission(Permission.WEBSITE)
def site_pictures(request: HttpRequest) -> HttpResponse:
    """Returns the pictures of the site, or adds one."""
    form = PictureForm(request.POST, request.FILES) if request.method == "POST" else PictureForm()
    if request.method == "POST":
        try:
            raise_upload_error(request)
            if form.is_valid():
                data = form.cleaned_data
                add_site_image(data["file"], alt=data["alt"], user=current_user(request))
                messages.success(request, _("The picture is there, in all the sizes that pages need."))
                return redirect("site-pictures")
        except DomainError as error:
            form.add_error("file", str(error))
        except OutsideServiceError:
            form.add_error("file", _("The picture could not be stored just now: try again in a moment."))
    context = {"form": form, "pictures": all_pictures(), "nav": "settings"}
    return render(request, "extranet/office/site_pictures.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_permission(Permission.WEBSITE)
def site_picture_edit(request: HttpRequest, picture_code: str) -> HttpResponse:
    """Describes a picture for people who do not see it, or deletes it (`delete`)."""
    image = SiteImage.objects.filter(code=picture_code).first()
    form = AltForm(request.POST)
    if image is None:
        raise Http404
    if request.POST.get("delete"):
        try:
            delete_site_image(image)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The picture is deleted."))
    elif form.is_valid():
        describe_site_image(image, alt=form.cleaned_data["alt"])
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("This description is too long: 200 characters at most."))
    return redirect("site-pictures")


@require_safe
@for_permission(Permission.WEBSITE)
def site_contacts_list(request: HttpRequest) -> HttpResponse:
    """Returns what visitors wrote."""
    return render(request, "extranet/office/site_contacts.html", {"contacts": site_contacts(), "nav": "settings"})


@require_POST
@for_permission(Permission.WEBSITE)
def site_contact_do(request: HttpRequest, contact_code: str) -> HttpResponse:
    """Marks a visitor's message as answered (`do`: done) or waiting (again), or deletes it (delete)."""
    contact = SiteContact.objects.filter(code=contact_code).first()
    verb = request.POST.get("do")
    if contact is None or verb not in {"done", "again", "delete"}:
        raise Http404
    if verb == "delete":
        delete_contact_message(contact)
        messages.success(request, _("The message is deleted."))
    else:
        handle_contact(contact, user=current_user(request), done=verb == "done")
    return redirect("site-contacts")
