"""`diagdesk orders pull`: each order a file, taken once."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from .config import State, write_whole
from .errors import Refused, UsageError
from .site import Site
from .words import say

FORMATS = ("json", "xml", "ics")
_ODD = re.compile(r"[^\w.-]+")


def pull_orders(
    folder: Path,
    *,
    extension: str,
    since: str = "",
    again: bool = False,
    site: Site,
    state: State,
    tell: Callable[[str], None],
) -> int:
    """Returns how many orders were written into the folder; what was taken stays taken, wherever its file went.

    With `again`, orders that changed since they were taken are written anew. Raises UsageError when the folder cannot
    be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(say("no_folder", folder=folder)) from error
    name = "orders:" + hashlib.sha256(f"{folder.resolve()}|{extension}".encode()).hexdigest()[:16]
    taken = state.read(name)
    query = {"ordering": "created_at", "limit": "200"} | ({"since": since} if since else {})
    count = 0
    for row in site.rows(f"orders/?{urlencode(query)}"):
        code, changed = str(row["code"]), str(row.get("updated_at", ""))
        if code in taken and not (again and taken[code] != changed):
            continue
        try:
            answer = site.call("GET", f"orders/{code}/export.{extension}")
        except Refused as error:
            if error.status != 404:
                raise
            continue  # gone since it was listed, or it has no such form: a visit without a time has no calendar
        path = folder / f"{_file_name(str(row.get('reference') or code), code)}.{extension}"
        write_whole(path, answer.content)
        state.remember(name, code, changed)
        tell(say("order_taken", path=path))
        count += 1
    return count


def _file_name(reference: str, code: str) -> str:
    """Returns a name that every system takes; the code in it makes it the order's own."""
    plain = _ODD.sub("-", reference).strip("-.")[:60]
    return f"{plain}-{code}" if plain and plain != code else code
