"""The place of a property, as the firm corrects it."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.access import access_dossier
from extranet.actions.place import look_up_again, move_place
from extranet.forms.place import PlaceForm


@csp_override(settings.MAP_CSP)
@require_http_methods(["GET", "POST"])
@for_permission(Permission.DOSSIERS)
def place_move(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the page where a pin is put by hand, or puts it there."""
    user = current_user(request)
    dossier = access_dossier(user, code)
    form = PlaceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        move_place(dossier, user=user, **form.cleaned_data)
        messages.success(request, _("The place is saved."))
        return redirect(_section(code))
    context = {"dossier": dossier, "place_form": form, "nav": "dossiers"}
    return render(request, "extranet/office/place_move.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_permission(Permission.DOSSIERS)
def place_find(request: HttpRequest, code: str) -> HttpResponse:
    """Has the address looked up once more."""
    dossier = access_dossier(current_user(request), code)
    if dossier.address_line:
        look_up_again(dossier)
        messages.success(request, _("The address is being looked up: the place appears here in a moment."))
    else:
        messages.error(request, _("This dossier has no address: write it first."))
    return redirect(_section(code))


def _section(code: str) -> str:
    return f"{reverse('dossier-detail', args=[code])}#lieu"
