"""Looks into PDFs, each in a process of its own: a hostile file may cost that one its life but never the site's.

Run as `python -I pdf_probe.py`: for each line with a path, JSON, on the standard input there is one on the standard
output, {"pages": int | null, "encrypted": bool, "damaged": bool}, or null when looking took too much. The library is
loaded once; a copy of the process is made for each file, in a fiftieth of the time that a new one takes.
"""

import contextlib
import gc
import json
import os
import resource
import signal
import sys

SECONDS = 20
CPU_SECONDS = 10
MEMORY_BYTES = 1024 * 1024 * 1024


def look(path: str) -> dict[str, int | None]:
    """Returns what pypdf makes of the file."""
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
    return found


def look_apart(path: str) -> bytes:
    """Returns what a copy of this process says of the file, as JSON; null of one that died."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        _look_and_end(path, writing)
    os.close(writing)
    with open(reading, "rb") as answer:  # noqa: PTH123 - a descriptor
        said = answer.read()
    _pid, status = os.waitpid(child, 0)
    return said if status == 0 and said else b"null"


def _look_and_end(path: str, writing: int) -> None:
    """Never returns: says what the file is and ends, or is ended at a limit."""
    status = 1
    try:
        signal.alarm(SECONDS)
        with contextlib.suppress(ValueError, OSError):  # a lower limit is set already
            resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        os.write(writing, json.dumps(look(path)).encode())
        status = 0
    finally:
        os._exit(status)


def main() -> None:
    """Answers until the input ends."""
    import pypdf  # noqa: F401 - before the copies are made

    gc.collect()
    gc.freeze()  # a copy's collector would touch the pages that all of them share
    for line in sys.stdin.buffer:
        sys.stdout.buffer.write(look_apart(json.loads(line)) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
