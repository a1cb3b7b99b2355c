"""Signed values that mean something in one firm only: the schema is part of every salt."""

import base64
from typing import Any

from django.conf import settings
from django.core import signing  # noqa: TID251 - here the salts are made
from django.utils.crypto import constant_time_compare, salted_hmac

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


def seal(value: str, *, purpose: str) -> str:
    """Returns a mark of 16 small letters and digits (80 bits) that only we can put on `value` in this schema.

    For where case and length count, such as the address of a mail; `sign` is for all else.
    """
    return _seal(value, purpose, settings.SECRET_KEY)


def is_sealed(value: str, mark: str, *, purpose: str) -> bool:
    """Returns whether `seal` made the mark for this value, purpose and schema, with this key or a former one."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(_seal(value, purpose, key), mark) for key in keys)


def _seal(value: str, purpose: str, key: str) -> str:
    digest = salted_hmac(_salt(purpose), value, secret=key, algorithm="sha256").digest()
    return base64.b32encode(digest[:10]).decode().lower()
