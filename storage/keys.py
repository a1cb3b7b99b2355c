"""The keys of objects: `firms/<schema>/…`, so that no firm can name another's, and the operators' `exports/…`."""

import secrets
from datetime import date

from kernel.errors import WrongFirm
from kernel.tenancy import current_schema, in_public, require_firm

_FIRMS = "firms/"
#: What operators keep of firms, beyond a firm's end; reached from the public schema alone.
_EXPORTS = "exports/"


def prefix_of(schema: str) -> str:
    """Returns what all keys of a firm start with."""
    return f"{_FIRMS}{schema}/"


def firm_prefix() -> str:
    """Returns what all keys of the current firm start with; raises WrongFirm in the public schema."""
    return prefix_of(require_firm())


def file_key(code: str, day: date) -> str:
    """Returns the key of a stored file's object in the current firm."""
    return f"{firm_prefix()}files/{day:%Y}/{code}"


def other_file_key(code: str, day: date) -> str:
    """Returns another key for a stored file's object, unlike all it had before and not to be guessed."""
    return f"{file_key(code, day)}-{secrets.token_hex(12)}"


def archives_prefix(schema: str) -> str:
    """Returns what the keys of the archives of a firm start with that it asked for itself: no part of its data."""
    return f"{prefix_of(schema)}archives/"


def archive_key(code: str, day: date) -> str:
    """Returns the key of an archive of the current firm."""
    return f"{archives_prefix(require_firm())}{day:%Y}/{code}.zip"


def pieces_prefix(schema: str, code: str = "") -> str:
    """Returns what the keys of what has arrived of resumable uploads start with, all of them or one: no data yet."""
    return f"{prefix_of(schema)}pieces/{code}/" if code else f"{prefix_of(schema)}pieces/"


def piece_key(code: str, start: int) -> str:
    """Returns a key for a piece of a resumable upload of the current firm, unlike that of any other try."""
    return f"{pieces_prefix(require_firm(), code)}{start}-{secrets.token_hex(8)}"


def export_key(schema: str, code: str, day: date) -> str:
    """Returns the key of an export of a firm, which outlives the firm."""
    return f"{_EXPORTS}{schema}/{day:%Y}/{code}.zip"


def check_key(key: str) -> str:
    """Returns the key of an object of the current firm, or in the public schema of an export.

    Raises WrongFirm for any other.
    """
    allowed = _EXPORTS if in_public() else firm_prefix()
    if not key.startswith(allowed) or not _is_plain(key):
        raise WrongFirm(f"{key!r} is no key of {current_schema()}")
    return key


def check_prefix(prefix: str) -> str:
    """Returns a prefix, with its final slash, inside the current firm or, in the public schema, inside any one firm.

    Raises WrongFirm for any other, the one of all firms included.
    """
    allowed = _FIRMS if in_public() else firm_prefix()
    inside = prefix.startswith(allowed) and len(prefix) > len(_FIRMS)
    if not inside or not prefix.endswith("/") or not _is_plain(prefix[:-1]):
        raise WrongFirm(f"{prefix!r} is no prefix that {current_schema()} may use")
    return prefix


def _is_plain(key: str) -> bool:
    segments = key.split("/")
    return "\\" not in key and key.isprintable() and all(part and part[0] != "." for part in segments)
