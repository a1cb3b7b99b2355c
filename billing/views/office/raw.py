"""A provider's notification as an administrator reads it."""

import json
import re
from urllib.parse import parse_qsl

#: Names of what nobody needs to read, and somebody could use.
_HIDDEN = re.compile(r"secret|password|passwd|token|signature|hash|authorization|api.?key|client_id", re.IGNORECASE)
_MASK = "•••"
MOST = 60_000


def readable(body: str) -> str:
    """Returns a body indented if it is JSON, a field a line if it is a form, without what must stay secret."""
    try:
        return _written(json.loads(body))
    except ValueError:
        pass
    fields = parse_qsl(body, keep_blank_values=True)
    if not fields:
        return body[:MOST]
    return "\n".join(f"{name} = {_MASK if _HIDDEN.search(name) else _inner(value)}" for name, value in fields)[:MOST]


def _inner(value: str) -> str:
    if not value.startswith("{"):
        return value
    try:
        return _written(json.loads(value))
    except ValueError:
        return value


def _written(found: object) -> str:
    return json.dumps(_masked(found), indent=2, ensure_ascii=False)[:MOST]


def _masked(found: object) -> object:
    if isinstance(found, dict):
        return {
            name: _MASK if _HIDDEN.search(str(name)) and isinstance(value, str) else _masked(value)
            for name, value in found.items()
        }
    return [_masked(value) for value in found] if isinstance(found, list) else found
