"""The usual hosts of French firms: how their mail servers are reached, and what they let through.

From the hosts' own help pages; limits are those of one ordinary mail box.
"""

from dataclasses import dataclass

from mail.models import Security


@dataclass(frozen=True)
class Preset:
    """A host; `include` is what a domain's SPF record includes for its servers, empty where customers cannot."""

    name: str
    host: str
    port: int
    security: Security
    include: str = ""
    hour_limit: int | None = None
    day_limit: int | None = None


PRESETS = (
    Preset("OVHcloud", "ssl0.ovh.net", 465, Security.TLS, "mx.ovh.com", hour_limit=200),
    Preset("Gmail", "smtp.gmail.com", 465, Security.TLS, "_spf.google.com", day_limit=500),
    Preset("Orange", "smtp.orange.fr", 465, Security.TLS),
    Preset("Ionos", "smtp.ionos.fr", 465, Security.TLS, "_spf-eu.ionos.com", hour_limit=500),
    Preset(
        "Microsoft 365",
        "smtp.office365.com",
        587,
        Security.STARTTLS,
        "spf.protection.outlook.com",
        day_limit=10_000,
    ),
    Preset("Free", "smtp.free.fr", 465, Security.TLS),
)


def include_of(host: str) -> str:
    """Returns what a domain's SPF record includes for a known host's servers, empty for others."""
    return next((one.include for one in PRESETS if one.host == host.lower()), "")
