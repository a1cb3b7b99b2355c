"""A page of the site as HTML: the same for visitors and, with its tools, for whoever works on it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.dates import WEEKDAYS

from extranet.enums_site import BlockKind
from extranet.forms.site_visitor import VisitorForm
from extranet.queries.site import live_of, pictures_of
from extranet.site_document import Document, Page
from extranet.site_structured import structured
from extranet.views.common import firm_of
from tenants.links import firm_url
from themes.context import version_of


def draw_page(
    request: HttpRequest,
    document: Document,
    page: Page,
    *,
    editing: bool = False,
    form: VisitorForm | None = None,
    template: str = "extranet/site/page.html",
) -> str:
    """Returns the HTML of a page in the firm's language, with nothing in it of who asks."""
    firm = firm_of(request)
    with translation.override(firm.branding.language or settings.LANGUAGE_CODE):
        return render_to_string(template, page_context(request, document, page, editing=editing, form=form))


def page_context(
    request: HttpRequest, document: Document, page: Page, *, editing: bool = False, form: VisitorForm | None = None
) -> dict[str, Any]:
    """Returns what the templates of a page show, in the active language: plain values, but for the form."""
    firm = firm_of(request)
    origin = firm_url(firm, "")
    pictures = pictures_of(document)
    logo = f"{reverse('branding-logo')}?v={firm.branding.version}" if firm.branding.logo_key else ""
    social = pictures.get(document.picture)
    picture = origin + reverse("site-picture", args=[social.code, social.widths[-1], "jpg"]) if social else ""
    return {
        "site": document,
        "page": page,
        "menu": [_entry(one, page, editing=editing) for one in document.pages if one.in_menu],
        "foot": [_entry(one, page, editing=editing) for one in document.pages if not one.in_menu],
        "home": _entry(document.home, page, editing=editing),
        "blocks": page.blocks,
        "has_hero": bool(page.blocks) and page.blocks[0].kind == BlockKind.HERO,
        "has_map": any(block.kind == BlockKind.ZONE and block.values["map"] for block in page.blocks),
        "live": live_of(page),
        "week": list(zip(WEEKDAYS.values(), document.hours, strict=True)),
        "pictures": pictures,
        "origin": origin,
        "canonical": origin + page.path,
        "picture": picture or (origin + logo if logo else ""),
        "logo": logo,
        "structured": structured(document, page, origin=origin, logo=origin + logo if logo else "", picture=picture),
        "theme_version": version_of(firm.branding),
        "tiles_url": settings.MAP_TILES_URL,
        "tiles_attribution": settings.MAP_TILES_ATTRIBUTION,
        "form": form or VisitorForm(),
        "editing": editing,
        "kind_labels": dict(BlockKind.choices) if editing else {},
    }


def _entry(page: Page, current: Page, *, editing: bool) -> dict[str, Any]:
    url = f"{reverse('site-edit')}?page={page.code}" if editing else page.path
    return {"label": page.label, "url": url, "is_current": page.code == current.code}
