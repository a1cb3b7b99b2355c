"""A link's first page, its code, and the dossier behind it."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from extranet.actions.guest_link import open_guest_link, send_guest_code
from extranet.actions.handing import handing_of
from extranet.enums import FileKind
from extranet.forms.access import GuestCodeForm
from extranet.queries.document import requests_of
from extranet.queries.dossier_file import files_for_clients
from extranet.queries.unpaid import handing_context
from extranet.views.common import visit_of
from extranet.views.guest.door import Guest, at_the_door, is_inside, landing, let_in
from kernel.errors import DomainError
from kernel.ratelimit import consume


@require_safe
@at_the_door
def guest_page(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Returns the dossier to a browser that was let in, else the page with the button: a GET alone uses nothing."""
    if not is_inside(request, guest.link):
        return landing(request, guest)
    dossier = guest.link.dossier
    files = list(files_for_clients(dossier).select_related("stored"))
    reports = [file for file in files if file.kind != FileKind.GENAPI]
    context = {
        "guest": guest,
        "dossier": dossier,
        "files": reports,
        "genapi": [file for file in files if file.kind == FileKind.GENAPI],
        "total_bytes": sum(file.stored.size for file in reports),
        "requests": requests_of(dossier),
        "sender_email": guest.link.email,
        "today": timezone.localdate(),
        **handing_context(files, handing_of(dossier, None)),
    }
    return render(request, "extranet/guest/dossier.html", context)


@require_POST
@at_the_door
def guest_code(request: HttpRequest, guest: Guest) -> HttpResponseBase:
    """Sends the code to the link's address."""
    if not consume(request, f"guest-code:{guest.link.code}", limit=10, seconds=3600):
        return landing(request, guest, error=_("Too many codes were asked for. Try again in an hour."), status=429)
    try:
        send_guest_code(guest.link)
    except DomainError as error:
        return landing(request, guest, error=str(error), status=429 if error.code == "code_just_sent" else 410)
    return redirect("guest", token=guest.token)


@require_POST
@at_the_door
def guest_open(request: HttpRequest, guest: Guest) -> HttpResponseBase:
    """Lets the browser in: with the right code, or at once where none is asked for."""
    if is_inside(request, guest.link):
        return redirect("guest", token=guest.token)
    code, form = "", GuestCodeForm(request.POST)
    if guest.link.asks_code:
        if not consume(request, f"guest-open:{guest.link.code}", limit=30, seconds=3600):
            return landing(request, guest, error=_("Too many attempts. Try again in an hour."), status=429)
        if not form.is_valid():
            return landing(request, guest, form=form, status=422)
        code = form.cleaned_data["code"]
    try:
        link = open_guest_link(guest.link, code=code, visit=visit_of(request))
    except DomainError as error:
        guest.link.refresh_from_db()
        if error.code != "code_wrong":
            return landing(request, guest, error=str(error), status=422)
        form.add_error("code", str(error))
        return landing(request, guest, form=form, status=422)
    response = redirect("guest", token=guest.token)
    let_in(response, link)
    return response
