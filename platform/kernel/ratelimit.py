"""Limits on what one address may do, counted in the shared cache."""

from django.core.cache import cache
from django.http import HttpRequest

from kernel.http import client_address


def consume(request: HttpRequest, action: str, *, limit: int, seconds: int) -> bool:
    """Returns whether the caller's address may do `action` once more: `limit` times in a window of `seconds`."""
    key = f"limit:{action}:{client_address(request)}"
    if cache.add(key, 1, timeout=seconds):
        return True
    try:
        return bool(cache.incr(key) <= limit)
    except ValueError:  # the window ended between the two calls
        cache.add(key, 1, timeout=seconds)
        return True


def is_used_up(request: HttpRequest, action: str, *, limit: int) -> bool:
    """Returns whether the caller's address has done `action` so often in the window that runs, counting nothing."""
    done = cache.get(f"limit:{action}:{client_address(request)}")
    return done is not None and done >= limit
