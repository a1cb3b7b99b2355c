"""Mails for tests: one that failed, an address that is stopped, a server that is stored."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kernel.tenancy import firm_context
from mail.actions.outgoing import queue_mail
from mail.content import MailContent
from mail.models import Bounce, MailServer, MailState, OutgoingMail, StoppedAddress


@dataclass
class MailThings:
    """One of each."""

    failed: OutgoingMail
    stopped: StoppedAddress


def add_failed(*, to: str = "failed@client.example", subject: str = "Votre dossier", **values: Any) -> OutgoingMail:
    """Returns a mail of the current firm that its server refused."""
    mail = queue_mail(to=to, content=MailContent(subject=subject, paragraphs=["Il est là."]), kind="test")
    values = {"state": MailState.FAILED, "error": "554 5.7.1 Looks like spam"} | values
    OutgoingMail.objects.filter(pk=mail.pk).update(**values)
    return OutgoingMail.objects.get(pk=mail.pk)


def add_mail_things() -> MailThings:
    """Returns what the route matrix asks of mails, of the current firm; beta has a failed mail, too."""
    MailServer.objects.update_or_create(pk=1, defaults={"host": "127.0.0.1", "port": 1, "failures": 2})
    with firm_context("firm_beta"):
        add_failed()
    stopped = StoppedAddress.objects.create(
        address="gone@client.example", bounce=Bounce.HARD, reason="550 5.1.1 Nobody"
    )
    return MailThings(add_failed(), stopped)


def mail_arguments(things: MailThings) -> dict[str, dict[str, object]]:
    """Returns the arguments of the addresses of mails."""
    of_mail: dict[str, object] = {"code": things.failed.code}
    names = ("mail-detail", "mail-body", "mail-resend")
    return dict.fromkeys(names, of_mail) | {"mail-use-again": {"code": things.stopped.code}}


def server_data(**changed: str) -> dict[str, str]:
    """Returns what the form of the mail server sends."""
    return {
        "from_name": "Cabinet Alpha",
        "reply_to": "accueil@firm.example",
        "from_address": "contact@firm.example",
        "host": "127.0.0.1",
        "port": "2525",
        "security": "none",
        "verify_certificate": "on",
        "username": "",
        "password": "",
        "hour_limit": "",
        "day_limit": "",
    } | changed


def mail_data() -> dict[str, Callable[[], dict[str, Any]]]:
    """Returns what the forms of mails send."""
    return {"settings-mail-server": server_data}
