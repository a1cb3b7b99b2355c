"""What a firm decided about its portal."""

from extranet.models import PortalSettings
from storage.watermark import Stamp


def portal_settings() -> PortalSettings:
    """Returns the firm's settings: its one row."""
    return PortalSettings.objects.get(pk=1)


def stamp_of(rules: PortalSettings) -> Stamp:
    """Returns the mention that the PDFs of unpaid dossiers bear."""
    return Stamp(rules.stamp_text, rules.stamp_colour, rules.stamp_position)
