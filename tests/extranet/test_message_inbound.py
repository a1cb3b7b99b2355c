"""Answers by mail: real mails of real programs, sent by smtplib to the endpoint that production runs."""

import asyncio
import contextlib
import re
import smtplib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st

from extranet.actions.contact_erase import erase_contact
from extranet.actions.message import write_to_clients, write_to_firm
from extranet.actions.message_inbound import MOST_AN_HOUR, MessageDesk
from extranet.message_address import reply_address
from extranet.models import CollaboratorEmail, Message, MessageFile
from kernel.errors import DomainError
from kernel.tenancy import firm_context
from mail.inbound import MAX_TEXT, read_mail
from mail.models import OutgoingMail
from mail.receiving import MAX_BYTES, serve
from mail.reply_text import reply_of
from tenants.models import Firm
from tests.factories.cast import Cast
from tests.storage.builders import pdf
from tests.support import Box, body, html_of, logged_in, run_jobs, text_of

pytestmark = pytest.mark.django_db
MAILS = Path(__file__).parent / "mails"
ALICE = "alice@client.example"


@dataclass
class Door:
    """The endpoint, and the address for Alice's answers in a conversation."""

    port: int
    message: Message
    address: str
    lmtp: bool = False

    def send(self, raw: bytes, *, to: str = "", sender: str = ALICE) -> None:
        """Sends a mail; raises what smtplib raises when it is refused."""
        client = smtplib.LMTP if self.lmtp else smtplib.SMTP
        with client("127.0.0.1", self.port, timeout=60) as smtp:
            smtp.sendmail(sender, [to or self.address], raw)

    def refusal(self, raw: bytes, **options: str) -> tuple[int, str]:
        """Returns the code and the text by which a mail is refused."""
        with pytest.raises((smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)) as caught:
            self.send(raw, **options)
        error: Any = caught.value
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            ((code, text),) = error.recipients.values()
            return code, text.decode()
        return error.smtp_code, error.smtp_error.decode()

    def answers(self) -> list[Message]:
        """Returns what came back, in its order."""
        with firm_context("firm_alpha"):
            return list(Message.objects.filter(first=self.message).order_by("id"))


def listening(lmtp: bool = False) -> Iterator[int]:
    """Runs the endpoint in a thread on the test's own connection: its transaction is the test's."""
    ours = connections["default"]
    ours.inc_thread_sharing()
    started: dict[str, Any] = {}
    ready = threading.Event()

    def adopt() -> None:
        connections["default"] = ours

    async def main() -> None:
        started["loop"], started["task"] = asyncio.get_running_loop(), asyncio.current_task()

        def tell(port: int) -> None:
            started["port"] = port
            ready.set()

        with ThreadPoolExecutor(1, initializer=adopt) as threads:
            await serve(MessageDesk(), host="127.0.0.1", port=0, threads=threads, lmtp=lmtp, ready=tell)

    def run() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(main())

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(10)
    try:
        yield started["port"]
    finally:
        started["loop"].call_soon_threadsafe(started["task"].cancel)
        thread.join(10)
        ours.dec_thread_sharing()


@pytest.fixture
def door(cast: Cast, settings: Any) -> Iterator[Door]:
    settings.INBOUND_DOMAIN = "reply.localhost"
    with firm_context("firm_alpha"):
        (message,) = write_to_clients([cast.alice], subject="Clés", body="À l’agence ?", user=cast.bob)
        address = OutgoingMail.objects.get().reply_to
    for port in listening():
        yield Door(port, message, address)


def mail_of(name: str) -> bytes:
    """Returns a mail of the folder as it travels."""
    return re.sub(rb"\r?\n", b"\r\n", (MAILS / f"{name}.eml").read_bytes())


def plain(text: str = "Oui.", *, sender: str = ALICE, number: int = 1, **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["Message-ID"] = sender, f"<plain-{number}@client.example>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def crlf(mail: EmailMessage) -> bytes:
    return re.sub(rb"\r?\n", b"\r\n", mail.as_bytes())


SAID = {
    "gmail": "Bonjour,\n\nLes clés sont chez le gardien :\n- code 1234 à l’entrée\n- 2ᵉ étage",
    "outlook_fr": "C’est d’accord pour mardi – 240 € réglés.\n\nBien cordialement,\n\nAlice Agence\nAgence du Port",
    "apple_mail": "Voici la photo du compteur.",
    "orange": "Je confirme le rendez-vous à 9 h, étage 2.",
    "k9": "Bien reçu, merci.",
    "html_only": "Le diagnostic électrique est prêt ?\n\nMerci d’avance",
}


@pytest.mark.parametrize("name", SAID)
def test_an_answer_comes_back_without_what_it_quotes(door: Door, name: str) -> None:
    door.send(mail_of(name))
    door.send(mail_of(name))
    (answer,) = door.answers()
    assert answer.body == SAID[name], "the same mail is taken once"
    assert (answer.direction, answer.subject, answer.mail_from) == ("to_firm", "Re: Clés", ALICE)
    assert answer.sender_name == "Alice"
    if name != "k9" and name != "apple_mail":
        assert len(answer.mail_text) > len(answer.body), "the whole is kept too"
    with firm_context("firm_alpha"):
        assert Message.objects.get(pk=door.message.pk).state == "read", "who answers has read"
        files = [file.name for file in MessageFile.objects.filter(message=answer)]
    assert files == (["compteur électrique.jpeg"] if name == "apple_mail" else [])


def test_the_firm_is_told_and_answers_by_mail_in_turn(
    door: Door, cast: Cast, mailbox: Box, jobs: Callable[[], int]
) -> None:
    door.send(mail_of("gmail"))
    with firm_context("firm_alpha"):
        jobs()
    first, told = mailbox.last(ALICE), mailbox.last("bob@alpha.example")
    assert str(first["Reply-To"]) == door.address
    assert text_of(first).startswith("--- ")
    assert "<p" in html_of(first)
    assert "Les clés sont chez le gardien" in text_of(told)
    address = str(told["Reply-To"])
    assert address != door.address
    local = address.partition("@")[0]
    assert len(local) <= 64, "RFC 5321, 4.5.3.1.1"
    assert local == local.lower()
    door.send(crlf(plain("Parfait.", sender="Bob <BOB@alpha.example>", number=2)), to=address.upper())
    to_firm, to_client = door.answers()
    assert (to_firm.direction, to_client.direction, to_client.body) == ("to_firm", "to_client", "Parfait.")
    with firm_context("firm_alpha"):
        assert Message.objects.get(pk=to_firm.pk).state == "read"
    page = logged_in("alpha", cast.bob).get(f"/messages/{door.message.code}/").content.decode()
    assert "Parfait." in page
    assert "bob@alpha.example" in page


def test_what_a_program_sends_is_dropped(door: Door) -> None:
    door.send(mail_of("auto_reply"), sender="")
    door.send(mail_of("bounce"), sender="")
    for number, header in enumerate(("Precedence: list", "List-Id: <x.y>", "X-Autoreply: yes", "X-Loop: us")):
        name, _colon, value = header.partition(": ")
        door.send(crlf(plain(number=number, **{name.replace("-", "_"): value})))
    assert door.answers() == []
    with firm_context("firm_alpha"):
        run_jobs()
        sent = OutgoingMail.objects.get()
        assert sent.kind == "message"
    # our own notice, sent back by some rule of forwarding
    assert read_mail(b"From: a@b.fr\r\nAuto-Submitted: auto-generated\r\n\r\nx").is_automatic


def test_only_the_persons_own_addresses_answer(door: Door, cast: Cast) -> None:
    code, text = door.refusal(crlf(plain(sender="mallory@evil.example")))
    assert code == 550
    assert "Answer from the address" in text
    assert door.refusal(crlf(plain(sender=f"{ALICE}, mallory@evil.example")))[0] == 550
    assert door.refusal(b"Subject: nobody\r\n\r\nx")[0] == 550
    assert door.answers() == []
    with firm_context("firm_alpha"):
        CollaboratorEmail.objects.create(contact=cast.alice, email="Paul@client.example")
    door.send(crlf(plain(sender="Paul <paul@CLIENT.example>")))
    (answer,) = door.answers()
    assert (answer.mail_from, answer.contact_id) == ("paul@client.example", cast.alice.pk)


def test_an_address_that_is_not_ours_is_refused_at_once(door: Door, cast: Cast, settings: Any) -> None:
    local = door.address.partition("@")[0]
    mark = local[-1]
    forged = [
        "postmaster@reply.localhost",
        f"{local}@elsewhere.example",
        f"{local[:-1]}{'a' if mark != 'a' else 'b'}@reply.localhost",
        f"reply+{cast.beta.pk}.{local.partition('.')[2]}@reply.localhost",
        "reply+999999999.0123456789bc.1.aaaaaaaaaaaaaaaa@reply.localhost",
        f"{'x' * 300}@reply.localhost",
    ]
    with firm_context("firm_beta"):
        # the seal of one firm is worth nothing in the other, whatever its rows are
        theirs = reply_address(firm_id=cast.alpha.pk, code=door.message.code, user_id=cast.alice.user_id)
    for address in [*forged, theirs]:
        assert door.refusal(crlf(plain()), to=address)[0] in {550, 553}, address
    with firm_context("firm_alpha"):
        stranger = reply_address(firm_id=cast.alpha.pk, code=door.message.code, user_id=cast.charlie.user_id)
    assert door.refusal(crlf(plain()), to=stranger)[0] == 550, "it is not Charlie's conversation"
    Firm.objects.filter(pk=cast.alpha.pk).update(status="suspended")
    assert door.refusal(crlf(plain()))[0] == 450
    Firm.objects.filter(pk=cast.alpha.pk).update(status="active")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    door.send(crlf(plain()))
    assert len(door.answers()) == 1, "a key that was replaced still counts"
    with firm_context("firm_alpha"):
        erase_contact(cast.alice)
    assert door.refusal(crlf(plain(number=2)))[0] == 550


def test_attachments_are_checked_like_uploads(door: Door, cast: Cast) -> None:
    mail = plain("Voici.")
    mail.add_attachment(pdf(), maintype="application", subtype="pdf", filename="plan.pdf")
    mail.add_attachment(b"MZ" + bytes(200), maintype="application", subtype="pdf", filename="facture.pdf")
    door.send(crlf(mail))
    (answer,) = door.answers()
    assert answer.body == "Voici."
    with firm_context("firm_alpha"):
        (file,) = MessageFile.objects.filter(message=answer).select_related("stored")
        assert (file.name, file.stored.claimed) == ("plan.pdf", True)
    assert "facture.pdf" in answer.note
    alice = logged_in("alpha", cast.alice)
    assert body(alice.get(f"/messages/{answer.code}/pieces/{file.code}/")) == pdf()
    assert logged_in("alpha", cast.charlie).get(f"/messages/{answer.code}/pieces/{file.code}/").status_code == 404
    only = plain("", number=2)
    only.add_attachment(pdf(), maintype="application", subtype="pdf", filename="seul.pdf")
    door.send(crlf(only))
    assert len(door.answers()) == 2
    assert door.refusal(crlf(plain(" ", number=3)))[0] == 550


def test_a_mail_of_40_megabytes_is_refused_and_the_next_one_taken(door: Door) -> None:
    big = crlf(plain()) + (b"a" * 998 + b"\r\n") * 40_000
    assert door.refusal(big)[0] == 552
    with smtplib.SMTP("127.0.0.1", door.port, timeout=60) as smtp:
        smtp.ehlo()
        assert smtp.esmtp_features["size"] == str(MAX_BYTES)
        # who does not say how much comes
        smtp.docmd("MAIL", f"FROM:<{ALICE}>")
        smtp.docmd("RCPT", f"TO:<{door.address}>")
        assert smtp.data(big)[0] == 552
    assert door.answers() == []
    door.send(crlf(plain()))
    assert len(door.answers()) == 1


def test_hostile_mails_do_no_harm(door: Door, cast: Cast) -> None:
    for name in ("hostile_html", "header_injection", "broken_charset"):
        door.send(mail_of(name))
    html, injected, broken = door.answers()
    assert html.body.startswith("Bonjour")
    assert "<script>alert(6)</script>" in html.body, "words are words"
    assert not re.search(r"alert\([1-5]\)|evil\.example|stolen", html.body)
    page = logged_in("alpha", cast.bob).get(f"/messages/{door.message.code}/").content.decode()
    assert "alert(6)" in page
    assert "<script>alert" not in page
    assert injected.body == "Une ligne avec un nul."
    assert injected.subject == "Re: Clés", "the subject is the conversation's, never the mail's"
    with firm_context("firm_alpha"):
        (file,) = MessageFile.objects.filter(message=injected)
        assert file.name == "pass wd.txt" or "/" not in file.name
        for mail in OutgoingMail.objects.all():
            assert "\n" not in mail.subject
            assert "victim" not in mail.to
    assert "vérifier" in broken.body


def test_one_person_in_one_conversation_cannot_fill_it(door: Door) -> None:
    with firm_context("firm_alpha"):
        rows = [
            Message(
                contact_id=door.message.contact_id,
                first=door.message,
                direction="to_firm",
                subject="x",
                body="x",
                sender_id=door.message.contact.user_id,
                mail_id=f"m{number}",
            )
            for number in range(MOST_AN_HOUR)
        ]
        Message.objects.bulk_create(rows)
    assert door.refusal(crlf(plain()))[0] == 450


def test_it_speaks_lmtp(cast: Cast, settings: Any) -> None:
    settings.INBOUND_DOMAIN = "reply.localhost"
    with firm_context("firm_alpha"):
        message = write_to_firm(subject="Clés", body="Où ?", user=cast.alice.user)
        address = OutgoingMail.objects.get().reply_to
    for port in listening(lmtp=True):
        door = Door(port, message, address, lmtp=True)
        door.send(crlf(plain("Là.", sender="anna@alpha.example")), sender="anna@alpha.example")
    (answer,) = door.answers()
    assert (answer.direction, answer.body) == ("to_client", "Là.")


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    head = b"From: a@b.fr\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
    for raw in (data, head + data, b"Content-Type: " + data):
        try:
            mail = read_mail(raw)
        except DomainError:
            continue
        assert len(mail.text) <= MAX_TEXT + 1
        assert "\x00" not in mail.text + mail.sender + mail.message_id


def test_a_nest_of_parts_is_no_letter_and_long_lines_are_quick() -> None:
    nest = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(500))
    with pytest.raises(DomainError):
        read_mail(nest + b"Content-Type: text/plain\r\n\r\nx")
    for hard in ("On " * 20_000, "\n" * 50_000, " \n" * 20_000, "Am x schrieb " * 5_000, "De : " * 9_000):
        assert len(reply_of(hard)) <= 50_000
