"""Calls of a firm's site: one connection that stays open, the key, patience."""

import contextlib
import hashlib
import http.client
import json
import random
import ssl
import time
import urllib.request
import uuid
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from . import VERSION
from .config import Account
from .errors import Mistake, NotAllowed, Refused, Unreachable, UsageError
from .words import language, say

API = "/api/v1/"
TIMEOUT = 60  # seconds that nothing moves on the line
#: What passes by itself, and what only says that somebody else is at it.
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_BUSY = frozenset({"write_running", "upload_busy"})
_ATTEMPTS = 8
_LONGEST_WAIT = 30.0
#: For how long one waits for what another call is doing: the site puts a large file together.
_BUSY_SECONDS = 1_200


@dataclass(frozen=True)
class Body:
    """What a call carries: `pieces` begins anew for each try."""

    size: int
    pieces: Callable[[], Iterable[bytes]]
    content_type: str
    #: What it is, for the Idempotency-Key.
    digest: str


@dataclass(frozen=True)
class Answer:
    """What the site said."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def data(self) -> Any:
        """The JSON in it; raises ValueError when there is none."""
        return json.loads(self.content)


class Site:
    """A firm's site, as one key sees it."""

    def __init__(
        self, account: Account, *, sleep: Callable[[float], None] = time.sleep, attempts: int = _ATTEMPTS
    ) -> None:
        parts = urlsplit(account.url)
        host = parts.hostname or ""
        is_here = host == "localhost" or host.endswith(".localhost") or host == "127.0.0.1"
        if not host or parts.scheme not in {"https", "http"} or (parts.scheme == "http" and not is_here):
            raise UsageError(say("bad_url", url=account.url))
        self.url = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        self._secure = parts.scheme == "https"
        # names under .localhost are this machine (RFC 6761), which not every resolver knows
        self._host, self._port = ("127.0.0.1" if is_here else host), parts.port
        self._host_header = parts.netloc.rpartition("@")[2]
        self._account = account
        self._sleep = sleep
        self._attempts = attempts
        self._connection: http.client.HTTPConnection | None = None
        self._is_fresh = True
        self._run = uuid.uuid4().hex

    def another(self) -> "Site":
        """Returns the same site by a connection of its own, for another thread; the run stays the same."""
        other = Site(self._account, sleep=self._sleep, attempts=self._attempts)
        other._run = self._run
        return other

    def get(self, path: str) -> Any:
        """Returns the JSON at an address; raises Refused, NotAllowed or Unreachable."""
        return self.call("GET", path).data

    def find(self, path: str) -> Any | None:
        """Returns the JSON at an address, None where there is nothing."""
        try:
            return self.get(path)
        except Refused as error:
            if error.status in {404, 410}:
                return None
            raise

    def rows(self, path: str) -> Iterator[dict[str, Any]]:
        """Yields all rows of a list, page after page."""
        address: str | None = path
        while address:
            page = self.get(address)
            yield from page["results"]
            address = page["next"]

    def send_json(self, method: str, path: str, data: Mapping[str, Any]) -> Answer:
        """Returns the answer to a write, which is done once however often it must be sent."""
        text = json.dumps(data, ensure_ascii=False).encode()
        return self.call(method, path, json_body(text))

    def call(
        self,
        method: str,
        path: str,
        body: Body | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        attempts: int | None = None,
    ) -> Answer:
        """Returns the answer to a call that went well.

        What may pass is tried again, after what Retry-After says or ever longer waits. Raises Refused, NotAllowed, or
        Unreachable when that did not help. No clock of this machine is compared with one of the site.
        """
        all_headers = self._headers(method, path, body) | dict(headers or {})
        attempts = attempts or self._attempts
        failed, busy_since = 0, time.monotonic()
        while True:
            wait: float | None = None
            try:
                answer = self._once(method, path, body, all_headers)
            except ssl.SSLCertVerificationError as error:
                raise Unreachable(say("bad_certificate", host=self._host_header, why=error.verify_message)) from error
            except (OSError, http.client.HTTPException) as error:
                was_fresh = self._is_fresh
                self.close()
                if not was_fresh:
                    continue  # a kept connection that the site has closed meanwhile
                failed += 1
                if failed >= attempts:
                    why = str(error) or type(error).__name__
                    raise Unreachable(say("unreachable", host=self._host_header, why=why)) from error
            else:
                if answer.status < 300:
                    return answer
                refusal = _refusal(answer)
                if refusal.code in _BUSY and attempts > 1 and time.monotonic() - busy_since < _BUSY_SECONDS:
                    failed = min(failed + 1, 4)
                elif answer.status in _PASSING:
                    failed += 1
                    if failed >= attempts:
                        raise Unreachable(str(refusal)) from refusal
                elif answer.status in {401, 403}:
                    raise NotAllowed(str(refusal)) from refusal
                else:
                    raise refusal
                wait = _retry_after(answer)
            self._sleep(_back_off(failed) if wait is None else wait)

    def close(self) -> None:
        """Closes the connection; the next call opens one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _headers(self, method: str, path: str, body: Body | None) -> dict[str, str]:
        headers = {
            "Host": self._host_header,
            "Authorization": f"Bearer {self._account.key}",
            "Accept": "*/*",
            "Accept-Language": language(),
            "User-Agent": f"diagdesk/{VERSION}",
        }
        if body is not None:
            headers |= {"Content-Type": body.content_type, "Content-Length": str(body.size)}
        if method in {"POST", "PUT"} and body is not None:
            # of this run: what was answered to the same content yesterday may not be there any more
            parts = f"{self._run}\n{method}\n{path}\n{body.digest}"
            headers["Idempotency-Key"] = hashlib.sha256(parts.encode()).hexdigest()
        return headers

    def _once(self, method: str, path: str, body: Body | None, headers: Mapping[str, str]) -> Answer:
        address = self._address(path)
        self._is_fresh = self._connection is None
        connection, prefix, extra = self._open()
        try:
            connection.request(
                method, prefix + address, body=None if body is None else body.pieces(), headers={**headers, **extra}
            )
        except (BrokenPipeError, ConnectionResetError):
            # the site may have answered before it had read everything: that says why
            with contextlib.suppress(OSError, http.client.HTTPException):
                return _read(connection.getresponse())
            raise
        response = connection.getresponse()
        answer = _read(response)
        if response.will_close:
            self.close()
        return answer

    def _address(self, path: str) -> str:
        """Returns the path and query of a call; `path` may be one of the site's own addresses of a next page."""
        parts = urlsplit(urljoin(API, path) if "://" not in path else path)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    def _open(self) -> tuple[http.client.HTTPConnection, str, dict[str, str]]:
        """Returns the connection, what goes before the path, and headers for the proxy of the environment."""
        proxy = None if _bypasses(self._host) else urllib.request.getproxies().get("https" if self._secure else "http")
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}") if proxy else None
        credentials = _proxy_credentials(parts.username, parts.password) if parts else {}
        plain = parts is not None and not self._secure
        if self._connection is None:
            host, port = (parts.hostname or "", parts.port or 8080) if parts else (self._host, self._port)
            if self._secure:
                context = ssl.create_default_context()
                secure = http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=context)
                if parts:
                    secure.set_tunnel(self._host, self._port or 443, headers=credentials)
                self._connection = secure
            else:
                self._connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
        return self._connection, (self.url if plain else ""), (credentials if plain else {})


def json_body(text: bytes) -> Body:
    """Returns a body of JSON."""
    return Body(len(text), lambda: [text], "application/json", hashlib.sha256(text).hexdigest())


def _read(response: http.client.HTTPResponse) -> Answer:
    content = response.read()
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, content)


def _refusal(answer: Answer) -> Refused:
    """Returns what problem details (RFC 9457) say, or that there were none."""
    try:
        data = answer.data
        mistakes = [
            Mistake(str(one["pointer"]), str(one["code"]), str(one["detail"])) for one in data.get("errors", [])
        ]
        return Refused(answer.status, str(data["code"]), str(data["detail"]), mistakes)
    except (ValueError, KeyError, TypeError, AttributeError):
        return Refused(answer.status, f"http_{answer.status}", say("odd_answer", status=answer.status))


def _retry_after(answer: Answer) -> float | None:
    """Returns the seconds that the site asks to wait; a date counts from the site's own."""
    text = answer.headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.isdigit():
        return min(float(text), 3_600.0)
    try:
        wait = parsedate_to_datetime(text) - parsedate_to_datetime(answer.headers.get("date", ""))
    except (ValueError, TypeError):
        return None
    return min(max(wait.total_seconds(), 0.0), 3_600.0)


def _back_off(failed: int) -> float:
    longest: float = min(_LONGEST_WAIT, 0.5 * 2.0 ** max(failed - 1, 0))
    return longest * (0.5 + random.random() / 2)  # noqa: S311 - so that many do not come back at the same moment


def _bypasses(host: str) -> bool:
    return bool(urllib.request.proxy_bypass(host))


def _proxy_credentials(user: str | None, password: str | None) -> dict[str, str]:
    if not user:
        return {}
    text = f"{unquote(user)}:{unquote(password or '')}"
    return {"Proxy-Authorization": f"Basic {b64encode(text.encode()).decode()}"}
