"""How uploads come in: to a temporary file, within a limit, and leaving nothing behind when they break off."""

from collections.abc import Mapping
from contextlib import suppress
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import (
    FileUploadHandler,
    StopFutureHandlers,
    StopUpload,
    TemporaryFileUploadHandler,
)
from django.http import HttpRequest
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _

from kernel.errors import DomainError
from kernel.text import safe_file_name
from storage.errors import StorageUnavailable
from storage.sniffing import too_large

#: Bytes of files that somebody who is not logged in may send (no form of theirs has any).
ANONYMOUS_MAX_BYTES = 1_000_000
#: What a form may weigh beside its files.
FORM_BYTES = 1024 * 1024
#: Of a request refused for its length, this much is read, for the fields (the CSRF token) before the first file.
_HEAD_BYTES = 64 * 1024

TOO_LARGE = "file_too_large"
INTERRUPTED = "upload_interrupted"
NO_ROOM = "storage_unavailable"


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Django's handler of temporary files, with a limit on a request's files together.

    A refusal never breaks the request: the view runs, finds the fields that came before the file, no file, and
    `request.upload_error`; it calls `raise_upload_error` before anything else.
    """

    _inside = False

    def handle_raw_input(
        self,
        input_data: Any,
        META: Mapping[str, Any],  # noqa: N803
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> Any:
        """Parses the request through Django's parser; returns its fields and files."""
        if self._inside:
            return None
        self._inside = True
        request = self._request()
        self._left = _limit(request)
        handlers = list(request.upload_handlers)
        if content_length > self._left + FORM_BYTES:
            self._note(TOO_LARGE)
            input_data, handlers = BytesIO(input_data.read(_HEAD_BYTES)), [_RefuseFiles(request)]
        parsed = False
        try:
            parser: Any = request.multipart_parser_class
            counted = _Counted(input_data)
            result = parser(META, counted, handlers, encoding).parse()
            parsed = True
            if counted.count < content_length:  # a cut between two parts looks like an end
                self._note(INTERRUPTED)
        except UnreadablePostError:
            self._note(INTERRUPTED)
            raise
        finally:
            if not parsed:
                for handler in handlers:
                    handler.upload_interrupted()
        return result

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        """Opens the temporary file; the name from outside, however odd or long, has no part in its path."""
        try:
            super().new_file(field_name, "upload", *args, **kwargs)
        except OSError as error:
            raise self._no_room() from error
        self.file_name = self.file.name = safe_file_name(file_name)
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Writes a piece; over the limit or on a full disk the upload ends, and what is left of it is read away."""
        self._left -= len(raw_data)
        if self._left < 0:
            self._note(TOO_LARGE)
            raise StopUpload(connection_reset=False)
        try:
            self.file.write(raw_data)
        except OSError as error:
            raise self._no_room() from error

    def file_complete(self, file_size: int) -> Any:
        """Returns the whole file; writes out what still waits in memory."""
        try:
            return super().file_complete(file_size)
        except OSError as error:
            raise self._no_room() from error

    def upload_interrupted(self) -> None:
        """Removes the file of an upload that was cut."""
        self._note(INTERRUPTED)
        super().upload_interrupted()

    def _no_room(self) -> StopUpload:
        self._note(NO_ROOM)
        if hasattr(self, "file"):
            with suppress(OSError):  # closing writes again what the disk has just refused
                self.file.close()
        return StopUpload(connection_reset=False)

    def _note(self, error: str) -> None:
        request = self._request()
        if not upload_error(request):
            request.upload_error = error  # type: ignore[attr-defined]

    def _request(self) -> HttpRequest:
        if self.request is None:
            raise TypeError("this handler needs a request")
        return self.request


class _Counted:
    """A body that knows how much of it was read."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        """Returns the next bytes."""
        data: bytes = self._source.read(size)
        self.count += len(data)
        return data


class _RefuseFiles(FileUploadHandler):
    """Reads the fields up to the first file and no further."""

    chunk_size = _HEAD_BYTES

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise StopUpload(connection_reset=True)


def upload_error(request: HttpRequest) -> str:
    """Returns why the request's files were not taken: TOO_LARGE, INTERRUPTED, NO_ROOM, or "" when they were."""
    return str(getattr(request, "upload_error", ""))


def raise_upload_error(request: HttpRequest) -> None:
    """Reads the request's files and raises what went wrong: DomainError (too large, cut), StorageUnavailable."""
    request.FILES  # noqa: B018
    error = upload_error(request)
    if error == TOO_LARGE:
        raise too_large()
    if error == INTERRUPTED:
        raise DomainError(INTERRUPTED, _("The upload broke off before its end: send the file again."))
    if error:
        raise StorageUnavailable("the folder of temporary files cannot be written")


def _limit(request: HttpRequest) -> int:
    allowed = getattr(request, "upload_max_bytes", None)
    if isinstance(allowed, int):  # a view behind a door of its own has said so, before anything was read
        return allowed
    user = getattr(request, "user", None)
    maximum: int = settings.UPLOAD_MAX_BYTES
    return maximum if user is not None and user.is_authenticated else min(maximum, ANONYMOUS_MAX_BYTES)
