"""The queue of outgoing mail: in the transaction of its cause, sent once, by a real server or not at all."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from kernel.tenancy import firm_context
from mail.actions.outgoing import queue_mail, send_queued_mail
from mail.content import Attachment, Button, MailContent
from mail.models import MailState, OutgoingMail
from tests.factories.cast import Cast
from tests.support import Box, html_of, run_jobs, text_of

pytestmark = pytest.mark.django_db
CONTENT = MailContent(subject="Votre dossier", paragraphs=["Il est là."])


def queue(content: MailContent = CONTENT, *, to: str = "a@client.example", confidential: bool = False) -> OutgoingMail:
    with firm_context("firm_alpha"):
        return queue_mail(to=to, content=content, kind="test", confidential=confidential)


def reread(outgoing: OutgoingMail) -> OutgoingMail:
    with firm_context("firm_alpha"):
        return OutgoingMail.objects.get(pk=outgoing.pk)


def let_time_pass(outgoing: OutgoingMail) -> None:
    with firm_context("firm_alpha"):
        OutgoingMail.objects.filter(pk=outgoing.pk).update(due_at=timezone.now())


def send(outgoing: OutgoingMail) -> None:
    with firm_context("firm_alpha"):
        send_queued_mail(mail_id=outgoing.pk)


class RefusingHandler:
    """A server that answers what it is told to RCPT, and to DATA."""

    def __init__(self, rcpt: str = "250 OK", data: str = "250 OK") -> None:
        self.rcpt, self.data = rcpt, data

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        return self.data


@contextmanager
def smtp_server(settings: Any, handler: RefusingHandler) -> Iterator[None]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    try:
        use_port(settings, port)
        yield
    finally:
        server.stop()


def use_port(settings: Any, port: int) -> None:
    options = {"host": "127.0.0.1", "port": port, "timeout": 2}
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}


def test_a_mail_leaves_with_its_transaction(mailbox: Box) -> None:
    outgoing = queue()
    assert outgoing.state == MailState.QUEUED
    assert mailbox.mails() == []
    assert run_jobs() == 1
    mail = mailbox.last("a@client.example")
    assert mail["Subject"] == "Votre dossier"
    assert text_of(mail).startswith("Il est là.")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert reread(outgoing).state == MailState.SENT
    assert reread(outgoing).sent_at is not None


def test_no_mail_without_its_transaction(mailbox: Box) -> None:
    with firm_context("firm_alpha"), transaction.atomic():
        queue_mail(to="a@client.example", content=CONTENT, kind="test")
        transaction.set_rollback(True)
    assert run_jobs() == 0
    assert mailbox.mails() == []
    with firm_context("firm_alpha"):
        assert not OutgoingMail.objects.exists()


def test_a_mail_is_sent_once_however_often_its_job_runs(mailbox: Box) -> None:
    outgoing = queue()
    for _ in range(3):
        send(outgoing)
    run_jobs()
    assert len(mailbox.mails()) == 1


def test_a_mail_that_is_gone_is_no_error(mailbox: Box) -> None:
    outgoing = queue()
    with firm_context("firm_alpha"):
        OutgoingMail.objects.all().delete()
    send(outgoing)
    assert mailbox.mails() == []


def test_a_refused_recipient_is_final_and_told(settings: Any) -> None:
    outgoing = queue(confidential=True)
    with smtp_server(settings, RefusingHandler(rcpt="550 5.1.1 No such user")):
        send(outgoing)
    row = reread(outgoing)
    assert row.state == MailState.FAILED
    assert "550" in row.error
    assert "No such user" in row.error
    assert (row.text, row.html) == ("", "")


@pytest.mark.parametrize(
    "handler",
    [
        RefusingHandler(rcpt="450 4.2.0 Greylisted"),
        RefusingHandler(data="451 4.3.0 Try later"),
        RefusingHandler(rcpt="421 4.7.0 Too many"),
    ],
    ids=["greylisted", "data", "busy"],
)
def test_a_server_that_asks_to_come_back_is_tried_again(settings: Any, handler: RefusingHandler, mailbox: Box) -> None:
    outgoing = queue(confidential=True)
    former = settings.MAILERS
    with smtp_server(settings, handler):
        send(outgoing)
    row = reread(outgoing)
    assert (row.state, row.attempts) == (MailState.QUEUED, 1)
    assert row.error[:3] == (handler.rcpt if handler.rcpt[0] != "2" else handler.data)[:3]
    assert row.text
    settings.MAILERS = former
    send(outgoing)
    assert mailbox.mails() == [], "it waits for its next try"
    let_time_pass(outgoing)
    send(outgoing)
    assert reread(outgoing).state == MailState.SENT
    assert len(mailbox.mails()) == 1


def test_a_server_that_is_down_leaves_the_mail_in_the_queue(settings: Any) -> None:
    outgoing = queue()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    use_port(settings, port)
    send(outgoing)
    row = reread(outgoing)
    assert (row.state, row.attempts) == (MailState.QUEUED, 1)
    again = ProcrastinateJob.objects.filter(status="todo", scheduled_at__isnull=False).get()
    assert row.due_at is not None
    assert again.scheduled_at >= row.due_at > timezone.now()
    with firm_context("firm_alpha"):
        long_ago = timezone.now() - timedelta(hours=80)
        OutgoingMail.objects.filter(pk=outgoing.pk).update(queued_at=long_ago, due_at=long_ago)
    send(outgoing)
    assert reread(outgoing).state == MailState.FAILED, "given up after three days"


def test_a_confidential_body_is_blanked_once_it_has_left(mailbox: Box) -> None:
    secret = MailContent(subject="Codes", paragraphs=["secret-abcd"], facts=[("Mot de passe", "secret-abcd")])
    kept, blanked = queue(secret), queue(secret, to="b@client.example", confidential=True)
    run_jobs()
    assert "secret-abcd" in reread(kept).text
    row = reread(blanked)
    assert (row.text, row.html, row.state) == ("", "", MailState.SENT)
    mail = mailbox.last("b@client.example")
    assert "secret-abcd" in text_of(mail)
    assert "secret-abcd" in html_of(mail)


def test_the_message_id_is_fixed_with_the_row_and_names_the_firm(mailbox: Box) -> None:
    outgoing = queue()
    assert outgoing.message_id.startswith("<firm_alpha.")
    send(outgoing)
    assert mailbox.mails()[0]["Message-ID"] == outgoing.message_id
    with firm_context("firm_alpha"):
        OutgoingMail.objects.filter(pk=outgoing.pk).update(state=MailState.QUEUED)
    send(outgoing)
    assert {mail["Message-ID"] for mail in mailbox.mails()} == {outgoing.message_id}
    assert queue().message_id != outgoing.message_id


@pytest.mark.parametrize(
    "subject", ["Bonjour\nBcc: thief@example.com", "Bonjour\r\nBcc: thief@example.com", "Bonjour\r\n\r\n<b>corps</b>"]
)
def test_a_subject_cannot_bring_a_header(mailbox: Box, subject: str) -> None:
    queue(MailContent(subject=subject, paragraphs=["."]))
    run_jobs()
    (mail,) = mailbox.mails()
    assert mail["Bcc"] is None
    assert mail["Subject"] == " ".join(subject.split())
    assert mail["To"] == "a@client.example"


def test_a_long_subject_is_cut(mailbox: Box) -> None:
    queue(MailContent(subject="é" * 400, paragraphs=["."]))
    run_jobs()
    assert mailbox.mails()[0]["Subject"] == "é" * 250


@pytest.mark.parametrize(
    "name",
    [
        "Cabinet\nBcc: thief@example.com",
        'Cab"inet <thief@example.com>',
        "Cabinet, Étude",
        "Étude <thief@example.com>",
        "x" * 80,
    ],
)
def test_a_site_name_cannot_bring_a_header_nor_an_address(cast: Cast, mailbox: Box, name: str) -> None:
    look = cast.alpha.branding
    look.site_name = name
    look.save()
    queue()
    run_jobs()
    (mail,) = mailbox.mails()
    assert mail["Bcc"] is None
    (sender,) = mail["From"].addresses
    assert sender.addr_spec == "no-reply@localhost"
    assert sender.display_name == f"{' '.join(name.split())} via Diagdesk"


def test_names_and_texts_are_fenced(cast: Cast, mailbox: Box) -> None:
    evil = '<a href="https://evil.example">Cliquez</a><img src=x onerror=alert(1)>'
    look = cast.alpha.branding
    look.site_name = "<b>Cabinet</b>"
    look.save()
    content = MailContent(
        subject=evil,
        greeting=evil,
        paragraphs=[evil, "une\nligne"],
        facts=[(evil, evil)],
        button=Button(label=evil, url="https://alpha.example/x?a=1&b='\"<>"),
    )
    queue(content)
    run_jobs()
    html = html_of(mailbox.mails()[0])
    assert '<a href="https://evil' not in html
    assert "<img src=x" not in html
    assert "<b>" not in html
    assert html.count("&lt;a href=") == 6  # title, greeting, paragraph, label, value, button
    assert "une<br>ligne" in html
    assert html.count("<a ") == 2  # the button and the foot
    assert evil in text_of(mailbox.mails()[0])


def test_a_text_has_no_html_entities(mailbox: Box) -> None:
    queue(MailContent(subject="a & b", paragraphs=["L'étude « A & B » <c>"]))
    run_jobs()
    assert "L'étude « A & B » <c>" in text_of(mailbox.mails()[0])
    assert mailbox.mails()[0]["Subject"] == "a & b"


def test_a_mail_wears_the_firms_colours_and_logo(cast: Cast, mailbox: Box) -> None:
    look = cast.alpha.branding
    look.button_color, look.logo_key, look.site_name = "#0f766e", "firms/firm_alpha/branding/logo.png", "Armor"
    look.save()
    queue(MailContent(subject="a", paragraphs=["b"], button=Button(label="Voir", url="http://alpha.localhost/x")))
    with firm_context("firm_beta"):
        queue_mail(to="b@client.example", content=CONTENT, kind="test")
    queue_mail(to="c@client.example", content=CONTENT, kind="test")
    run_jobs()
    html = html_of(mailbox.last("a@client.example"))
    assert "background-color: #0f766e" in html.replace("background-color:#0f766e", "background-color: #0f766e")
    assert f'src="http://alpha.localhost/branding/logo?v={look.version}"' in html
    assert 'alt="Armor"' in html
    assert "<style" not in html.split("</head>")[1]
    beta = html_of(mailbox.last("b@client.example"))
    assert "#0f766e" not in beta
    assert "Cabinet Beta" in beta
    assert "http://beta.localhost/" in beta
    assert "<img" not in beta
    platform = mailbox.last("c@client.example")
    assert platform["From"].addresses[0].display_name == "Diagdesk"
    assert "Cabinet" not in html_of(platform)


def test_a_mail_takes_its_files_along_and_their_bytes_are_dropped_once_it_left(mailbox: Box) -> None:
    visit = b"BEGIN:VCALENDAR\r\nSUMMARY:\xc3\x89t\xc3\xa9\r\nEND:VCALENDAR\r\n"
    outgoing = queue(
        MailContent(
            subject="Votre visite",
            paragraphs=["Elle est confirmée."],
            attachments=[
                Attachment("visite.ics", "text/calendar; charset=utf-8; method=PUBLISH", visit),
                Attachment("devis-é.pdf", "application/pdf", b"%PDF-1.7 \x00\xff"),
            ],
        )
    )
    assert run_jobs() == 1
    first, second = mailbox.last("a@client.example").iter_attachments()
    assert (first.get_content_type(), first.get_param("method"), first.get_param("charset")) == (
        "text/calendar",
        "PUBLISH",
        "utf-8",
    )
    assert (first.get_filename(), first.get_payload(decode=True)) == ("visite.ics", visit)
    assert (second.get_filename(), second.get_payload(decode=True)) == ("devis-é.pdf", b"%PDF-1.7 \x00\xff")
    with firm_context("firm_alpha"):
        kept = [(one.name, bytes(one.data)) for one in outgoing.attachments.order_by("pk")]
    assert kept == [("visite.ics", b""), ("devis-é.pdf", b"")]
