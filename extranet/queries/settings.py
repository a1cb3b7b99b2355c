"""What a firm decided about its portal."""

from extranet.models import PortalSettings


def portal_settings() -> PortalSettings:
    """Returns the firm's settings: its one row."""
    return PortalSettings.objects.get(pk=1)
