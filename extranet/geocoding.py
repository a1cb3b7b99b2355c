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


class _Rubbish(GeocoderServiceError):  # type: ignore[misc]
    """An answer that is none of the protocol."""


class _Service(BANFrance):  # type: ignore[misc]
    """The service at an address, which also asks for whole addresses rather than beginnings."""

    def look_up(self, query: str) -> Place | None:
        """Returns the first answer to a question; raises GeopyError."""
        asked = urlencode({"q": query, "limit": 1, "autocomplete": 0, "index": "address"})
        place: Place | None = self._call_geocoder(f"{self.geocode_api}?{asked}", _read)
        return place

    def _geocoder_exception_handler(self, error: Exception) -> object:
        return NONE_RESULT if isinstance(error, AdapterHTTPError) and error.status_code in _REFUSED else None


class _Paced:
    """A service that is asked at a polite rate and left alone for a while after it failed; for all threads."""

    def __init__(self, service: _Service, *, wait: float) -> None:
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
        with self._lock:
            if time.monotonic() < self._rests_until:
                raise OutsideServiceError("the address service has just failed", retry=True)
        try:
            place: Place | None = self._ask(query)
        except (GeopyError, RecursionError) as error:
            with self._lock:
                self._rests_until = time.monotonic() + REST_SECONDS
            # its text may hold the whole answer, and the address: only its kind is told
            raise OutsideServiceError(f"the address service failed: {type(error).__name__}", retry=True) from None
        return place


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
    features = answer.get("features") if isinstance(answer, Mapping) else None
    if not isinstance(features, list):
        raise _Rubbish("no list of features")
    if not features:
        return None
    try:
        longitude, latitude = (_number(value) for value in features[0]["geometry"]["coordinates"][:2])
        properties = features[0]["properties"]
        score = _number(properties["score"])
        label, kind = properties.get("label", ""), properties.get("type", "")
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise _Rubbish("a feature without its place or score") from error
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180 and isinstance(label, str) and isinstance(kind, str)):
        raise _Rubbish("a place outside the world")
    clean = _SPACES.sub(" ", label.replace("\x00", "")).strip()[:MAX_LABEL]
    return Place(latitude, longitude, min(max(score, 0.0), 1.0), clean, kind)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(value)
    return float(value)
