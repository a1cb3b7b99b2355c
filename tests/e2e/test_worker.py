"""A worker killed in the middle of a job loses nothing and does nothing twice."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connection

from kernel.tenancy import firm_context
from mail.actions.outgoing import queue_mail
from mail.content import MailContent
from mail.models import MailState, OutgoingMail
from tests.e2e.conftest import ROOT, free_port

#: 20 s without heartbeat, then the sweeper's next turn of 15 s, with some air.
RECOVERED_WITHIN = 75


class SlowFirstTime:
    """Lets the first message hang until its client is gone; takes the others."""

    def __init__(self) -> None:
        self.begun = 0
        self.taken = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Counts the message."""
        import asyncio

        self.begun += 1
        if self.begun == 1:
            await asyncio.sleep(20)
            return "451 too late"
        self.taken += 1
        return "250 OK"


@pytest.fixture
def slow_smtp() -> Iterator[tuple[SlowFirstTime, int]]:
    """A mail server whose first message hangs."""
    handler = SlowFirstTime()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield handler, controller.port
    controller.stop()


def _worker(port: int, log: Path) -> subprocess.Popen[bytes]:
    settings = connection.settings_dict
    url = f"postgresql://{settings['USER']}@/{settings['NAME']}?host={settings['HOST']}"
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings_test",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(port),
    }
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "manage.py", "worker"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def test_worker_killed_in_the_middle_sends_the_mail_once(
    django_db_setup: None, django_db_blocker: Any, slow_smtp: tuple[SlowFirstTime, int], tmp_path: Path
) -> None:
    handler, port = slow_smtp
    log = tmp_path / "worker.log"
    with django_db_blocker.unblock(), firm_context("firm_alpha"):
        mail = queue_mail(
            to="someone@client.example", content=MailContent(subject="Une fois", paragraphs=["Bonjour"]), kind="test"
        )
        workers = [_worker(port, log)]
        try:
            _wait(lambda: handler.begun == 1, 30, log)
            workers[0].send_signal(signal.SIGKILL)
            workers[0].wait()
            assert OutgoingMail.objects.get(pk=mail.pk).state == MailState.QUEUED
            workers.append(_worker(port, log))
            _wait(lambda: OutgoingMail.objects.get(pk=mail.pk).state == MailState.SENT, RECOVERED_WITHIN, log)
            time.sleep(2)
            assert handler.taken == 1
            workers[1].send_signal(signal.SIGTERM)
            assert workers[1].wait(timeout=40) == 0
        finally:
            for worker in workers:
                worker.kill()
                worker.wait()
            OutgoingMail.objects.filter(pk=mail.pk).delete()
            with connection.cursor() as cursor:
                cursor.execute("TRUNCATE public.procrastinate_jobs, public.procrastinate_workers CASCADE")
            connection.close()


def _wait(condition: Any, seconds: float, log: Path) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, log.read_text()[-4000:]
        time.sleep(0.2)
