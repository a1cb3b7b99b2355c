"""An address service on loopback that speaks the Géoplateforme's protocol, and misbehaves as told."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

#: What the service knows: a part of the question, then label, longitude, latitude, score and kind of the answer.
KNOWN: list[tuple[str, str, float, float, float, str]] = [
    ("rue de siam", "12 Rue de Siam 29200 Brest", -4.488, 48.3885, 0.97, "housenumber"),
    ("quai kléber", "3 Quai Kléber 29200 Brest", -4.4851, 48.3871, 0.61, "housenumber"),
    ("doubtful", "Rue Doute 29000 Quimper", -4.1, 47.99, 0.59, "street"),
    ("hameau", "Brest", -4.4971, 48.3905, 0.93, "municipality"),
]


@dataclass
class Geocoder:
    """The service's address (what GEOCODER_URL says), its questions so far, and how it behaves."""

    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    #: Answers of the next questions, before it is its usual self again: status, headers, body.
    next: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    #: The answer to every question while it is set.
    always: tuple[int, dict[str, str], bytes] | None = None
    #: Called with each question before it is answered.
    before: Callable[[str], None] = lambda _question: None


def feature(label: Any, longitude: Any, latitude: Any, score: Any, kind: Any = "housenumber") -> dict[str, Any]:
    """Returns a feature as the service writes it; x and y are Lambert-93 metres, not degrees."""
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
        "properties": {"label": label, "score": score, "type": kind, "x": 145000.1, "y": 6836000.2, "_type": "address"},
    }


def collection(*features: Any) -> bytes:
    """Returns the body of an answer."""
    return json.dumps({"type": "FeatureCollection", "features": list(features), "query": "…"}).encode()


type Answer = tuple[int, dict[str, str], bytes]
JSON = {"Content-Type": "application/json"}
DOWN: Answer = (500, {}, b"")
BUSY: Answer = (429, {"retry-after": "5"}, b"")
HTML: Answer = (200, {"Content-Type": "text/html"}, b"<html><h1>Maintenance</h1></html>")
REFUSED: Answer = (
    400,
    JSON,
    json.dumps(
        {"code": 400, "message": "Failed parsing query", "detail": ["q: must contain between 3 and 200"]}
    ).encode(),
)


@contextmanager
def serve_geocoder() -> Iterator[Geocoder]:
    """Serves on a free port of the loopback until the block ends."""
    geocoder = Geocoder()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: Any) -> None:
            pass

        def do_GET(self) -> None:
            status, headers, body = self.answer()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def answer(self) -> tuple[int, dict[str, str], bytes]:
            parts = urlsplit(self.path)
            if parts.path != "/geocodage/search":
                return 404, JSON, b"{}"
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            question = asked.get("q", "")
            geocoder.asked.append(asked)
            geocoder.agents.append(self.headers.get("User-Agent", ""))
            geocoder.before(question)
            if geocoder.always is not None:
                return geocoder.always
            if geocoder.next:
                return geocoder.next.pop(0)
            if not 3 <= len(question) <= 200 or not re.match(r"[^\W_]", question):
                return REFUSED
            if any(len(word) > 100 for word in question.split()):
                return DOWN
            known = [tuple(rest) for part, *rest in KNOWN if part in question.lower()]
            return 200, JSON, collection(*(feature(*rest) for rest in known[: int(asked.get("limit", "10"))]))

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    geocoder.url = f"http://127.0.0.1:{server.server_port}/geocodage"
    try:
        yield geocoder
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
