"""Messages, as the firm writes them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from accounts.access import current_user, for_staff
from extranet.actions.message import write_to_clients
from extranet.forms.message import ContactMessageForm
from extranet.models import Message
from extranet.queries.contact import contacts_offered
from extranet.views.common import message_link


def say_sent(request: HttpRequest, sent: list[Message]) -> None:
    """Tells the person that its messages are on their way."""
    count = len(sent)
    text = ngettext("The message was sent.", "The message was sent to %(count)d contacts.", count)
    messages.success(request, text % {"count": count})


@for_staff
def message_new(request: HttpRequest) -> HttpResponse:
    """Returns the form of a message to contacts, with the one that the address names, or sends it."""
    form = ContactMessageForm(request.POST or None)
    chosen = request.POST.getlist("contacts") or request.GET.getlist("contact")
    chosen = [code.replace("\x00", "") for code in chosen]
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        user = current_user(request)
        sent = write_to_clients(
            data["contacts"], subject=data["subject"], body=data["body"], user=user, link_to=message_link(request)
        )
        say_sent(request, sent)
        return redirect("message-list")
    context = {"form": form, "contacts": contacts_offered(chosen), "chosen": chosen, "nav": "messages"}
    return render(request, "extranet/office/message_new.html", context, status=422 if request.method == "POST" else 200)
