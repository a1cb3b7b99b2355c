"""The address service: from an address to its place (the national address base by default, through geopy).

The protocol is that of the Géoplateforme's geocoder, `GET <GEOCODER_URL>/search` (https://geoservices.ign.fr/documentation).
"""

import functools
import math
import re
import threading
import time
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from geopy.adapters import AdapterHTTPError, RequestsAdapter
from geopy.exc import GeocoderServiceError, GeopyError
from geopy.extra.rate_limiter import RateLimiter
from geopy.geocoders import BANFrance
from geopy.geocoders.base import NONE_RESULT

from kernel.errors import OutsideServiceError

#: Below it a person must look at the place.
SURE_SCORE = 0.6
#: What the service takes as a question, in characters; a longer word can make it fail.
MIN_QUERY, MAX_QUERY, MAX_WORD = 3, 200, 60
#: It allows 50 questions a second from one address; each of our processes asks at most 20.
MIN_DELAY_SECONDS = 0.05
#: How long somebody who types waits for it.
SUGGEST_SECONDS = 3
#: After a failure nobody asks again for so long: a thousand dossiers do not each wait for a service that is down.
REST_SECONDS = 30
MAX_LABEL = 250
#: An answer that names the town alone.
TOWN = "municipality"
#: The service's word for a question that it does not take: there is no place for it.
_REFUSED = {400, 412, 413, 414}
_SPACES = re.compile(r"\s+")
_BEFORE_WORDS = re.compile(r"^[^0-9A-Za-zÀ-ÖØ-öø-ÿŒœ]+")


@dataclass(frozen=True)
class Place:
    """Where an address is: degrees (WGS 84), how sure the service is (0 to 1), the address as it writes it."""

    latitude: float
    longitude: float
    score: float
    label: str
    #: housenumber, street, locality or municipality.
    kind: str = ""


@dataclass(frozen=True)
class Suggestion:
    """An address that the service knows, in its parts: what a form is completed with; `insee` is the town's code."""

    street: str
    postcode: str
    city: str
    insee: str
    place: Place


def clean_query(address: str) -> str:
    """Returns an address as the service takes it, a letter or digit first, 3 to 200 long; "" when it cannot be."""
    text = unicodedata.normalize("NFC", address)
    text = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text)
    words = [word[:MAX_WORD] for word in _SPACES.split(_BEFORE_WORDS.sub("", text.strip())) if word]
    query = " ".join(words)[:MAX_QUERY].strip()
    return query if len(query) >= MIN_QUERY else ""


def find_place(address: str) -> Place | None:
    """Returns the best place of an address, None when the service knows none.

    Asks three times; raises OutsideServiceError when it is down, refuses or answers rubbish.
    """
    query = clean_query(address)
    return _service(settings.GEOCODER_URL, settings.GEOCODER_TIMEOUT, settings.GEOCODER_WAIT)(query) if query else None


def suggest_addresses(text: str, *, most: int, is_whole: bool = False) -> list[Suggestion]:
    """Returns the addresses that begin with a text, the best first; with `is_whole` those that are it.

    Asks once and waits little, since somebody is typing; raises OutsideServiceError when the service is down.
    """
    query = clean_query(text)
    if not query:
        return []
    service = _service(settings.GEOCODER_URL, settings.GEOCODER_TIMEOUT, settings.GEOCODER_WAIT)
    return service.suggest(query, most=most, is_whole=is_whole)


class _Rubbish(GeocoderServiceError):  # type: ignore[misc]
    """An answer that is none of the protocol."""


class _Service(BANFrance):  # type: ignore[misc]
    """The service at an address, which also asks for whole addresses rather than beginnings."""

    def look_up(self, query: str) -> Place | None:
        """Returns the first answer to a question; raises GeopyError."""
        asked = urlencode({"q": query, "limit": 1, "autocomplete": 0, "index": "address"})
        place: Place | None = self._call_geocoder(f"{self.geocode_api}?{asked}", _read)
        return place

    def suggest(self, query: str, *, most: int, is_whole: bool) -> list[Suggestion]:
        """Returns the first answers to a question; raises GeopyError."""
        asked = urlencode({"q": query, "limit": most, "autocomplete": 0 if is_whole else 1, "index": "address"})
        url = f"{self.geocode_api}?{asked}"
        found: list[Suggestion] | None = self._call_geocoder(url, _read_all, timeout=SUGGEST_SECONDS)
        return found or []

    def _geocoder_exception_handler(self, error: Exception) -> object:
        return NONE_RESULT if isinstance(error, AdapterHTTPError) and error.status_code in _REFUSED else None


class _Paced:
    """A service that is asked at a polite rate and left alone for a while after it failed; for all threads."""

    def __init__(self, service: _Service, *, wait: float) -> None:
        self._service = service
        self._ask = RateLimiter(
            service.look_up,
            min_delay_seconds=MIN_DELAY_SECONDS,
            max_retries=2,
            error_wait_seconds=max(wait, MIN_DELAY_SECONDS),
            swallow_exceptions=False,
        )
        self._lock = threading.Lock()
        self._rests_until = 0.0

    def __call__(self, query: str) -> Place | None:
        self._refuse_while_resting()
        try:
            place: Place | None = self._ask(query)
        except (GeopyError, RecursionError) as error:
            raise self._failed(error) from None
        return place

    def suggest(self, query: str, *, most: int, is_whole: bool) -> list[Suggestion]:
        """Returns the first answers to a question, asked once; raises OutsideServiceError."""
        self._refuse_while_resting()
        try:
            return self._service.suggest(query, most=most, is_whole=is_whole)
        except (GeopyError, RecursionError) as error:
            raise self._failed(error) from None

    def _refuse_while_resting(self) -> None:
        with self._lock:
            if time.monotonic() < self._rests_until:
                raise OutsideServiceError("the address service has just failed", retry=True)

    def _failed(self, error: Exception) -> OutsideServiceError:
        with self._lock:
            self._rests_until = time.monotonic() + REST_SECONDS
        # its text may hold the whole answer, and the address: only its kind is told
        return OutsideServiceError(f"the address service failed: {type(error).__name__}", retry=True)


@functools.lru_cache(maxsize=4)
def _service(url: str, timeout: float, wait: float) -> _Paced:
    """Returns the service at `url`; its pace is that of the whole process."""
    parts = urlsplit(url)
    service = _Service(
        domain=f"{parts.netloc}{parts.path}",
        scheme=parts.scheme,
        timeout=timeout,
        user_agent=settings.PLATFORM_NAME,
        # the adapter's own retries would sleep as long as a busy service says, be it a day
        adapter_factory=functools.partial(RequestsAdapter, max_retries=0),
    )
    return _Paced(service, wait=wait)


def _read(answer: object) -> Place | None:
    """Returns the first place of an answer; raises _Rubbish when it is none of the protocol."""
    features = _features(answer)
    return _place_of(features[0]) if features else None


def _read_all(answer: object) -> list[Suggestion]:
    """Returns the addresses of an answer that say their town and postcode; raises _Rubbish as _read does."""
    return [found for found in map(_suggestion_of, _features(answer)) if found.postcode and found.city]


def _features(answer: object) -> list[Any]:
    features = answer.get("features") if isinstance(answer, Mapping) else None
    if not isinstance(features, list):
        raise _Rubbish("no list of features")
    return features


def _suggestion_of(feature: Any) -> Suggestion:
    place = _place_of(feature)
    texts = [feature["properties"].get(name, "") for name in ("name", "postcode", "city", "citycode")]
    street, postcode, city, insee = (_clean(text) if isinstance(text, str) else "" for text in texts)
    return Suggestion("" if place.kind == TOWN else street, postcode, city, insee, place)


def _place_of(feature: Any) -> Place:
    """Returns the place of a feature; raises _Rubbish when it has none."""
    try:
        longitude, latitude = (_number(value) for value in feature["geometry"]["coordinates"][:2])
        properties = feature["properties"]
        score = _number(properties["score"])
        label, kind = properties.get("label", ""), properties.get("type", "")
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise _Rubbish("a feature without its place or score") from error
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180 and isinstance(label, str) and isinstance(kind, str)):
        raise _Rubbish("a place outside the world")
    return Place(latitude, longitude, min(max(score, 0.0), 1.0), _clean(label), kind)


def _clean(text: str) -> str:
    return _SPACES.sub(" ", text.replace("\x00", "")).strip()[:MAX_LABEL]


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(value)
    return float(value)
