"""Reports and logos of the demo, drawn here."""

import io

from PIL import Image, ImageDraw, ImageFont
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

_WIDTH, _HEIGHT = 595, 842


def report_pdf(*, firm: str, title: str, dossier: str, pages: int) -> bytes:
    """Returns an A4 PDF of as many pages as a real report has, with headings, lines and a footer."""
    writer = PdfWriter()
    font = writer._add_object(
        DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
                NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
            }
        )
    )
    for number in range(1, pages + 1):
        page = writer.add_blank_page(_WIDTH, _HEIGHT)
        lines = [_text(56, 770, 18 if number == 1 else 12, title), _text(56, 748, 10, dossier)]
        for rank in range(26):
            words = f"{number}.{rank + 1}  Point de contrôle relevé sur place, conforme à la méthode du rapport."
            lines.append(_text(56, 710 - rank * 24, 10, words))
        lines.append(_text(56, 40, 9, f"{firm} - document de démonstration - page {number} / {pages}"))
        stream = DecodedStreamObject()
        stream.set_data("\n".join(lines).encode("cp1252", "replace"))
        page[NameObject("/Contents")] = writer._add_object(stream)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
        )
    writer.add_metadata({"/Title": title, "/Author": firm})
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def _text(x: int, y: int, size: int, words: str) -> str:
    escaped = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /F1 {size} Tf {x} {y} Td ({escaped}) Tj ET"


def logo_png(name: str, colour: str) -> bytes:
    """Returns a word mark: the initials in a rounded square, the name beside."""
    image = Image.new("RGBA", (900, 192), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((8, 8, 184, 184), radius=40, fill=colour)
    initials = "".join(word[0] for word in name.split() if word[0].isupper())[:2]
    draw.text((96, 96), initials, font=ImageFont.load_default(84), fill="white", anchor="mm")
    draw.text((216, 96), name, font=ImageFont.load_default(72), fill="#1d273b", anchor="lm")
    box = image.getbbox()
    target = io.BytesIO()
    (image.crop(box) if box else image).save(target, "PNG")
    return target.getvalue()
