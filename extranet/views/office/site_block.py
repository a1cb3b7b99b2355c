"""The blocks of the firm's site: their forms, and what is done with them."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import current_user, for_permission
from accounts.models import Permission
from extranet.actions.site import change_site, draft_of
from extranet.actions.site_image import add_site_image
from extranet.enums_site import SiteChange
from extranet.forms.site_block import BlockForm, rearranged
from extranet.queries.site import the_site
from extranet.site_blocks import KIND_OF, KINDS
from extranet.site_document import (
    Block,
    Change,
    Document,
    Page,
    add_block,
    copy_block,
    move_block,
    new_block,
    remove_block,
    set_values,
)
from extranet.site_start import sample_values
from extranet.views.office.site import all_pictures, changed, render_part, told
from kernel.errors import DomainError, OutsideServiceError
from storage.uploads import raise_upload_error


@require_http_methods(["GET", "POST"])
@for_permission(Permission.WEBSITE)
def site_block(request: HttpRequest, block_code: str) -> HttpResponse:
    """Returns the form of a block, or saves it; with `row` a row of a list comes, goes or moves first."""
    page, block = _found(block_code)
    if request.method == "GET":
        return _form_page(request, page, block, BlockForm(block, pictures=all_pictures()))
    row, sent = request.POST.get("row", ""), _with_pictures(request, block)
    data = rearranged(sent.data) if row else sent.data
    form = BlockForm(block, data, pictures=all_pictures())
    for name, text in sent.errors:
        form.add_error(name if name in form.fields else None, text)
    if not form.is_valid() or sent.errors:
        return _form_page(request, page, block, form, status=200 if row else 422)
    values = form.result
    try:
        change_site(
            lambda document: set_values(document, block_code=block_code, values=values),
            kind=SiteChange.WORDS,
            target=block_code,
            user=current_user(request),
        )
    except DomainError as error:
        return told(request, error)
    # a form of which more than its texts changed is drawn anew
    part = _form_page(request, page, block, form) if row or sent.added else None
    return changed(request, block=block_code, part=part)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.WEBSITE)
def site_block_add(request: HttpRequest) -> HttpResponse:
    """Returns the blocks to choose from, or adds one (`kind`) to a page (`page`) after another (`after`)."""
    if request.method == "GET":
        context = {
            "kinds": KINDS,
            "page_code": request.GET.get("page", ""),
            "after": request.GET.get("after", ""),
            "nav": "settings",
        }
        return render_part(request, "extranet/office/site_block_add.html", context)
    kind, page_code, after = (request.POST.get(name, "") for name in ("kind", "page", "after"))
    if kind not in KIND_OF:
        raise Http404
    block = new_block(kind, sample_values(kind))
    try:
        change_site(
            lambda document: add_block(document, page_code=page_code, after=after, block=block),
            kind=SiteChange.ADDED,
            target=block.code,
            user=current_user(request),
        )
    except DomainError as error:
        return told(request, error)
    page, block = _found(block.code)
    part = _form_page(request, page, block, BlockForm(block, pictures=all_pictures()))
    return changed(request, block=block.code, part=part)


@require_POST
@for_permission(Permission.WEBSITE)
def site_block_do(request: HttpRequest, block_code: str) -> HttpResponse:
    """Moves (`do`: up, down), duplicates (copy) or deletes (remove) a block."""
    verbs: dict[str, tuple[SiteChange, Change]] = {
        "up": (SiteChange.MOVED, lambda document: move_block(document, block_code=block_code, by=-1)),
        "down": (SiteChange.MOVED, lambda document: move_block(document, block_code=block_code, by=1)),
        "copy": (SiteChange.COPIED, lambda document: copy_block(document, block_code=block_code)),
        "remove": (SiteChange.REMOVED, lambda document: remove_block(document, block_code=block_code)),
    }
    verb = verbs.get(request.POST.get("do", ""))
    if verb is None:
        raise Http404
    kind, change = verb
    try:
        change_site(change, kind=kind, target=block_code, user=current_user(request))
    except DomainError as error:
        return told(request, error)
    return changed(request, block="" if kind == SiteChange.REMOVED else block_code)


class _Sent:
    """What the form of a block sent: its texts, with the codes of the pictures that came with it."""

    def __init__(self, data: QueryDict) -> None:
        self.data = data
        self.added = False
        self.errors: list[tuple[str, str]] = []


def _with_pictures(request: HttpRequest, block: Block) -> _Sent:
    sent = _Sent(request.POST.copy())
    try:
        raise_upload_error(request)
    except DomainError as error:
        sent.errors.append(("", str(error)))
        return sent
    if not request.FILES:
        return sent
    for name in BlockForm(block, request.POST, pictures=[]).all_picture_names:
        upload = request.FILES.get(f"{name}-file")
        if upload is None:
            continue
        try:
            image = add_site_image(upload, alt=request.POST.get(f"{name}-alt", ""), user=current_user(request))
        except DomainError as error:
            sent.errors.append((name, str(error)))
        except OutsideServiceError:
            sent.errors.append((name, _("The picture could not be stored just now: try again in a moment.")))
        else:
            sent.data[name], sent.added = image.code, True
    return sent


def _found(block_code: str) -> tuple[Page, Block]:
    site = the_site()
    document: Document | None = draft_of(site) if site.draft is not None else None
    found = document.place_of(block_code) if document is not None else None
    if found is None:
        raise Http404
    return found


def _form_page(request: HttpRequest, page: Page, block: Block, form: BlockForm, *, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "page": page, "block_code": block.code, "nav": "settings"}
    return render_part(request, "extranet/office/site_block.html", context, status=status)
