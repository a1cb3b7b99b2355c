"""The look of the portal, for the firm's administrators."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.actions.setting_change import Changes, record_changes, record_form
from extranet.forms.branding import BrandingForm
from extranet.views.common import firm_of
from kernel.errors import DomainError, OutsideServiceError
from themes.actions.branding import LOOK, ImageChange, undo_branding, update_branding
from themes.models import Branding


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def branding_edit(request: HttpRequest) -> HttpResponse:
    """Returns the form of the look, or saves it."""
    branding = Branding.objects.get(firm=firm_of(request))
    form = BrandingForm(request.POST or None, request.FILES or None, instance=branding)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with transaction.atomic():
                update_branding(
                    form.instance,
                    logo=ImageChange(upload=data["logo"], remove=data["remove_logo"]),
                    background=ImageChange(upload=data["background"], remove=data["remove_background"]),
                )
                record_form(form, page="branding-edit", by=current_user(request))
        except DomainError as error:
            field = error.code.partition(":")[0]
            form.add_error(field if field in form.fields else None, str(error))
        except OutsideServiceError:
            form.add_error(None, _("The image could not be stored just now: try again in a moment."))
        else:
            messages.success(request, _("The look of your portal is saved."))
            return redirect("branding-edit")
    stored = Branding.objects.get(pk=branding.pk) if form.is_bound else branding
    context = {"can_undo": stored.previous is not None, "form": form, "current": stored, "nav": "settings"}
    return render(request, "extranet/office/branding_edit.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_permission(Permission.SETTINGS)
def branding_undo(request: HttpRequest) -> HttpResponse:
    """Takes the last change of the look back, or the undo itself."""
    try:
        with transaction.atomic():
            before = Branding.objects.get(firm=firm_of(request))
            after = undo_branding(before)
            changes: Changes = {
                field.verbose_name: (getattr(before, field.name), getattr(after, field.name))
                for field in Branding._meta.fields
                if field.name in LOOK and not field.name.endswith("_key")
            }
            record_changes(changes, page="branding-edit", by=current_user(request))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The look is as it was before the last change."))
    return redirect("branding-edit")
