"""How a stored file leaves: by a short-lived address of the store, by nginx, or by us, always as what it is."""

import re
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.files.base import File
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from kernel.http import content_disposition
from kernel.text import safe_file_name
from storage.backends import MIB, firm_storage
from storage.models import StoredFile

#: What browsers show without running anything; all else is saved, whatever was asked.
INLINE_TYPES = frozenset({"application/pdf", "image/jpeg", "image/png", "image/webp", "image/gif", "text/plain"})
#: A browser's own PDF viewer does not work in a sandbox.
_SANDBOX = "sandbox; default-src 'none'"
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def send_file(request: HttpRequest, stored: StoredFile, *, name: str, inline: bool = False) -> HttpResponseBase:
    """Returns the response that gives the file under `name`; the caller has checked that this person may have it.

    Raises StorageUnavailable, or FileNotFoundError when the object is missing from the disk.
    """
    plain_type = stored.content_type.partition(";")[0]
    inline = inline and plain_type in INLINE_TYPES
    name = safe_file_name(name)
    response: HttpResponseBase
    if request.method != "HEAD":  # an address is signed for GET alone
        url = firm_storage().download_url(stored.key, name=name, content_type=stored.content_type, inline=inline)
        if url is not None:
            response = HttpResponseRedirect(url)
            response.headers["Cache-Control"] = "no-store"
            return response
        response = _from_disk(request, stored)
    else:
        response = HttpResponse()
        response.headers["Content-Length"] = str(stored.size)
    if response.status_code in {200, 206}:
        response.headers["Content-Type"] = stored.content_type
        response.headers["Content-Disposition"] = content_disposition(name, inline=inline)
    response.headers["ETag"] = _etag(stored)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Accept-Ranges"] = "bytes"
    if inline and plain_type != "application/pdf":
        response.headers["Content-Security-Policy"] = _SANDBOX
    return response


def _etag(stored: StoredFile) -> str:
    return f'"{stored.sha256}"'


def _from_disk(request: HttpRequest, stored: StoredFile) -> HttpResponseBase:
    unchanged = get_conditional_response(request, etag=_etag(stored))
    if unchanged is not None:
        return unchanged
    prefix: str = settings.X_ACCEL_PREFIX
    if prefix:
        response = HttpResponse()
        response.headers["X-Accel-Redirect"] = f"{prefix.rstrip('/')}/{quote(stored.key)}"
        return response
    wanted = _wanted_range(request, stored)
    if wanted is None:
        whole = FileResponse(firm_storage().open(stored.key), content_type=stored.content_type)
        whole.headers["Content-Length"] = str(stored.size)
        return whole
    start, stop = wanted
    if start >= stop:
        response = HttpResponse(status=416)
        response.headers["Content-Range"] = f"bytes */{stored.size}"
        return response
    part = FileResponse(
        _Part(firm_storage().open(stored.key), start, stop - start), content_type=stored.content_type, status=206
    )
    part.headers["Content-Length"] = str(stop - start)
    part.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{stored.size}"
    return part


def _wanted_range(request: HttpRequest, stored: StoredFile) -> tuple[int, int] | None:
    """Returns the range (start, stop) that a GET asks for, empty when it lies outside; None for the whole file.

    Several ranges, or what is no range, give the whole (RFC 9110 § 14.2 lets us); so does an If-Range of another file.
    """
    match = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if match is None or request.headers.get("If-Range", _etag(stored)) != _etag(stored):
        return None
    first, last = match.groups()
    if not first and not last:
        return None
    if not first:  # the last so many bytes
        return max(0, stored.size - int(last)), stored.size if int(last) else 0
    if last and int(last) < int(first):
        return None
    return int(first), min(int(last) + 1, stored.size) if last else stored.size


class _Part:
    """Some bytes in the middle of a file, as FileResponse reads them; closing it closes the file."""

    def __init__(self, file: "File[Any]", start: int, length: int) -> None:
        self._file, self._left = file, length
        file.seek(start)

    def read(self, size: int = MIB) -> bytes:
        data: bytes = self._file.read(min(size, self._left))
        self._left -= len(data)
        return data

    def close(self) -> None:
        self._file.close()
