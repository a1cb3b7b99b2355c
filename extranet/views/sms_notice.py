"""Where the carriers of text messages tell us something."""

from datetime import timedelta

import structlog
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from extranet.actions.sms import tell_answer
from kernel.ratelimit import consume, is_used_up
from mail.actions.sms_news import receive_call
from mail.models import SmsAccount
from mail.sms.providers.base import Call, ForgedCall
from tenants.links import here_url

logger = structlog.get_logger(__name__)

MAX_BYTES = 64 * 1024
#: Calls that are none which one address may make in a minute; beyond, nothing of it is looked at.
FORGED_LIMIT, FORGED_SECONDS = 30, 60
#: How many answers of people are passed on in an hour, so that no machine that answers fills a mail box.
ANSWERS, ANSWER_SECONDS = 60, int(timedelta(hours=1).total_seconds())


@csrf_exempt
@require_http_methods(["GET", "POST"])
def sms_notice(request: HttpRequest, token: str) -> HttpResponse:
    """Notes what a carrier tells and answers at once; the account's token is looked up before anything is read.

    404: no such account. 413: too long. 400: no message of its protocol, or the signature does not fit. 429: too many
    of those. OVHcloud asks by GET, and changes nothing that another call would not.
    """
    account = SmsAccount.objects.filter(token=token.replace("\x00", "")).first()
    if account is None:
        return _plain("unknown", 404)
    action = f"forged-sms:{account.pk}"
    if is_used_up(request, action, limit=FORGED_LIMIT):
        return _plain("too many", 429)
    if int(request.headers.get("Content-Length") or 0) > MAX_BYTES:
        return _plain("too long", 413)
    body = request.body
    is_form = request.content_type == "application/x-www-form-urlencoded"
    call = Call(
        # the address that the carrier was given, whatever a proxy has made of it
        url=here_url("sms-notify", token),
        method=request.method or "",
        query=request.GET.dict(),
        form=request.POST.dict() if is_form else {},
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
    )
    try:
        answers = receive_call(account, call)
    except (ForgedCall, ValueError):
        logger.warning("sms_call_refused", carrier=account.carrier)
        allowed = consume(request, action, limit=FORGED_LIMIT, seconds=FORGED_SECONDS)
        return _plain("refused", 400 if allowed else 429)
    for answer in answers:
        if consume(request, "sms-answer", limit=ANSWERS, seconds=ANSWER_SECONDS):
            tell_answer(answer.number, answer.text)
    return _plain("ok", 200)


def _plain(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain")
