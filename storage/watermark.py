"""A copy of a PDF with a mention on each page, made by a process with little time and memory."""

import contextlib
import hashlib
import json
import signal
import subprocess
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import structlog

from storage import pdf_stamper
from storage.backends import MIB
from storage.errors import StorageUnavailable, storage_failures

logger = structlog.get_logger(__name__)

#: Grows when stamped files look or are built otherwise: all are then made anew.
_VERSION = 2
CPU_SECONDS = 60
#: The stamper is ended after this, whatever it does.
STAMP_SECONDS = 120
#: Besides several times the file itself; most of it is address space that is never touched.
_MEMORY_BYTES = 768 * MIB
_MEMORY_TIMES = 6
#: Advance widths of Helvetica-Bold for U+0020 to U+007E, in thousandths of the size (Adobe Font Metrics).
_ASCII = (
    *(278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278),
    *(556,) * 10,
    *(333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778),
    *(667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556),
    *(333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389),
    *(280, 389, 584),
)
_WIDE = {"—": 1000, "…": 1000, "œ": 944, "Œ": 1000, "Æ": 1000, "æ": 889, "™": 1000, "‰": 1000}
_NARROW = {"’": 278, "‘": 278, "‚": 278, "·": 278, "•": 350, "°": 400, "‹": 333, "›": 333, "¦": 280}
#: Letters that are not a letter and a sign together.
_LATIN = str.maketrans({"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ħ": "h", "Ħ": "H", "ı": "i", "ŋ": "n", "ŧ": "t"})


class StampFailed(Exception):
    """No stamped copy can be made; `reason` is `password`, `damaged` or `too_long`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Stamp:
    """A mention: its text, its colour as #rrggbb and where on the page it stands (diagonal, centre, top, bottom)."""

    text: str
    colour: str
    position: str

    @property
    def style(self) -> str:
        """The digest by which copies of this look are known."""
        told = json.dumps([_VERSION, self.text, self.colour.lower(), self.position])
        return hashlib.sha256(told.encode()).hexdigest()[:32]

    @property
    def letters(self) -> bytes:
        """The text in cp1252: another letter comes without its sign, a mark that has no like as "?"."""
        result = b""
        for char in " ".join(unicodedata.normalize("NFC", self.text).translate(_LATIN).split()):
            plain = "".join(one for one in unicodedata.normalize("NFKD", char) if not unicodedata.combining(one))
            for candidate in (char, plain, "?"):
                with contextlib.suppress(UnicodeEncodeError):
                    result += candidate.encode("cp1252")
                    break
        return result

    @property
    def width(self) -> float:
        """How wide the text is in Helvetica-Bold of size 1."""
        return sum(map(_advance, self.shown)) / 1000

    @property
    def shown(self) -> str:
        """The text as it stands on the page."""
        return self.letters.decode("cp1252")

    @property
    def opacity(self) -> float:
        """How opaque it is, from 0 to 1."""
        return pdf_stamper.opacity_at(self.position)

    @property
    def rgb(self) -> list[float]:
        """The colour's parts, from 0 to 1."""
        return [value / 255 for value in bytes.fromhex(self.colour.removeprefix("#"))]


def placed(stamp: Stamp, wide: float, high: float) -> tuple[tuple[float, ...], float, float, float]:
    """Returns where the mention stands on a page, for a picture: matrix, length, size of the font, baseline.

    The matrix takes the text's own space, in which y grows upwards, to the page's.
    """
    length = max(stamp.width * pdf_stamper.SIZE, 1.0)
    matrix = pdf_stamper.matrix_of((0.0, 0.0, wide, high), 0, stamp.position, length)
    return matrix, length, pdf_stamper.SIZE, pdf_stamper.BASELINE


def stamp_file(source: Path, target: Path, stamp: Stamp) -> int:
    """Writes the stamped copy of a PDF to `target` and returns its number of pages.

    Raises StampFailed, then `target` must not be used, or StorageUnavailable when the disk is full.
    """
    plan = target.with_name(f"{target.name}.json")
    try:
        with storage_failures():
            plan.write_text(json.dumps(plan_of(source, target, stamp)), encoding="utf-8")
        answer = _answer(plan)
    finally:
        plan.unlink(missing_ok=True)
    pages = answer.get("pages")
    if isinstance(pages, int):
        return pages
    target.unlink(missing_ok=True)
    logger.warning("stamp_failed", **{key: str(value) for key, value in answer.items()})
    if answer["failed"] == "disk":
        raise StorageUnavailable("the stamper could not write its file")
    raise StampFailed(str(answer["failed"]))


def plan_of(source: Path, target: Path, stamp: Stamp) -> dict[str, object]:
    """Returns what the stamper is told."""
    return {
        "source": str(source),
        "target": str(target),
        "text": stamp.letters.hex(),
        "width": stamp.width,
        "colour": stamp.rgb,
        "position": stamp.position,
        "cpu_seconds": CPU_SECONDS,
        "memory_bytes": _MEMORY_BYTES + _MEMORY_TIMES * source.stat().st_size,
    }


def _answer(plan: Path) -> dict[str, object]:
    with storage_failures():
        process = subprocess.Popen(  # noqa: S603 - our own program, no shell
            [sys.executable, "-I", pdf_stamper.__file__, str(plan)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    with process:
        try:
            said, _nothing = process.communicate(timeout=STAMP_SECONDS)
        except subprocess.TimeoutExpired:
            return {"failed": "too_long"}
        finally:
            process.kill()
    code = process.returncode
    if code in {-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP}:
        raise StorageUnavailable("the stamper was told to end")
    try:
        found = json.loads(said)
    except ValueError:
        found = None
    if isinstance(found, dict) and code == 0:
        return found
    # out of time or memory it is killed; otherwise the file was too much for the library
    return {"failed": "too_long" if code in {-signal.SIGXCPU, -signal.SIGKILL, 1} else "damaged", "code": code}


def _advance(char: str) -> int:
    known = _WIDE.get(char) or _NARROW.get(char)
    base = unicodedata.normalize("NFKD", char)[0]
    return known or (_ASCII[ord(base) - 32] if " " <= base <= "~" else 556)
