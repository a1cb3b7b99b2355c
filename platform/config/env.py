"""Typed readers of the environment that fail loudly; every NAME may be given as a file in NAME_FILE."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict


def text(name: str, default: str | None = None) -> str:
    """Returns the value of NAME; raises ImproperlyConfigured when it is missing and has no default."""
    file = os.environ.get(f"{name}_FILE")
    if file:
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE={file} cannot be read: {error}") from error
    value = os.environ.get(name)
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"The environment variable {name} (or {name}_FILE) is missing.")
    return default


def integer(name: str, default: int) -> int:
    """Returns NAME as a whole number; raises ImproperlyConfigured when it is none."""
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number.") from error


def boolean(name: str, default: bool) -> bool:
    """Returns NAME as true or false (1/0, true/false, yes/no); raises ImproperlyConfigured otherwise."""
    value = text(name, "1" if default else "0").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is neither true nor false.")


def choice(name: str, default: str, allowed: set[str]) -> str:
    """Returns NAME, one of `allowed`; raises ImproperlyConfigured otherwise."""
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name}={value!r} is none of {', '.join(sorted(allowed))}.")
    return value


def database(name: str, default: str) -> dict[str, Any]:
    """Returns Django's database entries of a libpq address such as postgresql://user@host/name?host=/socket."""
    try:
        parts = conninfo_to_dict(text(name, default))
    except ProgrammingError:
        # it carries the address with its password: not chained into the logs
        raise ImproperlyConfigured(f"{name} is not a PostgreSQL address.") from None
    return {
        "NAME": str(parts.pop("dbname", "")),
        "USER": str(parts.pop("user", "")),
        "PASSWORD": str(parts.pop("password", "")),
        "HOST": str(parts.pop("host", "")),
        "PORT": str(parts.pop("port", "") or ""),
        "OPTIONS": dict(parts),
    }


def origin(name: str, default: str) -> tuple[str, str, str]:
    """Returns (scheme, host name, ":port" or "") of an address; raises ImproperlyConfigured when it is none."""
    value = text(name, default)
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name}={value!r} is not an address such as https://diagdesk.example.")
    return parts.scheme, parts.hostname, f":{parts.port}" if parts.port else ""


def address(name: str, default: str) -> str:
    """Returns NAME as an http(s) address without a slash at its end; raises ImproperlyConfigured when it is none."""
    value = text(name, default)
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ImproperlyConfigured(f"{name}={value!r} is not an address such as https://data.example/path.")
    return value.rstrip("/")
