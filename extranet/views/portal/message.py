"""Messages, as whoever may see them lists, reads, answers and writes them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_clients_or
from accounts.models import Permission, User
from extranet.access import access_dossier, access_message, access_message_file
from extranet.actions.message import (
    answer_message,
    cancel_message,
    mark_unread,
    read_conversation,
    write_to_clients,
    write_to_firm,
)
from extranet.actions.message_file import MAX_FILE_BYTES
from extranet.enums import MessageState
from extranet.exporters.messages import message_sheet
from extranet.forms.message import AnswerForm, DossierMessageForm, MessageForm
from extranet.models import Contact, Dossier, Message
from extranet.queries.message import (
    bubbles_of,
    dossier_of,
    incoming,
    messages_about,
    order_of,
    readers_of,
    unread_count,
)
from extranet.queries.message_filter import RECEIVED, SENT, UNREAD, MessageFilter, message_page
from extranet.views.common import rows_per_page
from extranet.views.message_about import About, about_of
from extranet.views.office import message as office
from extranet.views.office.export import send_sheet
from extranet.views.portal.message_upload import posted_uploads, uploads_left
from kernel.errors import DomainError
from storage.delivery import send_file


@require_safe
@for_clients_or(Permission.MESSAGES)
def message_list(request: HttpRequest) -> HttpResponse:
    """Returns a page of the messages that the person may see; htmx gets the table alone."""
    user = current_user(request)
    wanted = MessageFilter.from_query(request.GET)
    page = message_page(user, wanted=wanted, page=request.GET.get("page"), size=rows_per_page(request))
    context: dict[str, Any] = {"page": page, "wanted": wanted, "nav": "messages"}
    htmx = bool(request.headers.get("HX-Request"))
    if not htmx:
        parts = [
            (RECEIVED, pgettext("messages", "Received")),
            (UNREAD, pgettext("messages", "To be read")),
            (SENT, pgettext("messages", "Sent")),
        ]
        context |= {"parts": parts, "states": MessageState.choices}
        if wanted.client and user.is_firm_staff:
            context["client_chosen"] = Contact.objects.filter(code=wanted.client).first()
        if wanted.dossier or wanted.order:
            context["about"] = about_of(user, dossier_code=wanted.dossier, order_code=wanted.order)
    response = render(request, f"extranet/{'message_rows' if htmx else 'message_list'}.html", context)
    response["Vary"] = "HX-Request, Cookie"
    return response


@require_safe
@for_clients_or(Permission.MESSAGES)
@for_clients_or(Permission.EXPORTS)
def message_export(request: HttpRequest) -> HttpResponseBase:
    """Returns the filtered list of messages as a workbook."""
    wanted = MessageFilter.from_query(request.GET)
    return send_sheet(request, message_sheet(current_user(request), wanted), back="message-list")


@require_safe
@for_clients_or(Permission.MESSAGES)
def message_count(request: HttpRequest) -> HttpResponse:
    """Returns how many messages wait, for the menu; 204 when that is what it shows already (`n`)."""
    count = unread_count(current_user(request))
    unchanged = request.GET.get("n") == str(count)
    response = HttpResponse(status=204) if unchanged else JsonResponse({"count": count})
    response.headers["Cache-Control"] = "no-store"
    return response


@require_safe
@for_clients_or(Permission.MESSAGES)
def message_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the conversation of a message, whose received messages are then read."""
    user = current_user(request)
    message = access_message(user, code)
    if request.method == "GET":
        read_conversation(message, user=user)
    return _conversation(request, message, user, form=AnswerForm())


@require_http_methods(["GET", "POST"])
@for_clients_or(Permission.MESSAGES)
def message_reply(request: HttpRequest, code: str) -> HttpResponse:
    """Adds an answer to a conversation; what is asked for by GET stands below the conversation."""
    user = current_user(request)
    message = access_message(user, code)
    if request.method == "GET":
        return redirect(f"{reverse('message-detail', args=[code])}#answer")
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            files = posted_uploads(request, user)
            answer = answer_message(message, body=form.cleaned_data["body"], user=user, files=files)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            office.say_sent(request, [answer])
            return redirect(f"{reverse('message-detail', args=[code])}#m-{answer.code}")
    return _conversation(request, message, user, form=form, status=422)


@require_POST
@for_clients_or(Permission.MESSAGES)
def message_unread(request: HttpRequest, code: str) -> HttpResponse:
    """Makes a received message wait to be read again."""
    user = current_user(request)
    message = access_message(user, code)
    try:
        mark_unread(message, user=user)
    except DomainError as error:
        raise Http404 from error
    messages.success(request, _("The message is marked as unread."))
    return redirect("message-list")


@require_POST
@for_clients_or(Permission.MESSAGES)
def message_cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Takes back a message that nobody has read."""
    user = current_user(request)
    message = access_message(user, code)
    try:
        cancel_message(message, user=user)
    except DomainError as error:
        if error.code == "not_yours":
            raise Http404 from error
        messages.error(request, str(error))
    else:
        messages.success(request, _("The message was cancelled: it can no longer be read."))
    return redirect("message-detail", code=code)


@require_safe
@for_clients_or(Permission.MESSAGES)
def message_file(request: HttpRequest, code: str, piece_code: str) -> HttpResponseBase:
    """Returns what was joined to a message."""
    file = access_message_file(current_user(request), code, piece_code)
    return send_file(request, file.stored, name=file.name)


@require_http_methods(["GET", "POST"])
@for_clients_or(Permission.MESSAGES)
def message_new(request: HttpRequest) -> HttpResponseBase:
    """Returns the form of a new message, or sends it: to contacts for the firm, to the firm for a client."""
    user = current_user(request)
    if user.is_firm_staff:
        return office.message_new(request)
    about = about_of(user, dossier_code=request.GET.get("dossier", ""), order_code=request.GET.get("order", ""))
    form = MessageForm(request.POST or None, initial={"subject": about.title})
    if request.method == "POST" and form.is_valid():
        try:
            sent = write_to_firm(
                subject=form.cleaned_data["subject"],
                body=form.cleaned_data["body"],
                user=user,
                files=posted_uploads(request, user),
                dossier=about.dossier,
                order=about.order,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            office.say_sent(request, [sent])
            return redirect("message-detail", code=sent.code)
    context = {"form": form, "about": about, "nav": "messages", **office.upload_context(request, user)}
    return render(request, "extranet/portal/message_new.html", context, status=_status(request))


@require_http_methods(["GET", "POST"])
@for_clients_or(Permission.MESSAGES)
def dossier_messages(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the messages about a dossier and the form of a new one, or sends it; htmx gets them alone."""
    user = current_user(request)
    dossier = access_dossier(user, code)
    form = _dossier_form(request, user, dossier)
    if request.method == "POST" and form.is_valid():
        _send_about(request, form, user, dossier)
        return redirect(f"{reverse('dossier-detail', args=[code])}#messages")
    context = {
        "form": form,
        "dossier": dossier,
        "thread": messages_about(dossier, user),
        "incoming": incoming(user),
        "nav": "dossiers",
    }
    template = "message_thread" if request.headers.get("HX-Request") else "message_dossier"
    response = render(request, f"extranet/{template}.html", context, status=_status(request))
    response["Vary"] = "HX-Request, Cookie"
    return response


def _conversation(
    request: HttpRequest, message: Message, user: User, *, form: AnswerForm, status: int = 200
) -> HttpResponse:
    begun = message.first or message
    context = {
        "message": message,
        "begun": begun,
        "bubbles": bubbles_of(message, user),
        "about": About(dossier_of(begun, user), order_of(begun, user)),
        "form": form,
        "may_answer": message.contact.erased_at is None,
        "uploads": uploads_left(request, user) if form.is_bound else [],
        "upload_max_bytes": MAX_FILE_BYTES,
        "nav": "messages",
    }
    return render(request, "extranet/message_detail.html", context, status=status)


def _dossier_form(request: HttpRequest, user: User, dossier: Dossier) -> MessageForm:
    initial = {"subject": dossier.title}
    if user.is_firm_staff:
        return DossierMessageForm(request.POST or None, initial=initial, readers=readers_of(dossier))
    return MessageForm(request.POST or None, initial=initial)


def _send_about(request: HttpRequest, form: MessageForm, user: User, dossier: Dossier) -> None:
    text: dict[str, Any] = {
        "subject": form.cleaned_data["subject"],
        "body": form.cleaned_data["body"],
        "user": user,
        "dossier": dossier,
    }
    if user.is_firm_staff:
        office.say_sent(request, write_to_clients(form.cleaned_data["contacts"], **text))
    else:
        office.say_sent(request, [write_to_firm(**text)])


def _status(request: HttpRequest) -> int:
    """Returns the status of a page with a form: a POST that comes to it was not accepted."""
    return 422 if request.method == "POST" else 200
