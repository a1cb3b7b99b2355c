"""Where the providers tell us something."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from billing.actions.receiving import receive
from billing.enums import Provider
from billing.models import ProviderAccount
from billing.providers.base import ForgedNotification, Incoming, ProviderUnavailable
from kernel.ratelimit import consume, is_used_up

MAX_BYTES = 256 * 1024
#: Forged notifications that one address may send in a minute; beyond, nothing of it is looked at.
FORGED_LIMIT, FORGED_SECONDS = 30, 60


@csrf_exempt
@require_POST
def payment_notification(request: HttpRequest, token: str) -> HttpResponse:
    """Keeps a notification and answers at once; the account's token is looked up before any signature is checked.

    404: no such account. 413: too long. 400: the signature does not fit. 429: too many of those. 503: try again.
    """
    account = ProviderAccount.objects.filter(token=token).exclude(provider=Provider.MANUAL).first()
    if account is None:
        return _plain("unknown", 404)
    action = f"forged:{account.pk}"
    if _was_forged_lately(account) and is_used_up(request, action, limit=FORGED_LIMIT):
        return _plain("too many", 429)
    body = request.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        return _plain("too long", 413)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        outcome = receive(account, Incoming(body=body, headers=headers))
    except ForgedNotification:
        allowed = consume(request, action, limit=FORGED_LIMIT, seconds=FORGED_SECONDS)
        return _plain("refused", 400 if allowed else 429)
    except (ProviderUnavailable, ValueError):
        # counted too: whoever sends rubbish must not make us ask the provider about all of it
        consume(request, action, limit=FORGED_LIMIT, seconds=FORGED_SECONDS)
        return _plain("try again", 503)
    return _plain(outcome.value, 200)


def _was_forged_lately(account: ProviderAccount) -> bool:
    """Whether counting is worth a question: not for an account to which nobody sends rubbish."""
    last = account.last_rejected_at
    return last is not None and timezone.now() - last < timedelta(seconds=3 * FORGED_SECONDS)


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain")
