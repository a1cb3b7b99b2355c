"""What Google Earth reads without a session."""

from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from extranet.actions.map_feed import use_feed
from extranet.exporters.kml import KML_TYPE, stream_kml
from extranet.queries.dossier_filter import DossierFilter
from extranet.views.common import firm_of
from tenants.links import firm_url


@require_safe
def map_feed_read(request: HttpRequest, token: str) -> HttpResponseBase:
    """Returns the dossiers of the person who made this secret address, as that person sees them now."""
    feed = use_feed(token)
    if feed is None:
        raise Http404
    firm = firm_of(request)
    base = firm_url(firm, "")
    response: HttpResponseBase
    with feed.user.in_own_language():
        name = _("Dossiers of %(firm)s") % {"firm": firm.branding.site_name or firm.name}
        if request.method == "HEAD":
            response = HttpResponse(content_type=KML_TYPE)
        else:
            wanted = DossierFilter.from_query(QueryDict(feed.query))
            parts = stream_kml(feed.user, wanted, name=name, link=lambda path: base + path)
            response = StreamingHttpResponse(parts, content_type=KML_TYPE)
    response["Cache-Control"] = "no-store, private"
    return response
