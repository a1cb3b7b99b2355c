"""Connecting to a name that a firm gave: public addresses alone, and the very one that was looked at."""

import ipaddress
import socket

#: IPv6 in which an IPv4 address travels (RFC 6052): behind such a gateway it is that address that is reached.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class PrivateHostError(OSError):
    """A name leads to an address that is not public."""


def is_public(address: str) -> bool:
    """Returns whether an IP address is one of the internet at large."""
    found = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None) or found
    if found in _NAT64:
        inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return bool(inner.is_global and not inner.is_multicast)


def addresses_of(host: str, port: int, *, allow_private: bool) -> list[str]:
    """Returns the addresses that a name leads to, the public ones alone unless private ones are allowed.

    Raises PrivateHostError when none is left, and socket.gaierror or UnicodeError for what is no name of anything.
    """
    found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if allow_private:
        return found
    public = [address for address in found if is_public(address)]
    if not public:
        raise PrivateHostError(f"{host} leads to no public address")
    return public


def reach(host: str, port: int, timeout: float, *, allow_private: bool) -> socket.socket:
    """Returns a connection; the address is the one that was looked at, so that no second answer can be another.

    Tried are two addresses, each for `timeout` seconds. Raises OSError, and as addresses_of does.
    """
    error: OSError | None = None
    for address in addresses_of(host, port, allow_private=allow_private)[:2]:
        try:
            return socket.create_connection((address, port), timeout)
        except OSError as problem:
            error = problem
    assert error is not None
    raise error
