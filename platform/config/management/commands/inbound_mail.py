"""The door by which answers to mails come back."""

import asyncio
import signal
from argparse import ArgumentParser
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from extranet.actions.message_inbound import MessageDesk
from mail.receiving import THREADS, serve


class Command(BaseCommand):
    """Listens for mail to INBOUND_DOMAIN until it is told to stop."""

    help = "Takes the mails to INBOUND_DOMAIN, by SMTP or (behind another mail server) by LMTP."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Takes where to listen."""
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=8024)
        parser.add_argument("--lmtp", action="store_true", help="speak LMTP (RFC 2033)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Works until SIGINT or SIGTERM."""
        if not settings.INBOUND_DOMAIN:
            raise CommandError("INBOUND_DOMAIN is not set: there is no address that mail could come to.")
        try:
            asyncio.run(self._listen(options["host"], options["port"], lmtp=options["lmtp"]))
        except OSError as error:
            raise CommandError(f"Cannot listen on {options['host']}:{options['port']}: {error.strerror}") from error

    async def _listen(self, host: str, port: int, *, lmtp: bool) -> None:
        task = asyncio.current_task()
        assert task is not None
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, task.cancel)

        def ready(port: int) -> None:
            self.stdout.write(f"inbound mail: ready on {host}:{port}")
            self.stdout.flush()

        with ThreadPoolExecutor(THREADS, thread_name_prefix="inbound") as threads:
            try:
                await serve(MessageDesk(), host=host, port=port, threads=threads, lmtp=lmtp, ready=ready)
            except asyncio.CancelledError:
                self.stdout.write("inbound mail: stopped")
