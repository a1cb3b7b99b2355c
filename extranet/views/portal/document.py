"""The documents asked of the client, as it sends them."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import current_user, for_members
from extranet.access_guest import access_request, access_sent_document
from extranet.actions.document import Sender, remove_sent_document
from extranet.views.sending import take_documents
from kernel.errors import DomainError


@require_http_methods(["GET", "POST"])
@for_members
def document_send(request: HttpRequest, code: str, request_code: str) -> HttpResponse:
    """Returns the page that sends files for a document, or takes them."""
    user = current_user(request)
    item = access_request(user, code, request_code)
    errors: list[str] = []
    if request.method == "POST":
        received = take_documents(request, item, sender=Sender(user=user))
        if received.count:
            text = ngettext("%(count)d file was sent.", "%(count)d files were sent.", received.count)
            messages.success(request, text % {"count": received.count})
        if not received.errors:
            return _back(code)
        errors = received.errors
    context = {
        "item": item,
        "dossier": item.dossier,
        "errors": errors,
        "action": request.path,
        "back_url": f"{reverse('dossier-detail', args=[code])}#documents",
        "max_bytes": settings.UPLOAD_MAX_BYTES,
        "today": timezone.localdate(),
        "nav": "dossiers",
    }
    return render(request, "extranet/portal/document_send.html", context, status=422 if errors else 200)


@require_POST
@for_members
def sent_remove(request: HttpRequest, code: str, request_code: str, sent_code: str) -> HttpResponse:
    """Takes back a sent file: its sender may until it is accepted, and so may the firm."""
    sent = access_sent_document(current_user(request), code, request_code, sent_code)
    try:
        remove_sent_document(sent)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("“%(name)s” was taken back.") % {"name": sent.name})
    return _back(code)


def _back(code: str) -> HttpResponse:
    return redirect(f"{reverse('dossier-detail', args=[code])}#documents")
