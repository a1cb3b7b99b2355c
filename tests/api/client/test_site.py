"""Patience: what passes by itself is waited for, what does not is told."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from api.client.config import Account
from api.client.errors import NotAllowed, Refused, Unreachable, UsageError
from api.client.site import Site, json_body

KEY = "ddk_secret"
type Reply = tuple[int, dict[str, str], Any]


@dataclass
class Double:
    """A site on loopback that answers what it is told, one answer a request; the last one stays."""

    port: int = 0
    replies: list[Reply] = field(default_factory=list)
    heard: list[Any] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)

    def site(self, **options: Any) -> Site:
        return Site(Account(f"http://127.0.0.1:{self.port}", KEY), sleep=self.slept.append, **options)


@contextmanager
def doubled() -> Iterator[Double]:
    double = Double()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            """Notes the request and gives the next answer."""
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            double.heard.append((self.command, self.path, dict(self.headers), body))
            status, headers, data = double.replies.pop(0) if len(double.replies) > 1 else double.replies[0]
            content = json.dumps(data).encode()
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    for method in ("GET", "POST", "PUT", "PATCH"):
        setattr(Handler, f"do_{method}", Handler.answer)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    double.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield double
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def double() -> Iterator[Double]:
    with doubled() as found:
        yield found


@pytest.fixture
def site(double: Double) -> Iterator[Callable[..., Site]]:
    made: list[Site] = []

    def make(**options: Any) -> Site:
        made.append(double.site(**options))
        return made[-1]

    yield make
    for one in made:
        one.close()


def problem(code: str, detail: str = "No.", **more: Any) -> dict[str, Any]:
    return {"type": "", "title": "", "status": 0, "code": code, "detail": detail, **more}


def test_a_call_says_who_it_is_and_a_write_names_itself(double: Double, site: Callable[..., Site]) -> None:
    double.replies = [(200, {}, {"ok": True})]
    here = site()
    assert here.get("me/") == {"ok": True}
    for text in (b"{}", b"{}", b"[]"):
        here.call("PUT", "dossiers/by-external-id/x/", json_body(text))
    (method, path, headers, _body), *writes = double.heard
    assert (method, path, headers["Authorization"]) == ("GET", "/api/v1/me/", f"Bearer {KEY}")
    assert headers["Host"] == f"127.0.0.1:{double.port}"
    assert headers["Accept-Language"] == "en"
    assert "Idempotency-Key" not in headers
    names = [write[2]["Idempotency-Key"] for write in writes]
    assert names[0] == names[1] != names[2]
    other = site()
    other.call("PUT", "dossiers/by-external-id/x/", json_body(b"{}"))
    assert double.heard[-1][2]["Idempotency-Key"] != names[0], "another run is another write"


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_passes_is_waited_for(double: Double, site: Callable[..., Site], status: int) -> None:
    double.replies = [(status, {"Retry-After": "7"}, problem("busy")), (status, {}, problem("busy")), (200, {}, 1)]
    assert site().get("me/") == 1
    assert double.slept[0] == 7
    assert 0.4 < double.slept[1] < 1.1


def test_a_date_to_wait_for_counts_from_the_sites_clock(double: Double, site: Callable[..., Site]) -> None:
    """This machine's clock is two hours off, or ten years: nothing is compared with it."""
    wrong = datetime.now(UTC) + timedelta(days=3_650)
    form = "%a, %d %b %Y %H:%M:%S GMT"
    headers = {"Date": wrong.strftime(form), "Retry-After": (wrong + timedelta(seconds=9)).strftime(form)}
    double.replies = [(503, headers, problem("down")), (503, {"Retry-After": "soon"}, problem("down")), (200, {}, 1)]
    assert site().get("me/") == 1
    assert double.slept[0] == 9


def test_a_site_that_stays_down_is_told(double: Double, site: Callable[..., Site]) -> None:
    double.replies = [(503, {}, problem("unavailable", "Later."))]
    with pytest.raises(Unreachable, match=r"Later\."):
        site().get("me/")
    assert len(double.heard) == 8
    assert double.slept == sorted(double.slept) or max(double.slept) <= 30


def test_a_site_that_is_not_there_is_told(site: Callable[..., Site], double: Double) -> None:
    here = Site(Account("http://127.0.0.1:9", KEY), sleep=double.slept.append, attempts=3)
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:9"):
        here.get("me/")
    assert len(double.slept) == 2


def test_what_is_refused_is_told_with_its_places(double: Double, site: Callable[..., Site]) -> None:
    mistake = {"pointer": "/files/0/upload", "code": "upload_gone", "detail": "It is gone."}
    double.replies = [(422, {}, problem("invalid", "See.", errors=[mistake]))]
    with pytest.raises(Refused) as refused:
        site().get("me/")
    assert refused.value.codes == {"invalid", "upload_gone"}
    assert "/files/0/upload: It is gone." in str(refused.value)
    assert double.slept == []


@pytest.mark.parametrize("data", ["text", None, [], {"code": 1}])
def test_an_answer_of_something_else_is_told(double: Double, site: Callable[..., Site], data: Any) -> None:
    double.replies = [(404, {}, data)]
    assert site().find("me/") is None
    double.replies = [(418, {}, data)]
    with pytest.raises(Refused, match="418"):
        site().get("me/")


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_not_made_for_it_ends_all(double: Double, site: Callable[..., Site], status: int) -> None:
    double.replies = [(status, {}, problem("scope_missing", "Not for this."))]
    with pytest.raises(NotAllowed, match="Not for this"):
        site().get("me/")


def test_another_call_that_is_at_it_is_waited_for(double: Double, site: Callable[..., Site]) -> None:
    busy = (409, {"Retry-After": "2"}, problem("write_running"))
    double.replies = [busy, busy, busy, (423, {}, problem("upload_busy")), (200, {}, 1)]
    assert site(attempts=2).get("me/") == 1
    assert double.slept[:3] == [2, 2, 2]


def test_lists_are_read_to_their_end(double: Double, site: Callable[..., Site]) -> None:
    next_page = f"http://127.0.0.1:{double.port}/api/v1/orders/?cursor=x%3D&limit=2"
    double.replies = [
        (200, {}, {"next": next_page, "previous": None, "results": [{"code": "a"}, {"code": "b"}]}),
        (200, {}, {"next": None, "previous": "…", "results": [{"code": "c"}]}),
    ]
    assert [row["code"] for row in site().rows("orders/?limit=2")] == ["a", "b", "c"]
    assert double.heard[1][1] == "/api/v1/orders/?cursor=x%3D&limit=2"


@pytest.mark.parametrize(
    "url", ["http://firm.example", "ftp://firm.example", "https://", "firm", "http://localhost.example"]
)
def test_a_key_never_travels_in_the_clear(url: str) -> None:
    with pytest.raises(UsageError):
        Site(Account(url, KEY))


def test_the_proxy_of_the_environment_is_used(
    double: Double, site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://jo%40x:p%3Aw@127.0.0.1:{double.port}")
    monkeypatch.delenv("no_proxy", raising=False)
    double.replies = [(200, {}, 1)]
    here = Site(Account("http://alpha.localhost:81", KEY), sleep=double.slept.append)
    assert here.get("me/") == 1
    here.close()
    _method, path, headers, _body = double.heard[0]
    assert path == "http://alpha.localhost:81/api/v1/me/"
    assert headers["Proxy-Authorization"] == "Basic am9AeDpwOnc="
