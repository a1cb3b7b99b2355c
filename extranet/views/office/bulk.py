"""What the firm does to one dossier or to a selection of them."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.access import current_user, for_permission, for_staff
from accounts.models import Permission, User
from extranet.actions.dossier_access import notify_clients
from extranet.actions.dossier_life import (
    BIN_DAYS,
    archive_dossiers,
    delete_dossiers,
    restore_dossiers,
    undelete_dossiers,
)
from extranet.actions.downloads import record_visit
from extranet.actions.payment_state import set_paid
from extranet.enums import EventKind
from extranet.models import Dossier, DossierFile
from extranet.queries.dossier_filter import BIN, visible_dossiers
from extranet.views.common import back_to, firm_of, visit_of
from extranet.views.undo import offer_undo, take_undo
from extranet.views.zip import zip_response
from kernel.errors import DomainError
from kernel.text import safe_file_name
from tenants.links import firm_url

#: As many as a page shows.
MOST = 350


@require_POST
@for_permission(Permission.DOSSIERS)
def bulk_notify(request: HttpRequest) -> HttpResponse:
    """Tells the clients of each chosen dossier that it is available; those without file or client are named."""
    user = current_user(request)
    told, skipped = 0, []
    for dossier in _chosen(request):
        link = firm_url(firm_of(request), reverse("dossier-detail", args=[dossier.code]))
        try:
            notify_clients(dossier, user=user, link=link)
        except DomainError:
            skipped.append(dossier.title)
        else:
            told += 1
    if told:
        text = ngettext(
            "The clients of %(count)d dossier were notified by e-mail.",
            "The clients of %(count)d dossiers were notified by e-mail.",
            told,
        )
        messages.success(request, text % {"count": told})
    if skipped:
        text = _("Not notified, because nobody has access or no file is there yet: %(titles)s")
        messages.warning(request, text % {"titles": _listed(skipped)})
    return back_to(request, reverse("dossier-list"))


@require_POST
@for_permission(Permission.PAYMENTS)
def bulk_paid(request: HttpRequest) -> HttpResponse:
    """Marks the chosen dossiers as paid (`paid` = 1) or unpaid."""
    paid = request.POST.get("paid") == "1"
    changed = set_paid(_chosen(request), paid=paid, user=current_user(request))
    count = len(changed)
    if paid:
        text = ngettext("%(count)d dossier marked as paid.", "%(count)d dossiers marked as paid.", count)
    else:
        text = ngettext("%(count)d dossier marked as unpaid.", "%(count)d dossiers marked as unpaid.", count)
    return _done(request, text % {"count": count}, "unpaid" if paid else "paid", changed)


@require_POST
@for_permission(Permission.DOSSIERS)
def bulk_archive(request: HttpRequest) -> HttpResponse:
    """Archives the chosen dossiers, or takes them out of the archive (`restore` = 1)."""
    user = current_user(request)
    if request.POST.get("restore") == "1":
        changed = restore_dossiers(_chosen(request), user=user)
        count = len(changed)
        text = ngettext(
            "%(count)d dossier taken out of the archive.", "%(count)d dossiers taken out of the archive.", count
        )
        return _done(request, text % {"count": count}, "archive", changed)
    changed = archive_dossiers(_chosen(request), user=user)
    text = ngettext("%(count)d dossier archived.", "%(count)d dossiers archived.", len(changed))
    return _done(request, text % {"count": len(changed)}, "restore", changed)


@require_POST
@for_permission(Permission.DELETE)
def bulk_delete(request: HttpRequest) -> HttpResponse:
    """Asks a second time, naming what goes; with `sure` = 1 puts the chosen dossiers into the bin."""
    user = current_user(request)
    chosen = list(_chosen(request))
    if request.POST.get("sure") == "1":
        changed = delete_dossiers(chosen, user=user)
        text = ngettext("%(count)d dossier deleted.", "%(count)d dossiers deleted.", len(changed))
        return _done(
            request, text % {"count": len(changed)}, "undelete", changed, target=reverse("dossier-list"), always=True
        )
    if not chosen:
        return _done(request, "", "", [])
    files = DossierFile.objects.filter(dossier__in=chosen, deleted_at__isnull=True).count()
    context = {"dossiers": chosen, "file_count": files, "days": BIN_DAYS, "nav": "dossiers"}
    return render(request, "extranet/office/dossier_delete.html", context)


@require_POST
@for_permission(Permission.DELETE)
def bulk_undelete(request: HttpRequest) -> HttpResponse:
    """Takes the chosen dossiers out of the bin."""
    changed = undelete_dossiers(_chosen(request, box=BIN), user=current_user(request))
    text = ngettext("%(count)d dossier is back.", "%(count)d dossiers are back.", len(changed))
    return _done(request, text % {"count": len(changed)}, "delete", changed)


@require_POST
@for_staff
def bulk_zip(request: HttpRequest) -> HttpResponseBase:
    """Returns the files of the chosen dossiers as one streamed zip, a folder for each dossier."""
    chosen = list(_chosen(request))
    files = list(
        DossierFile.objects.filter(dossier__in=chosen, deleted_at__isnull=True)
        .select_related("stored", "dossier")
        .order_by("dossier_id", "position", "id")
    )
    if not files:
        messages.warning(request, _("The chosen dossiers hold no file yet."))
        return back_to(request, reverse("dossier-list"))
    folders = _folders(chosen)
    named = [(file.stored, f"{folders[file.dossier_id]}/{file.name}") for file in files]
    response = zip_response(named, name=_("dossiers"))
    for dossier in chosen:
        own = [file for file in files if file.dossier_id == dossier.pk]
        visit = visit_of(request)
        record_visit(dossier, files=own, kind=EventKind.DOWNLOADED, user=current_user(request), visit=visit)
    return response


def _folders(dossiers: list[Dossier]) -> dict[int, str]:
    result: dict[int, str] = {}
    for dossier in dossiers:
        name = safe_file_name((dossier.reference or dossier.title).replace("/", "-").replace("\\", "-"))[:60]
        result[dossier.pk] = name if name not in result.values() else f"{name} {dossier.code}"
    return result


@require_POST
@for_permission(Permission.DOSSIERS, Permission.DELETE)
def dossier_undo(request: HttpRequest, identifier: str) -> HttpResponse:
    """Takes back what the person did a moment ago."""
    undo = take_undo(request, identifier)
    if undo is None:
        messages.error(request, _("It is too late to take this back here: use the archive or the bin."))
        return redirect("dossier-list")
    user = current_user(request)
    box = BIN if undo.action == "undelete" else ""
    dossiers = visible_dossiers(user, box=box).filter(code__in=undo.codes)
    _UNDO[undo.action](list(dossiers), user)
    messages.success(request, _("Taken back."))
    return back_to(request, reverse("dossier-list"))


_UNDO: dict[str, Callable[[list[Dossier], User], object]] = {
    "paid": lambda dossiers, user: set_paid(dossiers, paid=True, user=user),
    "unpaid": lambda dossiers, user: set_paid(dossiers, paid=False, user=user),
    "archive": lambda dossiers, user: archive_dossiers(dossiers, user=user),
    "restore": lambda dossiers, user: restore_dossiers(dossiers, user=user),
    "delete": lambda dossiers, user: delete_dossiers(dossiers, user=user),
    "undelete": lambda dossiers, user: undelete_dossiers(dossiers, user=user),
}


def _chosen(request: HttpRequest, *, box: str = "") -> list[Dossier]:
    """Returns the dossiers that the form names; raises Http404 when none of them is there."""
    codes = [code for code in request.POST.getlist("code")[:MOST] if "\x00" not in code]
    found = list(visible_dossiers(current_user(request), box=box).filter(code__in=codes).order_by("-created_at", "-id"))
    if codes and not found:
        raise Http404
    return found


def _done(
    request: HttpRequest, text: str, undo: str, changed: list[Dossier], *, target: str = "", always: bool = False
) -> HttpResponse:
    if changed:
        offer_undo(request, text, action=undo, codes=[dossier.code for dossier in changed])
    elif not request.POST.getlist("code"):
        messages.warning(request, _("Choose at least one dossier."))
    else:
        messages.info(request, _("Nothing to change: it was so already."))
    return redirect(target) if target and always else back_to(request, reverse("dossier-list"))


def _listed(titles: list[str], most: int = 5) -> str:
    shown = ", ".join(f"“{title}”" for title in titles[:most])
    return f"{shown}…" if len(titles) > most else shown
