"""Where a person arrives."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.access import current_user, for_members
from accounts.models import Permission, User
from extranet.chart import chart_of
from extranet.queries.home import Figures, Home, client_home, firm_home
from extranet.views.common import firm_of
from extranet.views.site.page import home_for_visitor
from kernel.money import euros

#: From how many dossiers on a chart tells a client something.
CHART_FROM = 5


@dataclass(frozen=True)
class Tile:
    """A figure of the summary band, which is the button to its menu; `notes` stand below it, a line each."""

    icon: str
    label: str
    value: str
    url: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Start:
    """A step of a new firm."""

    title: str
    text: str
    url: str
    icon: str
    is_done: bool


@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """Returns the firm's site to a visitor, if it is published; else the home page of the portal."""
    visited = None if request.user.is_authenticated else home_for_visitor(request)
    return members_home(request) if visited is None else visited


@for_members
def members_home(request: HttpRequest) -> HttpResponse:
    """Returns the home page: the firm's for its people, its own for a client."""
    user = current_user(request)
    found = firm_home(user) if user.is_firm_staff else client_home(user)
    context = home_context(user, found)
    if user.is_firm_staff:
        steps = starting_steps(user, found.figures, has_look=firm_of(request).branding.version > 1)
        return render(request, "extranet/office/home.html", context | {"steps": steps})
    return render(request, "extranet/portal/home.html", context)


def home_context(user: User, found: Home) -> dict[str, Any]:
    """Returns what the templates show of what was read."""
    chart = chart_of(found.months)
    shows_chart = user.is_firm_staff or found.figures.dossiers >= CHART_FROM
    return {
        "home": found,
        "tiles": _firm_tiles(user, found) if user.is_firm_staff else _client_tiles(found),
        "chart": chart if shows_chart and not chart.is_empty else None,
        "renewals_url": _renewals_url() if user.is_firm_staff else "",
        "nav": "home",
    }


def _firm_tiles(user: User, found: Home) -> tuple[Tile, ...]:
    figures = found.figures
    dossiers = _number(figures.dossiers)
    tiles = (
        (None, Tile("folders", _("Active dossiers"), dossiers, reverse("dossier-list"), _waiting(figures))),
        (Permission.ORDERS, _orders_tile(figures, _("Open orders"))),
        (Permission.CONTACTS, Tile("address-book", _("Contacts"), _number(figures.contacts), reverse("contact-list"))),
        (Permission.MESSAGES, _messages_tile(found)),
        (None, _unpaid_tile(figures)),
    )
    return tuple(tile for permission, tile in tiles if permission is None or user.may(permission))


def _client_tiles(found: Home) -> tuple[Tile, ...]:
    figures = found.figures
    return (
        Tile("folders", _("My dossiers"), _number(figures.dossiers), reverse("dossier-list"), _waiting(figures)),
        _orders_tile(figures, _("My orders")),
        _messages_tile(found),
        _unpaid_tile(figures),
    )


def _messages_tile(found: Home) -> Tile:
    url = reverse("message-list") + ("?show=unread" if found.unread_count else "")
    return Tile("mail", _("Unread messages"), _number(found.unread_count), url)


def _orders_tile(figures: Figures, label: str) -> Tile:
    count = figures.orders_todo + figures.orders_ongoing
    text = ngettext("%(count)s to be handled", "%(count)s to be handled", figures.orders_todo)
    notes = (text % {"count": _number(figures.orders_todo)},) if figures.orders_todo else ()
    return Tile("clipboard-list", label, _number(count), reverse("order-list") + "?state=open", notes)


def _unpaid_tile(figures: Figures) -> Tile:
    notes = [ngettext("%(count)s unpaid dossier", "%(count)s unpaid dossiers", figures.unpaid)]
    counts = [figures.unpaid]
    if figures.archived_unpaid:
        notes.append(ngettext("and %(count)s archived", "and %(count)s archived", figures.archived_unpaid))
        counts.append(figures.archived_unpaid)
    texts = [text % {"count": _number(count)} for text, count in zip(notes, counts, strict=True)]
    if figures.archived_unpaid:
        texts[1] += f": {euros(figures.archived_unpaid_total)}"
    url = reverse("dossier-list") + "?paid=unpaid"
    return Tile("currency-euro", _("Unpaid"), euros(figures.unpaid_total), url, tuple(texts))


def _waiting(figures: Figures) -> tuple[str, ...]:
    text = ngettext("%(count)s not downloaded", "%(count)s not downloaded", figures.waiting)
    return (text % {"count": _number(figures.waiting)},) if figures.dossiers else ()


def starting_steps(user: User, figures: Figures, *, has_look: bool) -> list[Start]:
    """Returns the first steps of a firm that has no dossier yet; none for others. The look is its administrators'."""
    if figures.has_begun:
        return []
    steps = [
        Start(
            _("Make the portal yours"),
            _("Your logo, your colours and your name: what your clients see."),
            reverse("branding-edit"),
            "palette",
            has_look,
        ),
        Start(
            _("Create your first client"),
            _("An agency, a notary or an owner: the portal opens with the codes that you send."),
            reverse("contact-new"),
            "address-book",
            figures.contacts > 0,
        ),
        Start(
            _("Publish your first dossier"),
            _("Its reports are then one click away for your client."),
            reverse("dossier-new"),
            "folder-plus",
            False,
        ),
    ]
    needed = (Permission.SETTINGS, Permission.CONTACTS, Permission.DOSSIERS)
    return [step for step, permission in zip(steps, needed, strict=True) if user.may(permission)]


def _number(value: int) -> str:
    return str(formats.number_format(value, force_grouping=True))


def _renewals_url() -> str:
    """Returns the address of the list of what could be renewed."""
    try:
        return reverse("renewal-list")
    except NoReverseMatch:
        return ""
