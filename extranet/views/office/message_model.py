"""The messages that the firm writes often."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import for_permission
from accounts.models import Permission
from extranet.access import access_message_model
from extranet.actions.message_model import delete_message_model, save_message_model
from extranet.forms.message import MessageForm, MessageModelForm
from extranet.message_tags import MESSAGE_TAGS
from extranet.models import MessageModel
from kernel.errors import DomainError


@require_safe
@for_permission(Permission.MESSAGES)
def message_model_list(request: HttpRequest) -> HttpResponse:
    """Returns the page of the firm's models."""
    context = {"models": MessageModel.objects.all(), "nav": "messages"}
    return render(request, "extranet/office/message_model_list.html", context)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.MESSAGES)
def message_model_new(request: HttpRequest) -> HttpResponse:
    """Returns the form of a new model, or makes it."""
    return _edit(request, MessageModel())


@require_http_methods(["GET", "POST"])
@for_permission(Permission.MESSAGES)
def message_model_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the form of a model, or saves it."""
    return _edit(request, access_message_model(code))


@require_POST
@for_permission(Permission.MESSAGES)
def message_model_delete(request: HttpRequest, code: str) -> HttpResponse:
    """Deletes a model."""
    delete_message_model(access_message_model(code))
    messages.success(request, _("The model was deleted."))
    return redirect("message-model-list")


@require_safe
@for_permission(Permission.MESSAGES)
def message_model_fill(request: HttpRequest) -> HttpResponse:
    """Returns the fields of a message, filled from the model that `model` names; 204 when it names none."""
    code = request.GET.get("model", "")
    if not code:
        return HttpResponse(status=204)
    model = access_message_model(code)
    form = MessageForm(initial={"subject": model.subject, "body": model.body})
    return render(request, "extranet/message_fields.html", {"form": form})


def _edit(request: HttpRequest, model: MessageModel) -> HttpResponse:
    initial = {"title": model.title, "subject": model.subject, "body": model.body}
    form = MessageModelForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            save_message_model(model, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("message-model-list")
    context = {"form": form, "model": model, "tags": MESSAGE_TAGS, "nav": "messages"}
    return render(
        request, "extranet/office/message_model_form.html", context, status=422 if request.method == "POST" else 200
    )
