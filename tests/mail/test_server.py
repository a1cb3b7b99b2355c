"""The firm's own server: checked before it is used, used, and stood in for when it fails."""

import email
import email.policy
import socket
import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from kernel.reach import is_public
from kernel.tenancy import firm_context
from mail.actions.outgoing import hurry_waiting, queue_mail, send_again, send_queued_mail
from mail.actions.server import ServerValues, keep_server, put_server_aside, use_server
from mail.content import MailContent
from mail.models import Bounce, MailServer, MailState, OutgoingMail, Route, Security, StoppedAddress, Trouble
from mail.smtp import ServerSpec, check, spec_of
from mail.troubles import ServerTroubleError, words_of_trouble
from tests.mail.smtp_servers import HOST, LOGIN, PASSWORD, Handler, dripping, rude_server, silent, smtp_server
from tests.support import Box, run_jobs

pytestmark = [
    pytest.mark.django_db,
    # of aiosmtpd, about its own server
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning"),
]
CONTENT = MailContent(subject="Votre dossier", paragraphs=["Il est là."])
FROM = "contact@firm.example"


def spec(port: int, security: Security = Security.NONE, **more: Any) -> ServerSpec:
    told: dict[str, Any] = {"host": HOST, "port": port, "security": security, "from_address": FROM}
    return ServerSpec(**(told | more))


def trouble_with(wanted: ServerSpec) -> Trouble:
    begun = time.monotonic()
    with pytest.raises(ServerTroubleError) as error:
        check(wanted)
    assert time.monotonic() - begun < 15
    assert words_of_trouble(error.value.trouble)
    return error.value.trouble


def values(port: int, **more: Any) -> ServerValues:
    password = more.pop("password", None)
    columns = {
        "host": HOST,
        "port": port,
        "security": Security.NONE,
        "from_address": FROM,
        "from_name": "Cabinet Armor",
    }
    return ServerValues(columns | more, password)


def queue(kind: str = "test", *, to: str = "a@client.example", confidential: bool = False) -> OutgoingMail:
    return queue_mail(to=to, content=CONTENT, kind=kind, confidential=confidential)


def settle(mail: OutgoingMail) -> OutgoingMail:
    """Returns the mail after its job ran now, whatever it waits for."""
    OutgoingMail.objects.filter(pk=mail.pk).update(due_at=timezone.now())
    send_queued_mail(mail_id=mail.pk)
    mail.refresh_from_db()
    return mail


def test_a_check_tells_what_is_wrong_in_the_readers_words() -> None:
    with smtp_server(Handler()) as port:
        check(spec(port))
        assert trouble_with(spec(port, Security.TLS)) == Trouble.TLS_OTHER
        assert trouble_with(spec(port, Security.STARTTLS)) == Trouble.NO_STARTTLS
    assert trouble_with(spec(port)) == Trouble.REFUSES
    with smtp_server(Handler(), tls="starttls", auth=True) as port:
        assert trouble_with(spec(port)) == Trouble.TLS_WANTED
        assert trouble_with(spec(port, Security.STARTTLS)) == Trouble.CERTIFICATE
        trusting: dict[str, Any] = {"security": Security.STARTTLS, "verify_certificate": False}
        assert trouble_with(spec(port, **trusting)) == Trouble.LOGIN_WANTED
        assert trouble_with(spec(port, **trusting, username=LOGIN, password="wrong")) == Trouble.LOGIN_REFUSED
        check(spec(port, **trusting, username=LOGIN, password=PASSWORD))
    with smtp_server(Handler(), tls="tls") as port:
        assert trouble_with(spec(port, Security.TLS)) == Trouble.CERTIFICATE
        check(spec(port, Security.TLS, verify_certificate=False))
        assert trouble_with(spec(port)) == Trouble.TLS_OTHER, "it says nothing, and begins in TLS"
    with smtp_server(Handler(mail="553 5.7.1 Not your address")) as port:
        assert trouble_with(spec(port)) == Trouble.FROM_REFUSED
    with smtp_server(Handler(rcpt="550 5.1.1 Nobody here")) as port:
        assert trouble_with(spec(port)) == Trouble.FROM_REFUSED
    with smtp_server(Handler(mail="451 4.3.2 Later")) as port:
        assert trouble_with(spec(port)) == Trouble.BUSY
    assert trouble_with(spec(25, host="no.such.host.invalid")) == Trouble.NO_HOST
    assert trouble_with(spec(25, host="a" * 70 + ".example")) == Trouble.NO_HOST


@pytest.mark.parametrize("behave", [silent, dripping])
def test_a_server_that_hangs_is_given_up_in_time(behave: Any) -> None:
    with rude_server(behave) as port:
        assert trouble_with(spec(port)) == Trouble.HANGS


def test_no_private_address_is_reached(settings: Any) -> None:
    settings.MAIL_ALLOW_PRIVATE_HOSTS = False
    with socket.create_server((HOST, 0)) as listening:
        listening.settimeout(0.1)
        for host in ("127.0.0.1", "localhost", "0.0.0.0", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1"):
            assert trouble_with(spec(listening.getsockname()[1], host=host)) == Trouble.PRIVATE, host
        with pytest.raises(TimeoutError):
            listening.accept()
    assert [is_public(one) for one in ("193.252.22.86", "2a00::1", "fe80::1%eth0", "224.0.0.1", "2002:7f00:1::")] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_mails_leave_by_the_firms_server_as_the_firm(mailbox: Box) -> None:
    handler = Handler()
    with firm_context("firm_alpha"), smtp_server(handler, auth=True) as port:
        use_server(values(port, username=LOGIN, password=PASSWORD, reply_to="accueil@firm.example"))
        server = MailServer.objects.get()
        assert PASSWORD not in server.sealed
        assert PASSWORD not in repr(spec_of(server))
        with pytest.raises(ServerTroubleError):
            use_server(values(port, username=LOGIN, password="wrong"))
        assert MailServer.objects.get().is_active, "what was refused changed nothing"
        handler.connections = 0
        queued = [queue(to=f"{rank}@client.example") for rank in range(3)]
        run_jobs()
        assert handler.connections == 1, "one connection for mails in a row"
        assert [(sender, reader) for sender, reader, _content in handler.taken] == [
            (FROM, f"{rank}@client.example") for rank in range(3)
        ]
        sent = email.message_from_bytes(handler.taken[0][2], policy=email.policy.default)
        assert (sent["From"], sent["Reply-To"]) == (f"Cabinet Armor <{FROM}>", "accueil@firm.example")
        assert {mail.route for mail in OutgoingMail.objects.filter(pk__in=[one.pk for one in queued])} == {Route.OWN}
        put_server_aside()
        queue()
        run_jobs()
        assert mailbox.mails()[0]["Reply-To"] == "accueil@firm.example"
        with firm_context("firm_beta"), pytest.raises(ServerTroubleError, match="unreadable"):
            spec_of(MailServer(pk=1, sealed=server.sealed))
    assert len(mailbox.mails()) == 1


def test_what_must_arrive_falls_back_and_the_rest_waits_for_the_server(mailbox: Box) -> None:
    handler = Handler()
    with firm_context("firm_alpha"):
        with smtp_server(handler) as port:
            use_server(values(port))
        reset, notice, other = queue("password_reset", confidential=True), queue("security_notice"), queue()
        run_jobs()
        assert [mail["Subject"] for mail in mailbox.mails()] == ["Votre dossier"] * 2
        assert mailbox.mails()[0]["From"].addresses[0].addr_spec == "no-reply@localhost"
        other.refresh_from_db()
        assert (other.state, other.attempts) == (MailState.QUEUED, 0), "the server rests"
        for mail in (reset, notice):
            mail.refresh_from_db()
            assert (mail.state, mail.route) == (MailState.SENT, Route.PLATFORM)
        server = MailServer.objects.get()
        assert (server.failures, server.trouble) == (1, Trouble.REFUSES)
        MailServer.objects.update(paused_until=None)
        assert settle(other).state == MailState.QUEUED
        assert (other.attempts, MailServer.objects.get().failures) == (1, 2)
        assert settle(other).attempts == 1, "left alone meanwhile"
        with smtp_server(handler) as port:
            MailServer.objects.update(paused_until=None, port=port)
            assert settle(other).state == MailState.SENT
        assert len(handler.taken) == 1
        server.refresh_from_db()
        assert (server.failures, server.failing_since, server.trouble) == (0, None, "")
    assert len(mailbox.mails()) == 2


def test_later_then_yes_is_sent_once_and_no_is_final(mailbox: Box) -> None:
    handler = Handler(rcpt="450 4.2.0 Greylisted\n250 OK", data="451 4.3.0 Later\nhang up\n250 OK")
    with firm_context("firm_alpha"), smtp_server(Handler()) as first, smtp_server(handler) as port:
        use_server(values(first))
        MailServer.objects.update(port=port)
        mail = queue()
        run_jobs()
        mail.refresh_from_db()
        assert (mail.error[:3], MailServer.objects.get().failures) == ("450", 0), "the mail's trouble, not the server's"
        assert settle(mail).error[:3] == "451"
        assert settle(mail).state == MailState.QUEUED
        assert MailServer.objects.get().failures == 1, "it hung up in the middle"
        MailServer.objects.update(paused_until=None)
        assert settle(mail).state == MailState.SENT
        settle(mail)
        assert len(handler.taken) == 1
        assert mail.attempts == 4
        handler.answers["data"] = "554 5.7.1 Looks like spam"
        refused = settle(queue(to="b@client.example"))
        assert (refused.state, refused.error) == (MailState.FAILED, "554 5.7.1 Looks like spam")
        assert not StoppedAddress.objects.exists()
        handler.answers["data"] = "250 OK"
        assert send_again(refused)
        run_jobs()
        refused.refresh_from_db()
        assert (refused.state, refused.error) == (MailState.SENT, "")


@pytest.mark.parametrize(
    ("answer", "bounce", "stops"),
    [
        ("550 5.1.1 <a@client.example>: Recipient address rejected: User unknown", Bounce.HARD, True),
        ("550 No such user here", Bounce.HARD, True),
        ("553 5.1.10 recipient not found", Bounce.HARD, True),
        ("551 5.1.6 moved away", Bounce.HARD, True),
        ("550 5.7.1 Relaying denied", Bounce.POLICY, False),
        ("550 relay not permitted", Bounce.POLICY, False),
        ("552 5.2.2 Mailbox full", Bounce.SOFT, False),
        ("550 5.1.8 Bad sender", Bounce.SOFT, False),
    ],
)
def test_a_reader_that_is_refused_stops_its_address_or_not(answer: str, bounce: Bounce, stops: bool) -> None:
    with firm_context("firm_alpha"), smtp_server(Handler()) as first, smtp_server(Handler(rcpt=answer)) as port:
        use_server(values(first))
        MailServer.objects.update(port=port)
        mail = settle(queue(to="A@client.example"))
        assert (mail.state, mail.bounce) == (MailState.FAILED, bounce)
        assert [one.address for one in StoppedAddress.objects.all()] == (["a@client.example"] if stops else [])
        after = queue(confidential=True)
        assert after.state == (MailState.STOPPED if stops else MailState.QUEUED)
        assert bool(after.text) is not stops


def test_what_is_kept_unchecked_is_not_used(mailbox: Box) -> None:
    with firm_context("firm_alpha"):
        with smtp_server(Handler()) as port:
            use_server(values(port))
            assert keep_server(values(port, from_name="Armor")).is_active, "no way to reach it has changed"
            kept = keep_server(values(port + 1, password="new"))
        assert (kept.is_active, kept.port) == (False, port + 1)
        queue(to="é@client.example")
        queue(to="b@exemplé.example")
        run_jobs()
        states = dict(OutgoingMail.objects.values_list("to", "state"))
        assert states == {"é@client.example": MailState.FAILED, "b@exemplé.example": MailState.SENT}
        assert StoppedAddress.objects.get().address == "é@client.example"
        waiting = queue(to="c@client.example")
        OutgoingMail.objects.filter(pk=waiting.pk).update(due_at=timezone.now() + timedelta(hours=5))
        run_jobs()
        assert len(mailbox.mails()) == 1
        assert hurry_waiting() == 1
        run_jobs()
        assert len(mailbox.mails()) == 2
