"""Talking to a firm's mail server: whom it leads to is looked at when we connect, and nothing waits without end."""

import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.mail.utils import DNS_NAME
from django.utils.encoding import punycode

from kernel.reach import reach
from kernel.secrets import unseal
from mail.models import MailServer, Security, Trouble
from mail.troubles import ServerTroubleError, trouble_of

#: Seconds for one answer while a server is checked, and for the whole of it (with the last probe: under 15).
CHECK_STEP, CHECK_TOTAL = 4.0, 10.0
#: The same while mails are sent.
SEND_STEP, SEND_TOTAL = 20.0, 90.0
_PROBE_STEP = 2.0
_READY = 220
#: Under which the password is among the sealed.
PASSWORD = "password"  # noqa: S105 - a name


@dataclass(frozen=True)
class ServerSpec:
    """How a server is reached and as whom."""

    host: str
    port: int
    security: Security
    from_address: str
    verify_certificate: bool = True
    username: str = ""
    password: str = field(default="", repr=False)


def spec_of(server: MailServer) -> ServerSpec:
    """Returns how a stored server is reached; raises ServerTroubleError when no key opens its password."""
    try:
        password = unseal(server.sealed).get(PASSWORD, "")
    except ValueError as error:
        raise ServerTroubleError(Trouble.UNREADABLE) from error
    return ServerSpec(
        host=server.host,
        port=server.port,
        security=Security(server.security),
        from_address=server.from_address,
        verify_certificate=server.verify_certificate,
        username=server.username,
        password=password,
    )


def _reach(host: str, port: int, timeout: float) -> socket.socket:
    return reach(host, port, timeout, allow_private=settings.MAIL_ALLOW_PRIVATE_HOSTS)


class _Plain(smtplib.SMTP):
    #: The name that STARTTLS checks: set by the constructor alone, `connect` does not tell it.
    _host: str

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return _reach(host, port, timeout)


class _Encrypted(smtplib.SMTP_SSL):
    _host: str

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        # there at once, that it can be cut during the handshake
        reached = self.sock = _reach(host, port, timeout)
        try:
            return self.context.wrap_socket(reached, server_hostname=host)
        except BaseException:
            reached.close()
            raise


def _context(*, verify: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


class Connection:
    """A connection to a server, logged in once it is open; it raises ServerTroubleError and smtplib's refusals.

    Each step is cut after `total` seconds whatever happens: a server that sends a byte now and then never times out.
    """

    def __init__(self, spec: ServerSpec, *, step: float = SEND_STEP, total: float = SEND_TOTAL) -> None:
        self.spec = spec
        self._total, self._late = total, threading.Event()
        name = DNS_NAME.get_fqdn()
        self._client: smtplib.SMTP = (
            _Encrypted(timeout=step, context=_context(verify=spec.verify_certificate), local_hostname=name)
            if spec.security == Security.TLS
            else _Plain(timeout=step, local_hostname=name)
        )
        self._client._host = spec.host

    def open(self, then: Callable[[smtplib.SMTP], None] | None = None) -> None:
        """Connects, encrypts and logs in, then does `then` in the same time."""
        client, spec = self._client, self.spec
        with self._within_time():
            code, said = client.connect(spec.host, spec.port)
            if code != _READY:
                raise smtplib.SMTPConnectError(code, said)
            if self._late.is_set():
                raise TimeoutError("it took too long")
            client.ehlo_or_helo_if_needed()
            if spec.security == Security.STARTTLS:
                client.starttls(context=_context(verify=spec.verify_certificate))
                client.ehlo()
            if spec.username:
                client.login(spec.username, spec.password)
            if then is not None:
                then(client)

    def send(self, reader: str, data: bytes) -> None:
        """Hands one mail over; raises SMTPRecipientsRefused and SMTPDataError for what is refused of it alone."""
        with self._within_time():
            self._client.sendmail(ascii_address(self.spec.from_address), [ascii_address(reader)], data)

    def close(self) -> None:
        """Says good-bye, if anybody listens."""
        with suppress(OSError, smtplib.SMTPException):
            if self._client.sock is not None:
                self._client.sock.settimeout(_PROBE_STEP)
                self._client.quit()
        self._client.close()

    @contextmanager
    def _within_time(self) -> Iterator[None]:
        clock = threading.Timer(self._total, self._cut)
        clock.daemon = True
        clock.start()
        try:
            yield
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError):
            raise
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            if self._late.is_set():
                raise ServerTroubleError(Trouble.HANGS, str(error)) from error
            raise trouble_of(error) from error
        finally:
            clock.cancel()

    def _cut(self) -> None:
        self._late.set()
        sock: Any = self._client.sock
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


def ascii_address(address: str) -> str:
    """Returns an address as it travels: its domain in IDNA."""
    local, _at, domain = address.rpartition("@")
    return f"{local}@{punycode(domain)}"


def check(spec: ServerSpec) -> None:
    """Asks a server whether it would take our mails, without sending one; raises ServerTroubleError within 15 s."""
    connection = Connection(spec, step=CHECK_STEP, total=CHECK_TOTAL)
    try:
        connection.open(lambda client: _ask_sender(client, ascii_address(spec.from_address)))
    except ServerTroubleError as error:
        if error.trouble in {Trouble.HANGS, Trouble.CLOSED} and spec.security != Security.TLS and _speaks_tls(spec):
            raise ServerTroubleError(Trouble.TLS_OTHER, error.detail) from error
        raise
    finally:
        connection.close()


def _ask_sender(client: smtplib.SMTP, address: str) -> None:
    """Names the sender, and the same address as reader; then takes it back."""
    code, said = client.mail(address)
    if code == 250:
        code, said = client.rcpt(address)
        if code in {250, 251, 252}:
            client.rset()
            client.noop()
            return
    raise smtplib.SMTPSenderRefused(code, said, address)


def _speaks_tls(spec: ServerSpec) -> bool:
    """Returns whether a port that says nothing waits for TLS to begin."""
    with suppress(OSError):
        reached = _reach(spec.host, spec.port, _PROBE_STEP)
        with reached, _context(verify=False).wrap_socket(reached, server_hostname=spec.host):
            return True
    return False
