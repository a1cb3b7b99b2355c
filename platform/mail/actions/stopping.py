"""Addresses that mails do not reach: counted, stopped, and used again when a person says so."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone

from mail.models import Bounce, MailState, OutgoingMail, StoppedAddress
from mail.queries import stopped_among
from mail.rules import SOFT_BOUNCES, SOFT_DAYS, bounce_of, enhanced_code

logger = structlog.get_logger(__name__)


def note_refusal(mail: OutgoingMail, text: str, *, smtp_code: int) -> None:
    """Takes down, in a mail that is about to be saved, that its reader's server refused it for good."""
    _note(mail, bounce_of(enhanced_code(text), text, smtp_code=smtp_code), text)


@transaction.atomic
def note_bounce(mail: OutgoingMail, *, code: tuple[int, int, int] | None, text: str) -> OutgoingMail:
    """Returns the mail that came back, with the reason; its address may be stopped from now on."""
    locked = OutgoingMail.objects.select_for_update().get(pk=mail.pk)
    if locked.bounce:
        return locked
    locked.state, locked.error = MailState.BOUNCED, text[:500]
    _note(locked, bounce_of(code, text), text)
    locked.save(update_fields=["state", "error", "bounce", "bounced_at"])
    return locked


def _note(mail: OutgoingMail, bounce: Bounce, text: str) -> None:
    mail.bounce, mail.bounced_at = bounce, timezone.now()
    if bounce == Bounce.HARD or (bounce == Bounce.SOFT and _soft_bounces(mail) + 1 >= SOFT_BOUNCES):
        stop_address(mail.to, bounce=bounce, reason=text)


def _soft_bounces(mail: OutgoingMail) -> int:
    """Returns how many other mails to the same address came back softly of late."""
    since = timezone.now() - timedelta(days=SOFT_DAYS)
    found = OutgoingMail.objects.annotate(folded=Lower("to")).filter(folded=mail.to.lower(), bounce=Bounce.SOFT)
    return found.filter(bounced_at__gte=since).exclude(pk=mail.pk).count()


@transaction.atomic
def stop_address(address: str, *, bounce: Bounce, reason: str) -> StoppedAddress:
    """Returns the address, which nothing is sent to from now on."""
    found = stopped_among([address])
    if found:
        return found[0]
    logger.info("address_stopped", bounce=str(bounce))
    # of two reports at the same time the second one finds it there
    stopped, _made = StoppedAddress.objects.get_or_create(
        address=address.lower(), defaults={"bounce": bounce, "reason": reason[:500]}
    )
    return stopped


@transaction.atomic
def use_again(stopped: StoppedAddress) -> str:
    """Returns the address, which mails go to again; what came back before counts no more."""
    address = stopped.address
    StoppedAddress.objects.filter(pk=stopped.pk).delete()
    soft = OutgoingMail.objects.annotate(folded=Lower("to")).filter(folded=address, bounce=Bounce.SOFT)
    soft.update(bounced_at=None)
    logger.info("address_used_again")
    return address
