"""Telling a firm that its own mail server takes no mail: once a day, by the platform's."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.models import Role, User
from extranet.emails_server import server_failing_mail
from kernel.jobs import firm_job, periodic
from mail.actions.outgoing import queue_mail
from mail.models import MailServer, MailState, OutgoingMail
from mail.rules import FAILURES_TOLD
from mail.troubles import words_of_trouble
from tenants.actions.daily import enqueue_daily
from tenants.links import here_url

logger = structlog.get_logger(__name__)

TOLD_EVERY = timedelta(hours=24)


@periodic("37 * * * *")
def tell_of_servers() -> None:
    """Has each active firm told of its server, by one job a firm."""
    enqueue_daily(tell_of_server, only_active=True)


@firm_job()
@transaction.atomic
def tell_of_server() -> int:
    """Returns how many administrators are told that the firm's server fails; nobody twice within a day."""
    server = MailServer.objects.select_for_update().filter(pk=1, is_active=True, failures__gte=FAILURES_TOLD).first()
    now = timezone.now()
    if server is None or (server.told_at is not None and now - server.told_at < TOLD_EVERY):
        return 0
    waiting = OutgoingMail.objects.filter(state=MailState.QUEUED).count()
    told = list(User.objects.filter(role=Role.ADMIN, is_active=True).order_by("pk"))
    for admin in told:
        with admin.in_own_language():
            content = server_failing_mail(
                host=server.host,
                reason=words_of_trouble(server.trouble),
                since=server.failing_since or now,
                waiting=waiting,
                link=here_url("settings-mail-server"),
            )
            queue_mail(to=admin.email, content=content, kind="mail_server_failing")
    server.told_at = now
    server.save(update_fields=["told_at"])
    logger.info("firm_told_of_its_mail_server", count=len(told))
    return len(told)
