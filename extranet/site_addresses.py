"""Which addresses are the portal's own, so that no page of a site may have them."""

import functools
import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

#: Of the server, of the files and of what may come: they are in no list of addresses.
_KEPT = {"static", "healthz", "readyz", "api", "media", "admin", "www", "favicon", "sitemap", "robots"}


@functools.cache
def reserved_slugs() -> frozenset[str]:
    """Returns the first parts of all addresses of a firm's host, the pages of sites apart."""
    found = {first for path in _paths(get_resolver("config.urls_firm").url_patterns) if (first := _first(path))}
    return frozenset(found | _KEPT)


def is_reserved(slug: str) -> bool:
    """Whether an address is the portal's."""
    return slug in reserved_slugs()


def _paths(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _paths(pattern.url_patterns, path)
        else:
            yield path


def _first(path: str) -> str:
    found = re.match(r"\^?([a-z0-9_-]+)(?=[/.]|\Z|\$|\\)", path)
    return found[1] if found else ""
