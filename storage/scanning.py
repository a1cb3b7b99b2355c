"""The virus scanner: clamd when CLAMD_ADDRESS is set. A scanner that does not answer lets nothing in."""

import socket
from typing import Any, BinaryIO

import clamd
from django.conf import settings
from django.utils.translation import gettext as _

from kernel.errors import DomainError
from storage.errors import ScannerUnavailable
from storage.models import Scan

CONNECT_SECONDS = 3
#: From the last byte sent to the verdict; a large archive takes clamd a while.
VERDICT_SECONDS = 120


class _Socket(socket.socket):
    """A socket that sends all or fails: the library ignores how much of a piece went out."""

    def send(self, data: Any, flags: int = 0) -> int:
        self.sendall(data, flags)
        return len(data)


class _Scanner(clamd.ClamdNetworkSocket):  # type: ignore[misc]
    """The library's client with time limits, on a TCP or a Unix address (the library's own may wait for ever)."""

    def __init__(self, family: socket.AddressFamily, address: Any) -> None:
        self._family, self._address = family, address

    def _init_socket(self) -> None:
        self.clamd_socket = _Socket(self._family, socket.SOCK_STREAM)
        self.clamd_socket.settimeout(CONNECT_SECONDS)
        self.clamd_socket.connect(self._address)
        self.clamd_socket.settimeout(VERDICT_SECONDS)


def scan(file: BinaryIO, *, name: str) -> Scan:
    """Returns CLEAN, or NOT_SCANNED without a scanner; `file` is read from where it stands.

    Raises DomainError `file_infected`, or ScannerUnavailable when there is no verdict.
    """
    address: str = settings.CLAMD_ADDRESS
    if not address:
        return Scan.NOT_SCANNED
    try:
        verdict = _scanner(address).instream(file)
    except (clamd.ClamdError, OSError, ValueError) as error:
        raise ScannerUnavailable(f"clamd at {address}: {type(error).__name__}: {error}") from error
    status, virus = (verdict or {}).get("stream", ("", ""))
    if status == "OK":
        return Scan.CLEAN
    if status == "FOUND":
        raise DomainError(
            "file_infected",
            _("“%(name)s” is refused: it carries a virus (%(virus)s).") % {"name": name, "virus": virus},
        )
    raise ScannerUnavailable(f"clamd at {address}: {verdict!r}")


def _scanner(address: str) -> _Scanner:
    if address.startswith("/"):
        return _Scanner(socket.AF_UNIX, address)
    host, _colon, port = address.rpartition(":")
    family, _kind, _protocol, _name, target = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)[
        0
    ]
    return _Scanner(family, target)
