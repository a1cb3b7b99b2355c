"""Template tags of the maps."""

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def map_data() -> SafeString:
    """Returns the attributes that js/tiles.js reads from a map's element: its tiles, whose they are, its words."""
    return format_html(
        'data-tiles="{}" data-attribution="{}" data-text-zoom-in="{}" data-text-zoom-out="{}"',
        settings.MAP_TILES_URL,
        settings.MAP_TILES_ATTRIBUTION,
        _("Zoom in"),
        _("Zoom out"),
    )


@register.simple_tag
def degrees(value: float | None) -> str:
    """Returns degrees as a field and a script take them: with a point, whatever the language; "" for none."""
    return "" if value is None else f"{value:.6f}"
