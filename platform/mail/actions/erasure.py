"""Taking a person out of the mails that were or will be sent."""

from collections.abc import Iterable

from django.db.models.functions import Lower

from mail.models import MailAttachment, MailState, OutgoingMail, StoppedAddress


def erase_mails_to(addresses: Iterable[str], *, replacement: str) -> int:
    """Returns how many mails to these addresses were blanked; those that still waited are not sent any more."""
    wanted = [each.lower() for each in addresses]
    StoppedAddress.objects.annotate(folded=Lower("address")).filter(folded__in=wanted).delete()
    mails = OutgoingMail.objects.annotate(address=Lower("to")).filter(address__in=wanted)
    keys = list(mails.select_for_update().order_by("pk").values_list("pk", flat=True))
    found = OutgoingMail.objects.filter(pk__in=keys)
    found.filter(state=MailState.QUEUED).update(state=MailState.FAILED)
    MailAttachment.objects.filter(mail_id__in=keys).delete()
    return found.update(to=replacement, subject="", text="", html="", error="", search="")
