"""A firm's own mail server: checked, put to use, put aside."""

from dataclasses import dataclass
from email.policy import SMTP
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from kernel.secrets import seal
from mail.actions.outgoing import hurry_waiting
from mail.content import MailContent
from mail.message import message_of, own_sender
from mail.models import MailServer, OutgoingMail
from mail.queries import mail_server
from mail.rendering import render_mail
from mail.routes import refusal_of
from mail.smtp import CHECK_STEP, CHECK_TOTAL, PASSWORD, Connection, check, spec_of

logger = structlog.get_logger(__name__)

#: What decides how the server is reached and as whom: when it changes, it must be checked anew.
_REACH = ("host", "port", "security", "verify_certificate", "username", "from_address")


@dataclass(frozen=True)
class ServerValues:
    """What a firm typed; `password` None keeps the stored one."""

    columns: dict[str, Any]
    password: str | None = None


def use_server(values: ServerValues) -> MailServer:
    """Returns the server that mails leave by from now on; raises ServerTroubleError when it would not take them.

    It is asked outside any transaction. What was typed is not kept then: `keep_server` does that.
    """
    tried = _with(mail_server() or MailServer(pk=1), values)
    check(spec_of(tried))
    with transaction.atomic():
        server = _with(_locked(), values)
        server.is_active, server.checked_at = True, timezone.now()
        _forget_failures(server)
        server.save()
        hurry_waiting()
    logger.info("mail_server_used")
    return server


@transaction.atomic
def keep_server(values: ServerValues) -> MailServer:
    """Returns what was typed, kept without a check; mails leave by it only if that changes nothing about its reach."""
    server = _locked()
    before = (*(getattr(server, name) for name in _REACH), server.sealed)
    _with(server, values)
    if values.password is not None or before[:-1] != tuple(getattr(server, name) for name in _REACH):
        was_active, server.is_active, server.checked_at = server.is_active, False, None
        _forget_failures(server)
        if was_active:
            hurry_waiting()
    server.save()
    return server


@transaction.atomic
def put_server_aside() -> None:
    """Lets mails leave by the platform's server again; what was typed stays."""
    server = _locked()
    server.is_active = False
    _forget_failures(server)
    server.save()
    hurry_waiting()
    logger.info("mail_server_put_aside")


@transaction.atomic
def forget_server() -> None:
    """Forgets the firm's server and its password."""
    MailServer.objects.filter(pk=1).delete()
    hurry_waiting()
    logger.info("mail_server_forgotten")


def send_trial(server: MailServer, *, to: str, content: MailContent) -> None:
    """Sends a trial by the firm's server at once, not logged; raises ServerTroubleError or RefusedError."""
    rendered = render_mail(content)
    mail = OutgoingMail(
        to=to,
        from_name=rendered.from_name,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        message_id=f"<trial.{timezone.now():%Y%m%d%H%M%S%f}@{server.from_address.rpartition('@')[2]}>",
    )
    data = message_of(mail, own_sender(mail, server)).message(policy=SMTP).as_bytes()
    connection = Connection(spec_of(server), step=CHECK_STEP, total=CHECK_TOTAL / 2)
    try:
        connection.open()
        with refusal_of():
            connection.send(to, data)
    finally:
        connection.close()


def _locked() -> MailServer:
    MailServer.objects.get_or_create(pk=1)
    return MailServer.objects.select_for_update().get(pk=1)


def _with(server: MailServer, values: ServerValues) -> MailServer:
    for name, value in values.columns.items():
        setattr(server, name, value)
    if values.password is not None:
        server.sealed = seal({PASSWORD: values.password}) if values.password else ""
    return server


def _forget_failures(server: MailServer) -> None:
    server.failures, server.failing_since, server.paused_until, server.told_at = 0, None, None, None
    server.trouble = server.detail = ""
