"""Receivers of webhooks on loopback, of every temper; each keeps what came, and checks no signature by itself."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Call:
    """One request: its path, its headers by their names in small letters, its bytes."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A server that answers `status` with `text` and `headers`; or does what `behave` does with the connection."""

    port: int = 0
    status: int = 200
    text: bytes = b"ok"
    headers: dict[str, str] = field(default_factory=dict)
    behave: Callable[[socket.socket], None] | None = None
    calls: list[Call] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/hook?for=diagdesk"


@contextmanager
def receiver(*, tls: ssl.SSLContext | None = None, **first: Any) -> Iterator[Receiver]:
    """Gives a running receiver; what it answers can be changed while it runs."""
    found = Receiver(**first)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            found.calls.append(Call(self.path, headers, body))
            if found.behave is not None:
                with suppress(OSError):
                    found.behave(self.connection)
                self.close_connection = True
                return
            self.send_response(found.status)
            for name, value in found.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(found.text)))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(found.text)

        def log_message(self, *arguments: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    found.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def silent(connection: socket.socket) -> None:
    """Says nothing until the other side goes."""
    connection.settimeout(30)
    connection.recv(1)


def dripping(connection: socket.socket) -> None:
    """Answers a byte at a time, without end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    for _ in range(300):
        connection.sendall(b"x")
        time.sleep(0.1)


def hanging_up(connection: socket.socket) -> None:
    """Closes without a word."""
    connection.shutdown(socket.SHUT_RDWR)


def no_http(connection: socket.socket) -> None:
    """Speaks something else."""
    connection.sendall(b"220 mail.example ESMTP\r\n")
