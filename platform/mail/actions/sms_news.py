"""What the carriers tell: what became of a message, and what people answered, above all STOP."""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from kernel.jobs import firm_job
from kernel.text import fold
from mail.models import OutgoingSms, SmsAccount, SmsConsent, StoppedNumber
from mail.sms.enums import WAITING, SmsState
from mail.sms.numbers import e164_of
from mail.sms.providers import carrier_of
from mail.sms.providers.base import Call, Progress, Reply

#: What counts as STOP where it is the first word (CPCE, art. L34-5; CTIA's words for English).
STOP_WORDS = frozenset(
    {"stop", "arret", "arreter", "non", "unsubscribe", "desabonner", "desinscription", "fin", "cancel", "quit", "end"}
)
_LATER = timedelta(seconds=30)


@dataclass(frozen=True)
class Answer:
    """What somebody wrote back that is no STOP."""

    number: str
    text: str


@transaction.atomic
def receive_call(account: SmsAccount, call: Call) -> list[Answer]:
    """Returns what people answered, after noting what a carrier tells.

    Raises ForgedCall, and ValueError where the account's secrets cannot be opened.
    """
    answers = []
    for one in carrier_of(account).parse(call):
        if isinstance(one, Progress):
            if not _note(account.carrier, one.ref, one.state, one.reason):
                # it came before we had written down that the message has left
                note_progress.enqueue(
                    carrier=account.carrier, ref=one.ref, state=one.state.value, reason=one.reason, delay=_LATER
                )
        elif number := e164_of(one.number):
            if is_stop(one):
                stop_number(number, said=one.text)
            elif one.text.strip():
                answers.append(Answer(number, one.text.strip()[:1_000]))
    SmsAccount.objects.filter(pk=account.pk).update(last_called_at=timezone.now())
    return answers


@firm_job()
def note_progress(*, carrier: str, ref: str, state: str, reason: str) -> None:
    """Notes what became of a message; of one that is not ours nothing."""
    _note(carrier, ref, SmsState(state), reason)


@transaction.atomic
def _note(carrier: str, ref: str, state: SmsState, reason: str) -> bool:
    """Returns whether there is such a message; one that was delivered stays so, whatever comes late."""
    found = (
        OutgoingSms.objects.select_for_update().filter(carrier=carrier, provider_ref=ref[:80]).exclude(provider_ref="")
    )
    sms = found.first()
    if sms is None:
        return False
    if sms.state in {SmsState.SENT, SmsState.FAILED} and state == SmsState.DELIVERED:
        sms.state, sms.delivered_at, sms.error = SmsState.DELIVERED, timezone.now(), ""
        sms.save(update_fields=["state", "delivered_at", "error"])
    elif sms.state == SmsState.SENT and state == SmsState.FAILED:
        sms.state, sms.error = SmsState.FAILED, reason[:300]
        sms.save(update_fields=["state", "error"])
    return True


def is_stop(reply: Reply) -> bool:
    """Whether an answer asks for no more messages."""
    first = re.match(r"\W*(\w+)", fold(reply.text))
    return reply.is_stop or (first is not None and first[1] in STOP_WORDS)


@transaction.atomic
def stop_number(number: str, *, said: str = "", noted_by: str = "") -> StoppedNumber:
    """Returns that a number (E.164) is never written to again; what waits for it does not leave, its consent ends."""
    row, _made = StoppedNumber.objects.get_or_create(
        number=number, defaults={"said": " ".join(said.split())[:160], "noted_by": noted_by[:120]}
    )
    SmsConsent.objects.filter(number=number).delete()
    OutgoingSms.objects.filter(to=number, state__in=WAITING, called_at__isnull=True).update(state=SmsState.STOPPED)
    return row
