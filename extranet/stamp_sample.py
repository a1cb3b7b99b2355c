"""A page as a report has them, with the mention of unpaid dossiers: as a drawing and as a PDF to stamp."""

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from fpdf import FPDF

from storage.watermark import Stamp, placed

#: A4, in points.
_WIDE, _HIGH = 595, 842
#: Where lines of text stand: top, and how much of the width they fill.
_LINES = [(y, 0.62 if number % 5 == 4 else 0.96) for number, y in enumerate(range(210, 760, 22)) if not 430 < y < 600]


def sample_svg(stamp: Stamp) -> str:
    """Returns a page with the mention as an SVG drawing, for an `img`."""
    (a, b, c, d, e, f), length, size, baseline = placed(stamp, _WIDE, _HIGH)
    lines = format_html_join(
        "",
        '<rect x="60" y="{}" width="{}" height="7" rx="2" fill="#d9dee6"/>',
        ((y, round((_WIDE - 120) * share)) for y, share in _LINES),
    )
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}">'
        '<rect width="{wide}" height="{high}" fill="#fff"/>'
        '<rect x="60" y="70" width="90" height="36" rx="4" fill="#c9d3e3"/>'
        '<rect x="60" y="140" width="300" height="16" rx="3" fill="#8d99ab"/>'
        '<rect x="60" y="170" width="200" height="9" rx="2" fill="#b9c2cf"/>{lines}'
        '<rect x="60" y="436" width="475" height="150" rx="4" fill="#eef1f5"/>'
        '<path d="M60 586l150-110 90 62 70-44 165 92z" fill="#cfd8e4"/>'
        '<circle cx="430" cy="476" r="18" fill="#e2d9b8"/>'
        # the text's y grows upwards, a drawing's downwards
        '<g transform="matrix(1 0 0 -1 0 {high}) matrix({matrix})">'
        '<text transform="matrix(1 0 0 -1 0 {baseline})" font-family="Helvetica,Arial,\'Liberation Sans\',sans-serif" '
        'font-weight="700" font-size="{size}" textLength="{length}" lengthAdjust="spacingAndGlyphs" fill="{colour}" '
        'fill-opacity="{opacity}">{text}</text></g></svg>',
        wide=_WIDE,
        high=_HIGH,
        lines=lines,
        matrix=" ".join(f"{value:.5f}" for value in (a, b, c, d, e, f)),
        baseline=baseline,
        size=size,
        length=f"{length:.2f}",
        colour=stamp.colour,
        opacity=stamp.opacity,
        text=stamp.shown,
    )


def sample_pdf() -> bytes:
    """Returns a report of two pages, the second across, without the mention."""
    pdf = FPDF(unit="pt", format="A4")
    for number, orientation in enumerate(("portrait", "landscape"), 1):
        pdf.add_page(orientation=orientation)
        pdf.set_font("Helvetica", "B", 20)
        pdf.cell(0, 40, _("Sample report").encode("cp1252", "replace").decode("cp1252"), new_x="LMARGIN", new_y="NEXT")
        pdf.set_font("Helvetica", size=11)
        text = _("This page stands for a page of a report: its text stays readable under the mention.")
        for _line in range(14):
            pdf.multi_cell(0, 16, text.encode("cp1252", "replace").decode("cp1252"), new_x="LMARGIN", new_y="NEXT")
        pdf.cell(0, 30, f"{number}/2")
    return bytes(pdf.output())
