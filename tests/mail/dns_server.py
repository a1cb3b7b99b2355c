"""A DNS server on loopback: answers from a table, by UDP (RFC 1035); a name that is not there does not exist."""

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset


@contextmanager
def dns_server(zone: Mapping[str, Sequence[tuple[str, str]]], *, is_silent: bool = False) -> Iterator[str]:
    """Gives host:port; `zone` holds (type, text) by name, an empty list for a name with nothing but others below it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(0.1)
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                with suppress(TimeoutError):
                    data, asker = listening.recvfrom(4_096)
                    if not is_silent:
                        listening.sendto(_answer(data, zone), asker)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        ended.set()
        thread.join()


def _answer(data: bytes, zone: Mapping[str, Sequence[tuple[str, str]]]) -> bytes:
    asked = dns.message.from_wire(data)
    response = dns.message.make_response(asked)
    response.flags |= dns.flags.RA
    (question,) = asked.question
    name = question.name.to_text().rstrip(".").lower()
    if name not in zone:
        response.set_rcode(dns.rcode.NXDOMAIN)
    for kind, text in zone.get(name, ()):
        if kind == dns.rdatatype.to_text(question.rdtype):
            value = f'"{text}"' if kind == "TXT" else text
            response.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, value))
    return response.to_wire()
