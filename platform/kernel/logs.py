"""What must not get into the logs."""

import re
from collections.abc import MutableMapping
from typing import Any

#: Longer than any public code: a signed or random token that opens something by itself.
_TOKEN = re.compile(r"(?<=/)([^/?#\s]{4})[^/?#\s]{20,}")


def mask_tokens(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Returns a log line that names only the beginning of each token in an address: a structlog processor."""
    for key in ("request", "event"):  # Django's own lines (Not Found: …) have it in their text
        if isinstance(text := event.get(key), str):
            event[key] = _TOKEN.sub(r"\1…", text)
    return event
