"""A proxy on loopback that cuts the line at one request: before it, in its midst, or when its answer is due."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BEFORE, MIDST, ANSWER, HALF_ANSWER = "before", "midst", "answer", "half an answer"
HOW = (BEFORE, MIDST, ANSWER, HALF_ANSWER)
_KEPT = frozenset({"content-type", "upload-offset", "upload-length", "location", "retry-after", "etag"})


@dataclass
class Cutter:
    """The proxy: the request of number `at` is cut `how`; `seen` are the requests so far, cut ones included."""

    port: int
    at: int = 0
    how: str = BEFORE
    seen: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def arm(self, at: int, how: str) -> None:
        """Cuts the request of this number, from now on counted from 1."""
        self.at, self.how, self.seen = at, how, []

    def begin(self, request: str) -> str:
        """Counts a request; returns how it is to be cut, or nothing."""
        with self.lock:
            self.seen.append(request)
            return self.how if len(self.seen) == self.at else ""


@contextmanager
def cutting(target: int) -> Iterator[Cutter]:
    """Runs the proxy before a server on this machine."""
    cutter = Cutter(0)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def forward(self) -> None:
            """Hands a request on, or cuts it."""
            how = cutter.begin(f"{self.command} {self.path}")
            if how == BEFORE:
                self._cut()
                return
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length // 2 if how == MIDST else length)
            connection = http.client.HTTPConnection("127.0.0.1", target, timeout=30)
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            if how == MIDST:
                connection.close()
                self._cut()
                return
            answer = connection.getresponse()
            content = answer.read()
            connection.close()
            if how == ANSWER:
                self._cut()
                return
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() in _KEPT:
                    self.send_header(name, value)
            if answer.status != 204:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if how == HALF_ANSWER else content)
            if how == HALF_ANSWER:
                self._cut()

        def _cut(self) -> None:
            self.close_connection = True
            with suppress(OSError):
                self.wfile.flush()
                self.connection.shutdown(2)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    for method in ("GET", "POST", "PUT", "PATCH", "HEAD", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.forward)

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Says nothing of lines that the other end cut."""

    server = Server(("127.0.0.1", 0), Handler)
    cutter.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield cutter
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
