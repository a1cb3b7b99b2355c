"""What calendar programs read without a session."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from extranet.actions.diagnostician import use_calendar_feed
from extranet.calendar_file import ICS_TYPE, write_feed
from extranet.queries.calendar import feed_appointments
from extranet.queries.slot import booking_settings, zone_of
from extranet.views.common import firm_of
from tenants.links import firm_url


@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Returns the visits of the diagnostician whose secret address this is."""
    feed = use_calendar_feed(token)
    if feed is None:
        raise Http404
    firm = firm_of(request)
    firm_name = firm.branding.site_name or firm.name
    name = _("Visits of %(who)s – %(firm)s") % {"who": feed.diagnostician, "firm": firm_name}
    base = firm_url(firm, "")
    with timezone.override(zone_of(booking_settings())):
        content = write_feed(
            feed_appointments(feed.diagnostician),
            name=name,
            host=request.get_host().split(":")[0],
            link=lambda code: base + reverse("appointment-detail", args=[code]),
        )
    response = HttpResponse(content, content_type=ICS_TYPE)
    response["Cache-Control"] = "no-store, private"
    return response
