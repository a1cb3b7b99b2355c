"""The secrets that a firm entrusts to us (keys, passwords of servers), sealed at rest and bound to the firm.

They are never shown again, logged or put into an error: `Secrets` says so of itself.
"""

import json
from typing import Any

from kernel.crypto import decrypt, encrypt
from kernel.tenancy import require_firm


class Secrets(dict[str, str]):
    """The secrets of one account and mode by name; printing it tells their names alone."""

    def __repr__(self) -> str:
        return f"Secrets({', '.join(sorted(self))})"

    __str__ = __repr__


def seal(secrets: dict[str, str]) -> str:
    """Returns the secrets sealed for the current firm."""
    return encrypt(json.dumps({"firm": require_firm(), "secrets": dict(secrets)}))


def unseal(sealed: str) -> Secrets:
    """Returns what was sealed, empty for the empty text; raises ValueError for another firm's or an unknown key's."""
    if not sealed:
        return Secrets()
    told: dict[str, Any] = json.loads(decrypt(sealed))
    if told["firm"] != require_firm():
        raise ValueError("these secrets were sealed for another firm")
    return Secrets(told["secrets"])
