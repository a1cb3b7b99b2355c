"""Files on their way to the site: small ones many by one request, large ones in pieces that a cut does not lose."""

import hashlib
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from .config import State
from .errors import ClientError, Refused, Unreachable
from .folder import LocalFile
from .progress import Progress
from .site import Body, Site
from .words import say

#: From this size on a file goes in pieces, each of that size.
PIECE = 8 * 1024 * 1024
#: The most that one request of small files carries, and how many of them are on their way at once.
_MOST_FILES = 50
_MOST_BYTES = 8 * 1024 * 1024
_LINES = 4
_CHUNK = 256 * 1024
#: How often a large file may stand still, or be begun anew, before it is given up.
_STANDSTILLS = 8
_BEGINNINGS = 3
#: What only says that the site is elsewhere: one looks where. While it puts the file together one looks now and then.
_ELSEWHERE = frozenset({"upload_busy", "upload_closed", "upload_expired", "wrong_offset"})
_LOOKS, _LOOK_SECONDS = 240, 5.0
_TUS = {"Tus-Resumable": "1.0.0"}


class FileChanged(ClientError):
    """A file was written while it was sent."""


class Uploads:
    """What of this person's files waits at the site, by the SHA-256 of the bytes; sends what does not."""

    def __init__(
        self, site: Site, state: State, progress: Progress, *, sleep: Callable[[float], None], piece: int = PIECE
    ) -> None:
        self._site = site
        self._state = state
        self._progress = progress
        self._sleep = sleep
        self._piece = piece
        self._waiting: dict[str, str] | None = None
        self._tries = 0

    def send(self, files: Iterable[LocalFile]) -> dict[str, str]:
        """Returns the upload's code of each file by its sum, having sent those that do not wait at the site already.

        Raises Refused for a file that the site does not take, FileChanged, NotAllowed or Unreachable.
        """
        wanted = {file.sha256: file for file in files}
        if not wanted:
            return {}
        waiting = self._known()
        missing = [file for sha256, file in wanted.items() if sha256 not in waiting]
        self._progress.expect(sum(file.size for file in missing))
        self._send_small([file for file in missing if self.is_small(file)])
        for file in missing:
            if not self.is_small(file):
                waiting[file.sha256] = self._send_large(file)
        return {sha256: waiting[sha256] for sha256 in wanted}

    def is_small(self, file: LocalFile) -> bool:
        """Returns whether a file goes whole, together with others."""
        return file.size < self._piece

    def forget(self, used: Iterable[str] = ()) -> None:
        """Forgets the uploads of these sums, which something uses now; all of them when none is named."""
        sums = list(used)
        if not sums:
            self._waiting = None
            self._tries += 1
        for sha256 in sums:
            (self._waiting or {}).pop(sha256, None)

    def _known(self) -> dict[str, str]:
        if self._waiting is None:
            rows = self._site.get("uploads/")["results"]
            self._waiting = {row["sha256"]: row["code"] for row in rows}
        return self._waiting

    def _send_small(self, files: Sequence[LocalFile]) -> None:
        """Sends files, some requests at a time: while the site looks at some of them others are on the line."""
        batches = list(_batches(files))
        pool = ThreadPoolExecutor(max_workers=_LINES)
        try:
            for arrived in pool.map(self._send_batch, batches):
                self._known().update(arrived)
        except BaseException:
            self._waiting = None  # others may have arrived all the same: the site is asked
            raise
        finally:
            pool.shutdown(cancel_futures=True)

    def _send_batch(self, batch: Sequence[LocalFile]) -> dict[str, str]:
        site = self._site.another()
        try:
            answer = site.call("POST", "uploads/", self._multipart(batch))
        finally:
            site.close()
        arrived = {str(row["sha256"]): str(row["code"]) for row in answer.data["results"]}
        for file in batch:
            if file.sha256 not in arrived:
                raise FileChanged(say("file_changed", path=file.path))
        return arrived

    def _multipart(self, batch: Sequence[LocalFile]) -> Body:
        """Returns a body of multipart/form-data (RFC 7578), read from the files while it leaves."""
        digest = hashlib.sha256("\n".join([str(self._tries), *(file.sha256 for file in batch)]).encode()).hexdigest()
        boundary = f"diagdesk-{digest[:32]}"
        heads = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{_quoted(file.name)}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n".encode()
            for file in batch
        ]
        end = f"--{boundary}--\r\n".encode()

        def pieces() -> Iterator[bytes]:
            for head, file in zip(heads, batch, strict=True):
                yield head
                yield from self._read(file, 0, file.size)
                yield b"\r\n"
            yield end

        size = sum(len(head) + file.size + 2 for head, file in zip(heads, batch, strict=True)) + len(end)
        return Body(size, self._counted(pieces), f"multipart/form-data; boundary={boundary}", digest)

    def _send_large(self, file: LocalFile) -> str:
        """Returns the code of a file that went in pieces, begun now or by a run that was cut."""
        counted, last, still, begun = 0, -1, 0, 0
        while True:
            code = self._begun(file)
            state = self._site.find(f"uploads/resumable/{code}/")
            if state is None or state["error"] or state["size"] != file.size:
                self._state.remember("resumable", file.sha256, None)
                if state is not None and state["error"]:
                    raise Refused(422, state["error"]["code"], state["error"]["detail"])
                begun += 1
                if begun > _BEGINNINGS:
                    raise Unreachable(say("odd_answer", status=404))
                continue
            if state["upload"]:
                self._progress.add(file.size - counted)
                self._state.remember("resumable", file.sha256, None)
                return str(state["upload"])
            offset = int(state["offset"])
            still = still + 1 if offset == last else 0
            last = offset
            self._progress.add(offset - counted)
            counted = offset
            try:
                for arrived in self._pieces(file, code, offset):
                    self._progress.add(arrived - counted)
                    counted = arrived
            except Unreachable:
                if still >= _STANDSTILLS:
                    raise
                self._sleep(min(0.5 * 2**still, 30.0))
            except Refused as error:
                if error.code not in _ELSEWHERE or still >= _LOOKS:
                    self._state.remember("resumable", file.sha256, None)
                    raise
                if error.code == "upload_busy":
                    self._sleep(_LOOK_SECONDS)
                elif error.code == "upload_expired":
                    self._state.remember("resumable", file.sha256, None)

    def _pieces(self, file: LocalFile, code: str, offset: int) -> Iterator[int]:
        """Sends piece after piece, the empty one that has the whole put together too; yields how much has arrived."""
        while True:
            start, size = offset, min(self._piece, file.size - offset)
            body = Body(
                size,
                partial(self._read, file, start, size),
                "application/offset+octet-stream",
                f"{file.sha256}:{start}",
            )
            headers = {**_TUS, "Upload-Offset": str(start)}
            answer = self._site.call("PATCH", f"uploads/resumable/{code}/", body, headers=headers, attempts=1)
            offset = int(answer.headers["upload-offset"])
            yield offset
            if offset == file.size:
                return

    def _begun(self, file: LocalFile) -> str:
        known = self._state.read("resumable").get(file.sha256)
        if known:
            return str(known)
        name, sha256 = (b64encode(text.encode()).decode() for text in (file.name, file.sha256))
        headers = {**_TUS, "Upload-Length": str(file.size), "Upload-Metadata": f"filename {name},sha256 {sha256}"}
        code = str(self._site.call("POST", "uploads/resumable/", headers=headers).data["code"])
        self._state.remember("resumable", file.sha256, code)
        return code

    def _read(self, file: LocalFile, start: int, size: int) -> Iterator[bytes]:
        """Yields exactly so many bytes of a file; raises FileChanged when it has become shorter."""
        with file.path.open("rb") as source:
            source.seek(start)
            left = size
            while left:
                data = source.read(min(_CHUNK, left))
                if not data:
                    raise FileChanged(say("file_changed", path=file.path))
                left -= len(data)
                yield data

    def _counted(self, pieces: Callable[[], Iterator[bytes]]) -> Callable[[], Iterator[bytes]]:
        """Returns the pieces, counted as they leave; a try that failed is taken back when the next one begins."""
        gone = 0

        def counted() -> Iterator[bytes]:
            nonlocal gone
            self._progress.add(-gone)
            gone = 0
            for data in pieces():
                yield data
                gone += len(data)
                self._progress.add(len(data))

        return counted


def is_gone(error: Refused) -> bool:
    """Returns whether an upload that was there is not any more: something used or removed it meanwhile."""
    return "upload_gone" in error.codes


def _batches(files: Sequence[LocalFile]) -> Iterator[list[LocalFile]]:
    batch: list[LocalFile] = []
    size = 0
    for file in files:
        if batch and (len(batch) == _MOST_FILES or size + file.size > _MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += file.size
    if batch:
        yield batch


def _quoted(name: str) -> str:
    """Returns a name as the header of a part holds it (RFC 7578 § 4.2 and the HTML standard)."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
