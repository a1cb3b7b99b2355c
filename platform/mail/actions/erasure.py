"""Taking a person out of the mails that were or will be sent."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.db.models.functions import Lower

from mail.models import MailAttachment, MailState, OutgoingMail, StoppedAddress


def erase_mails_to(addresses: Iterable[str], *, replacement: str) -> int:
    """Returns how many mails to these addresses were blanked; those that still waited are not sent any more."""
    wanted = [each.lower() for each in addresses]
    StoppedAddress.objects.annotate(folded=Lower("address")).filter(folded__in=wanted).delete()
    mails = OutgoingMail.objects.annotate(address=Lower("to")).filter(address__in=wanted)
    return _erase(mails, to=replacement)


def erase_mails(mails: "QuerySet[OutgoingMail]") -> int:
    """Returns how many mails were blanked because of what they say, whoever got them."""
    return _erase(mails)


def _erase(mails: "QuerySet[OutgoingMail]", **values: str) -> int:
    keys = list(mails.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    found = OutgoingMail.objects.filter(pk__in=keys)
    found.filter(state=MailState.QUEUED).update(state=MailState.FAILED)
    MailAttachment.objects.filter(mail_id__in=keys).delete()
    return found.update(subject="", text="", html="", error="", search="", **values)
