"""Writes a mention on each page of a PDF, as a process of its own: a hostile file may cost it its life alone.

Run as `python -I pdf_stamper.py PLAN`. PLAN is the JSON of storage.watermark: source, target, text (already in cp1252,
as hex), width (of the text at size 1), colour (three numbers), position, cpu_seconds, memory_bytes. It prints
{"pages": n}, or {"failed": "password" | "damaged" | "too_long" | "disk"}.

The file is written anew, never updated: an update could be cut off again. The pages' own streams stay as they are; one
form XObject for the file and one small stream for each geometry are shared by all pages.
"""

import contextlib
import gc
import json
import math
import re
import resource
import sys
from io import BytesIO
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


class _Refused(Exception):
    """The file cannot be stamped; its text is the reason."""


def main(plan_path: str) -> None:
    """Stamps the file and prints what came of it."""
    plan: dict[str, Any] = json.loads(Path(plan_path).read_text(encoding="utf-8"))
    with contextlib.suppress(ValueError, OSError):  # a lower limit is set already
        resource.setrlimit(resource.RLIMIT_CPU, (plan["cpu_seconds"], plan["cpu_seconds"] + 1))
        resource.setrlimit(resource.RLIMIT_AS, (plan["memory_bytes"], plan["memory_bytes"]))
    gc.disable()  # nothing here lives shorter than the process
    # pypdf takes them when they are there, for what is not done here; to load them is a quarter of the start
    sys.modules.update(dict.fromkeys(("fontTools", "PIL")))  # type: ignore[arg-type]
    from pypdf.errors import LimitReachedError

    try:
        said: dict[str, object] = {"pages": _stamp(plan)}
    except _Refused as refused:
        said = {"failed": str(refused)}
    except (MemoryError, LimitReachedError):
        said = {"failed": "too_long"}
    except OSError:
        said = {"failed": "disk"}
    except Exception as error:  # noqa: BLE001 - whatever a malformed file makes pypdf raise, it says one thing
        said = {"failed": "damaged", "error": type(error).__name__}
    print(json.dumps(said))  # noqa: T201


def _stamp(plan: dict[str, Any]) -> int:
    from pypdf import PdfReader, PdfWriter
    from pypdf.errors import PdfReadError

    with Path(plan["source"]).open("rb") as source:
        try:
            reader = PdfReader(source, strict=False)
        except PdfReadError:
            # Without an end pypdf gives up; with one it looks for the objects itself.
            source.seek(0)
            reader = PdfReader(BytesIO(source.read() + b"\nstartxref\n0\n%%EOF\n"), strict=False)
        _open(reader)
        _clean_catalogue(reader)
        writer = PdfWriter(clone_from=reader)
        pages = list({id(page): page for page in writer.flattened_pages or ()}.values())
        if not pages:
            raise _Refused("damaged")
        cleaned = _clean_objects(writer)
        stamper = _Stamper(writer, plan, pages)
        for page in pages:
            stamper.stamp(page)
        if cleaned:
            _drop_unreachable(writer)
        writer.pdf_header = max(writer.pdf_header, "%PDF-1.4")  # the first with transparency
        with Path(plan["target"]).open("wb", buffering=1024 * 1024) as target:
            writer.write(target)
        return len(writer.flattened_pages or ())


def _open(reader: Any) -> None:
    """Decrypts what opens without a password; raises _Refused for the rest."""
    from pypdf import PasswordType

    try:
        needed = reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED
    except NotImplementedError:  # encrypted for the holders of certificates, or by another company's program
        needed = True
    if needed:
        raise _Refused("password")


def _clean_catalogue(reader: Any) -> None:
    """Takes out what must not be in a copy: signatures' rights, attached files, forms that hide the pages."""
    root = reader.root_object
    for key in ("/Perms", "/DSS", "/Collection", "/NeedsRendering", *_HIDDEN):
        root.pop(key, None)
    names = _resolved(root.get("/Names"))
    if isinstance(names, dict):
        for key in ("/EmbeddedFiles", "/Templates", "/Pages"):
            names.pop(key, None)
    form = _resolved(root.get("/AcroForm"))
    if isinstance(form, dict):
        form.pop("/XFA", None)
        _clear_signatures(form)
    metadata = _resolved(root.get("/Metadata"))
    # the mention's font is not in the file, so that it must not call itself PDF/A any longer
    if metadata is not None and (not hasattr(metadata, "get_data") or b"pdfaid" in metadata.get_data()):
        root.pop("/Metadata", None)


def _clear_signatures(form: Any) -> None:
    """Empties signature fields: the copy's bytes are others, and a viewer would raise an alarm."""
    from pypdf.generic import NameObject, NumberObject

    if "/SigFlags" in form:
        form[NameObject("/SigFlags")] = NumberObject(0)
    seen: set[int] = set()
    fields = [(one, None) for one in _resolved(form.get("/Fields")) or ()]
    while fields:
        reference, kind = fields.pop()
        field = _resolved(reference)
        if not isinstance(field, dict) or id(field) in seen:
            continue
        seen.add(id(field))
        kind = field.get("/FT", kind)
        if kind == "/Sig":
            field.pop("/V", None)
        fields.extend((one, kind) for one in _resolved(field.get("/Kids")) or ())


def _clean_objects(writer: Any) -> bool:
    """Takes copies of the pages and attached files out of all objects; returns whether there were any."""
    found = False
    for held in writer._objects:
        if not isinstance(held, dict):
            continue
        for part in (held, _resolved(held["/FS"]) if "/FS" in held else None):
            if not isinstance(part, dict):
                continue
            for key in ("/EF", "/RF", *_HIDDEN):
                if key in part:
                    del part[key]
                    found = True
            value = _resolved(part.get("/V")) if "/V" in part else None
            if isinstance(value, dict) and "/ByteRange" in value:
                del part["/V"]
    return found


def _drop_unreachable(writer: Any) -> None:
    """Leaves out the objects that nothing names any more: what was taken out must not stay among the bytes."""
    from pypdf.generic import IndirectObject

    reached: set[int] = set()
    left: list[Any] = [writer.root_object, writer._info, writer._ID, writer.root_object.indirect_reference]
    while left:
        one = left.pop()
        if isinstance(one, IndirectObject):
            if one.idnum in reached or not 0 < one.idnum <= len(writer._objects):
                continue
            reached.add(one.idnum)
            left.append(writer._objects[one.idnum - 1])
        elif isinstance(one, dict):
            left.extend(dict.values(one))
        elif isinstance(one, list):
            left.extend(list.__iter__(one))
    if writer._info is not None:
        reached.add(writer._info.indirect_reference.idnum)
    for index in range(len(writer._objects)):
        if index + 1 not in reached:
            writer._objects[index] = None


class _Stamper:
    """What the pages of one file share: the form, its name, the small streams before and after their own."""

    def __init__(self, writer: Any, plan: dict[str, Any], pages: list[Any]) -> None:
        self._writer, self._plan = writer, plan
        self._length = max(plan["width"] * SIZE, 1.0)
        self._form = writer._add_object(self._make_form())
        self._name = self._free_name(pages)
        self._streams: dict[bytes, Any] = {}

    def stamp(self, page: Any) -> None:
        """Writes the mention over one page."""
        from pypdf.generic import ArrayObject, DictionaryObject, NameObject

        own = _contents(page)
        before, after = _balance(b"\n".join(_data(one) for one in own))
        matrix = matrix_of(_box(page), _rotation(page), self._plan["position"], self._length)
        numbers = b" ".join(b"%.5f" % value for value in matrix)
        mark = b"/Artifact <</Type /Pagination /Subtype /Watermark>> BDC\nq %s cm %s Do Q\nEMC\n"
        streams = [self._stream(b"q\n" * before)] if own else []
        streams += [one.indirect_reference or self._writer._add_object(one) for one in own]
        streams.append(self._stream((after if own else b"") + mark % (numbers, self._name.encode("ascii"))))
        page[NameObject("/Contents")] = ArrayObject(streams)
        resources = _resolved(page.get("/Resources"))
        if not isinstance(resources, dict):
            resources = page[NameObject("/Resources")] = DictionaryObject()
        objects = _resolved(resources.get("/XObject"))
        if not isinstance(objects, dict):
            objects = resources[NameObject("/XObject")] = DictionaryObject()
        objects[NameObject(self._name)] = self._form

    def _stream(self, data: bytes) -> Any:
        from pypdf.generic import DecodedStreamObject

        if data not in self._streams:
            stream = DecodedStreamObject()
            stream.set_data(data)
            self._streams[data] = self._writer._add_object(stream)
        return self._streams[data]

    @staticmethod
    def _free_name(pages: list[Any]) -> str:
        used: set[str] = set()
        for page in pages:
            resources = _resolved(page.get("/Resources"))
            objects = _resolved(resources.get("/XObject")) if isinstance(resources, dict) else None
            used.update(objects if isinstance(objects, dict) else ())
        rank = 0
        while (name := f"/Mention{rank}") in used:
            rank += 1
        return name

    def _make_form(self) -> Any:
        from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, FloatObject, NameObject

        def names(**values: str) -> Any:
            return DictionaryObject({NameObject(f"/{key}"): NameObject(value) for key, value in values.items()})

        opacity = opacity_at(self._plan["position"])
        state = DictionaryObject({NameObject("/ca"): FloatObject(opacity), NameObject("/CA"): FloatObject(opacity)})
        font = names(Type="/Font", Subtype="/Type1", BaseFont="/Helvetica-Bold", Encoding="/WinAnsiEncoding")
        form = DecodedStreamObject()
        form.update(names(Type="/XObject", Subtype="/Form"))
        form[NameObject("/BBox")] = ArrayObject(map(FloatObject, (0, 0, round(self._length, 2), _HEIGHT)))
        form[NameObject("/Resources")] = DictionaryObject(
            {
                NameObject("/Font"): DictionaryObject({NameObject("/F0"): font}),
                NameObject("/ExtGState"): DictionaryObject({NameObject("/G0"): state}),
            }
        )
        red, green, blue = self._plan["colour"]
        form.set_data(
            f"/G0 gs {red:.3f} {green:.3f} {blue:.3f} rg BT /F0 {SIZE:g} Tf 0 {BASELINE:g} Td "
            f"<{self._plan['text']}> Tj ET\n".encode("ascii")
        )
        return form


def opacity_at(position: str) -> float:
    """Returns how opaque the mention is."""
    return _FAINT if position in {"diagonal", "centre"} else _FULL


def _resolved(value: Any) -> Any:
    from pypdf.generic import NullObject

    value = value.get_object() if hasattr(value, "get_object") else value
    return None if isinstance(value, NullObject) else value


def _contents(page: Any) -> list[Any]:
    """Returns the page's own streams, in their order."""
    from pypdf.generic import StreamObject

    held = _resolved(page.get("/Contents"))
    parts = [_resolved(one) for one in list.__iter__(held)] if isinstance(held, list) else [held]
    return [one for one in parts if isinstance(one, StreamObject)]


def _data(stream: Any) -> bytes:
    data: bytes = stream.get_data()
    if getattr(stream, "decoded_self", None) is not None:
        stream.decoded_self = None  # the copy that pypdf keeps would double the memory
    return data


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
    held = _resolved(value)
    if not isinstance(held, list) or len(held) < 4:
        return None
    try:
        x0, y0, x1, y1 = (float(_resolved(one)) for one in list.__iter__(held[:4]))
    except (TypeError, ValueError):
        return None
    box = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
    return box if all(map(math.isfinite, box)) and box[2] - box[0] > 0 and box[3] - box[1] > 0 else None


def _box(page: Any) -> Box:
    """Returns what of the page is shown: CropBox within MediaBox (ISO 32000-2 § 14.11.2)."""
    media = _numbers(page.get("/MediaBox")) or _LETTER
    crop = _numbers(page.get("/CropBox")) or media
    both = (max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3]))
    return both if both[0] < both[2] and both[1] < both[3] else media


def _rotation(page: Any) -> int:
    try:
        return round(float(_resolved(page.get("/Rotate")) or 0) / 90) % 4 * 90
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
