"""The documents asked of the client, as somebody sends them who has no account."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from extranet.access_guest import guest_request, guest_sent_document
from extranet.actions.document import Sender, remove_sent_document
from extranet.views.guest.door import Guest, for_guests
from extranet.views.sending import take_documents
from kernel.errors import DomainError


@csrf_exempt  # the token is checked inside, once the door has said how large the files may be
@require_http_methods(["GET", "POST"])
@for_guests
def document_send(request: HttpRequest, guest: Guest, request_code: str) -> HttpResponseBase:
    """Returns the page that sends files for a document, or takes them."""
    request.upload_max_bytes = settings.UPLOAD_MAX_BYTES  # type: ignore[attr-defined]
    return csrf_protect(_send)(request, guest, request_code)


def _send(request: HttpRequest, guest: Guest, request_code: str) -> HttpResponseBase:
    item = guest_request(guest.link, request_code)
    errors: list[str] = []
    if request.method == "POST":
        received = take_documents(request, item, sender=Sender(guest=guest.link))
        if received.count:
            text = ngettext("%(count)d file was sent.", "%(count)d files were sent.", received.count)
            messages.success(request, text % {"count": received.count})
        if not received.errors:
            return _back(guest)
        errors = received.errors
    context = {
        "guest": guest,
        "item": item,
        "errors": errors,
        "action": request.path,
        "back_url": f"{reverse('guest', args=[guest.token])}#documents",
        "max_bytes": settings.UPLOAD_MAX_BYTES,
        "today": timezone.localdate(),
    }
    return render(request, "extranet/guest/document_send.html", context, status=422 if errors else 200)


@require_POST
@for_guests
def sent_remove(request: HttpRequest, guest: Guest, request_code: str, sent_code: str) -> HttpResponseBase:
    """Takes back a file that this guest sent."""
    sent = guest_sent_document(guest.link, request_code, sent_code)
    try:
        remove_sent_document(sent)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("“%(name)s” was taken back.") % {"name": sent.name})
    return _back(guest)


def _back(guest: Guest) -> HttpResponseBase:
    return redirect(f"{reverse('guest', args=[guest.token])}#documents")
