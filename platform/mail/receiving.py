"""The door by which mails come in: SMTP, or LMTP behind another mail server; what becomes of them is the desk's."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import DatabaseError, close_old_connections, connection

from kernel.errors import OutsideServiceError

logger = structlog.get_logger(__name__)

#: Bytes of one mail, as it travels; announced, and refused with 552 beyond.
MAX_BYTES = 25 * 1024 * 1024
MAX_RECIPIENTS = 20
#: A mail is stored, scanned and written by so many at once.
THREADS = 4
#: Seconds without a word.
PATIENCE = 120
LATER = "451 4.3.0 Try again later"


class Desk(Protocol):
    """Who decides; each answer is a line of SMTP."""

    def accepts(self, address: str) -> str:
        """Returns whether mail for an address is taken."""

    def take(self, address: str, raw: bytes) -> str:
        """Takes a mail for an address that was accepted."""


class InboundHandler:
    """What aiosmtpd calls; the database is asked in threads, whose connections a firm's context switches."""

    def __init__(self, desk: Desk, threads: ThreadPoolExecutor) -> None:
        self.desk = desk
        self.threads = threads

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        """Returns whether this recipient is taken."""
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        answer = await self._ask(self.desk.accepts, address)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(rcpt_options)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Returns what became of the mail: taken when one recipient's desk took it, else the first refusal."""
        raw = envelope.original_content or b""
        answers = [await self._ask(self.desk.take, address, raw) for address in envelope.rcpt_tos]
        taken = [answer for answer in answers if answer.startswith("2")]
        return (taken or answers)[0]

    async def handle_exception(self, error: Exception) -> str:
        """Returns the answer to what nobody foresaw: the sender keeps the mail."""
        logger.error("inbound_mail_failed", exc_info=error)
        return LATER

    async def _ask(self, question: Callable[..., str], *arguments: Any) -> str:
        return await asyncio.get_running_loop().run_in_executor(self.threads, _answer, question, *arguments)


def _answer(question: Callable[..., str], *arguments: Any) -> str:
    _refresh_connections()
    try:
        return question(*arguments)
    except (DatabaseError, OutsideServiceError, OSError) as error:
        logger.warning("inbound_mail_later", error=str(error))
        return LATER
    finally:
        _refresh_connections()


def _refresh_connections() -> None:
    if not connection.in_atomic_block:  # a transaction around us is not ours to end
        close_old_connections()


async def serve(
    desk: Desk,
    *,
    host: str,
    port: int,
    threads: ThreadPoolExecutor,
    lmtp: bool = False,
    ready: Callable[[int], None] | None = None,
) -> None:
    """Listens until it is cancelled; `ready` is told the port. Raises OSError when that is taken."""
    loop = asyncio.get_running_loop()
    handler = InboundHandler(desk, threads)
    protocol = LMTP if lmtp else SMTP

    def connect() -> SMTP:
        return protocol(
            handler,
            data_size_limit=MAX_BYTES,
            enable_SMTPUTF8=True,
            hostname="inbound",
            ident="ready",
            timeout=PATIENCE,
            command_call_limit={"RCPT": 200, "*": 60},
            loop=loop,
        )

    server = await loop.create_server(connect, host=host, port=port)
    async with server:
        if ready is not None:
            ready(server.sockets[0].getsockname()[1])
        await server.serve_forever()
