"""Reminders of what is unpaid, by hand: of one dossier, of a selection, and no more."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import current_user, for_permission
from accounts.models import Permission
from billing.actions.reminding import (
    Reminded,
    asked_lines,
    asking_of,
    remind_by_hand,
    resume_reminding,
    stop_reminding,
)
from billing.emails_reminder import reminder_mail
from billing.models import ReminderStop
from billing.queries.reminder import Group, candidate_and_others, candidates_of, groups_of, unpaid_dossiers
from billing.queries.settings import billing_settings
from extranet.access import access_dossier
from extranet.models import Dossier
from extranet.queries.dossier_filter import visible_dossiers
from extranet.views.common import back_to, firm_of
from kernel.text import fold
from mail.content import MailContent

#: As many as a page of the list shows.
MOST = 350


@require_http_methods(["GET", "POST"])
@for_permission(Permission.PAYMENTS)
def unpaid_remind(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the page that shows to whom a reminder goes and what it says, or sends it.

    `also` names other dossiers of the same addressee, which the one mail then asks for too.
    """
    user = current_user(request)
    dossier = access_dossier(user, code)
    if request.method == "POST":
        codes = [each for each in request.POST.getlist("also")[:MOST] if "\x00" not in each]
        also = list(visible_dossiers(user).filter(code__in=codes))
        _tell(request, remind_by_hand([dossier, *also], user=user))
        return back_to(request, _page_of(dossier))
    now = timezone.now()
    candidate, others = candidate_and_others(dossier, now=now)
    obstacle = candidate.obstacle(now=now) if candidate is not None else "nothing"
    chosen = [other for other in others if other.dossier.code in request.GET.getlist("also")]
    group = next(iter(groups_of([candidate, *chosen])), None) if candidate is not None and not obstacle else None
    context = {
        "dossier": dossier,
        "candidate": candidate,
        "obstacle": obstacle,
        "stop": ReminderStop.objects.filter(dossier=dossier).first() if obstacle == "stopped" else None,
        "group": group,
        "others": others,
        "chosen": {other.dossier.code for other in chosen},
        "mail": _preview(request, group) if group is not None else None,
        "back": _page_of(dossier),
        "nav": "dossiers",
    }
    return render(request, "billing/office/unpaid_remind.html", context)


def _preview(request: HttpRequest, group: Group) -> MailContent:
    """Returns the mail as it would leave, in its reader's language."""
    language = group.addressee.language or firm_of(request).branding.language
    asking = asking_of(billing_settings(), user=current_user(request))
    link = "#" if asking.online or asking.by_hand else ""
    with translation.override(language):
        return reminder_mail(
            asking, asked_lines(group), client=group.addressee.name, link=link, today=timezone.localdate()
        )


@require_POST
@for_permission(Permission.PAYMENTS)
def unpaid_remind_many(request: HttpRequest) -> HttpResponse:
    """Shows to whom reminders of the chosen dossiers go, and which cannot be; with `sure` = 1 sends them."""
    user = current_user(request)
    codes = [code for code in request.POST.getlist("code")[:MOST] if "\x00" not in code]
    chosen = list(visible_dossiers(user).filter(code__in=codes).order_by("-created_at", "-id"))
    if codes and not chosen:
        raise Http404
    if not chosen:
        messages.warning(request, _("Choose at least one dossier."))
        return back_to(request, reverse("dossier-list"))
    if request.POST.get("sure") == "1":
        _tell(request, remind_by_hand(chosen, user=user))
        return back_to(request, reverse("dossier-list"))
    now = timezone.now()
    found = {each.dossier.pk: each for each in candidates_of(unpaid_dossiers().filter(pk__in=[d.pk for d in chosen]))}
    ready, left_out = [], []
    for dossier in chosen:
        candidate = found.get(dossier.pk)
        why = candidate.obstacle(now=now) if candidate is not None else "nothing"
        if candidate is None or why:
            left_out.append((dossier, _WHY[why]()))
        else:
            ready.append(candidate)
    context = {
        "groups": sorted(groups_of(ready), key=lambda group: fold(group.addressee.name or group.addressee.email)),
        "left_out": left_out,
        "count": len(ready),
        "next": request.POST.get("next", ""),
        "back": _own(request),
        "nav": "dossiers",
    }
    return render(request, "billing/office/unpaid_remind_many.html", context)


def _own(request: HttpRequest) -> str:
    """Returns the page of ours from which one came."""
    return str(back_to(request, reverse("dossier-list"))["Location"])


@require_POST
@for_permission(Permission.PAYMENTS)
def unpaid_stop(request: HttpRequest, code: str) -> HttpResponse:
    """Stops the reminders of a dossier."""
    user = current_user(request)
    dossier = access_dossier(user, code)
    stop_reminding(dossier, user=user)
    messages.success(request, _("Nobody is reminded of this dossier any more."))
    return back_to(request, _page_of(dossier))


@require_POST
@for_permission(Permission.PAYMENTS)
def unpaid_resume(request: HttpRequest, code: str) -> HttpResponse:
    """Lets a dossier be reminded of again."""
    dossier = access_dossier(current_user(request), code)
    if resume_reminding(dossier):
        messages.success(request, _("The reminders of this dossier go on."))
    else:
        messages.info(request, _("Nothing to change: it was so already."))
    return back_to(request, _page_of(dossier))


def _page_of(dossier: Dossier) -> str:
    return f"{reverse('dossier-detail', args=[dossier.code])}#paiement"


def _tell(request: HttpRequest, done: Reminded) -> None:
    if done.mails:
        text = ngettext(
            "%(mails)d reminder leaves by e-mail; dossiers: %(dossiers)d.",
            "%(mails)d reminders leave by e-mail; dossiers: %(dossiers)d.",
            done.mails,
        )
        messages.success(request, text % {"mails": done.mails, "dossiers": done.dossiers})
    for why, count in done.left_out.items():
        text = _("Not reminded of: %(count)d. %(why)s") % {"count": count, "why": _WHY[why]()}
        messages.warning(request, text)


_WHY = {
    "nothing": lambda: _("Nothing is due."),
    "stopped": lambda: _("The reminders were stopped."),
    "confirming": lambda: _("A payment is being confirmed."),
    "nobody": lambda: _("Nobody who is to pay has an e-mail address here."),
    "just_told": lambda: _("A reminder left a moment ago."),
}
