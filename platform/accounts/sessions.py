"""Sessions in the firm's own schema, sealed with its name."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore

from kernel.tenancy import current_schema


class SessionStore(DatabaseSessionStore):
    """Django's database sessions whose seal holds the schema: a row copied from another firm cannot be read."""

    @property
    def key_salt(self) -> str:
        """The salt of the session's signature."""
        return f"accounts.sessions.{current_schema()}"
