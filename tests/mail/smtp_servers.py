"""Mail servers of every temper on loopback: real ones by aiosmtpd, and sockets that misbehave."""

import datetime as dt
import gc
import socket
import ssl
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"
LOGIN, PASSWORD = "contact@firm.example", "right-password"


class Handler:
    """Answers what it is told, and keeps what it took: (sender, reader, content)."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.taken: list[tuple[str, str, bytes]] = []
        self.connections = 0

    def _next(self, command: str) -> str:
        """Returns the answer to a command; of several (a line each), the first ones are given once."""
        first, _line, rest = self.answers.get(command, "250 OK").partition("\n")
        if rest:
            self.answers[command] = rest
        return first

    async def handle_EHLO(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        answer = self._next("mail")
        if answer.startswith("2"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        answer = self._next("rcpt")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = self._next("data")
        if answer == "hang up":
            server.transport.abort()
            return "421 gone"
        if answer.startswith("2"):
            self.taken += [(envelope.mail_from, one, envelope.content) for one in envelope.rcpt_tos]
        return answer


def _authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (LOGIN.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)


@contextmanager
def smtp_server(handler: Handler, *, tls: str = "none", auth: bool = False, name: str = "localhost") -> Iterator[int]:
    """Gives the port of a server: `tls` is none, starttls or tls; its certificate is signed by nobody."""
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    options: dict[str, Any] = {}
    if tls == "tls":
        options["ssl_context"] = certificate(name)
    if tls == "starttls":
        options |= {"tls_context": certificate(name), "require_starttls": True}
    if auth:
        options |= {"authenticator": _authenticate, "auth_required": True, "auth_require_tls": tls == "starttls"}
    server = Controller(handler, hostname=HOST, port=port, server_hostname="mail.test", ready_timeout=15, **options)
    server.start()
    try:
        yield port
    finally:
        server.stop()
        # after STARTTLS aiosmtpd leaves the writer of the clear part to the collector
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


@cache
def certificate(name: str) -> ssl.SSLContext:
    """Returns a server's context with a certificate of its own making."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "server.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + made.public_bytes(serialization.Encoding.PEM)
        )
        context.load_cert_chain(path)
    return context


@contextmanager
def rude_server(behave: Callable[[socket.socket], None]) -> Iterator[int]:
    """Gives the port of a socket that does to each caller what it is told."""

    def accept() -> None:
        with suppress(OSError):
            while True:
                caller, _address = listening.accept()
                threading.Thread(target=_with, args=(behave, caller), daemon=True).start()

    with socket.create_server((HOST, 0)) as listening:
        threading.Thread(target=accept, daemon=True).start()
        yield listening.getsockname()[1]
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)


def _with(behave: Callable[[socket.socket], None], caller: socket.socket) -> None:
    with caller, suppress(OSError):
        behave(caller)


def silent(caller: socket.socket) -> None:
    """Says nothing until the caller goes."""
    while caller.recv(1_000):
        pass


def dripping(caller: socket.socket) -> None:
    """Says a letter now and then, never a whole line."""
    caller.settimeout(0.3)
    while True:
        caller.sendall(b"2")
        with suppress(TimeoutError):
            if not caller.recv(1_000):
                return
