"""Reads a PDF's form, fills it in or puts PDFs together, as a process of its own: a hostile file may cost it its life.

Run as `python -I pdf_filler.py PLAN`. PLAN is the JSON that storage.filling writes; it prints one JSON object.
"""

import contextlib
import json
import resource
import sys
import unicodedata
from pathlib import Path
from typing import Any

CPU_SECONDS = 60
MEMORY_BYTES = 2 * 1024 * 1024 * 1024
#: A field's ancestors: a file that names itself as its own parent ends here.
_DEPTH = 32
_PUSH, _RADIO, _MULTILINE, _COMB, _HIDDEN = 1 << 16, 1 << 15, 1 << 12, 1 << 24, 1 << 1
_FONT_SIZE, _LEAST_SIZE, _MARGIN = 10.0, 4.0, 2.0
#: What may stay of a page's annotations: marks without an action.
_KEPT = {"/FreeText", "/Stamp", "/Line", "/Square", "/Circle", "/Ink", "/Highlight", "/Underline"}


def main(path: str) -> None:
    """Does what the plan says."""
    plan: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    found: dict[str, Any]
    try:
        found = {"read": _read, "fill": _fill, "join": _join}[plan["do"]](plan)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a malformed file makes pypdf raise, it says one thing
        found = {"error": "password" if str(error) == "password" else "damaged"}
    print(json.dumps(found))  # noqa: T201


def _open(path: str) -> Any:
    from pypdf import PasswordType, PdfReader

    reader = PdfReader(path, strict=False)
    # an empty password opens files that are only protected against changes
    if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
        raise ValueError("password")
    if not len(reader.pages):
        raise ValueError("damaged")
    return reader


def _read(plan: dict[str, Any]) -> dict[str, Any]:
    reader = _open(plan["source"])
    fields: dict[str, dict[str, Any]] = {}
    for number, page in enumerate(reader.pages, start=1):
        for widget in _widgets(page):
            known = fields.setdefault(widget.name, widget.told(number))
            for option in widget.options():
                if option not in known["options"]:
                    known["options"].append(option)
    info = {str(key): str(value) for key, value in (reader.metadata or {}).items()}
    return {"pages": len(reader.pages), "fields": list(fields.values()), "info": info}


def _fill(plan: dict[str, Any]) -> dict[str, Any]:
    from fpdf import FPDF
    from pypdf import PdfReader, PdfWriter, Transformation

    reader = _open(plan["source"])
    drawn = FPDF(unit="pt")
    drawn.set_auto_page_break(False)
    drawn.add_font("Text", "", plan["font"])
    layers: dict[int, int] = {}
    for index, page in enumerate(reader.pages):
        widgets = [widget for widget in _widgets(page) if widget.is_shown]
        if not widgets:
            continue
        box = page.mediabox
        layers[index] = len(layers)
        drawn.add_page(format=(float(box.width), float(box.height)))
        for widget in widgets:
            value = plan["values"].get(widget.name)
            widget.draw(drawn, widget.own_value() if value is None else value, float(box.left), float(box.top))
    writer = PdfWriter()
    _add_pages(writer, reader)
    if layers:
        layer_path = Path(plan["out"] + ".layer")
        layer_path.write_bytes(bytes(drawn.output()))
        layer_pages = PdfReader(layer_path).pages
        for index, layer in layers.items():
            page = writer.pages[index]
            moved = Transformation().translate(float(page.mediabox.left), float(page.mediabox.bottom))
            page.merge_transformed_page(layer_pages[layer], moved)
    writer.add_metadata({"/Title": plan["title"]})
    writer.write(plan["out"])
    return {"pages": len(writer.pages)}


def _join(plan: dict[str, Any]) -> dict[str, Any]:
    from pypdf import PdfWriter

    writer = PdfWriter()
    for source in plan["sources"]:
        _add_pages(writer, _open(source))
    for name, path in plan["attached"]:
        writer.add_attachment(name, Path(path).read_bytes())
    writer.add_metadata({f"/{key}": value for key, value in plan["info"].items()})
    writer.write(plan["out"])
    return {"pages": len(writer.pages)}


def _add_pages(writer: Any, reader: Any) -> None:
    """Adds a file's pages without its form, its scripts and its actions."""
    from pypdf.generic import ArrayObject, NameObject

    for page in reader.pages:
        kept = ArrayObject()
        for entry in page.get("/Annots") or []:
            mark = entry.get_object()
            if mark.get("/Subtype") in _KEPT and "/A" not in mark and "/AA" not in mark:
                kept.append(entry)
        page[NameObject("/Annots")] = kept
        page.pop("/AA", None)
        writer.add_page(page)


def _widgets(page: Any) -> "list[_Widget]":
    found = []
    for entry in page.get("/Annots") or []:
        mark = entry.get_object()
        if mark.get("/Subtype") == "/Widget":
            widget = _Widget(mark)
            if widget.name and widget.kind:
                found.append(widget)
    return found


class _Widget:
    """A field where it stands on a page."""

    def __init__(self, mark: Any) -> None:
        self._chain = [mark]
        while "/Parent" in self._chain[-1] and len(self._chain) < _DEPTH:
            self._chain.append(self._chain[-1]["/Parent"].get_object())
        self.name = ".".join(str(link["/T"]) for link in reversed(self._chain) if "/T" in link)[:300]
        self.flags = int(self._found("/Ff") or 0)
        self.kind = self._kind()

    @property
    def is_shown(self) -> bool:
        return "/Rect" in self._chain[0] and not int(self._chain[0].get("/F") or 0) & _HIDDEN

    def told(self, page: int) -> dict[str, Any]:
        value = self.own_value()
        return {"name": self.name, "kind": self.kind, "page": page, "options": [], "value": value[:200]}

    def options(self) -> list[str]:
        """Returns what may be chosen: the states of a button but “off”, the entries of a list."""
        if self.kind == "choice":
            return [self._on_state()] if self._on_state() else []
        if self.kind != "list":
            return []
        entries = [entry.get_object() for entry in self._found("/Opt") or []]
        return [str(entry[-1] if isinstance(entry, list) else entry)[:100] for entry in entries][:100]

    def own_value(self) -> str:
        value = self._found("/V")
        if value is None or isinstance(value, dict):
            return ""
        text = str(value[0] if isinstance(value, list) and value else value)
        if self.kind in {"check", "choice"}:
            return "" if text in {"/Off", "Off", ""} else text.removeprefix("/")
        return text

    def draw(self, drawn: Any, value: str, left: float, top: float) -> None:
        """Draws the value; `left` and `top` are those of the page's box, in points."""
        x0, y0, x1, y1 = (float(each) for each in self._chain[0]["/Rect"])
        x, wide = min(x0, x1) - left, abs(x1 - x0)
        y, high = top - max(y0, y1), abs(y1 - y0)
        self._frame(drawn, x, y, wide, high)
        if self.kind == "check" and value:
            _tick(drawn, x, y, wide, high)
        elif self.kind == "choice":
            if value and _same(value, self._on_state()):
                _tick(drawn, x, y, wide, high)
        elif self.kind != "check" and value and wide > 2 * _MARGIN and high > 2:
            self._write(drawn, value, x, y, wide, high)

    def _write(self, drawn: Any, value: str, x: float, y: float, wide: float, high: float) -> None:
        align = {1: "C", 2: "R"}.get(int(self._found("/Q") or 0), "L")
        wanted = self._font_size()
        drawn.set_text_color(0, 0, 0)
        if self.flags & _MULTILINE:
            size = wanted or _FONT_SIZE
            while size > _LEAST_SIZE and self._lines(drawn, value, wide, size) * size * 1.2 > high:
                size -= 0.5
            drawn.set_font("Text", "", size)
            drawn.set_xy(x + _MARGIN, y + _MARGIN / 2)
            drawn.multi_cell(wide - 2 * _MARGIN, size * 1.2, value, align=align)
            return
        text = " ".join(value.split())
        most = int(self._found("/MaxLen") or 0)
        size = wanted or min(12.0, high * 0.7)
        if self.flags & _COMB and 0 < most <= 100:
            drawn.set_font("Text", "", min(size, high * 0.8))
            for place, letter in enumerate(text[:most]):
                drawn.set_xy(x + place * wide / most, y)
                drawn.cell(wide / most, high, letter, align="C")
            return
        drawn.set_font("Text", "", size)
        while size > _LEAST_SIZE and drawn.get_string_width(text) > wide - 2 * _MARGIN:
            size -= 0.5
            drawn.set_font("Text", "", size)
        while len(text) > 1 and drawn.get_string_width(text) > wide - 2 * _MARGIN:
            text = f"{text.removesuffix('…')[:-1].rstrip()}…"
        drawn.c_margin = 0
        drawn.set_xy(x + _MARGIN, y)
        drawn.cell(wide - 2 * _MARGIN, high, text, align=align)

    def _lines(self, drawn: Any, value: str, wide: float, size: float) -> int:
        drawn.set_font("Text", "", size)
        lines = drawn.multi_cell(wide - 2 * _MARGIN, size * 1.2, value, dry_run=True, output="LINES")
        return len(lines)

    def _frame(self, drawn: Any, x: float, y: float, wide: float, high: float) -> None:
        look = self._chain[0].get("/MK") or {}
        fill, line = _colour(look.get("/BG")), _colour(look.get("/BC"))
        if fill is not None:
            drawn.set_fill_color(*fill)
        if line is not None:
            drawn.set_draw_color(*line)
            drawn.set_line_width(0.75)
        style = ("D" if line is not None else "") + ("F" if fill is not None else "")
        if style:
            drawn.rect(x, y, wide, high, style=style)

    def _font_size(self) -> float:
        words = str(self._found("/DA") or "").split()
        if "Tf" in words[1:]:
            with contextlib.suppress(ValueError):
                size = float(words[words.index("Tf", 1) - 1])
                return size if _LEAST_SIZE <= size <= 72 else 0.0
        return 0.0

    def _kind(self) -> str:
        kind = self._found("/FT")
        if kind == "/Btn":
            return "" if self.flags & _PUSH else "choice" if self.flags & _RADIO else "check"
        return {"/Tx": "text", "/Ch": "list"}.get(str(kind), "")

    def _on_state(self) -> str:
        looks = (self._chain[0].get("/AP") or {}).get("/N")
        states = looks.get_object() if looks is not None else {}
        on = [str(state) for state in states if str(state) != "/Off"] if isinstance(states, dict) else []
        return on[0].removeprefix("/") if on else ""

    def _found(self, key: str) -> Any:
        for link in self._chain:
            if key in link:
                return link[key]
        return None


def _colour(parts: Any) -> tuple[int, ...] | None:
    if not isinstance(parts, list) or len(parts) not in {1, 3}:
        return None
    values = [round(255 * min(1.0, max(0.0, float(part)))) for part in parts]
    return tuple(values * 3 if len(values) == 1 else values)


def _same(one: str, other: str) -> bool:
    folded = [unicodedata.normalize("NFKD", text).encode("ascii", "ignore").lower() for text in (one, other)]
    return folded[0] == folded[1]


def _tick(drawn: Any, x: float, y: float, wide: float, high: float) -> None:
    drawn.set_draw_color(0, 0, 0)
    drawn.set_line_width(max(0.8, min(wide, high) * 0.12))
    drawn.line(x + wide * 0.22, y + high * 0.22, x + wide * 0.78, y + high * 0.78)
    drawn.line(x + wide * 0.22, y + high * 0.78, x + wide * 0.78, y + high * 0.22)


if __name__ == "__main__":
    with contextlib.suppress(ValueError, OSError):  # a lower limit is set already
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    main(sys.argv[1])
