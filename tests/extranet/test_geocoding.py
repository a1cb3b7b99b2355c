"""The client of the address service, against a server that speaks its protocol."""

import json
import logging
import math
import time
from collections.abc import Iterator
from typing import Any

import pytest

from extranet.geocoding import MIN_DELAY_SECONDS, clean_query, find_place
from kernel.errors import OutsideServiceError
from tests.extranet.geocoder_server import (
    BUSY,
    DOWN,
    HTML,
    JSON,
    REFUSED,
    Geocoder,
    collection,
    feature,
    serve_geocoder,
)


@pytest.fixture
def geocoder(settings: Any) -> Iterator[Geocoder]:
    with serve_geocoder() as served:
        settings.GEOCODER_URL = served.url
        settings.GEOCODER_TIMEOUT = 2
        settings.GEOCODER_WAIT = 0
        yield served


def test_a_known_address_has_its_place_and_the_question_is_the_protocols(geocoder: Geocoder) -> None:
    place = find_place("12 rue de Siam, 29200 Brest")
    assert place is not None
    assert (place.latitude, place.longitude) == (48.3885, -4.488)
    assert (place.score, place.label, place.kind) == (0.97, "12 Rue de Siam 29200 Brest", "housenumber")
    assert geocoder.asked == [
        {"q": "12 rue de Siam, 29200 Brest", "limit": "1", "autocomplete": "0", "index": "address"}
    ]
    assert geocoder.agents == ["Diagdesk"]


def test_an_unknown_address_has_none(geocoder: Geocoder) -> None:
    assert find_place("1 rue de nulle part") is None
    assert len(geocoder.asked) == 1


def test_a_question_that_the_service_refuses_has_no_place_and_is_not_asked_again(geocoder: Geocoder) -> None:
    geocoder.always = REFUSED
    assert find_place("12 rue de Siam") is None
    assert len(geocoder.asked) == 1


@pytest.mark.parametrize("fault", [DOWN, BUSY, HTML])
def test_a_passing_fault_is_asked_again(geocoder: Geocoder, fault: tuple[int, dict[str, str], bytes]) -> None:
    geocoder.next = [fault, fault]
    place = find_place("12 rue de Siam")
    assert place is not None
    assert len(geocoder.asked) == 3


RUBBISH = [
    b"",
    b"null",
    b"[]",
    b'"features"',
    b"{}",
    b'{"features": null}',
    b'{"features": {"0": 1}}',
    b"[" * 100_000,
    b'{"features": [',
    b"\xff\xfe\x00",
    collection(None),
    collection({}),
    collection({"geometry": None, "properties": {}}),
    collection({"geometry": {"coordinates": [1]}, "properties": {"score": 1}}),
    collection({"geometry": {"coordinates": "12"}, "properties": {"score": 1}}),
    collection({"geometry": {"coordinates": [2, 48]}, "properties": None}),
    collection({"geometry": {"coordinates": [2, 48]}, "properties": {}}),
    collection(feature("a", "2", "48", 0.9)),
    collection(feature("a", True, False, 0.9)),
    collection(feature("a", 2, 91, 0.9)),
    collection(feature("a", 181, 48, 0.9)),
    collection(feature("a", math.nan, 48, 0.9)),
    collection(feature("a", 2, math.inf, 0.9)),
    collection(feature("a", 2, 48, None)),
    collection(feature(["a"], 2, 48, 0.9)),
    b'{"features": [{"geometry": {"coordinates": [' + b"9" * 5000 + b', 48]}, "properties": {"score": 1}}]}',
]


@pytest.mark.parametrize("body", RUBBISH, ids=[repr(body[:60]) for body in RUBBISH])
def test_rubbish_is_a_fault_of_the_service_and_never_a_crash(geocoder: Geocoder, body: bytes) -> None:
    geocoder.always = (200, JSON, body)
    with pytest.raises(OutsideServiceError) as raised:
        find_place("12 rue de Siam")
    assert raised.value.retry


@pytest.mark.parametrize("fault", [DOWN, BUSY, HTML, (403, {}, b"no"), (503, {}, b"")])
def test_a_lasting_fault_is_told_and_then_the_service_has_its_rest(
    geocoder: Geocoder, fault: tuple[int, dict[str, str], bytes], caplog: pytest.LogCaptureFixture
) -> None:
    geocoder.always = fault
    with caplog.at_level(logging.ERROR), pytest.raises(OutsideServiceError) as raised:
        find_place("12 rue de Siam")
    assert raised.value.retry
    assert "Siam" not in str(raised.value)
    assert len(geocoder.asked) == 3
    geocoder.always = None
    with pytest.raises(OutsideServiceError):
        find_place("12 rue de Siam")
    assert len(geocoder.asked) == 3, "it was asked while it rests"


def test_a_slow_service_counts_as_down(geocoder: Geocoder, settings: Any) -> None:
    settings.GEOCODER_TIMEOUT = 0.2
    geocoder.before = lambda _question: time.sleep(0.6)
    started = time.monotonic()
    with pytest.raises(OutsideServiceError):
        find_place("12 rue de Siam")
    assert time.monotonic() - started < 10


def test_nobody_there_counts_as_down(settings: Any) -> None:
    settings.GEOCODER_URL, settings.GEOCODER_WAIT = "http://127.0.0.1:9/geocodage", 0
    with pytest.raises(OutsideServiceError) as raised:
        find_place("12 rue de Siam")
    assert raised.value.retry


def test_it_is_asked_at_a_polite_rate(geocoder: Geocoder) -> None:
    times: list[float] = []
    geocoder.before = lambda _question: times.append(time.monotonic())
    for _ in range(8):
        find_place("12 rue de Siam")
    assert times[-1] - times[0] >= 7 * MIN_DELAY_SECONDS * 0.9


@pytest.mark.parametrize(
    ("address", "query"),
    [
        ("12 rue de Siam, 29200 Brest", "12 rue de Siam, 29200 Brest"),
        ("  12\true\x00 de\n Siam ", "12 rue de Siam"),
        ("«, -- (12) rue", "12) rue"),
        ("Écluse n° 3", "Écluse n° 3"),
        ("", ""),
        ("ab", ""),
        ("…?!'", ""),
        ("\u202e12 rue\u200b", "12 rue"),
        ("x" * 500, "x" * 60),
        ("rue " * 200, ("rue " * 50).strip()),
    ],
)
def test_a_question_is_what_the_service_takes(geocoder: Geocoder, address: str, query: str) -> None:
    assert clean_query(address) == query
    find_place(address)
    assert [asked["q"] for asked in geocoder.asked] == ([query] if query else [])


def test_a_label_is_one_short_line(geocoder: Geocoder) -> None:
    geocoder.always = (200, JSON, collection(feature("a\x00\n" + "b" * 400, 2, 48, 7)))
    place = find_place("12 rue de Siam")
    assert place is not None
    assert place.label == "a " + "b" * 248
    assert place.score == 1
    assert json.dumps(place.latitude) == "48.0"
