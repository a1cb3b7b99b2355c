"""The map of the dossiers, and the same for Google Earth: for the firm all of them, for a client its own."""

from collections.abc import Callable, Iterator

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_clients_or, for_members
from accounts.models import Permission
from extranet.actions.map_feed import create_feed, is_feed_of, revoke_feed
from extranet.exporters.kml import KML_TYPE, KMZ_TYPE, network_link, stream_kml, stream_kmz
from extranet.models import MapFeed
from extranet.queries.dossier_filter import DossierFilter
from extranet.queries.place import MAX_PLACES, Pin, dossiers_to_map, map_rows, place_counts, placed
from extranet.rules import address_on_one_line
from extranet.views.common import firm_of, rows_per_page
from extranet.views.portal.dossier import filter_choices
from kernel.errors import DomainError
from kernel.http import content_disposition
from kernel.pagination import paginate
from kernel.text import safe_file_name
from tenants.links import firm_url


@csp_override(settings.MAP_CSP)
@require_safe
@for_members
def dossier_map(request: HttpRequest) -> HttpResponse:
    """Returns the map of the filtered list, with the same as a list below: of those placed, or of those without."""
    user = current_user(request)
    wanted = DossierFilter.from_query(request.GET)
    missing = request.GET.get("places") == "missing"
    found = dossiers_to_map(user, wanted)
    found = found.filter(latitude__isnull=True) if missing else placed(found)
    context = {
        "wanted": wanted,
        "counts": place_counts(user, wanted),
        "missing": missing,
        "page": paginate(found, page=request.GET.get("page"), size=rows_per_page(request)),
        "pins": Pin.choices,
        "max_places": MAX_PLACES,
        "nav": "dossiers",
    }
    return render(request, "extranet/map.html", context | filter_choices(wanted, is_staff=user.is_firm_staff))


@require_safe
@for_members
def map_places(request: HttpRequest) -> HttpResponse:
    """Returns the places of the filtered list as compact JSON: MAX_PLACES at most, `more` when there are others."""
    rows = map_rows(current_user(request), DossierFilter.from_query(request.GET))
    places = []
    for code, title, reference, street, postcode, city, latitude, longitude, pin in rows[:MAX_PLACES]:
        address = address_on_one_line(street, postcode, city)
        places.append([code, title, reference, address, round(latitude, 6), round(longitude, 6), pin])
    compact = {"separators": (",", ":"), "ensure_ascii": False}
    return JsonResponse({"places": places, "more": len(rows) > MAX_PLACES}, json_dumps_params=compact)


@require_safe
@for_clients_or(Permission.EXPORTS)
def dossier_kml(request: HttpRequest) -> HttpResponseBase:
    """Returns the filtered list for Google Earth."""
    return _file(request, stream_kml, KML_TYPE, "kml")


@require_safe
@for_clients_or(Permission.EXPORTS)
def dossier_kmz(request: HttpRequest) -> HttpResponseBase:
    """Returns the filtered list for Google Earth, compressed."""
    return _file(request, stream_kmz, KMZ_TYPE, "kmz")


@require_http_methods(["GET", "POST"])
@for_clients_or(Permission.EXPORTS)
def map_feed(request: HttpRequest) -> HttpResponse:
    """Returns the page of the person's secret address, or makes a new one and shows it this once."""
    user = current_user(request)
    wanted = DossierFilter.from_query(request.GET)
    if request.method != "POST":
        return _feed_page(request, wanted, feed=MapFeed.objects.filter(user=user).first())
    try:
        feed, token = create_feed(user, query=wanted.querystring)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(_with_query("map-feed", wanted))
    return _feed_page(request, wanted, feed=feed, token=token)


def _feed_page(
    request: HttpRequest, wanted: DossierFilter, *, feed: MapFeed | None, token: str = "", status: int = 200
) -> HttpResponse:
    address = firm_url(firm_of(request), _feed_path(token)) if token else ""
    context = {"wanted": wanted, "feed": feed, "token": token, "address": address, "nav": "dossiers"}
    response = render(request, "extranet/map_feed.html", context, status=status)
    response["Cache-Control"] = "no-store, private"
    return response


@require_POST
@for_clients_or(Permission.EXPORTS)
def map_feed_revoke(request: HttpRequest) -> HttpResponse:
    """Ends the person's secret address."""
    if revoke_feed(current_user(request)):
        messages.success(request, _("The address is revoked: Google Earth no longer reads anything from it."))
    return redirect(_with_query("map-feed", DossierFilter.from_query(request.GET)))


@require_POST
@for_clients_or(Permission.EXPORTS)
def map_feed_file(request: HttpRequest) -> HttpResponse:
    """Returns the file that gives Google Earth the person's address, whose secret is posted: we do not know it."""
    user, token = current_user(request), request.POST.get("token", "")
    if not is_feed_of(user, token):
        messages.error(request, _("This address is no longer valid: make a new one."))
        feed = MapFeed.objects.filter(user=user).first()
        return _feed_page(request, DossierFilter(), feed=feed, status=422)
    name = _title(request)
    content = network_link(name, firm_url(firm_of(request), _feed_path(token)))
    response = HttpResponse(content, content_type=KML_TYPE)
    return _as_download(response, safe_file_name(f"{name}.kml"))


def _file(
    request: HttpRequest, stream: Callable[..., Iterator[bytes]], content_type: str, ending: str
) -> HttpResponseBase:
    name = _title(request)
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(content_type=content_type)
    else:
        wanted = DossierFilter.from_query(request.GET)
        parts = stream(current_user(request), wanted, name=name, link=link_to(request))
        response = StreamingHttpResponse(parts, content_type=content_type)
    day = date_format(timezone.localdate(), "DATE_FORMAT")
    return _as_download(response, safe_file_name(f"{name} – {day}.{ending}"))


def _as_download[R: HttpResponseBase](response: R, name: str) -> R:
    response["Content-Disposition"] = content_disposition(name)
    response["Cache-Control"] = "no-store, private"
    return response


def link_to(request: HttpRequest) -> Callable[[str], str]:
    """Returns what makes the full address of a path on the firm's portal."""
    base = firm_url(firm_of(request), "")
    return lambda path: base + path


def _title(request: HttpRequest) -> str:
    firm = firm_of(request)
    return _("Dossiers of %(firm)s") % {"firm": firm.branding.site_name or firm.name}


def _feed_path(token: str) -> str:
    return reverse("map-feed-read", kwargs={"token": token})


def _with_query(route: str, wanted: DossierFilter) -> str:
    query = wanted.querystring
    return f"{reverse(route)}{'?' if query else ''}{query}"
