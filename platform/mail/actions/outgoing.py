"""The queue of outgoing mail: a row and a job in the transaction of their cause, sent once, by the right server."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from itertools import batched

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from kernel.jobs import any_schema_job
from kernel.tenancy import current_schema
from kernel.text import new_code, search_text
from mail.actions.stopping import note_refusal
from mail.content import MailContent
from mail.limits import count_essential, give_place_back, limits_of, take_place
from mail.models import MailAttachment, MailServer, MailState, OutgoingMail, Route
from mail.queries.server import is_stopped, mail_server, stopped_among
from mail.queries.text import texts_read_once
from mail.rendering import MailLook, mail_look, render_mail
from mail.routes import RefusedError, Routes, open_routes
from mail.rules import GIVE_UP_AFTER, is_essential, pause_after, wait_after
from mail.troubles import ServerTroubleError

logger = structlog.get_logger(__name__)

#: How many mails are written by one statement.
BATCH = 500
#: How many other mails that wait a job sends by its connection.
_IN_A_ROW = 20
_A_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True)
class Post:
    """A mail to queue among many; `language`: in which its frame is written, empty for the active one."""

    to: str
    content: MailContent
    kind: str
    confidential: bool = False
    language: str = ""
    #: The address that answers go to, if it is no matter of whose server the mail leaves by.
    reply_to: str = ""


def queue_mail(
    *, to: str, content: MailContent, kind: str, confidential: bool = False, reply_to: str = ""
) -> OutgoingMail:
    """Returns the queued mail, rendered now in the active language; it leaves when the transaction commits.

    To an address that is stopped nothing leaves: the mail is there, held back.
    """
    with transaction.atomic():
        (outgoing,) = _queue([_rendered(Post(to, content, kind, confidential, reply_to=reply_to), mail_look())])
    return outgoing


@transaction.atomic
def queue_mails(posts: Iterable[Post]) -> int:
    """Returns how many mails were queued, all or none: rendered one by one as they come, written by the batch.

    Give it a generator that composes each mail when it is asked for: texts are then read once, and few are in memory.
    """
    look, count = mail_look(), 0
    with texts_read_once():
        for batch in batched(posts, BATCH, strict=False):
            count += len(_queue([_rendered(post, look) for post in batch]))
    return count


def _rendered(post: Post, look: MailLook) -> tuple[OutgoingMail, MailContent]:
    with translation.override(post.language or translation.get_language()):
        rendered = render_mail(post.content, look=look)
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or settings.BASE_DOMAIN
    outgoing = OutgoingMail(
        to=post.to,
        from_name=rendered.from_name,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        kind=post.kind,
        confidential=post.confidential,
        reply_to=post.reply_to,
        message_id=f"<{current_schema()}.{new_code()}@{domain}>",
        search=search_text(post.to, rendered.subject),
    )
    return outgoing, post.content


def _queue(mails: Sequence[tuple[OutgoingMail, MailContent]]) -> list[OutgoingMail]:
    """Returns the rows, written with their attachments and their jobs; a mail's own job makes its sending resumable."""
    stopped = {row.address.lower() for row in stopped_among(outgoing.to for outgoing, _content in mails)}
    for outgoing, _content in mails:
        if outgoing.to.lower() in stopped:
            _finish(outgoing, MailState.STOPPED)
    rows = OutgoingMail.objects.bulk_create([outgoing for outgoing, _content in mails])
    MailAttachment.objects.bulk_create(
        [
            MailAttachment(mail=outgoing, name=one.name[:120], content_type=one.content_type, data=one.data)
            for outgoing, content in mails
            for one in content.attachments
        ]
    )
    send_queued_mail.enqueue_many([{"mail_id": row.pk} for row in rows if row.state == MailState.QUEUED])
    return rows


@any_schema_job(queue="mail")
def send_queued_mail(*, mail_id: int) -> None:
    """Sends a queued mail once, and by the same connection others that wait; a server that fails is tried again later.

    The row is locked while it is sent: a second run waits, sees it sent and does nothing.
    """
    with open_routes() as routes:
        if not _send(mail_id, routes):
            return
        others = OutgoingMail.objects.filter(state=MailState.QUEUED, due_at__isnull=True, pk__gt=mail_id)
        for other in list(others.order_by("pk").values_list("pk", flat=True)[:_IN_A_ROW]):
            _send(other, routes, skip_locked=True)


def _send(mail_id: int, routes: Routes, *, skip_locked: bool = False) -> bool:
    """Returns whether a mail left; else it is done with, waits, or somebody else is at it."""
    waiting = OutgoingMail.objects.filter(pk=mail_id, state=MailState.QUEUED).only("kind", "due_at").first()
    if waiting is None or _is_early(waiting):
        return False
    server = mail_server()
    route = _route_of(server, waiting.kind)
    place = _place_of(waiting, route, server)
    with transaction.atomic():
        rows = OutgoingMail.objects.select_for_update(skip_locked=skip_locked)
        mail = rows.filter(pk=mail_id, state=MailState.QUEUED).first()
        if mail is None or _is_early(mail):
            if waiting.due_at is None and not is_essential(waiting.kind):
                give_place_back(route, limits_of(route, server), place)
            return False
        if is_stopped(mail.to):
            _finish(mail, MailState.STOPPED)
        elif place is not None:
            _wait_until(mail, place)
        elif route == Route.OWN and server is not None and _is_paused(server):
            _try_later(mail, server.paused_until or timezone.now())
        else:
            _deliver(mail, routes, route, server)
        mail.save()
        return mail.state == MailState.SENT


def _is_early(mail: OutgoingMail) -> bool:
    return mail.due_at is not None and mail.due_at > timezone.now()


def _is_paused(server: MailServer) -> bool:
    return server.paused_until is not None and server.paused_until > timezone.now()


def _route_of(server: MailServer | None, kind: str) -> Route:
    """Returns by whose server a mail leaves: what must arrive does not wait for a firm's server that fails."""
    if server is None or not server.is_active or (is_essential(kind) and (_is_paused(server) or server.failures)):
        return Route.PLATFORM
    return Route.OWN


def _place_of(mail: OutgoingMail, route: Route, server: MailServer | None) -> datetime | None:
    """Returns until when a mail must wait for its turn; None: it need not, or has waited."""
    if mail.due_at is not None:
        return None
    if is_essential(mail.kind):
        count_essential(route)
        return None
    return take_place(route, limits_of(route, server))


def _deliver(mail: OutgoingMail, routes: Routes, route: Route, server: MailServer | None) -> None:
    mail.attempts += 1
    mail.route = route
    try:
        routes.deliver(mail, route=route, server=server)
    except RefusedError as refusal:
        _take_refusal(mail, refusal)
    except ServerTroubleError as trouble:
        logger.warning("mail_server_failed", route=str(route), trouble=str(trouble.trouble), mail_id=mail.pk)
        if route == Route.OWN:
            rests_until = _note_failure(trouble)
            if is_essential(mail.kind):
                _deliver(mail, routes, Route.PLATFORM, server)
                return
        else:
            rests_until = timezone.now()
        mail.error = trouble.detail or str(trouble.trouble)
        _try_later(mail, max(rests_until, timezone.now() + wait_after(mail.attempts)))
    else:
        _finish(mail, MailState.SENT)
        mail.error = ""
        if route == Route.OWN and server is not None and server.failures:
            MailServer.objects.update(failures=0, failing_since=None, paused_until=None, trouble="", detail="")


def _take_refusal(mail: OutgoingMail, refusal: RefusedError) -> None:
    mail.error = refusal.text
    if not refusal.is_final:
        _try_later(mail, timezone.now() + wait_after(mail.attempts))
        return
    logger.warning("mail_refused", mail_id=mail.pk, code=refusal.code)
    _finish(mail, MailState.FAILED)
    if refusal.of_reader:
        note_refusal(mail, refusal.text, smtp_code=refusal.code)


def _finish(mail: OutgoingMail, state: MailState) -> None:
    mail.state, mail.due_at = state, None
    if state == MailState.SENT:
        mail.sent_at = timezone.now()
        mail.attachments.update(data=b"")
    if mail.confidential:
        mail.text = mail.html = ""


def _try_later(mail: OutgoingMail, at: datetime) -> None:
    """Has a mail tried again, unless that was done for long enough."""
    if timezone.now() - mail.queued_at > GIVE_UP_AFTER:
        _finish(mail, MailState.FAILED)
    else:
        _wait_until(mail, at)


def _wait_until(mail: OutgoingMail, at: datetime) -> None:
    mail.due_at = at
    send_queued_mail.enqueue(mail_id=mail.pk, delay=max(at - timezone.now(), _A_MOMENT))


def _note_failure(trouble: ServerTroubleError) -> datetime:
    """Returns until when the firm's server is left alone, having written down what it did."""
    server = MailServer.objects.select_for_update().get(pk=1)
    server.failures += 1
    server.failing_since = server.failing_since or timezone.now()
    server.paused_until = timezone.now() + pause_after(server.failures)
    server.trouble, server.detail = trouble.trouble, trouble.detail
    server.save(update_fields=["failures", "failing_since", "paused_until", "trouble", "detail"])
    return server.paused_until


@transaction.atomic
def send_again(mail: OutgoingMail) -> bool:
    """Returns whether a mail that did not arrive is queued once more; its words must still be there."""
    locked = OutgoingMail.objects.select_for_update().get(pk=mail.pk)
    if not locked.can_be_sent_again:
        return False
    if is_stopped(locked.to):
        return False
    locked.state, locked.error, locked.bounce, locked.bounced_at = MailState.QUEUED, "", "", None
    locked.attempts, locked.due_at, locked.queued_at = 0, None, timezone.now()
    locked.save()
    send_queued_mail.enqueue(mail_id=locked.pk)
    return True


@transaction.atomic
def hurry_waiting() -> int:
    """Returns how many mails that waited are tried now: their server, or what it lets through, has changed."""
    waiting = OutgoingMail.objects.select_for_update().filter(state=MailState.QUEUED, due_at__isnull=False)
    keys = list(waiting.order_by("pk").values_list("pk", flat=True))
    OutgoingMail.objects.filter(pk__in=keys).update(due_at=None)
    for key in keys:
        send_queued_mail.enqueue(mail_id=key)
    return len(keys)
