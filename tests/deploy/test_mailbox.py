"""The local mail box: what a real SMTP client sends is what the folder and the page show."""

import email
import email.policy
import re
import smtplib
import socket
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from deploy.local.mailbox import SIZE_LIMIT, Mailbox
from deploy.local.processes import LaunchError


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    """A mail box with its page, on free ports."""
    with Mailbox(tmp_path / "mails", page_port=0) as started:
        yield started


def send(mailbox: Mailbox, mail: EmailMessage, *recipients: str) -> None:
    """Send it over SMTP."""
    with smtplib.SMTP("127.0.0.1", mailbox.smtp_port) as client:
        client.send_message(mail, to_addrs=list(recipients) or None)


def read(mailbox: Mailbox, path: str, language: str = "fr") -> tuple[str, str]:
    """The text and the content security policy of a page."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{mailbox.page_port}{path}", headers={"Accept-Language": language}
    )
    with urllib.request.urlopen(request) as answer:
        return answer.read().decode(), answer.headers["Content-Security-Policy"]


def a_mail(subject: str = "Votre rapport est prêt") -> EmailMessage:
    """A mail with a text, an HTML part and an attachment."""
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = subject, "Cabinet <cabinet@example.fr>", "alice@example.fr"
    mail.set_content("Bonjour, https://alpha.localhost/lien?a=1&b=2\n")
    mail.add_alternative("<p>Bonjour <b>Alice</b><script>alert(1)</script></p>", subtype="html")
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="été <1>.pdf")
    return mail


def test_each_recipient_gets_a_numbered_file(mailbox: Mailbox) -> None:
    send(mailbox, a_mail(), "alice@example.fr", "bob/../x@example.fr")
    send(mailbox, a_mail("second"), "alice@example.fr")
    names = sorted(path.name for path in mailbox.folder.iterdir())
    assert names == [
        "0001-alice@example.fr.eml",
        "0002-bob_.._x@example.fr.eml",
        "0003-alice@example.fr.eml",
    ]
    kept = email.message_from_bytes((mailbox.folder / names[0]).read_bytes(), policy=email.policy.default)
    assert kept["Delivered-To"] == "alice@example.fr"
    assert kept["Subject"] == "Votre rapport est prêt"


def test_numbers_continue_after_a_restart(tmp_path: Path) -> None:
    for _ in range(2):
        with Mailbox(tmp_path) as mailbox:
            send(mailbox, a_mail())
    assert len(list(tmp_path.glob("0001-*"))) == len(list(tmp_path.glob("0002-*"))) == 1


def test_list_shows_newest_first_and_escapes(mailbox: Mailbox) -> None:
    send(mailbox, a_mail("premier"))
    send(mailbox, a_mail("<i>second</i>"))
    page, policy = read(mailbox, "/")
    assert page.index("&lt;i&gt;second") < page.index("premier")
    assert "<i>" not in page
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "Demonstration mail box" in read(mailbox, "/", "en-GB,en")[0]


def test_one_mail_shows_text_sandboxed_html_and_attachment(mailbox: Mailbox) -> None:
    send(mailbox, a_mail())
    page, _ = read(mailbox, "/0001/")
    assert 'href="https://alpha.localhost/lien?a=1&amp;b=2"' in page
    assert "été &lt;1&gt;.pdf" in page
    frame = re.search(r'<iframe sandbox="([^"]*)" src="([^"]*)"', page)
    assert frame is not None
    assert "allow-scripts" not in frame[1]
    html, policy = read(mailbox, frame[2])
    assert "<b>Alice</b>" in html
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "script-src" not in policy
    link = re.search(r'href="(/0001/0/[^"]*)"', page)
    assert link is not None
    assert read(mailbox, link[1])[0] == "%PDF-1.7"


def test_mail_over_the_limit_is_refused_and_not_kept(mailbox: Mailbox) -> None:
    with smtplib.SMTP("127.0.0.1", mailbox.smtp_port) as client:
        client.ehlo()
        assert client.esmtp_features["size"] == str(SIZE_LIMIT)
        code, _ = client.mail("a@example.fr", [f"SIZE={SIZE_LIMIT + 1}"])
    assert code == 552
    assert not list(mailbox.folder.iterdir())


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(LaunchError, match="cannot listen"):
        Mailbox(tmp_path, smtp_port=taken.getsockname()[1]).start()
