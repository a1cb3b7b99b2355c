"""The database engine: django-tenants' with a quick table list."""

from typing import Any

from django_tenants.postgresql_backend.base import DatabaseWrapper as TenantDatabaseWrapper

from kernel.db.introspection import Introspection


class DatabaseWrapper(TenantDatabaseWrapper):  # type: ignore[misc]
    """A PostgreSQL connection that works in one firm's schema at a time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.introspection = Introspection(self)
