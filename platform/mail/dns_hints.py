"""What the DNS says about a sender's domain: whether readers' servers will believe that our mails are its own.

Hints, never conditions: SPF (RFC 7208) is followed as far as a firm's records usually go, macros are left alone.
"""

import ipaddress
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

import dns.exception
import dns.resolver
from django.conf import settings
from django.utils.encoding import punycode

#: Seconds for one question and for all of them.
_STEP, _TOTAL = 2.0, 6.0
#: RFC 7208, 4.6.4.
_MOST_LOOKUPS = 10


class HintState(Enum):
    """What was found."""

    OK = "ok"
    MISSING = "missing"
    #: SPF: there, but the server is not among those that may send.
    ELSEWHERE = "elsewhere"
    #: Several records where one may be, or none that can be read.
    BROKEN = "broken"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Hint:
    """One of the three records of a domain: its name, what was found, and the record itself."""

    name: str
    state: HintState
    record: str = ""


def hints_of(domain: str, *, host: str, include: str = "") -> list[Hint]:
    """Returns what is to be said of SPF, DKIM and DMARC; a DNS that does not answer makes them unknown.

    `host` is the server that mails leave by; `include` the name under which its host publishes its own servers.
    """
    try:
        asking = _Asking(domain)
    except dns.exception.DNSException:
        return [Hint(name, HintState.UNKNOWN) for name in ("SPF", "DKIM", "DMARC")]
    return [_spf(asking, host, include), _dkim(asking), _dmarc(asking)]


class _Asking:
    """Questions about one domain, all of them within _TOTAL."""

    def __init__(self, domain: str) -> None:
        self.domain = punycode(domain.lower())
        self._until = time.monotonic() + _TOTAL
        server, _colon, port = settings.DNS_SERVER.rpartition(":")
        self._resolver = dns.resolver.Resolver(configure=not server)
        if server:
            self._resolver.nameservers, self._resolver.port = [server], int(port)
        self._resolver.timeout = _STEP

    def ask(self, name: str, kind: str) -> list[str]:
        """Returns the records, none where there are none; raises DNSException when nobody answers."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise dns.exception.Timeout
        try:
            answer = self._resolver.resolve(name, kind, lifetime=min(left, _STEP * 1.5), search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        if kind == "TXT":
            return [b"".join(one.strings).decode(errors="replace") for one in answer]
        if kind == "MX":
            return [str(one.exchange).rstrip(".") for one in answer]
        return [str(one) for one in answer]

    def exists(self, name: str) -> bool:
        """Returns whether there is anything at a name or below it (RFC 8020)."""
        try:
            self._resolver.resolve(name, "TXT", lifetime=_STEP * 1.5, search=False)
        except dns.resolver.NXDOMAIN:
            return False
        except dns.resolver.NoAnswer:
            pass
        return True


def _spf(asking: _Asking, host: str, include: str) -> Hint:
    try:
        records = [one for one in asking.ask(asking.domain, "TXT") if one.lower().split(" ")[0] == "v=spf1"]
        if len(records) != 1:
            return Hint("SPF", HintState.BROKEN if records else HintState.MISSING, " | ".join(records)[:500])
        record = records[0]
        if include and f"include:{include}" in record.lower().split():
            return Hint("SPF", HintState.OK, record)
        allowed = _Spf(asking, _addresses_of(host)).allows(asking.domain, record)
    except dns.exception.DNSException:
        return Hint("SPF", HintState.UNKNOWN)
    except (ValueError, RecursionError):
        return Hint("SPF", HintState.BROKEN)
    return Hint("SPF", HintState.OK if allowed else HintState.ELSEWHERE, record[:500])


def _dkim(asking: _Asking) -> Hint:
    """Returns whether any key is published: nobody but the host knows their names, yet what is above them exists."""
    try:
        there = asking.exists(f"_domainkey.{asking.domain}")
    except dns.exception.DNSException:
        return Hint("DKIM", HintState.UNKNOWN)
    return Hint("DKIM", HintState.OK if there else HintState.MISSING)


def _dmarc(asking: _Asking) -> Hint:
    """Returns the domain's rule, or that of the domain above it (RFC 7489, 6.6.3)."""
    above = asking.domain.split(".")[-2:]
    try:
        for domain in dict.fromkeys([asking.domain, ".".join(above)]):
            found = [one for one in asking.ask(f"_dmarc.{domain}", "TXT") if one.lower().startswith("v=dmarc1")]
            if found:
                return Hint("DMARC", HintState.OK if len(found) == 1 else HintState.BROKEN, " | ".join(found)[:500])
    except dns.exception.DNSException:
        return Hint("DMARC", HintState.UNKNOWN)
    return Hint("DMARC", HintState.MISSING)


def _addresses_of(host: str) -> list[str]:
    with suppress(ValueError):
        return [str(ipaddress.ip_address(host))]
    with suppress(OSError, UnicodeError):
        return [str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
    return []


class _Spf:
    """Follows a record for some addresses, up to the norm's ten questions."""

    def __init__(self, asking: _Asking, addresses: list[str]) -> None:
        self._asking = asking
        self._addresses = [ipaddress.ip_address(one) for one in addresses]
        self._lookups = 0

    def allows(self, domain: str, record: str) -> bool:
        """Returns whether one of the addresses may send for the domain; raises ValueError for a record that is none."""
        redirect = ""
        for term in record.lower().split()[1:]:
            if term.startswith("redirect="):
                redirect = term.removeprefix("redirect=")
                continue
            sign, name = (term[0], term[1:]) if term[0] in "+-~?" else ("+", term)
            if self._matches(domain, name):
                return sign in "+?"
        return bool(redirect) and self._follow(redirect)

    def _matches(self, domain: str, term: str) -> bool:
        name, _colon, value = term.partition(":")
        if term == "all":
            return True
        if name in {"ip4", "ip6"}:
            network = ipaddress.ip_network(value, strict=False)
            return any(one in network for one in self._addresses if one.version == network.version)
        if name == "include":
            return self._follow(value)
        if name.partition("/")[0] in {"a", "mx"}:
            target, _slash, prefix = (value or domain + name[name.find("/") :] * ("/" in name)).partition("/")
            return any(self._is_near(one, prefix) for one in self._hosts(name.partition("/")[0], target))
        return False

    def _follow(self, domain: str) -> bool:
        self._count()
        records = [one for one in self._asking.ask(domain, "TXT") if one.lower().startswith("v=spf1")]
        return len(records) == 1 and self.allows(domain, records[0])

    def _hosts(self, kind: str, target: str) -> Iterator[str]:
        self._count()
        for name in self._asking.ask(target, "MX")[:5] if kind == "mx" else [target]:
            for record in ("A", "AAAA"):
                yield from self._asking.ask(name, record)

    def _is_near(self, address: str, prefix: str) -> bool:
        wide = f"/{prefix}" if prefix.isdigit() and ":" not in address else ""
        network = ipaddress.ip_network(f"{address}{wide}", strict=False)
        return any(one in network for one in self._addresses if one.version == network.version)

    def _count(self) -> None:
        self._lookups += 1
        if self._lookups > _MOST_LOOKUPS:
            raise ValueError("more questions than the norm allows")
