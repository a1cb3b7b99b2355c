"""A scanner that speaks clamd's INSTREAM on loopback and knows one virus, the harmless EICAR test text."""

import socket
import struct
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd:
    """Answers as clamd does: `stream: OK`, `stream: Eicar-Test-Signature FOUND`, or its size limit."""

    def __init__(self, path: Path | None = None, *, limit: int = 100_000_000, mute: bool = False) -> None:
        self._socket = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
        self._socket.bind(str(path) if path else ("127.0.0.1", 0))
        self._socket.listen()
        self.address = str(path) if path else f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.seen: list[int] = []
        self._limit, self._mute = limit, mute
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                assert stream.readline() == b"nINSTREAM\n"
                data = bytearray()
                while size := struct.unpack("!L", stream.read(4))[0]:
                    data += stream.read(size)
                    if len(data) > self._limit:
                        connection.sendall(b"INSTREAM size limit exceeded. ERROR\n")
                        break
                else:
                    self.seen.append(len(data))
                    if not self._mute:
                        found = EICAR in data
                        connection.sendall(b"stream: Eicar-Test-Signature FOUND\n" if found else b"stream: OK\n")
