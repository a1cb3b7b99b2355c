"""What the stand-ins of the payment providers share: a server on loopback, its troubles, and how it calls us back.

A stand-in speaks a provider's documented protocol; production code reaches it by its base address alone.
"""

import contextlib
import http.client
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

#: How long a notification waits for our answer (Lyra's own limit).
NOTIFY_SECONDS = 30


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form in the body, each its first value."""
        return {name: values[0] for name, values in parse_qs(self.body.decode(), keep_blank_values=True).items()}


@dataclass(frozen=True)
class Said:
    """An answer."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def page(html: str, status: int = 200) -> Said:
    """Returns a page that a payer sees."""
    return Said(status, html.encode(), "text/html; charset=utf-8")


def moved(address: str) -> Said:
    """Returns a redirection of the browser."""
    return Said(303, b"", "text/plain", {"Location": address})


@dataclass(frozen=True)
class Delivery:
    """A notification on its way to us."""

    url: str
    body: bytes
    headers: dict[str, str]


@dataclass
class StandIn:
    """A provider's double: subclasses answer `handle`; the rest is how it misbehaves and how it notifies.

    `trouble` answers the next calls of the interface instead (pages are spared): ["500", "html", "slow", "cut"].
    """

    url: str = ""
    trouble: list[str] = field(default_factory=list)
    #: All calls of the interface so far: method and path.
    calls: list[tuple[str, str]] = field(default_factory=list)
    #: What was sent to us, whether or not anybody took it.
    sent: list[Delivery] = field(default_factory=list)
    #: How notifications leave: at once, or held until `release`; "never" keeps them too, and nobody releases them.
    notifies: str = "now"
    held: list[Delivery] = field(default_factory=list)
    #: Replaced by tests that hand notifications to Django's test client.
    post: Callable[[Delivery], int] = field(default_factory=lambda: post_delivery)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def handle(self, asked: Asked) -> Said:
        """Returns the answer to a request."""
        raise NotImplementedError

    def is_page(self, asked: Asked) -> bool:
        """Whether a browser asks, not the interface."""
        return asked.path.startswith("/pay/")

    def notify(self, delivery: Delivery) -> int:
        """Sends a notification as `notifies` says; returns our answer's status, 0 where it did not leave."""
        self.sent.append(delivery)
        if self.notifies == "now":
            return self.post(delivery)
        self.held.append(delivery)
        return 0

    def release(self, *, times: int = 1, backwards: bool = False) -> list[int]:
        """Sends what was held, each so many times; returns our answers' statuses."""
        held = list(reversed(self.held)) if backwards else list(self.held)
        self.held.clear()
        return [self.post(delivery) for delivery in held for _time in range(times)]

    def answer(self, asked: Asked) -> Said | None:
        """Returns the answer, troubles included; None cuts the line."""
        if not self.is_page(asked):
            self.calls.append((asked.method, asked.path))
            trouble = self.trouble.pop(0) if self.trouble else ""
            if trouble == "500":
                return Said(500, b'{"oops": true}')
            if trouble == "html":
                return page("<html><h1>Maintenance</h1></html>")
            if trouble == "slow":
                time.sleep(3)
            elif trouble == "cut":
                return None
            elif trouble == "cut_after":  # it is done, and the answer is lost
                with self.lock:
                    self.handle(asked)
                return None
        with self.lock:
            return self.handle(asked)


def post_delivery(delivery: Delivery) -> int:
    """Posts a notification; a name under localhost is loopback, whatever the machine's resolver says."""
    parts = urlsplit(delivery.url)
    host = parts.hostname or ""
    target = "127.0.0.1" if host.endswith("localhost") else host
    line = http.client.HTTPConnection(target, parts.port or 80, timeout=NOTIFY_SECONDS)
    with contextlib.closing(line):
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        line.request("POST", path, delivery.body, {**delivery.headers, "Host": parts.netloc})
        return line.getresponse().status


@contextmanager
def serving(stand_in: StandIn, *, port: int = 0) -> Iterator[StandIn]:
    """Serves the stand-in on loopback within the block; `url` tells where."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            asked = Asked(
                method=self.command,
                path=parts.path,
                query={name: values[0] for name, values in parse_qs(parts.query).items()},
                headers={name.lower(): value for name, value in self.headers.items()},
                body=self.rfile.read(length),
            )
            said = stand_in.answer(asked)
            if said is None:
                self.close_connection = True
                return
            self.send_response(said.status)
            self.send_header("Content-Type", said.content_type)
            self.send_header("Content-Length", str(len(said.body)))
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said.body)

        def do_GET(self) -> None:
            self._any()

        def do_POST(self) -> None:
            self._any()

        def do_PATCH(self) -> None:
            self._any()

        def do_DELETE(self) -> None:
            self._any()

        def log_message(self, *args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    stand_in.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
