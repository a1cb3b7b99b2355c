"""Working on the firm's site: the page as visitors see it, beside it what is changed."""

import json
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.actions.site import (
    change_site,
    discard_changes,
    draft_of,
    publish_site,
    redo_site,
    start_site,
    undo_site,
    withdraw_site,
)
from extranet.enums_site import SiteChange, SiteTheme
from extranet.forms.site import PageForm, SiteForm, ThemeForm, TitleForm
from extranet.models import Site, SiteImage, SiteRevision
from extranet.queries.site import the_site
from extranet.queries.site_start import company_of
from extranet.site_addresses import is_reserved
from extranet.site_blocks import KINDS
from extranet.site_document import (
    Document,
    Page,
    add_page,
    free_slug,
    move_page,
    new_block,
    new_page,
    on_page,
    order_blocks,
    remove_page,
)
from extranet.site_start import ready_made, sample_values
from extranet.views.common import firm_of
from extranet.views.site.drawing import draw_page
from kernel.errors import DomainError

#: What the bar of the editor does to the whole site.
_VERBS = {"undo": undo_site, "redo": redo_site, "publish": publish_site, "discard": discard_changes}
_VERBS |= {"withdraw": withdraw_site}


@require_safe
@for_permission(Permission.WEBSITE)
def site_edit(request: HttpRequest) -> HttpResponse:
    """Returns the editor on a page (`page`, its code), or the choice of a theme where no site is begun."""
    site = the_site()
    if site.draft is None:
        return render(request, "extranet/office/site_start.html", _start_context(site, ThemeForm()))
    document = draft_of(site)
    page = document.page_of(request.GET.get("page", "")) or document.home
    context = bar_context(site) | panel_context(document, page)
    return render(request, "extranet/office/site_edit.html", context)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.WEBSITE)
def site_start(request: HttpRequest) -> HttpResponse:
    """Returns the choice of a theme for a new site, or makes it: ready at once, from what the portal knows."""
    form = ThemeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        company = company_of(firm_of(request).branding.site_name or firm_of(request).name)
        start_site(ready_made(form.cleaned_data["theme"], company), user=current_user(request))
        messages.success(request, _("Your site is ready: look at it, change it, publish it."))
        return redirect("site-edit")
    status = 422 if form.is_bound else 200
    return render(request, "extranet/office/site_start.html", _start_context(the_site(), form), status=status)


def _start_context(site: Site, form: ThemeForm) -> dict[str, Any]:
    return {"site": site, "form": form, "themes": SiteTheme.choices, "nav": "settings"}


@require_safe
@for_permission(Permission.WEBSITE)
@xframe_options_sameorigin
def site_preview(request: HttpRequest, page_code: str) -> HttpResponse:
    """Returns a page of the draft: with its tools for the editor's frame, without them with `clean`."""
    document = _draft()
    page = document.page_of(page_code)
    if page is None:
        raise Http404
    response = HttpResponse(draw_page(request, document, page, editing="clean" not in request.GET))
    response._csp_config = settings.MAP_CSP | {"frame-ancestors": [CSP.SELF]}  # type: ignore[attr-defined]
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@for_permission(Permission.WEBSITE)
def site_panel(request: HttpRequest) -> HttpResponse:
    """Returns the list of a page's blocks, or (`part`) the bar with what can be undone and published."""
    site = the_site()
    if site.draft is None:
        raise Http404
    if request.GET.get("part") == "bar":
        return render(request, "extranet/office/site_bar.html", bar_context(site))
    document = draft_of(site)
    page = document.page_of(request.GET.get("page", "")) or document.home
    return render_part(request, "extranet/office/site_panel.html", panel_context(document, page))


@require_POST
@for_permission(Permission.WEBSITE)
def site_do(request: HttpRequest) -> HttpResponse:
    """Undoes, redoes, publishes, discards or withdraws (`do`)."""
    verb = _VERBS.get(request.POST.get("do", ""))
    if verb is None or the_site().draft is None:
        raise Http404
    try:
        verb(user=current_user(request))
    except DomainError as error:
        return told(request, error)
    if request.POST.get("do") == "publish":
        messages.success(request, _("The site is published: visitors see it now."))
        return redirect(_back(request))
    if request.POST.get("do") == "withdraw":
        messages.success(request, _("Visitors no longer see the site. What you have made stays here."))
        return redirect(_back(request))
    return changed(request)


@require_POST
@for_permission(Permission.WEBSITE)
def site_order(request: HttpRequest) -> HttpResponse:
    """Puts the blocks of a page (`page`) into the order of `block`."""
    codes, page_code = request.POST.getlist("block"), request.POST.get("page", "")
    try:
        change_site(
            lambda document: order_blocks(document, page_code=page_code, codes=codes),
            kind=SiteChange.MOVED,
            user=current_user(request),
        )
    except DomainError as error:
        return told(request, error)
    return changed(request)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.WEBSITE)
def site_settings(request: HttpRequest) -> HttpResponse:
    """Returns the theme, details and hours of the site, or saves them."""
    pictures = all_pictures()
    form = SiteForm(request.POST if request.method == "POST" else None, document=_draft(), pictures=pictures)
    if request.method == "POST" and form.is_valid():
        change_site(
            lambda document: replace(document, **form.details()), kind=SiteChange.SETTINGS, user=current_user(request)
        )
        return changed(request)
    context = {"form": form, "nav": "settings"}
    return render_part(request, "extranet/office/site_settings.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.WEBSITE)
def site_page_edit(request: HttpRequest, page_code: str) -> HttpResponse:
    """Returns what a page is called and what search engines show of it, or saves it."""
    document = _draft()
    page = document.page_of(page_code)
    if page is None:
        raise Http404
    form = PageForm(request.POST if request.method == "POST" else None, page=page, document=document)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        change_site(
            lambda draft: on_page(draft, page_code, lambda one: replace(one, **values)),
            kind=SiteChange.PAGES,
            target=page_code,
            user=current_user(request),
        )
        return changed(request)
    context = {"form": form, "page": page, "pages": document.pages, "nav": "settings"}
    return render_part(request, "extranet/office/site_page.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_permission(Permission.WEBSITE)
def site_page_add(request: HttpRequest) -> HttpResponse:
    """Adds a page with a title and a text, and opens it."""
    form = TitleForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
        return redirect("site-edit")
    title = form.cleaned_data["title"]
    made: list[Page] = []

    def add(document: Document) -> Document:
        slug = free_slug(document, title, taken=is_reserved)
        made.append(new_page(title, slug=slug, blocks=[new_block("text", sample_values("text"))]))
        return add_page(document, made[-1])

    try:
        change_site(add, kind=SiteChange.PAGES, user=current_user(request))
    except DomainError as error:
        return told(request, error)
    return redirect(f"{reverse('site-edit')}?page={made[-1].code}")


@require_POST
@for_permission(Permission.WEBSITE)
def site_page_do(request: HttpRequest, page_code: str) -> HttpResponse:
    """Moves a page (`do`: up, down) or deletes it (remove)."""
    verb = request.POST.get("do", "")
    if verb not in {"up", "down", "remove"}:
        raise Http404

    if _draft().page_of(page_code) is None:
        raise Http404

    def change(document: Document) -> Document:
        if verb == "remove":
            return remove_page(document, page_code=page_code)
        return move_page(document, page_code=page_code, by=-1 if verb == "up" else 1)

    try:
        change_site(change, kind=SiteChange.PAGES, user=current_user(request))
    except DomainError as error:
        return told(request, error)
    if verb == "remove":
        messages.success(request, _("The page is deleted. You can undo it."))
        return redirect("site-edit")
    return redirect(f"{reverse('site-edit')}?page={page_code}")


# --- what the other views of the editor share -------------------------------------------------------------------------


def bar_context(site: Site) -> dict[str, Any]:
    """Returns what the bar of the editor shows."""
    numbers = SiteRevision.objects.values_list("number", "kind").order_by("number")
    known = list(numbers)
    current = next((kind for number, kind in known if number == site.revision), "")
    return {
        "site": site,
        "can_undo": any(number < site.revision for number, _kind in known),
        "can_redo": any(number > site.revision for number, _kind in known),
        "last_change": dict(SiteChange.choices).get(current, ""),
    }


def panel_context(document: Document, page: Page) -> dict[str, Any]:
    """Returns what the list of a page's blocks shows."""
    icons = {kind.kind.value: kind for kind in KINDS}
    rows = [(block, icons[block.kind]) for block in page.blocks]
    return {"pages": document.pages, "page": page, "rows": rows, "title_form": TitleForm(), "nav": "settings"}


def all_pictures() -> list[SiteImage]:
    """Returns the pictures of the site, the newest first."""
    return list(SiteImage.objects.order_by("-created_at", "-id"))


def render_part(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Returns what stands beside the page: alone for htmx, as a page of its own without scripts."""
    name = "part" if request.headers.get("HX-Request") else "alone"
    return render(request, template, context | {"shell": f"extranet/office/site_{name}.html"}, status=status)


def changed(request: HttpRequest, *, block: str = "", part: HttpResponse | None = None) -> HttpResponse:
    """Returns the answer to a change: the editor draws the page again; without scripts, back to the editor."""
    if not request.headers.get("HX-Request"):
        return redirect(_back(request))
    response = part or HttpResponse(status=204)
    response["HX-Trigger"] = json.dumps({"site-changed": {"block": block}})
    return response


def told(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Returns the answer to what was refused: the page anew with the reason; what is not there is a 404."""
    if error.code in {"gone", "not_started"}:
        raise Http404
    messages.error(request, str(error))
    if not request.headers.get("HX-Request"):
        return redirect("site-edit")
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})


def _draft() -> Document:
    site = the_site()
    if site.draft is None:
        raise Http404
    return draft_of(site)


def _back(request: HttpRequest) -> str:
    page = request.POST.get("page", "")
    return reverse("site-edit") + (f"?page={page}" if page.isalnum() else "")
