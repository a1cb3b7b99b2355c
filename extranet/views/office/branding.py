"""The look of the portal, for the firm's administrators."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import for_admins
from extranet.forms.branding import BrandingForm
from extranet.views.common import firm_of
from kernel.errors import DomainError, OutsideServiceError
from themes.actions.branding import ImageChange, update_branding
from themes.models import Branding


@require_http_methods(["GET", "POST"])
@for_admins
def branding_edit(request: HttpRequest) -> HttpResponse:
    """Returns the form of the look, or saves it."""
    branding = Branding.objects.get(firm=firm_of(request))
    form = BrandingForm(request.POST or None, request.FILES or None, instance=branding)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            update_branding(
                form.instance,
                logo=ImageChange(upload=data["logo"], remove=data["remove_logo"]),
                background=ImageChange(upload=data["background"], remove=data["remove_background"]),
            )
        except DomainError as error:
            field = error.code.partition(":")[0]
            form.add_error(field if field in form.fields else None, str(error))
        except OutsideServiceError:
            form.add_error(None, _("The image could not be stored just now: try again in a moment."))
        else:
            messages.success(request, _("The look of your portal is saved."))
            return redirect("branding-edit")
    context = {"form": form, "current": branding, "nav": "settings"}
    return render(request, "extranet/office/branding_edit.html", context, status=422 if form.is_bound else 200)
