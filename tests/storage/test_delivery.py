"""Files leave as what they are, under their names, and run nowhere."""

import hashlib
import urllib.request
from typing import Any

import pytest
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from kernel.errors import WrongFirm
from kernel.tenancy import firm_context
from storage.actions.files import store_bytes, store_upload
from storage.backends import FirmStorage
from storage.delivery import send_file
from storage.models import StoredFile
from tenants.models import Firm
from tests.storage.builders import archive, image, pdf, upload

pytestmark = pytest.mark.django_db
PDF = pdf(2, padding=100_000)
NAME = "Mesurage « Carrez » n°2.pdf"
ENCODED = "filename*=utf-8''Mesurage%20%C2%AB%20Carrez%20%C2%BB%20n%C2%B02.pdf"


def kept(data: bytes = PDF, name: str = "a.pdf") -> StoredFile:
    return store_upload(upload(data, name), user=None)


def ask(stored: StoredFile, *, name: str = NAME, inline: bool = False, method: str = "GET", **headers: str) -> Any:
    request = RequestFactory().generic(method, "/", headers={key.replace("_", "-"): it for key, it in headers.items()})
    return send_file(request, stored, name=name, inline=inline)


def body(response: Any) -> bytes:
    data = b"".join(response) if response.streaming else response.content
    response.close()
    return bytes(data)


def test_a_file_on_disk_leaves_whole_with_its_name(disk: FirmStorage, in_alpha: Firm) -> None:
    stored = kept()
    response = ask(stored)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f"attachment; {ENCODED}"
    assert response["Content-Length"] == str(len(PDF))
    assert response["ETag"] == f'"{hashlib.sha256(PDF).hexdigest()}"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-cache"
    assert body(response) == PDF


def test_a_file_on_s3_leaves_by_an_address_of_its_own(s3: FirmStorage, in_alpha: Firm) -> None:
    response = ask(kept(), inline=True)
    assert response.status_code == 302
    assert response["Cache-Control"] == "no-store"
    with urllib.request.urlopen(response["Location"], timeout=10) as answer:
        assert answer.read() == PDF
        assert answer.headers["Content-Disposition"] == f"inline; {ENCODED}"
        assert answer.headers["Content-Type"] == "application/pdf"


@pytest.mark.parametrize("store", ["disk", "s3"], indirect=True)
def test_a_head_says_what_a_get_would_give(store: FirmStorage, in_alpha: Firm) -> None:
    response = ask(kept(), method="HEAD")
    assert response.status_code == 200
    assert response["Content-Length"] == str(len(PDF))
    assert response["Content-Disposition"] == f"attachment; {ENCODED}"
    assert body(response) == b""


@pytest.mark.parametrize(
    ("name", "data", "shown", "sandboxed"),
    [
        ("a.pdf", PDF, True, False),
        ("a.png", image(), True, True),
        ("a.jpg", image("JPEG"), True, True),
        ("a.txt", b"text", True, True),
        ("a.tif", image("TIFF"), False, False),
        ("a.xml", b"<?xml version='1.0'?><a/>", False, False),
        ("a.csv", b"a;b", False, False),
        ("a.zip", archive({"a": "b"}), False, False),
        ("a.eml", b"From: a@b\nTo: c@d\nSubject: x\n\nx", False, False),
    ],
)
def test_only_what_runs_nothing_is_shown_in_the_page(
    disk: FirmStorage, in_alpha: Firm, name: str, data: bytes, shown: bool, sandboxed: bool
) -> None:
    response = ask(kept(data, name), name=name, inline=True)
    assert response["Content-Disposition"].startswith("inline" if shown else "attachment")
    assert (response.get("Content-Security-Policy") == "sandbox; default-src 'none'") is sandboxed
    assert body(response) == data


def test_a_text_says_its_charset(disk: FirmStorage, in_alpha: Firm) -> None:
    response = ask(kept("Été".encode("cp1252"), "a.txt"), inline=True)
    assert response["Content-Type"] == "text/plain; charset=windows-1252"
    response.close()


@pytest.mark.parametrize("name", ['a"\r\nSet-Cookie: x=1.pdf', "../../a.pdf", "a\u202efdp.exe", "", "é" * 300])
def test_no_name_breaks_the_header(disk: FirmStorage, in_alpha: Firm, name: str) -> None:
    response = ask(kept(), name=name)
    header = response["Content-Disposition"]
    assert header.startswith("attachment; filename")
    assert not set(header) & set("\r\n/\u202e")
    response.close()


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-99", 0, 100),
        ("bytes=100-", 100, None),
        ("bytes=-50", -50, None),
        ("bytes=0-0", 0, 1),
        ("bytes=50-99999999", 50, None),
        ("bytes=-99999999", 0, None),
        ("bytes = 5 - 9", 5, 10),
    ],
)
def test_a_part_is_given_as_a_part(disk: FirmStorage, in_alpha: Firm, asked: str, start: int, stop: int | None) -> None:
    response = ask(kept(), Range=asked)
    part = PDF[start:stop]
    first = start % len(PDF)
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{first + len(part) - 1}/{len(PDF)}"
    assert response["Content-Length"] == str(len(part))
    assert response["Content-Type"] == "application/pdf"
    assert body(response) == part


@pytest.mark.parametrize("asked", ["bytes=0-5,8-9", "bytes=-", "bytes=9-5", "lines=1-2", "bytes=a-b", ""])
def test_what_is_no_single_range_gives_the_whole(disk: FirmStorage, in_alpha: Firm, asked: str) -> None:
    response = ask(kept(), Range=asked)
    assert response.status_code == 200
    assert body(response) == PDF


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_a_range_outside_the_file_is_refused(disk: FirmStorage, in_alpha: Firm, asked: str) -> None:
    response = ask(kept(), Range=asked)
    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{len(PDF)}"


def test_a_range_of_another_file_gives_the_whole(disk: FirmStorage, in_alpha: Firm) -> None:
    stored = kept()
    assert body(ask(stored, Range="bytes=0-9", If_Range='"other"')) == PDF
    assert body(ask(stored, Range="bytes=0-9", If_Range=f'"{stored.sha256}"')) == PDF[:10]


def test_what_the_browser_has_is_not_sent_again(disk: FirmStorage, in_alpha: Firm) -> None:
    stored = kept()
    response = ask(stored, If_None_Match=f'"{stored.sha256}"')
    assert response.status_code == 304
    assert body(response) == b""
    assert ask(stored, If_Match='"other"').status_code == 412


def test_nginx_sends_it_when_it_can(disk: FirmStorage, in_alpha: Firm, settings: Any) -> None:
    settings.X_ACCEL_PREFIX = "/internal-files/"
    stored = kept()
    response = ask(stored)
    assert response["X-Accel-Redirect"] == f"/internal-files/{stored.key}"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f"attachment; {ENCODED}"
    assert body(response) == b""


def test_an_object_that_is_missing_is_a_fault(disk: FirmStorage, in_alpha: Firm) -> None:
    stored = kept()
    disk.delete(stored.key)
    with pytest.raises(FileNotFoundError):
        ask(stored)


@pytest.mark.parametrize("store", ["disk", "s3"], indirect=True)
def test_a_file_of_another_firm_is_never_sent(store: FirmStorage, in_alpha: Firm, beta: Firm) -> None:
    stored = kept()
    with firm_context(beta.schema_name), pytest.raises(WrongFirm):
        ask(stored)


def test_a_generated_file_is_delivered_like_any(disk: FirmStorage, in_alpha: Firm) -> None:
    response: HttpResponseBase = ask(store_bytes(b"a;b\n", name="export.csv"), name="export.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert body(response) == b"a;b\n"
