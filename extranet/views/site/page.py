"""The pages of the firm's site for visitors: made once, remembered by each process, sent with one short query."""

import hashlib
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from extranet.actions.site_contact import receive_contact
from extranet.enums_site import BlockKind
from extranet.forms.site_visitor import VisitorForm
from extranet.queries.site import published_document, published_version
from extranet.site_document import Document, Page
from extranet.site_pictures import FORMATS, WIDTHS, picture_key
from extranet.views.common import firm_of
from extranet.views.site.drawing import draw_page
from kernel.ratelimit import consume
from tenants.links import firm_url
from themes.context import version_of

#: How long a process shows what it has made: prices and legal details come from elsewhere in the portal.
REMEMBER_SECONDS = 300.0
_MOST_REMEMBERED = 2_000
#: How many messages one address may send in an hour.
SEND_LIMIT, SEND_SECONDS = 8, 3600
_YEAR = 31_536_000


@dataclass(frozen=True)
class _Made:
    """A page as it is sent."""

    html: bytes
    etag: str
    has_map: bool
    until: float


_made: dict[tuple[str, int, str, str], _Made] = {}


def forget_pages() -> None:
    """Forgets, in this process, all pages that were made."""
    _made.clear()


@require_safe
def site_home(request: HttpRequest) -> HttpResponse:
    """Returns the home page of the site, for members too, who have theirs at the root."""
    return _page_or_404(request, "")


@require_safe
def site_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Returns a page of the site; a page that is not there is told in the site's own look."""
    return _page_or_404(request, slug)


def home_for_visitor(request: HttpRequest) -> HttpResponse | None:
    """Returns the home page of the site, or None when none is published."""
    return _answer(request, "")


def _page_or_404(request: HttpRequest, slug: str) -> HttpResponse:
    answer = _answer(request, slug)
    if answer is None:
        raise Http404
    return answer


def _answer(request: HttpRequest, slug: str) -> HttpResponse | None:
    version = published_version()
    if version is None:
        return None
    firm = firm_of(request)
    # the schema keeps firms apart, the versions make what is old unreachable
    key = (firm.schema_name, version, version_of(firm.branding) + firm.branding.language, slug)
    made = _made.get(key)
    if made is None or made.until < time.monotonic():
        document = published_document()
        page = document.page(slug) if document is not None else None
        if document is None:
            return None
        if page is None:
            return _missing(request, document)
        made = _make(request, document, page)
        if len(_made) >= _MOST_REMEMBERED:
            _made.clear()
        _made[key] = made
    response = HttpResponse(made.html)
    response["ETag"] = made.etag
    # asked for again each time, answered by 304: what is published is seen at once
    response["Cache-Control"] = "no-cache"
    if made.has_map:
        _allow_tiles(response)
    return get_conditional_response(request, etag=made.etag, response=response) or response


def _make(request: HttpRequest, document: Document, page: Page) -> _Made:
    html = draw_page(request, document, page).encode()
    has_map = any(block.kind == BlockKind.ZONE and block.values["map"] is True for block in page.blocks)
    digest = hashlib.sha256(html).hexdigest()[:32]
    return _Made(html, f'"{digest}"', has_map, time.monotonic() + REMEMBER_SECONDS)


def _missing(request: HttpRequest, document: Document) -> HttpResponse:
    html = draw_page(request, document, document.home, template="extranet/site/missing.html")
    return HttpResponse(html, status=404)


def _allow_tiles(response: HttpResponse) -> None:
    response._csp_config = settings.MAP_CSP  # type: ignore[attr-defined]


@csrf_exempt  # it acts for nobody: no account and no cookie is looked at, and pages that all share can hold no token
@require_http_methods(["GET", "POST"])
def site_send(request: HttpRequest) -> HttpResponse:
    """Takes what a visitor wrote, or returns the page that says thank you."""
    document = published_document()
    if document is None:
        raise Http404
    if request.method == "GET":
        return HttpResponse(draw_page(request, document, document.home, template="extranet/site/sent.html"))
    page = document.page(request.POST.get("page", "")) or document.home
    form = VisitorForm(request.POST)
    if not page.has(BlockKind.CONTACT) or _from_elsewhere(request):
        raise Http404
    if form.is_valid() and not form.cleaned_data["website"]:
        if consume(request, "site-contact", limit=SEND_LIMIT, seconds=SEND_SECONDS):
            data = form.cleaned_data
            receive_contact(
                name=data["name"], email=data["email"], phone=data["phone"], text=data["text"], page=page.title
            )
        else:
            form.add_error(None, _("Too many messages came from your connection: call us, or try again in an hour."))
    if form.errors:
        status = 422 if not form.non_field_errors() else 429
        return HttpResponse(draw_page(request, document, page, form=form), status=status)
    # a program that fell into the trap is told the same
    return redirect("site-send")


def _from_elsewhere(request: HttpRequest) -> bool:
    """Whether a browser says that the form stood on another site."""
    origin = request.headers.get("Origin", "")
    return bool(origin) and origin != f"{request.scheme}://{request.get_host()}"


@require_safe
def site_picture(request: HttpRequest, code: str, width: int, ending: str) -> HttpResponse:
    """Returns a file of a picture: without a query, since its address says all."""
    if ending not in FORMATS or not 0 < width <= WIDTHS[-1] or not (code.isalnum() and len(code) == 12):
        raise Http404
    key = picture_key(code, width, ending)
    if not default_storage.exists(key):
        raise Http404
    with default_storage.open(key) as stream:
        response = HttpResponse(stream.read(), content_type=FORMATS[ending][1])
    response["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return response


@require_safe
def site_map(request: HttpRequest) -> HttpResponse:
    """Returns the list of the site's pages for search engines (sitemaps.org)."""
    document = published_document()
    if document is None:
        raise Http404
    context = {"origin": firm_url(firm_of(request), ""), "pages": document.pages}
    return render(request, "extranet/site/sitemap.xml", context, content_type="application/xml")


@require_safe
def site_robots(request: HttpRequest) -> HttpResponse:
    """Returns what search engines may read (RFC 9309): the site, not the portal's forms."""
    if published_version() is None:
        raise Http404
    lines = [
        "User-agent: *",
        "Disallow: /compte/",
        "Disallow: /commander/",
        "Disallow: /site/",
        "Allow: /site/images/",
        "",
    ]
    lines.append(f"Sitemap: {firm_url(firm_of(request), reverse('site-map'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")
