"""Messages, as whoever may see them lists, reads, answers and writes them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_members
from accounts.models import User
from extranet.access import access_dossier, access_message
from extranet.actions.message import (
    answer_subject,
    cancel_message,
    quoted,
    read_message,
    write_to_clients,
    write_to_firm,
)
from extranet.enums import MessageState
from extranet.forms.message import DossierMessageForm, MessageForm
from extranet.models import Dossier
from extranet.queries.message import (
    RECEIVED,
    SENT,
    UNREAD,
    dossier_of,
    incoming,
    message_page,
    messages_about,
    readers_of,
)
from extranet.views.common import message_link, rows_per_page
from extranet.views.office import message as office
from kernel.errors import DomainError


@require_safe
@for_members
def message_list(request: HttpRequest) -> HttpResponse:
    """Returns a page of the messages that the person may see; htmx gets the table alone."""
    user = current_user(request)
    query, part = request.GET.get("q", ""), request.GET.get("show", "")
    part = part if part in {RECEIVED, SENT, UNREAD} else ""
    page = message_page(user, query=query, part=part, page=request.GET.get("page"), size=rows_per_page(request))
    parts = [
        (RECEIVED, pgettext("messages", "Received")),
        (UNREAD, pgettext("messages", "To be read")),
        (SENT, pgettext("messages", "Sent")),
    ]
    context = {"page": page, "query": query, "part": part, "parts": parts, "nav": "messages"}
    template = "message_rows" if request.headers.get("HX-Request") else "message_list"
    response = render(request, f"extranet/{template}.html", context)
    response["Vary"] = "HX-Request, Cookie"
    return response


@require_safe
@for_members
def message_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Returns a message, which its receiver has then read."""
    user = current_user(request)
    message = access_message(user, code)
    if request.method == "GET":
        message = read_message(message, user=user)
    context = {
        "message": message,
        "is_received": message.direction == incoming(user),
        "may_cancel": message.sender_id == user.pk and message.state == MessageState.UNREAD,
        "dossier": dossier_of(message, user),
        "nav": "messages",
    }
    return render(request, "extranet/message_detail.html", context)


@require_http_methods(["GET", "POST"])
@for_members
def message_reply(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the form of an answer, the original below it, or sends it; only what was received has one."""
    user = current_user(request)
    original = access_message(user, code)
    if original.direction != incoming(user):
        raise Http404
    dossier = dossier_of(original, user)
    form = MessageForm(request.POST or None, initial={"subject": answer_subject(original)})
    if request.method == "POST" and form.is_valid():
        text: dict[str, Any] = {
            "subject": form.cleaned_data["subject"],
            "body": f"{form.cleaned_data['body']}\n\n{quoted(original)}",
            "user": user,
            "dossier": dossier,
            "link_to": message_link(request),
        }
        read_message(original, user=user)
        if user.is_firm_staff:
            office.say_sent(request, write_to_clients([original.contact], **text))
        else:
            office.say_sent(request, [write_to_firm(answered=original, **text)])
        return redirect("message-list")
    context = {"form": form, "original": original, "dossier": dossier, "nav": "messages"}
    return render(request, "extranet/message_reply.html", context, status=_status(request))


@require_POST
@for_members
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


@require_http_methods(["GET", "POST"])
@for_members
def message_new(request: HttpRequest) -> HttpResponseBase:
    """Returns the form of a new message, or sends it: to contacts for the firm, to the firm for a client."""
    user = current_user(request)
    if user.is_firm_staff:
        return office.message_new(request)
    form = MessageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sent = write_to_firm(
                subject=form.cleaned_data["subject"],
                body=form.cleaned_data["body"],
                user=user,
                link_to=message_link(request),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            office.say_sent(request, [sent])
            return redirect("message-list")
    return render(
        request, "extranet/portal/message_new.html", {"form": form, "nav": "messages"}, status=_status(request)
    )


@require_http_methods(["GET", "POST"])
@for_members
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
        "link_to": message_link(request),
    }
    if user.is_firm_staff:
        office.say_sent(request, write_to_clients(form.cleaned_data["contacts"], **text))
    else:
        office.say_sent(request, [write_to_firm(**text)])


def _status(request: HttpRequest) -> int:
    """Returns the status of a page with a form: a POST that comes to it was not accepted."""
    return 422 if request.method == "POST" else 200
