"""System checks: settings with which the product would run, and be wrong."""

import ipaddress
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security, deploy=True)
def check_deployment(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Returns what is dangerous about the settings of a deployment."""
    found: list[CheckMessage] = []
    if settings.DEBUG:
        found.append(Error("DEBUG is on.", hint="Unset DEBUG.", id="diagdesk.E001"))
    if settings.URL_SCHEME != "https":
        found.append(
            checks.Warning(
                "DIAGDESK_URL is not https: cookies travel in clear.", hint="Serve https.", id="diagdesk.W002"
            )
        )
    return found


@register()
def check_isolation(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Returns the settings that would let one firm see another's data."""
    found: list[CheckMessage] = []
    if settings.SESSION_COOKIE_DOMAIN is not None or settings.CSRF_COOKIE_DOMAIN is not None:
        found.append(
            Error(
                "A cookie has a domain: one firm's cookies would be sent to another's host.",
                hint="Leave SESSION_COOKIE_DOMAIN and CSRF_COOKIE_DOMAIN unset.",
                id="diagdesk.E010",
            )
        )
    for alias, cache in settings.CACHES.items():
        if cache.get("KEY_FUNCTION") != "kernel.tenancy.cache_key":
            found.append(
                Error(
                    f"The cache {alias!r} has keys without a schema: firms would read each other's entries.",
                    hint="Set KEY_FUNCTION to kernel.tenancy.cache_key.",
                    id="diagdesk.E011",
                )
            )
    return found


@register()
def check_payment_providers(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Returns the addresses of payment providers to which the firms' keys would travel in clear."""
    names = ("STRIPE_URL", "PAYPAL_TEST_URL", "PAYPAL_LIVE_URL", "LYRA_URL")
    return _in_clear(names, "diagdesk.E020")


@register()
def check_sms_carriers(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Returns the addresses of carriers of text messages to which the firms' keys would travel in clear."""
    return _in_clear(("OVH_SMS_URL", "BREVO_SMS_URL", "TWILIO_SMS_URL", "SMSMODE_SMS_URL"), "diagdesk.E021")


def _in_clear(names: Sequence[str], code: str) -> list[CheckMessage]:
    return [
        Error(
            f"{name} is not https: the firms' secret keys would travel in clear.",
            hint=f"Unset {name}, or give it an https address; http is for stand-ins on this machine only.",
            id=code,
        )
        for name in names
        if (address := getattr(settings, name)) and not _is_safe(address)
    ]


def _is_safe(address: str) -> bool:
    """Whether an address is https, or stays on this machine."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme == "https" and host:
        return True
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = host == "localhost" or host.endswith(".localhost")
    return parts.scheme == "http" and is_loopback
