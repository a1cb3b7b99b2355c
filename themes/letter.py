"""A firm's letter: a PDF with its logo, its name and its legal lines, in the active language."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace
from PIL import Image

from kernel.money import euros
from themes.models.branding import Branding, current_branding

_FONTS = "vendor/pdfjs/standard_fonts/LiberationSans-{style}.ttf"

type Colour = tuple[int, int, int]
BLACK: Colour = (0, 0, 0)
GREY: Colour = (105, 105, 105)
RED: Colour = (192, 30, 30)


class Letter(FPDF):
    """A4 pages in a font with every European letter; the first begins with the firm's head."""

    def __init__(self, *, title: str, mentions: str = "", branding: Branding | None = None) -> None:
        super().__init__(format="A4")
        self.set_margins(20, 18)
        self.set_auto_page_break(auto=True, margin=20)
        for style, file in (("", "Regular"), ("B", "Bold")):
            self.add_font("Text", style, font_file(file))
        self.set_title(title)
        self.add_page()
        self._head(branding or current_branding(), mentions)

    def write_text(self, text: str, *, size: int = 10, bold: bool = False, colour: Colour = BLACK) -> None:
        """Writes a paragraph over the whole width."""
        self.set_font("Text", "B" if bold else "", size)
        self.set_text_color(*colour)
        self.multi_cell(0, size * 0.5, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def write_facts(self, facts: Iterable[tuple[str, str]]) -> None:
        """Writes “label: value” lines; those without a value are left out."""
        for label, value in facts:
            if value:
                self.write_text(_("%(label)s: %(value)s") % {"label": label, "value": value})

    def write_table(
        self, headings: Sequence[str], rows: Iterable[Sequence[str]], *, widths: Sequence[int], align: Sequence[str]
    ) -> None:
        """Writes a table that repeats its headings on each page; `widths` in millimetres, 170 together."""
        self.set_font("Text", "", 10)
        self.set_text_color(*BLACK)
        with self.table(
            col_widths=tuple(widths),
            text_align=tuple(align),
            borders_layout="HORIZONTAL_LINES",
            line_height=6,
            padding=1,
            headings_style=FontFace(emphasis="BOLD"),
        ) as table:
            table.row(headings)
            for row in rows:
                table.row(row)

    def write_total(self, label: str, amount: Decimal, *, bold: bool = False) -> None:
        """Writes an amount under a table's last column."""
        self.set_font("Text", "B" if bold else "", 10)
        self.set_text_color(*BLACK)
        self.cell(130, 6, label, align="R")
        self.cell(40, 6, money(amount), align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def write_without_vat(self) -> None:
        """Writes why no VAT is asked for."""
        text = _("VAT not applicable, article 293 B of the French tax code (CGI).")
        self.write_text(text, size=9, colour=GREY)

    def write_signature(self, who: str, picture: bytes | None) -> None:
        """Writes who signs, and below it the picture of the signature, of at most 50 × 18 millimetres."""
        self.write_text(who)
        if picture is not None:
            self.image(BytesIO(picture), w=50, h=18, keep_aspect_ratio=True)

    def data(self) -> bytes:
        """Returns the file."""
        return bytes(self.output())

    def _head(self, branding: Branding, mentions: str) -> None:
        logo = _logo(branding)
        if logo is not None:
            self.image(BytesIO(logo), w=50, h=20, keep_aspect_ratio=True)
            self.ln(4)
        self.write_text(branding.site_name, size=14, bold=True)
        if mentions.strip():
            self.write_text(mentions.strip(), size=9, colour=GREY)
        self.ln(8)


def money(amount: Decimal) -> str:
    """Returns an amount in euros as the letter's font can write it: it has no narrow no-break space."""
    return euros(amount).replace("\u202f", "\u00a0")


def font_file(style: str) -> Path:
    """Returns the file of the letter's font: Regular or Bold."""
    name = _FONTS.format(style=style)
    found = finders.find(name)
    return Path(found) if isinstance(found, str) else Path(settings.STATIC_ROOT) / name


def _logo(branding: Branding) -> bytes | None:
    """Returns the firm's logo where it is a picture that a PDF can hold."""
    if not branding.logo_key:
        return None
    with ExitStack() as stack:
        try:
            data: bytes = stack.enter_context(default_storage.open(branding.logo_key)).read()
            picture = stack.enter_context(Image.open(BytesIO(data)))
        except OSError:  # not there, or no bitmap
            return None
        return data if picture.format in {"PNG", "JPEG"} else None
