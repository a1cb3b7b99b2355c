"""What every HTTP view may need to know of a request or say in a response."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import content_disposition_header


def client_address(request: HttpRequest) -> str:
    """Returns the caller's address, read behind as many proxies as TRUSTED_PROXY_COUNT says and no more."""
    remote = str(request.META.get("REMOTE_ADDR", ""))
    proxies: int = settings.TRUSTED_PROXY_COUNT
    if not proxies:
        return remote
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    hop = hops[-proxies] if len(hops) >= proxies else remote
    return hop if _is_address(hop) else remote


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def content_disposition(name: str, *, inline: bool = False) -> str:
    """Returns the header that names a downloaded file (RFC 6266), shown in the page when `inline`."""
    return content_disposition_header(not inline, name) or "attachment"
