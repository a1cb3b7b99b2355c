"""Uploads are taken up to a limit, and leave nothing behind when they are refused or cut."""

import hashlib
import json
import os
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, cast
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.http.request import UnreadablePostError
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.test import RequestFactory

from accounts.models import User
from kernel.errors import DomainError
from storage.errors import StorageUnavailable
from storage.uploads import raise_upload_error, upload_error
from tests.storage.builders import files_no_longer_than

BOUNDARY = "----end"
END = f"\r\n--{BOUNDARY}--\r\n".encode()
TYPE = f"multipart/form-data; boundary={BOUNDARY}"
MB = 1_000_000


def field(name: str, value: str) -> bytes:
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


def file_head(file_name: str) -> bytes:
    disposition = f'Content-Disposition: form-data; name="file"; filename="{file_name}"'
    return f"--{BOUNDARY}\r\n{disposition}\r\nContent-Type: application/pdf\r\n\r\n".encode()


class Counted:
    """A request's body that says how much of it was read, and may break off like a connection."""

    def __init__(self, data: bytes, *, breaks: bool = False) -> None:
        self._stream, self._breaks = BytesIO(data), breaks
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.count += len(data)
        if not data and self._breaks:
            raise ConnectionResetError("gone")
        return data

    def readline(self, size: int = -1) -> bytes:
        return self._stream.readline(size)


def post(body: "bytes | Counted", *, length: int | None = None, known: bool = True) -> WSGIRequest:
    """Returns the request of a person who is logged in (`known`) or not."""
    environ: dict[str, Any] = cast("Any", RequestFactory())._base_environ(REQUEST_METHOD="POST", CONTENT_TYPE=TYPE)
    environ["wsgi.input"] = BytesIO(body) if isinstance(body, bytes) else body
    environ["CONTENT_LENGTH"] = str(length if length is not None else len(body))  # type: ignore[arg-type]
    request = WSGIRequest(environ)
    request.user = User(username="anna") if known else AnonymousUser()
    return request


def files(request: WSGIRequest) -> "list[TemporaryUploadedFile]":
    return [cast("TemporaryUploadedFile", file) for file in request.FILES.getlist("file")]


@pytest.fixture(autouse=True)
def _limit(settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 5 * MB


@pytest.fixture
def nothing_left(incoming: Path) -> Iterator[None]:
    yield
    assert list(incoming.iterdir()) == []


def test_an_upload_arrives_whole_in_a_temporary_file(incoming: Path, nothing_left: None) -> None:
    data = os.urandom(3 * MB)
    body = field("title", "Été") + file_head("a.pdf") + data + END
    request = post(body)
    [file] = files(request)
    assert request.POST["title"] == "Été"
    assert (file.name, file.size) == ("a.pdf", 3 * MB)
    assert hashlib.sha256(file.read()).digest() == hashlib.sha256(data).digest()
    assert [path.stat().st_size for path in incoming.iterdir()] == [3 * MB]
    raise_upload_error(request)
    request.close()


def test_several_files_share_the_limit(nothing_left: None) -> None:
    one, two = (file_head(f"{index}.pdf") + bytes(2 * MB) for index in range(2))
    request = post(one + b"\r\n" + two + END)
    assert [file.size for file in files(request)] == [2 * MB, 2 * MB]
    request.close()
    request = post(one + b"\r\n" + two + b"\r\n" + file_head("3.pdf") + bytes(MB + 100_000) + END)
    with pytest.raises(DomainError) as refused:
        raise_upload_error(request)
    assert refused.value.code == "file_too_large"
    request.close()


def test_a_file_just_over_the_limit_is_refused_and_read_away(nothing_left: None) -> None:
    body = Counted(field("title", "x") + file_head("a.pdf") + bytes(5 * MB + 1) + END)
    request = post(body, length=len(body._stream.getvalue()))
    assert not request.FILES
    assert request.POST["title"] == "x"
    assert upload_error(request) == "file_too_large"
    assert body.count == len(body._stream.getvalue())


def test_a_file_of_the_limit_passes(nothing_left: None) -> None:
    request = post(file_head("a.pdf") + bytes(5 * MB) + END)
    assert [file.size for file in files(request)] == [5 * MB]
    request.close()


def test_600_megabytes_are_refused_without_reading_them(settings: Any, nothing_left: None) -> None:
    settings.UPLOAD_MAX_BYTES = 500 * 1024 * 1024
    body = Counted(field("csrfmiddlewaretoken", "x" * 64) + file_head("a.pdf") + bytes(20 * MB))
    request = post(body, length=600 * MB)
    with pytest.raises(DomainError) as refused:
        raise_upload_error(request)
    assert refused.value.code == "file_too_large"
    assert request.POST["csrfmiddlewaretoken"] == "x" * 64
    assert body.count <= 64 * 1024


def test_a_refusal_reaches_the_view_past_the_csrf_check(settings: Any, nothing_left: None) -> None:
    first = RequestFactory().get("/")
    token = get_token(first)
    body = field("csrfmiddlewaretoken", token) + file_head("a.pdf") + bytes(9 * MB) + END
    middleware = CsrfViewMiddleware(lambda _request: HttpResponse())
    for good in (True, False):
        request = post(body)
        request.COOKIES[settings.CSRF_COOKIE_NAME] = first.META["CSRF_COOKIE"] if good else "y" * 32
        middleware.process_request(request)
        answer = middleware.process_view(request, lambda _request: HttpResponse(), (), {})
        assert (answer is None) is good
        assert upload_error(request) == "file_too_large"


@pytest.mark.parametrize(("size", "taken"), [(MB, True), (MB + 1, False), (4 * MB, False)])
def test_somebody_unknown_may_send_next_to_nothing(nothing_left: None, size: int, taken: bool) -> None:
    request = post(file_head("a.pdf") + bytes(size) + END, known=False)
    assert bool(request.FILES) is taken
    assert (upload_error(request) == "") is taken
    request.close()


def test_a_request_without_a_user_is_of_somebody_unknown(nothing_left: None) -> None:
    request = post(file_head("a.pdf") + bytes(2 * MB) + END)
    del request.user
    assert not request.FILES
    assert upload_error(request) == "file_too_large"


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "..",
        "C:\\a\\b.pdf",
        "🏠" * 150 + ".pdf",
        "x" * 300 + ".pdf",
        "a." + "x" * 300,
        "a\u202eb.pdf",
    ],
)
def test_no_name_from_outside_breaks_the_temporary_file(name: str, incoming: Path, nothing_left: None) -> None:
    request = post(file_head(name) + b"bytes" + END)
    for file in files(request):
        assert "/" not in str(file.name)
        assert len(str(file.name)) <= 150
        assert Path(file.temporary_file_path()).parent == incoming
    assert not upload_error(request)
    request.close()


# --- cut --------------------------------------------------------------------------------------------------------------
def test_an_upload_that_ends_early_is_no_file(nothing_left: None) -> None:
    whole = file_head("first.pdf") + b"first\r\n"
    body = field("title", "x") + whole + file_head("a.pdf") + bytes(2 * MB)
    request = post(body, length=len(body) + MB)
    with pytest.raises(DomainError) as refused:
        raise_upload_error(request)
    assert refused.value.code == "upload_interrupted"
    assert [file.name for file in files(request)] == ["first.pdf"]
    request.close()


def test_a_connection_that_breaks_leaves_nothing(incoming: Path, nothing_left: None) -> None:
    body = file_head("first.pdf") + b"first\r\n" + file_head("a.pdf") + bytes(2 * MB)
    request = post(Counted(body, breaks=True), length=len(body) + MB)
    with pytest.raises(UnreadablePostError):
        _ = request.FILES
    assert upload_error(request) == "upload_interrupted"
    assert list(incoming.iterdir()) == []  # at once, while the request still lives
    with pytest.raises(DomainError):
        raise_upload_error(request)


@pytest.fixture
def site() -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """A real server that takes uploads; yields its port and what it made of each."""
    seen: list[dict[str, Any]] = []

    class Silent(WSGIRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    def take(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        request = WSGIRequest(environ)
        request.user = User(username="anna")
        result = {"files": [(file.name, file.size) for file in files(request)], "error": upload_error(request)}
        request.close()
        seen.append(result)
        start_response("413 Too Large" if result["error"] else "200 OK", [("Content-Type", "application/json")])
        return [json.dumps(result).encode()]

    with make_server("127.0.0.1", 0, take, handler_class=Silent) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server.server_port, seen
        server.shutdown()
        thread.join()


def send(port: int, body: bytes, *, length: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: {TYPE}\r\nContent-Length: {length}\r\n\r\n"
    connection.sendall(head.encode() + body)
    return connection


def test_a_browser_that_goes_away_in_the_middle_leaves_nothing(
    site: tuple[int, list[dict[str, Any]]], incoming: Path, nothing_left: None
) -> None:
    port, seen = site
    with send(port, file_head("a.pdf") + bytes(2 * MB), length=4 * MB):
        while not any(path.stat().st_size >= MB for path in incoming.iterdir()):
            time.sleep(0.01)
    for _attempt in range(500):
        if seen:
            break
        time.sleep(0.01)
    assert seen == [{"files": [], "error": "upload_interrupted"}]


def test_a_browser_that_sends_600_megabytes_gets_its_answer_at_once(
    site: tuple[int, list[dict[str, Any]]], nothing_left: None
) -> None:
    port, seen = site
    with send(port, field("title", "x") + file_head("a.pdf") + bytes(64 * 1024), length=600 * MB) as connection:
        assert connection.recv(100).startswith(b"HTTP/1.0 413")
    assert seen == [{"files": [], "error": "file_too_large"}]


# --- a full disk ------------------------------------------------------------------------------------------------------
def test_a_full_disk_for_temporary_files_is_said_and_not_suffered(nothing_left: None) -> None:
    request = post(field("title", "x") + file_head("a.pdf") + bytes(2 * MB) + END)
    with files_no_longer_than(MB), pytest.raises(StorageUnavailable):
        raise_upload_error(request)
    assert request.POST["title"] == "x"
    assert not request.FILES


def test_a_missing_folder_for_temporary_files_is_said_and_not_suffered(settings: Any, tmp_path: Path) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "missing")
    request = post(field("title", "x") + file_head("a.pdf") + bytes(MB) + END)
    with pytest.raises(StorageUnavailable):
        raise_upload_error(request)
    assert request.POST["title"] == "x"


def test_an_upload_takes_no_memory(settings: Any, nothing_left: None) -> None:
    settings.UPLOAD_MAX_BYTES = 200 * MB

    class Zeros:
        """100 MB that are never all in memory."""

        left = 100 * MB
        head = BytesIO(file_head("a.pdf"))
        tail = BytesIO(END)

        def read(self, size: int = -1) -> bytes:
            if head := self.head.read(size):
                return head
            count = min(size, self.left)
            self.left -= count
            return bytes(count) if count else self.tail.read(size)

        def readline(self, size: int = -1) -> bytes:
            raise NotImplementedError

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    request = post(Zeros(), length=100 * MB + len(file_head("a.pdf")) + len(END))  # type: ignore[arg-type]
    assert [file.size for file in files(request)] == [100 * MB]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # KiB
    request.close()
