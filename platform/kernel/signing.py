"""Signed values that mean something in one firm only: the schema is part of every salt."""

from typing import Any

from django.core import signing  # noqa: TID251 - here the salts are made

from kernel.tenancy import current_schema

BadSignature = signing.BadSignature


def _salt(purpose: str) -> str:
    return f"diagdesk.{purpose}.{current_schema()}"


def sign(value: Any, *, purpose: str) -> str:
    """Returns a URL-safe signed text of a JSON value, bound to `purpose` and to the current schema."""
    return signing.dumps(value, salt=_salt(purpose), compress=True)


def unsign(text: str, *, purpose: str, max_age: int) -> Any:
    """Returns the value of `sign`; raises SignatureExpired after `max_age` seconds, BadSignature when forged."""
    return signing.loads(text, salt=_salt(purpose), max_age=max_age)
