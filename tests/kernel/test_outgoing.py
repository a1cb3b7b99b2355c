"""Posting to an address that a firm gave: whom it reaches, and that it ends."""

import socket
import time
from typing import Any

import pytest

from kernel import outgoing
from kernel.outgoing import MOST_BYTES, NoAnswer, Silence, post
from kernel.reach import PrivateHostError, addresses_of, is_public
from tests.extranet.receivers import HOST, dripping, hanging_up, no_http, receiver, silent
from tests.mail.smtp_servers import certificate


def silence_of(url: str, *, allow_private: bool = True) -> Silence:
    with pytest.raises(NoAnswer) as error:
        post(url, b"{}", {}, allow_private=allow_private)
    return error.value.reason


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.5.4",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fd00::1]",
        # the other ways to write 127.0.0.1, which the system's resolver understands
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
    ],
)
def test_no_private_address_is_reached(host: str) -> None:
    with socket.create_server((HOST, 0)) as listening:
        listening.settimeout(0.05)
        port = listening.getsockname()[1]
        assert silence_of(f"http://{host}:{port}/", allow_private=False) == Silence.PRIVATE
        assert silence_of(f"http://public.example@{host}:{port}/", allow_private=False) == Silence.PRIVATE
        with pytest.raises(TimeoutError):
            listening.accept()


def answers(monkeypatch: pytest.MonkeyPatch, *rounds: list[str]) -> list[str]:
    """Makes the name server answer with these addresses, one list a question; returns whom was connected to."""
    asked = iter(rounds)
    reached: list[str] = []

    def look_up(host: str, port: int, **_more: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in next(asked)]

    def connect(address: tuple[str, int], _timeout: float) -> socket.socket:
        reached.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    return reached


def test_a_name_that_leads_to_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    reached = answers(monkeypatch, ["10.0.0.7"], ["10.0.0.7", "93.184.216.34"])
    assert silence_of("https://intern.example/", allow_private=False) == Silence.PRIVATE
    assert silence_of("https://both.example/", allow_private=False) == Silence.REFUSED
    assert reached == ["93.184.216.34"], "of several the public one alone"


def test_a_name_is_asked_once_so_that_no_second_answer_can_be_another(monkeypatch: pytest.MonkeyPatch) -> None:
    reached = answers(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    assert silence_of("https://rebinding.example/", allow_private=False) == Silence.REFUSED
    assert reached == ["93.184.216.34"]


def test_what_is_public() -> None:
    assert is_public("193.252.22.86")
    assert is_public("64:ff9b::c1fc:1656")
    assert not is_public("64:ff9b::a00:1")
    with pytest.raises(PrivateHostError):
        addresses_of("localhost", 443, allow_private=False)


def test_an_answer_is_an_answer_whatever_its_status_and_redirects_are_not_followed() -> None:
    with receiver() as aim, receiver(status=302, headers={"Location": aim.url}, text=b"moved") as host:
        answer = post(host.url, b'{"a":1}', {"webhook-id": "x"}, allow_private=True)
        assert (answer.status, answer.body) == (302, b"moved")
        assert not aim.calls
        (call,) = host.calls
        assert (call.path, call.body) == ("/hook?for=diagdesk", b'{"a":1}')
        assert call.headers["host"] == f"{HOST}:{host.port}"
        assert call.headers["webhook-id"] == "x"


def test_of_a_huge_answer_the_beginning_is_read() -> None:
    with receiver(text=b"x" * 5_000_000) as host:
        answer = post(host.url, b"{}", {}, allow_private=True)
    assert len(answer.body) == MOST_BYTES


def test_why_nobody_answers() -> None:
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    assert silence_of(f"http://{HOST}:{port}/") == Silence.REFUSED
    assert silence_of("http://no.such.host.invalid/") == Silence.NO_HOST
    with receiver(behave=hanging_up) as host:
        assert silence_of(host.url) == Silence.CLOSED
        assert silence_of(host.url.replace("http:", "https:")) == Silence.TLS
    with receiver(behave=no_http) as host:
        assert silence_of(host.url) == Silence.NOT_HTTP
    with receiver(tls=certificate("software.example")) as host:
        assert silence_of(host.url.replace("http:", "https:")) == Silence.CERTIFICATE


@pytest.mark.parametrize("behave", [silent, dripping])
def test_a_host_that_hangs_is_given_up_in_time(behave: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "TOTAL_SECONDS", 1.0)
    with receiver(behave=behave) as host:
        begun = time.monotonic()
        assert silence_of(host.url) == Silence.TIMEOUT
        assert time.monotonic() - begun < 3
