"""Which firm's schema the current thread works in, and the only ways to change it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django_tenants.utils import schema_context  # noqa: TID251 - the one place

from kernel.errors import WrongFirm

PUBLIC = "public"


def current_schema() -> str:
    """Returns the schema that queries of this thread run in."""
    return str(connection.schema_name)  # type: ignore[attr-defined]


def in_public() -> bool:
    """Returns whether this thread works in the shared schema."""
    return current_schema() == PUBLIC


def require_firm() -> str:
    """Returns the current firm's schema; raises WrongFirm in the public one."""
    schema = current_schema()
    if schema == PUBLIC:
        raise WrongFirm("this needs a firm's schema, and the current one is public")
    return schema


@contextmanager
def firm_context(schema: str) -> Iterator[None]:
    """Works in `schema` within the block, then goes back.

    Evaluate querysets inside the block: a lazy one runs in the schema of the moment it is read.
    """
    # A new object per call: django-tenants' context managers keep their state on the instance,
    # so that a shared one (or its decorator form) mixes firms between threads.
    with schema_context(schema):
        yield


@contextmanager
def public_context() -> Iterator[None]:
    """Works in the shared schema within the block, then goes back."""
    with schema_context(PUBLIC):
        yield


def cache_key(key: str, key_prefix: str, version: int) -> str:
    """Returns the cache key with the schema in front (Django's KEY_FUNCTION), so that firms never share an entry."""
    return f"{current_schema()}:{key_prefix}:{version}:{key}"
