"""diagdesk.pyz: the command line client as one file that Python runs by itself."""

import io
import zipfile
from functools import cache
from pathlib import Path

#: What the package is called in the file, where it is a package of its own.
_PACKAGE = "diagdesk_client"
_FOLDER = Path(__file__).with_name("client")
_SHEBANG = b"#!/usr/bin/env python3\n"
#: Plain enough for an old Python to read and say so.
_MAIN = f"""import sys

if sys.version_info < (3, 11):
    sys.exit("diagdesk needs Python 3.11 or newer / diagdesk demande Python 3.11 ou plus")

from {_PACKAGE}.cli import main

sys.exit(main())
"""
#: The first moment that a zip knows: the same source is the same file to the byte.
_MOMENT = (1980, 1, 1, 0, 0, 0)


@cache
def client_file() -> bytes:
    """Returns the file (PEP 441): a zip of the package's source behind a line that names Python."""
    buffer = io.BytesIO(_SHEBANG)
    buffer.seek(0, io.SEEK_END)
    with zipfile.ZipFile(buffer, "a") as archive:
        _add(archive, "__main__.py", _MAIN.encode())
        for path in sorted(_FOLDER.glob("*.py")):
            _add(archive, f"{_PACKAGE}/{path.name}", path.read_bytes())
    return buffer.getvalue()


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, _MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, data)
