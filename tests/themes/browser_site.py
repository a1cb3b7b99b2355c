"""A small web server for the browser tests of the look: pages, static files, an upload that behaves as told."""

import mimetypes
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.template import RequestContext, Template
from django.test import RequestFactory
from django.utils.csp import build_policy
from django.utils.translation import override


def page(source: str, **context: Any) -> str:
    """Returns a page of the product in English, from a template's source."""
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    with override("en"):
        return Template(source).render(RequestContext(request, context))


@dataclass
class Site:
    """What the server answers, and what it was sent."""

    pages: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    row: str = ""
    received: list[tuple[str, int]] = field(default_factory=list)
    posted: list[str] = field(default_factory=list)
    slow_seconds: float = 0.0
    failing: bool = False
    address: str = ""


@contextmanager
def serve(site: Site) -> Iterator[Site]:
    """Serves on a free port of the loopback until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

        def answer(self, body: bytes, kind: str, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", build_policy(settings.SECURE_CSP))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            path = self.path.split("?", 1)[0]
            if path.startswith("/static/") and isinstance(found := finders.find(path.removeprefix("/static/")), str):
                kind = "text/javascript" if found.endswith((".js", ".mjs")) else mimetypes.guess_type(found)[0]
                self.answer(Path(found).read_bytes(), kind or "application/octet-stream")
            elif path in site.pages:
                self.answer(site.pages[path].encode(), "text/html; charset=utf-8")
            elif path in site.files:
                self.answer(site.files[path], "application/pdf")
            elif path in {"/theme.css", "/favicon.ico"}:
                self.answer(b"", "text/css")
            else:
                self.answer(b"", "text/plain", 404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path != "/upload":
                site.posted.append(self.path)
                self.answer(b"posted", "text/html")
                return
            head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
            (part,) = BytesParser(policy=HTTP).parsebytes(head + body).iter_parts()
            name = part.get_filename() or ""
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            time.sleep(site.slow_seconds)
            site.received.append((name, len(content)))
            if site.failing:
                self.answer(b"<h1>boom</h1>", "text/html", 500)
            elif name.endswith(".exe"):
                self.answer(b'{"error": "Programs are not accepted."}', "application/json", 422)
            else:
                row = re.sub("NAME", name, site.row)
                self.answer(row.encode(), "text/html; charset=utf-8")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    site.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
