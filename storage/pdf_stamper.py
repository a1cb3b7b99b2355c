"""Writes a mention on each page of a PDF, as a process of its own: a hostile file may cost it its life alone.

Run as `python -I pdf_stamper.py PLAN`. PLAN is the JSON of storage.watermark: source, target, text (already in cp1252,
as hex), width (of the text at size 1), colour (three numbers), position, cpu_seconds, memory_bytes. It prints
{"pages": n}, or {"failed": "password" | "damaged" | "too_long" | "disk"}.

The file is written anew, never updated: an update could be cut off again. The pages' own streams stay as they are; one
form XObject for the file and one small stream for each geometry are shared by all pages.
"""

import contextlib
import json
import math
import re
import resource
import sys
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

type Box = tuple[float, float, float, float]

#: US letter, what viewers take where a page tells no size.
_LETTER: Box = (0.0, 0.0, 612.0, 792.0)
#: The form is drawn at this size and scaled: baseline and height of Helvetica-Bold with its descenders and accents.
SIZE, BASELINE, _HEIGHT = 100.0, 25.0, 125.0
#: The middle of its capitals.
_MIDDLE = BASELINE + 36.0
#: Across or in the middle one reads through the mention; at an edge it is beside the text.
_FAINT, _FULL = 0.35, 0.9
#: Literals come first in each alternative, so that the search skips what starts with none of them.
_TOKEN = re.compile(
    rb"q(?<![^\s\[\])>}]q)(?![^\s/\[(<%])|Q(?<![^\s\[\])>}]Q)(?![^\s/\[(<%])|BT(?<![^\s\[\])>}]BT)(?![^\s/\[(<%])"
    rb"|ET(?<![^\s\[\])>}]ET)(?![^\s/\[(<%])|BDC(?<![^\s\[\])>}]BDC)(?![^\s/\[(<%])"
    rb"|BMC(?<![^\s\[\])>}]BMC)(?![^\s/\[(<%])|EMC(?<![^\s\[\])>}]EMC)(?![^\s/\[(<%])"
    rb"|BI(?<![^\s\[\])>}]BI)(?![^\s/])|\(|%"
)
_PAREN = re.compile(rb"\\.|[()]", re.DOTALL)
_LINE_END = re.compile(rb"[\r\n]")
_IMAGE_START = re.compile(rb"\sID\s")
_BRACKET = re.compile(rb"<<|>>|[<>\[\](%]")
_CLOSES = {b"<<": b">>", b"<": b">", b"[": b"]"}
_IMAGE_END = re.compile(rb"\sEI(?=\s|$)")
#: Copies of the page that would stay without the mention: small pictures, other programs' own data, scripts' templates.
_HIDDEN = ("/PieceInfo", "/Thumb", "/AF")
#: How far up the tree of pages one looks.
_DEEPEST = 200


class _Refused(Exception):
    """The file cannot be stamped; its text is the reason."""


def main(plan_path: str) -> None:
    """Stamps the file and prints what came of it."""
    plan: dict[str, Any] = json.loads(Path(plan_path).read_text(encoding="utf-8"))
    with contextlib.suppress(ValueError, OSError):  # a lower limit is set already
        resource.setrlimit(resource.RLIMIT_CPU, (plan["cpu_seconds"], plan["cpu_seconds"] + 1))
        resource.setrlimit(resource.RLIMIT_AS, (plan["memory_bytes"], plan["memory_bytes"]))
    # nothing here needs pictures; pikepdf takes it when it is there
    sys.modules["PIL"] = None  # type: ignore[assignment]
    from pikepdf import PasswordError, PdfError

    try:
        said: dict[str, object] = {"pages": _stamp(plan)}
    except _Refused as refused:
        said = {"failed": str(refused)}
    except PasswordError:
        said = {"failed": "password"}
    except MemoryError:
        said = {"failed": "too_long"}
    except OSError:
        said = {"failed": "disk"}
    except PdfError as error:
        said = {"failed": _reason(str(error)), "error": type(error).__name__}
    except Exception as error:  # noqa: BLE001 - whatever a malformed file makes the library raise, it says one thing
        said = {"failed": "damaged", "error": type(error).__name__}
    print(json.dumps(said))  # noqa: T201


def _stamp(plan: dict[str, Any]) -> int:
    from pikepdf import ObjectStreamMode, Pdf, StreamDecodeLevel

    with Pdf.open(plan["source"]) as pdf:
        _clean_catalogue(pdf.Root)
        _clean_objects(pdf)
        pages = [page.obj for page in pdf.pages]
        if not pages:
            raise _Refused("damaged")
        stamper = _Stamper(pdf, plan, pages)
        for page in pages:
            stamper.stamp(page)
        # to save writes only what something names: what was taken out is not among the bytes
        with Path(plan["target"]).open("wb", buffering=1024 * 1024) as target:
            pdf.save(
                target,
                min_version="1.4",  # the first with transparency
                encryption=False,
                compress_streams=False,
                stream_decode_level=StreamDecodeLevel.none,
                object_stream_mode=ObjectStreamMode.preserve,
                fix_metadata_version=False,
            )
        return len(pages)


def _reason(told: str) -> str:
    """Returns why qpdf gave up: it may need a certificate, or another company's program, to open the file."""
    if "bad_alloc" in told:
        return "too_long"
    return "password" if "encryption" in told else "damaged"


def _clean_catalogue(root: Any) -> None:
    """Takes out what must not be in a copy: signatures' rights, attached files, forms that hide the pages."""
    from pikepdf import Dictionary, Stream

    _drop(root, ("/Perms", "/DSS", "/Collection", "/NeedsRendering", *_HIDDEN))
    names = root.get("/Names")
    if isinstance(names, Dictionary):
        _drop(names, ("/EmbeddedFiles", "/Templates", "/Pages"))
    form = root.get("/AcroForm")
    if isinstance(form, Dictionary):
        _drop(form, ("/XFA",))
        _clear_signatures(form)
    metadata = root.get("/Metadata")
    # the mention's font is not in the file, so that it must not call itself PDF/A any longer
    if metadata is not None and (not isinstance(metadata, Stream) or b"pdfaid" in metadata.read_bytes()):
        _drop(root, ("/Metadata",))


def _drop(held: Any, keys: Iterable[str]) -> None:
    for key in keys:
        if key in held:
            del held[key]


def _clear_signatures(form: Any) -> None:
    """Empties signature fields: the copy's bytes are others, and a viewer would raise an alarm."""
    from pikepdf import Dictionary

    if "/SigFlags" in form:
        form["/SigFlags"] = 0
    seen: set[tuple[int, int]] = set()
    fields: list[tuple[Any, Any]] = [(one, None) for one in _items(form.get("/Fields"))]
    while fields:
        field, kind = fields.pop()
        if not isinstance(field, Dictionary) or field.objgen in seen:
            continue
        if field.is_indirect:
            seen.add(field.objgen)
        kind = field.get("/FT", kind)
        if kind == "/Sig":
            _drop(field, ("/V",))
        fields.extend((one, kind) for one in _items(field.get("/Kids")))


def _clean_objects(pdf: Any) -> None:
    """Takes copies of the pages and attached files out of all objects."""
    from pikepdf import Dictionary, Stream

    for held in pdf.objects:
        if not isinstance(held, (Dictionary, Stream)):
            continue
        for part in (held, held.get("/FS")):
            if not isinstance(part, (Dictionary, Stream)):
                continue
            _drop(part, ("/EF", "/RF", *_HIDDEN))
            value = part.get("/V")
            if isinstance(value, Dictionary) and "/ByteRange" in value:
                del part["/V"]


class _Stamper:
    """What the pages of one file share: the form, its name, the small streams before and after their own."""

    def __init__(self, pdf: Any, plan: dict[str, Any], pages: list[Any]) -> None:
        self._pdf, self._plan = pdf, plan
        self._length = max(plan["width"] * SIZE, 1.0)
        self._form = self._make_form()
        self._name = self._free_name(pages)
        self._streams: dict[bytes, Any] = {}

    def stamp(self, page: Any) -> None:
        """Writes the mention over one page."""
        from pikepdf import Array, Dictionary

        own = _contents(page)
        before, after = _balance(b"\n".join(one.read_bytes() for one in own))
        matrix = matrix_of(_box(page), _rotation(page), self._plan["position"], self._length)
        numbers = b" ".join(b"%.5f" % value for value in matrix)
        mark = b"/Artifact <</Type /Pagination /Subtype /Watermark>> BDC\nq %s cm %s Do Q\nEMC\n"
        streams = [self._stream(b"q\n" * before)] if own else []
        streams += [one if one.is_indirect else self._pdf.make_indirect(one) for one in own]
        streams.append(self._stream((after if own else b"") + mark % (numbers, self._name.encode("ascii"))))
        page["/Contents"] = Array(streams)
        resources = _inherited(page, "/Resources")
        if not isinstance(resources, Dictionary):
            resources = self._pdf.make_indirect(Dictionary())
        page["/Resources"] = resources
        if not isinstance(resources.get("/XObject"), Dictionary):
            resources["/XObject"] = Dictionary()
        resources["/XObject"][self._name] = self._form

    def _stream(self, data: bytes) -> Any:
        if data not in self._streams:
            self._streams[data] = self._pdf.make_stream(data)
        return self._streams[data]

    @staticmethod
    def _free_name(pages: list[Any]) -> str:
        from pikepdf import Dictionary

        used: set[str] = set()
        for page in pages:
            resources = _inherited(page, "/Resources")
            objects = resources.get("/XObject") if isinstance(resources, Dictionary) else None
            used.update(objects.keys() if isinstance(objects, Dictionary) else ())
        rank = 0
        while (name := f"/Mention{rank}") in used:
            rank += 1
        return name

    def _make_form(self) -> Any:
        from pikepdf import Dictionary, Name

        opacity = Decimal(str(opacity_at(self._plan["position"])))
        red, green, blue = self._plan["colour"]
        return self._pdf.make_stream(
            f"/G0 gs {red:.3f} {green:.3f} {blue:.3f} rg BT /F0 {SIZE:g} Tf 0 {BASELINE:g} Td "
            f"<{self._plan['text']}> Tj ET\n".encode("ascii"),
            Type=Name.XObject,
            Subtype=Name.Form,
            BBox=[0, 0, Decimal(f"{self._length:.2f}"), Decimal(f"{_HEIGHT:.2f}")],
            Resources=Dictionary(
                Font=Dictionary(
                    F0=Dictionary(
                        Type=Name.Font,
                        Subtype=Name.Type1,
                        BaseFont=Name("/Helvetica-Bold"),
                        Encoding=Name.WinAnsiEncoding,
                    )
                ),
                ExtGState=Dictionary(G0=Dictionary(ca=opacity, CA=opacity)),
            ),
        )


def opacity_at(position: str) -> float:
    """Returns how opaque the mention is."""
    return _FAINT if position in {"diagonal", "centre"} else _FULL


def _items(value: Any) -> list[Any]:
    """Returns an array's members, of anything else none."""
    from pikepdf import Array

    return list(value) if isinstance(value, Array) else []


def _inherited(page: Any, key: str) -> Any:
    """Returns a page's attribute, or that of the nearest part of the tree above it (ISO 32000-2 § 7.7.3.4)."""
    from pikepdf import Dictionary

    held = page
    for _depth in range(_DEEPEST):
        if (value := held.get(key)) is not None:
            return value
        held = held.get("/Parent")
        if not isinstance(held, Dictionary):
            return None
    return None


def _contents(page: Any) -> list[Any]:
    """Returns the page's own streams, in their order."""
    from pikepdf import Array, Stream

    held = page.get("/Contents")
    parts = _items(held) if isinstance(held, Array) else [held]
    return [one for one in parts if isinstance(one, Stream)]


def _balance(data: bytes) -> tuple[int, bytes]:
    """Returns how many `q` must come before a page's content and what closes all that it leaves open."""
    depth = lowest = marks = 0
    in_text = False
    at = settled = 0
    end = b""
    while match := _TOKEN.search(data, at):
        token, at = match[0], match.end()
        if token == b"(":
            at, end = _after_string(data, at)
            continue
        if token == b"%":
            line = _LINE_END.search(data, at)
            at = line.end() if line else len(data)
            continue
        if token == b"q":
            depth += 1
        elif token == b"Q":
            depth -= 1
            lowest = min(lowest, depth)
        elif token == b"BI":
            at, end = _after_image(data, at)
        elif token in {b"BT", b"ET"}:
            in_text = token == b"BT"
        else:
            marks = max(0, marks + (-1 if token == b"EMC" else 1))
        settled = at
    before = 1 - lowest
    end += _open_brackets(data[settled:])
    return before, end + b"ET\n" * in_text + b"EMC\n" * marks + b"Q\n" * (before + depth)


def _open_brackets(rest: bytes) -> bytes:
    """Returns what closes the array, dictionary or hex string in which a cut content ends."""
    found: list[bytes] = []
    at = 0
    while match := _BRACKET.search(rest, at):
        token, at = match[0], match.end()
        if token == b"(":
            at, _end = _after_string(rest, at)
        elif token == b"%":
            line = _LINE_END.search(rest, at)
            at = line.end() if line else len(rest)
        elif token in _CLOSES:
            found.append(_CLOSES[token])
        elif token in found:
            while found.pop() != token:
                pass
    return b"".join(reversed(found)) + b"\n" * bool(found)


def _after_string(data: bytes, at: int) -> tuple[int, bytes]:
    """Returns where a string ends, and what would end it where it does not."""
    depth = 1
    while depth:
        match = _PAREN.search(data, at)
        if match is None:
            return len(data), b")" * depth + b"\n"
        at = match.end()
        depth += {b"(": 1, b")": -1}.get(match[0], 0)
    return at, b""


def _after_image(data: bytes, at: int) -> tuple[int, bytes]:
    """Returns where an inline image ends, and what would end it where it does not."""
    start = _IMAGE_START.search(data, at)
    if start is None:
        return at, b""
    end = _IMAGE_END.search(data, start.end() - 1)
    return (end.end(), b"") if end else (len(data), b"\nEI\n")


def _numbers(value: Any) -> Box | None:
    """Returns a box with its corners in order, or None when it is none."""
    held = _items(value)
    if len(held) < 4:
        return None
    try:
        x0, y0, x1, y1 = (float(one) for one in held[:4])
    except (TypeError, ValueError):
        return None
    box = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
    return box if all(map(math.isfinite, box)) and box[2] - box[0] > 0 and box[3] - box[1] > 0 else None


def _box(page: Any) -> Box:
    """Returns what of the page is shown: CropBox within MediaBox (ISO 32000-2 § 14.11.2)."""
    media = _numbers(_inherited(page, "/MediaBox")) or _LETTER
    crop = _numbers(_inherited(page, "/CropBox")) or media
    both = (max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3]))
    return both if both[0] < both[2] and both[1] < both[3] else media


def _rotation(page: Any) -> int:
    try:
        return round(float(_inherited(page, "/Rotate") or 0) / 90) % 4 * 90
    except (TypeError, ValueError):
        return 0


def matrix_of(box: Box, rotation: int, position: str, length: float) -> tuple[float, ...]:
    """Returns what takes the form to its place on the page as it is seen, turned by /Rotate."""
    x0, y0, x1, y1 = box
    wide, high = (x1 - x0, y1 - y0) if rotation in {0, 180} else (y1 - y0, x1 - x0)
    diagonal = math.hypot(wide, high)
    angle = math.atan2(high, wide) if position == "diagonal" else 0.0
    if position in {"diagonal", "centre"}:
        most = min(0.135 * diagonal, 0.5 * min(wide, high))
        room = 0.74 * diagonal if position == "diagonal" else 0.86 * wide
    else:
        most, room = min(0.032 * diagonal, 0.3 * high), 0.92 * wide
    slope, rise = math.cos(angle), math.sin(angle)
    scale = min(
        room / length,
        most / _HEIGHT,
        # the turned form as a whole, on long strips
        0.96 * wide / (length * slope + _HEIGHT * rise),
        0.96 * high / (length * rise + _HEIGHT * slope),
    )
    middle_x, middle_y = wide / 2, high / 2
    if position in {"top", "bottom"}:
        edge = min(0.012 * diagonal, 0.1 * high) + scale * _HEIGHT / 2
        middle_y = high - edge if position == "top" else edge
    cos, sin = slope * scale, rise * scale
    half = length / 2
    e, f = middle_x - cos * half + sin * _MIDDLE, middle_y - sin * half - cos * _MIDDLE
    a, b, c, d, left, up = {
        0: (1, 0, 0, 1, x0, y0),
        90: (0, 1, -1, 0, x1, y0),
        180: (-1, 0, 0, -1, x1, y1),
        270: (0, -1, 1, 0, x0, y1),
    }[rotation]
    return (
        cos * a + sin * c,
        cos * b + sin * d,
        -sin * a + cos * c,
        -sin * b + cos * d,
        e * a + f * c + left,
        e * b + f * d + up,
    )


if __name__ == "__main__":
    main(sys.argv[1])
