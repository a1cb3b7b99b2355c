"""JSON as it is sent: by a library that does in a tenth of the time what the standard one does."""

from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework.renderers import JSONRenderer
from rest_framework.utils.encoders import JSONEncoder

_other = JSONEncoder().default
_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


class FastJson(JSONRenderer):
    """Writes what REST framework's own renderer writes, without its indentation on demand."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """Returns the bytes of `data`; none for None."""
        return b"" if data is None else dumps(data)


def dumps(data: Any) -> bytes:
    """Returns data as JSON, moments in UTC with a Z (RFC 3339)."""
    return orjson.dumps(data, default=_other, option=_OPTIONS)
