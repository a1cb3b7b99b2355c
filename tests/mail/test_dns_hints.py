"""What a sender's DNS says of SPF, DKIM and DMARC, asked of a server that speaks DNS."""

import time
from collections.abc import Sequence
from typing import Any

import pytest

from mail.dns_hints import HintState, hints_of
from tests.mail.dns_server import dns_server

NET = "203.0.113"
CLEAN: dict[str, list[tuple[str, str]]] = {
    "firm.example": [("TXT", "v=spf1 include:mx.ovh.com ~all"), ("TXT", "google-site-verification=x")],
    "_domainkey.firm.example": [],
    "_dmarc.firm.example": [("TXT", "v=DMARC1; p=quarantine")],
}


def states(zone: dict[str, list[tuple[str, str]]], settings: Any, **more: str) -> list[HintState]:
    with dns_server(zone) as address:
        settings.DNS_SERVER = address
        return [hint.state for hint in hints_of("firm.example", **({"host": f"{NET}.7"} | more))]


def test_a_domain_in_order(settings: Any) -> None:
    assert states(CLEAN, settings, host="ssl0.ovh.net", include="mx.ovh.com") == [HintState.OK] * 3


def test_a_domain_without_anything_and_one_that_does_not_exist(settings: Any) -> None:
    assert states({"firm.example": []}, settings) == [HintState.MISSING] * 3
    assert states({}, settings) == [HintState.MISSING] * 3


@pytest.mark.parametrize(
    ("record", "state"),
    [
        (f"v=spf1 ip4:{NET}.0/24 -all", HintState.OK),
        ("v=spf1 ip4:198.51.100.0/24 -all", HintState.ELSEWHERE),
        ("v=spf1 a -all", HintState.OK),
        ("v=spf1 mx ~all", HintState.OK),
        ("v=spf1 a:elsewhere.example -all", HintState.ELSEWHERE),
        ("v=spf1 include:wide.example -all", HintState.OK),
        ("v=spf1 redirect=wide.example", HintState.OK),
        (f"v=spf1 -ip4:{NET}.7 +all", HintState.ELSEWHERE),
        ("v=spf1 include:firm.example -all", HintState.BROKEN),
        ("v=spf1 ip4:nonsense -all", HintState.BROKEN),
    ],
)
def test_spf_is_followed_to_the_servers_address(settings: Any, record: str, state: HintState) -> None:
    zone: dict[str, list[tuple[str, str]]] = {
        "firm.example": [("TXT", record), ("A", f"{NET}.7"), ("MX", "10 mx.firm.example.")],
        "mx.firm.example": [("A", f"{NET}.7")],
        "elsewhere.example": [("A", "198.51.100.9")],
        "wide.example": [("TXT", f"v=spf1 ip4:{NET}.0/24 ?all")],
    }
    assert states(zone, settings)[0] == state


def test_two_records_are_broken_and_the_domain_above_counts_for_dmarc(settings: Any) -> None:
    twice: Sequence[tuple[str, str]] = [("TXT", "v=spf1 -all"), ("TXT", "v=spf1 a -all")]
    zone = {"mail.firm.example": list(twice), "_dmarc.firm.example": [("TXT", "v=DMARC1; p=none")]}
    with dns_server(zone) as address:
        settings.DNS_SERVER = address
        found = hints_of("mail.firm.example", host=f"{NET}.7")
    assert [hint.state for hint in found] == [HintState.BROKEN, HintState.MISSING, HintState.OK]
    assert found[2].record == "v=DMARC1; p=none"


def test_a_dns_that_does_not_answer_leaves_them_unknown_in_time(settings: Any) -> None:
    begun = time.monotonic()
    with dns_server({}, is_silent=True) as address:
        settings.DNS_SERVER = address
        found = hints_of("firm.example", host=f"{NET}.7")
    assert [hint.state for hint in found] == [HintState.UNKNOWN] * 3
    assert time.monotonic() - begun < 12
