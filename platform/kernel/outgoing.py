"""Posting to an address that a firm gave (decisions/0038): one public host, no redirect, an end to time and size."""

import enum
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from kernel.reach import PrivateHostError, reach

#: Seconds for one of the two addresses that are tried, and for the whole: name, connection, question and answer.
CONNECT_SECONDS, TOTAL_SECONDS = 5.0, 15.0
#: What is read of an answer.
MOST_BYTES = 64 * 1024


class Silence(enum.StrEnum):
    """Why there was no answer."""

    PRIVATE = "private"
    NO_HOST = "no_host"
    REFUSED = "refused"
    CERTIFICATE = "certificate"
    TLS = "tls"
    TIMEOUT = "timeout"
    CLOSED = "closed"
    NOT_HTTP = "not_http"


class NoAnswer(Exception):
    """Nobody answered; `reason` says why, `detail` in the words of the machine."""

    def __init__(self, reason: Silence, detail: str, *, milliseconds: int) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail, self.milliseconds = reason, " ".join(detail.split())[:300], milliseconds


@dataclass(frozen=True)
class Answer:
    """What a host answered, whatever the status; of the body MOST_BYTES at most."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    milliseconds: int


class _Connection(http.client.HTTPConnection):
    """A connection to a checked address; TLS asks for the host by its name."""

    def __init__(self, host: str, port: int, *, is_encrypted: bool, allow_private: bool) -> None:
        super().__init__(host, port, timeout=CONNECT_SECONDS)
        # the header Host names the port unless it is the scheme's own
        self.default_port = 443 if is_encrypted else 80
        self._is_encrypted, self._allow_private = is_encrypted, allow_private

    def connect(self) -> None:
        # there at once, that it can be cut during the handshake
        self.sock = reach(self.host, self.port, CONNECT_SECONDS, allow_private=self._allow_private)
        self.sock.settimeout(TOTAL_SECONDS)
        if self._is_encrypted:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def post(url: str, body: bytes, headers: Mapping[str, str], *, allow_private: bool) -> Answer:
    """Returns the answer to a POST; redirects are answers like any other. Raises NoAnswer.

    The whole is cut after TOTAL_SECONDS whatever happens: a host that sends a byte now and then never times out.
    """
    parts = urlsplit(url)
    is_encrypted = parts.scheme == "https"
    connection = _Connection(
        parts.hostname or "",
        parts.port or (443 if is_encrypted else 80),
        is_encrypted=is_encrypted,
        allow_private=allow_private,
    )
    begun, late = time.monotonic(), threading.Event()
    clock = threading.Timer(TOTAL_SECONDS, _cut, (connection, late))
    clock.daemon = True
    clock.start()
    try:
        target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        connection.request("POST", target, body=body, headers=dict(headers))
        response = connection.getresponse()
        read = response.read(MOST_BYTES)
        if late.is_set():
            raise TimeoutError("it took too long")
        return Answer(response.status, dict(response.getheaders()), read, _since(begun))
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = Silence.TIMEOUT if late.is_set() else _reason_of(error)
        raise NoAnswer(reason, str(error) or type(error).__name__, milliseconds=_since(begun)) from error
    finally:
        clock.cancel()
        connection.close()


def _cut(connection: _Connection, late: threading.Event) -> None:
    late.set()
    if connection.sock is not None:
        with suppress(OSError):
            # beneath TLS: the thread that reads must not lose its state meanwhile
            socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)


def _since(begun: float) -> int:
    return round((time.monotonic() - begun) * 1_000)


def _reason_of(error: Exception) -> Silence:
    kinds: tuple[tuple[type[Exception], Silence], ...] = (
        (PrivateHostError, Silence.PRIVATE),
        (ssl.SSLCertVerificationError, Silence.CERTIFICATE),
        (ssl.SSLError, Silence.TLS),
        (TimeoutError, Silence.TIMEOUT),
        (socket.gaierror, Silence.NO_HOST),
        (UnicodeError, Silence.NO_HOST),
        (http.client.RemoteDisconnected, Silence.CLOSED),
        (http.client.HTTPException, Silence.NOT_HTTP),
        (ConnectionRefusedError, Silence.REFUSED),
        (ConnectionError, Silence.CLOSED),
        (OSError, Silence.REFUSED),
    )
    return next((reason for kind, reason in kinds if isinstance(error, kind)), Silence.NOT_HTTP)
