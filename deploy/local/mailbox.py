"""A mail box for a laptop: a real SMTP server whose mails land in a folder, and a page to read them.

Every recipient gets a file `NNNN-<recipient>.eml` of its own, numbered in order of arrival. Nothing is sent on.
"""

import argparse
import asyncio
import itertools
import logging
import re
import signal
import socket
import sys
import threading
from collections.abc import Coroutine
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.mailbox_page import make_handler
from deploy.local.processes import LaunchError

SIZE_LIMIT = 40 * 1024 * 1024  # bytes of one mail
HOST = "127.0.0.1"


class Inbox:
    """What aiosmtpd calls: writes the mails into the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        numbers = [int(path.name.partition("-")[0]) for path in folder.glob("[0-9]*-*.eml")]
        self._numbers = itertools.count(max(numbers, default=0) + 1)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep one copy of the mail for each recipient; returns the SMTP reply."""
        content = envelope.content
        assert isinstance(content, bytes)
        for recipient in envelope.rcpt_tos:
            self._keep(recipient, f"Return-Path: <{envelope.mail_from}>\r\nDelivered-To: {recipient}\r\n", content)
        return "250 OK: kept"

    def _keep(self, recipient: str, trace: str, content: bytes) -> None:
        name = f"{next(self._numbers):04d}-{re.sub(r'[^A-Za-z0-9@._+-]', '_', recipient)[:120]}.eml"
        partial = self.folder / f".{name}.part"
        with partial.open("wb") as file:
            file.write(trace.encode())
            file.write(content)
        partial.rename(self.folder / name)


class SmtpServer(Controller):
    """aiosmtpd's server in a thread, on a socket that is already bound: a taken port fails at once."""

    def __init__(self, inbox: Inbox, bound: socket.socket) -> None:
        self.bound = bound
        port = bound.getsockname()[1]
        super().__init__(inbox, hostname=HOST, port=port, data_size_limit=SIZE_LIMIT, server_hostname="localhost")

    def _create_server(self) -> Coroutine[Any, Any, asyncio.AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self.bound)


class Mailbox:
    """The SMTP server and, when `page_port` is not None, the page; port 0 takes any free one."""

    def __init__(self, folder: Path | str, *, smtp_port: int = 0, page_port: int | None = None) -> None:
        self.folder = Path(folder).absolute()
        self.smtp_port = smtp_port
        self.page_port = page_port
        self._smtp: SmtpServer | None = None
        self._page: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"http://localhost:{self.page_port}/"

    def start(self) -> Self:
        """Listen; `LaunchError` when a port is taken."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for remains in self.folder.glob(".*.part"):
            remains.unlink()
        try:
            bound = socket.create_server((HOST, self.smtp_port))
            self.smtp_port = bound.getsockname()[1]
            self._smtp = SmtpServer(Inbox(self.folder), bound)
            self._smtp.start()
            if self.page_port is not None:
                self._page = ThreadingHTTPServer((HOST, self.page_port), make_handler(self.folder))
                self.page_port = self._page.server_address[1]
                serve = partial(self._page.serve_forever, poll_interval=0.05)
                threading.Thread(target=serve, name="mailbox-page", daemon=True).start()
        except OSError as error:
            self.stop()
            raise LaunchError(f"The mail box cannot listen on {HOST}: {error.strerror or error}.") from error
        return self

    def stop(self) -> None:
        """Close both servers; the mails stay in the folder."""
        if self._page is not None:
            self._page.shutdown()
            self._page.server_close()
            self._page = None
        if self._smtp is not None:
            self._smtp.stop()
            self._smtp = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def main() -> int:
    """Serve until SIGTERM or SIGINT, after one line that names the ports."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.mailbox", description=__doc__)
    parser.add_argument("--folder", required=True, type=Path, help="where the .eml files go")
    parser.add_argument("--smtp-port", type=int, default=0, help="port of the SMTP server (default: any free one)")
    parser.add_argument("--page-port", type=int, default=0, help="port of the page (default: any free one)")
    options = parser.parse_args()
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    stops = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)
    try:
        with Mailbox(options.folder, smtp_port=options.smtp_port, page_port=options.page_port) as mailbox:
            print(f"SMTP on {HOST}:{mailbox.smtp_port}, page {mailbox.url}, mails in {mailbox.folder}", flush=True)
            signal.sigwait(stops)
    except LaunchError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
