"""What the firm does to a selection of contacts; each asks first, on a page of its own that tells how many."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.actions.contact import delete_contacts, send_codes_to_all
from extranet.models import Contact
from extranet.views.common import firm_of, login_link

#: As many as a page of the list can show.
MOST = 350


@dataclass(frozen=True)
class _Question:
    """What is asked before it is done."""

    title: str
    text: str
    button: str
    icon: str
    is_dangerous: bool = False


@require_POST
@for_permission(Permission.CONTACTS)
def contact_bulk_codes(request: HttpRequest) -> HttpResponse:
    """Sends new access codes to the contacts chosen, once that was confirmed; closed accounts are left out and told."""
    chosen = _chosen(request)
    reached = [contact for contact in chosen if contact.user.is_active]
    left_out = [contact for contact in chosen if not contact.user.is_active]
    question = _Question(
        title=_("Send the access codes"),
        text=ngettext(
            "%(count)d contact gets its codes by e-mail. A new password is generated, the present one stops working.",
            "%(count)d contacts get their codes by e-mail. For each a new password is generated, the present one stops "
            "working.",
            len(reached),
        )
        % {"count": len(reached)},
        button=_("Send"),
        icon="key",
    )

    def send() -> None:
        count, _left = send_codes_to_all(
            chosen, firm_name=firm_of(request).branding.site_name, link=login_link(request)
        )
        text = ngettext(
            "The access codes are on their way to %(count)d contact.",
            "The access codes are on their way to %(count)d contacts.",
            count,
        )
        messages.success(request, text % {"count": count})
        if left_out:
            names = ", ".join(str(contact) for contact in left_out[:10])
            messages.warning(request, _("Left out, because their account is closed: %(names)s") % {"names": names})

    return _ask(request, question, reached, left_out, do=send)


@require_POST
@for_permission(Permission.CONTACTS)
def contact_bulk_delete(request: HttpRequest) -> HttpResponse:
    """Deletes the contacts chosen and their accesses, once that was confirmed."""
    chosen = _chosen(request)
    question = _Question(
        title=_("Delete the contacts"),
        text=ngettext(
            "%(count)d contact goes for good, with its accounts, its accesses and its messages. Its dossiers stay. "
            "This cannot be undone.",
            "%(count)d contacts go for good, with their accounts, their accesses and their messages. Their dossiers "
            "stay. This cannot be undone.",
            len(chosen),
        )
        % {"count": len(chosen)},
        button=_("Delete"),
        icon="trash",
        is_dangerous=True,
    )

    def delete() -> None:
        count = delete_contacts(chosen, user=current_user(request))
        text = ngettext(
            "%(count)d contact was deleted; its dossiers are still here.",
            "%(count)d contacts were deleted; their dossiers are still here.",
            count,
        )
        messages.success(request, text % {"count": count})

    return _ask(request, question, chosen, [], do=delete)


def _chosen(request: HttpRequest) -> list[Contact]:
    codes = [code.replace("\x00", "") for code in request.POST.getlist("code")][:MOST]
    found = list(Contact.objects.filter(code__in=codes).select_related("user").order_by("name", "id"))
    if codes and not found:
        raise Http404
    return found


def _ask(
    request: HttpRequest,
    question: _Question,
    reached: list[Contact],
    left_out: list[Contact],
    *,
    do: Callable[[], Any],
) -> HttpResponse:
    if not reached and not left_out:
        messages.error(request, _("Choose at least one contact."))
        return redirect("contact-list")
    if reached and request.POST.get("confirmed"):
        do()
        return redirect("contact-list")
    context = {"question": question, "reached": reached, "left_out": left_out, "nav": "contacts"}
    return render(request, "extranet/office/contact_bulk.html", context)
