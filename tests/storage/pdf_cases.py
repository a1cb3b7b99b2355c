"""PDFs with everything that stamping meets, written byte by byte where a library would put it right."""

import io
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, NumberObject, TextStringObject

_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
FONTS = b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
#: The text of page n of all cases.
WORD = "Constat{}"


def text_of(page: int, x: float = 72, y: float = 700) -> bytes:
    """Returns the operators that write the page's word."""
    return b"BT /F1 18 Tf %g %g Td (%s) Tj ET\n" % (x, y, WORD.format(page).encode())


def stream(data: bytes, more: bytes = b"", *, packed: bool = True) -> bytes:
    """Returns a stream object."""
    if packed:
        data, more = zlib.compress(data), more + b" /Filter /FlateDecode"
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), more, data)


def raw(objects: Sequence[bytes], *, version: bytes = b"1.5", root: int = 1) -> bytes:
    """Returns a file of these objects, numbered from 1, with a cross-reference table."""
    out, places = io.BytesIO(), []
    out.write(b"%%PDF-%s\n%%\xe2\xe3\xcf\xd3\n" % version)
    for number, one in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, one))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for place in places:
        out.write(b"%010d 00000 n \n" % place)
    out.write(b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, start))
    return out.getvalue()


@dataclass
class Page:
    """One page: what its dictionary says beside type and parent, and its content streams."""

    more: bytes = b"/MediaBox [0 0 595 842] " + FONTS
    contents: list[bytes] = field(default_factory=list)


def paged(pages: Sequence[Page], *, catalogue: bytes = b"", tree: bytes = b"", extra: Sequence[bytes] = ()) -> bytes:
    """Returns a file of pages; objects in `extra` have the numbers from 3 on."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalogue, b"", *extra]
    kids = []
    for page in pages:
        places = []
        for data in page.contents:
            objects.append(stream(data))
            places.append(b"%d 0 R" % len(objects))
        objects.append(b"<< /Type /Page /Parent 2 0 R /Contents [%s] %s >>" % (b" ".join(places), page.more))
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d %s >>" % (b" ".join(kids), len(pages), tree)
    return raw(objects)


def plain(count: int = 2) -> bytes:
    return paged([Page(contents=[text_of(number)]) for number in range(1, count + 1)])


def rotated() -> bytes:
    boxes = [b"/MediaBox [0 0 595 842] /Rotate %d %s" % (turn, FONTS) for turn in (0, 90, 180, 270, -90, 450)]
    return paged([Page(more, [text_of(number, 200, 400)]) for number, more in enumerate(boxes, 1)])


def cropped() -> bytes:
    """CropBox off the origin, larger than the MediaBox, corners swapped, beside it, turned; MediaBox below zero."""
    boxes = [
        b"/MediaBox [0 0 595 842] /CropBox [180 300 560 800]",
        b"/MediaBox [100 100 500 700] /CropBox [-500 -500 2000 2000]",
        b"/MediaBox [595 842 0 0] /CropBox [560 800 180 300]",
        b"/MediaBox [0 0 595 842] /CropBox [2000 2000 2500 2500]",
        b"/MediaBox [0 0 595 842] /CropBox [180 300 560 800] /Rotate 90",
        b"/MediaBox [-300 -400 295 442]",
    ]
    places = [(200, 500), (200, 500), (200, 500), (72, 700), (200, 500), (-200, 100)]
    return paged(
        [
            Page(b"%s %s" % (box, FONTS), [text_of(n, *at)])
            for n, (box, at) in enumerate(zip(boxes, places, strict=True), 1)
        ]
    )


def sizes() -> bytes:
    """A4, a plan of 2400 × 3400 points, a label, a long strip, one without any size."""
    boxes = [(595, 842), (2400, 3400), (120, 60), (3000, 90)]
    pages = [
        Page(b"/MediaBox [0 0 %d %d] %s" % (wide, high, FONTS), [text_of(number, 20, high - 30)])
        for number, (wide, high) in enumerate(boxes, 1)
    ]
    return paged([*pages, Page(FONTS, [text_of(5)])])


def inherited() -> bytes:
    """The pages have nothing of their own: size, resources and rotation come from the tree; contents are shared."""
    return raw(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 2 /MediaBox [0 0 842 595] /Rotate 90 /Resources 6 0 R >>",
            b"<< /Type /Pages /Parent 2 0 R /Kids [4 0 R 5 0 R] /Count 2 >>",
            b"<< /Type /Page /Parent 3 0 R /Contents 7 0 R >>",
            b"<< /Type /Page /Parent 3 0 R /Contents 8 0 R >>",
            b"<< /Font << /F1 9 0 R >> /XObject << /Mention0 10 0 R >> >>",
            stream(text_of(1, 72, 300) + b"/Mention0 Do"),
            b"[11 0 R]",
            _FONT,
            stream(b"0 0 1 rg 0 0 9 9 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]"),
            stream(text_of(2, 72, 300)),
        ]
    )


#: Contents that leave something open, or close too much; the mention must come out all the same.
UNBALANCED = {
    "q": b"q 0.001 0 0 0.001 5000 5000 cm\n",
    "many_q": b"q\nq q [] 0 d q/G0 gs 0 0 1 1 re W n\n".replace(b"/G0 gs", b""),
    "clip": b"q 0 0 1 1 re W n\n",
    "extra_Q": b"Q Q 0.001 0 0 0.001 5000 5000 cm\n",
    "q_in_a_string": b"q q BT /F1 1 Tf ( Q Q \\) \\( ( Q ) Q ) Tj ET 0.001 0 0 0.001 5000 5000 cm\n",
    "q_in_a_comment": b"% Q Q Q\nq q 0.001 0 0 0.001 5000 5000 cm % Q",
    "q_in_a_picture": b"q q 0.01 0 0 0.01 9 9 cm BI /W 4 /H 4 /BPC 8 /CS /G ID  Q Q Q Q Q Q Q Q  EI 0 0 1 1 re W n\n",
    "text": b"q BT /F1 12 Tf 3 Tr\n",
    "marked": b"/Span BMC /Span <</MCID 0>> BDC q\n",
    "string": b"q 0.001 0 0 0.001 0 0 cm (cut off in the middle \\( of ( a string",
    "array": b"q 0.001 0 0 0.001 0 0 cm [(one) 12 (two",
    "hex": b"q 0.001 0 0 0.001 0 0 cm /Span << /ActualText <41",
}


def unbalanced() -> bytes:
    return paged([Page(contents=[text_of(number), end]) for number, end in enumerate(UNBALANCED.values(), 1)])


def bare() -> bytes:
    """Pages without resources, without contents, with null ones; one page that stands in the tree twice."""
    return raw(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R 4 0 R 5 0 R 6 0 R 6 0 R] /Count 5 /MediaBox [0 0 595 842] >>",
            b"<< /Type /Page /Parent 2 0 R >>",
            b"<< /Type /Page /Parent 2 0 R /Contents null /Resources null >>",
            b"<< /Type /Page /Parent 2 0 R /Contents [] /Resources << /XObject null >> >>",
            b"<< /Type /Page /Parent 2 0 R /Contents 7 0 R /Resources << /Font << /F1 8 0 R >> >> >>",
            stream(b"0.9 g 0 0 595 842 re f"),
            _FONT,
        ]
    )


def object_streams() -> bytes:
    """All but the streams themselves lie in an object stream, and the cross-reference is a stream (PDF 1.5)."""
    held = [
        (1, b"<< /Type /Catalog /Pages 2 0 R >>"),
        (2, b"<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>"),
        (3, b"<< /Type /Page /Parent 2 0 R /Contents 5 0 R /MediaBox [0 0 595 842] %s >>" % FONTS),
        (4, b"<< /Type /Page /Parent 2 0 R /Contents 6 0 R /MediaBox [0 0 595 842] %s >>" % FONTS),
    ]
    heads, bodies = b"", b""
    for number, data in held:
        heads += b"%d %d " % (number, len(bodies))
        bodies += data + b" "
    out, places = io.BytesIO(), {}
    out.write(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    later = [
        (5, stream(text_of(1))),
        (6, stream(text_of(2))),
        (7, stream(heads + bodies, b"/Type /ObjStm /N %d /First %d" % (len(held), len(heads)))),
    ]
    for number, data in later:
        places[number] = out.tell()
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, data))
    start = places[8] = out.tell()
    rows = [(0, 0, 65535), *((2, 7, index) for index in range(4)), *((1, places[n], 0) for n in (5, 6, 7, 8))]
    table = b"".join(kind.to_bytes(1) + place.to_bytes(4) + last.to_bytes(2) for kind, place, last in rows)
    out.write(b"8 0 obj\n%s\nendobj\n" % stream(table, b"/Type /XRef /W [1 4 2] /Size 9 /Root 1 0 R"))
    out.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def broken_xref() -> bytes:
    """All places are wrong."""
    data = plain()
    start = data.rindex(b"startxref")
    return data[:start].replace(b"0000000", b"0000009") + b"startxref\n99\n%%EOF\n"


def cut() -> bytes:
    """The last lines are missing."""
    data = plain()
    return data[: data.rindex(b"startxref")]


def updated() -> bytes:
    """A file that was changed twice by appending: it holds three ends."""
    data = plain()
    for _round in range(2):
        buffer = io.BytesIO()
        writer = PdfWriter(io.BytesIO(data), incremental=True)
        writer.pages[0][NameObject("/Rotate")] = NumberObject(90 * (_round + 1))
        writer.write(buffer)
        data = buffer.getvalue()
    assert data.count(b"%%EOF") == 3
    return data


def written(change: Callable[[PdfWriter], None], data: bytes | None = None) -> bytes:
    """Returns a file after a change by pypdf."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data or plain())))
    change(writer)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def encrypted(algorithm: str, user: str = "", owner: str = "propriétaire") -> bytes:
    return written(lambda writer: writer.encrypt(user, owner, algorithm=algorithm))


_FIELD = b"/Type /Annot /Subtype /Widget /Rect [100 500 300 530] /P 5 0 R"
_SIGNATURE = (
    b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /ByteRange [0 10 20 30] "
    b"/Contents <3082> /Reference [<< /Type /SigRef /TransformMethod /DocMDP >>] >>"
)


def form() -> bytes:
    """A field with a value, and its appearance."""
    field_ = b"<< /FT /Tx /T (nom) /V (Lefevre) /AP << /N 6 0 R >> %s >>" % _FIELD
    return raw(
        [
            b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] /XFA [(a) 8 0 R] >> >>",
            b"<< /Type /Pages /Kids [5 0 R] /Count 1 >>",
            stream(text_of(1)),
            field_,
            b"<< /Type /Page /Parent 2 0 R /Contents 3 0 R /Annots [4 0 R 7 0 R] /MediaBox [0 0 595 842] %s >>" % FONTS,
            stream(b"0.8 1 0.8 rg 0 0 200 30 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 200 30]"),
            b"<< /Type /Annot /Subtype /Text /Rect [400 700 420 720] /Contents (Note du client) >>",
            stream(b"<xdp:xdp/>"),
        ]
    )


def signed() -> bytes:
    """Certified and signed: the kind of field comes from its parent, one field stands on the page alone."""
    return raw(
        [
            b"<< /Type /Catalog /Pages 2 0 R /Perms << /DocMDP 6 0 R >> /DSS << >> /AcroForm 9 0 R >>",
            b"<< /Type /Pages /Kids [5 0 R] /Count 1 >>",
            stream(text_of(1)),
            b"<< /FT /Sig /T (parent) /V 6 0 R /Kids [7 0 R] >>",
            b"<< /Type /Page /Parent 2 0 R /Contents 3 0 R /Annots [7 0 R 8 0 R] /MediaBox [0 0 595 842] %s >>" % FONTS,
            _SIGNATURE,
            b"<< /T (child) /Parent 4 0 R /V 6 0 R %s >>" % _FIELD,
            b"<< /FT /Sig /T (alone) /V 6 0 R %s >>" % _FIELD,
            b"<< /SigFlags 3 /Fields [4 0 R] >>",
        ]
    )


def tagged() -> bytes:
    return raw(
        [
            b"<< /Type /Catalog /Pages 2 0 R /MarkInfo << /Marked true >> /StructTreeRoot 5 0 R /Lang (fr) >>",
            b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
            stream(b"/P <</MCID 0>> BDC " + text_of(1) + b"EMC"),
            b"<< /Type /Page /Parent 2 0 R /Contents 3 0 R /StructParents 0 /MediaBox [0 0 595 842] %s >>" % FONTS,
            b"<< /Type /StructTreeRoot /K 6 0 R /ParentTree << /Nums [0 [6 0 R]] >> >>",
            b"<< /Type /StructElem /S /P /P 5 0 R /Pg 4 0 R /K 0 >>",
        ]
    )


def archival() -> bytes:
    """Says in its metadata that it is PDF/A."""
    metadata = b'<rdf:Description xmlns:pdfaid="x"><pdfaid:part>2</pdfaid:part></rdf:Description>'
    return paged(
        [Page(contents=[text_of(1)])],
        catalogue=b"/Metadata 3 0 R",
        extra=[stream(metadata, b"/Type /Metadata /Subtype /XML", packed=False)],
    )


SECRET = b"clean-copy-of-the-report"


def attached() -> bytes:
    """Holds clean copies of itself: attached, in an annotation, as another program's data, as a small picture."""

    def change(writer: PdfWriter) -> None:
        writer.add_attachment("rapport.pdf", SECRET)
        file = DictionaryObject({NameObject("/Type"): NameObject("/Filespec"), NameObject("/F"): TextStringObject("b")})
        held = writer._add_object(_secret())
        file[NameObject("/EF")] = DictionaryObject({NameObject("/F"): held})
        note = DictionaryObject({NameObject("/Subtype"): NameObject("/FileAttachment"), NameObject("/FS"): file})
        note[NameObject("/Rect")] = ArrayObject(map(NumberObject, (0, 0, 9, 9)))
        page = writer.pages[0]
        page[NameObject("/Annots")] = ArrayObject([writer._add_object(note)])
        private = DictionaryObject({NameObject("/Private"): writer._add_object(_secret())})
        page[NameObject("/PieceInfo")] = DictionaryObject({NameObject("/Drawer"): private})
        page[NameObject("/Thumb")] = writer._add_object(_secret())

    data = written(change)
    assert data.count(SECRET) == 4
    return data


def _secret() -> DecodedStreamObject:
    held = DecodedStreamObject()
    held.set_data(SECRET)
    return held


def pictures(count: int, *, size: int = 400, quality: int = 85) -> bytes:
    """Returns pages with text, a table's lines and a photo each, as reports have them."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", _FONT]
    kids = []
    for number in range(1, count + 1):
        buffer = io.BytesIO()
        noise = Image.effect_noise((size, size), 40 + number % 50)
        noise.convert("RGB").save(buffer, "JPEG", quality=quality)
        more = b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8 "
        objects.append(stream(buffer.getvalue(), more % (size, size) + b"/Filter /DCTDecode", packed=False))
        lines = b"".join(
            b"0.5 w 60 %d m 530 %d l S\nBT /F1 9 Tf 64 %d Td (Piece %d, mur %d: absence) Tj ET\n"
            % (y, y, y + 3, number, y)
            for y in range(60, 380, 12)
        )
        drawn = text_of(number, 72, 780) + b"q 400 0 0 320 90 420 cm /I Do Q\n" + lines
        objects.append(stream(drawn))
        place = len(objects)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> /XObject << /I %d 0 R >> >> >>" % (place, place - 1)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), count)
    return raw(objects)


def without_trailer() -> bytes:
    """Nothing says where the catalogue is: it must be looked for."""
    data = plain()
    return data[: data.rindex(b"trailer")]


def without_catalogue() -> bytes:
    """So much is missing that no catalogue can be found."""
    return without_trailer().replace(b"/Type /Catalog", b"/Type /Nothing")


def bomb(megabytes: int) -> bytes:
    """Returns a small file whose page becomes large: blanks."""
    return paged([Page(contents=[b" " * (megabytes * 1024 * 1024)])])


#: What cannot be stamped: why, and the bytes.
REFUSED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "password": ("password", lambda: encrypted("AES-256", user="secret")),
    "old_password": ("password", lambda: encrypted("RC4-40", user="secret")),
    "no_pages": ("damaged", lambda: paged([])),
    "no_catalogue": ("damaged", without_catalogue),
    "no_pdf": ("damaged", lambda: b"%PDF-1.7\n" + bytes(2000)),
    "empty": ("damaged", lambda: b""),
}

#: Everything that must be stamped, by name.
CASES: dict[str, Callable[[], bytes]] = {
    "plain": plain,
    "rotated": rotated,
    "cropped": cropped,
    "sizes": sizes,
    "inherited": inherited,
    "unbalanced": unbalanced,
    "bare": bare,
    "object_streams": object_streams,
    "broken_xref": broken_xref,
    "cut": cut,
    "updated": updated,
    "aes_256": lambda: encrypted("AES-256"),
    "aes_128": lambda: encrypted("AES-128"),
    "rc4_128": lambda: encrypted("RC4-128"),
    "rc4_40": lambda: encrypted("RC4-40"),
    "form": form,
    "signed": signed,
    "tagged": tagged,
    "archival": archival,
    "attached": attached,
    "pictures": lambda: pictures(3),
}
