"""What is asked of mails in more than one place."""

from collections.abc import Iterable

from django.db.models.functions import Lower

from mail.models import MailServer, StoppedAddress


def mail_server() -> MailServer | None:
    """Returns what the firm has set about its server, if anything."""
    return MailServer.objects.filter(pk=1).first()


def stopped_among(addresses: Iterable[str]) -> list[StoppedAddress]:
    """Returns those of some addresses that nothing is sent to any more."""
    wanted = {address.lower() for address in addresses if address}
    return list(StoppedAddress.objects.annotate(folded=Lower("address")).filter(folded__in=wanted)) if wanted else []


def is_stopped(address: str) -> bool:
    """Returns whether nothing is sent to an address any more."""
    return StoppedAddress.objects.annotate(folded=Lower("address")).filter(folded=address.lower()).exists()
