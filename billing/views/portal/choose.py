"""Choosing what to pay: for a client all that is due, for a guest the one dossier."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import current_user, for_members
from accounts.models import User
from billing.queries.paying import MOST, PayLine, due_dossiers, lines_of, offered_providers
from billing.tokens import pay_path, status_path
from extranet.access import access_dossier
from extranet.models import Contact
from extranet.queries.contact import contact_id_of
from extranet.views.guest.door import Guest, for_guests


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def pay_choose(request: HttpRequest) -> HttpResponse:
    """Returns all that a client has to pay, to choose from; what was chosen is paid on a page of its own.

    With `dossier` that one is chosen; when nothing else is due, it is paid at once.
    """
    user = current_user(request)
    contact = _contact_of(user)
    dossiers = due_dossiers(user)
    lines = lines_of(dossiers[:MOST])
    payable = [line for line in lines if line.is_payable]
    wanted = request.GET.get("dossier", "")
    if request.method == "POST":
        sent = set(request.POST.getlist("code"))
        chosen = payable if "all" in request.POST else [line for line in payable if line.due.dossier.code in sent]
        if chosen:
            return redirect(pay_path([line.due.dossier for line in chosen], contact=contact))
        error = _("Please choose at least one dossier.") if payable else _("Nothing is due any more.")
        return _page(request, lines, chosen=sent, error=error, more=len(dossiers) > MOST)
    offered = offered_providers() if payable else set()
    if offered and wanted and [line.due.dossier.code for line in payable] == [wanted]:
        return redirect(pay_path([payable[0].due.dossier], contact=contact))
    return _page(request, lines, chosen={wanted}, more=len(dossiers) > MOST, offered=bool(offered))


def _contact_of(user: User) -> Contact:
    """Returns the contact that a client pays for; raises Http404 for everybody else."""
    contact = Contact.objects.filter(pk=contact_id_of(user) or 0).first()
    if contact is None:
        raise Http404
    return contact


def _page(
    request: HttpRequest, lines: list[PayLine], *, chosen: set[str], more: bool, error: str = "", offered: bool = True
) -> HttpResponse:
    payable = [line for line in lines if line.is_payable]
    # a single one is not a choice
    picked = payable if len(payable) == 1 else [line for line in payable if line.due.dossier.code in chosen]
    count = ngettext("%(n)s dossier", "%(n)s dossiers", len(payable)) % {"n": len(payable)}
    context = {
        "lines": [line for line in lines if line.due.left],
        "payable": payable,
        "chosen": {line.due.dossier.code for line in picked},
        "total": sum(line.due.left for line in payable),
        "picked_total": sum(line.due.left for line in picked),
        "count": count,
        "more": more,
        "most": MOST,
        "error": error,
        "offered": offered,
        "nav": "dossiers",
    }
    return render(request, "billing/portal/choose.html", context, status=422 if error else 200)


@require_safe
@for_members
def pay_offer(request: HttpRequest, code: str) -> HttpResponse:
    """Returns what is left to pay of a dossier, for its page: the amount, what was received, and what is under way."""
    user = current_user(request)
    contact_id = contact_id_of(user)
    if contact_id is None:
        raise Http404
    (line,) = lines_of([access_dossier(user, code)])
    own = [payment for payment in (line.confirming, line.announced) if payment and payment.contact_id == contact_id]
    context = {
        "line": line,
        "dossier": line.due.dossier,
        "status_url": status_path(own[0]) if own else "",
        "offered": bool(offered_providers()) if line.due.left else False,
    }
    return render(request, "billing/portal/offer.html", context)


@require_safe
@for_guests
def guest_pay(request: HttpRequest, guest: Guest) -> HttpResponseBase:
    """Leads somebody who came by an occasional access to the page where its dossier is paid."""
    return redirect(pay_path([guest.link.dossier]))
