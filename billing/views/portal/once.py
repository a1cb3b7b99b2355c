"""Two clicks on one page to pay begin one payment."""

import hashlib
import time
from collections.abc import Callable

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect

from billing.models import Payment
from billing.providers.base import Started
from billing.tokens import status_path
from billing.views.portal.going import go_path, keep_fields

#: How long two clicks on one page are known as such, and how long the second one waits for the first.
ATTEMPT_SECONDS, WAIT_SECONDS = 600, 20.0


def begin_once(key: str, begin: Callable[[], tuple[Payment, Started | None]]) -> HttpResponse | None:
    """Returns the way on after beginning to pay, or to where the first click with this key went.

    None while that one is still at it. Raises what `begin` raises.
    """
    if not cache.add(key, "", timeout=ATTEMPT_SECONDS):
        code = _code_of_the_other(key)
        before = Payment.objects.filter(code=code).first() if code else None
        if before is not None and before.is_open:
            return redirect(status_path(before) if before.account.is_manual else go_path(before))
        if code == "":
            return None
        cache.set(key, "", timeout=ATTEMPT_SECONDS)
    code = None
    try:
        payment, started = begin()
        code = payment.code
        return _onwards(payment, started)
    finally:
        if code is None:
            cache.delete(key)
        else:
            cache.set(key, code, timeout=ATTEMPT_SECONDS)


def attempt_key(token: str, attempt: str) -> str:
    """Returns under which key the payment is kept that one page of the payer began."""
    return f"pay-attempt:{hashlib.sha256(f'{token} {attempt}'.encode()).hexdigest()[:32]}"


def _code_of_the_other(key: str) -> str | None:
    """Returns the code of the payment that another request begins with this key; "" while it has none."""
    until = time.monotonic() + WAIT_SECONDS
    while (code := cache.get(key)) == "" and time.monotonic() < until:
        time.sleep(0.2)
    return code if code is None else str(code)


def _onwards(payment: Payment, started: Started | None) -> HttpResponse:
    if started is None:
        return redirect(status_path(payment))
    keep_fields(payment, started)
    return redirect(go_path(payment))
