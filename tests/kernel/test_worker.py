"""The worker itself: killed in the middle of a job it loses nothing, and nothing is done twice."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from django.db import connection, connections, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob

from deploy.local.mailbox import Mailbox
from kernel.jobs import MAX_STALLS
from kernel.tenancy import firm_context
from mail.actions.outgoing import queue_mail
from mail.content import MailContent
from mail.models import MailState, OutgoingMail
from tests.support import Box

ROOT = Path(__file__).parents[2]


@contextmanager
def worker(smtp_port: int) -> Iterator[subprocess.Popen[bytes]]:
    environment = os.environ | {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(smtp_port), "LOG_LEVEL": "WARNING"}
    process = subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for(what: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def state_of_the_job() -> str:
    return str(ProcrastinateJob.objects.get(task_name="mail.actions.outgoing.send_queued_mail").status)


def sweep() -> None:
    connector = app.connector
    assert isinstance(connector, DjangoConnector)

    async def run() -> None:
        async with app.open_async():
            await app.tasks["kernel.jobs.retry_stalled"].func(timestamp=0)

    with app.replace_connector(connector.get_worker_connector()):
        asyncio.run(run())


def queue_one() -> OutgoingMail:
    with firm_context("firm_alpha"):
        return queue_mail(to="a@client.example", content=MailContent(subject="Bonjour", paragraphs=["."]), kind="test")


def the_worker_died_long_ago() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")


def test_a_worker_killed_in_the_middle_loses_nothing_and_sends_once(own_database: str, tmp_path: Path) -> None:
    outgoing = queue_one()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(60)
        with worker(silent.getsockname()[1]) as first:
            held, _address = silent.accept()  # the job is at work, and its server never answers
            first.kill()
            first.wait()
            held.close()
    assert state_of_the_job() == "doing"
    sweep()
    assert state_of_the_job() == "doing", "a worker that was seen a moment ago is not yet given up"
    the_worker_died_long_ago()
    sweep()
    assert state_of_the_job() == "todo"
    with Mailbox(tmp_path / "mail") as mailbox, worker(mailbox.smtp_port) as second:
        wait_for(lambda: state_of_the_job() == "succeeded")
        second.terminate()
        assert second.wait(timeout=10) == 0
    assert [mail["Subject"] for mail in Box(tmp_path / "mail").mails()] == ["Bonjour"]
    with firm_context("firm_alpha"):
        assert OutgoingMail.objects.get(pk=outgoing.pk).state == MailState.SENT


def test_what_a_job_enqueues_comes_and_goes_with_its_transaction(own_database: str) -> None:
    class TakenBackError(Exception):
        pass

    def job() -> None:
        """What a worker's thread does."""
        try:
            with suppress(TakenBackError), transaction.atomic():
                queue_one()
                with ThreadPoolExecutor(1) as other:
                    seen.append(other.submit(jobs_there).result())
                raise TakenBackError
            queue_one()
        finally:
            connections.close_all()

    def jobs_there() -> int:
        try:
            return ProcrastinateJob.objects.count()
        finally:
            connections.close_all()

    async def work() -> None:
        async with app.open_async():
            await asyncio.to_thread(job)

    seen: list[int] = []
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    with app.replace_connector(connector.get_worker_connector()):
        asyncio.run(work())
    assert seen == [0], "nobody takes it up before what it is about is there"
    assert ProcrastinateJob.objects.count() == 1, "what was rolled back left no job"
    with firm_context("firm_alpha"):
        assert OutgoingMail.objects.count() == 1


def test_a_job_that_kills_its_workers_is_given_up(own_database: str) -> None:
    queue_one()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now()) RETURNING id")
        (worker_id,) = cursor.fetchone()
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s, attempts = %s", [worker_id, MAX_STALLS]
        )
    the_worker_died_long_ago()
    sweep()
    assert state_of_the_job() == "failed"


def test_a_stalled_job_whose_work_waits_in_a_newer_one_stops_nobody(own_database: str) -> None:
    queue_one()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now()) RETURNING id")
        (worker_id,) = cursor.fetchone()
        for status in ("doing", "todo"):
            cursor.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, args, status, worker_id)"
                " VALUES ('periodic', 'by.the.clock', 'by.the.clock', '{}', %s, %s)",
                [status, worker_id if status == "doing" else None],
            )
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE queue_name = 'mail'", [worker_id]
        )
    the_worker_died_long_ago()
    sweep()
    assert state_of_the_job() == "todo"
    assert list(ProcrastinateJob.objects.filter(task_name="by.the.clock").values_list("status", flat=True)) == ["todo"]
