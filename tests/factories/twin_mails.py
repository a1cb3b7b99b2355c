"""The rows of mails, of the firm's server and of stopped addresses among the twins (tests/factories/twins.py)."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from kernel.models import FirmModel
from kernel.secrets import seal
from mail.actions.outgoing import queue_mail
from mail.content import MailContent
from mail.models import Bounce, MailAttachment, MailServer, OutgoingMail, Route, SendingHour, StoppedAddress


def mail_rows(
    made: dict[type[FirmModel], Any], word: str, content: bytes
) -> dict[type[FirmModel], Callable[[], FirmModel]]:
    """Returns the factories of what leaves: a mail with its file, the server, a place in an hour, a stopped address."""
    return {
        OutgoingMail: lambda: queue_mail(
            to=f"{word}@client.example", content=MailContent(subject=word, paragraphs=[word]), kind="test"
        ),
        MailAttachment: lambda: MailAttachment.objects.create(
            mail=made[OutgoingMail], name=f"{word}.txt", content_type="text/plain", data=content
        ),
        MailServer: lambda: MailServer.objects.create(
            pk=1,
            host=f"{word}.mail.example",
            username=word,
            sealed=seal({"password": word}),
            from_address=f"{word}@firm.example",
            from_name=word,
            detail=word,
        ),
        SendingHour: lambda: SendingHour.objects.create(route=Route.OWN, hour=timezone.now(), taken=1),
        StoppedAddress: lambda: StoppedAddress.objects.create(
            address=f"{word}-gone@client.example", bounce=Bounce.HARD, reason=word
        ),
    }
