"""Messages, as the firm writes them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from accounts.access import current_user, for_permission
from accounts.models import Permission, User
from extranet.actions.message import write_to_clients
from extranet.actions.message_file import MAX_FILE_BYTES
from extranet.forms.message import ContactMessageForm
from extranet.message_tags import MESSAGE_TAGS
from extranet.models import Message, MessageModel
from extranet.queries.contact import contacts_offered
from extranet.queries.message import readers_of
from extranet.views.message_about import about_of
from extranet.views.portal.message_upload import posted_uploads, uploads_left
from kernel.errors import DomainError


def say_sent(request: HttpRequest, sent: list[Message]) -> None:
    """Tells the person that its messages are on their way."""
    count = len(sent)
    text = ngettext("The message was sent.", "The message was sent to %(count)d contacts.", count)
    messages.success(request, text % {"count": count})


def upload_context(request: HttpRequest, user: User) -> dict[str, Any]:
    """Returns what the page of a message shows of its attachments."""
    left = uploads_left(request, user) if request.method == "POST" else []
    return {"uploads": left, "upload_max_bytes": MAX_FILE_BYTES}


@for_permission(Permission.MESSAGES)
def message_new(request: HttpRequest) -> HttpResponse:
    """Returns the form of a message to contacts, with what the address names (contact, dossier, order), or sends it."""
    user = current_user(request)
    about = about_of(user, dossier_code=request.GET.get("dossier", ""), order_code=request.GET.get("order", ""))
    readers = readers_of(about.dossier) if about.dossier else []
    form = ContactMessageForm(request.POST or None, initial={"subject": about.title}, readers=readers)
    chosen = request.POST.getlist("contacts") or request.GET.getlist("contact")
    chosen = [code.replace("\x00", "") for code in chosen]
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            sent = write_to_clients(
                data["recipients"],
                subject=data["subject"],
                body=data["body"],
                user=user,
                files=posted_uploads(request, user),
                dossier=about.dossier,
                order=about.order,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            say_sent(request, sent)
            return redirect("message-list")
    context = {
        "form": form,
        "about": about,
        "readers": readers,
        "contacts": contacts_offered(chosen),
        "chosen": chosen,
        "models": MessageModel.objects.only("code", "title"),
        "tags": MESSAGE_TAGS,
        "nav": "messages",
        **upload_context(request, user),
    }
    return render(request, "extranet/office/message_new.html", context, status=422 if request.method == "POST" else 200)
