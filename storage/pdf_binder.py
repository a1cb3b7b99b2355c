"""Binds PDFs into one with a page of contents, as a process of its own: a hostile file may cost it its life alone.

Run as `python -I pdf_binder.py PLAN OUT`. PLAN is the JSON of storage.binding.Plan; it prints one JSON object a line:
{"started": i} before each file, {"failed": i, "password": bool} for one that cannot be taken, {"pages": n} at the end.
"""

import contextlib
import json
import resource
import sys
import unicodedata
from pathlib import Path
from typing import Any

CPU_SECONDS = 300
MEMORY_BYTES = 3 * 1024 * 1024 * 1024

_WIDTH, _HEIGHT, _MARGIN = 595, 842, 56
_INNER = _WIDTH - 2 * _MARGIN
_INK, _QUIET, _LINE = "0.11 0.16 0.23 rg", "0.36 0.41 0.48 rg", "0.80 0.83 0.87 RG"
#: Advance widths of Helvetica for U+0020 to U+007E, in thousandths of the size (Adobe Font Metrics of the base 14).
_ASCII = (
    *(278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278),
    *(556,) * 10,
    *(278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778),
    *(667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556),
    *(278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334),
    *(260, 334, 584),
)
_OTHERS = {"—": 1000, "…": 1000, "œ": 944, "Œ": 1000, "Æ": 1000, "æ": 889, "’": 222, "‘": 222, "“": 333, "”": 333}
_BOLD = 1.08


def main(plan_path: str, out_path: str) -> None:
    """Writes the bound file."""
    from pypdf import PasswordType, PdfReader, PdfWriter

    plan: dict[str, Any] = json.loads(Path(plan_path).read_text(encoding="utf-8"))
    writer = PdfWriter()
    bound: list[tuple[str, int]] = []
    left_out: list[tuple[str, str]] = [(entry["title"], entry["reason"]) for entry in plan["left_out"]]
    for index, entry in enumerate(plan["files"]):
        _say(started=index)
        before = len(writer.pages)
        password = False
        try:
            reader = PdfReader(entry["path"], strict=False)
            # an empty password opens files that are only protected against changes
            password = reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED
            if password or not len(reader.pages):
                raise ValueError(entry["path"])
            writer.append(reader, import_outline=False)
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - whatever a malformed file makes pypdf raise, it says one thing
            while len(writer.pages) > before:
                writer.remove_page(len(writer.pages) - 1)
            left_out.append((entry["title"], plan["text_password"] if password else plan["text_damaged"]))
            _say(failed=index, password=bool(password))
            continue
        bound.append((entry["title"], before))
    _add_contents(writer, plan, bound, left_out)
    writer.add_metadata({"/Title": plan["title"], "/Author": plan["firm"]})
    writer.write(out_path)
    _say(pages=len(writer.pages))


def _say(**values: object) -> None:
    print(json.dumps(values), flush=True)  # noqa: T201


def _add_contents(writer: Any, plan: dict[str, Any], bound: list[Any], left_out: list[Any]) -> None:
    """Puts the pages of contents before all others, with links, and one bookmark a file."""
    from pypdf.annotations import Link
    from pypdf.generic import Fit, NameObject, TextStringObject

    sheets = _Sheets()
    _draw_head(sheets, plan)
    sheets.text(plan["text_contents"], size=14, bold=True, below=12)
    rows = [(sheets.row(title), start) for title, start in bound]
    if left_out:
        sheets.gap(14)
        sheets.text(plan["text_left_out"], size=11, bold=True, below=6)
        for title, reason in left_out:
            sheets.text(f"{title} — {reason}", size=10, colour=_QUIET, below=5)
    count = len(sheets.pages)
    for index in range(count):
        writer.insert_blank_page(_WIDTH, _HEIGHT, index)
    for (sheet, y), start in rows:
        sheets.number(sheet, y, str(count + start + 1))
    for index, commands in enumerate(sheets.pages):
        _draw(writer, writer.pages[index], commands)
    for (sheet, y), start in rows:
        link = Link(rect=(_MARGIN, y - 6, _WIDTH - _MARGIN, y + 14), target_page_index=count + start, fit=Fit.fit())
        writer.add_annotation(page_number=sheet, annotation=link)
    writer.add_outline_item(plan["text_contents"], 0)
    for title, start in bound:
        writer.add_outline_item(title, count + start)
    writer.root_object[NameObject("/Lang")] = TextStringObject(plan["language"])
    writer.page_mode = "/UseOutlines"


def _draw_head(sheets: "_Sheets", plan: dict[str, Any]) -> None:
    sheets.text(plan["firm"], size=11, colour=_QUIET, below=18)
    sheets.text(plan["title"], size=20, bold=True, below=6, lines=4)
    for line in plan["lines"]:
        sheets.text(line, size=11, colour=_QUIET, below=4)
    sheets.gap(10)
    sheets.rule()
    sheets.gap(26)


def _draw(writer: Any, page: Any, commands: list[str]) -> None:
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    fonts = DictionaryObject()
    for name, base in (("/F1", "/Helvetica"), ("/F2", "/Helvetica-Bold")):
        font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": base, "/Encoding": "/WinAnsiEncoding"}
        fonts[NameObject(name)] = DictionaryObject({NameObject(key): NameObject(value) for key, value in font.items()})
    content = DecodedStreamObject()
    content.set_data("\n".join(commands).encode("ascii"))
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    page[NameObject("/Contents")] = writer._add_object(content.flate_encode())


class _Sheets:
    """Pages that are written from top to bottom; a new one begins where one is full."""

    def __init__(self) -> None:
        self.pages: list[list[str]] = [[]]
        self.y = float(_HEIGHT - _MARGIN - 12)

    def _room(self, height: float) -> None:
        if self.y - height < _MARGIN:
            self.pages.append([])
            self.y = float(_HEIGHT - _MARGIN - 12)

    def gap(self, height: float) -> None:
        self.y -= height

    def rule(self) -> None:
        self.pages[-1].append(f"0.8 w {_LINE} {_MARGIN} {self.y:.1f} m {_WIDTH - _MARGIN} {self.y:.1f} l S")

    def text(
        self, text: str, *, size: float, below: float, bold: bool = False, colour: str = _INK, lines: int = 2
    ) -> None:
        for line in _wrapped(text, _INNER, size=size, bold=bold, most=lines):
            self._room(size)
            self._put(self.pages[-1], _MARGIN, self.y, line, size=size, bold=bold, colour=colour)
            self.y -= size * 1.25
        self.y -= below

    def row(self, title: str) -> tuple[int, float]:
        """Writes a line of the contents and returns its page and height, for its number and link."""
        self._room(20)
        (shown,) = _wrapped(title, _INNER - 60, size=11, bold=False, most=1)
        page, y = self.pages[-1], self.y
        self._put(page, _MARGIN, y, shown, size=11)
        start = _MARGIN + _width(shown, 11) + 8
        page.append(f"0.7 w {_LINE} [1 4] 0 d {start:.1f} {y:.1f} m {_WIDTH - _MARGIN - 40} {y:.1f} l S [] 0 d")
        self.y -= 22
        return len(self.pages) - 1, y

    def number(self, sheet: int, y: float, text: str) -> None:
        self._put(self.pages[sheet], _WIDTH - _MARGIN - _width(text, 11), y, text, size=11)

    @staticmethod
    def _put(
        page: list[str], x: float, y: float, text: str, *, size: float, bold: bool = False, colour: str = _INK
    ) -> None:
        font = "/F2" if bold else "/F1"
        page.append(f"BT {font} {size} Tf {colour} {x:.1f} {y:.1f} Td <{_encoded(text).hex()}> Tj ET")


def _encoded(text: str) -> bytes:
    """Returns a text in the fonts' encoding; a letter that it lacks comes without its sign, another mark as "?"."""
    result = b""
    for char in unicodedata.normalize("NFC", text):
        for candidate in (char, unicodedata.normalize("NFKD", char)[:1], "?"):
            with contextlib.suppress(UnicodeEncodeError):
                result += candidate.encode("cp1252")
                break
    return result


def _width(text: str, size: float, *, bold: bool = False) -> float:
    total = 0
    for char in text:
        base = unicodedata.normalize("NFKD", char)[0]
        known = _OTHERS.get(char)
        total += known or (_ASCII[ord(base) - 32] if " " <= base <= "~" else 556)
    return total * size / 1000 * (_BOLD if bold else 1)


def _wrapped(text: str, room: float, *, size: float, bold: bool, most: int) -> list[str]:
    """Returns a text in at most so many lines that fit the room; what is too much ends in an ellipsis."""
    words = " ".join("".join(char if char.isprintable() else " " for char in text).split()).split(" ")
    lines = [""]
    for position, word in enumerate(words):
        wanted = f"{lines[-1]} {word}".strip()
        if _width(wanted, size, bold=bold) <= room:
            lines[-1] = wanted
        elif len(lines) < most and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {' '.join(words[position:])}".strip()
            break
    while _width(lines[-1], size, bold=bold) > room:
        lines[-1] = f"{lines[-1].removesuffix('…')[:-1].rstrip()}…"
    return lines


if __name__ == "__main__":
    with contextlib.suppress(ValueError, OSError):  # a lower limit is set already
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    main(sys.argv[1], sys.argv[2])
