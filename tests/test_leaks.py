"""Two firms at the same time, in the threads of the real web server and of the real worker: no answer is ever mixed."""

import http.client
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from accounts.models import Role, User
from deploy.local.mailbox import Mailbox
from deploy.local.processes import free_port
from kernel.tenancy import firm_context
from mail.actions.outgoing import queue_mail
from mail.content import MailContent
from mail.models import MailState, OutgoingMail
from tenants.models import Firm
from tests.factories.cast import PASSWORD, add_contact
from tests.factories.portal import add_dossier, files_of
from tests.support import Box, logged_in

ROOT = Path(__file__).parents[1]
THREADS = 4
ROUNDS = 40
MAILS = 40


@dataclass(frozen=True)
class Visitor:
    """A person of one firm with its session, the addresses it opens and the word that each answer must hold."""

    firm: str
    host: str
    cookie: str
    word: str
    paths: tuple[str, ...]


@contextmanager
def gunicorn() -> Iterator[int]:
    """The web server as in production, with one process so that its threads share all they can; gives the port."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--worker-class", "gthread"]
    command += ["--threads", "8", "--bind", f"127.0.0.1:{port}", "--no-control-socket", "--log-level", "error"]
    environment = os.environ | {"LOG_LEVEL": "ERROR"}
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
                    assert ask(connection, "localhost", "/readyz") == (200, b"ready")
                break
            except ConnectionRefusedError:
                assert server.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait()


def ask(connection: http.client.HTTPConnection, host: str, path: str, cookie: str = "") -> tuple[int, bytes]:
    connection.request("GET", path, headers={"Host": host, "Cookie": cookie})
    answer = connection.getresponse()
    return answer.status, answer.read()


def visitors_of(subdomain: str) -> Iterator[Visitor]:
    """Makes a firm's people and dossiers, alike in both but for one word; yields its staff and its client."""
    word = f"word-of-{subdomain}"
    firm = Firm.objects.get(schema_name=f"firm_{subdomain}")
    with firm_context(firm.schema_name):
        staff = User.objects.create_user(
            username="bob", email="bob@x.example", full_name=f"Bob {word}", role=Role.STAFF, password=PASSWORD
        )
        client = add_contact("alice", firm)
        client.user.full_name = f"Alice {word}"
        client.user.save()
        for rank in range(12):
            files = {"rapport.txt": f"{word} {rank}".encode()} if rank == 0 else None
            dossier = add_dossier(f"Maison {rank} {word}", user=staff, contacts=[client], files=files)
            if files:
                (file,) = files_of(dossier)
                url = f"/dossiers/{dossier.code}/"
                download = f"{url}fichiers/{file.code}/"
    for person in (staff, client):
        cookie = f"sessionid={logged_in(subdomain, person).cookies['sessionid'].value}"
        paths = ("/dossiers/", "/dossiers/?q=maison", url, download, "/compte/sessions/")
        yield Visitor(subdomain, f"{subdomain}.localhost", cookie, word, paths)


def test_no_answer_of_a_threaded_server_is_another_firms(own_database: str) -> None:
    visitors = [*visitors_of("alpha"), *visitors_of("beta")]
    words = {visitor.firm: visitor.word.encode() for visitor in visitors}
    wrong: list[str] = []
    answered = [0] * THREADS

    def visit(rank: int, port: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for turn in range(ROUNDS):
            # one connection for all, so that each firm's request follows another firm's in the same place
            visitor = visitors[(turn * 2 + turn // 2 + rank) % len(visitors)]
            path = visitor.paths[(turn + rank) % len(visitor.paths)]
            status, content = ask(connection, visitor.host, path, visitor.cookie)
            foreign = words["beta" if visitor.firm == "alpha" else "alpha"]
            if status != 200 or foreign in content or words[visitor.firm] not in content:
                wrong.append(f"{visitor.host}{path}: {status} {foreign in content}")
            stolen = visitors[(visitors.index(visitor) + 2) % len(visitors)]
            status, content = ask(connection, visitor.host, "/dossiers/", stolen.cookie)
            if status != 302 or b"word-of" in content:
                wrong.append(f"{visitor.host} with the session of {stolen.host}: {status}")
            answered[rank] += 1
        connection.close()

    with gunicorn() as port:
        threads = [threading.Thread(target=visit, args=[rank, port]) for rank in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answered == [ROUNDS] * THREADS
    assert wrong == []


def test_no_job_of_a_threaded_worker_runs_in_another_firm(own_database: str, tmp_path: Path) -> None:
    for rank in range(MAILS):
        for schema in ("firm_alpha", "firm_beta"):
            with firm_context(schema):
                content = MailContent(subject=f"{schema} {rank}", paragraphs=[schema])
                queue_mail(to=f"{schema}@client.example", content=content, kind="test")
    with Mailbox(tmp_path / "mail") as mailbox:
        environment = os.environ | {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(mailbox.smtp_port), "LOG_LEVEL": "ERROR"}
        command = [sys.executable, "manage.py", "worker", "--concurrency", "4"]
        worker = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 60
            while len(list((tmp_path / "mail").glob("*.eml"))) < 2 * MAILS:
                assert worker.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.1)
        finally:
            worker.terminate()
            worker.wait()
    mails = Box(tmp_path / "mail").mails()
    assert len(mails) == 2 * MAILS
    for mail in mails:
        schema, _rank = str(mail["Subject"]).split()
        assert mail["To"] == f"{schema}@client.example"
        assert str(mail["Message-ID"]).startswith(f"<{schema}.")
        assert mail["From"].addresses[0].display_name == f"Cabinet {schema.removeprefix('firm_').title()} via Diagdesk"
    for schema in ("firm_alpha", "firm_beta"):
        with firm_context(schema):
            assert OutgoingMail.objects.filter(state=MailState.SENT).count() == MAILS


@pytest.mark.parametrize("firms", [["alpha", "beta"]])
def test_in_process_threads_do_not_mix_schemas(own_database: str, firms: list[str]) -> None:
    """The context itself, entered and left by threads that cross."""
    from django.db import connection

    wrong: list[str] = []
    gate = threading.Barrier(THREADS)

    def work(rank: int) -> None:
        try:
            gate.wait(10)
            for turn in range(200):
                name = firms[(turn + rank) % 2]
                with firm_context(f"firm_{name}"):
                    found = User.objects.get().email
                    if f"@{name}.example" not in found:
                        wrong.append(f"{name}: {found}")
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[rank]) for rank in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
