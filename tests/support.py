"""What tests share: browsers on a host, the jobs that wait, the mails that arrived."""

import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client
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
