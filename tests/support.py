"""What tests share: browsers on a host, the jobs that wait, the mails that arrived."""

import base64
import email
import email.policy
import hmac
import re
import struct
import time
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape
from django.utils.translation import gettext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import User
from extranet.models import Contact
from kernel.tenancy import current_schema, public_context
from tests.factories.cast import PASSWORD


def at_host(subdomain: str) -> Client:
    """Returns a new browser on <subdomain>.localhost (the public site for an empty one)."""
    name = f"{subdomain}.{settings.BASE_DOMAIN}" if subdomain else settings.BASE_DOMAIN
    return Client(headers={"host": name})


def logged_in(subdomain: str, person: User | Contact, *, password: str = PASSWORD) -> Client:
    """Returns a browser in which a person has logged in through the log-in page."""
    client = at_host(subdomain)
    user = person.user if isinstance(person, Contact) else person
    response = client.post("/compte/connexion/", {"login": user.username, "password": password})
    assert response.status_code == 302, response.content.decode()[:2000]
    return client


def body(response: Any) -> bytes:
    """Returns the bytes of a response; one that streams is read to its end, which closes its file."""
    return b"".join(response.streaming_content) if response.streaming else bytes(response.content)


def totp(secret: str, *, steps: int = 0) -> str:
    """Returns the code that an authenticator app shows (RFC 6238), `steps` half minutes from now."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    (value,) = struct.unpack_from(">I", digest, digest[-1] & 0x0F)
    return f"{(value & 0x7FFFFFFF) % 1_000_000:06d}"


def links_of(mail: EmailMessage) -> list[str]:
    """Returns the paths (with query) of the links in a mail's text."""
    return re.findall(r"https?://[^/\s]+(/\S*)", text_of(mail))


def without_set(queries: CaptureQueriesContext) -> list[str]:
    """Returns the SQL of captured queries without SET search_path and savepoints, nor that for the host's firm.

    A process remembers the last for two seconds (decisions/0006): whether a page has it depends on the clock.
    """
    statements = [str(query["sql"]) for query in queries.captured_queries]
    apart = ("SET search_path", "SAVEPOINT", "RELEASE SAVEPOINT", 'SELECT "tenants_domain"')
    return [sql for sql in statements if not sql.startswith(apart)]


def said(message: str, **values: object) -> str:
    """Returns a message of the product (its msgid) as a page shows it in the active language."""
    translated = gettext(message)
    return escape(translated % values if values else translated)


def run_jobs() -> int:
    """Runs the waiting jobs here and now, those that they enqueue too; returns how many."""
    count = 0
    schema = current_schema()
    with public_context():
        while True:
            job = ProcrastinateJob.objects.filter(status="todo").order_by("id").first()
            if job is None:
                break
            arguments: dict[str, Any] = dict(job.args)
            app.tasks[job.task_name].func(**arguments)
            ProcrastinateJob.objects.filter(pk=job.pk).update(status="succeeded")
            count += 1
    assert current_schema() == schema
    return count


@dataclass(frozen=True)
class Box:
    """The folder of a mail server."""

    folder: Path

    def mails(self) -> list[EmailMessage]:
        """Returns the mails in the order of their arrival."""
        return [_parse(path.read_bytes()) for path in sorted(self.folder.glob("*.eml"), key=lambda path: path.name)]

    def last(self, to: str) -> EmailMessage:
        """Returns the last mail to an address; raises IndexError when there is none."""
        return [mail for mail in self.mails() if to in str(mail["To"])][-1]


def text_of(mail: EmailMessage) -> str:
    """Returns the plain text of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(mail: EmailMessage) -> str:
    """Returns the HTML of a mail."""
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def _parse(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=email.policy.default)
