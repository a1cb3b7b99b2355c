"""Looks into one PDF, as a process of its own: a hostile file may cost it its life but never the site's.

Run as `python -I pdf_probe.py PATH`; prints {"pages": int | null, "encrypted": bool, "damaged": bool}.
"""

import contextlib
import json
import resource
import sys

CPU_SECONDS = 10
MEMORY_BYTES = 1024 * 1024 * 1024


def main(path: str) -> None:
    """Prints what pypdf makes of the file."""
    from pypdf import PasswordType, PdfReader

    found: dict[str, int | None] = {"pages": None, "encrypted": False, "damaged": False}
    try:
        reader = PdfReader(path, strict=False)
        # An empty password opens files that are only protected against changes.
        if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
            found |= {"encrypted": True}
        else:
            pages = len(reader.pages)
            found |= {"pages": pages, "damaged": pages == 0}
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - whatever a malformed file makes pypdf raise, it says one thing
        found |= {"damaged": True}
    print(json.dumps(found))  # noqa: T201


if __name__ == "__main__":
    with contextlib.suppress(ValueError, OSError):  # a lower limit is set already
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    main(sys.argv[1])
