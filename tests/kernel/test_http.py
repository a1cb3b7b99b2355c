"""Whose address a request comes from, and what a downloaded file is called."""

from typing import Any

import pytest
from django.test import RequestFactory

from kernel.http import client_address, content_disposition
from tests.factories.cast import Cast
from tests.support import logged_in


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "address"),
    [
        (0, "192.0.2.1", "", "192.0.2.1"),
        (0, "192.0.2.1", "203.0.113.9", "192.0.2.1"),
        (1, "10.0.0.1", "203.0.113.9", "203.0.113.9"),
        (1, "10.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "10.0.0.1", "6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "10.0.0.1", "203.0.113.9", "10.0.0.1"),
        (1, "10.0.0.1", "", "10.0.0.1"),
        (1, "10.0.0.1", " , 2001:db8::1 , ", "2001:db8::1"),
        (1, "10.0.0.1", "unknown", "10.0.0.1"),
        (1, "10.0.0.1", "'; --", "10.0.0.1"),
        (1, "10.0.0.1", "203.0.113.9:4711", "10.0.0.1"),
        (0, "", "", ""),
    ],
)
def test_client_address_believes_as_many_proxies_as_there_are(
    settings: Any, proxies: int, remote: str, forwarded: str, address: str
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote)
    assert client_address(request) == address


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a.pdf", 'attachment; filename="a.pdf"'),
        ("été.pdf", "attachment; filename*=utf-8''%C3%A9t%C3%A9.pdf"),
        ('a";b.pdf', 'attachment; filename="a\\";b.pdf"'),
        ("", "attachment"),
    ],
)
def test_content_disposition(name: str, header: str) -> None:
    assert content_disposition(name) == header


def test_content_disposition_cannot_break_its_header() -> None:
    header = content_disposition("a\r\nSet-Cookie: x=1", inline=True)
    assert "\n" not in header
    assert "\r" not in header
    assert header.startswith("inline")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/dossiers/%00/", "/contacts/%00/", "/messages/a%00b/", "/dossiers/x/fichiers/%00/", "/acces/%00/"]
)
def test_an_address_with_a_nul_is_not_there(cast: Cast, path: str) -> None:
    assert logged_in("alpha", cast.bob).get(path).status_code == 404
