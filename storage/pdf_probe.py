"""Looks into one PDF, as a process of its own: a hostile file may cost it its life but never the site's.

Run as `python -I pdf_probe.py PATH`; prints {"pages": int | null, "encrypted": bool, "damaged": bool}. Without a path
it reads paths from its input, a line each, and answers each with such a line, or an empty one when looking was too
much: the library is loaded once, and every file is looked into by a child with limits of its own.
"""

import contextlib
import gc
import json
import os
import resource
import signal
import sys

CPU_SECONDS = 10
MEMORY_BYTES = 1024 * 1024 * 1024
#: What one of many files may take by the clock.
SECONDS = 15


def serve() -> None:
    """Answers each path of the input."""
    import pypdf  # noqa: F401 - loaded once, before the children

    gc.collect()
    gc.freeze()  # a child's collector would copy the pages that all of them share
    for line in sys.stdin:
        sys.stdout.write((_in_child(line.rstrip("\n")) or "") + "\n")
        sys.stdout.flush()


def _in_child(path: str) -> str | None:
    """Returns what a child prints of a file; None when it dies or takes too long."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os.dup2(writer, sys.stdout.fileno())
        signal.setitimer(signal.ITIMER_REAL, SECONDS)  # nobody catches it: the child ends
        set_limits()
        with contextlib.suppress(BaseException):
            main(path)
            sys.stdout.flush()
            os._exit(0)
        os._exit(1)
    os.close(writer)
    with os.fdopen(reader) as answer:
        text = answer.read().strip()
    _pid, status = os.waitpid(child, 0)
    return text if status == 0 else None


def set_limits() -> None:
    """Limits what this process may take."""
    with contextlib.suppress(ValueError, OSError):  # a lower limit is set already
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


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
    if len(sys.argv) > 1:
        set_limits()
        main(sys.argv[1])
    else:
        serve()
